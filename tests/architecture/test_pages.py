"""The architecture page names what is there, and what is there is named."""

import re
from pathlib import Path

import pytest
from makers import KEY, SECRET

from config.queues import QUEUE_OF
from moderation.domain.signal import SCORED
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

    for module in ("workers.tasks.scoring", "workers.tasks.deliver", "workers.tasks.housekeeping"):
        __import__(module)
    assert set(QUEUE_OF) == {str(bell) for bell in Bell}
    assert set(Bell) <= set(app.tasks)
    assert {kind: scorer.kind for kind, scorer in shipped_scorers().items()} == {kind: kind for kind in SCORED}


def test_every_reason_a_policy_gives_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "policies.md").read_text(encoding="utf-8")
    shipped = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config" / "policies").glob("*.toml"))
    codes = set(re.findall(r'^code = "(.+)"', shipped, re.MULTILINE)) | {
        "unscored",
        "scoring-failed",
        "flagged",
        "staff",
    }
    assert [code for code in sorted(codes) if f"`{code}`" not in page] == []
