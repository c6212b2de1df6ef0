"""What chats are sent: a line, an excerpt and a link, and nothing that calls a room or runs."""

import json
from typing import Any

import pytest

from moderation.domain.delivery import PING
from moderation.domain.endpoint import Format
from moderation.domain.event import EventType
from moderation.domain.formats import BY, EXCERPT, SAID, WRITTEN_AS

DESK = "https://talk.example/console"


def told(**others: Any) -> dict[str, Any]:
    comment = {"id": "c1", "thread": "article-42", "author": {"name": "Ann", "url": None}, "text": "Hello.", **others}
    return {"type": "comment.held", "id": "evt_1", "data": {"comment": comment, "by": "policy"}}


def written(form: Format, what: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(WRITTEN_AS[form](what, DESK))
    return found


def test_every_format_is_written_and_every_event_has_its_words() -> None:
    assert set(WRITTEN_AS) == set(Format)
    assert set(SAID) == set(EventType)


def test_a_program_gets_the_event_as_it_is() -> None:
    assert written(Format.STANDARD, told()) == told()


def test_slack_gets_a_line_a_quotation_and_a_link() -> None:
    text = written(Format.SLACK, told(text="One.\nTwo."))["text"]

    assert text.splitlines() == [
        f"A comment by Ann on article-42 was held for a moderator by {BY['policy']}.",
        "> One.",
        "> Two.",
        f"<{DESK}/comments/c1|Look at it>",
    ]


def test_matrix_gets_the_same_as_text_and_as_html() -> None:
    found = written(Format.MATRIX, told())

    assert set(found) == {"text", "html"}
    assert "<blockquote>Hello.</blockquote>" in found["html"]
    assert f"{DESK}/comments/c1" in found["text"]


@pytest.mark.parametrize("form", [Format.SLACK, Format.MATRIX])
def test_nobodys_words_call_a_room_or_are_read_as_marks(form: Format) -> None:
    hostile = "<!channel> @room @here <script>alert(1)</script> <https://evil.example|Sign in>"
    found = written(form, told(text=hostile, author={"name": "@all\n<!here>", "url": None}))
    shown = found["html" if form is Format.MATRIX else "text"]

    assert "<!" not in shown
    assert "<script" not in shown
    assert "evil.example|" not in shown.replace("&lt;https://evil.example|Sign in&gt;", "")
    assert not any(call in found["text"] for call in ("@room", "@here", "@all"))


@pytest.mark.parametrize("form", [Format.SLACK, Format.MATRIX])
def test_a_long_text_is_cut_a_gone_one_left_out_and_a_ping_says_hello(form: Format) -> None:
    assert len(written(form, told(text="a" * 9000))["text"]) < EXCERPT + 300
    assert "None" not in written(form, told(text=None))["text"]
    assert written(form, {"type": PING, "data": {}})["text"] == "Lychgate reaches this room."
