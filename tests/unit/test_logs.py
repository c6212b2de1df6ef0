"""Logs carry ids and no person: whatever is logged, by us or by a library, comes out scrubbed."""

import json
import logging
import warnings
from collections.abc import Iterator
from io import StringIO
from time import thread_time
from typing import Any, Final
from uuid import UUID

import pytest
import structlog
from leaks import logged

from config.logs import LONGEST, NEVER, scrub
from moderation.domain.privacy import SecretEmail

SCRUBBED: Final = [
    ("ann@example.com", "[address]"),
    ("to ann+news@example.com, now", "to [address] now"),
    ("<ann@example.com>", "<[address]>"),
    ("'ann@b\u00fccher.example'", "'[address]'"),
    ("\u0430\u043d\u043d\u0430@example.com", "[address]"),
    ("GET /?author=ann%40example.com", "GET [address]"),
    (f"{'a' * 200}@example.com", "[address]"),
    ("from 203.0.113.77:8080", "from [ip]:8080"),
    ("from 203.0.113.77.", "from [ip]."),
    ("2001:db8:0:0:0:0:0:7", "[ip]"),
    ("[2001:db8::7]:443", "[[ip]]:443"),
    ("from 2001:db8::7: refused", "from [ip]: refused"),
    ("fe80::1%eth0", "[ip]%eth0"),
    ("::1", "[ip]"),
    ("peer ::ffff:203.0.113.77", "peer [ip]:[ip]"),
    ("2001:db8:1::/48", "[ip]/48"),
    ("key sk_AbC-123_x", "key [secret]"),
    ("whsec_c2VjcmV0", "[secret]"),
    ("Authorization: Receipt AaBbCcDd_-1234==", "Authorization: Receipt [secret]"),
    ("authorization=bearer abcdefghijk", "authorization=bearer [secret]"),
    ("redis://:hunter2@127.0.0.1:6379/0", "[address]"),
    ("postgresql+psycopg://u:hunter2@db/lychgate", "[address]"),
]
KEPT: Final = [
    "2026-11-23T04:38:11.123456Z",
    "at 04:38:11",
    "std::string",
    "tests/test_a.py::test_b",
    "version 1.2.3",
    "0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d",
    "aa:bb:cc:dd:ee:ff",
    "a receipt for you",
]


@pytest.mark.parametrize(("said", "left"), SCRUBBED)
def test_addresses_and_secrets_are_taken_out_of_any_text(said: str, left: str) -> None:
    assert scrub(None, "info", {"event": said, "list": [said], "deep": {"a": ({"b": said},)}}) == {
        "event": left,
        "list": [left],
        "deep": {"a": [{"b": left}]},
    }


@pytest.mark.parametrize("said", KEPT)
def test_what_only_looks_alike_is_left(said: str) -> None:
    assert scrub(None, "info", {"event": said}) == {"event": said}


@pytest.mark.parametrize("key", sorted(NEVER))
def test_what_a_telling_key_holds_is_removed_whole_at_any_depth(key: str) -> None:
    assert scrub(None, "info", {key: "x", "deep": {key: ["x"]}}) == {key: "[removed]", "deep": {key: "[removed]"}}


def test_values_keep_their_kind_and_objects_are_scrubbed_as_they_are_written() -> None:
    comment = UUID("0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d")
    line = {"n": 1, "f": 0.5, "t": True, "none": None, "id": comment, "why": ValueError("no ann@example.com")}

    assert scrub(None, "info", line) == {
        "n": 1,
        "f": 0.5,
        "t": True,
        "none": None,
        "id": str(comment),
        "why": "no [address]",
    }


@pytest.fixture
def lines() -> Iterator["Lines"]:
    with logged() as stream:
        yield Lines(stream)


class Lines:
    """What was logged."""

    def __init__(self, stream: StringIO) -> None:
        self._stream = stream

    def one(self) -> dict[str, Any]:
        """Give the only line there is."""
        (line,) = self._stream.getvalue().splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


CANARY: Final = "ann@example.com said from 2001:db8::7 that"


def fail() -> None:
    raise ValueError(f"{CANARY} she quotes the text")


def test_a_traceback_leaves_its_kind_and_nothing_that_it_quotes(lines: Lines) -> None:
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("failed", comment="0197f1c2")
        line = lines.one()

    assert line["error"] == "ValueError"
    assert line["comment"] == "0197f1c2"
    assert "quotes" not in json.dumps(line)


def test_a_librarys_traceback_is_treated_alike(lines: Lines) -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger("celery").exception("task of %s failed", "ann@example.com", stack_info=True)
        line = lines.one()

    assert (line["event"], line["error"]) == ("task of [address] failed", "ValueError")
    assert "quotes" not in json.dumps(line)


def test_warnings_are_lines_too(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"{CANARY} it is old", UserWarning, stacklevel=1)

    said = json.dumps(lines.one())
    assert "ann@" not in said
    assert "db8" not in said


def test_nobody_can_forge_a_line(lines: Lines) -> None:
    structlog.get_logger().info('x\n{"event": "forged"}\r\n\x1b[2J', value="a\nb")

    assert lines.one()["value"] == "a\nb"


def test_an_address_as_a_value_logs_as_its_mask(lines: Lines) -> None:
    structlog.get_logger().info("seen", who=SecretEmail("ann@example.com"))

    assert "ann" not in json.dumps(lines.one())


def test_every_line_says_when_how_bad_and_from_where(lines: Lines) -> None:
    structlog.get_logger("moderation.test").warning("bells-lost", bells=["lychgate.spam"])

    line = lines.one()
    assert (line["event"], line["level"], line["logger"]) == ("bells-lost", "warning", "moderation.test")
    assert line["at"].endswith("Z")


@pytest.mark.parametrize("around", range(LONGEST - 40, LONGEST + 1))
@pytest.mark.parametrize("person", ["ann.smith@example.com", "from 203.0.113.77", "Receipt AaBbCcDd_-1234"])
def test_a_long_value_is_cut_and_never_in_the_middle_of_a_person(person: str, around: int) -> None:
    line = scrub(None, "info", {"event": f"{'words ' * LONGEST}"[: around - 1] + f" {person} {'more ' * 30_000}"})

    assert len(line["event"]) <= LONGEST + len(" [cut]")
    assert line["event"].endswith(" [cut]")
    assert not [piece for piece in ("ann", "203", "AaBb") if piece in line["event"]]


@pytest.mark.parametrize("piece", ["aa", "a:", "1.", "  ", "@@"])
def test_a_long_value_is_not_looked_at_for_long(piece: str) -> None:
    short, long = (min(seconds_to_scrub(piece * times) for _ in range(5)) for times in (4_000, 400_000))

    assert long < 10 * short, "of both the same is looked at; all of it would take a hundred times as long"


def seconds_to_scrub(value: str) -> float:
    began = thread_time()
    assert scrub(None, "info", {"event": value})["event"].endswith("[cut]")
    return thread_time() - began
