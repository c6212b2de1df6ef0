"""Answers kept in memory: the newest of each, and never more than there is room for."""

from uuid import UUID

from moderation.http.kept import Kept, Pages, Shown

SHOWN = Shown(None, "article", UUID(int=1), 1)  # type: ignore[arg-type] (whose site it is makes no difference here)


def page(body: bytes, version: int = 1) -> Kept:
    return Kept(SHOWN._replace(version=version), [], body)


def test_a_newer_answer_takes_the_place_of_the_older_one() -> None:
    pages = Pages()
    pages.keep("a", page(b"first", 1))
    pages.keep("a", page(b"second", 2))

    assert pages.get("a") == page(b"second", 2)
    assert pages.get("b") is None


def test_the_answer_that_was_not_asked_for_longest_makes_room() -> None:
    pages = Pages(most=15)
    for name in "abcde":
        pages.keep(name, page(b"xx"))
    pages.get("a")

    pages.keep("f", page(b"xxxx"))

    assert [name for name in "abcdef" if pages.get(name)] == ["a", "d", "e", "f"]


def test_a_newer_answer_takes_the_room_of_the_older_one() -> None:
    pages = Pages(most=12)
    for version in range(100):
        pages.keep("a", page(b"x" * 8, version))
    pages.keep("b", page(b"xx"))

    assert pages.get("a")
    assert pages.get("b")


def test_names_and_headers_take_room_too() -> None:
    pages = Pages(most=10)
    pages.keep("a-long-name", page(b""))
    assert pages.get("a-long-name") is None

    pages.keep("a", Kept(SHOWN, [("Link", "<there>")], b""))
    assert pages.get("a") is None


def test_what_is_larger_than_all_the_room_is_not_kept() -> None:
    pages = Pages(most=10)
    pages.keep("a", page(b"x" * 11))

    assert pages.get("a") is None
