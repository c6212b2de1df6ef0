"""The sample site's articles: one with the widget, one with a plain form and no script, one with a frame."""

from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import NotFound
from moderation.domain.site import Site
from moderation.http import words
from moderation.http.context import web
from moderation.http.discussion import discussion
from moderation.http.guard import open_to_all
from moderation.http.paper import page

blueprint = Blueprint("demo", __name__)

THREAD: Final = "demo"
THREAD_OF_FORM: Final = "demo-form"
THREAD_OF_FRAME: Final = "demo-frame"
GATE: Final = (
    "The Gate Where Everybody Waits",
    "For four centuries the lychgate has kept the rain off whoever waits; forty oak pegs gave it a fifth.",
)
SWIFTS: Final = (
    "The Tower That Kept Its Swifts",
    "A wall was to be mended and thirty-one birds lived in it. How a village paid for standing still.",
)
BREAD: Final = (
    "Bread on Thursdays",
    "A kitchen window, a shelf and twenty-two loaves: what people really queue for in Mill Lane.",
)


@blueprint.get("/demo/")
@open_to_all
def show() -> ResponseReturnValue:
    """Show an article with the widget below it."""
    return _article("demo/gate.html", *GATE, site=_site(), thread=THREAD)


@blueprint.get("/demo/form/")
@open_to_all
def form() -> ResponseReturnValue:
    """Show an article with what was said printed below it, and a plain form."""
    named = {"thread": THREAD_OF_FORM, "thread_title": SWIFTS[0]}
    below = discussion(_site(), named, language=_language(), query={})
    return _article("demo/swifts.html", *SWIFTS, **below)


@blueprint.get("/demo/frame/")
@open_to_all
def frame() -> ResponseReturnValue:
    """Show an article with a frame below it."""
    return _article("demo/bread.html", *BREAD, site=_site(), thread=THREAD_OF_FRAME)


def _article(template: str, title: str, standfirst: str, **below: Any) -> ResponseReturnValue:
    """Print an article, and what belongs below it in the language that is asked for."""
    facts = {"title": title, "standfirst": standfirst, **below}
    return page(template, _language(), cache_control="private, no-cache", negotiated=True, **facts)


def _language() -> str:
    return words.language_of(request.args.get("lang") or words.LANGUAGES[0], request.accept_languages)


def _site() -> Site:
    key = web().demo_key
    if key is None:
        raise NotFound("There is nothing here.")
    return web().site(key)
