"""What people type, made fit to keep: names, texts and websites without control characters and tricks.

Cleaning twice changes nothing more. Limits count code points of the cleaned value, so that a line
break is one character however the form sent it. What is empty after cleaning counts as missing.
"""

import unicodedata
from typing import Final
from urllib.parse import SplitResult, urlsplit

import idna
import regex

from moderation.domain.errors import ModerationError
from moderation.domain.sentence import Sentence

NAME_MAX: Final = 245
EMAIL_MAX: Final = 254
WEBSITE_MAX: Final = 200
TEXT_MAX: Final = 10_000

_LINE_END: Final = regex.compile(r"\r\n?|[\u2028\u2029]")
_HIDDEN: Final = (  # Controls but tab and newline, what turns the reading direction, what nobody can see.
    r"[\x00-\x08\x0B-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069"
    r"\u00AD\u180E\u200B\u2060-\u2065\u206A-\u206F\uFEFF\uFFF0-\uFFFB\p{Noncharacter_Code_Point}]"
)
_TAG: Final = r"[\U000E0000-\U000E0FFF--\U000E0100-\U000E01EF]"
_MAYBE_NEVER: Final = regex.compile(f"{_HIDDEN}|{_TAG}", regex.VERSION1)
_NEVER: Final = regex.compile(  # Flags keep tags.
    rf"{_HIDDEN}|(?<!\U0001F3F4[\U000E0020-\U000E007F]{{0,6}}){_TAG}", regex.VERSION1
)
_ASCII_KEPT: Final = {code: None if _NEVER.match(chr(code)) else code for code in range(128)}
_IDLE_JOINER: Final = regex.compile(r"(?:^|(?<=[\p{Latin}\p{Greek}\p{Cyrillic}0-9\p{P}\s]))[\u200C\u200D]+")
_MARK: Final = regex.compile(r"[\p{Mn}\p{Me}\u200C\u200D]")
_MARKS: Final = regex.compile(r"([\p{Mn}\p{Me}\u200C\u200D]{4})[\p{Mn}\p{Me}\u200C\u200D]+")
_UNSEEN: Final = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]+")
_BLANK: Final = regex.compile(r"[\s\u2800]+")
_BLANK_ONLY: Final = regex.compile(r"[\s\u2800\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]*")

_HOST: Final = regex.compile(r"(?:[a-z0-9-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)")
_SCHEME: Final = regex.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:[/?#]|$))")
_NOT_IN_ADDRESS: Final = regex.compile(r"[\s\p{C}\p{Default_Ignorable_Code_Point}\\]")
_ADVICE: Final = "Enter the address of a website, such as https://example.com."
_PORT_OF: Final = {"http": 80, "https": 443}
_QUOTED: Final = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "\"'<>`{|}^"})  # What could end an attribute.


class Unfit(ModerationError, ValueError):
    """One value cannot be accepted; the edge adds the field and makes it a fault.

    The message says what to do and never repeats the value.
    """

    code = "unfit"

    def __init__(self, code: str, detail: str) -> None:
        """Keep the stable word and the sentence for people."""
        super().__init__(detail, code=code)


def refuse_unstorable(raw: str) -> None:
    """Raise `Unfit` for what no database keeps and no person types: NUL and halves of characters."""
    if "\0" in raw:
        raise Unfit("nul-character", "Remove the NUL character (U+0000).")
    if not _is_whole(raw):
        raise Unfit("lone-surrogate", "Send whole characters: this has half of a surrogate pair in it.")


def is_storable(raw: str) -> bool:
    """Say whether a database keeps this."""
    return "\0" not in raw and _is_whole(raw)


def clean_name(raw: str) -> str:
    """Give a name on one line, without anything invisible; empty if nothing is left."""
    return clean_line(raw, limit=NAME_MAX)


def clean_line(raw: str, *, limit: int) -> str:
    """Give one line of at most so many characters: a name, a title; raise `Unfit` if it is longer."""
    if raw.isascii() and raw.isprintable():
        return _within(" ".join(raw.split()), limit)
    cleaned = _UNSEEN.sub("", _BLANK.sub(" ", _LINE_END.sub(" ", _storable(raw))))
    cleaned = _BLANK.sub(" ", _composed(_NEVER.sub("", cleaned))).strip()
    return _within(cleaned, limit)


def clean_text(raw: str) -> str:
    """Give a text with line breaks as newlines; empty if nothing in it can be seen.

    Joiners stay where a script or an emoji is written with them and go where they would only
    hide a word from a word list.
    """
    lines = _with_newlines(_storable(raw))
    cleaned = lines.translate(_ASCII_KEPT) if lines.isascii() else _clean_foreign(lines)
    return _within(cleaned.strip(), TEXT_MAX)


def clean_website(raw: str) -> str | None:
    """Give the address of a website with its host in ASCII, None if there is none.

    Only http and https are links; a bare domain becomes https. Passwords, other schemes, hosts
    that are no domain names and hidden characters are refused with `Unfit`.
    """
    typed = _within(_storable(raw).strip(), WEBSITE_MAX)
    if not typed:
        return None
    if _NOT_IN_ADDRESS.search(typed):
        raise Unfit("website-invalid", _ADVICE)
    parts = _split(_with_scheme(unicodedata.normalize("NFC", typed)))
    address = parts._replace(netloc=_ascii_netloc(parts)).geturl().translate(_QUOTED)
    return _within(address, WEBSITE_MAX)


def _with_newlines(raw: str) -> str:
    """Spell every end of a line as one newline."""
    return raw.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")


def _clean_foreign(text: str) -> str:
    """Clean what is not plain ASCII; each kind of trick is looked for only where one of its characters is."""
    alphabet = "".join(set(text))
    if _MAYBE_NEVER.search(alphabet):
        text = _NEVER.sub("", text)
    text = text.strip()
    if "\u200c" in alphabet or "\u200d" in alphabet:
        text = _IDLE_JOINER.sub("", text)
    text = _composed(text) if _MARK.search(alphabet) else unicodedata.normalize("NFC", text)
    return "" if _BLANK_ONLY.fullmatch(text) else text


def _is_whole(raw: str) -> bool:
    try:
        return raw.isascii() or bool(raw.encode())
    except UnicodeEncodeError:
        return False


def _storable(raw: str) -> str:
    refuse_unstorable(raw)
    return raw


def _within(cleaned: str, limit: int) -> str:
    if len(cleaned) > limit:
        raise Unfit("too-long", Sentence("Use at most %(limit)s characters.", limit=limit))
    return cleaned


def _composed(text: str) -> str:
    """Compose, with at most four marks on a base; cut before, too, since sorting endless marks takes endless time."""
    if text.isascii():
        return text
    cut = _MARKS.sub(r"\1", text)
    composed = unicodedata.normalize("NFC", cut)
    return cut if composed == cut else _MARKS.sub(r"\1", composed)


def _with_scheme(typed: str) -> str:
    """Read a bare domain as https, and refuse every scheme that is not a website's."""
    if typed.lower().startswith(("http://", "https://")):
        return typed
    if typed.startswith("//"):
        return f"https:{typed}"
    if _SCHEME.match(typed):
        raise Unfit("website-invalid", "Use an address that begins with https:// or http://.")
    return f"https://{typed}"


def _split(address: str) -> SplitResult:
    """Take an address apart; a host in brackets, a port that is no number and credentials are refused."""
    try:
        parts = urlsplit(address)
        fit = parts.hostname is not None and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        fit = False
    if not fit:
        raise Unfit("website-invalid", _ADVICE)
    return parts


def _ascii_netloc(parts: SplitResult) -> str:
    """Spell the host as the name system does, so that look-alike letters show; drop a port that goes without saying."""
    try:
        host = idna.encode(parts.hostname or "", uts46=True).decode("ascii").removesuffix(".")
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise Unfit("website-invalid", _ADVICE)
    return host if parts.port in (None, _PORT_OF[parts.scheme]) else f"{host}:{parts.port}"
