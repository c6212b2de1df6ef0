"""The page of numbers, its files, and the same by key and at the command line."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from api import Api
from click.testing import CliRunner
from desk import PASSWORD, Moderator, hires
from fakes.scorers import obedient
from history import Week
from makers import World

from moderation.cli import numbers as numbers_command
from moderation.domain.decision import Action
from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.http.console.numbers import COLUMNS
from moderation.http.console.pictures import bars, scale
from moderation.services import people, sites, tallies
from moderation.wiring import starting_policy

ROOM = "/console/numbers"


@pytest.fixture
def week(sqlite_url: str) -> Iterator[Week]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield Week(world).plays()


def let_in(week: Week, name: str) -> Moderator:
    people.set_password(week.world.deps, people.by_name(week.world.deps, name), PASSWORD)
    somebody = Moderator.of(week.world, f"not {name}", {})
    somebody.client = somebody.app.test_client()
    assert somebody.signs_in(name).status_code == 302
    return somebody


def rows(somebody: Moderator, section: str, query: str = "") -> list[dict[str, str]]:
    answer = somebody.sees(f"{ROOM}/{section}.csv?{query}")
    assert answer.mimetype == "text/csv"
    assert f'filename="{section}-2026-03-03.csv"' in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_page_draws_every_section_with_a_table_beneath(week: Week) -> None:
    shown = let_in(week, "Bob").sees(ROOM)

    assert shown.status_code == 200
    assert shown.text.count('role="img"') == shown.text.count("</desc>") == 12
    assert len(set(re.findall(r'\bid="([^"]+)"', shown.text))) == len(re.findall(r'\bid="([^"]+)"', shown.text))
    assert "style=" not in shown.text
    assert "<script" not in shown.text
    assert "Of 3 that people decided, half waited 10 min or less" in shown.text


@pytest.mark.parametrize("section", COLUMNS)
def test_every_section_is_a_file(week: Week, section: str) -> None:
    told = rows(let_in(week, "Bob"), section)

    assert tuple(told[0]) == COLUMNS[section]


def test_files_say_what_is_known(week: Week) -> None:
    bob = let_in(week, "Bob")

    ada = next(row for row in rows(bob, "people") if row["name"] == "Ada")
    assert (ada["decisions"], ada["overturned"], ada["of"], ada["share"]) == ("3", "1", "3", "0.3333")
    assert (float(ada["low"]), float(ada["high"])) == pytest.approx((0.0615, 0.7923), abs=1e-4)
    assert next(row for row in rows(bob, "rates") if row["name"] == "toxicity")["of"] == "3"
    assert rows(bob, "hours", "zone=Europe/Berlin")[9]["arrived"] == "4"
    assert rows(bob, "hours", "zone=Nowhere/Land&days=3")[8]["arrived"] == "4", "what cannot be read narrows nothing"


def test_a_year_is_told_by_weeks_and_two_years_by_months(week: Week) -> None:
    bob = let_in(week, "Bob")

    assert [row["comments"] for row in rows(bob, "arrivals", "days=365") if row["slot"] == "2026-W10"] == ["8"]
    assert {row["slot"]: row["decided"] for row in rows(bob, "waits", "days=730")}["2026-03"] == "3"
    assert rows(bob, "people", "days=365") == rows(bob, "people", "days=90")
    page = bob.sees(f"{ROOM}?days=730").text
    assert ">2026-03</text>" in page
    assert "not counted yet" not in page
    assert Api.over(week.world).get("/v1/numbers?days=365").get_json()["days_left_out"] == 0


def test_days_that_nobody_has_counted_yet_are_owned_up_to(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "PATIENCE", 0.0)
    bob = let_in(week, "Bob")
    week.at(14, 8)

    assert bob.signs_in("Bob").status_code == 302
    assert "11 days of these are not counted yet and are left out" in bob.sees(f"{ROOM}?days=365").text
    assert "not counted yet" not in bob.sees(f"{ROOM}?days=90").text


def test_all_days_are_counted_anew_where_that_is_asked_for(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers_command, "parts", lambda: week.world.deps)
    tallies.begin(week.world.deps)
    while tallies.keep(week.world.deps):
        pass

    done = CliRunner().invoke(numbers_command.numbers, ["--forget", "--json"])
    assert json.loads(done.stdout) == {"days_forgotten": 1}
    assert tallies.keep(week.world.deps) == 1


def test_no_cell_is_a_formula(week: Week) -> None:
    world = week.world
    people.create(world.deps, name="=HYPERLINK(1)", roles={world.site.id: Role.MODERATOR})
    eve = people.by_name(world.deps, "=HYPERLINK(1)")
    week.decides(eve, world.has("maybe-toxicity again"), Action.REJECT)

    assert "'=HYPERLINK(1)" in [row["name"] for row in rows(let_in(week, "Bob"), "people")]


def test_a_moderator_is_told_no_others_name(week: Week) -> None:
    ada = let_in(week, "Ada")

    assert [row["name"] for row in rows(ada, "people")] == ["Ada", ""]
    page = ada.sees(ROOM).text
    assert "all others" in page
    assert "Bob" not in page


def test_nobody_sees_the_numbers_of_other_sites(week: Week) -> None:
    world = week.world
    elsewhere = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    stranger = Moderator.of(world, "Eve", {elsewhere.id: Role.OWNER})

    assert stranger.sees(f"{ROOM}?site={world.site.id}").status_code == 404
    assert stranger.sees(f"{ROOM}/people.csv?site={world.site.id}").status_code == 404
    assert rows(stranger, "people") == []
    assert sum(int(row["comments"]) for row in rows(stranger, "arrivals")) == 0
    assert stranger.sees(f"{ROOM}/secrets.csv").status_code == 404
    assert Moderator(stranger.app).sees(ROOM).status_code == 303
    nobody = hires(world, "Nobody", {})
    assert nobody.sites() == ()


def test_a_key_is_told_the_numbers_of_its_site_and_no_name(week: Week) -> None:
    api = Api.over(week.world)
    other = api.elsewhere()
    told = api.get("/v1/numbers?days=7").get_json()

    assert (told["waiting"], told["pending"], told["oldest"]) == (1, 1, "2026-03-03T14:00:00.000Z")
    assert (told["median_wait"], told["p90_wait"]) == (630, 7200)
    assert {work["actor"] for work in told["people"]} == {str(week.ada.id), str(week.bob.id)}
    assert {work["name"] for work in told["people"]} == {None}
    assert other.get("/v1/numbers").get_json()["waiting"] == 0
    assert api.get("/v1/numbers?days=8").status_code == 422
    assert api.get("/v1/numbers?zone=Nowhere/Land").status_code == 422
    weak = Api.over(week.world, [Scope.READ, Scope.SUBMIT])
    assert weak.get("/v1/numbers").status_code == 404


@pytest.mark.parametrize(
    ("most", "expected"), [(0, (1, 1)), (3, (3, 1)), (10, (10, 5)), (401, (600, 200)), (0.5, (1, 1))]
)
def test_an_axis_ends_at_a_round_number(most: float, expected: tuple[float, float]) -> None:
    assert scale(most) == expected


def test_nothing_is_drawn_of_nothing() -> None:
    assert bars([], []).boxes == []
