"""Sending mail by the operator's own server; whatever comes of it is an outcome, and no word of it is logged."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from moderation.domain.notice import Letter, Posted
from moderation.services.ports import Post

PATIENCE: Final = 10.0
"""Seconds for each word of a mail server's until it takes a mail, and for its farewell."""
TAKING: Final = 60.0
"""Seconds for each word of it while it does, since it may look into the mail before it answers."""
LONGEST_LINE: Final = 900
"""Characters of a header's line. A link that is folded is none: RFC 2047 knows no encoded words in List-Unsubscribe."""
PORT_OF: Final = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
FAILURE_OF: Final[dict[type[Exception], str]] = {
    smtplib.SMTPNotSupportedError: "not-supported",
    smtplib.SMTPResponseException: "refused",
    ssl.SSLError: "untrusted",
    TimeoutError: "too-slow",
    ValueError: "unwritable",
}
"""Why a mail could not be sent, the first that fits; an SSLError is an OSError, and a ValueError as well."""
LAST: Final = 500
"""From this answer on it is of no use to try again."""


def postbox(server: str, sender: str) -> Post:
    """Give whoever takes letters to the mail server at this address, from this sender."""
    at = urlsplit(server)

    def post(letter: Letter) -> Posted:
        try:
            message = written(letter, sender)
            with _connected(at) as connection:
                _wait(connection, TAKING)
                connection.send_message(message, sender, [letter.to])
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return _failed(error)
        return Posted()

    return post


def _failed(error: Exception) -> Posted:
    """Say what went wrong, and whether it is of use to try again; no server's words are kept."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return Posted("recipient-refused", final=all(code >= LAST for code, _ in error.recipients.values()))
    if isinstance(error, (smtplib.SMTPDataError, smtplib.SMTPSenderRefused)):
        return Posted("refused", final=error.smtp_code >= LAST)
    return Posted(next((word for kind, word in FAILURE_OF.items() if isinstance(error, kind)), "unreached"))


def written(letter: Letter, sender: str) -> EmailMessage:
    """Write a letter as it travels: the same id on every attempt, so that one that comes twice is known for it."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=LONGEST_LINE, utf8=not letter.to.isascii()))
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2].strip('<> ')}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop:
        message["List-Unsubscribe"] = f"<{letter.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    return message


@contextmanager
def _connected(at: SplitResult) -> Iterator[smtplib.SMTP]:
    """Connect for one mail; how a server that has taken it says farewell does not matter."""
    connection = _greeted(at)
    try:
        yield connection
        with suppress(smtplib.SMTPException, OSError):
            _wait(connection, PATIENCE)
            connection.quit()
    finally:
        connection.close()


def _wait(connection: smtplib.SMTP, seconds: float) -> None:
    """Wait so long for each of its words from now on."""
    if connection.sock:
        connection.sock.settimeout(seconds)


def _greeted(at: SplitResult) -> smtplib.SMTP:
    """Connect, by TLS unless the operator chose otherwise, and say who we are."""
    host, port = at.hostname or "", at.port or PORT_OF[at.scheme]
    trusted = ssl.create_default_context()
    connection: smtplib.SMTP
    if at.scheme == "smtps":
        connection = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=trusted)
    else:
        connection = smtplib.SMTP(host, port, timeout=PATIENCE)
    try:
        if at.scheme == "smtp":
            connection.starttls(context=trusted)
        if at.username:
            connection.login(unquote(at.username), unquote(at.password or ""))
    except BaseException:
        connection.close()
        raise
    return connection
