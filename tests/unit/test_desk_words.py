"""Every text of the desk goes through its message files, and each is there in every language."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from jinja2 import Environment, nodes

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import messages

from moderation.http.console import speech
from moderation.http.console.meanings import DONE

OTHERS = speech.words.LANGUAGES[1:]
PLACES = re.compile(r"%\((\w+)\)s")
TAGS = re.compile(r"</?[a-z][^>]*>")
UNSPOKEN = re.compile(r"<(code|kbd|pre)\b.*?</\1>|<[^>]*>|&\w+;", re.DOTALL)
SHOWN = re.compile(r'(?:aria-label|placeholder|title|alt)="([^"\0]*[A-Za-z]{2}[^"\0]*)"')
SAME = {"Lychgate", "ms", "example.com", "toxicity", "en"}
"""The same in every language: names, and examples of what is typed."""
SENTENCE = re.compile(r"[A-Z][a-z]+ .*[a-z]|.* [a-z]+\.$")


def texts(path: Path) -> str:
    """Give a template with a NUL wherever something is filled in; what is said there is another test's."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(path.read_text(encoding="utf-8"))
    pieces = [piece for output in tree.find_all(nodes.Output) for piece in [*output.nodes, None]]
    return "".join(piece.data if isinstance(piece, nodes.TemplateData) else "\0" for piece in pieces)


@pytest.mark.parametrize("path", sorted(messages.TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_text_stands_bare_in_a_template(path: Path) -> None:
    bare = texts(path)
    words = re.findall(r"[A-Za-z]{2,}(?:[.'-]?[A-Za-z]+)*", UNSPOKEN.sub("\0", bare))

    shown = [text for text in SHOWN.findall(bare) if text not in SAME]

    assert [word for word in words if word not in SAME] + shown == []


@pytest.mark.parametrize("path", sorted(messages.TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_sentence_is_bare_in_an_expression(path: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(path.read_text(encoding="utf-8"))
    calls = [call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)]
    said = [text for call in calls if call.node.name in {"_", "gettext", "ngettext"} for text in call.args]

    found = [const.value for const in tree.find_all(nodes.Const) if not any(const is text for text in said)]

    assert [text for text in found if isinstance(text, str) and SENTENCE.match(text)] == []


def bare_sentences(path: Path) -> Iterator[str]:
    """Give what looks like a sentence in code and is neither said nor a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and messages._name(node.func) in SAID]
    quiet = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    known = {id(part) for node in [*calls, *quiet] for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
            yield node.value


SAID = {*messages.SAYING, "LookupError"}


@pytest.mark.parametrize("path", sorted(messages.CODE[0].glob("*.py")), ids=lambda path: path.stem)
def test_no_sentence_is_bare_in_code(path: Path) -> None:
    assert [text for text in bare_sentences(path) if SENTENCE.match(text)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_files_hold_what_is_said_and_nothing_else(language: str) -> None:
    catalog = messages.kept(language)

    assert {message.id for message in catalog if message.id} == messages.said(), "run: make messages"
    assert not catalog.obsolete
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_and_the_tags_of_its_sentence(language: str) -> None:
    wrong: list[str] = []
    for message in messages.kept(language):
        said = [message.id] if isinstance(message.id, str) else [*message.id]
        there = [message.string] if isinstance(message.string, str) else [*message.string]
        wrong += [text for text in there if message.id and text and filled_in(text) != filled_in(said[-1])]

    assert wrong == []


def filled_in(text: str) -> set[str]:
    return {*PLACES.findall(text), *TAGS.findall(text)}


def test_a_table_speaks_the_language_of_whoever_looks_things_up() -> None:
    app = Flask(__name__)

    with app.test_request_context(headers={"Accept-Language": "de-CH, en;q=0.5"}):
        german = DONE["rejected"]
        g.person = type("Somebody", (), {"language": "fr"})
        french = DONE["rejected"]

    assert (german, french, DONE["rejected"]) == ("Abgelehnt", "Rejeté", "Rejected")
