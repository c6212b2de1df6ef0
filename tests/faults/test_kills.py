"""G1, G3, G6: what was accepted survives every death, of web, of workers, of the database, of all at once."""

import signal
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from faults.counting import Installation
from faults.ledger import Client, Ledger, People
from faults.load import Load, Reader
from faults.scene import Scene
from faults.waiting import DEADLINE, pause
from servers.family import left_of
from servers.postgres import OwnPostgres
from servers.up import Up

from config.settings import Settings
from moderation.adapters.broker import silent
from moderation.adapters.db.uow import Database
from moderation.domain.scope import Scope
from moderation.embedded.credentials import Credentials
from moderation.services import keys, sites
from moderation.services.ports import Deps
from moderation.wiring import build


def test_web_and_workers_killed_under_load_lose_nothing_and_tell_everything_once(scene: Scene) -> None:
    scene.stack.start()
    chance = Random(scene.people.seed)  # noqa: S311 (the same run again is what we want)

    with scene.reader.reading(), scene.load().posting() as load:
        for name in ("web", "worker", "web", "worker", "worker"):
            load.goes_on(15)
            pause(chance.uniform(0.02, 0.5))
            scene.stack.kill(name)
            scene.stack.restart(name)

    counted = scene.count()
    assert not counted.faults
    assert counted.acked == load.begun


def test_everything_killed_at_once_with_the_database_and_the_broker_loses_nothing(
    scene: Scene, durable: OwnPostgres
) -> None:
    scene.stack.start()

    with scene.reader.reading(), scene.load().posting() as load:
        for _ in "ab":
            load.goes_on(40)
            scene.stack.kill_everything()
            durable.crash()
            scene.stack.broker.kill()
            durable.restart()
            scene.stack.broker.restart()
            scene.stack.restart_everything()

    counted = scene.count()
    assert not counted.faults
    assert counted.acked == load.begun


def test_up_killed_leaves_no_process_and_loses_nothing_on_sqlite(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "data"
    with ExitStack() as ending:
        up = ending.enter_context(Up.running(folder))
        deps = ending.enter_context(closing(installed_in(folder)))
        client = Client(up.url, up.facts["site_key"], Ledger(tmp_path / "ledger.jsonl"), secret=writer_of(deps))
        reader = Reader(client, up.facts["site_key"], up.facts["api_key"])

        with reader.reading(), Load(client, People(seed), rate=40).posting() as load:
            load.goes_on(60)
            family = up.family
            up.end(signal.SIGKILL)
            assert not left_of(family)
            ending.enter_context(Up.running(folder, "--port", str(urlsplit(up.url).port)))
            load.goes_on(20)

        stored = ending.enter_context(closing(Installation(Database(f"sqlite:///{folder / 'lychgate.db'}"), deps)))
        assert stored.all_decided(within=DEADLINE)
        counted = stored.count(client.ledger, reader.catch_up(), reader.public)
    assert not counted.faults
    assert counted.acked == load.begun


def installed_in(folder: Path) -> Deps:
    """Give the parts of the installation that `up` made in a folder."""
    return build(Settings.load(**Credentials.of(folder).settings(folder)), ring=silent)


def writer_of(deps: Deps) -> str:
    """Make a server's key that may post for many people."""
    (site,) = sites.listed(deps)
    return keys.create(deps, site.id, name="writer", scopes=[Scope.SUBMIT])[1]
