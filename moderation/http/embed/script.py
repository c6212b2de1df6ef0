"""The widget's script `/embed.js`: its parts, joined once; and its words, fetched for one language at a time."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gzip import compress
from hashlib import blake2b, sha384
from importlib.resources import files
from typing import Final

import regex
from flask import Blueprint, Response, json, request, url_for
from flask.typing import ResponseReturnValue

from moderation.http.context import web
from moderation.http.guard import open_to_all

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


@dataclass(frozen=True, slots=True)
class Script:
    """The widget as it is sent."""

    edition: str
    """Its name among all that were ever made; another content has another one."""
    body: bytes
    packed: bytes

    @property
    def integrity(self) -> str:
        """What a page writes beside the script's address, so that its readers' browsers run this and nothing else."""
        return "sha384-" + b64encode(sha384(self.body).digest()).decode()


def read_all() -> None:
    """Join the script before anybody asks for it."""
    script()


@blueprint.get("/embed.js")
@blueprint.get("/embed/<edition>/embed.js")
@open_to_all
def show(edition: str | None = None) -> ResponseReturnValue:
    """Give the script: for ever under the name of its content, for five minutes under its plain one."""
    made = script()
    kept = FOR_EVER if edition == made.edition else FOR_NOW
    return _sent(made.body, made.packed, "text/javascript", {"Cache-Control": kept, "ETag": f'W/"{made.edition}"'})


@blueprint.get("/embed/version")
@open_to_all
def version() -> ResponseReturnValue:
    """Say under which address and digest a page pins the script as it is now."""
    made = script()
    address = web().public_url + url_for(".show", edition=made.edition)
    return {"src": address, "integrity": made.integrity}, 200, ANYWHERE | {"Cache-Control": "no-cache"}


@blueprint.get("/embed/<edition>/words")
@open_to_all
def words(edition: str) -> ResponseReturnValue:
    """Give the widget's words in a language; in English where it is not spoken here."""
    said = vocabulary().get(request.args.get("lang", ""), vocabulary()["en"])
    kept = FOR_EVER if edition == script().edition else FOR_NOW
    return _sent(said, compress(said, mtime=0), "application/json", {"Cache-Control": kept})


def _sent(body: bytes, packed: bytes, mimetype: str, headers: Mapping[str, str]) -> Response:
    """Send something to a page of any origin, packed where the browser unpacks it, and not twice."""
    said = {**ANYWHERE, **headers, "Vary": "Accept-Encoding"}
    if "ETag" in headers and request.if_none_match.contains_weak(headers["ETag"].strip('W/"')):
        return Response(status=304, headers=said)
    if request.accept_encodings["gzip"] > 0:
        return Response(packed, headers={**said, "Content-Encoding": "gzip"}, mimetype=mimetype)
    return Response(body, headers=said, mimetype=mimetype)


@cache
def vocabulary() -> Mapping[str, bytes]:
    """Give every language's words as they are sent, on one line."""
    folder = files("moderation.http.embed").joinpath("words")
    return {
        language: json.dumps(
            json.loads(folder.joinpath(f"{language}.json").read_text("utf-8")), separators=(",", ":")
        ).encode()
        for language in LANGUAGES
    }


@cache
def script() -> Script:
    """Join the parts into one script that leaves no name behind on the page."""
    folder = files("moderation.http.embed").joinpath("script")
    style = json.dumps(_LOOSE_STYLE.sub(r"\1", folder.joinpath("style.css").read_text("utf-8")).strip())
    facts = {"STYLE": style, "LANGUAGES": json.dumps(LANGUAGES)}
    parts = [_lean(folder.joinpath(f"{part}.js").read_text("utf-8")) for part in PARTS]
    told = "".join(f"const {name} = {value};\n" for name, value in facts.items())
    edition = blake2b("\n".join([told, *parts, *map(repr, vocabulary().values())]).encode(), digest_size=8).hexdigest()
    whole = "\n".join(['(() => {\n"use strict";', f'const EDITION = "{edition}";', told, *parts, "})();\n"])
    body = whole.encode()
    return Script(edition, body, compress(body, mtime=0))


def _lean(source: str) -> str:
    """Leave out what browsers do not need: what is told to readers of the source, and space around signs."""
    return "".join(_lean_piece(found) for found in _PIECES.finditer(source)).strip()


def _lean_piece(found: regex.Match[str]) -> str:
    if found["told"]:
        return ""
    return found["kept"] or _LOOSE.sub(r"\1\2", found[0])
