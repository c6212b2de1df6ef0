"""Sending events to publishers: signed, within bounds, and whatever comes of it is an outcome."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html import escape
from time import monotonic
from typing import Final
from urllib.parse import quote, quote_plus

import regex

from moderation.adapters.outbound import Bounds, Outbound, Refused, TooSlow, Unanswered, Unreached, Untrusted
from moderation.adapters.signing import MARK, signed
from moderation.domain.delivery import ANSWER_MAX, Outcome
from moderation.services.ports import Parcel, Send

JSON: Final = "application/json"
PATIENT: Final = Bounds(connecting=timedelta(seconds=5), total=timedelta(seconds=15), most=64_000, cut=True)
"""The deadline holds for the whole call, looking up the name too."""
MASK: Final = "***"
SECRET_MIN: Final = 6
"""Shorter words are no secrets, and would be masked wherever they happen to stand."""
FAILURE_OF: Final[dict[type[Unanswered], str]] = {
    Refused: "refused",
    Unreached: "unreached",
    Untrusted: "untrusted",
    TooSlow: "too-slow",
}
"""Why there was no answer, in the words that the log of deliveries has for it."""
_UNSEEN: Final = regex.compile(r"[^\P{C}\n\t]")


def courier(outbound: Outbound) -> Send:
    """Give whoever takes parcels to publishers; may be used by several threads at once."""

    def send(parcel: Parcel) -> Outcome:
        began = monotonic()
        try:
            headers = signed(parcel.secrets, parcel.message_id, parcel.body, parcel.moment)
            answer = outbound.post(parcel.url, parcel.body, {**parcel.headers, "Content-Type": JSON, **headers})
        except Unanswered as error:
            return Outcome(None, FAILURE_OF.get(type(error), "unreached"), _since(began))
        secrets = {*parcel.headers.values(), *parcel.secrets, *headers["webhook-signature"].split()}
        said = _as_text(answer.body, secrets)
        return Outcome(answer.status, None, _since(began), said, _retry_after(answer.headers, parcel.moment))

    return send


def _as_text(body: bytes, secrets: Collection[str]) -> str:
    """Give the beginning of an answer as text that a database keeps and a screen shows; nothing is unpacked.

    Receivers repeat what they were sent when something is wrong: what is secret of it is masked before it is cut.
    """
    text = body.decode(errors="replace")
    for spelling in _spellings(secrets) if text else ():
        text = text.replace(spelling, MASK)
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text[:ANSWER_MAX])


def _spellings(secrets: Collection[str]) -> list[str]:
    """Give secrets and their longer words as an answer may have them, in JSON or HTML too; the longest come first."""
    words = {part for secret in secrets for part in (secret, secret.removeprefix(MARK), *secret.split())}
    long = {word for word in words if len(word) >= SECRET_MIN}
    spelled = {way(word) for word in long for way in (str, _in_json, _in_json_of_php, escape, quote, quote_plus)}
    return sorted(spelled, key=len, reverse=True)


def _in_json(word: str) -> str:
    return json.dumps(word)[1:-1]


def _in_json_of_php(word: str) -> str:
    return _in_json(word).replace("/", r"\/")


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read how long a receiver wants to be left alone, in seconds or as a date; None where it says nothing sound."""
    said = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said[:9]), 10**7))
    try:
        return max(parsedate_to_datetime(said) - now, timedelta())
    except (TypeError, ValueError, OverflowError):
        return None


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)
