"""Working the queue by key: what is listed, what a decision needs, and what can be taken back."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from api import Api, new_key
from fakes.scorers import obedient
from makers import World

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action
from moderation.domain.scope import Scope
from moderation.services import authors, events

QUEUE = "/v1/moderation/comments"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


@pytest.fixture
def edge(sqlite_url: str) -> Iterator[Api]:
    """What is read of a request is the same over every database."""
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield Api.over(world)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def test_every_signal_names_its_scorer(world: World, api: Api) -> None:
    comment = world.has("maybe-spam, and no-toxicity-score")

    signals = api.get(f"{QUEUE}/{comment.id}").json["signals"]

    assert {signal["kind"]: signal["scorer"] for signal in signals} == {
        "spam": "obedient-spam",
        "toxicity-abstained": "obedient-toxicity",
    }


def test_without_a_filter_the_queue_shows_every_state_newest_first(world: World, api: Api) -> None:
    held, approved, pending = world.has("maybe-spam"), world.has("Lovely photos!"), world.receives("Not judged yet.")

    found = api.get(QUEUE)

    assert ids(found) == [str(pending.id), str(approved.id), str(held.id)]
    assert ids(api.get(f"{QUEUE}?sort=oldest")) == [str(held.id), str(approved.id), str(pending.id)]
    assert found.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query",
    [
        "status=approved",
        "thread=article-2",
        "thread=https://news.example/story/%3Futm_source=x",
        "author=Zoe",
        "author=ZOE@example.com",
        "q=wombat",
        "q=WOMBAT",
        "lang=de",
        "q=100%25",
    ],
)
def test_a_filter_finds_what_it_says_and_nothing_else(world: World, api: Api, query: str) -> None:
    world.has("maybe-spam, and another matter altogether")
    target = {
        "thread": "https://news.example/story" if "story" in query else "article-2",
        "name": "Zoe",
        "email": "zoe@example.com",
    }
    wanted = world.has("A wombat is 100% lovely.", **target)
    speaks(world, wanted, "de")
    world.words()

    assert ids(api.get(f"{QUEUE}?{query}")) == [str(wanted.id)]


def speaks(world: World, comment: Comment, language: str) -> None:
    with world.deps.uow(None) as uow:
        uow.comments.set_languages({comment.id: language})
        uow.commit()


def test_the_site_filter_takes_the_keys_own_site_by_id_or_key(world: World, api: Api) -> None:
    comment = world.receives()

    assert ids(api.get(f"{QUEUE}?site={api.site.id}")) == [str(comment.id)]
    assert ids(api.get(f"{QUEUE}?site={api.site.key}")) == [str(comment.id)]
    assert api.get(f"{QUEUE}?site={api.elsewhere().site.id}").status_code == 404


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_pages_give_everything_once_and_carry_their_filter(world: World, api: Api, sort: str) -> None:
    expected = [str(world.receives(f"Comment number {number} of seven.").id) for number in range(7)]
    world.receives("Elsewhere.", thread="article-2")

    seen, path = [], f"{QUEUE}?limit=3&thread=article-1&sort={sort}"
    while path:
        page = api.get(path)
        seen += ids(page)
        path = page.headers["Link"].partition(">")[0].removeprefix("<http://lychgate.test") if page.json["next"] else ""

    assert seen == (expected if sort == "oldest" else expected[::-1])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=unknown", "/status"),
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("sort=best", "/sort"),
        ("cursor=made-up", "/cursor"),
        ("colour=red", "/colour"),
        ("q=%00", "/q"),
    ],
)
def test_a_filter_that_means_nothing_is_named(edge: Api, query: str, pointer: str) -> None:
    refused = edge.get(f"{QUEUE}?{query}")

    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json["errors"]] == [pointer]


def test_a_cursor_of_another_list_is_refused(world: World, api: Api) -> None:
    world.receives("The first of two comments.")
    world.receives("The second of two comments.")
    cursor = api.get(f"{QUEUE}?limit=1").json["next"]

    assert api.get(f"{QUEUE}?limit=1&cursor={cursor}").status_code == 200
    assert api.get(f"{QUEUE}?limit=1&status=held&cursor={cursor}").status_code == 422


def test_one_comment_shows_everything_that_helps_to_decide_it(world: World, api: Api) -> None:
    earlier = world.has("Lovely photos!", email="zoe@example.com")
    comment = world.has("maybe-spam, it says here", email="zoe@example.com", name="Zoe")

    found = api.get(f"{QUEUE}/{comment.id}")

    assert found.headers["ETag"] == f'"{comment.version}"'
    shown = found.json
    assert (shown["id"], shown["status"], shown["version"]) == (str(comment.id), "held", comment.version)
    assert shown["reasons"] == list(comment.reasons)
    assert shown["author"]["email"] == "z***@e***.com"
    assert shown["author"]["record"]["approved"] == 1
    assert shown["author"]["record"]["held"] == 1
    assert {signal["kind"]: signal["findings"][0]["spans"] for signal in shown["signals"]}["spam"] == [[0, 4]]
    assert [(step["previous"], step["status"], step["by"]) for step in shown["history"]] == [
        ("pending", "held", "policy")
    ]
    assert "zoe@example.com" not in found.text
    assert str(earlier.id) not in found.text


@pytest.mark.parametrize(
    ("action", "status"),
    [("approve", "approved"), ("hold", "held"), ("reject", "rejected"), ("spam", "spam"), ("delete", "deleted")],
)
def test_a_decision_on_the_version_that_was_seen_is_made(world: World, api: Api, action: str, status: str) -> None:
    comment = world.receives()

    made = api.decide(comment, action, reason="house-rules", note="Seen before.")

    assert made.status_code == 201
    assert made.json["comment"]["status"] == status
    assert made.json["comment"]["reasons"] == ["house-rules"]
    assert made.json["comment"]["history"][-1]["id"] == made.json["id"]
    assert made.json["comment"]["history"][-1]["by"] == "key"
    assert made.json["comment"]["history"][-1]["note"] == "Seen before."


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 428),
        ("", 428),
        ("*", 428),
        ('"1"', 201),
        ("1", 201),
        ('W/"1"', 412),
        ('"0"', 412),
        ('"2"', 412),
        ('"1', 412),
        ('"one"', 412),
        ('"1", "2"', 412),
        ('"' + "9" * 5000 + '"', 412),
        ('"\u0661"', 412),
    ],
)
def test_if_match_must_name_the_version_that_is_there(edge: Api, tag: str | None, status: int) -> None:
    comment = edge.world.receives()
    headers = {} if tag is None else {"If-Match": tag}

    answer = edge.post(f"{QUEUE}/{comment.id}/decisions", {"action": "approve"}, headers=headers)

    assert answer.status_code == status
    assert (edge.world.status_of(comment) is Status.APPROVED) == (status == 201)


def test_what_is_not_there_is_not_found_before_its_version_is_asked_for(api: Api) -> None:
    assert api.post(f"{QUEUE}/{uuid4()}/decisions", {"action": "approve"}).status_code == 404


def test_of_two_who_saw_the_same_version_the_second_is_told(world: World, api: Api) -> None:
    comment = world.has("maybe-spam")

    assert api.decide(comment, "approve", comment.version).status_code == 201
    late = api.decide(comment, "spam", comment.version)

    assert late.status_code == 412
    assert world.status_of(comment) is Status.APPROVED


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/action"}),
        ({"action": "publish"}, {"/action"}),
        ({"action": "reject", "reason": "Not nice!"}, {"/reason"}),
        ({"action": "reject", "reason": "a" * 65}, {"/reason"}),
        ({"action": "reject", "note": "n" * 1001}, {"/note"}),
        ({"action": "reject", "note": "\0", "status": "approved"}, {"/note", "/status"}),
    ],
)
def test_every_fault_of_a_decision_is_named(edge: Api, body: dict[str, Any], pointers: set[str]) -> None:
    comment = edge.world.receives()

    refused = edge.post(f"{QUEUE}/{comment.id}/decisions", body, headers={"If-Match": '"1"'})

    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json["errors"]} == pointers
    assert edge.world.status_of(comment) is Status.PENDING


@pytest.mark.parametrize("name", [None, "items", "decisions"])
def test_of_many_decisions_each_has_its_own_result(world: World, api: Api, name: str | None) -> None:
    stale, good, gone = world.has("maybe-spam"), world.receives(), uuid4()
    foreign = api.elsewhere()
    items = [
        {"comment": str(good.id), "version": 1, "action": "approve", "reason": "fine"},
        {"comment": str(stale.id), "version": 1, "action": "approve"},
        {"comment": str(gone), "version": 1, "action": "approve"},
    ]

    def wrapped(items: list[Any]) -> Any:
        return {name: items} if name else items

    answer = api.post("/v1/moderation/decisions", wrapped(items))

    assert answer.status_code == 200
    assert answer.json["next"] is None
    first, second, third = answer.json["items"]
    assert (first["comment"], first["status"], first["version"]) == (str(good.id), "approved", 2)
    assert (second["comment"], second["error"]["status"]) == (str(stale.id), 412)
    assert (third["comment"], third["error"]["status"]) == (str(gone), 404)
    assert foreign.post("/v1/moderation/decisions", wrapped(items[:1])).json["items"][0]["error"]["status"] == 404


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [
        ([{"comment": "x", "version": 1, "action": "approve"}], {"/0/comment"}),
        (
            {"decisions": [{"comment": str(uuid4()), "version": "1", "action": "y"}]},
            {"/decisions/0/version", "/decisions/0/action"},
        ),
        ({"items": [{"version": 1, "action": "approve"}]}, {"/items/0/comment"}),
        ({"items": [], "more": 1}, {"/more"}),
        ("approve", {""}),
        ([{"comment": str(uuid4()), "version": 1, "action": "approve"}] * 101, {""}),
    ],
)
def test_faults_in_many_decisions_point_into_what_was_sent(edge: Api, sent: Any, pointers: set[str]) -> None:
    refused = edge.post("/v1/moderation/decisions", sent)

    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json["errors"]} == pointers


def settled(world: World, api: Api, status: str) -> Comment:
    """Give a comment that stands in a state, by the ways that lead there."""
    comment = world.receives() if status == "pending" else world.has("maybe-spam")
    if status not in {"pending", "held"}:
        api.decide(comment, {"approved": "approve", "rejected": "reject", "deleted": "delete"}.get(status, status))
    return world.look(comment)


@pytest.mark.parametrize("before", ["pending", "approved", "held", "spam", "rejected"])
def test_undo_brings_back_the_state_before(world: World, api: Api, before: str) -> None:
    for action in Action:
        comment = settled(world, api, before)
        decision = api.decide(comment, action, reason="a-mistake").json["id"]

        undone = api.post(f"/v1/moderation/decisions/{decision}/undo")

        assert undone.status_code == 201
        shown = undone.json["comment"]
        assert (shown["status"], shown["reasons"]) == (before, list(comment.reasons))
        assert shown["history"][-1]["undoes"] == decision
        assert shown["version"] == comment.version + 2


def test_an_undone_decision_on_a_waiting_comment_leaves_it_to_the_scorers_again(world: World, api: Api) -> None:
    comment = world.receives("SPAM and nothing else")
    decision = api.decide(comment, "approve").json["id"]

    api.post(f"/v1/moderation/decisions/{decision}/undo")
    world.scores()

    assert world.status_of(comment) is Status.SPAM


def test_only_the_latest_decision_can_be_undone(world: World, api: Api) -> None:
    comment = world.receives()
    older = api.decide(comment, "approve").json["id"]
    newer = api.decide(comment, "spam").json["id"]

    refused = api.post(f"/v1/moderation/decisions/{older}/undo")
    assert (refused.status_code, refused.json["type"]) == (409, "/docs/problems#newer-decision")

    assert api.post(f"/v1/moderation/decisions/{newer}/undo").json["comment"]["status"] == "approved"
    assert api.post(f"/v1/moderation/decisions/{newer}/undo").status_code == 409
    assert api.post(f"/v1/moderation/decisions/{uuid4()}/undo").status_code == 404


def test_what_is_deleted_is_decided_only_after_an_undo(world: World, api: Api) -> None:
    comment = world.receives()
    api.decide(comment, "delete")

    refused = api.decide(comment, "approve")

    assert (refused.status_code, refused.json["type"]) == (409, "/docs/problems#deleted")


def test_an_address_is_shown_only_with_its_own_scope_and_the_look_is_written_down(world: World, api: Api) -> None:
    comment = world.receives(email="zoe@example.com")
    path = f"{QUEUE}/{comment.id}/email"
    moderator = new_key(world, api.site, [Scope.MODERATE, Scope.ADMIN])

    assert api.post(path, {"reason": "She asked."}, secret=moderator).status_code == 404
    assert api.post(path, {"reason": " "}).status_code == 422
    assert looks(world) == []

    shown = api.post(path, {"reason": "She asked."})

    assert shown.json == {"email": "zoe@example.com"}
    assert shown.headers["Cache-Control"] == "no-store"
    assert [(look.comment_id, look.reason) for look in looks(world)] == [(comment.id, "She asked.")]


def looks(world: World) -> list[Any]:
    """Read the audit as it is stored."""
    from sqlalchemy import select  # noqa: PLC0415

    from moderation.adapters.db.models import RevealRow  # noqa: PLC0415

    with world.deps.reading(world.site.id) as uow:
        return list(uow.connection.execute(select(RevealRow.__table__)))  # type: ignore[attr-defined]


def feed(api: Api, after: str | None = None, limit: int = 2) -> list[dict[str, Any]]:
    """Follow the feed page by page to its end."""
    found: list[dict[str, Any]] = []
    while True:
        page = api.get(f"/v1/events?limit={limit}" + (f"&after={after}" if after else "")).json
        found += page["items"]
        if not page["items"]:
            assert page["next"] is None
            return found
        after = page["next"]


def test_the_feed_gives_every_change_once_and_in_order(world: World, api: Api) -> None:
    first = world.has("Lovely photos!")
    second = world.has("maybe-spam", thread="article-2")
    api.decide(second, "reject", reason="off-topic")
    number(world)

    told = feed(api)

    assert [(item["type"], item["data"]["comment"]["id"], item["sequence"]) for item in told] == [
        ("comment.received", str(first.id), 1),
        ("comment.approved", str(first.id), 2),
        ("comment.received", str(second.id), 1),
        ("comment.held", str(second.id), 2),
        ("comment.rejected", str(second.id), 3),
    ]
    assert told[-1]["data"]["previous"] == "held"
    assert told[-1]["data"]["by"] == "key"
    assert told[-1]["data"]["comment"]["reasons"] == ["off-topic"]
    assert told[-1]["data"]["comment"]["thread"] == "article-2"
    assert len({item["id"] for item in told}) == 5
    assert feed(api, after=told[2]["id"]) == told[3:]


def test_a_cursor_leads_on_to_what_comes_later(world: World, api: Api) -> None:
    world.receives("The first comment here.")
    number(world)
    cursor = api.get("/v1/events").json["next"]
    assert api.get(f"/v1/events?after={cursor}").json == {"items": [], "next": None}

    late = world.receives("The second comment here.")
    assert api.get(f"/v1/events?after={cursor}").json["items"] == []  # It has no place in the order yet.
    number(world)

    assert [item["data"]["comment"]["id"] for item in api.get(f"/v1/events?after={cursor}").json["items"]] == [
        str(late.id)
    ]
    assert api.elsewhere().get(f"/v1/events?after={cursor}").status_code == 422


def number(world: World) -> None:
    while events.number(world.deps):
        pass


def test_an_old_event_never_carries_a_newer_text(world: World, api: Api) -> None:
    comment = world.has("The harmless first text.")
    authors.edit(world.deps, comment.id, "A second text that nobody has judged.")
    number(world)

    told = {item["type"]: item["data"]["comment"] for item in feed(api)}

    assert (told["comment.approved"]["text"], told["comment.approved"]["html"]) == (None, None)
    assert told["comment.edited"]["text"] == "A second text that nobody has judged."


@pytest.mark.parametrize(("sign", "kept"), [("a", {"text", "html"}), ("😀", {"text"}), ('"', {"text"})])
def test_what_is_over_twenty_kilobytes_leaves_out_its_html_first(
    world: World, api: Api, sign: str, kept: set[str]
) -> None:
    size = {"a": 9_000, "😀": 4_000, '"': 9_000}[sign]
    world.has(f"{sign * size} and words beside")
    number(world)

    shown = feed(api)[-1]["data"]["comment"]

    assert {name for name in ("text", "html") if shown[name] is not None} == kept


def test_the_longest_text_leaves_the_event_without_it(world: World, api: Api) -> None:
    world.has("😀" * 10_000)
    number(world)

    shown = feed(api)[-1]["data"]["comment"]

    assert (shown["text"], shown["html"]) == (None, None)
