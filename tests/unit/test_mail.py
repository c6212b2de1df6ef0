"""A mail carries what mail programs ask for, and nothing that somebody smuggles into it."""

from uuid import UUID

import pytest
from makers import settings_for

from config.settings import SettingsError
from moderation.adapters.mail import postbox, written
from moderation.domain.notice import Letter, Posted

SENDER = "lychgate@news.example"
STOP = "https://news.example/console/mail/abc"


def letter(**others: str) -> Letter:
    told = {"to": "ada@example.com", "subject": "2 comments wait", "text": "They wait.\n", "stop": STOP, **others}
    return Letter(UUID(int=7), **told)


def test_it_says_from_whom_it_is_and_how_to_end_it_and_that_no_person_wrote_it() -> None:
    message = written(letter(), SENDER)

    assert (message["From"], message["To"]) == (SENDER, "ada@example.com")
    assert message["Message-ID"] == f"<{UUID(int=7)}@news.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == f"<{STOP}>"
    assert message.get_content_type() == "text/plain"


def test_a_long_link_to_end_it_is_not_folded() -> None:
    link = f"https://news.example/console/mail/{'a' * 200}"

    assert f"List-Unsubscribe: <{link}>\r\n".encode() in written(letter(stop=link), SENDER).as_bytes()


@pytest.mark.parametrize("field", ["to", "subject", "stop"])
def test_no_further_header_is_smuggled_in_and_nobody_is_connected_to(field: str) -> None:
    smuggled = letter(**{field: "ada@example.com\r\nBcc: eve@example.com"})

    assert postbox("smtp+plain://127.0.0.1:9", SENDER)(smuggled) == Posted("unwritable")


@pytest.mark.parametrize(
    "server",
    ["mail.example.com", "http://mail.example.com", "smtp://a b", "smtps://h/path", "smtp://:25", "smtp://h:x"],
)
def test_what_is_no_mail_server_is_refused_without_its_value(server: str) -> None:
    with pytest.raises(SettingsError, match="LYCHGATE_MAIL_SERVER") as refused:
        settings_for("sqlite:///x.db", mail_server=server, mail_from=SENDER)

    assert server not in str(refused.value)


@pytest.mark.parametrize("sender", [None, "nobody", "Ann <ann@example.com>", "a@b.example\nBcc: c@d.example"])
def test_with_a_mail_server_there_is_one_sound_sender(sender: str | None) -> None:
    with pytest.raises(SettingsError, match="LYCHGATE_MAIL_FROM"):
        settings_for("sqlite:///x.db", mail_server="smtps://ann:p%40ss@mail.example.com:465", mail_from=sender)


def test_a_sound_server_and_sender_are_kept_and_the_password_is_not_shown() -> None:
    settings = settings_for("sqlite:///x.db", mail_server="smtps://ann:p%40ss@mail.example.com", mail_from=SENDER)

    assert settings.mail_from == SENDER
    assert "p%40ss" not in repr(settings)
