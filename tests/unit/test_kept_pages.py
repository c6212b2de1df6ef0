"""Pages kept in memory: never an old version, never more than there is room for."""

from moderation.http.kept import Kept, Pages


def test_a_page_is_given_only_in_the_version_that_is_wanted() -> None:
    pages = Pages()
    pages.keep("a", Kept(1, b"first", None))

    assert pages.get("a", 2) is None
    pages.keep("a", Kept(2, b"second", "next"))

    assert pages.get("a", 1) is None
    assert pages.get("a", 2) == Kept(2, b"second", "next")


def test_the_page_that_was_not_asked_for_longest_makes_room() -> None:
    pages = Pages(most=10)
    for name in "abcde":
        pages.keep(name, Kept(1, b"xx", None))
    pages.get("a", 1)

    pages.keep("f", Kept(1, b"xxxx", None))

    assert [name for name in "abcdef" if pages.get(name, 1)] == ["a", "d", "e", "f"]


def test_a_newer_version_takes_the_room_of_the_older_one() -> None:
    pages = Pages(most=10)
    for version in range(100):
        pages.keep("a", Kept(version, b"x" * 8, None))
    pages.keep("b", Kept(1, b"xx", None))

    assert pages.get("a", 99)
    assert pages.get("b", 1)


def test_what_is_larger_than_all_the_room_is_not_kept() -> None:
    pages = Pages(most=10)
    pages.keep("a", Kept(1, b"x" * 11, None))

    assert pages.get("a", 1) is None
