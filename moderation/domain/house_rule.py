"""House rules: what a site asks of whoever comments there, in words that authors read, and what a rejection cites."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

import regex

from moderation.domain.comment import UNTOLD
from moderation.domain.text import Unfit, clean_line, clean_text

CODE: Final = regex.compile("[a-z0-9-]{1,64}")
TITLE_MAX: Final = 80
WORDS_MAX: Final = 600
GUIDANCE_MAX: Final = 4000
MOST_RULES: Final = 30
MOST_REASONS: Final = 30


@dataclass(frozen=True, slots=True)
class Citation:
    """The house rule that a rejection names, in the version that went then."""

    rule_id: UUID
    code: str
    version: int
    digest: str
    """The hash of what authors read, so that a record shows whether it was changed afterwards."""

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self | None:
        """Read a citation as records keep it; None where there is none."""
        return cls(UUID(kept["id"]), kept["code"], kept["version"], kept["digest"]) if kept else None

    @property
    def kept(self) -> dict[str, Any]:
        """The citation as records keep it."""
        return {"id": str(self.rule_id), "code": self.code, "version": self.version, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class HouseRule:
    """One rule of a site in one of its versions; only the words make a version, its place and its use do not."""

    id: UUID
    site_id: UUID
    code: str
    """Its stable word, which travels in events and is never given anew."""
    version: int
    title: str
    text: str
    """What authors read beside the title."""
    guidance: str
    """What moderators read, with examples; it is shown to nobody else."""
    created_at: datetime
    """When this version was written."""
    reasons: tuple[str, ...] = ()
    """Codes of reasons for which it is chosen beforehand."""
    position: int = 1
    active: bool = True

    @property
    def cited(self) -> Citation:
        """The rule as a rejection names it now."""
        return Citation(self.id, self.code, self.version, digest_of(self.title, self.text))


def digest_of(title: str, text: str) -> str:
    """Hash what authors read of a rule, as the JSON of both in ASCII."""
    return hashlib.sha256(json.dumps([title, text], separators=(",", ":")).encode("ascii")).hexdigest()


def chosen(rules: Sequence[HouseRule], reasons: Iterable[str], *, by_person: bool) -> HouseRule | None:
    """Choose the rule that a rejection cites where nobody names one: of the first reason that has one.

    `rules` are those in force, in their order. A person always cites one, the first of all if no reason has any.
    For a machine there may be none, and what authors are not told, because it would teach a spammer, chooses none.
    """
    told = [code for code in reasons if by_person or code not in UNTOLD]
    fitting = (rule for code in told for rule in rules if code in rule.reasons or code == rule.code)
    return next(fitting, rules[0] if by_person and rules else None)


def parse_code(typed: str) -> str:
    """Give a rule's code; raise `Unfit` for what is none."""
    code = typed.strip()
    if CODE.fullmatch(code) is None:
        raise Unfit("rule-code-invalid", "Use 1 to 64 small letters (a to z), digits and hyphens.")
    return code


def parse_title(typed: str) -> str:
    """Give a rule's title on one line; raise `Unfit` for none, or one that is too long."""
    title = clean_line(typed, limit=TITLE_MAX)
    if not title:
        raise Unfit("required", "Give it a title that authors understand.")
    return title


def parse_words(typed: str) -> str:
    """Give what authors read of a rule; raise `Unfit` where there is nothing, or too much."""
    text = _within(clean_text(typed), WORDS_MAX)
    if not text:
        raise Unfit("required", "Say in a sentence or two what the rule asks for.")
    return text


def parse_guidance(typed: str) -> str:
    """Give what moderators read of a rule, which may be nothing; raise `Unfit` for too much."""
    return _within(clean_text(typed), GUIDANCE_MAX)


def parse_reasons(typed: Iterable[str]) -> tuple[str, ...]:
    """Give codes of reasons, each once; raise `Unfit` for what is none, and for more than anybody maps."""
    codes = tuple(dict.fromkeys(each.strip() for each in typed if each.strip()))
    if len(codes) > MOST_REASONS or not all(CODE.fullmatch(code) for code in codes):
        raise Unfit("reason-invalid", "Name reasons by their codes: small letters, digits and hyphens.")
    return codes


def code_for(title: str, taken: Iterable[str]) -> str:
    """Make a code of a title, another one where it is taken."""
    plain = regex.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:48].strip("-") or "rule"
    known = set(taken)
    tries = (plain if number == 1 else f"{plain}-{number}" for number in range(1, len(known) + 2))
    return next(code for code in tries if code not in known)


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise Unfit("too-long", f"Use at most {most} characters.")
    return text
