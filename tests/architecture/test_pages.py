"""The architecture page names what is there, and what is there is named."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest
from makers import KEY, SECRET

from config.queues import QUEUE_OF
from moderation.domain.comment import UNTOLD
from moderation.domain.signal import SCORED
from moderation.http.words import REASONS
from moderation.services.ports import Bell
from moderation.wiring import shipped_scorers

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:moderation|workers|config|tests|http|services|adapters|domain)/[\w./]*)`")


@pytest.mark.parametrize("path", sorted(set(NAMED.findall(ARCHITECTURE))))
def test_every_path_the_page_names_exists(path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / "moderation" / path).exists()


def test_every_room_of_the_house_is_on_the_page() -> None:
    rooms = [folder.name for folder in (ROOT / "moderation").iterdir() if (folder / "__init__.py").exists()]
    assert [room for room in rooms if room not in ARCHITECTURE and room != "cli"] == []


def test_every_bell_has_a_queue_and_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY}.items():
        monkeypatch.setenv(f"LYCHGATE_{name}", value)
    from workers.app import app  # noqa: PLC0415 (a Celery application is made when it is needed)

    for module in (
        "workers.tasks.scoring",
        "workers.tasks.deliver",
        "workers.tasks.housekeeping",
        "workers.tasks.learning",
        "workers.tasks.mail",
        "workers.tasks.wording",
    ):
        __import__(module)
    assert set(QUEUE_OF) == {str(bell) for bell in Bell}
    assert set(Bell) <= set(app.tasks)
    assert {kind: scorer.kind for kind, scorer in shipped_scorers().items()} == {kind: kind for kind in SCORED}


def test_every_reason_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "policies.md").read_text(encoding="utf-8")
    shipped = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config" / "policies").glob("*.toml"))
    given = {code for path in (ROOT / "moderation").rglob("*.py") for code in reasons_in(path)}
    assert {"unscored", "scoring-failed", "undone", "flagged", "staff", "in-review", "house-rules"} <= given

    codes = {*re.findall(r'^code = "(.+)"', shipped, re.MULTILINE), *given, *REASONS, *UNTOLD}

    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []


def reasons_in(path: Path) -> Iterator[str]:
    """Give the codes that a file of ours writes into a ruling or a reason, or tells an author."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {item.target.id: item.value for item in tree.body if is_named(item)}
    for node in ast.walk(tree):
        for word in words_of(node):
            match named.get(word.id) if isinstance(word, ast.Name) else word:
                case ast.Constant(value=str(code)):
                    yield code


def is_named(item: ast.stmt) -> TypeGuard[ast.AnnAssign]:
    return isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)


def words_of(node: ast.AST) -> list[ast.expr]:
    """Give what may be a code in one of the three places where there are codes."""
    match node:
        case ast.Call(func=ast.Name(id="Ruling"), args=args):
            return [word for given in args if isinstance(given, ast.Tuple) for word in given.elts]
        case ast.Call(func=ast.Name(id="Reason" | "cls"), args=[code, *_]) if isinstance(code, ast.Constant):
            return [code]
        case ast.FunctionDef(name="public_reason", body=[_, *steps]):
            return [word for step in steps for word in ast.walk(step) if isinstance(word, ast.Constant)]
    return []
