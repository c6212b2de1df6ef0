"""The widget's script `/embed.js`: its parts, joined once; and its words, fetched for one language at a time."""

from collections.abc import Mapping
from functools import cache
from gzip import compress
from importlib.resources import files
from typing import Final

import regex
from flask import Blueprint, Response, json, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.edition import UNNAMED, Edition
from moderation.http.context import deps, web
from moderation.http.guard import open_to_all
from moderation.http.scripted import Script
from moderation.services import editions

blueprint = Blueprint("script", __name__)
blueprint.record_once(lambda _: read_all())  # A part that is missing stops the start and not a reader.

PARTS: Final = ("talk", "words", "memory", "draw", "flag", "own", "list", "proof", "form", "element")
"""The parts, in the order in which they are read."""
LANGUAGES: Final = ("en", "ar", "de", "es", "fr", "hi", "it", "ja", "nl", "pl", "pt")
FOR_EVER: Final = "public, max-age=31536000, immutable"
FOR_NOW: Final = "public, max-age=300, stale-while-revalidate=86400"
_PIECES: Final = regex.compile(
    r"""(?P<kept>"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?<=[(,]\s*)/(?![/*])(?:[^/\\\n\[]|\\.|\[[^\]\n]*\])+/[a-z]*)"""
    r"""|(?P<told>/\*.*?\*/|//[^\n]*)|(?P<code>[^"`/]+|/)""",
    regex.DOTALL,
)
"""Texts and patterns, which stay as they are; what is only told to whoever reads the source; and the code between."""
_LOOSE: Final = regex.compile(r"\s*([{(\[,;:?=<>&|+*])\s*|[\s,;]*([)}\]])[ ]*|^\s+|\s+(?=\n)")
"""Signs around which no space means anything, in a source whose statements all end in semicolons."""
_LOOSE_STYLE: Final = regex.compile(r"\s*([{};:,>])\s*")
ANYWHERE: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""For pages of every origin: it says nothing of anybody, and browsers check a digest only of what they may read."""


def read_all() -> None:
    """Join the script before anybody asks for it."""
    current()


@blueprint.get("/embed.js")
@blueprint.get("/embed/<edition>/embed.js")
@open_to_all
def show(edition: str | None = None) -> ResponseReturnValue:
    """Give the script: for ever under the name of its content, for five minutes under its plain one.

    A page that pinned a former edition is given that one, and everybody else the present one.
    """
    made = _asked(edition)
    return _sent(made.body, made.packed, "text/javascript", {**_lasting(edition, made), "ETag": f'W/"{made.name}"'})


@blueprint.get("/embed/version")
@open_to_all
def version() -> ResponseReturnValue:
    """Say under which address and digest a page pins the script as it is now."""
    made = current()
    address = web().public_url + url_for(".show", edition=made.name)
    return {"src": address, "integrity": made.integrity}, 200, ANYWHERE | {"Cache-Control": "no-cache"}


@blueprint.get("/embed/<edition>/words")
@open_to_all
def words(edition: str) -> ResponseReturnValue:
    """Give the widget's words in a language; in English where it is not spoken here."""
    made = _asked(edition)
    said = made.words.get(request.args.get("lang", ""), made.words["en"])
    return _sent(said, compress(said, mtime=0), "application/json", _lasting(edition, made))


def _lasting(asked: str | None, made: Script) -> Mapping[str, str]:
    """Say how long an answer may be kept: for ever what is under its own name."""
    return {"Cache-Control": FOR_EVER if asked == made.name else FOR_NOW}


def _asked(edition: str | None) -> Script:
    """Give the edition that is asked for, as far as it was ever served from here; the present one otherwise."""
    made, former = current(), web().editions
    if edition is None or edition == made.name:
        return made
    if edition not in former and (found := editions.find(deps(), edition)):
        former[edition] = Script.of(found)
    return former.get(edition, made)


def _sent(body: bytes, packed: bytes, mimetype: str, headers: Mapping[str, str]) -> Response:
    """Send something to a page of any origin, packed where the browser unpacks it, and not twice."""
    said = {**ANYWHERE, **headers, "Vary": "Accept-Encoding"}
    if "ETag" in headers and request.if_none_match.contains_weak(headers["ETag"].strip('W/"')):
        return Response(status=304, headers=said)
    if request.accept_encodings["gzip"] > 0:
        return Response(packed, headers={**said, "Content-Encoding": "gzip"}, mimetype=mimetype)
    return Response(body, headers=said, mimetype=mimetype)


def _spoken() -> Mapping[str, object]:
    """Give the words of every language."""
    folder = files("moderation.http.embed").joinpath("words")
    return {language: json.loads(folder.joinpath(f"{language}.json").read_text("utf-8")) for language in LANGUAGES}


@cache
def current() -> Script:
    """Join the parts into one script that leaves no name behind on the page."""
    folder = files("moderation.http.embed").joinpath("script")
    style = json.dumps(_LOOSE_STYLE.sub(r"\1", folder.joinpath("style.css").read_text("utf-8")).strip())
    facts = {"EDITION": json.dumps(UNNAMED.decode()), "STYLE": style, "LANGUAGES": json.dumps(LANGUAGES)}
    parts = [_lean(folder.joinpath(f"{part}.js").read_text("utf-8")) for part in PARTS]
    told = "".join(f"const {name} = {value};\n" for name, value in facts.items())
    whole = "\n".join(['(() => {\n"use strict";', told, *parts, "})();\n"])
    return Script.of(Edition.of(whole.encode(), json.dumps(_spoken(), separators=(",", ":")).encode()))


def _lean(source: str) -> str:
    """Leave out what browsers do not need: what is told to readers of the source, and space around signs."""
    return "".join(_lean_piece(found) for found in _PIECES.finditer(source)).strip()


def _lean_piece(found: regex.Match[str]) -> str:
    if found["told"]:
        return ""
    return found["kept"] or _LOOSE.sub(r"\1\2", found[0])
