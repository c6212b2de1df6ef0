"""`lychgate say`: post a reply to the installation that `up` runs here, and watch what becomes of it."""

import json
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click

from moderation.cli.console import as_json, console, data_option, tell
from moderation.embedded.credentials import Credentials
from moderation.embedded.process import CannotStart

PATIENCE: Final = 30.0
GLANCE: Final = 0.02


@click.command()
@click.argument("text")
@click.option("--name", default="Ann", show_default=True)
@click.option("--email", default="ann@example.com", show_default=True)
@click.option("--thread", default="demo", show_default=True, help="The page's id; `demo` is the sample page.")
@data_option
@as_json
def say(text: str, name: str, email: str, thread: str, data: Path, *, as_json: bool) -> None:
    """Post a reply to the demo site and wait until it is decided; tells what was decided, and how long it took.

    Example: lychgate say "Lovely photos, thank you!"
    """
    known = Credentials.of(data)
    if known.url is None or known.site_key is None:
        raise CannotStart(f"Nothing has run on {data} yet; start it with `lychgate up --data {data}`.")
    reply = {"thread": thread, "name": name, "email": email, "text": text}
    began = monotonic()
    taken = _call(f"{known.url}/v1/sites/{known.site_key}/comments", body=reply)
    accepted = monotonic()
    console.print(
        f"taken in after {_ms(accepted - began)} ms; the address is kept as {taken['author']['email']}", markup=False
    )
    decided = _until_decided(taken)
    result = {
        "id": taken["id"],
        "status": decided["status"],
        "reason": decided["reason"],
        "accepted_ms": _ms(accepted - began),
        "decided_ms": _ms(monotonic() - began),
    }
    tell(result, as_json=as_json)


def _until_decided(taken: dict[str, Any]) -> dict[str, Any]:
    """Ask for the status, with the receipt, until it is no longer pending."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        seen = _call(taken["status_url"], receipt=taken["receipt"])
        if seen["status"] != "pending":
            return seen
        Event().wait(GLANCE)
    raise CannotStart(f"No verdict after {PATIENCE:.0f} s; `lychgate doctor` may say why.")


def _call(url: str, *, body: dict[str, Any] | None = None, receipt: str | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Receipt {receipt}"} if receipt else {})
    request = Request(url, data=json.dumps(body).encode() if body else None, headers=headers)  # noqa: S310 (our own)
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 (our own)
            found: dict[str, Any] = json.load(answer)
            return found
    except HTTPError as error:
        problem = json.load(error)
        faults = "".join(f"\n  {fault['pointer']}: {fault['detail']}" for fault in problem.get("errors", []))
        raise CannotStart(f"{problem['detail']}{faults}") from None
    except URLError:
        raise CannotStart(f"Nothing answers at {url}; start it with `lychgate up`.") from None


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
