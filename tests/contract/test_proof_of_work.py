"""Proof of work at intake: asked for where the site wants it, good once, in nobody's way who has no script."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from api import Api, app_over
from makers import Seconds, World
from membership import claims_at, header_of, signed
from solving import solved
from werkzeug.test import TestResponse

from moderation.adapters.limits import MovingLimits
from moderation.domain.comment import Comment, Status
from moderation.domain.site import Proof
from moderation.services import sites
from moderation.services.limits import RISKY

TEXT = "A calm and friendly remark about the harvest."
GOOD = {"thread": "article-1", "name": "Ann", "email": "ann@example.com", "text": TEXT}


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def asks(api: Api, proof: Proof) -> None:
    api.world.site = sites.change(api.world.deps, api.site.id, proof=proof)
    api.app = app_over(api.world)


def challenge(api: Api, thread: str = "article-1") -> TestResponse:
    return api.get(f"/v1/sites/{api.site.key}/challenge?thread={thread}", secret=None)


def sends(api: Api, headers: Mapping[str, str] | None = None, **fields: Any) -> TestResponse:
    return api.post(f"/v1/sites/{api.site.key}/comments", {**GOOD, **fields}, secret=None, headers=dict(headers or {}))


def judged(api: Api, answer: TestResponse) -> Comment:
    api.world.scores()
    return api.world.look(UUID(answer.json["id"]))


def _rows(api: Api) -> list[Mapping[str, Any]]:
    with api.world.deps.views(api.site.id) as views:
        return list(views.queue(api.site.id, {}, after=None, limit=100))


def faults(answer: TestResponse) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]]


def test_who_brings_a_proof_is_published_and_who_brings_none_waits_for_a_person(api: Api) -> None:
    asks(api, Proof.ALWAYS)
    proof = solved(challenge(api).json)

    with_it = judged(api, sends(api, proof=proof))
    without = judged(api, sends(api, name="Bo", email="bo@example.com"))
    assert (with_it.status, with_it.reasons) == (Status.APPROVED, ())
    assert (without.status, without.reasons) == (Status.HELD, ("no-proof",))


def test_a_form_without_script_waits_for_a_person(api: Api) -> None:
    asks(api, Proof.ALWAYS)
    sent = api.app.test_client().post(f"/v1/sites/{api.site.key}/comments", data=GOOD)
    api.world.scores()

    assert sent.status_code == 303
    assert [(row["status"], row["reasons"]) for row in _rows(api)] == [(Status.HELD, ["no-proof"])]


def test_a_proof_is_good_for_one_comment_and_the_same_request_gets_the_first_answer(api: Api) -> None:
    asks(api, Proof.ALWAYS)
    proof = solved(challenge(api).json)
    first = sends(api, {"Idempotency-Key": "k1"}, proof=proof)
    again = sends(api, {"Idempotency-Key": "k1"}, proof=proof)
    lost = sends(api, proof=proof)

    assert first.json["id"] == again.json["id"] == lost.json["id"]
    replayed = sends(api, name="Bo", email="bo@example.com", text="Something else.", proof=proof)
    elsewhere = sends(api, thread="article-2", proof=proof)
    assert (faults(replayed), faults(elsewhere)) == ([("/proof", "proof-used")], [("/proof", "proof-invalid")])


def test_a_challenge_ends_and_the_work_is_done_again(api: Api) -> None:
    asks(api, Proof.ALWAYS)
    proof = solved(challenge(api).json)
    api.world.clock.forward(minutes=20)

    assert faults(sends(api, proof=proof)) == [("/proof", "proof-expired")]
    assert faults(sends(api, proof="none")) == [("/proof", "proof-invalid")]


def test_what_was_answered_is_answered_again_when_its_proof_is_over(api: Api) -> None:
    asks(api, Proof.ALWAYS)
    proof = solved(challenge(api).json)
    first = sends(api, {"Idempotency-Key": "k1"}, proof=proof)
    api.world.clock.forward(minutes=30)

    again = sends(api, {"Idempotency-Key": "k1"}, proof=proof)
    other = sends(api, {"Idempotency-Key": "k1"}, proof=proof, text="Something else.")
    fresh = sends(api, {"Idempotency-Key": "k2"}, proof=proof, text="Something else.")

    assert (again.status_code, again.json["id"]) == (202, first.json["id"])
    assert faults(other) == [("/Idempotency-Key", "idempotency-key-reused")]
    assert faults(fresh) == [("/proof", "proof-expired")]


def test_who_is_known_needs_no_proof(api: Api) -> None:
    asks(api, Proof.ALWAYS)
    secret = api.post(f"/v1/sites/{api.site.id}/member-secret").json["secret"]
    api.app = app_over(api.world)
    token = signed(claims_at(api.site.key, api.world.clock()), secret)

    member = judged(api, sends(api, header_of(token)))
    server = judged(api, api.post(f"/v1/sites/{api.site.key}/comments", {**GOOD, "text": "By a server."}))
    assert [member.status, server.status] == [Status.APPROVED] * 2


def test_where_none_is_asked_for_none_is_given_and_none_is_looked_at(api: Api) -> None:
    assert challenge(api).status_code == 204
    assert judged(api, sends(api, proof="anything")).status is Status.APPROVED


def test_while_it_is_busy_proofs_are_asked_for_a_little_before_they_are_due(world: World) -> None:
    world.deps = replace(world.deps, limits=MovingLimits(None, clock=Seconds()))
    api = Api.over(world)
    asks(api, Proof.RISKY)
    assert challenge(api).status_code == 204

    sent = []
    for number in range(RISKY["network"]):
        if number == RISKY["network"] - 1:
            assert challenge(api).status_code == 200
        sent.append(sends(api, name=f"Ann {number}", email=f"ann{number}@example.com"))

    world.scores()
    statuses = {str(row["id"]): row["status"] for row in _rows(api)}
    assert [statuses[each.json["id"]] for each in sent] == [*[Status.APPROVED] * (len(sent) - 1), Status.HELD]
    proof = solved(challenge(api).json)
    assert judged(api, sends(api, name="Bo", email="bo@example.com", proof=proof)).status is Status.APPROVED
