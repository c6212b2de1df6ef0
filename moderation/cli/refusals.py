"""What people read when a command is refused, and the exit code that programs read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from config.settings import SettingsError
from moderation.cli.console import console
from moderation.domain.errors import Invalid, ModerationError
from moderation.embedded.process import CannotStart


@contextmanager
def told() -> Iterator[None]:
    """Say in sentences why nothing was done: exit code 2 for settings, 1 for everything else."""
    try:
        yield
    except SettingsError as error:
        console.print("These settings cannot be used:", style="bold red")
        console.print(str(error), markup=False, soft_wrap=True)
        sys.exit(2)
    except Invalid as error:
        console.print(error.detail, markup=False, soft_wrap=True)
        for fault in error.faults:
            console.print(f"  {fault.pointer}: {fault.detail} ({fault.code})", markup=False, soft_wrap=True)
        sys.exit(1)
    except (ModerationError, CannotStart) as error:
        console.print(str(error), markup=False, soft_wrap=True)
        sys.exit(1)
    except OSError as error:
        what = error.filename or "Something that is needed here"
        console.print(f"{what} cannot be used: {error.strerror or error}.", markup=False, soft_wrap=True)
        sys.exit(1)
