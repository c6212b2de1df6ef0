"""Whoever asks is shown everything that is kept about them, in words, and nothing of anybody else."""

import json
from typing import Any

from makers import World
from publisher import House
from traces import ADDRESS, NAME, SAID, Scene

from moderation.domain.audit import Act
from moderation.domain.comment import Comment
from moderation.domain.privacy import SecretEmail
from moderation.services import audit, exporting
from moderation.services.identities import prints_at


def exported(world: World, address: str = ADDRESS, **choices: Any) -> dict[str, Any]:
    """Give an export as it travels."""
    prints = prints_at(world.deps, world.site.id, SecretEmail.parse(address))
    told = exporting.export(world.deps, world.site, prints, **choices)
    found: dict[str, Any] = json.loads(json.dumps(told))
    return found


def test_everything_that_is_kept_is_shown(scene: Scene, traces: list[Comment]) -> None:
    told = exported(scene.world)

    public, held, undone, *_ = told["comments"]
    assert [one["id"] for one in told["comments"]][:6] == [str(comment.id) for comment in traces]
    assert (public["email"], public["name"], public["text"]) == (ADDRESS, NAME, f"{SAID} 1.")
    assert (public["network"], public["status"], public["flags"]) == ("198.51.100.0/24", "approved", 1)
    assert {score["kind"] for score in public["scores"]} >= {"spam", "toxicity"}
    (look,) = public["address_shown"]
    assert (look["who"], look["by"], look["reason"]) == ("Ada", "person", f"Asked {ADDRESS}.")
    assert [one["told"] for one in held["decisions"]] == [
        "The site's policy published it.",
        "A moderator held it for a moderator: read-twice.",
    ]
    assert (held["decisions"][-1]["who"], held["decisions"][-1]["note"]) == ("Ada", f"The warbling of {NAME}.")
    assert (undone["status"], undone["text"]) == ("deleted", f"{SAID} 3."), "kept for a day, and so it is shown"
    assert {each["text"] for each in told["notes"]} == {f"{NAME} again.", f"{NAME} here."}
    assert [each["mark"] for each in told["bans"]] == ["address", "network", "name"]
    assert [box["silent"] for box in told["mailboxes"]] == [False]
    assert len(told["wants_to_be_told"]) == 1
    assert [mail["cause"] for mail in told["mails"]] == ["decision"]
    (heard,) = told["told_to"]
    assert heard["host"] == "127.0.0.1"
    assert heard["events"] > 6


def test_an_appeal_and_what_its_author_was_told_are_in_it(scene: Scene) -> None:
    scene.appeals()

    (comment,) = exported(scene.world)["comments"]

    assert comment["appeal"]["text"] == f"It is no warbling, says {NAME}."
    assert (comment["appeal"]["outcome"], comment["appeal"]["who"]) == (None, None)
    assert comment["decisions"][-2]["public_note"] == f"Your warbling, {NAME}."


def test_who_works_there_may_be_left_out(scene: Scene, traces: list[Comment]) -> None:
    assert len(traces) == 6
    assert "Ada" in json.dumps(exported(scene.world))
    assert "Ada" not in json.dumps(exported(scene.world, name_staff=False))


def test_nothing_of_anybody_else_is_in_it_and_that_it_was_made_is_in_the_audit(house: House) -> None:
    house.world.has("Something by Ben.", email="ben@example.com", name="Ben")

    told = exported(house.world)

    assert {name: value for name, value in told.items() if value} == {"site": told["site"]}
    (entry,) = audit.trail(house.world.deps, [house.world.site.id], {"acts": (Act.AUTHOR_EXPORTED,)}).rows
    assert (entry["by"], entry["told"], entry["subject"]) == ("operator", {}, None)
