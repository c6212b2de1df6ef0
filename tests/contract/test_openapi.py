"""The document keeps its word: whatever is sent, only described answers come back, and never a fault of ours."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final
from uuid import UUID

import pytest
import schemathesis
from api import Api, described_calls, new_key
from fakes.scorers import obedient
from hypothesis import HealthCheck, Phase, given, settings
from makers import World
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from moderation.domain.ban import Effect, Mark
from moderation.domain.number import number_of
from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.services import bans, canned_notes, house_rules, notes, staff, webhooks
from moderation.services.bans import BanWish, Whom
from moderation.services.keys import listed
from moderation.services.notes import About

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
REFUSING: Final = [400, 401, 404, 409, 411, 412, 413, 415, 422, 428]
"""What is sent wrongly gets one of these, and nothing is done."""
CONFIG: Final = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSING}}})
BOUNDED: Final = settings(
    max_examples=8,
    derandomize=True,  # The same requests in every run.
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def api(sqlite_url: str) -> Iterator[Api]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield Api.over(world)


def things(api: Api) -> dict[str, str]:
    """Name one of everything, so that requests reach further than "not found"."""
    comment = api.world.has("Lovely photos!")
    api.decide(comment, "hold")
    new_key(api.world, api.site, [Scope.READ])
    endpoint, _ = webhooks.add(api.world.deps, api.site.id, url="https://news.example/hooks")
    webhooks.ping(api.world.deps, api.site.id, endpoint.id)
    (rule,) = house_rules.begin(api.world.deps, api.site.id, ["civil"])
    banned = BanWish(Effect.BAN, Mark.ADDRESS, "Sells photos.")
    deps = api.world.deps
    note = canned_notes.keep(api.world.deps, api.site.id, "Try again", "Without the first sentence, gladly.")
    return {
        "pk": api.site.key,
        "site_id": str(api.site.id),
        "comment_id": str(comment.id),
        "thread_id": str(api.world.look(comment).thread_id),
        "decision_id": str(api.world.log_of(comment)[-1].id),
        "endpoint_id": str(endpoint.id),
        "number": str(number_of(comment.id)),
        "rule_id": str(rule.id),
        "note_id": str(note.id),
        "written_id": str(notes.put(deps, api.site.id, comment.id, "Seen before.", about=About.COMMENT).id),
        "ban_id": str(bans.put(deps, api.site.id, Whom(comment.id), banned).id),
        "key_id": str(listed(api.world.deps, api.site.id)[-1].id),
        "person_id": str(staff.hire(api.world.deps, name="Ada", roles={api.site.id: Role.OWNER}).id),
    }


def credentials(api: Api, case: Case, named: dict[str, str]) -> dict[str, str]:
    """Prove oneself in the way that the route asks for."""
    ways = {name for way in case.operation.definition.raw.get("security", ()) for name in way}
    if "receipt" in ways:
        return {"Authorization": f"Receipt {api.world.deps.seals.receipt(UUID(named['comment_id']))}"}
    return {"Authorization": f"Bearer {api.secret}"} if "key" in ways else {}


CALLS: Final = [
    pytest.param(method, path, mode, id=f"{method} {path} {mode.value}")
    for method, path, steerable in described_calls()
    for mode in (GenerationMode if steerable else [GenerationMode.POSITIVE])
]


@pytest.mark.parametrize(("method", "path", "mode"), CALLS)
def test_whatever_is_sent_is_answered_as_described(api: Api, method: str, path: str, mode: GenerationMode) -> None:
    operation = schemathesis.openapi.from_wsgi("/openapi.json", api.app, config=CONFIG)[path][method]
    named = things(api)
    real = {name: value for name, value in named.items() if f"{{{name}}}" in path}

    @BOUNDED
    @given(case=operation.as_strategy(mode, path_parameters=real or None))
    def sent(case: Case) -> None:
        answer = case.call(headers=credentials(api, case, named))
        case.validate_response(answer, checks=CHECKS)

    sent()
