"""What commands share: settings, and the parts made from them."""

from functools import cache

from config.logs import configure
from config.settings import Settings
from moderation.adapters.broker import silent
from moderation.cli.installation import adopt
from moderation.services.ports import Deps
from moderation.wiring import build


@cache
def settings() -> Settings:
    """Read the settings once; raises SettingsError with every fault."""
    adopt()
    found = Settings.load()
    configure(found.log_level)
    return found


@cache
def parts() -> Deps:
    """Make the parts; bells are left to the sweep."""
    return build(settings(), ring=silent)
