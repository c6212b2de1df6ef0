"""Links by which people give themselves a password, and the mails that bring them, claimed by lease."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, literal_column, select, update

from moderation.adapters.db.models import InvitationRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import db_now
from moderation.domain.delivery import State
from moderation.domain.invitation import Invitation, Occasion
from moderation.domain.notice import Posted

INVITATION = table(InvitationRow)
WAITS: Final = INVITATION.c.state == literal_column("'waiting'")
KNOWN: Final = [INVITATION.c[name] for name in Invitation.__dataclass_fields__]


class SqlInvitations(Store):
    """Invitations. What somebody holds is due again when the lease runs out."""

    def add(self, invitation: Invitation, *, by_mail: bool) -> None:
        """Keep one; it is mailed at once, or was handed over."""
        state = State.WAITING if by_mail else None
        now = self.connection.execute(select(db_now())).scalar_one()
        self.connection.execute(INVITATION.insert().values(**fields_of(invitation), state=state, due_at=now))

    def get(self, invitation_id: UUID) -> Invitation | None:
        """Find one by its id."""
        found = select(*KNOWN).where(INVITATION.c.id == invitation_id)
        row = self.connection.execute(found).mappings().first()
        return None if row is None else Invitation(**row)

    def of(self, person_id: UUID) -> list[tuple[Invitation, State | None, str | None]]:
        """List somebody's, the latest first, each with what became of its mail."""
        found = select(*KNOWN, INVITATION.c.state, INVITATION.c.failure).where(INVITATION.c.person_id == person_id)
        rows = self.connection.execute(found.order_by(INVITATION.c.id.desc())).all()
        return [(Invitation(*row[: len(KNOWN)]), row.state, row.failure) for row in rows]

    def spend(self, invitation: Invitation) -> bool:
        """Use one up; False where that was done already."""
        return self.connection.execute(delete(INVITATION).where(INVITATION.c.id == invitation.id)).rowcount == 1

    def revoke(self, person_id: UUID) -> None:
        """Let no link of somebody's be good any more; a mail without one still goes."""
        links = INVITATION.c.occasion != Occasion.FORGOTTEN
        self.connection.execute(delete(INVITATION).where(INVITATION.c.person_id == person_id, links))

    def claim(self, token: UUID, lease: timedelta) -> Invitation | None:
        """Lease the mail that is due for longest."""
        due = select(INVITATION.c.id).where(WAITS, INVITATION.c.due_at <= db_now()).order_by(INVITATION.c.due_at)
        one = due.limit(1).with_for_update(skip_locked=True).scalar_subquery()
        leased = {"token": token, "attempts": INVITATION.c.attempts + 1, "due_at": db_now(lease)}
        claimed = update(INVITATION).where(INVITATION.c.id == one).values(**leased).returning(*KNOWN)
        row = self.connection.execute(claimed).mappings().first()
        return None if row is None else Invitation(**row)

    def settle(self, invitation: Invitation, token: UUID, posted: Posted, pause: timedelta | None) -> None:
        """Write down what came of an attempt whose lease still holds; it is tried again after the pause, or over."""
        told: dict[str, Any] = {"token": None, "failure": posted.failure}
        if pause is not None:
            told |= {"due_at": db_now(pause)}
        else:
            told |= {"state": State.DEAD if posted.failure else State.DELIVERED}
        held = update(INVITATION).where(INVITATION.c.id == invitation.id, INVITATION.c.token == token, WAITS)
        self.connection.execute(held.values(**told))

    def mail_due(self) -> bool:
        """Say whether a mail is due."""
        due = select(INVITATION.c.id).where(WAITS, INVITATION.c.due_at <= db_now()).limit(1)
        return self.connection.execute(due).first() is not None

    def purge(self, before: datetime, most: int) -> int:
        """Forget some of those that were good until then at the latest."""
        old = select(INVITATION.c.id).where(INVITATION.c.expires_at < before).limit(most)
        return self.connection.execute(delete(INVITATION).where(INVITATION.c.id.in_(old))).rowcount
