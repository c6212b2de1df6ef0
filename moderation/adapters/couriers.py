"""Sending events to publishers: signed, within bounds, and whatever comes of it is an outcome."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Final

import regex

from moderation.adapters.outbound import Answer, Bounds, Outbound, Refused, TooSlow, Unanswered, Unreached, Untrusted
from moderation.adapters.signing import signed
from moderation.domain.delivery import ANSWER_MAX, Outcome
from moderation.services.ports import Parcel, Send

JSON: Final = "application/json"
PATIENT: Final = Bounds(connecting=timedelta(seconds=5), total=timedelta(seconds=15), most=64_000, cut=True)
"""The deadline holds for the whole call."""
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
        began, now = monotonic(), datetime.now(UTC)
        try:
            headers = signed(parcel.secrets, parcel.message_id, parcel.body, now)
            answer = outbound.post(parcel.url, parcel.body, {**parcel.headers, "Content-Type": JSON, **headers})
        except Unanswered as error:
            return Outcome(None, FAILURE_OF.get(type(error), "unreached"), _since(began))
        return _outcome(answer, _since(began), now)

    return send


def _outcome(answer: Answer, latency_ms: int, now: datetime) -> Outcome:
    return Outcome(answer.status, None, latency_ms, _as_text(answer.body), _retry_after(answer.headers, now))


def _as_text(body: bytes) -> str:
    """Give the beginning of an answer as text that a database keeps and a screen shows; nothing is unpacked."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", body[:ANSWER_MAX].decode(errors="replace"))


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
