"""A site's policy, for its owners: edited as text, faults told by line, and tried on what came in lately."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import REFUSED
from moderation.domain.errors import Fault, Invalid
from moderation.domain.policy import STRICTNESS, Policy, parse_policy
from moderation.domain.policy_lines import line_of
from moderation.domain.share import Share
from moderation.domain.site import Site
from moderation.http.console.meanings import DONE
from moderation.http.console.naming import BECAME
from moderation.http.console.owned import own_site, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext, spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import backtest, sites
from moderation.services.backtest import PUBLISHED, Agreement, Backtest
from moderation.services.history import latest
from moderation.services.ports import Period

blueprint = Blueprint("policy", __name__, url_prefix="/sites/<uuid:site_id>/policy")
BACK: Final = timedelta(days=30)
MOST: Final = 2000
"""Comments on which a policy is tried while somebody waits; the latest ones."""


@blueprint.get("")
@for_people
def show(site_id: UUID) -> ResponseReturnValue:
    """Show a site's policy as its owner wrote it."""
    site = own_site(site_id)
    return _shown(site, site.policy)


@blueprint.post("")
@for_people
def edit(site_id: UUID) -> ResponseReturnValue:
    """Try what was written on what came in lately, or decide by it from now on; what cannot be used is told by line."""
    site, source = own_site(site_id), request.form.get("policy", "").replace("\r\n", "\n")
    try:
        policy = parse_policy(source)
    except Invalid as error:
        return _shown(site, source, faults=error.faults, status=422)
    if request.form.get("what") != "keep":
        return _shown(site, source, tried=_tried(site, policy))
    sites.change(deps(), site.id, policy=source)
    return told(f"/console/sites/{site.id}/policy", gettext("What comes in is judged by this from now on."))


def _shown(
    site: Site, source: str, *, faults: Sequence[Fault] = (), tried: dict[str, Any] | None = None, status: int = 200
) -> Response:
    found = sorted(
        (line_of(source, fault), fault.pointer.removeprefix("/policy/"), spoken(fault.detail)) for fault in faults
    )
    return printed(
        "policy.html",
        status=status,
        site=site,
        source=source,
        changed=source != site.policy,
        faults=found,
        tried=tried,
        days=BACK.days,
        most=MOST,
    )


def _tried(site: Site, policy: Policy) -> dict[str, Any]:
    """Give what a policy would have decided, as the page shows it."""
    now = deps().now()
    period, cut = latest(deps(), site.id, Period(now - BACK, now), MOST)
    found = backtest.backtest(deps(), site, policy, period)
    moves = sorted(found.moves.items(), key=lambda item: [STRICTNESS[status] for status in item[0]])
    return {
        "since": period.since,
        "cut": cut,
        "compared": found.compared,
        "left_out": found.left_out.total(),
        "moved": sum(count for (before, after), count in moves if before is not after),
        "moves": [(BECAME[before], BECAME[after], count) for (before, after), count in moves if before is not after],
        "figures": _figures(found),
        "rules": [(code, BECAME[outcome], rule) for (code, outcome), rule in found.rules.items()],
        "notable": [
            {
                "id": move.comment_id,
                "before": DONE[move.before],
                "after": BECAME[move.verdict.outcome],
                "word": move.word,
            }
            for move in found.notable
        ],
    }


def _figures(found: Backtest) -> list[tuple[str, Share, Share]]:
    """Give each figure for what was decided and for what would have been."""

    def both(name: str, of: str) -> tuple[str, Share, Share]:
        return name, _share(found.before, of, found.compared), _share(found.after, of, found.compared)

    return [
        both(gettext("Held for a person"), "held"),
        both(gettext("Published, and people refused it"), "published"),
        both(gettext("Refused, and people published it"), "refused"),
    ]


def _share(agreement: Agreement, of: str, compared: int) -> Share:
    if of == "held":
        return Share(agreement.held, compared)
    return agreement.share(PUBLISHED, REFUSED) if of == "published" else agreement.share(REFUSED, PUBLISHED)
