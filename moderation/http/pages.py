"""Plain HTML forms: reading them, showing them again with what was typed, and where to go afterwards."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import regex
from flask import Response, request, url_for

from moderation.domain.errors import Invalid, ModerationError
from moderation.domain.site import Site
from moderation.http.context import caller_site, web
from moderation.http.form import reply_form
from moderation.http.guard import own_origin
from moderation.http.paper import page
from moderation.http.problems import headers_of, status_of
from moderation.http.submission import Submission
from moderation.http.typed import what_could_be_read
from moderation.http.words import language_of, refusal_sentence

KEPT: Final = ("Retry-After", "WWW-Authenticate", "RateLimit", "RateLimit-Policy")
_ADDRESS: Final = regex.compile(r"(https?://[^/?#\\@\s\p{C}]+)(?:[/?#][^\\\s\p{C}]*)?", regex.IGNORECASE)
_PATH: Final = regex.compile(r"/(?![/\\])[^\\\s\p{C}]*")


def sent_form(form: Mapping[str, str]) -> Submission:
    """Read a form into a submission: our own fields, each once; others mean nothing and are no fault."""
    return Submission(**{name: form[name] for name in Submission.model_fields if name in form})


def form_again(site: Site, typed: Mapping[str, str], error: ModerationError) -> Response:
    """Show the form again: every fault beside its field, and everything that was typed."""
    language = language_of(typed.get("lang"), request.accept_languages)
    headers = headers_of(error)
    form = reply_form(
        site,
        sent_form(typed),
        language=language,
        redirect_to=onwards(site, typed),
        faults=error.faults if isinstance(error, Invalid) else (),
        refusal=refusal_sentence(language, error.code, headers.get("Retry-After")),
    )
    shown = page(
        "form.html",
        language,
        status=status_of(error),
        form_targets=site.origins,
        frame_ancestors=site.origins,
        negotiated=True,
        site=site,
        form=form,
    )
    shown.headers.extend(headers)
    return shown


def refusal(answer: Response) -> Response:
    """Say on a page of ours why a form was not taken in, where there is no form to show again; what was typed stays."""
    typed, told = what_could_be_read(), caller_site()
    language = language_of(typed.get("lang"), request.accept_languages)
    code = answer.get_json(force=True)["type"].rpartition("#")[2]
    sentence = refusal_sentence(language, code, answer.headers.get("Retry-After"))
    shown = page(
        "refused.html",
        language,
        status=answer.status_code,
        frame_ancestors=told.origins if told else None,
        negotiated=True,
        sentence=sentence,
        text=typed.get("text") or typed.get("comment", ""),
        back=None,
    )
    shown.headers.extend((name, value) for name, value in answer.headers if name in KEPT)
    return shown


def onwards(site: Site, typed: Mapping[str, str]) -> str:
    """Say where a browser goes after its form was taken in: never to a place that is not the site's or ours.

    Where the form says, else back to where it stood, else to a page that says thank you.
    """
    wanted = typed.get("redirect_to", "")
    if _on_site(wanted, site):
        return wanted
    if _PATH.fullmatch(wanted):
        return _origin_for(site, wanted) + wanted
    stood = page_before()
    if _on_site(stood, site) and urlsplit(stood).path != request.path:
        return stood
    return thanks(site, typed)


def page_before() -> str:
    """Give the page on which a form stood; empty where the browser says no more than its origin.

    To another origin it says no more, unless the page asks for it.
    """
    said = request.referrer or ""
    return "" if said.rstrip("/").lower() == origin_of(said) else said


def thanks(site: Site, typed: Mapping[str, str]) -> str:
    """Give the address of a page of ours that says thank you."""
    return url_for("received.show", pk=site.key, lang=language_of(typed.get("lang"), request.accept_languages))


def is_frame(site: Site, address: str) -> bool:
    """Tell whether an address leads to the page of ours that stands in the site's frames."""
    return address.startswith(f"{own_origin()}{url_for('thread.show', pk=site.key)}?")


def _origin_for(site: Site, path: str) -> str:
    """Give the origin that a path belongs to: that of the form's page where the browser says it, else the site's first.

    Ours are only pages of our own, which is the sample page of its site.
    """
    for said in (request.origin or "", request.referrer or ""):
        if _on_site(said, site):
            return origin_of(said)
    ours = site.key == web().demo_key and path.startswith(url_for("demo.show"))
    return own_origin() if ours or not site.origins else site.origins[0]


def _on_site(address: str, site: Site) -> bool:
    return origin_of(address) in {*site.origins, own_origin()}


def origin_of(address: str) -> str:
    """Give the origin of a web address in lower case; empty for what a browser might read differently than we do."""
    found = _ADDRESS.fullmatch(address)
    return found[1].lower() if found else ""
