"""Appeals as authors and moderators see them: by the API, on the status page, and in their tab at the desk."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from api import PUBLIC_URL, Api, app_over
from desk import Moderator
from fakes.scorers import obedient
from flask.testing import FlaskClient
from makers import KEY, SECRET, World
from servers.command import lychgate
from werkzeug.test import TestResponse

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor
from moderation.services import review
from moderation.services.review import Moderator as Decider
from moderation.services.review import Wish

WORDS = "It names no company: <b>Anlage</b> is German for a park."
JSON = {"Accept": "application/json"}
LINE = re.compile(r'<li data-id="([0-9a-f-]+)"')


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


@pytest.fixture
def reader(world: World) -> FlaskClient:
    return app_over(world).test_client()


def rejected(world: World, by: str = "Ada") -> tuple[Comment, Moderator]:
    """Let somebody at the desk reject a comment."""
    somebody = Moderator.of(world, by)
    comment = world.has("A remark that somebody dislikes.")
    somebody.decides(comment.id, "reject", comment.version)
    return world.look(comment), somebody


def appeals(api: Api, comment: Comment, words: str = WORDS) -> TestResponse:
    return api.post(f"/v1/comments/{comment.id}/appeal", {"text": words}, secret=None, headers=receipt(api, comment))


def receipt(api: Api, comment: Comment) -> dict[str, str]:
    return {"Authorization": f"Receipt {api.world.deps.seals.receipt(comment.id)}"}


def own(api: Api, comment: Comment) -> dict[str, Any]:
    shown = api.get(f"/v1/comments/{comment.id}", secret=None, headers=receipt(api, comment)).json
    assert isinstance(shown, dict)
    return shown


def test_an_author_sees_by_the_api_that_they_may_appeal_and_what_came_of_it(world: World, api: Api) -> None:
    comment, _ = rejected(world)
    assert own(api, comment)["appeal"]["state"] == "possible"

    assert appeals(api, comment).json["appeal"]["state"] == "waiting"
    assert appeals(api, comment).status_code == 200
    again = appeals(api, comment, "Other words.")

    assert (again.status_code, again.json["type"]) == (409, "/docs/problems#already-appealed")
    assert appeals(api, comment, " ").json["errors"][0]["pointer"] == "/text"
    assert api.decide(comment, "approve").status_code == 201
    shown = own(api, comment)
    assert (shown["status"], shown["appeal"]["state"]) == ("approved", "upheld")
    assert "appeal" not in own(api, world.has())


def test_whether_it_was_rejected_or_spam_and_by_whom_makes_no_difference(world: World, api: Api) -> None:
    person, _ = rejected(world)
    policy = world.has("SPAM and nothing else.")

    (one, other) = (own(api, comment)["appeal"] | {"until": ""} for comment in (person, policy))

    assert one == other
    assert appeals(api, policy).status_code == 200


def test_moderators_read_by_the_api_what_waits_and_the_authors_words(world: World, api: Api) -> None:
    comment, _ = rejected(world)
    world.has("SPAM and nothing else.")
    appeals(api, comment)

    listed = api.get("/v1/moderation/comments?appealed=yes").json["items"]
    shown = api.get(f"/v1/moderation/comments/{comment.id}").json

    assert [item["id"] for item in listed] == [str(comment.id)]
    assert (shown["appeal"]["text"], shown["appeal"]["outcome"]) == (WORDS, None)
    assert shown["appeal"]["against"] == shown["history"][-2]["id"]
    assert (shown["history"][-1]["by"], shown["history"][-1]["status"]) == ("author", "rejected")


def test_operators_list_what_waits(world: World, api: Api, tmp_path: Path) -> None:
    comment, _ = rejected(world)
    world.has("SPAM and nothing else.")
    appeals(api, comment)
    secrets = {"LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}

    listed = lychgate(
        "queue",
        "--appealed",
        "--json",
        folder=tmp_path,
        LYCHGATE_DATABASE_URL=world.settings.database_url,
        **secrets,
    )

    assert [item["id"] for item in json.loads(listed.stdout)] == [str(comment.id)]


def test_a_key_does_not_decide_the_appeal_against_its_own_decision(world: World, api: Api) -> None:
    comment = world.has("A remark that a program dislikes.")
    api.decide(comment, "reject")
    appeals(api, comment)
    assert api.decide(comment, "hold").status_code == 201
    assert api.decide(comment, "reject").status_code == 201, "nobody has a role at the site"

    Moderator.of(world, "Ada")
    other = world.has("Another remark that it dislikes.")
    api.decide(other, "spam")
    appeals(api, other)
    refused = api.decide(other, "spam")

    assert (refused.status_code, refused.json["type"]) == (409, "/docs/problems#own-decision")


def page(world: World) -> str:
    return f"/embed/{world.site.key}/status"


def test_the_status_page_asks_for_the_receipt_and_takes_the_appeal(world: World, reader: FlaskClient) -> None:
    comment, _ = rejected(world)
    sent = {"receipt": world.deps.seals.receipt(comment.id)}
    asked = reader.get(page(world))
    assert "Paste the receipt" in asked.text
    assert (asked.headers["Cache-Control"], asked.headers["Referrer-Policy"]) == ("no-store", "same-origin")

    shown = reader.post(f"{page(world)}/comment", data=sent, headers={"Origin": PUBLIC_URL})
    assert shown.status_code == 200
    assert "Not published" in shown.text
    assert "A remark that somebody dislikes." in shown.text
    empty = reader.post(f"{page(world)}/comment", data={**sent, "appeal": " "})
    assert empty.status_code == 422
    assert "Say why somebody should look at it again." in empty.text
    long = reader.post(f"{page(world)}/comment", data={**sent, "appeal": "<i>" * 400})
    assert long.status_code == 422
    assert "Use at most 1000 characters." in long.text
    assert "&lt;i&gt;" in long.text

    taken = reader.post(f"{page(world)}/comment", data={**sent, "appeal": WORDS})

    assert "You appealed. Somebody looks at it again." in taken.text
    assert "<textarea" not in taken.text
    second = reader.post(f"{page(world)}/comment", data={**sent, "appeal": "Other words."})
    assert second.status_code == 409
    assert "There is one appeal for each comment." in second.text


@pytest.mark.parametrize("sent", ["", "made-up", "\x00"])
def test_no_receipt_shows_nothing(world: World, reader: FlaskClient, sent: str) -> None:
    assert reader.post(f"{page(world)}/comment", data={"receipt": sent}).status_code == 404


def test_a_receipt_shows_nothing_under_another_site(world: World, api: Api, reader: FlaskClient) -> None:
    comment, _ = rejected(world)
    elsewhere = api.elsewhere()

    sent = {"receipt": world.deps.seals.receipt(comment.id), "appeal": WORDS}
    answer = reader.post(f"/embed/{elsewhere.site.key}/status/comment", data=sent)

    assert answer.status_code == 404
    assert "dislikes" not in answer.text
    assert world.look(comment).version == comment.version


def test_the_status_page_says_what_came_of_it_and_offers_nothing_where_nothing_can_be(
    world: World, api: Api, reader: FlaskClient
) -> None:
    comment, _ = rejected(world)
    appeals(api, comment)
    api.decide(comment, "reject")
    refused = reader.post(f"{page(world)}/comment", data={"receipt": world.deps.seals.receipt(comment.id)})
    public = reader.post(f"{page(world)}/comment", data={"receipt": world.deps.seals.receipt(world.has().id)})

    assert "it stays unpublished" in refused.text
    assert "Published" in public.text
    assert "Appeal" not in public.text


def test_the_desk_shows_the_appeal_beside_the_decision_and_somebody_else_decides(world: World, api: Api) -> None:
    comment, ada = rejected(world)
    appeals(api, comment)
    bo, version = Moderator.of(world, "Bo"), comment.version + 1
    assert LINE.findall(bo.sees("/console/?tab=appeals").text) == [str(comment.id)]

    card = bo.sees(f"/console/comments/{comment.id}?bare=1").text
    assert "It names no company: &lt;b&gt;Anlage&lt;/b&gt;" in card
    assert re.search(r"Against:\s+<span class=\"state rejected\">Rejected</span> by <bdi>Ada</bdi>", card)
    assert "Appealed</span> by <bdi>the author</bdi>" in card
    assert "Approving upholds the appeal" in card
    assert "is your own" in ada.sees(f"/console/comments/{comment.id}?bare=1").text

    refused = ada.decides(comment.id, "approve", version, headers=JSON)
    assert refused.status_code == 409
    assert refused.get_json(force=True)["detail"].startswith("The decision that is appealed is your own;")
    assert "is your own" in ada.decides(comment.id, "reject", version).text
    together = {"action": "approve", "seen": f"{comment.id}:{version}"}
    assert "1 is an appeal against a decision of yours" in ada.sends("/console/decisions", together).text

    bo.decides(comment.id, "approve", version)

    assert world.status_of(comment) is Status.APPROVED
    assert LINE.findall(bo.sees("/console/?tab=appeals").text) == []
    assert "No appeals" in bo.sees("/console/?tab=appeals").text
    assert "The appeal was upheld." in bo.sees(f"/console/comments/{comment.id}?bare=1").text


def test_who_decides_late_hears_that_the_author_appealed(world: World, api: Api) -> None:
    comment, _ = rejected(world)
    bo = Moderator.of(world, "Bo")
    appeals(api, comment)

    late = bo.decides(comment.id, "reject", comment.version, headers=JSON)

    assert late.status_code == 412
    assert late.get_json(force=True)["detail"] == "Its author appealed meanwhile."


def test_words_whose_key_is_lost_keep_nobody_from_deciding(world: World, api: Api) -> None:
    comment, _ = rejected(world)
    appeals(api, comment)
    with world.deps.uow(None) as uow:
        uow.connection.exec_driver_sql("UPDATE appeal SET text = x'00'")  # type: ignore[attr-defined]
        uow.commit()
    bo = Moderator.of(world, "Bo")

    assert "the key that opens them is missing" in bo.sees(f"/console/comments/{comment.id}?bare=1").text
    wish = Wish(comment.id, comment.version + 1, Action.APPROVE)
    decided = review.decide(world.deps, Decider(world.site.id, world.deps.new_id(), Actor.PERSON), wish)
    assert decided.status is Status.APPROVED


def test_appeals_are_limited_like_what_is_sent_else(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url, scorers=obedient(), rate_limits="on")) as world:
        api, comment = Api.over(world), world.has("SPAM and nothing else.")
        made = [appeals(api, comment).status_code for _ in range(11)]
        sent = {"receipt": world.deps.seals.receipt(comment.id), "appeal": WORDS}
        shown = app_over(world).test_client().post(f"{page(world)}/comment", data=sent)

    assert made == [200] * 10 + [429]
    assert (shown.status_code, int(shown.headers["Retry-After"]) > 0) == (429, True)
    assert "That was a little fast." in shown.text
