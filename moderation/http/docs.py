"""The front page and the reference: the document for programs, and pages for people, both made from the routes."""

from importlib.metadata import version
from typing import Any, Final, cast

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from moderation.http.answers.health import OpenApi
from moderation.http.catalogue import PROBLEMS
from moderation.http.context import web
from moderation.http.described import HTML, Answer, described
from moderation.http.guard import open_to_all
from moderation.http.openapi import document
from moderation.http.paper import page
from moderation.http.reference import chapters, shapes

blueprint = Blueprint("docs", __name__)
KEPT: Final = "public, max-age=300"
DOCUMENT: Final = "lychgate.openapi"


@blueprint.get("/")
@open_to_all
@described({200: Answer(media=HTML)})
def front() -> ResponseReturnValue:
    """Say what this is, and where to look next."""
    return page("front.html", "en", cache_control=KEPT, demo=web().demo_key is not None)


@blueprint.get("/openapi.json")
@open_to_all
@described({200: OpenApi})
def openapi() -> ResponseReturnValue:
    """Give this document."""
    return _document(), 200, {"Cache-Control": KEPT, "Access-Control-Allow-Origin": "*"}


@blueprint.get("/docs")
@open_to_all
def docs() -> ResponseReturnValue:
    """Show the reference as one page, readable without script."""
    found = _document()
    return page("docs.html", "en", cache_control=KEPT, document=found, chapters=chapters(found), shapes=shapes(found))


@blueprint.get("/docs/")
@open_to_all
def docs_by_another_name() -> ResponseReturnValue:
    """Lead to the reference, which has one address."""
    return redirect(url_for("docs.docs"), 308)


@blueprint.get("/docs/problems")
@open_to_all
def problems() -> ResponseReturnValue:
    """Show every type of problem with its sentence."""
    return page("problems.html", "en", cache_control=KEPT, problems=PROBLEMS)


def _document() -> dict[str, Any]:
    """Make the document when it is first asked for; routes do not change after that."""
    kept = current_app.extensions
    if DOCUMENT not in kept:
        kept[DOCUMENT] = document(current_app, version=version("lychgate"), address=web().public_url)
    return cast("dict[str, Any]", kept[DOCUMENT])
