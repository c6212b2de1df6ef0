"""`lychgate numbers`: what came, waited and was decided lately."""

from typing import Final

import click

from moderation.cli.console import as_json, report, tell_whole
from moderation.cli.parts import parts
from moderation.domain.window import DAYS, WORLD, Window, parse_zone
from moderation.services import audit, sites, tallies
from moderation.services.figures import facts, sections
from moderation.services.statistics import statistics

DAY_CHOICE: Final = click.Choice([str(days) for days in DAYS])


@click.command()
@click.option("--site", "site_name", help="The site's name, public key or id; all sites together unless said.")
@click.option("--days", type=DAY_CHOICE, default="7", show_default=True, help="How far back.")
@click.option("--zone", default=WORLD, show_default=True, help="The time zone of days and hours, as Europe/Berlin.")
@click.option("--forget", is_flag=True, help="Tell nothing, and have all days that were counted once counted anew.")
@as_json
def numbers(site_name: str | None, days: str, zone: str, *, forget: bool, as_json: bool) -> None:
    """Tell what waits, how long it took, who decided how much, and how often policy was overturned. Times are seconds.

    A day is told by its hours, 365 days by weeks and 730 by months. With --forget, workers count the days of a year
    and two anew: for after an upgrade, once no process of an earlier version runs any more.

    Example: lychgate numbers --site demo --days 30 --json

    Example: lychgate numbers --forget --json
    """
    chosen = [sites.by_name(parts(), site_name)] if site_name else sites.listed(parts())
    ids = [site.id for site in chosen]
    if forget:
        forgotten = tallies.forget(parts(), ids)
        report(f"Workers count {forgotten} days anew.", {"days_forgotten": forgotten}, as_json=as_json)
        return
    found = statistics(parts(), ids, Window(parts().now(), int(days), parse_zone(zone)))
    told = {"sites": ", ".join(site.name for site in chosen), **facts(found)}
    tell_whole(told | sections(found, audit.names(parts(), ids).known), as_json=as_json)
