"""What people type, made fit to keep: names, texts and websites without control characters and tricks."""

from typing import Final

from moderation.domain.errors import ModerationError

NAME_MAX: Final = 245
EMAIL_MAX: Final = 254
WEBSITE_MAX: Final = 200
TEXT_MAX: Final = 10_000


class Unfit(ModerationError, ValueError):
    """One value cannot be accepted; the edge adds the field and makes it a fault.

    The message says what to do and never repeats the value.
    """

    code = "unfit"

    def __init__(self, code: str, detail: str) -> None:
        """Keep the stable word and the sentence for people."""
        super().__init__(detail, code=code)
