"""Atom as we write it: the names of its elements, and text that any reader of XML can read."""

from hashlib import blake2b
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import regex
from flask import Response, request

ATOM: Final = "{http://www.w3.org/2005/Atom}"
THR: Final = "{http://purl.org/syndication/thread/1.0}"
_UNWRITABLE: Final = regex.compile(r"[^\t\n\r -\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What XML has no way of writing."""

register_namespace("", ATOM.strip("{}"))
register_namespace("thr", THR.strip("{}"))


def written(inside: Element, name: str, text: str | None) -> Element:
    """Add an element with a text."""
    made = SubElement(inside, f"{ATOM}{name}")
    made.text = _UNWRITABLE.sub("", text or "")
    return made


def sent(feed: Element, headers: dict[str, str]) -> Response:
    """Answer with a feed, unless the reader has it already."""
    document = tostring(feed, encoding="utf-8", xml_declaration=True)
    tag = blake2b(document, digest_size=12).hexdigest()
    headers |= {"ETag": f'"{tag}"'}
    if request.if_none_match.contains_weak(tag):
        return Response("", 304, headers)
    return Response(document, 200, headers, mimetype="application/atom+xml")
