"""Moderators are told by mail that something waits, if they asked for it, and of nothing that is in it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from makers import World
from servers.mail import Mailbox, mailbox

from moderation.adapters.limits import MovingLimits
from moderation.domain.comment import Status
from moderation.domain.decision import Action
from moderation.domain.delivery import Outcome
from moderation.domain.errors import Conflict, Invalid, NotFound, TooMany
from moderation.domain.notice import How, Notice
from moderation.domain.person import Person, Role
from moderation.services import appeals, notices, people, review, sites, sweep, webhooks
from moderation.services.ports import Bell
from moderation.services.review import Moderator, Wish
from moderation.services.rounds import Rounds

LINK = re.compile(r"http://\S+/console/mail/(\S+)")
ADDRESS = "ada.particular@example.com"


@dataclass
class Office:
    """An installation that sends mail, and somebody who moderates there."""

    world: World
    box: Mailbox
    ada: Person

    def asks(self, how: How = How.AT_ONCE, *, vouched: bool = True, email: str = ADDRESS) -> Notice:
        return notices.wish(self.world.deps, self.ada, self.world.site.id, how=how, email=email, vouched=vouched)

    def holds(self, text: str = "A maybe-toxicity remark.") -> None:
        assert self.world.has(text).status is Status.HELD
        self.world.events()

    def posts(self) -> int:
        """Plan what is due, and send it."""
        planned = notices.plan(self.world.deps)
        while notices.send(self.world.deps):
            pass
        return planned

    def alters(self, statement: str) -> None:
        with self.world.deps.uow(None) as uow:
            uow.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]
            uow.commit()

    def waits(self) -> None:
        """Let every pause be over."""
        self.alters("UPDATE notice SET next_at = '2020-01-01 00:00:00'")
        self.alters("UPDATE mail SET due_at = '2020-01-01 00:00:00' WHERE state = 'waiting'")

    def states(self) -> list[tuple[str, str | None]]:
        with self.world.deps.reading(None) as uow:
            found = uow.connection.exec_driver_sql("SELECT state, failure FROM mail ORDER BY id")  # type: ignore[attr-defined]
            return [(row[0], row[1]) for row in found]

    def token(self, at: int = -1) -> str:
        found = LINK.findall(self.box.came[at].get_content())
        return str(found[-1])


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def office(world_with: Callable[..., World], box: Mailbox) -> Office:
    box.came.clear()
    box.tried.clear()
    box.says = "250 OK"
    world = world_with(mail_server=box.server, mail_from="lychgate@news.example")
    ada, _ = people.create(world.deps, name="Ada", roles={world.site.id: Role.MODERATOR})
    return Office(world, box, ada)


def test_a_mail_says_how_many_wait_and_for_how_long_and_nothing_of_what_is_in_them(office: Office) -> None:
    office.asks()
    office.holds("A maybe-toxicity remark of somebody.")
    office.holds()
    office.alters("UPDATE comment SET received_at = '2020-01-01 00:00:00'")

    assert office.posts() == 1

    (mail,) = office.box.came
    text = mail.get_content()
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == f"2 comments wait at {office.world.site.name}"
    assert re.search(r"The oldest has waited for \d+ days\.", text)
    assert f"/console/?site={office.world.site.id}" in text
    assert mail.get_content_type() == "text/plain"
    assert mail["List-Unsubscribe"] == f"<{LINK.findall(text) and LINK.search(text)[0]}>"  # type: ignore[index]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "toxicity" not in mail.as_string()
    assert "Ann" not in mail.as_string()


WAITS = {
    "en": ("1 comment waits at", "2 comments wait at", "Look at what waits", "once a day"),
    "de": ("1 Kommentar wartet bei", "2 Kommentare warten bei", "Sehen Sie, was wartet", "einmal am Tag"),
    "fr": ("1 commentaire attend sur", "2 commentaires attendent sur", "Voyez ce qui attend", "une fois par jour"),
    "es": ("1 comentario espera en", "2 comentarios esperan en", "Mire lo que espera", "una vez al día"),
}


@pytest.mark.parametrize("language", WAITS)
def test_a_mail_speaks_the_language_that_a_moderator_chose_and_counts_as_it_does(office: Office, language: str) -> None:
    people.choose_language(office.world.deps, office.ada, language)
    one, two, look, often = WAITS[language]
    office.asks(How.DIGEST)

    for _ in range(2):
        office.holds()
        office.waits()
        office.posts()

    name = office.world.site.name
    assert [mail["Subject"] for mail in office.box.came] == [f"{one} {name}", f"{two} {name}"]
    text = office.box.came[-1].get_content()
    assert look in text
    assert often in text
    assert f"/console/?site={office.world.site.id}" in text


CONFIRM = {
    "en": ("Is this your address?", "Ada asked to be told here"),
    "de": ("Ist das Ihre Adresse?", "Ada möchte hier erfahren"),
    "fr": ("Est-ce votre adresse ?", "Ada a demandé à être informé ici"),
    "es": ("¿Es esta su dirección?", "Ada pidió que se le avise aquí"),
}


@pytest.mark.parametrize("language", CONFIRM)
def test_who_chose_no_language_is_asked_in_that_of_the_site(office: Office, language: str) -> None:
    sites.change(office.world.deps, office.world.site.id, language=language)
    subject, asked = CONFIRM[language]

    office.asks(vouched=False)
    office.posts()

    (mail,) = office.box.came
    assert mail["Subject"] == f"{subject} ({office.world.site.name})"
    assert asked in mail.get_content()
    assert LINK.search(mail.get_content())


ENDED = {
    "en": ("An endpoint of {} was disabled", "kept for thirty days"),
    "de": ("Ein Webhook von {} wurde abgeschaltet", "dreißig Tage aufbewahrt"),
    "fr": ("Un webhook de {} a été désactivé", "gardé trente jours"),
    "es": ("Se desactivó un webhook de {}", "se guarda treinta días"),
}


@pytest.mark.parametrize("language", ENDED)
def test_an_owner_is_told_of_a_disabled_endpoint_in_their_language(office: Office, language: str) -> None:
    deps, site_id = office.world.deps, office.world.site.id
    owner = people.choose_language(deps, people.set_role(deps, office.ada, site_id, Role.OWNER), language)
    notices.wish(deps, owner, site_id, how=How.DIGEST, email="ada@example.com", vouched=True)
    endpoint, _ = webhooks.add(deps, site_id, url="https://www.example.com/hooks")
    webhooks.ping(deps, site_id, endpoint.id)
    Rounds(replace(deps, send=lambda _: Outcome(410, None, 1)), tried=False).go(endpoint.id)

    office.posts()

    (mail,) = office.box.came
    assert mail["Subject"] == ENDED[language][0].format(office.world.site.name)
    assert ENDED[language][1] in mail.get_content()
    assert "/console/webhooks" in mail.get_content()


def test_an_appeal_waits_like_what_is_held_and_is_counted_once(office: Office) -> None:
    office.asks()
    first, second = (office.world.has("SPAM and nothing else.") for _ in range(2))
    office.world.events()
    assert office.posts() == 0

    for comment in (first, second):
        appeals.appeal(office.world.deps, comment.id, "It is about a park.")
    key = Moderator(office.world.site.id, office.world.deps.new_id())
    seen = office.world.look(second).version
    review.decide(office.world.deps, key, Wish(second.id, seen, Action.HOLD))
    office.world.events()
    office.waits()

    assert office.posts() == 1
    assert office.box.came[-1]["Subject"] == "2 comments wait at News"


def test_at_once_is_for_what_is_new_and_at_most_every_five_minutes(office: Office) -> None:
    office.holds()
    office.asks()
    assert office.posts() == 0, "that waited before anybody asked"

    office.holds()
    assert office.posts() == 1
    office.waits()
    assert office.posts() == 0, "nothing is new"
    office.holds()
    office.alters("UPDATE notice SET next_at = '2999-01-01 00:00:00'")
    assert office.posts() == 0, "five minutes are not over"
    office.waits()
    assert office.posts() == 1
    assert office.box.came[-1]["Subject"].startswith("3 comments")


def test_while_the_mail_server_is_away_mails_do_not_pile_up(office: Office) -> None:
    office.asks()
    office.holds()
    assert notices.plan(office.world.deps) == 1
    office.holds()
    office.alters("UPDATE notice SET next_at = '2020-01-01 00:00:00'")
    assert notices.plan(office.world.deps) == 0, "the one before has not left yet"

    assert office.posts() == 0
    assert [mail["Subject"].split()[0] for mail in office.box.came] == ["2"]


def test_whoever_wants_to_hear_sooner_need_not_wait_for_a_day(office: Office) -> None:
    office.asks(How.DIGEST)
    office.holds()
    assert office.posts() == 1
    tomorrow, _ = notices.wishes(office.world.deps, office.ada)[office.world.site.id]
    soon = office.asks(How.AT_ONCE, email="")

    assert tomorrow.next_at - soon.next_at > timedelta(hours=23)


def test_what_was_stopped_while_mails_are_planned_stays_stopped(office: Office) -> None:
    wanted = office.asks()
    notices.unwish(office.world.deps, office.ada, office.world.site.id)

    with office.world.deps.uow(None) as uow:
        assert not uow.notices.look(wanted, wanted.told, wanted.next_at)
        uow.commit()
    assert notices.wishes(office.world.deps, office.ada) == {}


def test_a_digest_comes_once_a_day_while_something_waits(office: Office) -> None:
    office.asks(How.DIGEST)
    assert office.posts() == 0
    office.holds()
    office.waits()

    assert office.posts() == 1
    assert office.posts() == 0
    office.waits()
    assert office.posts() == 1, "it still waits"


def test_what_was_decided_before_the_mail_leaves_is_not_told(office: Office) -> None:
    office.asks()
    office.holds()
    assert notices.plan(office.world.deps) == 1
    office.alters("UPDATE comment SET status = 'approved'")

    assert notices.send(office.world.deps) == 1
    assert (office.box.came, office.states()) == ([], [("dead", "needless")])


@pytest.mark.parametrize("left", ["disabled", "no role"])
def test_whoever_does_not_work_there_any_more_is_told_nothing(office: Office, left: str) -> None:
    office.asks()
    office.holds()
    if left == "disabled":
        people.disable(office.world.deps, office.ada)
    else:
        people.set_role(office.world.deps, office.ada, office.world.site.id, None)

    assert office.posts() == 0


def test_an_address_that_nobody_vouched_for_is_asked_first_by_a_link_that_is_good_once(office: Office) -> None:
    office.asks(vouched=False)
    office.holds()
    assert office.posts() == 0
    (asked,) = office.box.came
    assert asked["List-Unsubscribe"] is None

    token = office.token()
    assert notices.meant(office.world.deps, token)[0] == notices.CONFIRM
    assert notices.follow(office.world.deps, token) == notices.CONFIRM
    with pytest.raises(NotFound):
        notices.follow(office.world.deps, token)
    assert office.posts() == 1
    assert office.box.came[-1]["Subject"].startswith("1 comment waits")


def test_another_address_is_asked_anew_and_links_to_the_one_before_are_dead(office: Office) -> None:
    office.asks()
    office.holds()
    office.posts()
    before = office.token()

    office.asks(vouched=False, email="ada@elsewhere.example.com")
    office.waits()
    assert office.posts() == 0

    with pytest.raises(NotFound):
        notices.follow(office.world.deps, before)
    assert office.box.came[-1]["To"] == "ada@elsewhere.example.com"


def test_a_link_ends_it_once_and_the_address_is_forgotten(office: Office) -> None:
    office.asks()
    office.holds()
    office.posts()

    assert notices.follow(office.world.deps, office.token()) == notices.STOP

    assert notices.wishes(office.world.deps, office.ada) == {}
    assert office.states() == []
    with pytest.raises(NotFound):
        notices.follow(office.world.deps, office.token())
    with pytest.raises(NotFound):
        notices.follow(office.world.deps, office.token()[:-2] + "AA")


def test_a_server_that_is_busy_is_tried_again_under_the_same_id_and_one_that_refuses_is_not(office: Office) -> None:
    office.asks()
    office.holds()
    office.box.says = "451 Not now"
    office.posts()
    assert office.states() == [("waiting", "recipient-refused")]
    office.posts()
    assert len(office.box.tried) == 1, "a minute is not over"

    office.box.says = "250 OK"
    office.waits()
    office.posts()
    assert office.states() == [("delivered", None)]
    assert office.box.came[0]["Message-ID"].endswith("@news.example>")

    office.holds()
    office.box.says = "550 Nobody of that name"
    office.waits()
    office.posts()
    assert office.states()[-1] == ("dead", "recipient-refused")


def test_what_is_due_waits_while_there_is_no_mail_server_and_the_sweep_rings_once_there_is(office: Office) -> None:
    office.asks()
    office.holds()
    notices.plan(office.world.deps)
    mute = replace(office.world.deps, may_post=False)

    assert (notices.send(mute), Bell.MAIL in sweep.due(mute)) == (0, False)
    assert Bell.MAIL in sweep.due(office.world.deps)
    assert (notices.send(office.world.deps), Bell.MAIL in sweep.due(office.world.deps)) == (1, False)


def test_a_mail_whose_lease_ran_out_is_somebody_elses_and_the_late_one_changes_nothing(office: Office) -> None:
    office.asks()
    office.holds()
    notices.plan(office.world.deps)
    token = office.world.deps.new_id()
    with office.world.deps.uow(None) as uow:
        late = uow.notices.claim(token, timedelta(seconds=90))
        uow.commit()
    assert late
    assert notices.send(office.world.deps) == 0, "one is at it"

    office.waits()
    assert notices.send(office.world.deps) == 1
    with office.world.deps.uow(None) as uow:
        uow.notices.settle(late, token, notices.Posted("unreached"), timedelta())
        uow.commit()
    assert office.states() == [("delivered", None)]


def test_owners_are_told_that_an_endpoint_was_disabled_by_itself(office: Office) -> None:
    deps, site_id = office.world.deps, office.world.site.id
    office.asks()
    owner = people.set_role(deps, people.create(deps, name="Olga", roles={})[0], site_id, Role.OWNER)
    notices.wish(deps, owner, site_id, how=How.DIGEST, email="olga@example.com", vouched=True)
    endpoint, _ = webhooks.add(deps, site_id, url="https://www.example.com/hooks")
    gone = replace(deps, send=lambda _: Outcome(410, None, 1))
    webhooks.ping(deps, site_id, endpoint.id)

    Rounds(gone, tried=False).go(endpoint.id)
    office.posts()

    (mail,) = office.box.came
    assert (mail["To"], mail["Subject"]) == (
        "olga@example.com",
        f"An endpoint of {office.world.site.name} was disabled",
    )


def test_an_address_is_kept_sealed_and_shown_as_a_mask(office: Office) -> None:
    office.asks()

    with office.world.deps.reading(None) as uow:
        stored = str(uow.connection.exec_driver_sql("SELECT * FROM notice").all())  # type: ignore[attr-defined]
    ((_, address),) = notices.wishes(office.world.deps, office.ada).values()
    assert "particular" not in stored
    assert str(address) == "a***@e***.com"


def test_what_none_can_have_is_refused(office: Office) -> None:
    with pytest.raises(Invalid):
        office.asks(email="nobody")
    with pytest.raises(NotFound):
        notices.wish(office.world.deps, office.ada, office.world.deps.new_id(), how=How.DIGEST, email=ADDRESS)

    office.world.deps = replace(office.world.deps, may_post=False)
    with pytest.raises(Conflict):
        office.asks()
    assert notices.plan(office.world.deps) == 0


def test_somebody_elses_address_is_not_asked_again_and_again(office: Office) -> None:
    office.world.deps = replace(office.world.deps, limits=MovingLimits(None))
    for number in range(5):
        office.asks(vouched=False, email=f"victim{number}@example.com")

    with pytest.raises(TooMany):
        office.asks(vouched=False, email="victim5@example.com")
