"""People choose their password by a link: once, for a while, by mail where there is an address."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from makers import World
from servers.mail import Mailbox, mailbox

from moderation.adapters.limits import MovingLimits
from moderation.domain.errors import Conflict, Invalid, NotFound, TooMany
from moderation.domain.person import Person, Role
from moderation.services import invitations, people, sites, staff, sweep
from moderation.services.ports import Bell

ADDRESS = "ada.particular@example.com"
LINK = re.compile(r"/console/password/(\S+)")
CHOSEN = "some words of my own"


@dataclass
class Office:
    """An installation that sends mail, and somebody who was hired there."""

    world: World
    box: Mailbox
    ada: Person

    def posts(self) -> int:
        sent = 0
        while invitations.send(self.world.deps):
            sent += 1
        return sent

    def token(self, at: int = -1) -> str:
        found = LINK.search(self.box.came[at].get_content())
        assert found
        return found[1]

    def now(self) -> Person:
        return people.by_name(self.world.deps, "Ada")

    def rows(self) -> list[tuple[str, str | None]]:
        with self.world.deps.reading(None) as uow:
            found = uow.connection.exec_driver_sql("SELECT state, failure FROM invitation ORDER BY id")  # type: ignore[attr-defined]
            return [(row[0], row[1]) for row in found]


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def office(world_with: Callable[..., World], box: Mailbox) -> Office:
    box.came.clear()
    box.says = "250 OK"
    world = world_with(mail_server=box.server, mail_from="lychgate@news.example")
    ada = staff.hire(world.deps, name="Ada", roles={world.site.id: Role.MODERATOR}, email=ADDRESS)
    return Office(world, box, ada)


WELCOME = {
    "en": ("Your place at the moderators' desk", "within a day"),
    "de": ("Ihr Platz in der Moderation", "binnen eines Tages"),
    "fr": ("Votre place à la modération", "dans les vingt-quatre heures"),
    "es": ("Su lugar en la moderación", "en el plazo de un día"),
}
RESET = {
    "en": ("A new password for the moderators' desk", "Somebody asked for a new password of Ada"),
    "de": ("Ein neues Passwort für die Moderation", "Jemand hat ein neues Passwort für Ada"),
    "fr": ("Un nouveau mot de passe pour la modération", "a demandé un nouveau mot de passe de Ada"),
    "es": ("Una contraseña nueva para la moderación", "Alguien pidió una contraseña nueva de Ada"),
}


@pytest.mark.parametrize("language", WELCOME)
def test_an_invitation_speaks_the_language_that_was_chosen_for_them_else_that_of_their_site(
    office: Office, language: str
) -> None:
    deps, roles = office.world.deps, {office.world.site.id: Role.MODERATOR}
    other = next(each for each in WELCOME if each != language)
    sites.change(deps, office.world.site.id, language=other)
    bert = staff.hire(deps, name="Bert", roles=roles, email="bert@example.com", language=language)

    for person in (bert, office.ada):
        invitations.invite(deps, person)
    office.posts()

    assert [mail["Subject"] for mail in office.box.came] == [WELCOME[language][0], WELCOME[other][0]]
    assert WELCOME[language][1] in office.box.came[0].get_content()
    assert LINK.search(office.box.came[0].get_content())


@pytest.mark.parametrize("language", RESET)
def test_a_new_password_is_offered_in_the_language_of_whose_it_is(office: Office, language: str) -> None:
    people.choose_language(office.world.deps, office.ada, language)

    invitations.ask(office.world.deps, ADDRESS, None)
    office.posts()

    (mail,) = office.box.came
    assert mail["Subject"] == RESET[language][0]
    assert RESET[language][1] in mail.get_content()
    assert LINK.search(mail.get_content())


def test_where_nobody_said_a_language_and_where_one_is_not_spoken_it_is_english(office: Office) -> None:
    deps, roles = office.world.deps, {office.world.site.id: Role.MODERATOR}
    odd = staff.hire(deps, name="Odd", roles=roles, email="odd@example.com", language="../xx")

    for person in (office.ada, odd):
        invitations.invite(deps, person)
    office.posts()

    assert odd.language is None
    assert [mail["Subject"] for mail in office.box.came] == [WELCOME["en"][0]] * 2


def test_a_link_comes_by_mail_and_is_good_once(office: Office) -> None:
    assert invitations.invite(office.world.deps, office.ada) is None
    assert office.posts() == 1
    (mail,) = office.box.came
    assert mail["To"] == ADDRESS
    token = office.token()

    invitations.accept(office.world.deps, token, CHOSEN)

    assert office.now().password != office.ada.password
    for again in (token, token[:-2] + "AA", ""):
        with pytest.raises(NotFound):
            invitations.accept(office.world.deps, again, CHOSEN)


def test_a_bad_password_uses_no_link_up(office: Office) -> None:
    invitations.invite(office.world.deps, office.ada)
    office.posts()

    for bad in ("short", "Ada Ada Ada Ada Ada", "x" * 200):
        with pytest.raises(Invalid):
            invitations.accept(office.world.deps, office.token(), bad)
    invitations.accept(office.world.deps, office.token(), CHOSEN)


def test_a_link_is_good_for_a_day_and_one_that_was_asked_for_for_an_hour(office: Office) -> None:
    invitations.invite(office.world.deps, office.ada)
    invitations.ask(office.world.deps, ADDRESS.upper(), "203.0.113.9")
    assert office.posts() == 3, "a question is one, and its answer another"
    welcome, reset = office.token(0), office.token(1)

    office.world.clock.forward(minutes=61)
    assert invitations.meant(office.world.deps, welcome)[1].id == office.ada.id
    with pytest.raises(NotFound):
        invitations.meant(office.world.deps, reset)
    office.world.clock.forward(hours=23)
    with pytest.raises(NotFound):
        invitations.meant(office.world.deps, welcome)
    assert [invitations.purge(office.world.deps) for _ in range(2)] == [2, 0]


def test_a_new_password_ends_sessions_and_other_links_and_leaves_the_authenticator(office: Office) -> None:
    deps = office.world.deps
    people.keep_factors(deps, office.ada, replace(office.ada, totp="sealed"))
    secret = people.sign_in(deps, office.ada, "Firefox/150.0")
    for _ in range(2):
        invitations.ask(deps, ADDRESS, None)
    office.posts()

    invitations.accept(deps, office.token(0), CHOSEN)

    assert people.recognise(deps, secret, office.now()) is None
    assert office.now().totp == "sealed"
    with pytest.raises(NotFound):
        invitations.meant(deps, office.token(1))


def test_another_invitation_takes_the_place_of_the_one_before(office: Office) -> None:
    mute = replace(office.world.deps, may_post=False)
    first, second = (str(invitations.invite(mute, office.ada)) for _ in range(2))

    with pytest.raises(NotFound):
        invitations.meant(mute, first.rpartition("/")[2])
    assert invitations.meant(mute, second.rpartition("/")[2])[1].name == "Ada"
    assert office.rows() == [(None, None)], "what is handed over is not mailed"


def test_asking_for_somebody_who_is_not_there_is_the_same_until_a_worker_looks(office: Office) -> None:
    deps = office.world.deps
    invitations.ask(deps, "nobody@example.com", "203.0.113.9")
    invitations.ask(deps, ADDRESS, "203.0.113.9")
    assert office.rows() == [("waiting", None)] * 2
    assert Bell.MAIL in sweep.due(deps)

    office.posts()

    assert [mail["To"] for mail in office.box.came] == [ADDRESS]
    assert office.rows() == [("delivered", None)]


@pytest.mark.parametrize("why", ["disabled", "address"])
def test_whoever_is_disabled_or_reads_mail_elsewhere_by_now_gets_no_link(office: Office, why: str) -> None:
    deps, here = office.world.deps, [office.world.site.id]
    invitations.ask(deps, ADDRESS, None)
    if why == "disabled":
        staff.change(deps, office.ada, here, disabled=True)
    else:
        staff.set_address(deps, office.ada, here, "")

    office.posts()

    assert (office.box.came, office.rows()) == ([], [])


def test_whoever_is_disabled_is_not_invited(office: Office) -> None:
    gone = staff.change(office.world.deps, office.ada, [office.world.site.id], disabled=True)

    with pytest.raises(Conflict):
        invitations.invite(office.world.deps, gone)


def test_a_mail_that_is_refused_for_good_is_told(office: Office) -> None:
    office.box.says = "550 Nobody of that name"
    invitations.invite(office.world.deps, office.ada)
    office.posts()

    found = invitations.open_for(office.world.deps, office.ada)
    assert found
    assert (found[1], found[2]) == ("dead", "recipient-refused")
    assert Bell.MAIL not in sweep.due(office.world.deps)


def test_links_are_asked_for_three_times_an_hour_at_one_address_known_or_not(office: Office) -> None:
    deps = replace(office.world.deps, limits=MovingLimits(None))
    for address in (ADDRESS, "nobody@example.com"):
        for _ in range(3):
            invitations.ask(deps, address, None)
        with pytest.raises(TooMany):
            invitations.ask(deps, address, None)

    for number in range(20):
        invitations.ask(deps, f"nobody{number}@example.com", "203.0.113.9")
    with pytest.raises(TooMany):
        invitations.ask(deps, "nobody@example.org", "203.0.113.9")


def test_without_a_mail_server_nobody_is_asked_and_what_is_no_address_is_refused(office: Office) -> None:
    with pytest.raises(Invalid):
        invitations.ask(office.world.deps, "nobody", None)
    mute = replace(office.world.deps, may_post=False)
    with pytest.raises(Conflict):
        invitations.ask(mute, ADDRESS, None)
    assert invitations.send(mute) == 0


def test_an_address_is_kept_sealed(office: Office) -> None:
    invitations.ask(office.world.deps, ADDRESS, None)

    with office.world.deps.reading(None) as uow:
        tables = [uow.connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in ("person", "invitation")]  # type: ignore[attr-defined]  # noqa: S608
    assert "particular" not in str(tables)
