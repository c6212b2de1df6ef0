"""Endpoints at the command line: changed bit by bit, warned of, and removed."""

import json
from contextlib import closing
from typing import Any

from makers import KEY, SECRET, World
from servers.command import lychgate


def test_an_endpoint_is_changed_bit_by_bit_and_a_name_that_nobody_knows_is_warned_of(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url)) as world:
        where = {"LYCHGATE_DATABASE_URL": sqlite_url, "LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}

    def says(*words: str) -> tuple[dict[str, Any], str]:
        done = lychgate("webhook", *words, "--json", **where)
        return json.loads(done.stdout or "{}"), done.stderr

    made, warned = says("add", "--site", world.site.name, "https://nobody.invalid/hooks", "--event", "comment.spam")
    changed, _ = says("set", made["id"], "--language", "en", "--header", "X-Desk: sports", "--all-events")
    back, _ = says("set", made["id"], "--language", "", "--no-headers", "--description", "The cache")
    refused, why = says("set", made["id"], "--url", "https://127.1/hooks")
    removed, _ = says("remove", made["id"])

    assert "no server of this name was found" in warned
    assert (made["events"], changed["events"]) == (["comment.spam"], [])
    assert (changed["language"], changed["headers"]) == ("en", ["X-Desk"])
    assert (back["language"], back["headers"], back["description"]) == (None, [], "The cache")
    assert (refused, "a server that is public" in why) == ({}, True)
    assert removed == {"removed": made["id"]}
