"""Which installation a command means: the one its settings name, or else the one that `up` made here."""

import os
from pathlib import Path
from typing import Final

from config.settings import PREFIX
from moderation.embedded.credentials import FILE, Credentials

OWN: Final = ("DATABASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS")
"""Where one of these is set, an operator has chosen, and nothing is taken from a data folder."""


def adopt() -> None:
    """Put what `up` keeps in its data folder into the environment, for this process and those it becomes.

    Where nothing is configured and `up` has run, its folder is meant: `LYCHGATE_DATA`, or `var`. What the
    environment says already stays as it is.
    """
    data = Path(os.environ.get(f"{PREFIX}DATA") or "var").resolve()
    chosen = any(f"{PREFIX}{name}{kind}" in os.environ for name in OWN for kind in ("", "_FILE"))
    if chosen or Path("lychgate.toml").exists() or not (data / FILE).exists():
        return
    for name, value in Credentials.of(data).environment(data).items():
        os.environ.setdefault(name, value)
