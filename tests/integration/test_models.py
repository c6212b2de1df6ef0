"""Scoring, measuring and training from the command line, as a person or a program calls them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from corpora import small
from pyarrow import parquet

from moderation.adapters.scorers import MODELS

LYCHGATE = [sys.executable, "-m", "moderation.cli"]


def lychgate(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [*LYCHGATE, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=110)


Asks = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def asks() -> Iterator[Asks]:
    """Let one process answer, whatever it was asked before."""
    with subprocess.Popen([*LYCHGATE, "score"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asked:
        assert asked.stdin
        assert asked.stdout
        questions, answers = asked.stdin, asked.stdout

        def ask(*texts: str) -> list[dict[str, Any]]:
            questions.write("".join(json.dumps({"text": text}) + "\n" for text in texts))
            questions.flush()
            return [json.loads(answers.readline()) for _ in texts]

        yield ask
        questions.close()
        assert asked.wait(60) == 0


def test_every_line_is_answered_in_order_with_scores_reasons_and_places(asks: Asks) -> None:
    kind, insult, spam = asks("What a kind reply.", "You are an idiot.", "Please subscribe to my channel http://x.top")
    assert kind["toxicity"] < 0.2
    assert kind["spam"] < 0.2
    assert not kind["spans"]
    assert insult["toxicity"] > 0.8
    assert [11, 16] in insult["spans"]
    assert insult["attributes"]["insult"] > 0.8
    assert {"insult", "wording"} <= {reason["code"] for reason in insult["reasons"]}
    assert spam["spam"] > 0.9
    assert {"links", "promotion"} <= {reason["code"] for reason in spam["reasons"]}
    assert set(kind["attributes"]) == {"severe_toxicity", "obscene", "threat", "insult", "identity_attack"}


def test_languages_say_whether_they_are_scored(asks: Asks) -> None:
    german, finnish = asks(
        "Du bist ein dummes Arschloch, verpiss dich aus unserem schönen Land.",
        "Tämä on erittäin hyvä kirjoitus, kiitos paljon kaikille kirjoittajille.",
    )
    assert german["language"] == "de"
    assert german["scored"]
    assert german["toxicity"] > 0.5
    assert not finnish["scored"]
    assert 0 <= finnish["toxicity"] <= 1


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "e" + "\u0301" * 100_000,
        "\ud800\udfff lone \udc00",
        "😀" * 20_000,
        "http://x.example/a " * 10_000,
        "\u202e\u200b" * 20_000,
        "\x00\x07",
        "",
    ],
    ids=["long", "marks", "surrogates", "emoji", "links", "unseen", "control", "empty"],
)
def test_a_poisonous_text_is_answered_like_any_other(asks: Asks, text: str) -> None:
    poisoned, kind = asks(text, "What a kind reply.")
    assert 0 <= poisoned["spam"] <= 1
    assert 0 <= poisoned["toxicity"] <= 1
    assert all(0 <= begin < end <= len(text) for begin, end in poisoned["spans"])
    assert kind["toxicity"] < 0.2


def test_a_line_that_cannot_be_read_is_told_in_its_place_and_nothing_else_is_lost() -> None:
    done = lychgate(
        "score", stdin='{"text": "Thank you."}\nnonsense\n{"text": 7}\n{"text": "a", "name": 3}\n{"text": "Bye."}\n'
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [("error" in line) for line in lines] == [False, True, True, True, False]
    assert lines[1]["error"].startswith("Line 2 ")


def test_lines_are_counted_with_the_blank_ones_and_a_line_without_end_is_refused() -> None:
    done = lychgate("score", "--json", stdin='{"text": "a"}\n\n\n{"text": 5}\n{"text": "' + "a" * 1_000_000 + '"}')
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 3
    assert lines[1]["error"].startswith("Line 4 ")
    assert lines[2]["error"].startswith("Line 5 is longer")


def test_models_that_are_none_are_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "linear.json").write_text("{}")
    done = lychgate("score", "--model", tmp_path, stdin='{"text": "a"}')
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_an_answer_comes_before_the_next_question(asks: Asks) -> None:
    for text in ("Thank you.", "You are an idiot."):
        (answer,) = asks(text)
        assert "toxicity" in answer


def test_the_models_that_ship_are_small_and_have_their_card() -> None:
    assert sum(file.stat().st_size for file in MODELS.iterdir()) < 35_000_000
    card = (MODELS / "card.md").read_text(encoding="utf-8")
    assert (MODELS / "VERSION").read_text().strip() in card.splitlines()[0]
    assert {"## What they learnt from", "## Files", "## Figures", "## Limits"} <= set(card.splitlines())


def test_labelled_texts_are_measured_as_a_table_as_json_and_as_a_picture(tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    rows = [
        {"text": "You are an idiot.", "toxic": 1, "spam": 0},
        {"text": "What a kind reply.", "toxic": 0, "spam": 0},
        {"text": "Please subscribe to my channel http://x.top", "toxic": None, "spam": 1},
    ]
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    picture = tmp_path / "curves.svg"

    table = lychgate("evaluate", labelled, "--plot", picture).stdout
    document = json.loads(lychgate("evaluate", labelled, "--attacks", "--json").stdout)

    assert "toxicity" in table
    assert "language en" in table
    whole = {line["question"]: line for line in document["lines"] if line["texts"] == "all"}
    assert (whole["toxicity"]["rows"], whole["toxicity"]["auc"]) == (2, 1.0)
    assert (whole["spam"]["rows"], whole["spam"]["auc"]) == (3, 1.0)
    assert len(document["attacks"]) == 10
    assert picture.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"text": "a", "toxic": 0}\n{"words": "b"}\n', "/2/text"),
        (b'{"text": "a", "toxic": 2}', "/1/toxicity"),
        (b'{"text": "a", "toxic": "1"}', "/1/toxicity"),
        (b'{"text": "a", "spam": 1e400}', "/1/spam"),
        (b'{"text": "a", "lang": 7}', "/1/lang"),
        (b"\xff\xfe", "/1"),
        (b"[" * 100_000, "/1"),
    ],
    ids=["no-text", "two", "text-for-a-label", "endless", "number-for-a-language", "no-utf-8", "deep"],
)
def test_a_faulty_row_is_told_with_its_place(content: bytes, place: str, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.jsonl"
    faulty.write_bytes(content)
    done = lychgate("evaluate", faulty)
    assert done.returncode == 1
    assert f"{place}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_measured_is_null(tmp_path: Path) -> None:
    one = tmp_path / "one.jsonl"
    one.write_text('{"text": "You are an idiot.", "toxic": 1}')
    document = json.loads(lychgate("evaluate", one, "--attacks", "--json").stdout, parse_constant=pytest.fail)
    whole = document["lines"][0]
    assert (whole["auc"], whole["recall_at_1"]) == (None, None)
    assert {row["false_positives"] for row in document["attacks"]} == {None}


def test_a_table_is_read_like_lines_and_a_picture_is_an_svg(tmp_path: Path) -> None:
    table = small(tmp_path / "data") / "spam.parquet"
    broken = tmp_path / "broken.parquet"
    broken.write_text("no table")
    assert "spam" in lychgate("evaluate", table).stdout
    assert "is no parquet file" in lychgate("evaluate", broken).stderr
    assert lychgate("evaluate", table, "--plot", tmp_path / "one.png").returncode == 2


def test_training_twice_gives_the_same_models_that_can_be_scored_with(tmp_path: Path) -> None:
    data = small(tmp_path / "data")
    for name in ("one", "two"):
        done = lychgate("train", "--data", data, "--out", tmp_path / name, "--version", "trial", "--json")
        assert done.returncode == 0, done.stderr
    for file in ("linear.npy", "rarity.npy", "blend.json", "card.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    digest = sha256((tmp_path / "one" / "linear.npy").read_bytes()).hexdigest()
    assert digest in (tmp_path / "one" / "card.md").read_text(encoding="utf-8")

    done = lychgate(
        "score", "--model", tmp_path / "one", stdin='{"text": "you rotten goblin"}\n{"text": "you kind goblin"}\n'
    )
    rotten, kind = (json.loads(line) for line in done.stdout.splitlines())
    assert rotten["toxicity"] > kind["toxicity"]


def test_every_figure_is_held_against_what_is_aimed_at(tmp_path: Path) -> None:
    data, picture = small(tmp_path / "data"), tmp_path / "curves.svg"
    done = lychgate("evaluate", "--data", data, "--plot", picture, "--json")
    assert done.returncode == 0, done.stderr
    drawn = picture.read_text(encoding="utf-8")
    assert [part for part in (">ROC<", ">Reliability<", "language de", "source jigsaw") if part not in drawn] == []
    found = {row["figure"]: row for row in json.loads(done.stdout, parse_constant=pytest.fail)}
    wikipedia = found["Wikipedia-like comments: AUC"]
    assert (wikipedia["aim"], wikipedia["met"]) == (0.987, wikipedia["measured"] >= 0.987)
    assert found["news comments: AUC"]["met"] is None
    assert {"language de, given: AUC", "language de, found: AUC", "ten attacks: recall kept, worst"} <= set(found)


def test_thresholds_are_picked_from_development_data_within_a_budget(tmp_path: Path) -> None:
    data = small(tmp_path / "data")
    rates = ("--spam-rate", 5, "--toxic-rate", 5)
    done = lychgate("thresholds", "--data", data, "--held-right", 1, "--held-clean", 900, *rates, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    picked = [row for row in found["thresholds"] if row["at_least"] is not None]
    assert picked
    assert all(0 < row["right_at_rate"] <= 1 and row["right"]["hits"] for row in picked)
    assert {row["source"] for row in found["sources"]} == {"jigsaw_balanced", "sms_spam"}
    assert lychgate("thresholds").returncode == 2


def test_files_and_data_are_not_measured_at_once(tmp_path: Path) -> None:
    data = small(tmp_path / "data")
    assert lychgate("evaluate").returncode == 2
    assert lychgate("evaluate", data / "spam.parquet", "--data", data).returncode == 2
    assert lychgate("evaluate", data / "spam.parquet", "--peers").returncode == 2


@pytest.mark.skipif(find_spec("profanity_check") is not None, reason="the extra is installed")
def test_peers_that_are_not_installed_are_named_with_the_command_that_installs_them(tmp_path: Path) -> None:
    done = lychgate("evaluate", "--data", small(tmp_path / "data"), "--peers")
    assert done.returncode == 1
    assert "pip install 'lychgate[peers]'" in done.stderr


def test_data_that_are_no_tables_are_named_with_what_is_wrong(tmp_path: Path) -> None:
    data = small(tmp_path / "data")
    parquet.write_table(pa.Table.from_pylist([{"text": "a"}]), data / "spam.parquet")
    assert "spam.parquet has no column lang, " in told(data)
    (data / "spam.parquet").write_text("no table")
    assert "spam.parquet is no parquet file" in told(data)


def told(data: Path) -> str:
    done = lychgate("train", "--data", data, "--out", data / "out")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.replace("\n", " ")


def test_a_version_is_a_name(tmp_path: Path) -> None:
    assert lychgate("train", "--data", tmp_path, "--version", " ").returncode == 2


def test_data_that_are_missing_are_named(tmp_path: Path) -> None:
    done = lychgate("train", "--data", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "toxicity_en.parquet" in done.stderr or "toxic_spans.parquet" in done.stderr
    assert "Traceback" not in done.stderr
