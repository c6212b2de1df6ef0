"""Policies: ordered rules that turn signals into one verdict."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any, Final

from moderation.domain.comment import Status
from moderation.domain.errors import Fault, Invalid
from moderation.domain.linklist import NO_LINKS, LinkList
from moderation.domain.sentence import Sentence
from moderation.domain.signal import ABSTAINED, KINDS, KNOWN, SCORED, Signal
from moderation.domain.wildcard import ADVICE as WILDCARD_ADVICE
from moderation.domain.wildcard import is_fit, is_wild
from moderation.domain.wordlist import NO_WORDS, WordList

STRICTNESS: Final = {Status.APPROVED: 0, Status.HELD: 1, Status.SPAM: 2, Status.REJECTED: 3}
CODE: Final = re.compile(r"[a-z0-9-]{1,64}")
POLICY_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict came out as it did: the code is stable, the numbers are for the person who reads it."""

    code: str
    outcome: Status
    signal: str
    value: float | None = None
    threshold: float | None = None

    @classmethod
    def unseen(cls, kind: str) -> "Reason":
        """Hold a comment because a signal that the policy requires never came."""
        return cls("unscored", Status.HELD, kind)


@dataclass(frozen=True, slots=True)
class Rule:
    """Fires when a signal is at least, or below, a threshold; may spare authors who are known here."""

    code: str
    signal: str
    outcome: Status
    at_least: float | None = None
    below: float | None = None
    unless_known: bool = False

    def fires(self, seen: Mapping[str, Signal]) -> bool:
        """Say whether this rule has something against what was seen."""
        signal = seen.get(self.signal)
        if signal is None or (self.unless_known and "known-author" in seen):
            return False
        return (self.at_least is None or signal.value >= self.at_least) and (
            self.below is None or signal.value < self.below
        )

    def reason(self, seen: Mapping[str, Signal]) -> Reason:
        """Name this rule as a reason, with the number that made it fire."""
        threshold = self.at_least if self.at_least is not None else self.below
        return Reason(self.code, self.outcome, self.signal, seen[self.signal].value, threshold)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site wants: its rules, the signals it insists on, its own words, and what happens otherwise."""

    name: str
    rules: tuple[Rule, ...]
    require: tuple[str, ...] = SCORED
    words: WordList = NO_WORDS
    otherwise: Status = Status.APPROVED
    digest: str = field(default="", compare=False)
    """The hash of its source, by which records name it."""
    links: LinkList = NO_LINKS
    """Listed at the desk; a policy as it is written has none."""

    def missing(self, seen: Mapping[str, Signal]) -> list[str]:
        """List the required kinds that nobody answered; abstaining is an answer only to a rule that asks for it."""
        ruled = {rule.signal for rule in self.rules}
        return [kind for kind in self.require if kind not in seen and kind + ABSTAINED not in seen.keys() & ruled]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy wants done, and every reason for it."""

    outcome: Status
    reasons: tuple[Reason, ...]
    seen: tuple[Signal, ...] = field(default=(), compare=False)
    """Everything that it was made of."""
    policy: Policy | None = field(default=None, compare=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its reasons, each once and in order."""
        return tuple(dict.fromkeys(reason.code for reason in self.reasons))

    def also(self, reasons: Iterable[Reason]) -> "Verdict":
        """Give the verdict with more reasons; the strictest outcome wins."""
        told = (*self.reasons, *reasons)
        outcomes = [self.outcome, *(reason.outcome for reason in told)]
        return replace(self, outcome=max(outcomes, key=STRICTNESS.__getitem__), reasons=told)


def judge(signals: Iterable[Signal], policy: Policy) -> Verdict:
    """Turn everything that was seen into one verdict.

    Every rule is asked, so that a person sees all the reasons; the strictest outcome
    wins. A required signal that is missing holds the comment: silence is not innocence.
    """
    seen = {signal.kind: signal for signal in signals}
    reasons = [rule.reason(seen) for rule in policy.rules if rule.fires(seen)]
    reasons += [Reason.unseen(kind) for kind in policy.missing(seen)]
    outcomes = [policy.otherwise, *(reason.outcome for reason in reasons)]
    return Verdict(max(outcomes, key=STRICTNESS.__getitem__), tuple(reasons), tuple(seen.values()), policy)


def parse_policy(source: str) -> Policy:
    """Read a policy from TOML; raises Invalid with every fault in it.

    The file holds `name`, `otherwise`, `require`, `words` and `[[rules]]` of `code`,
    `signal`, `outcome`, and `at_least`, `below` or both; nothing else.
    """
    if len(source) > POLICY_MAX:
        raise Invalid([Fault("/policy", "too-long", Sentence("Use at most %(limit)s characters.", limit=POLICY_MAX))])
    try:
        document = tomllib.loads(source)
    except (ValueError, RecursionError) as error:  # A number of 5000 digits is a ValueError of its own.
        raise Invalid(
            [Fault("/policy", "policy-not-toml", Sentence("This is not TOML: %(error)s.", error=error))]
        ) from None
    faults = [*_unknown("", document, {"name", "otherwise", "require", "words", "rules"}), *_bad_head(document)]
    rules = document.get("rules", [])
    if isinstance(rules, list):
        faults += [fault for place, rule in enumerate(rules) for fault in _bad_rule(place, rule)]
    else:
        faults.append(Fault("/policy/rules", "policy-rules", "Write each rule as a [[rules]] table."))
    if not faults and not rules and document.get("otherwise", Status.APPROVED) == Status.APPROVED:
        faults.append(Fault("/policy/rules", "policy-publishes-all", "Add a rule: without one, all is published."))
    if faults:
        raise Invalid(faults, "This policy cannot be used yet.")
    return Policy(
        name=document.get("name", "custom"),
        rules=tuple(Rule(**{**rule, "outcome": Status(rule["outcome"])}) for rule in rules),
        require=tuple(document.get("require", SCORED)),
        words=WordList(tuple(document.get("words", ()))),
        otherwise=Status(document.get("otherwise", Status.APPROVED)),
        digest=digest_of(source),
    )


def digest_of(source: str) -> str:
    """Give the hash by which a policy is named."""
    return hashlib.sha256(source.encode()).hexdigest()


_OUTCOMES: Final = ", ".join(STRICTNESS)


def _unknown(place: str, table: Mapping[str, Any], known: set[str]) -> list[Fault]:
    return [
        Fault(f"/policy{place}/{key}", "policy-unknown-key", "This key means nothing here; remove or correct it.")
        for key in table
        if key not in known
    ]


def _bad_head(document: Mapping[str, Any]) -> Iterable[Fault]:
    if not isinstance(document.get("name", ""), str):
        yield Fault("/policy/name", "policy-name", "The name is a text.")
    if not _is_outcome(document.get("otherwise", Status.APPROVED)):
        yield Fault("/policy/otherwise", "policy-outcome", Sentence("Choose one of %(choices)s.", choices=_OUTCOMES))
    for key in ("require", "words"):
        value = document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            yield Fault(f"/policy/{key}", "policy-list", "This is a list of texts.")
        elif key == "require" and not set(value) <= set(KINDS):
            yield Fault(
                "/policy/require", "policy-signal", Sentence("Choose from %(choices)s.", choices=", ".join(KINDS))
            )
        elif key == "words":
            yield from (
                Fault(f"/policy/words/{place}", "policy-wildcard", WILDCARD_ADVICE)
                for place, word in enumerate(value)
                if is_wild(word) and not is_fit(word)
            )


def _bad_rule(place: int, rule: Any) -> Iterable[Fault]:
    here = f"/rules/{place}"
    if not isinstance(rule, dict):
        yield Fault(f"/policy{here}", "policy-rules", "Write each rule as a [[rules]] table.")
        return
    yield from _unknown(here, rule, {"code", "signal", "outcome", "at_least", "below", "unless_known"})
    if not isinstance(rule.get("code"), str) or not CODE.fullmatch(rule["code"]):
        yield Fault(f"/policy{here}/code", "policy-code", "Name the reason with small letters, digits and hyphens.")
    if not isinstance(rule.get("signal"), str) or rule["signal"] not in KNOWN:
        yield Fault(
            f"/policy{here}/signal",
            "policy-signal",
            Sentence("Choose one of %(choices)s.", choices=", ".join(sorted(KNOWN))),
        )
    if not _is_outcome(rule.get("outcome")):
        yield Fault(
            f"/policy{here}/outcome", "policy-outcome", Sentence("Choose one of %(choices)s.", choices=_OUTCOMES)
        )
    if not isinstance(rule.get("unless_known", False), bool):
        yield Fault(f"/policy{here}/unless_known", "policy-boolean", "This is true or false.")
    numbers = [rule[key] for key in ("at_least", "below") if key in rule]
    if not numbers or not all(_is_number(number) for number in numbers):
        yield Fault(f"/policy{here}/at_least", "policy-number", "Give at_least, below or both, as numbers.")
    elif len(numbers) > 1 and rule["at_least"] >= rule["below"]:
        yield Fault(f"/policy{here}/below", "policy-never", "This never fires: below has to be more than at_least.")


def _is_outcome(value: Any) -> bool:
    return isinstance(value, str) and value in STRICTNESS


def _is_number(value: Any) -> bool:
    """Say whether this can be compared with; TOML knows `nan` and `inf`, which no signal ever reaches."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and isfinite(value))
