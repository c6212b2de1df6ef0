"""The document describes webhooks as they are: what is told fits it, and the sample receiver takes whatever fits."""

import importlib.util
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import Any, Final, cast

import pytest
import schemathesis
from api import app_over
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_rs import Draft202012Validator
from publisher import House
from recipes import GUIDE, code_of
from schemathesis import Case, GenerationMode

from moderation.adapters.signing import signed
from moderation.domain.decision import Action
from moderation.domain.event import encoded
from moderation.domain.remote import new_secret
from moderation.http.told import TOLD
from moderation.services import appeals, authors, erasing, flags, review, webhooks

PROGRAM: Final = GUIDE.parents[2] / "examples" / "receiver" / "receiver.py"
SECRET: Final = new_secret()
BOUNDED: Final = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Document = dict[str, Any]


@pytest.fixture
def document(house: House) -> Document:
    found = app_over(house.world).test_client().get("/openapi.json").json
    return cast("Document", found)


def fitting(document: Document, schema: Mapping[str, Any]) -> Draft202012Validator:
    """Give what holds something against a schema of the document."""
    return Draft202012Validator({**schema, "components": document["components"]}, validate_formats=True)


def lives(house: House) -> None:
    """Let everything happen that there is to tell."""
    deps, site = house.world.deps, house.world.site
    moderator = review.Moderator(site.id, deps.new_id())
    edited = house.world.has("Lovely photos!", website="https://ann.example/")
    flags.flag(deps, site.id, edited.id, reason="spam", address="203.0.113.77")
    authors.edit(deps, edited.id, "Lovely photos, all of them!")
    house.world.scores()
    authors.withdraw(deps, house.world.has("Not for long.", parent=edited.id).id)
    house.world.has("SPAM and more of it.")
    held = house.world.has("maybe-toxicity, who knows?")
    review.decide(deps, moderator, review.Wish(held.id, held.version, Action.REJECT))
    appeals.appeal(deps, held.id, "I only asked.")
    gone = house.world.has("Nothing that anybody would keep.", email="gone@example.com")
    (erasure,) = erasing.ask(deps, site.id, [gone.fingerprint or b""])
    while erasing.erase(deps, erasure):
        pass


def test_whatever_is_told_is_as_the_document_says(house: House, document: Document) -> None:
    receiver = house.listens()
    lives(house)
    webhooks.ping(house.world.deps, house.world.site.id, receiver.endpoint.id)
    house.tells()
    house.insists()

    assert {*receiver.types} == {*TOLD}
    for headers, body in receiver.server.asked:
        said = document["webhooks"][json.loads(body)["type"]]["post"]
        fitting(document, said["requestBody"]["content"]["application/json"]["schema"]).validate(json.loads(body))
        for each in said["parameters"]:
            fitting(document, each["schema"]).validate(headers[each["name"]])


@pytest.mark.parametrize("kind", TOLD)
def test_the_documents_examples_fit_what_it_says(document: Document, kind: str) -> None:
    content = document["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]

    fitting(document, content["schema"]).validate(content["example"])


def test_the_guide_shows_an_example_of_the_document(document: Document) -> None:
    shown = json.loads(code_of("json"))

    assert shown == document["webhooks"][shown["type"]]["post"]["requestBody"]["content"]["application/json"]["example"]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The sample receiver, as it comes."""
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    spec = importlib.util.spec_from_file_location("receiver", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", TOLD)
def test_the_sample_receiver_takes_whatever_fits_if_it_is_signed_and_nothing_else(
    receiver: ModuleType, document: Document, kind: str
) -> None:
    alone = {name: document[name] for name in ("openapi", "info", "components")}
    paths = {"/hooks": document["webhooks"][kind]}
    operation = schemathesis.openapi.from_dict({**alone, "paths": paths})["/hooks"]["POST"]
    client = receiver.app.test_client()

    @BOUNDED
    @given(case=operation.as_strategy(GenerationMode.POSITIVE))
    def sent(case: Case) -> None:
        body = encoded(cast("Document", case.body))
        headers = signed([SECRET], case.body["id"], body, datetime.now(UTC))
        told = partial(client.post, "/hooks", data=body, content_type="application/json")
        assert told(headers=headers).status_code == 200
        assert told(headers=headers).json == {"taken": False}
        assert told(headers=dict(case.headers)).status_code == 401

    sent()
