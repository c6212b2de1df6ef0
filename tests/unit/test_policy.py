"""The policy, one case a row: what was seen, what the rules say, and what becomes of the comment."""

from pathlib import Path
from typing import Final

import pytest

import config
from moderation.adapters.scorers.blended import ALONE
from moderation.domain.comment import Status
from moderation.domain.errors import Invalid
from moderation.domain.policy import Policy, Rule, judge, parse_policy
from moderation.domain.signal import ABSTAINED, Signal
from moderation.domain.signal import SCORED as KINDS
from moderation.domain.wordlist import WordList

SHIPPED: Final = sorted((Path(config.__file__).parent / "policies").glob("*.toml"))
SCORED: Final = {"spam": 0.01, "toxicity": 0.01}
HELD, SPAM, REJECTED, APPROVED = Status.HELD, Status.SPAM, Status.REJECTED, Status.APPROVED


def seen(**values: float) -> list[Signal]:
    return [Signal(kind.replace("_", "-"), value, "test-1") for kind, value in values.items()]


def shipped(name: str) -> Policy:
    return parse_policy(next(path for path in SHIPPED if path.stem == name).read_text(encoding="utf-8"))


DEFAULT: Final = [
    (SCORED, APPROVED, []),
    (SCORED | {"first_comment": 1}, APPROVED, []),
    ({"spam": 0.26, "toxicity": 0}, HELD, ["spam"]),
    ({"spam": 0.2599, "toxicity": 0}, APPROVED, []),
    ({"spam": 0.91, "toxicity": 0}, SPAM, ["spam"]),
    ({"spam": 0.9099, "toxicity": 0}, HELD, ["spam"]),
    ({"spam": 0, "toxicity": 0.98}, REJECTED, ["toxicity"]),
    ({"spam": 0, "toxicity": 0.9799}, HELD, ["toxicity"]),
    ({"spam": 0, "toxicity": 0.54}, HELD, ["toxicity"]),
    ({"spam": 0, "toxicity": 0.5399}, APPROVED, []),
    ({"spam": 1, "toxicity": 1}, REJECTED, ["spam", "toxicity"]),
    ({"spam": 1, "toxicity": 0.6, "links": 9}, SPAM, ["spam", "toxicity", "links"]),
    (SCORED | {"honeypot": 1}, SPAM, ["honeypot"]),
    (SCORED | {"links": 2}, APPROVED, []),
    (SCORED | {"links": 3}, HELD, ["links"]),
    (SCORED | {"links": 3, "known_author": 1}, APPROVED, []),
    (SCORED | {"word_list": 1}, HELD, ["word-list"]),
    (SCORED | {"word_list": 1, "known_author": 50}, HELD, ["word-list"]),
    (SCORED | {"near_duplicate": 2}, APPROVED, []),
    (SCORED | {"near_duplicate": 3}, HELD, ["near-duplicate"]),
    (SCORED | {"form_young": 1}, HELD, ["form-too-fast"]),
    (SCORED | {"form_reused": 1}, HELD, ["form-reused"]),
    (SCORED | {"form_absent": 1}, APPROVED, []),
    (SCORED | {"form_unsound": 1}, APPROVED, []),
    (SCORED | {"edited_after_review": 1}, HELD, ["edited-after-review"]),
    ({"spam": 0, "toxicity_abstained": 1}, HELD, ["unscored-language"]),
    ({"spam": 1, "toxicity_abstained": 1}, SPAM, ["spam", "unscored-language"]),
    ({}, HELD, ["unscored", "unscored"]),
    ({"spam": 0}, HELD, ["unscored"]),
    ({"toxicity": 0}, HELD, ["unscored"]),
    ({"toxicity": 0, "spam_abstained": 1}, HELD, ["unscored"]),
    ({"spam": 1}, SPAM, ["spam", "unscored"]),
]


@pytest.mark.parametrize(("values", "outcome", "codes"), DEFAULT)
def test_the_default_policy(values: dict[str, float], outcome: Status, codes: list[str]) -> None:
    verdict = judge(seen(**values), shipped("default"))

    assert (verdict.outcome, [reason.code for reason in verdict.reasons]) == (outcome, codes)


@pytest.mark.parametrize("name", ["default", "strict"])
def test_what_weights_alone_say_of_toxicity_is_never_enough_to_reject(name: str) -> None:
    assert judge(seen(spam=0, toxicity=ALONE), shipped(name)).outcome is HELD


def test_the_strict_policy_holds_a_first_comment_that_scores_well() -> None:
    assert judge(seen(**SCORED, first_comment=1), shipped("strict")).outcome is HELD
    assert judge(seen(**SCORED, known_author=1), shipped("strict")).outcome is APPROVED


@pytest.mark.parametrize("values", [values for values, _, _ in DEFAULT])
def test_strict_is_never_more_lenient_than_default(values: dict[str, float]) -> None:
    if judge(seen(**values), shipped("default")).outcome is not APPROVED:
        assert judge(seen(**values), shipped("strict")).outcome is not APPROVED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_policy_can_be_read_and_requires_what_is_scored(path: Path) -> None:
    policy = parse_policy(path.read_text(encoding="utf-8"))

    assert policy.name == path.stem
    assert policy.require == KINDS
    assert judge([], policy).outcome is HELD


RULES: Final = [
    (Rule("a", "links", HELD, at_least=2), 2, True),
    (Rule("a", "links", HELD, at_least=2), 1.999, False),
    (Rule("a", "links", HELD, below=2), 2, False),
    (Rule("a", "links", HELD, below=2), 1.999, True),
    (Rule("a", "links", HELD, at_least=1, below=2), 1, True),
    (Rule("a", "links", HELD, at_least=1, below=2), 0.5, False),
    (Rule("a", "links", HELD, at_least=1, below=2), 2, False),
    (Rule("a", "other", HELD, below=2), 1, False),
]


@pytest.mark.parametrize(("rule", "value", "fires"), RULES)
def test_a_rule_fires_between_its_thresholds_and_only_on_what_was_seen(rule: Rule, value: float, fires: bool) -> None:  # noqa: FBT001 (a table's column)
    assert rule.fires({"links": Signal("links", value, "test-1")}) is fires


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_strictest_outcome_wins_in_whatever_order_rules_stand(order: tuple[int, ...]) -> None:
    rules = [Rule(str(outcome), "any", outcome, at_least=1) for outcome in (HELD, SPAM, REJECTED)]
    verdict = judge(seen(any=1), Policy("test", tuple(rules[place] for place in order), require=()))

    assert verdict.outcome is REJECTED
    assert len(verdict.reasons) == 3


def test_otherwise_is_the_least_that_happens() -> None:
    lenient = Rule("fine", "any", APPROVED, at_least=1)
    assert judge(seen(any=1), Policy("test", (lenient,), require=(), otherwise=HELD)).outcome is HELD


def test_a_reason_carries_the_number_that_made_it_fire() -> None:
    reason = judge(seen(spam=0.97, toxicity=0), shipped("default")).reasons[0]

    assert (reason.signal, reason.value, reason.threshold) == ("spam", 0.97, 0.91)


def test_abstaining_counts_as_an_answer_only_where_a_rule_asks_for_it() -> None:
    asks = Rule("silent", f"spam{ABSTAINED}", SPAM, at_least=1)

    assert judge(seen(spam_abstained=1), Policy("deaf", (), require=("spam",))).outcome is HELD
    assert judge(seen(spam_abstained=1), Policy("test", (asks,), require=("spam",))).outcome is SPAM


RULE: Final = '[[rules]]\ncode = "a"\nsignal = "any"\noutcome = "held"\nat_least = 1\n'
FAULTY: Final = [
    ("name = ", {("/policy", "policy-not-toml")}),
    ('name = "a"\nname = "b"', {("/policy", "policy-not-toml")}),
    ("x = " + "[" * 5000, {("/policy", "policy-not-toml")}),
    ("x = " + "9" * 5000, {("/policy", "policy-not-toml")}),
    ("nmae = 'x'", {("/policy/nmae", "policy-unknown-key")}),
    ("name = 5", {("/policy/name", "policy-name")}),
    ('otherwise = "pending"', {("/policy/otherwise", "policy-outcome")}),
    ('otherwise = "deleted"', {("/policy/otherwise", "policy-outcome")}),
    ("otherwise = 1", {("/policy/otherwise", "policy-outcome")}),
    ("otherwise = ['held']", {("/policy/otherwise", "policy-outcome")}),
    ("require = 'spam'", {("/policy/require", "policy-list")}),
    ("require = ['spam', 1]", {("/policy/require", "policy-list")}),
    ("words = ['', 'a']", {("/policy/words", "policy-list")}),
    ("words = {a = 1}", {("/policy/words", "policy-list")}),
    ("rules = 'none'", {("/policy/rules", "policy-rules")}),
    ("rules = [1]", {("/policy/rules/0", "policy-rules")}),
    (RULE.replace('code = "a"', ""), {("/policy/rules/0/code", "policy-code")}),
    (RULE.replace('signal = "any"', "signal = ''"), {("/policy/rules/0/signal", "policy-signal")}),
    (RULE.replace('signal = "any"', "signal = 'toxcity'"), {("/policy/rules/0/signal", "policy-signal")}),
    (RULE.replace('code = "a"', "code = 'Bad Code'"), {("/policy/rules/0/code", "policy-code")}),
    (RULE + "below = 1", {("/policy/rules/0/below", "policy-never")}),
    ("require = ['spm']", {("/policy/require", "policy-signal")}),
    ("", {("/policy/rules", "policy-publishes-all")}),
    (RULE.replace('outcome = "held"', ""), {("/policy/rules/0/outcome", "policy-outcome")}),
    (RULE.replace("at_least = 1", ""), {("/policy/rules/0/at_least", "policy-number")}),
    (RULE.replace("at_least = 1", "at_least = '1'"), {("/policy/rules/0/at_least", "policy-number")}),
    (RULE.replace("at_least = 1", "at_least = true"), {("/policy/rules/0/at_least", "policy-number")}),
    (RULE.replace("at_least = 1", "at_least = nan"), {("/policy/rules/0/at_least", "policy-number")}),
    (RULE.replace("at_least = 1", "below = inf"), {("/policy/rules/0/at_least", "policy-number")}),
    (RULE + "unless_known = 1", {("/policy/rules/0/unless_known", "policy-boolean")}),
    (RULE + "unless_konwn = true", {("/policy/rules/0/unless_konwn", "policy-unknown-key")}),
    (
        "nmae = 'x'\nname = 5\nrequire = 1\n" + RULE + RULE.replace("held", "gone").replace("at_least", "least"),
        {
            ("/policy/nmae", "policy-unknown-key"),
            ("/policy/name", "policy-name"),
            ("/policy/require", "policy-list"),
            ("/policy/rules/1/outcome", "policy-outcome"),
            ("/policy/rules/1/least", "policy-unknown-key"),
            ("/policy/rules/1/at_least", "policy-number"),
        },
    ),
]


@pytest.mark.parametrize(("source", "faults"), FAULTY, ids=range(len(FAULTY)))
def test_a_faulty_policy_is_refused_with_every_fault_in_it(source: str, faults: set[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_policy(source)

    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == faults


def test_a_policy_without_rules_may_hold_everything() -> None:
    assert parse_policy('otherwise = "held"') == Policy("custom", (), otherwise=HELD)


def test_a_policy_is_read_as_it_is_written() -> None:
    policy = parse_policy(f'name = "own"\notherwise = "held"\nrequire = []\nwords = ["x"]\n{RULE}unless_known = true')

    assert policy == Policy("own", (Rule("a", "any", HELD, at_least=1, unless_known=True),), (), WordList(("x",)), HELD)


def test_a_word_that_would_find_nearly_everything_is_refused_and_named() -> None:
    with pytest.raises(Invalid) as refused:
        parse_policy('otherwise = "held"\nwords = ["casino*", "*", "a*", "*x*"]\n')

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        (f"/policy/words/{place}", "policy-wildcard") for place in (1, 2, 3)
    ]
