"""A worker's processes leave at once when all end, and as they always did when one is replaced."""

import subprocess
import sys

LEAVES = """
from workers.ending import leave_at_once
leave_at_once(155)
print("one that is replaced stays for its farewell", flush=True)
leave_at_once(0)
print("one that is done does not", flush=True)
"""


def test_only_a_process_that_was_asked_to_end_leaves_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVES], capture_output=True, text=True, check=True)

    assert done.stdout == "one that is replaced stays for its farewell\n"
