"""The owner's own lists: read whole, compared as they are meant, and every fault told with its file and line."""

from pathlib import Path

import pytest

from moderation.adapters.scorers.own import ENTRY_MAX, NO_LISTS, OwnLists, read_lists
from moderation.domain.errors import Invalid


def written(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_without_files_nothing_is_listed() -> None:
    assert read_lists((), (), ()) == NO_LISTS
    assert not NO_LISTS.blocks("example.com")


def test_files_are_read_together_and_each_entry_once(tmp_path: Path) -> None:
    words = [
        written(tmp_path, "a.txt", "\ufeff# ours\n\ngadget*\n  buy followers \n"),
        written(tmp_path, "b.txt", "gadget*\r\nc++\r\n"),
    ]
    domains = [written(tmp_path, "d.txt", "Example.COM\n*.other.example\n.third.example\nbücher.example")]
    own = read_lists(words, domains, [written(tmp_path, "t.txt", "gone.example\n")])

    assert own.words.words == ("gadget*", "buy followers", "c++")
    assert own.domains == {"example.com", "other.example", "third.example", "xn--bcher-kva.example"}
    assert own.throwaway == {"gone.example"}


@pytest.mark.parametrize(
    ("host", "blocked"),
    [
        ("example.com", True),
        ("www.example.com", True),
        ("notexample.com", False),
        ("com", False),
        ("example.com.evil.example", False),
        ("bücher.example", True),
        ("xn--bcher-kva.example", True),
        ("", False),
        ("ü" * 200, False),
    ],
)
def test_a_domain_covers_what_lies_under_it(host: str, blocked: bool) -> None:  # noqa: FBT001
    lists = OwnLists(domains=frozenset({"example.com", "xn--bcher-kva.example"}))

    assert lists.blocks(host) is blocked


def test_every_fault_is_told_with_its_file_and_line_and_without_the_entry(tmp_path: Path) -> None:
    words = written(tmp_path, "words.txt", f"good\n*\n\u200b\n{'x' * (ENTRY_MAX + 1)}\n")
    domains = written(tmp_path, "domains.txt", "https://secret.example/path\nexample\n-a.example\ngood.example\n")
    missing, foreign = str(tmp_path / "missing.txt"), written(tmp_path, "latin.txt", b"good\nb\xfccher\n")

    with pytest.raises(Invalid) as refused:
        read_lists((words, foreign), (domains,), (missing, str(tmp_path)))

    assert [fault.pointer for fault in refused.value.faults] == [
        *(f"{words}:{line}" for line in (2, 3, 4)),
        f"{foreign}:2",
        *(f"{domains}:{line}" for line in (1, 2, 3)),
        missing,
        str(tmp_path),
    ]
    assert "secret" not in "".join(fault.detail for fault in refused.value.faults)
