"""What can go wrong, in the field's own words; `http/problems.py` knows the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what was sent.

    `pointer` is an RFC 6901 JSON pointer ("/email"), `code` a stable word, `detail`
    a sentence that says what to do. None of them repeats the offending value.
    """

    pointer: str
    code: str
    detail: str


class ModerationError(Exception):
    """Anything that the domain refuses; `code` is stable, the message is for people."""

    code = "refused"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        """Keep a sentence for people and, where it differs from the class's, the code."""
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code


class NotFound(ModerationError):
    """There is no such thing, or none that this caller may see."""

    code = "not-found"


class Unauthenticated(ModerationError):
    """The call needs a key or a receipt and carries none."""

    code = "unauthenticated"


class Conflict(ModerationError):
    """The thing is not in a state that allows this; `about` is the comment that is in the way, where one is."""

    code = "conflict"

    def __init__(self, detail: str = "", *, code: str | None = None, about: UUID | None = None) -> None:
        """Keep, beside the sentence, what it is about."""
        super().__init__(detail, code=code)
        self.about = about


class OwnDecision(Conflict):
    """Whoever made a decision may not decide the appeal against it."""

    code = "own-decision"


class Stale(ModerationError):
    """Somebody else changed the thing since it was read."""

    code = "stale"


class PreconditionRequired(ModerationError):
    """The call must say which version it has seen."""

    code = "precondition-required"


class Malformed(ModerationError):
    """What was sent cannot be read at all."""

    code = "malformed"


class LengthRequired(ModerationError):
    """What was sent does not say how long it is, so that half of it would look like all of it."""

    code = "length-required"


class TooLarge(ModerationError):
    """What was sent is larger than is read."""

    code = "too-large"


class WrongType(ModerationError):
    """What was sent is of a type that is not read here."""

    code = "unsupported-media-type"


class Invalid(ModerationError):
    """What was sent can be read but not accepted; all faults are listed."""

    code = "invalid"

    def __init__(self, faults: Sequence[Fault], detail: str = "Some fields need attention.") -> None:
        """Keep every fault, in the order of the fields."""
        super().__init__(detail)
        self.faults = tuple(faults)


class TooMany(ModerationError):
    """The limit of this name, so many in this window, is reached; `retry_after` says when to come back."""

    code = "rate-limited"

    def __init__(self, retry_after: timedelta, *, limit: str, amount: int, window: timedelta) -> None:
        """Keep how long to wait, and what for."""
        super().__init__("That is too fast; wait a moment, then try again.")
        self.retry_after = retry_after
        self.limit, self.amount, self.window = limit, amount, window


class TemporaryFailure(ModerationError):
    """Something we lean on is away; the same call may work in a moment."""

    code = "temporarily-unavailable"
    retry_after = timedelta(seconds=4)
    """Longer than an author has to wait between two comments, so that who comes back then is not too fast."""


class Busy(TemporaryFailure):
    """Somebody else is changing what this needs, for longer than we wait."""

    code = "busy"


class Held(Busy):
    """One row that this needs is held by somebody else, or too much hangs on it; other rows may do."""


class UnderWay(Busy):
    """The same request came before and is still being worked on, for longer than we wait."""


class Unreadable(ModerationError):
    """A sealed value does not open: its key is gone, or it was changed, or it belongs elsewhere."""

    code = "unreadable"
