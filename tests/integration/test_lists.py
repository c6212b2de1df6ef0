"""The owner's own lists and campaigns, as those who run an installation set them up."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from api import Api
from makers import KEY, SECRET, World
from servers.command import lychgate


@pytest.fixture
def lists(tmp_path: Path, sqlite_url: str) -> dict[str, str]:
    """Settings that name a file of words."""
    (tmp_path / "words.txt").write_text("gadget*\nbuy followers\n", encoding="utf-8")
    secrets = {"LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}
    return {"LYCHGATE_DATABASE_URL": sqlite_url, "LYCHGATE_WORD_LISTS": str(tmp_path / "words.txt"), **secrets}


def test_a_worker_does_not_start_with_a_faulty_list(lists: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "domains.txt").write_text("good.example\nhttps://no.example/\n", encoding="utf-8")
    others = {"LYCHGATE_DOMAIN_LISTS": f"{tmp_path / 'domains.txt'},{tmp_path / 'missing.txt'}"}

    done = lychgate("worker", folder=tmp_path, **lists, **others)

    assert done.returncode == 1
    assert f"{tmp_path / 'domains.txt'}:2: " in done.stderr
    assert f"{tmp_path / 'missing.txt'}: " in done.stderr
    assert "no.example" not in done.stderr


def test_the_doctor_looks_at_the_lists(lists: dict[str, str], tmp_path: Path) -> None:
    def told() -> dict[str, object]:
        done = lychgate("doctor", "--json", folder=tmp_path, **lists)
        [found] = [item for item in json.loads(done.stdout) if item["check"] == "lists"]
        return {key: found[key] for key in ("sound", "what")}

    assert told() == {"sound": True, "what": "2 words, 0 domains, 0 services"}

    (tmp_path / "words.txt").write_text("fine\n*\n", encoding="utf-8")
    found = told()
    assert found["sound"] is False
    assert str(found["what"]).startswith(f"{tmp_path / 'words.txt'}:2: ")


def test_a_site_shares_campaigns_once_its_owner_says_so(lists: dict[str, str], tmp_path: Path) -> None:
    def said(*words: str) -> object:
        done = lychgate("site", *words, "--json", folder=tmp_path, **lists)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout).get("share_campaigns")

    said("add", "News")
    assert said("show", "News") is False
    assert said("set", "News", "--share-campaigns") is True
    assert said("set", "News", "--close-after-days", "30") is True
    assert said("set", "News", "--keep-campaigns") is False


def test_by_key_too(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url)) as world:
        _shared_by_key(Api.over(world))


def _shared_by_key(api: Api) -> None:
    path = f"/v1/sites/{api.site.id}"

    assert api.get(path).json["share_campaigns"] is False
    assert api.call("PATCH", path, json={"share_campaigns": True}).json["share_campaigns"] is True
    assert api.get(path).json["share_campaigns"] is True
    assert api.call("PATCH", path, json={"share_campaigns": "yes"}).status_code == 422
    assert api.get(path).json["learn"] is True
    assert api.call("PATCH", path, json={"learn": False}).json["learn"] is False
