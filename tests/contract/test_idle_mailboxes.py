"""An author's address is forgotten once nobody uses it, whatever whoever reads there once said."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from makers import World
from sqlalchemy import text

from moderation.services import author_mails

AGES_AGO = "2020-01-01 00:00:00"
USES = {
    "nothing": None,
    "a comment": "UPDATE comment SET received_at = CURRENT_TIMESTAMP",
    "a confirmation": "UPDATE mailbox SET confirmed_at = CURRENT_TIMESTAMP",
    "a link to one's own comments": "UPDATE mailbox SET visit_at = CURRENT_TIMESTAMP",
}


def alters(world: World, *statements: str) -> None:
    with world.deps.uow(None) as uow:
        for statement in statements:
            uow.connection.execute(text(statement))  # type: ignore[attr-defined]
        uow.commit()


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("silent", [False, True])
def test_a_confirmed_address_is_known_as_long_as_somebody_uses_it(world: World, use: str, *, silent: bool) -> None:
    box = world.follows(world.has("An old remark."))
    if silent:
        with world.deps.uow(None) as uow:
            uow.mailboxes.silence(box)
            uow.commit()
    old = (
        f"mailbox SET touched_at = '{AGES_AGO}', confirmed_at = '{AGES_AGO}'",
        f"comment SET received_at = '{AGES_AGO}'",
    )
    alters(world, *(f"UPDATE {each}" for each in old), *([USES[use]] if USES[use] else []))  # type: ignore[list-item]

    author_mails.purge(world.deps)

    with world.deps.reading(None) as uow:
        assert (uow.mailboxes.get(box.id) is None) == (use == "nothing")
        left = {table: f"SELECT count(*) FROM {table}" for table in ("follow", "author_mail")}  # noqa: S608
        counts = {name: uow.connection.execute(text(asked)).scalar_one() for name, asked in left.items()}  # type: ignore[attr-defined]
    if use == "nothing":
        assert counts == {"follow": 0, "author_mail": 0}


def test_for_how_long_it_is_known_is_a_setting(world_with: Callable[..., World]) -> None:
    assert world_with(mailbox_days=31).deps.lasting.mailboxes == timedelta(days=31)
