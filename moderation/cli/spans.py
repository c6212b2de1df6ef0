"""Stretches of time as people type them."""

import re
from datetime import timedelta
from typing import Any, Final

import click

from moderation.services.ports import Deps, Period

UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
WRITTEN: Final = re.compile(r"([1-9][0-9]{0,4})([mhdw])")
LONGEST: Final = timedelta(days=36_500)


class Ago(click.ParamType[timedelta]):
    """So long ago: a number and its unit."""

    name = "30d"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read what was typed; whatever else it is, is wrong usage."""
        if isinstance(value, timedelta):
            return value
        found = WRITTEN.fullmatch(value)
        span = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else None
        if span is None or span > LONGEST:
            self.fail("Write a number and m, h, d or w, such as 90m or 30d; at most a hundred years.", param, ctx)
        return span


since_option = click.option(
    "--since", type=Ago(), default="30d", show_default=True, help="How far back: a number and m, h, d or w."
)


def until_now(deps: Deps, since: timedelta) -> Period:
    """Give the time from so long ago until now."""
    now = deps.now()
    return Period(now - since, now)
