"""`lychgate lists`: a site's own words and links."""

from collections.abc import Callable, Sequence
from typing import IO, Any, Final, TypeVar

import click

from moderation.cli.console import as_json, tell_whole
from moderation.cli.keys import site_option
from moderation.cli.parts import parts
from moderation.domain.errors import Fault, Invalid
from moderation.domain.listing import Listing
from moderation.domain.site import Site
from moderation.services import listings, sites
from moderation.services.listings import Lists, Preview

Command = TypeVar("Command", bound=Callable[..., Any])
STDIN: Final = "<stdin>"
"""What a file that `-` opens is called."""


def typed(command: Command) -> Command:
    """Let a command read lists from files; one that is not named stays as it is."""
    text = click.File(encoding="utf-8")
    links = click.option("--links", type=text, help="A file of domains and beginnings of addresses, one a line.")
    return click.option("--words", type=text, help="A file of words and phrases, one a line; - is stdin.")(
        links(command)
    )


@click.group()
def lists() -> None:
    """Keep the words and links that a site looks for beside those of its policy.

    Example: lychgate lists show --site demo
    """


@lists.command()
@site_option
@as_json
def show(site_name: str, *, as_json: bool) -> None:
    """Print a site's lists as they are in force.

    Example: lychgate lists show --site demo
    """
    _tell(_current(site_name), as_json=as_json)


@lists.command("try")
@site_option
@typed
@as_json
def try_(site_name: str, words: IO[str] | None, links: IO[str] | None, *, as_json: bool) -> None:
    """Say what lists would have caught of the last thirty days, and what may go wrong with them; nothing changes.

    Example: lychgate lists try --site demo --words words.txt
    """
    now = _current(site_name)
    found = listings.preview(parts(), now.site.id, *_typed(now, words, links))
    tell_whole(_tried(found), as_json=as_json)


@lists.command("set")
@site_option
@typed
@as_json
def set_(site_name: str, words: IO[str] | None, links: IO[str] | None, *, as_json: bool) -> None:
    """Put lists in force from the next comment on; `undo` takes that back.

    Example: lychgate lists set --site demo --words words.txt
    """
    if words is links is None:
        raise click.UsageError("Name a file: --words FILE, or --links FILE.")
    now = _current(site_name)
    _put(now, *_typed(now, words, links), as_json=as_json)


@lists.command()
@site_option
@as_json
def empty(site_name: str, *, as_json: bool) -> None:
    """Take every entry out of both lists; `undo` brings them back.

    Example: lychgate lists empty --site demo
    """
    _put(_current(site_name), (), (), as_json=as_json)


@lists.command()
@site_option
@as_json
def undo(site_name: str, *, as_json: bool) -> None:
    """Put in force what was so before the last save; undone again, the save is back.

    Example: lychgate lists undo --site demo
    """
    now = _current(site_name)
    _tell(listings.put_back(parts(), now.site.id, seen=now.version), as_json=as_json)


def _current(site_name: str) -> Lists:
    site: Site = sites.by_name(parts(), site_name)
    return listings.current(parts(), site.id)


def _typed(now: Lists, words: IO[str] | None, links: IO[str] | None) -> tuple[Sequence[str], Sequence[str]]:
    """Read both lists, each as it stands where no file is named; raises Invalid for what is not written in UTF-8.

    Raises UsageError where both are to come from stdin, which would leave the second empty.
    """
    if words and links and words.name == links.name == STDIN:
        raise click.UsageError("Only one of --words and --links can be read from stdin.")
    faults: list[Fault] = []
    typed = _read("/words", words, now.words, faults), _read("/links", links, now.links, faults)
    if faults:
        raise Invalid(faults)
    return typed


def _read(pointer: str, file: IO[str] | None, kept: Sequence[str], faults: list[Fault]) -> Sequence[str]:
    try:
        return kept if file is None else file.read().splitlines()
    except UnicodeDecodeError:
        faults.append(Fault(pointer, "not-utf-8", "This file is not written in UTF-8."))
        return ()


def _put(now: Lists, words: Sequence[str], links: Sequence[str], *, as_json: bool) -> None:
    _tell(listings.put(parts(), now.site.id, words, links, seen=now.version), as_json=as_json)


def _tell(found: Lists | Listing, *, as_json: bool) -> None:
    saved_at = found.saved_at if isinstance(found, Lists) else found.created_at
    tell_whole({"saved_at": saved_at, "words": [*found.words], "links": [*found.links]}, as_json=as_json)


def _tried(found: Preview) -> dict[str, Any]:
    return {
        "since": found.since,
        "read": found.read,
        "cut": found.cut,
        "caught": found.caught,
        "caught_already": found.known,
        "public": found.public,
        "approved": found.approved,
        "hints": [{"entry": hint.entry, "detail": hint.sentence} for hint in found.hints],
        "sample": [
            {"comment": str(each.row["id"]), "status": str(each.row["status"]), "text": each.row["text"][:200]}
            for each in found.sample
        ],
    }
