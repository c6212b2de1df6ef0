"""What the guide tells receivers to write verifies what we sign, in every language, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from recipes import GUIDE, RECIPES, Case, code_of

from moderation.adapters.signing import signed
from moderation.domain.event import encoded
from moderation.domain.remote import new_secret
from moderation.http.told import EXAMPLES

NEW, OLD, OTHER = new_secret(), new_secret(), new_secret()
ODD: Final = {"type": "ping", "text": 'Füße, 日本, 🌻\n\u2028 and "quotes"'}


def sent(body: bytes, *secrets: str, late: float = 0.0) -> dict[str, str]:
    """Sign a body as it leaves here, or as it left here so many seconds ago."""
    return dict(signed(list(secrets), "evt_1", body, datetime.now(UTC) - timedelta(seconds=late)))


def ours() -> dict[str, Case]:
    """Give what a receiver has to take."""
    bodies = {kind: encoded(example) for kind, example in EXAMPLES.items()}
    bodies |= {"odd text": encoded(ODD), "no body": b"", "octets": bytes(range(256))}
    taken = {name: Case(NEW, sent(body, NEW), body) for name, body in bodies.items()}
    body = bodies["ping"]
    taken |= {
        f"rotated, {name}": Case(secret, sent(body, NEW, OLD), body) for name, secret in (("new", NEW), ("old", OLD))
    }
    return taken | {"four minutes late": Case(NEW, sent(body, NEW, late=240), body)}


def forged() -> dict[str, Case]:
    """Give what a receiver has to refuse, and without falling over."""
    body = encoded(EXAMPLES["ping"])
    headers = sent(body, NEW)
    moments = ("", "now", "²", "-1", "1e9", " 1", "9" * 40, str(int(headers["webhook-timestamp"]) + 1))
    tokens = ("", " ", "v1", "v1,", "v1,not base64!", "v1,AAAA", "v1a,AAAA", "é", headers["webhook-signature"][3:])
    changed = {"webhook-id": ("", "evt_2", "é"), "webhook-timestamp": moments, "webhook-signature": tokens}
    refused = {
        f"{name}: {value!r}": Case(NEW, {**headers, name: value}, body)
        for name, values in changed.items()
        for value in values
    }
    refused |= {f"without {name}": Case(NEW, {k: v for k, v in headers.items() if k != name}, body) for name in changed}
    return refused | {
        "tampered": Case(NEW, headers, body + b" "),
        "of another": Case(OTHER, headers, body),
        "recorded": Case(NEW, sent(body, NEW, late=360), body),
        "of the future": Case(NEW, sent(body, NEW, late=-360), body),
        "after the overlap": Case(OLD, headers, body),
    }


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", RECIPES)
def test_a_recipe_takes_what_is_ours_and_refuses_what_is_not(language: str, tmp_path: Path) -> None:
    recipe = RECIPES[language]
    if not recipe.is_here():
        pytest.skip(f"{recipe.command[0]} is not installed: the recipe in {GUIDE.name} for it did not run.")
    taken, refused = ours(), forged()

    verdicts = recipe.verdicts(code_of(language), [*taken.values(), *refused.values()], tmp_path)

    said = dict(zip([*taken, *refused], verdicts, strict=True))
    assert [name for name in taken if not said[name]] == []
    assert [name for name in refused if said[name]] == []
