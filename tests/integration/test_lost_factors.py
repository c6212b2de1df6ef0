"""Whoever lost phone, passkeys and recovery codes is let in again: by the operator's command, or by another owner."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from api import app_over
from authenticator import Authenticator
from desk import Moderator, authenticator_of, hires
from fakes.scorers import obedient
from makers import KEY, SECRET, World
from servers.command import lychgate
from servers.mail import Mailbox, mailbox

from moderation.domain.audit import Act, Doer
from moderation.domain.errors import NotFound
from moderation.domain.person import Person, Role
from moderation.services import audit, factors, invitations, passkeys, people, sites, staff

ORIGIN = "https://desk.example"
ROOM = "/console/people"
CODES = "/console/mf-recovery-codes"


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def world(database_url: str, box: Mailbox) -> Iterator[World]:
    box.came.clear()
    mail = {"mail_server": box.server, "mail_from": "lychgate@news.example"}
    with closing(World.at(database_url, scorers=obedient(), public_url=ORIGIN, **mail)) as world:
        yield world


def bert_of(world: World, role: Role = Role.MODERATOR) -> Moderator:
    """Let Bert sign in, write down recovery codes, and set up an authenticator and a passkey."""
    bert = Moderator.of(world, "Bert", {world.site.id: role})
    assert bert.sends(CODES, {"generate_new_codes": "1"}, on=CODES).status_code == 200
    authenticator_of(bert)
    asked = bert.sends("/console/passkeys/challenge", on="/console/passkeys/new")
    made = Authenticator(ORIGIN).makes(json.loads(asked.text))
    added = bert.sends("/console/passkeys", {"name": "phone", "credential": made}, on="/console/passkeys/new")
    assert added.status_code == 303
    return bert


def as_kept(world: World) -> Person:
    return people.by_name(world.deps, "Bert")


def gets_in(world: World) -> bool:
    """Say whether the password alone lets Bert in."""
    browser = Moderator(app_over(world))
    return browser.signs_in("Bert").status_code == 302 and browser.sees().status_code == 200


def resets(world: World, *words: str) -> str:
    values = {"DATABASE_URL": world.settings.database_url, "SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY}
    values |= {"MAIL_SERVER": str(world.settings.mail_server.get_secret_value()), "MAIL_FROM": "lychgate@news.example"}
    env = {f"LYCHGATE_{name}": value for name, value in values.items()} | {"LYCHGATE_PUBLIC_URL": ORIGIN}
    done = lychgate("user", "reset-factors", "Bert", *words, **env)
    assert done.returncode == 0, done.stderr
    return done.stdout or done.stderr


def noted(world: World) -> list[tuple[Doer, Any, Any]]:
    rows = audit.trail(world.deps, [world.site.id], {"acts": (Act.FACTORS_FORGOTTEN,)}).rows
    return [(row["by"], row["subject"], row["told"]) for row in rows]


def posts(world: World) -> None:
    while invitations.send(world.deps):
        pass


def test_by_the_operators_command_the_password_lets_in_again_and_a_new_factor_is_set_up(
    world: World, box: Mailbox
) -> None:
    signed_in = bert_of(world)
    staff.set_address(world.deps, as_kept(world), [world.site.id], "bert@example.com")
    half_way = Moderator(app_over(world))
    assert half_way.signs_in("Bert").headers["Location"].startswith("/console/tf-validate")
    assert not gets_in(world)

    told = json.loads(resets(world, "--json"))

    assert told["had"] == {"authenticator": True, "passkeys": 1, "recovery_codes": 8, "by_mail": True}
    assert told["second_factor"] is False
    assert signed_in.sees().status_code == 303, "every session ended"
    assert gets_in(world)
    assert noted(world) == [(Doer.OPERATOR, as_kept(world).id, {"authenticator": True, "passkeys": 1, "codes": 8})]
    assert (as_kept(world).recovery, passkeys.of(world.deps, as_kept(world))) == ((), [])
    invitations.invite(world.deps, as_kept(world))  # A link for the password does not keep this mail back.
    posts(world)
    assert len(box.came) == 2
    (mail,) = [mail for mail in box.came if "second factor" in mail["Subject"]]
    assert mail["To"] == "bert@example.com"
    assert f"{ORIGIN}/console/account" in mail.get_content()
    assert "/console/password/" not in mail.get_content()

    again = Moderator(app_over(world))
    again.signs_in("Bert")
    authenticator_of(again)
    assert not gets_in(world), "and is asked for what they set up anew"


def test_the_command_says_what_comes_next(world: World) -> None:
    bert_of(world)

    said = resets(world)

    assert "authenticator yes, passkeys 1, recovery codes 8" in said
    assert "Nothing tells them by itself" in said
    assert 'lychgate user invite "Bert"' in said
    assert "authenticator no, passkeys 0, recovery codes 0" in resets(world), "twice is harmless"


def test_another_owner_does_so_at_the_desk_having_proved_who_they_are(world: World) -> None:
    bert, olga = bert_of(world), Moderator.of(world, "Olga", {world.site.id: Role.OWNER})
    page = f"{ROOM}/{as_kept(world).id}"
    assert "Remove their second factor" in olga.sees(page).text
    world.clock.forward(minutes=11)
    asked = olga.sends(f"{page}/factors", on=page)
    assert asked.headers["Location"].startswith("/console/verify")
    assert as_kept(world).second_factor
    world.clock.forward(minutes=-11)

    assert olga.sends(f"{page}/factors", on=page).status_code == 303

    shown = olga.sees(page).text
    assert "set up a second factor anew" in shown
    assert "Signs in with a password alone" in shown
    assert "Remove their second factor" not in shown
    assert bert.sees().status_code == 303
    assert gets_in(world)
    assert [(by, subject) for by, subject, _ in noted(world)] == [(Doer.PERSON, as_kept(world).id)]
    assert "Removed a lost second factor" in olga.sees("/console/audit").text


def test_nobody_does_so_for_themselves_nor_for_who_works_elsewhere_too(world: World) -> None:
    bert = bert_of(world, Role.OWNER)
    own = f"{ROOM}/{as_kept(world).id}"
    refused = bert.sends(f"{own}/factors", on=own)
    assert refused.status_code == 409
    assert "ask another owner" in refused.text

    olga = Moderator.of(world, "Olga", {world.site.id: Role.OWNER})
    other = sites.create(world.deps, name="Elsewhere", origins=[], policy=world.deps.starting_policy("default"))
    people.set_role(world.deps, as_kept(world), other.id, Role.MODERATOR)
    assert "Remove their second factor" not in olga.sees(own).text
    assert olga.sends(f"{own}/factors", on=own).status_code == 409

    senior = Moderator.of(world, "Sia", {world.site.id: Role.SENIOR})
    assert senior.sends(f"{own}/factors").status_code == 404
    assert as_kept(world).second_factor
    assert noted(world) == []


def test_a_link_that_somebody_got_before_is_good_no_more_and_the_letter_holds_none(world: World, box: Mailbox) -> None:
    bert = hires(world, "Bert")
    link = invitations.invite(world.deps, bert)
    assert link
    staff.set_address(world.deps, bert, [world.site.id], "bert@example.com")

    factors.forget(world.deps, as_kept(world))

    with pytest.raises(NotFound):
        invitations.meant(world.deps, link.rpartition("/")[2])
    assert invitations.open_for(world.deps, as_kept(world)) is None
    posts(world)
    assert [re.findall(r"https?://\S+", mail.get_content()) for mail in box.came] == [
        [f"{ORIGIN},", f"{ORIGIN}/console/account", f"{ORIGIN}/console/forgotten"]
    ]
