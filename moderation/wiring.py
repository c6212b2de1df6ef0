"""The one place where parts are chosen: settings go in, `Deps` comes out."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from sqlalchemy.exc import DatabaseError
from uuid_utils.compat import uuid7

import config
from config.queues import QUEUE_OF
from config.settings import Settings
from moderation.adapters.broker import redis_url
from moderation.adapters.db.inbox import DirectInbox, GroupInbox
from moderation.adapters.db.uow import Database
from moderation.adapters.hashing import hashed
from moderation.adapters.limits import MovingLimits, NoLimits
from moderation.adapters.names import Names
from moderation.adapters.proofs import Proofs
from moderation.adapters.reach import Reach
from moderation.adapters.seals import Seals
from moderation.adapters.tokens import claims_of
from moderation.adapters.vault import Vault
from moderation.adapters.ways import finder
from moderation.domain.edition import Edition
from moderation.domain.errors import TemporaryFailure
from moderation.domain.signal import SCORED
from moderation.domain.voice import Voice
from moderation.domain.wordlist import WordList
from moderation.services import editions
from moderation.services.ports import (
    RENDER,
    Authenticators,
    Deps,
    Inbox,
    Lasting,
    Learner,
    Limits,
    Post,
    Remotes,
    Ring,
    Scorer,
    Send,
)

if TYPE_CHECKING:
    from celery import Celery

    from moderation.adapters.ringer import Ringer
    from moderation.adapters.scorers.own import OwnLists

CONNECTIONS: Final = 16
"""So many threads of a process speak to the database at once; PostgreSQL has a hundred for all processes."""
POLICIES: Final = Path(config.__file__).parent / "policies"


def build(
    settings: Settings,
    *,
    scorers: Mapping[str, Scorer] | None = None,
    remotes: Remotes | None = None,
    learner: Learner | None = None,
    send: Send | None = None,
    post: Post | None = None,
    ring: Ring | None = None,
) -> Deps:
    """Make the parts of one process; nothing is opened yet. Only a worker has scorers, learns, and sends."""
    database = Database(settings.database_url, pool_size=min(settings.threads, CONNECTIONS))
    return Deps(
        uow=database.uow,
        reading=database.reading,
        snapshot=database.snapshot,
        views=database.views,
        inbox=inbox(database),
        scorers=scorers or {},
        obscene=obscene_words,
        remotes=remotes or unasked,
        learner=learner,
        send=send or unsent,
        way=finder(Reach(settings.outbound_allow), Names()),
        post=post or unsent,
        may_post=settings.mail_server is not None,
        public_url=settings.public_url,
        say=say,
        voice=voice,
        appealing=timedelta(days=settings.appeal_days),
        kinds=(*SCORED, RENDER),
        render=rendered,
        vault=Vault(settings.encryption),
        seals=Seals([settings.secret_key.get_secret_value().encode()]),
        claims_of=claims_of,
        proofs=Proofs([settings.secret_key.get_secret_value().encode()]),
        authenticators=authenticators,
        limits=limits(settings),
        ring=ring or ringer(settings.broker_url),
        hashed=hashed,
        starting_policy=starting_policy,
        lasting=Lasting(timedelta(days=settings.mailbox_days), timedelta(days=settings.erasure_days)),
        close=database.engine.dispose,
        now=lambda: datetime.now(UTC),
        new_id=uuid7,
    )


def shipped_scorers(settings: Settings | None = None) -> dict[str, Scorer]:
    """Load the scorers that come with us, and the owner's lists; what they weigh is the workers' to carry alone.

    Raises Invalid with every fault in the lists.
    """
    from moderation.adapters.scorers import shipped  # noqa: PLC0415 (see above)

    return shipped(own_lists(settings), encoder=settings.encoder == "on") if settings else shipped()


def site_learner() -> Learner:
    """Give what makes models of sites from their moderators' decisions, and reads them; the workers' alone."""
    from moderation.adapters.scorers import MODELS  # noqa: PLC0415 (see above)
    from moderation.adapters.scorers.learned.learner import Learner as Learning  # noqa: PLC0415

    return Learning(MODELS)


def own_lists(settings: Settings) -> "OwnLists":
    """Read the files that the owner names; raises Invalid with every fault in them."""
    from moderation.adapters.scorers.own import read_lists  # noqa: PLC0415 (see above)

    return read_lists(settings.word_lists, settings.domain_lists, settings.throwaway_lists)


def obscene_words(language: str | None) -> WordList:
    """Give the public list of obscene words in a language, loaded when it is first asked for."""
    from moderation.adapters.scorers.obscene import words_in  # noqa: PLC0415 (see above)

    return words_in(language)


def remote_scorers(settings: Settings) -> Remotes:
    """Give the way to the scorers that sites have of their own; a worker's, who alone carries what it weighs."""
    from moderation.adapters.breaker import Breaker  # noqa: PLC0415 (see above)
    from moderation.adapters.outbound import Outbound  # noqa: PLC0415
    from moderation.adapters.scorers.remote import remotes  # noqa: PLC0415

    return remotes(Outbound(Reach(settings.outbound_allow)), Breaker())


def couriers(settings: Settings) -> Send:
    """Give the way to publishers; a worker's, as the one to scorers is."""
    from moderation.adapters.couriers import PATIENT, courier  # noqa: PLC0415 (see above)
    from moderation.adapters.outbound import Outbound  # noqa: PLC0415

    return courier(Outbound(Reach(settings.outbound_allow), PATIENT))


def postbox(settings: Settings) -> Post | None:
    """Give the way to the mail server; a worker's, and none where the operator named no server."""
    from moderation.adapters import mail  # noqa: PLC0415 (see above)

    if settings.mail_server is None or settings.mail_from is None:
        return None
    return mail.postbox(settings.mail_server.get_secret_value(), settings.mail_from)


def say(language: str, word: str, /, **values: object) -> str:
    """Say something to an author; only who writes reads the words."""
    from moderation.http.words import told  # noqa: PLC0415 (see above)

    return told(language, word, **values)


def voice(language: str | None) -> Voice:
    """Speak to somebody who works at the desk; only who writes reads the words."""
    from moderation.http.console.speech import voice_of  # noqa: PLC0415 (see above)

    return voice_of(language)


def unsent(*_: object) -> NoReturn:
    """Refuse to send anything: this process is no worker."""
    raise LookupError("Only a worker sends.")


def unasked(*_: object) -> NoReturn:
    """Refuse to ask the scorer of a site: this process is no worker."""
    raise LookupError("Only a worker asks the scorers of sites.")


def starting_policy(name: str) -> str:
    """Give one of the policies that a new site may start from: "default" or "strict"."""
    return (POLICIES / f"{name}.toml").read_text(encoding="utf-8")


@cache
def authenticators() -> Authenticators:
    """Give what asks people's authenticators; what that weighs is carried from the first passkey on."""
    from moderation.adapters.authenticators import Authenticators as Browsers  # noqa: PLC0415 (see above)

    return Browsers()


def inbox(database: Database) -> Inbox:
    """Commit each caller alone on PostgreSQL, many together on SQLite."""
    return GroupInbox(database) if database.dialect == "sqlite" else DirectInbox(database)


def limits(settings: Settings) -> Limits:
    """Count in the broker where many web processes share the limits, in memory where there is one."""
    if settings.rate_limits == "off":
        return NoLimits()
    return MovingLimits(None if settings.sqlite_path else redis_url(settings.broker_url))


def rendered(text: str) -> str:
    """Give the HTML of a text; the renderer is loaded when it is first asked for."""
    from moderation.adapters.render import render  # noqa: PLC0415 (see above)

    return render(text)


def ringer(broker_url: str) -> "Ringer":
    """Give what rings bells at this broker; most commands leave that to the sweep, and carry no Celery."""
    from moderation.adapters.ringer import Ringer  # noqa: PLC0415 (see above)

    return Ringer(celery_app(broker_url), broker_url, QUEUE_OF)


def celery_app(broker_url: str) -> "Celery":
    """Make a Celery application that puts bells into queues and gives up at once when it cannot."""
    from celery import Celery  # noqa: PLC0415 (see above)

    app = Celery("lychgate", set_as_current=False)
    app.conf.update(celery_settings(broker_url))
    return app


def celery_settings(broker_url: str) -> dict[str, Any]:
    """Give what everybody who speaks to the broker agrees on: JSON only, no results, no waiting for the dead."""
    return {
        "broker_url": broker_url,
        "broker_pool_limit": 2,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "retry_on_timeout": False,
            "health_check_interval": 10,
        },
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
    }


def keep(deps: Deps, edition: Edition) -> None:
    """Keep the widget of this release for pages that pin it; where the database is away, at the next start."""
    with suppress(TemporaryFailure, DatabaseError):
        editions.keep(deps, edition)


def readiness(deps: Deps) -> dict[str, str]:
    """Name what keeps a web process from taking comments in; the broker is not among it, since rows wait."""
    try:
        with deps.reading(None) as uow:
            uow.sites.by_key("")
    except TemporaryFailure:
        return {"database": "The database cannot be used; `lychgate doctor` says why."}
    except DatabaseError:
        return {"database": "The database is not migrated; run `lychgate db upgrade`."}
    return {}
