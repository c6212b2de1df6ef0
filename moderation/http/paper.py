"""Paper: what our pages are printed on. Templates that escape, assets under a name of their content, a tight policy."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache, partial
from gettext import NullTranslations
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final

import regex
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from jinja2 import Environment, PackageLoader, StrictUndefined

from moderation.domain.errors import NotFound
from moderation.http import words
from moderation.http.guard import open_to_all

blueprint = Blueprint("assets", __name__)
blueprint.record_once(lambda _: words.load())

ASSETS: Final = "assets"
MIME_OF: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types lychgate"
)


def page(
    name: str,
    language: str,
    *,
    status: int = 200,
    cache_control: str = "no-store",
    form_targets: Sequence[str] = (),
    frame_ancestors: Sequence[str] | None = None,
    negotiated: bool = False,
    spoken: Callable[[str], NullTranslations] = words.translations,
    **facts: Any,
) -> Response:
    """Print a page in a language; everything in `facts` is escaped, and nothing inline runs.

    A browser holds a form to `form-action` after a redirect too, so the page names the origins
    to which its form may lead. It goes into frames on the origins that it names and on ours; where
    it names none, nowhere. Where the language was the browser's to choose, caches are told so.
    `spoken` gives the sentences of a language, where they are not those of our public pages.
    """
    text = _environment(language, spoken).get_template(name).render(language=language, **facts)
    frames = "'none'" if frame_ancestors is None else " ".join(("'self'", *frame_ancestors))
    targets = " ".join(("'self'", *form_targets))
    policy = f"{POLICY}; frame-ancestors {frames}; form-action {targets}"
    headers = {"Content-Security-Policy": policy, "Cache-Control": cache_control, "Content-Language": language}
    headers |= {"Vary": "Accept-Language"} if negotiated else {}
    return Response(text, status=status, mimetype="text/html", headers=headers)


def asset_url(name: str) -> str:
    """Give the address of one of our own files; it changes whenever any of them does."""
    if name not in _assets():
        raise LookupError(f"There is no asset {name}.")
    return f"/assets/{_edition()}/{name}"


def lately(step: timedelta, language: str) -> str:
    """Say how long ago something was; what was within the minute is just now."""
    if abs(step) < timedelta(minutes=1):
        return words.say(language, words.SAID["now"])
    return format_timedelta(step, add_direction=True, locale=language)


def measure(value: float, language: str) -> str:
    """Write what was measured with at most four digits that count, as the language writes numbers."""
    return format_decimal(Decimal(f"{value:.4g}"), format="0.################", locale=language)


def initial(name: str) -> str:
    """Give the first sign of a name, as people see signs."""
    return str(regex.findall(r"\X", name + " ")[0]).upper()


@blueprint.get("/assets/<edition>/<name>")
@open_to_all
def asset(edition: str, name: str) -> ResponseReturnValue:
    """Give one of our own files, for ever if it is of the edition that is asked for."""
    found = _assets().get(name)
    if found is None:
        raise NotFound("There is nothing here.")
    kept = "public, max-age=31536000, immutable" if edition == _edition() else "no-cache"
    return Response(found, mimetype=MIME_OF[name.rpartition(".")[2]], headers={"Cache-Control": kept})


@cache
def _assets() -> Mapping[str, bytes]:
    folder = files("moderation.http").joinpath(ASSETS)
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.rpartition(".")[2] in MIME_OF}


@cache
def _edition() -> str:
    """Name all files by their content together, because scripts name each other without a version."""
    digest = blake2b(digest_size=8)
    for name, content in sorted(_assets().items()):
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()


@cache
def _environment(language: str, spoken: Callable[[str], NullTranslations]) -> Environment:
    environment = Environment(
        loader=PackageLoader("moderation.http"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(spoken(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals["asset_url"] = asset_url
    environment.filters["moment"] = partial(format_datetime, format="long", locale=language)
    environment.filters["ago"] = partial(format_timedelta, add_direction=True, locale=language)
    environment.filters["lately"] = partial(lately, language=language)
    environment.filters["initial"] = initial
    environment.filters["number"] = partial(format_decimal, locale=language)
    environment.filters["share"] = partial(format_decimal, format="0.00", locale=language)
    environment.filters["measure"] = partial(measure, language=language)
    return environment
