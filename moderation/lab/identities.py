"""Identities: which groups of people a text names, to see whether naming them raises a score."""

from typing import Final

import regex

WORDS: Final = {
    "women": r"wom[ae]n|girls?|female|lad(?:y|ies)|mothers?",
    "men": r"m[ae]n|boys?|male|fathers?",
    "gay": r"gays?|homosexuals?|lesbians?|bisexuals?|queer|lgbtq?\+?",
    "trans": r"trans(?:gender)?|transsexuals?",
    "Black": r"blacks?|african(?:s|-americans?)?|african americans?",
    "white": r"whites?|caucasians?",
    "Asian": r"asians?|chinese|japanese|indians?|koreans?",
    "Latino": r"latin[oax]s?|hispanics?|mexicans?",
    "Muslim": r"muslims?|islam(?:ic)?|moslems?|arabs?",
    "Jewish": r"jew(?:s|ish)?|judaism",
    "Christian": r"christians?|catholics?|christianity|protestants?",
    "immigrants": r"immigrants?|migrants?|refugees?|foreigners?",
    "disabled": r"disabled|disabilit(?:y|ies)|deaf|blind|autistic|autism|wheelchair",
}
"""Words in English for each group, none of them a slur."""
_PATTERNS: Final = {group: regex.compile(rf"\b(?:{words})\b", regex.IGNORECASE) for group, words in WORDS.items()}


def named(text: str) -> frozenset[str]:
    """Give the groups that a text names."""
    return frozenset(group for group, pattern in _PATTERNS.items() if pattern.search(text))
