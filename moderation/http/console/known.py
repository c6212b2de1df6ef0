"""What the desk says of bans and notes, beside a comment, on its author's page and in the list of bans."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moderation.domain.ban import Ban, Effect, Mark
from moderation.domain.errors import NotFound
from moderation.domain.note import Note
from moderation.domain.person import Role
from moderation.http.console.gate import person
from moderation.http.console.meanings import IN_FORCE, WHOM
from moderation.http.console.speech import gettext
from moderation.http.context import deps
from moderation.services import portraits
from moderation.services.doers import OPERATOR_ID
from moderation.services.portraits import Beside


def told_beside(site_id: UUID, beside: Beside) -> dict[str, Any]:
    """Tell the bans that hold for an author and the notes on them."""
    now, names = deps().now(), portraits.writers(deps(), beside)
    return {
        "may_ban": site_id in person().sites(Role.SENIOR),
        "bans": [told_ban(ban, names, now) for ban in beside.bans],
        "notes": [told_note(note, names) for note in beside.notes],
    }


def told_ban(ban: Ban, names: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    """Tell one ban; which network it is of is for those who may ban."""
    senior = ban.site_id in person().sites(Role.SENIOR)
    told = ban.mark in {Mark.NAME, Mark.DOMAIN} or (ban.mark is Mark.NETWORK and senior)
    return {
        "id": str(ban.id),
        "comment": ban.comment_id,
        "effect": IN_FORCE[ban.effect],
        "state": "rejected" if ban.effect is Effect.BAN else "held",
        "whom": WHOM[ban.mark],
        "whose": WHOM[ban.mark][:1].upper() + WHOM[ban.mark][1:],
        "value": ban.value if told else "",
        "reason": ban.reason,
        "by": named_doer(names, ban.actor_id),
        "at": ban.created_at,
        "until": ban.until,
        "holds": ban.holds(now),
        "ended": _ended(ban, names),
        "may_lift": senior and ban.holds(now),
    }


def told_note(note: Note, names: Mapping[UUID, str]) -> dict[str, Any]:
    """Tell one note, and whether whoever looks may take it away."""
    mine = note.actor_id == person().id or note.site_id in person().sites(Role.SENIOR)
    return {
        "id": str(note.id),
        "text": note.text,
        "by": named_doer(names, note.actor_id),
        "at": note.created_at,
        "on": gettext("On the author") if note.fingerprint else gettext("On this comment"),
        "removable": mine,
    }


def _ended(ban: Ban, names: Mapping[UUID, str]) -> str:
    """Say how a ban ended before its time; nothing where it did not."""
    if ban.lifted_at is None or ban.lifted_by is None:
        return ""
    name = named_doer(names, ban.lifted_by)
    return gettext("Undone by %(name)s", name=name) if ban.undone else gettext("Lifted by %(name)s", name=name)


def named_doer(names: Mapping[UUID, str], doer_id: UUID) -> str:
    """Say who did something: a person or a key by its name, or the operator."""
    unknown = gettext("the operator") if doer_id == OPERATOR_ID else gettext("somebody")
    return names.get(doer_id, unknown)


def named(typed: str | None) -> UUID | None:
    """Read which comment somebody was at, to lead them back there."""
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise NotFound("There is no such comment.") from None
