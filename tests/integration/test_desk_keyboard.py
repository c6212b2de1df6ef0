"""Keys of one's own at the desk: what is wrong is said beside its field, and nothing of it is kept."""

import html
from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Moderator
from makers import World

from moderation.services import people

PAGE = "/console/account/keyboard"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url)) as made:
        yield made


def test_keys_are_kept_for_whoever_chose_them_and_nobody_else(world: World) -> None:
    ada, bert = Moderator.of(world, "Ada"), Moderator.of(world, "Bert")

    ada.sends(PAGE, {"approve": "A", "undo": ""})

    assert people.by_name(world.deps, "Ada").keys == {"approve": "a"}
    assert people.by_name(world.deps, "Bert").keys == {}
    assert (
        '"approve": "a"' in html.unescape(ada.sees().text),
        '"approve": "f"' in html.unescape(bert.sees().text),
    ) == (
        True,
        True,
    )

    ada.sends(PAGE, {"usual": "yes", "approve": "a"})

    assert people.by_name(world.deps, "Ada").keys == {}


@pytest.mark.parametrize("typed", ['"><script>alert(1)</script>', "1", "d", "\x00", "ab"])
def test_what_is_no_key_is_shown_again_with_what_is_wrong(world: World, typed: str) -> None:
    ada = Moderator.of(world, "Ada")

    answer = ada.sends(PAGE, {"approve": typed})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "<script>alert" not in answer.text
    assert people.by_name(world.deps, "Ada").keys == {}
