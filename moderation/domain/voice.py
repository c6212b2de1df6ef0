"""A voice: whoever writes to people says English sentences to it, and gets them back in the reader's language."""

from typing import Protocol


class Voice(Protocol):
    """Speaks one language; the names of its methods are those by which translators find sentences."""

    def gettext(self, sentence: str, **values: object) -> str:
        """Say a sentence, with its values filled in."""
        ...

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        """Say a sentence in the form that fits a number, which it may name as %(num)s."""
        ...
