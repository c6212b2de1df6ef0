"""The audit: what is done at a site is written down by whoever did it, and stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from makers import World
from sqlalchemy import String, text, type_coerce, update
from sqlalchemy.exc import DBAPIError

from moderation.adapters.db.models import Base
from moderation.domain.audit import OPERATOR, Act, Doer, Who
from moderation.domain.comment import Comment
from moderation.domain.decision import Action, Actor
from moderation.domain.person import Person, Role
from moderation.domain.scope import Scope
from moderation.services import (
    audit,
    bans,
    invitations,
    keys,
    members,
    people,
    review,
    sites,
    staff,
    sweep,
    webhooks,
)
from moderation.services.review import Moderator, Wish
from moderation.wiring import starting_policy


@pytest.fixture
def ada(world: World) -> Person:
    return people.create(world.deps, name="Ada", roles={world.site.id: Role.OWNER})[0]


@pytest.fixture
def comment(world: World) -> Comment:
    return world.has("A maybe-toxicity remark.")


def done(world: World, **wanted: Any) -> list[tuple[Act, Doer]]:
    """Give what was done at the world's site, the first first."""
    rows = audit.trail(world.deps, [world.site.id], wanted).rows
    return [(row["act"], row["by"]) for row in reversed(rows)]


def looks(world: World, ada: Person, comment: Comment) -> None:
    """Let Ada decide a comment and look at its author's address."""
    somebody = Moderator(world.site.id, ada.id, Actor.PERSON)
    review.decide(world.deps, somebody, Wish(comment.id, comment.version, Action.REJECT))
    review.reveal(world.deps, somebody, comment.id, "She asked us to write.")


def test_what_is_done_to_people_and_for_lists_is_written_down(world: World, ada: Person, comment: Comment) -> None:
    before, site_id = len(done(world)), world.site.id
    eve = staff.hire(world.deps, name="Eve", roles={site_id: Role.MODERATOR})
    link = invitations.invite(world.deps, eve)
    assert link
    invitations.accept(world.deps, link.rpartition("/")[2], "a long enough secret of hers")
    staff.set_address(world.deps, eve, [site_id], "eve@example.com")
    staff.change(world.deps, eve, [site_id], roles={site_id: Role.SENIOR})
    staff.change(world.deps, eve, [site_id], disabled=True)
    staff.change(world.deps, eve, [site_id], disabled=False)
    ban, _ = world.knows(ada, comment)
    bans.lift(world.deps, ada, site_id, ban.id)
    members.rotate(world.deps, site_id)
    members.end(world.deps, site_id)

    assert [act for act, _ in done(world)][before:] == [
        *(Act.PERSON_ADDED, Act.PERSON_INVITED, Act.PASSWORD_CHANGED, Act.MAILBOX_CHANGED),
        *(Act.ROLE_CHANGED, Act.PERSON_DISABLED, Act.PERSON_ENABLED),
        *(Act.BANNED, Act.NOTED, Act.LISTS_SAVED, Act.RULE_SAVED, Act.CANNED_NOTE_SAVED),
        *(Act.BAN_LIFTED, Act.SECRET_ROTATED, Act.SITE_CHANGED),
    ]
    assert "eve@example.com" not in str(audit.trail(world.deps, [site_id], {}).rows)


def test_whatever_is_done_at_a_site_is_written_down(world: World, ada: Person, comment: Comment) -> None:
    looks(world, ada, comment)
    key, _ = keys.create(world.deps, world.site.id, name="cache", scopes=[Scope.READ])
    keys.revoke(world.deps, world.site.id, key.id)
    endpoint, _ = webhooks.add(world.deps, world.site.id, url="https://news.example/hooks?secret=much")
    webhooks.rotate(world.deps, world.site.id, endpoint.id)
    webhooks.remove(world.deps, world.site.id, endpoint.id)
    sites.change(world.deps, world.site.id, learn=False)
    sites.change(world.deps, world.site.id, learn=False)
    people.sign_in(world.deps, ada, "Firefox/150.0")

    acts = [Act.SITE_ADDED, Act.PERSON_ADDED, Act.DECIDED, Act.ADDRESS_SHOWN, Act.KEY_ADDED, Act.KEY_REVOKED]
    acts += [Act.ENDPOINT_ADDED, Act.SECRET_ROTATED, Act.ENDPOINT_REMOVED, Act.SITE_CHANGED, Act.SIGNED_IN]
    assert [act for act, _ in done(world)] == acts
    by_her = {Act.DECIDED, Act.ADDRESS_SHOWN, Act.SIGNED_IN}
    assert done(world, actor=ada.id) == [(act, Doer.PERSON) for act in acts if act in by_her]
    assert done(world, acts=(Act.KEY_ADDED, Act.DECIDED)) == [
        (Act.DECIDED, Doer.PERSON),
        (Act.KEY_ADDED, OPERATOR.kind),
    ]
    assert done(world, since=world.clock() + timedelta(seconds=1)) == []
    assert len(done(world, until=world.clock() + timedelta(seconds=1))) == len(acts)
    told = [row["told"] for row in audit.trail(world.deps, [world.site.id], {}).rows]
    assert "secret=much" not in str(told)


def test_it_is_read_a_page_at_a_time_over_several_sites(world: World, ada: Person) -> None:
    other = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    both = people.set_role(world.deps, ada, other.id, Role.OWNER)
    people.sign_in(world.deps, both, "Firefox/150.0")
    own, found, cursor = [world.site.id, other.id], list[Any](), None

    while True:
        page = audit.trail(world.deps, own, {}, cursor=cursor, limit=2)
        found += page.rows
        cursor = page.next
        if cursor is None:
            break

    assert [row["act"] for row in found] == [
        Act.SIGNED_IN,
        Act.ROLE_CHANGED,
        Act.SITE_ADDED,
        Act.PERSON_ADDED,
        Act.SITE_ADDED,
    ]
    assert sorted(found[0]["sites"]) == sorted(own)
    assert {row["site_id"] for row in audit.trail(world.deps, [other.id], {}).rows} == {other.id}
    assert [row["act"] for row in audit.export(world.deps, own, {})][1:] == [row["act"] for row in found]
    assert done(world)[-1][0] is Act.AUDIT_EXPORTED


def test_on_whose_behalf_something_is_done_is_the_requests_to_say(world: World, ada: Person) -> None:
    keys.create(replace(world.deps, by=Who(Doer.PERSON, ada.id)), world.site.id, name="hers", scopes=[Scope.READ])

    assert done(world, actor=ada.id) == [(Act.KEY_ADDED, Doer.PERSON)]


CHANGES: Final = [
    "UPDATE audit SET act = 'signed-in'",
    "UPDATE audit SET actor_id = id",
    "DELETE FROM audit",
    "UPDATE reveal SET reason = 'Another.'",
    "UPDATE reveal SET actor_id = comment_id",
    "UPDATE reveal SET reason = '', actor_id = comment_id",
    "DELETE FROM reveal",
    "UPDATE decision SET status = 'approved'",
    "UPDATE decision SET note = 'Another.'",
    "UPDATE decision SET link = NULL",
    "DELETE FROM decision",
]


def test_the_database_refuses_to_change_what_is_written_down(world: World, ada: Person, comment: Comment) -> None:
    looks(world, ada, comment)
    before = audit.trail(world.deps, [world.site.id], {}).rows

    for statement in CHANGES:
        with pytest.raises(DBAPIError, match="neither changed nor removed"), world.deps.uow(None) as uow:
            uow.connection.execute(text(statement))  # type: ignore[attr-defined]

    assert audit.trail(world.deps, [world.site.id], {}).rows == before


ERASABLE: Final = {"decision.note", "decision.public_note", "decision.salt", "reveal.reason"}
"""What people wrote, and what its hash was made with."""
OTHERWISE: Final[dict[type[Any], Any]] = {
    UUID: UUID(int=7),
    int: 77,
    datetime: datetime(2020, 1, 1, tzinfo=UTC),
    bytes: b"other",
    str: type_coerce("other", String()),
}


@pytest.mark.parametrize("table", ["decision", "reveal", "audit"])
def test_no_column_of_what_is_written_down_is_left_unguarded(
    world: World, ada: Person, comment: Comment, table: str
) -> None:
    looks(world, ada, comment)
    guarded = [column for column in Base.metadata.tables[table].columns if str(column) not in ERASABLE]

    for column in guarded:
        kept_as = getattr(column.type, "impl_instance", column.type).python_type
        changed = update(column.table).values({column: OTHERWISE.get(kept_as, ["other"])})
        with pytest.raises(DBAPIError, match="neither changed nor removed"), world.deps.uow(None) as uow:
            uow.connection.execute(changed)  # type: ignore[attr-defined]


def test_what_people_wrote_beside_it_may_be_erased(world: World, ada: Person, comment: Comment) -> None:
    looks(world, ada, comment)

    with world.deps.uow(None) as uow:
        for statement in ("UPDATE reveal SET reason = ''", "UPDATE decision SET note = '', salt = NULL"):
            assert uow.connection.execute(text(statement)).rowcount  # type: ignore[attr-defined]
        uow.commit()

    assert (Act.ADDRESS_SHOWN, Doer.PERSON) in done(world)


def test_after_a_year_it_is_forgotten_and_not_before(world: World, ada: Person, comment: Comment) -> None:
    world.clock.forward(days=-367)
    looks(world, ada, comment)
    keys.create(world.deps, world.site.id, name="old", scopes=[Scope.READ])
    world.clock.forward(days=2)
    keys.create(world.deps, world.site.id, name="younger", scopes=[Scope.READ])
    world.clock.forward(days=365)

    assert [sweep.purge_audit(world.deps) for _ in range(2)] == [2, 0]

    assert [act for act, _ in done(world)] == [Act.SITE_ADDED, Act.PERSON_ADDED, Act.DECIDED, Act.KEY_ADDED]
