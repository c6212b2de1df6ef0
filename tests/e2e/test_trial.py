"""`lychgate trial`, `backtest` and `rescore` as an operator uses them: on an installation that runs, with limits on."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from corpora import small
from faults.ledger import Client, Ledger
from servers.command import lychgate
from servers.up import Up
from speech import remark

from moderation.wiring import starting_policy

TOXIC: Final = "You are a fucking idiot and everybody hates you, you stupid bitch number {}."
SPAMMY: Final = "CHEAP PILLS {}!!! BUY NOW http://bit.ly/a1 http://tinyurl.com/b2 http://pills.example/c3 CLICK"
COUNTS: Final = {"clean": 24, "toxic": 4, "spam": 3}
LABELS: Final = {"clean": (0, 0), "toxic": (0, 1), "spam": (1, 0)}
TEXTS: Final = {"toxic": TOXIC, "spam": SPAMMY}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up.running(tmp_path_factory.mktemp("trial") / "data") as up:
        yield up


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = Random(2026)  # noqa: S311 (repeatable)
    rows = [
        {
            "text": TEXTS[label].format(place) if label in TEXTS else remark(chance),
            "spam": LABELS[label][0],
            "toxic": LABELS[label][1],
            "lang": "en",
        }
        for label, count in COUNTS.items()
        for place in range(count)
    ]
    file = tmp_path_factory.mktemp("labelled") / "labelled.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in [*rows, {"text": "x" * 10_001}]))
    return file


@pytest.fixture(scope="module")
def told(up: Up, labelled: Path) -> dict[str, Any]:
    """What a trial told; more comments than one network may send in ten minutes."""
    found: dict[str, Any] = facts(up, "trial", str(labelled), "--site", "demo", "--rate", "50")
    return found


def facts(up: Up, *words: str, code: int = 0) -> Any:
    done = lychgate(*words, "--json", folder=up.folder.parent, LYCHGATE_DATA=str(up.folder))
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


def test_every_comment_is_posted_decided_and_told(told: dict[str, Any]) -> None:
    rows = {row["label"]: row for row in told["decisions"]}

    assert {label: rows[label]["comments"] for label in COUNTS} == COUNTS
    assert {label: rows[label]["no_decision"] for label in COUNTS} == dict.fromkeys(COUNTS, 0)
    assert rows["all"]["comments"] == told["comments"] == sum(COUNTS.values()) + 1
    assert told["without_decision"] == [{"line": sum(COUNTS.values()) + 1, "why": "/text too-long"}]


def test_decisions_are_held_against_the_labels(told: dict[str, Any]) -> None:
    rows = {row["label"]: row for row in told["decisions"]}

    assert rows["clean"]["approved"] == COUNTS["clean"]
    assert rows["clean"]["false_holds"] == pytest.approx(
        {"hits": 0, "of": 24, "share": 0, "low": 0, "high": 0.1380}, abs=1e-4
    )
    assert rows["toxic"]["approved"] == rows["spam"]["approved"] == 0
    assert rows["all"]["false_approvals"]["of"] == COUNTS["toxic"] + COUNTS["spam"]
    assert {row["reason"] for row in told["reasons"]} >= {"spam", "toxicity"}


def test_the_key_it_made_is_ended(up: Up, told: dict[str, Any]) -> None:
    assert told
    own = [key for key in facts(up, "key", "list", "--site", "demo") if key["name"] == "trial"]

    assert {tuple(key["scopes"]) for key in own} == {("submit",)}
    assert all(key["revoked_at"] for key in own)


def test_what_was_tried_can_be_tested_against_another_policy(up: Up, told: dict[str, Any], tmp_path: Path) -> None:
    assert told
    strict = tmp_path / "strict.toml"
    strict.write_text(starting_policy("strict"))

    found = facts(up, "backtest", "--site", "demo", "--policy", str(strict))

    (moved,) = (move for move in found["moves"] if (move["from"], move["to"]) == ("approved", "held"))
    assert found["compared"] >= sum(COUNTS.values())
    assert moved["comments"] >= COUNTS["clean"]
    assert found["agreement"][1]["held"]["hits"] >= COUNTS["clean"]
    assert len(found["notable"]) == 10


def test_the_same_scorers_say_the_same_again(up: Up, told: dict[str, Any]) -> None:
    assert told
    dry = facts(up, "rescore", "--site", "demo", "--dry-run")
    wet = facts(up, "rescore", "--site", "demo")

    assert dry["unchanged"] == dry["scored"] >= sum(COUNTS.values())
    assert (wet["moves"], wet["proposals"], wet["reasons_refreshed"]) == ([], [], 0)
    assert facts(up, "verify")


def test_comments_of_development_data_do_as_well_as_a_file(up: Up, tmp_path: Path) -> None:
    found = facts(up, "trial", "--development", str(small(tmp_path / "corpora")), "--site", "demo", "--limit", "12")

    assert found["decisions"][-1]["comments"] == found["comments"] <= 12
    assert found["decisions"][-1]["no_decision"] == 0
    assert {row["language"] for row in found["languages"]} >= {"en"}
    facts(up, "trial", "--site", "demo", code=2)


def test_an_address_and_a_key_do_as_well(up: Up, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"text": "Such a good read, thank you.", "spam": 0, "toxic": 0}))
    where = ("--url", up.url, "--key", up.facts["api_key"])

    done = lychgate("trial", str(file), "--site", up.facts["site_key"], *where, "--json", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["decisions"][-1]["approved"] == 1


def test_what_reads_every_comment_first_still_decides(up: Up, tmp_path: Path) -> None:
    file, held = tmp_path / "one.jsonl", tmp_path / "held.toml"
    file.write_text(json.dumps({"text": "Nothing is published unread here.", "spam": 0, "toxic": 0}))
    held.write_text('otherwise = "held"\n')
    facts(up, "site", "policy", "demo", str(held))

    found = facts(up, "trial", str(file), "--site", "demo")

    assert found["decisions"][-1]["held"] == 1
    facts(up, "site", "policy", "demo", str(_default(tmp_path)))


def _default(folder: Path) -> Path:
    file = folder / "default.toml"
    file.write_text(starting_policy("default"))
    return file


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", "/1: This line is not JSON"),
        ("[]", "/1: Write each row as a JSON object"),
        ('{"text": "a", "spam": "yes"}', "/1/spam: This is 1, 0 or null."),
        ('{"text": "a", "toxic": 2}', "/1/toxic: This is 1, 0 or null."),
        ('{"spam": 1}', "/1/text: Give the text"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line_and_nothing_is_posted(
    up: Up, tmp_path: Path, line: str, told: str
) -> None:
    file = tmp_path / "faulty.jsonl"
    file.write_text(f"{line}\n" + json.dumps({"text": "This is fine."}))
    person = Client(up.url, up.facts["site_key"], Ledger(tmp_path / "ledger"))
    before = person.call("GET", person.path).json

    refused = facts(up, "trial", str(file), "--site", "demo", code=1)

    assert told in refused
    assert person.call("GET", person.path).json == before


def test_a_policy_with_faults_is_told_as_the_api_tells_it(up: Up, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.toml"
    faulty.write_text('otherwise = "perhaps"\n[[rules]]\ncode = "x"\nsignal = "y"\noutcome = "held"\n')

    refused = facts(up, "backtest", "--site", "demo", "--policy", str(faulty), code=1)

    for pointer in ("/policy/otherwise", "/policy/rules/0/signal", "/policy/rules/0/at_least"):
        assert f"  {pointer}: " in refused


@pytest.mark.parametrize("since", ["30", "0d", "-1d", "99999999d", "soon"])
def test_a_time_that_is_none_is_wrong_usage(up: Up, since: str) -> None:
    assert "30d" in facts(up, "rescore", "--site", "demo", "--since", since, code=2)


def test_thresholds_are_told_for_each_kind(up: Up, tmp_path: Path) -> None:
    file = tmp_path / "scored.jsonl"
    rows = [(0.97, 0.1, 1, 0)] * 20 + [(0.6, 0.1, 1, 0)] * 5 + [(0.55, 0.2, 0, 0)] * 2 + [(0.02, 0.1, 0, 0)] * 400
    file.write_text(
        "".join(
            json.dumps({"spam": spam, "toxicity": toxicity, "labels": {"spam": is_spam, "toxic": is_toxic}}) + "\n"
            for spam, toxicity, is_spam, is_toxic in rows
        )
    )

    found = facts(up, "thresholds", str(file))

    spam, held, toxic, _ = found["thresholds"]
    assert (spam["outcome"], spam["at_least"], spam["below"]) == ("spam", 0.551, None)
    assert (held["outcome"], held["at_least"], held["below"]) == ("held", None, None)
    assert (toxic["signal"], toxic["at_least"]) == ("toxicity", None)
    assert found["put_aside_right"]["hits"] == 25
