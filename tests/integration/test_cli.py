"""The command line as people and programs call it, on an installation that `up` made."""

import json
import re
import shlex
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import click
import pytest
from corpora import small
from makers import KEY, SECRET, Clock, World
from servers.command import ended, lasting, lychgate, said
from servers.up import Up
from servers.valkey import OwnBroker, free_port

from config.queues import QUEUES
from config.settings import Settings
from moderation import cli
from moderation.adapters.broker import silent
from moderation.domain.ban import Ban, Effect, Mark
from moderation.domain.endpoint import Endpoint
from moderation.domain.note import Note
from moderation.domain.person import Role
from moderation.domain.remote import new_secret
from moderation.domain.scope import ApiKey, Scope
from moderation.embedded.credentials import Credentials
from moderation.services import house_rules, listings, people, sites
from moderation.services.sealed import seal
from moderation.wiring import build, starting_policy

EXAMPLE: Final = re.compile(r"^ *Example: lychgate (.+)$", re.MULTILINE)
LABELLED: Final = """
{"text": "Thank you, that was a good read.", "spam": 0, "toxic": 0, "lang": "en"}
{"text": "You are a fucking idiot.", "spam": 0, "toxic": 1, "lang": "en"}
"""
SCORED: Final = """
{"spam": 0.02, "toxicity": 0.9, "labels": {"spam": 0, "toxic": 1}}
{"spam": 0.01, "toxicity": 0.1, "labels": {"spam": 0, "toxic": 0}}
"""
ENDPOINT_IDS: Final = [UUID(f"0197f1c2-9a61-7c44-8d20-5b7e3a1f6c0{number}") for number in (2, 3)]
"""One of them is removed."""
COMMENT_ID: Final = UUID("0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d")
NOTE_ID: Final = UUID("0197f1c2-7b10-7f0e-8a44-2d9c5e6f7a02")
BAN_ID: Final = UUID("0197f1c2-7b10-7f0e-8a44-2d9c5e6f7a03")
KEY_ID: Final = UUID("0197f1c2-8e4b-7d31-9a55-3f6f0c0e2a10")
LASTING: Final = {"up": "--port 0", "web": "--host 127.0.0.1 --port {free}", "worker": "", "sweep": ""}
"""The commands that go on until they are asked to end, with what keeps them out of the way of others here."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command as `--help` presents it."""

    words: tuple[str, ...]
    command: click.Command

    @property
    def help(self) -> str:
        """What a terminal of the usual width shows."""
        return self.command.get_help(click.Context(self.command, info_name=" ".join(self.words), terminal_width=80))

    def __str__(self) -> str:
        return " ".join(self.words)


def spoken(command: click.Command, *words: str) -> Iterator[Spoken]:
    """Give a command and every command under it."""
    yield Spoken(words, command)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found, name
            yield from spoken(found, *words, name)


COMMANDS: Final = [*spoken(cli.lychgate, "lychgate")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which `up` runs, and in which there is what the examples name."""
    folder = tmp_path_factory.mktemp("installed")
    with Up.running(folder / "var"):
        _furnish(folder)
        yield folder


@pytest.fixture(scope="module")
def broker() -> Iterator[OwnBroker]:
    """A broker in which nobody else's bells lie."""
    with closing(OwnBroker.started()) as broker:
        yield broker


@pytest.fixture(scope="module")
def rested(tmp_path_factory: pytest.TempPathFactory, broker: OwnBroker) -> Path:
    """A folder in which `up` ran and ended; its broker is one that others run, and is still there."""
    folder = tmp_path_factory.mktemp("rested")
    with Up.running(folder / "var", env={"LYCHGATE_BROKER_URL": broker.url}) as up:
        assert up.end(signal.SIGTERM) == 0
    return folder


def _furnish(folder: Path) -> None:
    data = folder / "var"
    settings = Settings.load(**Credentials.of(data).settings(data), rate_limits="off")
    deps = build(settings, ring=silent)
    daily = sites.create(deps, name="The Daily", origins=[], policy=starting_policy("default"))
    demo = sites.by_name(deps, "demo")
    world = World(deps, demo, Clock(), settings)
    for site, threads in ((demo, ("article-1", "article-1-old")), (daily, ("new", "old"))):
        for thread in threads:
            replace(world, site=site).receives(thread=thread)
    with deps.uow(demo.id) as uow:
        uow.keys.add(ApiKey(KEY_ID, demo.id, "crm", "sk_12345", frozenset({Scope.READ}), deps.now()), b"nobody's")
        for endpoint_id in ENDPOINT_IDS:
            sealed = seal(deps, demo.id, endpoint_id, new_secret())
            uow.endpoints.add(
                Endpoint(endpoint_id, demo.id, "https://nobody.invalid/", "", (), None, None, deps.now(), sealed)
            )
        uow.commit()
    _moderated(world)
    people.create(deps, name="Bert", roles={demo.id: Role.MODERATOR})
    house_rules.begin(deps, demo.id, ["civil", "readable"])
    (folder / "strict.toml").write_text(starting_policy("strict"))
    (folder / "words.txt").write_text("gadgetron*\n")
    (folder / "labelled.jsonl").write_text(LABELLED)
    (folder / "scored.jsonl").write_text(SCORED)
    (folder / "erasures.json").write_text("[]")
    small(folder / "data" / "train")
    world.close()


def _moderated(world: World) -> None:
    """Let there be a comment, a note and a ban of the ids that the examples name, and a list."""
    ids = chain([COMMENT_ID], iter(world.deps.new_id, None))
    comment = replace(world, deps=replace(world.deps, new_id=lambda: next(ids))).receives("Noted.", thread="article-1")
    assert comment.id == COMMENT_ID
    now = world.deps.now()
    with world.deps.uow(comment.site_id) as uow:
        uow.notes.add(Note(NOTE_ID, comment.site_id, comment.id, "Seen before.", KEY_ID, now))
        uow.bans.add(
            Ban(BAN_ID, comment.site_id, Effect.BAN, Mark.NAME, "nobody", "Nobody is called that.", KEY_ID, now)
        )
        uow.commit()
    listings.put(world.deps, comment.site_id, ["gadgetron"], [], seen=None)


@pytest.mark.parametrize("shown", COMMANDS, ids=str)
def test_every_example_can_be_typed_as_it_stands(
    shown: Spoken, request: pytest.FixtureRequest, broker: OwnBroker
) -> None:
    examples = EXAMPLE.findall(shown.help)
    assert examples == EXAMPLE.findall(shown.command.help or ""), "an example is shown on one line"
    assert examples, "every command shows one"

    for example in examples:
        verb, *words = shlex.split(example)
        if verb in LASTING:
            _lasts(verb, *words, request=request, broker=broker)
            continue
        done = lychgate(verb, *words, folder=request.getfixturevalue("folder"))
        assert done.returncode == 0, done.stderr


def _lasts(*words: str, request: pytest.FixtureRequest, broker: OwnBroker) -> None:
    """Start a command, wait until it says that it has, and end it as Ctrl-C does."""
    where = request.getfixturevalue("tmp_path" if words[0] == "up" else "rested")
    apart = LASTING[words[0]].format(free=free_port()).split()
    with lasting(*words, *apart, "--json", folder=where, LYCHGATE_BROKER_URL=broker.url) as process:
        assert json.loads(said(process))
        assert ended(process, signal.SIGINT) == 0


@pytest.mark.parametrize("scope", [*Scope])
def test_a_scope_is_spelled_as_it_travels(folder: Path, scope: Scope) -> None:
    done = lychgate("key", "add", "--site", "demo", "--scope", scope.value, "--json", folder=folder)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scopes"] == [scope.value]


def test_what_up_made_is_found_by_the_processes_too(rested: Path, broker: OwnBroker) -> None:
    port = str(urlsplit(Credentials.of(rested / "var").url or "").port)
    where = {"LYCHGATE_BROKER_URL": broker.url}
    announced = {}
    with ExitStack() as running:
        started = {
            words[0]: running.enter_context(lasting(*words, "--json", folder=rested, name=words[0], **where))
            for words in (("web", "--port", port), ("worker", "--concurrency", "1"), ("sweep", "--every", "0.2"))
        }
        for name, process in started.items():
            announced[name] = json.loads(said(process))
        done = lychgate("say", "Thank you for this!", "--json", folder=rested)
        assert done.returncode == 0, done.stderr

        assert {name: ended(process, signal.SIGTERM) for name, process in started.items()} == dict.fromkeys(started, 0)
        assert [process.stdout.read() for process in started.values() if process.stdout] == ["", "", ""]
    assert announced == {
        "web": {"listening": f"http://127.0.0.1:{port}"},
        "worker": {"queues": list(QUEUES)},
        "sweep": {"every": 0.2},
    }


def test_a_folder_that_the_environment_names_is_meant(folder: Path, tmp_path: Path) -> None:
    elsewhere = lychgate("site", "list", "--json", folder=tmp_path, LYCHGATE_DATA=str(folder / "var"))

    assert "demo" in {site["name"] for site in json.loads(elsewhere.stdout)}


def test_where_up_serves_no_second_web_does(folder: Path) -> None:
    refused = lychgate("web", "--port", str(free_port()), folder=folder)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "already serves this SQLite database" in " ".join(refused.stderr.split())


def facts(*words: str, folder: Path, code: int = 0, **env: str) -> Any:
    """Give what a command tells programs; it is all that it says on standard output."""
    done = lychgate(*words, "--json", folder=folder, **env)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("shown", [item for item in COMMANDS if not isinstance(item.command, click.Group)], ids=str)
def test_every_command_speaks_to_programs(shown: Spoken) -> None:
    assert "--json" in shown.help


HEAVY: Final = ("numpy", "onnxruntime", "celery", "kombu", "redis", "flask", "psycopg", "requests", "markdown_it")


@pytest.mark.parametrize("words", ["--help", "site list", "db current", "key list --site demo"])
def test_no_command_carries_what_others_need(folder: Path, words: str) -> None:
    done = lychgate(*words.split(), folder=folder, PYTHONPROFILEIMPORTTIME="1")

    assert done.returncode == 0, done.stderr
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "moderation.cli" in loaded
    assert loaded.isdisjoint({*HEAVY, *(["sqlalchemy"] if words == "--help" else [])})


def test_verbs_are_told_in_their_own_words() -> None:
    context = click.Context(cli.lychgate)
    ours, loaded = context.make_formatter(), context.make_formatter()

    cli.lychgate.format_commands(context, ours)

    click.Group.format_commands(cli.lychgate, context, loaded)
    assert ours.getvalue() == loaded.getvalue()


def test_a_page_that_was_changed_is_told_as_it_is_now(folder: Path) -> None:
    page = ("--site", "demo", "article-1")

    closed, opened = (facts("thread", verb, *page, folder=folder) for verb in ("close", "open"))

    assert (closed["closed"], opened["closed"]) == (True, False)
    assert closed.keys() == {"id", "thread", "title", "approved", "closed"}
    assert opened in facts("thread", "list", "--site", "demo", folder=folder)


def test_a_page_is_given_another_title_and_none(folder: Path) -> None:
    page = ("--site", "demo", "article-1")

    titled = facts("thread", "rename", *page, " A good\tharvest ", folder=folder)
    listed = facts("thread", "list", "--site", "demo", folder=folder)
    assert titled["title"] == "A good harvest"
    assert (titled["id"], titled["title"]) in [(each["id"], each["title"]) for each in listed]
    assert facts("thread", "rename", *page, "", folder=folder)["title"] is None
    assert lychgate("thread", "rename", *page, "x" * 301, folder=folder).returncode == 1


def test_pages_that_became_one_are_told_as_that_one(folder: Path) -> None:
    daily = ("--site", "The Daily")

    merged = facts("thread", "merge", *daily, "old", "new", folder=folder)

    assert merged["thread"] == "new"
    assert merged in facts("thread", "list", *daily, folder=folder)


def test_a_policy_is_told_whole(folder: Path) -> None:
    set_, read = (facts("site", "policy", "The Daily", *file, folder=folder) for file in (["strict.toml"], []))

    assert set_ == read
    assert read["policy"] == starting_policy("strict")


def test_a_scorer_is_set_renewed_and_given_up(folder: Path) -> None:
    change = ("site", "set", "The Daily")
    (folder / "secret").write_text(new_secret() + "\n")

    made = facts(*change, "--scorer-url", "https://scorer.example/score", folder=folder)
    own = facts(*change, "--scorer-secret", "secret", folder=folder)
    renewed = facts(*change, "--new-scorer-secret", folder=folder)
    gone = facts(*change, "--scorer-url", "", folder=folder)

    assert made["scorer_url"] == own["scorer_url"] == renewed["scorer_url"] == "https://scorer.example/score"
    assert made["scorer_secret"].startswith("whsec_")
    assert "scorer_secret" not in own.keys() | gone.keys()
    assert renewed["scorer_secret"] != made["scorer_secret"]
    assert gone["scorer_url"] is None
    assert facts("site", "show", "The Daily", folder=folder) == gone


def test_where_a_scorer_is_is_looked_up_when_it_is_saved(folder: Path) -> None:
    change = ("site", "set", "The Daily", "--scorer-url")

    refused = lychgate(*change, "https://127.0.0.1/score", folder=folder)
    odd = lychgate(*change, "https://nobody.invalid/score", "--json", folder=folder)

    assert (refused.returncode, "a server that is public" in " ".join(refused.stderr.split())) == (1, True)
    assert "no server of this name was found" in " ".join(odd.stderr.split())
    assert json.loads(odd.stdout)["scorer_url"] == "https://nobody.invalid/score"
    facts(*change, "", folder=folder)


def test_a_site_signs_its_members_in_and_asks_for_proofs(folder: Path) -> None:
    own, change = ("site", "member-secret", "The Daily"), ("site", "set", "The Daily")

    first, second = (facts(*own, folder=folder) for _ in range(2))
    chosen = facts(*change, "--members-only", "--proof", "risky", folder=folder)
    ended = facts(*own, "--end", folder=folder)
    back = facts(*change, "--everybody", "--proof", "off", folder=folder)

    assert first["secret"] != second["secret"]
    assert (second["secret"].startswith("mem_"), second["old_secret_until"] is None) == (True, False)
    assert [chosen[name] for name in ("members", "members_only", "proof")] == [True, True, "risky"]
    assert [ended[name] for name in ("members", "members_only")] == [False, True]
    assert [back[name] for name in ("members", "members_only", "proof")] == [False, False, "off"]


def test_what_a_site_learnt_is_shown_and_turned_off_and_on(folder: Path) -> None:
    own = ("learned", "The Daily")

    assert facts(*own, folder=folder) == {"site": "The Daily", "learn": True, "versions": []}
    assert facts(*own, "--off", folder=folder) == {"site": "The Daily", "learn": False}
    assert facts("site", "show", "The Daily", folder=folder)["learn"] is False
    assert facts(*own, "--on", folder=folder) == {"site": "The Daily", "learn": True}
    refused = lychgate(*own, "--rollback", folder=folder)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "nothing that was learnt" in refused.stderr


def test_a_key_that_was_revoked_is_told_with_the_time(folder: Path) -> None:
    made = facts("key", "add", "--site", "demo", "--scope", "read", folder=folder)

    revoked = facts("key", "revoke", "--site", "demo", made["id"], folder=folder)

    assert revoked["id"] == made["id"]
    assert revoked["revoked_at"]


def test_a_database_is_told_as_it_stands(folder: Path, sqlite_url: str, tmp_path: Path) -> None:
    assert facts("db", "upgrade", folder=folder) == facts("db", "current", folder=folder)
    assert facts("db", "check", folder=folder) == {"agree": True, "differences": []}

    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database:
        database.execute("ALTER TABLE site ADD COLUMN extra TEXT")
    secrets = {"LYCHGATE_DATABASE_URL": sqlite_url, "LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}
    told = facts("db", "check", folder=tmp_path, code=1, **secrets)
    assert not told["agree"]
    assert "extra" in "".join(told["differences"])


def test_soundness_is_told_in_words_that_programs_compare(folder: Path) -> None:
    looked_at = facts("doctor", folder=folder)
    promises = facts("verify", folder=folder)

    assert {tuple(item) for item in looked_at} == {("check", "sound", "what")}
    assert {item["sound"] for item in looked_at} == {True}
    assert {(tuple(item), item["kept"], *item["broken_by"]) for item in promises} == {
        (("promise", "kept", "broken_by"), True)
    }


def test_a_key_is_told_as_the_api_tells_it(folder: Path) -> None:
    made = facts("key", "add", "--site", "demo", "--scope", "read", folder=folder)
    (listed,) = (item for item in facts("key", "list", "--site", "demo", folder=folder) if item["id"] == made["id"])

    assert made == {**listed, "secret": made["secret"], "key": made["secret"]}
    assert made["secret"].startswith(made["hint"])
    assert listed.keys() == {"id", "name", "hint", "scopes", "created_at", "last_used_at", "revoked_at"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["created_at"])


def test_a_table_in_a_file_is_whole_and_nothing_in_it_is_markup(folder: Path) -> None:
    name = f"[red]{'wide ' * 18}[/]"
    facts("key", "add", "--site", "demo", "--scope", "read", "--name", name, folder=folder)

    table = lychgate("key", "list", "--site", "demo", folder=folder, COLUMNS="60").stdout

    assert name in table
    assert "…" not in table


@pytest.mark.parametrize("words", ["up --data /proc/nope --port 0", "up --data {file}/data --port 0"])
def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, words: str) -> None:
    (tmp_path / "file").touch()

    refused = lychgate(*words.format(file=tmp_path / "file").split(), folder=tmp_path)

    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert "cannot be made" in refused.stderr


@pytest.mark.parametrize("words", ["db upgrade", "db check", "doctor", "web", "site list"])
def test_a_database_that_cannot_be_made_is_one_sentence(tmp_path: Path, words: str) -> None:
    nowhere = {"LYCHGATE_DATABASE_URL": "sqlite:////proc/nope/lychgate.db"}
    secrets = {"LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}

    refused = lychgate(*words.split(), folder=tmp_path, **nowhere, **secrets)

    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("limit", ["-1", "0", "many"])
def test_a_limit_that_is_none_is_wrong_usage(folder: Path, limit: str) -> None:
    refused = lychgate("thread", "list", "--site", "demo", "--limit", limit, folder=folder)

    assert (refused.returncode, refused.stdout) == (2, "")


@pytest.mark.parametrize(("name", "code"), [("", "required"), (" \u200b ", "required"), ("x" * 101, "too-long")])
def test_a_key_needs_a_name(folder: Path, name: str, code: str) -> None:
    refused = lychgate("key", "add", "--site", "demo", "--scope", "read", "--name", name, folder=folder)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"({code})" in refused.stderr
