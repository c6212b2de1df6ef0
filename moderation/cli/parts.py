"""What commands share: settings, and the parts made from them."""

import os
from functools import cache
from pathlib import Path
from typing import Any, Final

from config.logs import configure
from config.settings import PREFIX, Settings
from moderation.adapters.broker import silent
from moderation.embedded.credentials import FILE, Credentials
from moderation.services.ports import Deps
from moderation.wiring import build

OWN: Final = ("DATABASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS")
"""Where one of these is set, an operator has chosen, and nothing is taken from a data folder."""


@cache
def settings() -> Settings:
    """Read the settings once; raises SettingsError with every fault.

    Where nothing is configured and `up` has run, its data folder is meant: `LYCHGATE_DATA`, or `var`.
    """
    found = Settings.load(**_embedded())
    configure(found.log_level)
    return found


def _embedded() -> dict[str, Any]:
    data = Path(os.environ.get(f"{PREFIX}DATA", "var")).resolve()
    chosen = any(f"{PREFIX}{name}{kind}" in os.environ for name in OWN for kind in ("", "_FILE"))
    if chosen or Path("lychgate.toml").exists() or not (data / FILE).exists():
        return {}
    return Credentials.of(data).settings(data)


@cache
def parts() -> Deps:
    """Make the parts; bells are left to the sweep."""
    return build(settings(), ring=silent)
