"""Members whom a site signed in: they type no name, nobody writes as them, and they are known by their id alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from api import PUBLIC_URL, Api
from makers import ORIGIN, World
from membership import claims_at, header_of, signed
from werkzeug.test import TestResponse

from moderation.domain.comment import Status
from moderation.domain.privacy import SecretEmail
from moderation.http import discussion
from moderation.services import sites

FIRST_HELD = """
otherwise = "approved"
[[rules]]
code = "first-comment"
signal = "first-comment"
at_least = 1
outcome = "held"
"""
Sends = Callable[..., TestResponse]


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


@pytest.fixture
def secret(api: Api) -> str:
    return str(api.post(f"/v1/sites/{api.site.id}/member-secret").json["secret"])


@pytest.fixture
def sends(api: Api, secret: str) -> Sends:
    """Send a reply with a token for these claims."""

    def send(text: str = "A calm remark.", *, fields: Any = None, headers: Any = None, **claims: Any) -> TestResponse:
        token = signed(claims_at(api.site.key, api.world.clock(), **claims), secret)
        body = {"thread": "article-1", "text": text, **(fields or {})}
        along = {**header_of(token), "Origin": ORIGIN, **(headers or {})}
        return api.post(f"/v1/sites/{api.site.key}/comments", body, secret=None, headers=along)

    return send


def code_of(answer: TestResponse) -> str:
    return str(answer.json["type"]).partition("#")[2]


def test_a_member_types_neither_name_nor_address_and_no_field_overrides_theirs(sends: Sends) -> None:
    typed = {"name": "The Editor", "email": "eve@example.com", "website": "https://ann.example"}
    sent = sends(fields=typed, email="ann@example.com")
    bare = sends("No address at all.", sub="43")

    assert sent.json["author"] == {"name": "Ann", "email": "a***@e***.com", "url": "https://ann.example"}
    assert (bare.status_code, bare.json["author"]["email"]) == (202, None)


def test_a_member_is_known_by_their_id_alone(api: Api, sends: Sends) -> None:
    world = api.world
    world.site = sites.change(world.deps, world.site.id, policy=FIRST_HELD)
    first = world.look(_id(sends("The first.", email="ann@example.com")))
    world.scores()
    api.decide(first, "approve")

    again = _id(sends("The second, under another name.", name="Ann B.", email=None))
    other = _id(sends("The first of somebody else.", sub="43", email="ann@example.com"))
    typed = world.has("By the same address, unsigned.", email="ann@example.com").id
    receipt = world.deps.seals.receipt(first.id)
    stolen = world.has("With a receipt of hers.", email="ann@example.com", receipt=receipt).id
    world.scores()

    assert [world.status_of(each) for each in (again, other, typed, stolen)] == [Status.APPROVED, *[Status.HELD] * 3]
    prints = {world.look(each).fingerprint for each in (first.id, other, typed)}
    assert world.look(again).fingerprint == world.look(first).fingerprint
    assert len(prints) == 3
    assert world.deps.seals.fingerprint(world.site.id, SecretEmail("ann@example.com")) == world.look(typed).fingerprint


def test_the_same_id_at_another_site_is_somebody_else(api: Api, sends: Sends, secret: str) -> None:
    theirs = api.elsewhere()
    own = theirs.post(f"/v1/sites/{theirs.site.id}/member-secret").json["secret"]
    path = f"/v1/sites/{theirs.site.key}/comments"
    body = {"thread": "article-1", "text": "A calm remark."}

    def elsewhere(site_key: str, signing: str) -> TestResponse:
        token = signed(claims_at(site_key, api.world.clock()), signing)
        return theirs.post(path, body, secret=None, headers=header_of(token))

    ours = api.world.look(_id(sends()))
    there = api.world.look(_id(elsewhere(theirs.site.key, own)))
    assert ours.fingerprint != there.fingerprint
    refused = [elsewhere(api.site.key, secret), elsewhere(theirs.site.key, secret), elsewhere(api.site.key, own)]
    assert [(each.status_code, code_of(each)) for each in refused] == [(401, "member-token-invalid")] * 3


def test_a_token_ends_and_one_with_a_name_is_good_for_one_comment(api: Api, sends: Sends) -> None:
    once = {"jti": "t1", "headers": {"Idempotency-Key": "k1"}}
    first, repeated = sends(**once), sends(**once)
    lost = sends(jti="t1")
    used = sends("Another remark.", jti="t1")
    issued = api.world.clock() - timedelta(minutes=7)
    over = sends("Too late.", iat=int(issued.timestamp()), exp=int((issued + timedelta(minutes=5)).timestamp()))

    assert first.json["id"] == repeated.json["id"] == lost.json["id"]
    assert [(each.status_code, code_of(each)) for each in (used, over)] == [
        (401, "member-token-used"),
        (401, "member-token-expired"),
    ]
    assert used.headers["WWW-Authenticate"] == 'Member realm="lychgate"'
    api.world.clock.forward(minutes=30)
    assert sends(**once, iat=int(issued.timestamp()), exp=int(issued.timestamp()) + 300).json["id"] == first.json["id"]


def test_where_only_members_may_comment_nobody_else_does(api: Api, sends: Sends) -> None:
    path = f"/v1/sites/{api.site.key}/comments"
    typed = {
        "thread": "article-1",
        "name": "Bo",
        "email": "bo@example.com",
        "text": "A remark by nobody in particular.",
    }
    chosen = api.call("PATCH", f"/v1/sites/{api.site.id}", json={"members_only": True})
    about = api.app.test_client().get(f"/embed/{api.site.key}/about?thread=article-1").json
    client = api.app.test_client()

    assert (chosen.json["members"], chosen.json["members_only"], about["members_only"]) == (True, True, True)
    refused = api.post(path, typed, secret=None)
    assert (refused.status_code, code_of(refused)) == (401, "members-only")
    form = client.post(path, data={**typed, "lang": "de"})
    assert (form.status_code, "Hier dürfen nur Mitglieder" in form.text, typed["text"] in form.text) == (
        401,
        True,
        True,
    )
    theme = {"comment_post_ID": "article-1", "author": "Bo", "email": "bo@example.com", "comment": "A remark."}
    assert client.post(f"/{api.site.key}/wp-comments-post.php", data=theme).status_code == 403
    assert sends().status_code == 202
    assert api.post(path, typed).status_code == 202


def test_a_form_holds_the_token_in_a_field_and_asks_for_neither_name_nor_address(api: Api, secret: str) -> None:
    client, path = api.app.test_client(), f"/v1/sites/{api.site.key}/comments"
    claims = claims_at(api.site.key, api.world.clock(), name="Ann of the house")
    typed = {"thread": "article-1", "member": signed(claims, secret)}

    empty = client.post(path, data=typed)
    sent = client.post(path, data={**typed, "text": "By a member.", "name": "The Editor"})
    theme = {"comment_post_ID": "article-1", "comment": "By a member, from a theme.", "member": typed["member"]}
    themed = client.post(f"/{api.site.key}/wp-comments-post.php", data={**theme, "author": "The Editor"})
    api.world.scores()
    api.world.clock.forward(minutes=10)
    over = client.post(path, data={**typed, "text": "Written for longer than that."})

    assert (empty.status_code, sent.status_code, themed.status_code) == (422, 303, 302)
    assert "Ann of the house" in empty.text
    assert typed["member"] in empty.text
    assert 'name="email"' not in empty.text
    listed = api.get(f"{path}?thread=article-1", secret=None).json["items"]
    assert [item["author"]["name"] for item in listed] == ["Ann of the house"] * 2
    assert (over.status_code, "Written for longer" in over.text, typed["member"] in over.text) == (401, True, False)


def test_the_frame_is_shown_to_a_member_whose_token_is_in_a_body_and_in_no_address(api: Api, secret: str) -> None:
    first = api.world.has("Who remembers the old shingles?", name="Margaret")
    client, path = api.app.test_client(), f"/embed/{api.site.key}/thread?thread=article-1"
    token = signed(claims_at(api.site.key, api.world.clock(), name="Ann of the house"), secret)

    mine = client.post(path, data={"member": token}, headers={"Origin": ORIGIN})
    forged = client.post(path, data={"member": f"{token}x"}, headers={"Origin": ORIGIN})

    assert (mine.status_code, "Ann of the house" in mine.text, 'name="email"' in mine.text) == (200, True, False)
    assert f'formaction="/embed/{api.site.key}/thread?thread=article-1&amp;lang=en&amp;replyto={first.id}' in mine.text
    assert not [line for line in mine.text.splitlines() if "href" in line and token in line]
    assert (forged.status_code, "You could not be signed in" in forged.text, 'name="email"' in forged.text) == (
        401,
        True,
        True,
    )


def test_a_frame_goes_on_being_a_members_after_they_have_sent_and_on_its_later_pages(
    api: Api, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discussion, "MOST", 1)
    for text in ("The first.", "The second."):
        api.world.has(text)
    client, submit = api.app.test_client(), f"/v1/sites/{api.site.key}/comments"
    frame = f"{PUBLIC_URL}/embed/{api.site.key}/thread?thread=article-1&lang=en&received=1#respond"

    def sends(text: str, back: str = frame, **claims: Any) -> tuple[int, TestResponse]:
        """Send the form, and go where it leads as a browser does: with the form again after 307."""
        token = signed(claims_at(api.site.key, api.world.clock(), name="Ann of the house", **claims), secret)
        body = {"thread": "article-1", "text": text, "member": token, "redirect_to": back}
        sent = client.post(submit, data=body, headers={"Origin": PUBLIC_URL})
        assert token not in sent.location
        if sent.status_code == 307:
            return 307, client.post(sent.location, data=body, headers={"Origin": PUBLIC_URL})
        return sent.status_code, client.get(sent.location)

    status, shown = sends("By a member.")
    assert (status, shown.status_code) == (307, 200)
    assert "waiting to be read" in shown.text
    assert "Ann of the house" in shown.text
    assert 'formaction="/embed/' in shown.text.partition('class="more"')[2]
    status, spent = sends("By a token for one comment.", jti="t1")
    assert (status, "Ann of the house" in spent.text, 'name="email"' in spent.text) == (303, False, True)
    assert sends("From a form of the site's.", f"{PUBLIC_URL}/embed/{api.site.key}/received")[0] == 303


def test_members_only_needs_that_there_can_be_members(api: Api) -> None:
    refused = api.call("PATCH", f"/v1/sites/{api.site.id}", json={"members_only": True})

    assert refused.json["errors"][0]["code"] == "member-secret-missing"


def test_a_new_secret_leaves_the_one_before_it_a_day_and_ending_leaves_none(api: Api, sends: Sends) -> None:
    path = f"/v1/sites/{api.site.id}/member-secret"
    renewed = api.post(path).json
    assert renewed["old_secret_until"] is not None
    assert sends("By the old secret.").status_code == 202

    api.world.clock.forward(days=1)
    assert code_of(sends("By the old secret, a day later.")) == "member-token-invalid"
    fresh = claims_at(api.site.key, api.world.clock())
    along = header_of(signed(fresh, renewed["secret"]))
    comments, body = f"/v1/sites/{api.site.key}/comments", {"thread": "article-1", "text": "By the new secret."}
    assert api.post(comments, body, secret=None, headers=along).status_code == 202
    assert api.call("DELETE", path).status_code == 204
    assert code_of(api.post(comments, body, secret=None, headers=along)) == "member-token-invalid"
    assert api.get(f"/v1/sites/{api.site.id}").json["members"] is False


def _id(answer: TestResponse) -> UUID:
    return UUID(answer.json["id"])
