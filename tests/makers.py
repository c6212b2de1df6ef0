"""Makes what tests start from: an installation with a site, and replies that arrive there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from socket import gaierror
from typing import Any
from uuid import UUID

from sqlalchemy import text

from config.settings import Settings
from moderation.adapters.broker import silent
from moderation.adapters.db import migrate
from moderation.adapters.names import Names
from moderation.adapters.reach import Reach
from moderation.adapters.ways import finder
from moderation.domain.ban import Ban, Effect, Mark
from moderation.domain.comment import Comment, Status, Submission
from moderation.domain.decision import Action, Decision
from moderation.domain.lesson import Learnt, Lesson, ModelState, ModelVersion
from moderation.domain.mailbox import AuthorMail, Cause, Follow, Mailbox
from moderation.domain.note import Note
from moderation.domain.notice import How, Kind, Mail, Notice
from moderation.domain.passkey import Passkey
from moderation.domain.person import Person
from moderation.domain.privacy import SecretEmail
from moderation.domain.signal import SPAM, TOXICITY
from moderation.domain.site import Site
from moderation.domain.wave import Family, Stance, Wave
from moderation.services import (
    appeals,
    author_mails,
    bans,
    canned_notes,
    events,
    house_rules,
    intake,
    listings,
    notes,
    remote,
    review,
    scoring,
    sites,
    webhooks,
    wording,
)
from moderation.services.bans import BanWish
from moderation.services.intake import Arrival
from moderation.services.ports import Deps, Scorer
from moderation.services.rounds import Rounds
from moderation.wiring import build, couriers, postbox, readiness, remote_scorers, starting_policy

SECRET = "a secret for tests, long enough to be one"
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
ORIGIN = "https://news.example"


def settings_for(database_url: str, **others: Any) -> Settings:
    """Settings of a test installation, with made-up secrets and no limits unless asked for."""
    values = {"secret_key": SECRET, "encryption_keys": KEY, "rate_limits": "off", **others}
    return Settings.load(database_url=database_url, **values)


def known(host: str, port: int, **_: Any) -> list[Any]:
    """Say where a name leads, as name servers do, whatever the machine of the tests hears from its own."""
    if not host.endswith(("example.com", "example.org", ".example")):
        raise gaierror
    return [(None, None, 0, "", ("93.184.215.14", port))]


class Clock:
    """The time for people; tests move it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


class Seconds:
    """A clock for limits, which stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """One installation with one site, worked by hand: nothing happens that a test does not ask for."""

    deps: Deps
    site: Site
    clock: Clock
    settings: Settings
    count: int = field(default=0)

    @classmethod
    def at(cls, database_url: str, *, scorers: Mapping[str, Scorer] | None = None, **settings: Any) -> "World":
        """Make an installation in an empty database, which is migrated if it has no tables yet."""
        chosen, clock = settings_for(database_url, **settings), Clock()
        deps = replace(
            build(
                chosen,
                scorers=scorers,
                remotes=remote_scorers(chosen),
                send=couriers(chosen),
                post=postbox(chosen),
                ring=silent,
            ),
            now=clock,
            way=finder(Reach(chosen.outbound_allow), Names(known)),
        )
        if readiness(deps):
            migrate.upgrade(database_url)
        site = sites.create(deps, name="News", origins=[ORIGIN], policy=starting_policy("default"))
        return cls(deps, site, clock, chosen)

    def close(self) -> None:
        """Let go of the database."""
        self.deps.close()

    def arrival(self, text: str, **others: Any) -> Arrival:
        """A reply by somebody new, unless said otherwise."""
        self.count += 1
        values = {"thread": "article-1", "name": f"Ann {self.count}", "email": f"ann{self.count}@example.com", **others}
        if isinstance(values["email"], str):
            values["email"] = SecretEmail.parse(values["email"])
        return Arrival(text=text, **values)

    def receives(self, text: str = "A calm and friendly remark about the harvest.", **others: Any) -> Comment:
        """Let a reply arrive."""
        return intake.receive(self.deps, self.site, self.arrival(text, **others)).comment

    def scores(self, *kinds: str) -> None:
        """Let workers do everything that is due, or only these kinds of it."""
        for kind in kinds or (SPAM, TOXICITY, "render"):
            _until_done(
                lambda kind=kind: scoring.render(self.deps) if kind == "render" else scoring.score(self.deps, kind)
            )

    def asks(self) -> None:
        """Let the scorers that sites have of their own look at everything that is due."""
        for site in remote.asked(self.deps):
            _until_done(lambda site=site: scoring.ask(self.deps, site))

    def has(self, text: str = "A calm and friendly remark about the harvest.", **others: Any) -> Comment:
        """Let a reply arrive and be judged."""
        comment = self.receives(text, **others)
        self.scores()
        return self.look(comment)

    def pings(self) -> None:
        """Add an endpoint at which nobody is, and try to deliver a ping there."""
        endpoint, _ = webhooks.add(self.deps, self.site.id, url="https://nobody.invalid/hooks")
        webhooks.ping(self.deps, self.site.id, endpoint.id)
        Rounds(self.deps, tried=False).go(endpoint.id)

    def holds_key(self, person: Person) -> Passkey:
        """Let somebody have a passkey, with which they once answered."""
        octets = self.deps.new_id().bytes
        passkey = Passkey(self.deps.new_id(), person.id, octets, b"public", 0, ("internal",), "phone", self.clock())
        with self.deps.uow(None) as uow:
            uow.passkeys.add(passkey)
            uow.passkeys.spend(octets, self.clock())
            uow.commit()
        return passkey

    def wishes(self, person: Person) -> Notice:
        """Let somebody have asked to be told of the site, with a mail on its way to them."""
        notice_id, now = self.deps.new_id(), self.clock()
        sealed = self.deps.vault.seal("ada@example.com", site_id=self.site.id, comment_id=notice_id)
        notice = Notice(
            id=notice_id,
            person_id=person.id,
            site_id=self.site.id,
            how=How.DIGEST,
            email=sealed,
            confirmed=True,
            stamp="stamp",
            told=0,
            next_at=now,
            created_at=now,
        )
        with self.deps.uow(None) as uow:
            uow.notices.keep(notice)
            uow.notices.plan([Mail(self.deps.new_id(), self.site.id, notice_id, Kind.WAITING)])
            uow.commit()
        return notice

    def follows(self, comment: Comment) -> Mailbox:
        """Let the author of a comment have confirmed their address, with a mail on its way to them."""
        fingerprint, now = comment.fingerprint or b"", self.clock()
        box = Mailbox(self.deps.new_id(), comment.site_id, fingerprint, "stamp", touched_at=now)
        mail = AuthorMail(self.deps.new_id(), comment.site_id, fingerprint, Cause.DECISION, comment.id, comment.id)
        with self.deps.uow(comment.site_id) as uow:
            uow.mailboxes.touch(box)
            uow.mailboxes.confirm(box)
            uow.mailboxes.follow(Follow(comment.id, comment.site_id, fingerprint, decision=True))
            uow.author_mails.plan([mail])
            uow.commit()
        return box

    def knows(self, person: Person, comment: Comment) -> tuple[Ban, Note]:
        """Let a senior ban whoever wrote a comment, note something on it, save lists, a rule and a canned note."""
        wish = BanWish(Effect.BAN, Mark.ADDRESS, "Sells handbags.", days=7)
        ban = bans.ban(self.deps, person, comment.site_id, comment.id, wish)
        note = notes.write(self.deps, person, comment.site_id, comment.id, "Seen before.", about_author=False)
        listings.save(self.deps, person, comment.site_id, ["gadgetron*"], ["spam.example"], seen=None)
        house_rules.begin(self.deps, comment.site_id, ["civil"])
        canned_notes.keep(self.deps, comment.site_id, "Try again", "Without the first sentence, gladly.")
        return ban, note

    def appeals(self) -> Comment:
        """Let somebody turn a comment down, and its author appeal."""
        comment = self.receives(thread="appealing")
        by = review.Moderator(self.site.id, self.deps.new_id())
        review.decide(self.deps, by, review.Wish(comment.id, comment.version, Action.REJECT))
        return appeals.appeal(self.deps, comment.id, "It names no company.")

    def rolls(self, person: Person) -> Stance:
        """Let a wave have been, which somebody decided while they had it before them."""
        first, now = self.receives(thread="rolling"), self.clock()
        wave = Wave(self.deps.new_id(), self.site.id, None, first.id, first.id, 0.0, waiting=False)
        stance = Stance(self.deps.new_id(), self.site.id, wave.id, 1, Status.SPAM, person.id, now, now)
        with self.deps.uow(None) as uow:
            uow.waves.add([wave])
            uow.waves.take(stance, Family(wave), None)
            uow.waves.finish(stance)
            uow.workplaces.read(person.id, wave.id, timedelta(minutes=2))
            uow.commit()
        return stance

    def look(self, comment: Comment | UUID) -> Comment:
        """Give a comment as it is now."""
        with self.deps.reading(None) as uow:
            found = uow.comments.find(comment if isinstance(comment, UUID) else comment.id)
        assert found is not None
        return found

    def status_of(self, comment: Comment | UUID) -> Status:
        """Say where a comment stands now."""
        return self.look(comment).status

    def log_of(self, comment: Comment) -> list[Decision]:
        """Give a comment's decisions."""
        with self.deps.reading(None) as uow:
            return uow.log.of(comment.id)

    def events(self) -> list[Mapping[str, Any]]:
        """Number what happened, and give it in order."""
        _until_done(lambda: events.number(self.deps))
        with self.deps.views(self.site.id) as views:
            return list(views.feed(self.site.id, after=0, limit=10_000))

    def mails(self) -> None:
        """Let the grace of every mail to an author be over, and send it."""
        self.events()
        with self.deps.uow(None) as uow:
            due = text("UPDATE author_mail SET due_at = '2020-01-01 00:00:00' WHERE state = 'waiting'")
            uow.connection.execute(due)  # type: ignore[attr-defined]
            uow.commit()
        _until_done(lambda: author_mails.send(self.deps))

    def counts(self) -> None:
        """Let a day of the site be counted some time."""
        with self.deps.uow(self.site.id) as uow:
            uow.tallies.open(self.site.id, [date(2026, 3, 2)])
            uow.commit()

    def words(self) -> None:
        """Let everything that has come be found by its words."""
        self.events()
        _until_done(lambda: wording.fill(self.deps))


def remember(world: World, comment: Comment) -> ModelVersion:
    """Let the comment's site use a version of a model that learnt from this comment alone."""
    version = ModelVersion(world.deps.new_id(), comment.site_id, 1, ModelState.ADOPTED, 1, {}, world.deps.now())
    lesson = Lesson(comment.id, Submission(comment.text), Status.APPROVED, {})
    with world.deps.uow(comment.site_id) as uow:
        uow.learned.add(version, Learnt(b"learnt", {}, (bytes(256),)), [lesson], world.deps.new_id())
        uow.commit()
    return version


def _until_done(work: Callable[[], int]) -> None:
    while work():
        pass
