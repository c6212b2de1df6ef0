"""Two more articles of the sample page: one with the widget, one with a frame and no script."""

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import NotFound
from moderation.http import words
from moderation.http.context import web
from moderation.http.guard import open_to_all
from moderation.http.paper import page

blueprint = Blueprint("demo-others", __name__)

SWIFTS: Final = (
    "The Tower That Kept Its Swifts",
    "A wall was to be mended and thirty-one birds lived in it. How a village paid for standing still.",
)
BREAD: Final = (
    "Bread on Thursdays",
    "A kitchen window, a shelf and twenty-two loaves: what people really queue for in Mill Lane.",
)


@blueprint.get("/demo/widget/")
@open_to_all
def widget() -> ResponseReturnValue:
    """Show an article with the widget below it."""
    return _article("demo/swifts.html", *SWIFTS)


@blueprint.get("/demo/frame/")
@open_to_all
def frame() -> ResponseReturnValue:
    """Show an article with a frame below it."""
    return _article("demo/bread.html", *BREAD)


def _article(template: str, title: str, standfirst: str) -> ResponseReturnValue:
    key = web().demo_key
    if key is None:
        raise NotFound("There is nothing here.")
    language = words.language_of(request.args.get("lang") or words.LANGUAGES[0], request.accept_languages)
    return page(
        template,
        language,
        cache_control="private, no-cache",
        negotiated=True,
        site=web().site(key),
        title=title,
        standfirst=standfirst,
    )
