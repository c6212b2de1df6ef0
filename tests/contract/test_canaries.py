"""Nobody's address is anywhere but under its seal: seeded through every door, looked for everywhere."""

import base64
import hashlib
import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

import leaks
import pytest
from api import PUBLIC_URL, new_key
from fakes.scorers import obedient
from flask import Flask
from leaks import ADDRESSES, PLACES, Canaries
from makers import World
from membership import claims_at, header_of, signed
from prometheus_client import CollectorRegistry, Counter, generate_latest
from servers.mail import Mailbox, mailbox
from servers.valkey import Broker
from sqlalchemy import text
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.domain.number import number_of
from moderation.domain.scope import Scope
from moderation.domain.site import Proof
from moderation.http.context import Web
from moderation.http.guard import Door, mark_of
from moderation.services import members, sites

NOWHERE: Final = Canaries([*ADDRESSES, *PLACES])
"""What may be found in no place at all."""
NAMES: Final = ("Canaria Birdsong", "K\u00e4the Vogel", "\u041f\u0442\u0438\u0446\u0430 \u0417\u0438\u043c\u043e\u0439")
PLEA: Final = "canaryplea"
UNHEARD: Final = Canaries([*NAMES, "canarysong", PLEA])
"""What people may read, and what no log, broker or counter is to know."""
LINK: Final = re.compile(r"http://[\w.:]+(/embed/pk_[\w-]+/mail/\S+)")
HIDDEN: Final = re.compile(r'name="author" value="([^"]+)"')
QUERIES: Final = (
    *("?thread=article-1", "?sort=newest&thread=article-1", "?thread=article-1&limit=1", "?thread=demo&lang=de"),
    "?post=article-1&per_page=1&order=asc",
)


@dataclass
class Birdhouse:
    """An installation into which canaries are let through every door; every answer is kept."""

    world: World
    app: Flask
    broker: Broker
    logs: StringIO
    answers: list[tuple[str, bytes]] = field(default_factory=list)
    count: int = 0
    reached: set[tuple[str, str]] = field(default_factory=set)
    """What was sent, by rule and method."""

    def send(self, method: str, path: str, *, private: bool = False, **options: Any) -> TestResponse:
        """Send a request; keep the answer, unless it is for the sender's eyes alone."""
        place = {"REMOTE_ADDR": PLACES[self.count % len(PLACES)]}
        answer = self.app.test_client().open(path, method=method, environ_base=place, **options)
        assert answer.status_code < 500, answer.text
        rule, _ = self.app.url_map.bind("lychgate.test").match(path.partition("?")[0], method, return_rule=True)
        self.reached.add((rule.rule, method))
        if private:
            assert "no-store" in answer.headers["Cache-Control"]
        else:
            self.answers.append((f"{method} {path}", str(answer.headers).encode() + answer.data))
        return answer

    def reply(self, address: str, **fields: str) -> dict[str, str]:
        """Write a reply under this address."""
        self.count += 1
        name = NAMES[self.count // len(ADDRESSES) % len(NAMES)]
        said = f"A canarysong, number {self.count}."
        wishes = {"notify": "each", "notify_decision": "yes"}
        return {"thread": "article-1", "name": name, "email": address, "text": said, **wishes, **fields}

    @property
    def submit(self) -> str:
        return f"/v1/sites/{self.world.site.key}/comments"

    @property
    def frame(self) -> str:
        return f"/embed/{self.world.site.key}/thread?thread=article-1"

    def public(self) -> set[tuple[str, str]]:
        """Name all that is answered without a key, by rule and method."""
        doors = {Door.OPEN, Door.SITE, Door.RECEIPT}
        marked = ((rule, mark_of(self.app.view_functions[rule.endpoint])) for rule in self.app.url_map.iter_rules())
        open_ = [rule for rule, mark in marked if mark and mark.door in doors]
        return {(rule.rule, method) for rule in open_ for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}

    def everywhere(self) -> dict[str, bytes]:
        """Give all that could be read by whoever looks into a part of the installation."""
        with self.broker.client() as client:
            held = leaks.broker(client)
        metrics = self.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
        assert metrics.status_code == 200
        return {
            "database": leaks.database(self.world.settings.database_url),
            "broker": held,
            "logs": self.logs.getvalue().encode(),
            "metrics": metrics.data,
            **dict(self.answers),
        }


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def birdhouse(database_url: str, valkey: Broker, box: Mailbox) -> Iterator[Birdhouse]:
    valkey.flush()
    box.came.clear()
    mail = {"mail_server": box.server, "mail_from": "lychgate@news.example"}
    with (
        leaks.logged() as logs,
        closing(World.at(database_url, scorers=obedient(), rate_limits="on", broker_url=valkey.url, **mail)) as world,
    ):
        sites.change(world.deps, world.site.id, confirm=True, tell_authors=True)
        web = Web(world.deps, public_url=PUBLIC_URL, ready=dict, demo_key=world.site.key)
        yield Birdhouse(world, create_app(web), valkey, logs)
    valkey.flush()


def let_in(house: Birdhouse) -> None:
    """Let every canary through every door that a person has."""
    for address in ADDRESSES:
        sent = house.send(
            "POST", house.submit, json=house.reply(address), headers={"Idempotency-Key": str(house.count)}
        )
        assert sent.status_code == 202, sent.text
        house.send("POST", house.submit, json=house.reply(address))  # Too fast.
        house.send("POST", house.submit, json=house.reply(address, website="javascript:1", status="approved"))
        house.send("POST", house.submit, json=house.reply(f"{address}, {address}"))
        house.send("POST", house.submit, data=house.reply(address, website="ftp://x"), private=True)
        house.send("POST", house.submit, data=house.reply(f"form.{address}", redirect_to="/thanks"))
        _as_a_theme(house, address)
        house.world.scores()
        _as_author(house, sent.json or {})
    house.send("POST", house.submit, json=house.reply(f"other.{ADDRESSES[0]}", text="broken-spam canarysong"))
    house.world.scores()


def _as_a_theme(house: Birdhouse, address: str) -> None:
    """Send WordPress's form, and by its REST interface: once well, once too fast, once wrong."""
    names = {"comment": "text", "author": "name", "email": "email", "url": "website"}
    for email in (f"theme.{address}", f"theme.{address}", f"{address}, {address}"):
        said = house.reply(email)
        sent = {theirs: said.get(ours, "") for theirs, ours in names.items()} | {"comment_post_ID": "article-1"}
        themed = house.send("POST", f"/{house.world.site.key}/wp-comments-post.php", data=sent)
        if themed.status_code == 302:
            house.send("GET", f"{house.frame}&{urlsplit(themed.location).query}")
        frontend = {"author_name": said["name"], "author_email": f"rest.{email}", "content": said["text"], "post": "t"}
        house.send("POST", f"/{house.world.site.key}/wp-json/wp/v2/comments", json=frontend)


def _as_author(house: Birdhouse, comment: dict[str, Any]) -> None:
    """Do what an author can: look, edit, answer with the receipt; and what a reader can: flag."""
    own, path = {"Authorization": f"Receipt {comment['receipt']}"}, f"/v1/comments/{comment['id']}"
    seen = house.send("GET", path, headers=own)
    assert seen.json
    assert "***@" in seen.json["author"]["email"]
    house.send("POST", f"{path}/flags", json={"reason": "spam"})
    house.send("PATCH", path, headers=own, json={"text": f"Another canarysong, number {house.count}."})
    house.world.scores()


def withdraw(house: Birdhouse, address: str) -> None:
    """Take a comment back again."""
    comment = house.send("POST", house.submit, json=house.reply(address)).json or {}
    own = {"Authorization": f"Receipt {comment['receipt']}"}
    assert house.send("DELETE", f"/v1/comments/{comment['id']}", headers=own).status_code == 200


def as_members(house: Birdhouse) -> None:
    """Let the site sign people in, addresses and all: in a frame, its form, a script; well, wrongly and too late.

    Their token is given back to them alone, and only while it counts; nothing else that is shown holds an address.
    """
    world = house.world
    _, secret = members.rotate(world.deps, world.site.id)
    for number, address in enumerate(ADDRESSES):
        world.clock.forward(minutes=15)
        house.count += 1
        claims = claims_at(world.site.key, world.clock(), sub=str(number), name=NAMES[0], email=address)
        token = signed(claims, secret)
        typed = {"thread": "article-1", "member": token}
        for path, sent in ((house.frame, typed), (house.submit, typed)):
            shown = house.send("POST", path, private=True, data=sent).text
            assert token in shown
            assert not NOWHERE.in_(shown.replace(token, "").encode())
        said = {"text": f"A canarysong by member {number}.", "redirect_to": PUBLIC_URL + house.frame}
        assert house.send("POST", house.submit, data={**typed, **said}).status_code == 307
        along = {"thread": "article-1", "text": f"A canarysong, sent by a script, {number}."}
        house.send("POST", house.submit, json=along, headers=header_of(token))
        late = {"thread": "article-1", "text": "A canarysong by nobody who is known."}
        unheard = [f"{token}x", signed({**claims, "name": ""}, secret), signed({**claims, "exp": 1}, secret), address]
        world.clock.forward(minutes=15)
        for bad in (*unheard, token):
            assert house.send("POST", house.frame, data={"member": bad}).status_code == 401
            assert house.send("POST", house.submit, data={**said, **late, "member": bad}).status_code in {401, 429}
            house.send("POST", house.submit, json=late, headers=header_of(bad))
    world.scores()


def appeal(house: Birdhouse) -> None:
    """Let authors whose comments were refused appeal, on our page and by the API."""
    for address in ADDRESSES[:2]:
        said = house.reply(f"appealing.{address}", text=f"SPAM, a canarysong of {house.count}.")
        sent = house.send("POST", house.submit, json=said).json or {}
        house.world.scores()
        words = {"receipt": sent["receipt"], "appeal": f"A {PLEA}, number {house.count}."}
        page = f"/embed/{house.world.site.key}/status/comment"
        assert "You appealed" in house.send("POST", page, data=words, private=True).text
        own, path = {"Authorization": f"Receipt {sent['receipt']}"}, f"/v1/comments/{sent['id']}/appeal"
        assert house.send("POST", path, headers=own, json={"text": words["appeal"]}).status_code == 200
        assert house.send("POST", page, data={**words, "appeal": f"{PLEA} {address}"}, private=True).status_code in {
            409,
            429,
        }


def moderate(house: Birdhouse) -> None:
    """Do what a moderator can, the look at an address among it."""
    world = house.world
    bearer = {"Authorization": f"Bearer {new_key(world, world.site, list(Scope))}"}
    queue = house.send("GET", "/v1/moderation/comments?limit=100", headers=bearer).json
    assert queue
    for item in queue["items"]:
        path = f"/v1/moderation/comments/{item['id']}"
        seen = house.send("GET", path, headers=bearer)
        matched = bearer | {"If-Match": seen.headers["ETag"]}
        made = house.send(
            "POST", f"{path}/decisions", headers=matched, json={"action": "reject", "reason": "off-topic"}
        )
        assert made.json
        house.send("POST", f"/v1/moderation/decisions/{made.json['id']}/undo", headers=bearer)
        shown = house.send("POST", f"{path}/email", headers=bearer, json={"reason": "She asked."}, private=True)
        assert NOWHERE.in_(shown.data), "this is the one place"
    for address in ADDRESSES:
        found = house.send("GET", f"/v1/moderation/comments?author={quote(address)}", headers=bearer)
        assert found.json
        assert found.json["items"], "found by its fingerprint"
    world.events()
    house.send("GET", "/v1/events", headers=bearer)
    hired = {"name": "Ada", "role": "moderator", "email": ADDRESSES[0]}
    assert house.send("POST", "/v1/users", headers=bearer, json=hired).status_code == 201
    house.send("POST", "/v1/users", headers=bearer, json={**hired, "email": f"{ADDRESSES[0]},"})
    for path in ("/v1/users", "/v1/keys", "/v1/sites", f"/v1/sites/{world.site.id}/threads"):
        house.send("GET", path, headers=bearer)


def correspond(house: Birdhouse, box: Mailbox) -> None:
    """Let every mail to authors leave, ask for one's own comments, and press whatever the mails lead to."""
    own = f"/embed/{house.world.site.key}/own"
    for address in (ADDRESSES[0], f"unknown.{ADDRESSES[0]}", f"{ADDRESSES[0]},"):
        house.send("POST", own, data={"email": address})
    house.world.mails()
    for path in [path for mail in box.came for path in LINK.findall(mail.get_content())]:
        house.send("GET", path)
        pressed = house.send("POST", path, private=True)
        assert not NOWHERE.in_(pressed.data)
        if token := HIDDEN.search(pressed.text):
            listed = house.send("POST", f"{own}/comments", data={"author": token[1]}, private=True)
            assert not NOWHERE.in_(listed.data)
    house.world.has("An answer to a canarysong.", parent=house.world.look(UUID(_first(house))).id)
    house.world.mails()


def _first(house: Birdhouse) -> str:
    """Give the first comment that anybody may read."""
    return str((house.send("GET", f"{house.submit}?thread=article-1").json or {})["items"][0]["id"])


def crawl(house: Birdhouse) -> None:
    """Read every page that needs no key."""
    known = {
        "pk": house.world.site.key,
        "comment_id": _first(house),
        "number": number_of(UUID(_first(house))),
        "edition": "x",
        "name": "lychgate.css",
        "token": "x",
    }
    for rule in house.app.url_map.iter_rules():
        mark = mark_of(house.app.view_functions[rule.endpoint])
        if mark and mark.door in {Door.OPEN, Door.SITE} and "GET" in (rule.methods or ()):
            path = house.app.url_map.bind("lychgate.test").build(
                rule.endpoint, {name: known[name] for name in rule.arguments}
            )
            for query in ("", *QUERIES, f"?thread=article-1&received=1&replyto={known['comment_id']}"):
                house.send("GET", path + query)


def test_what_came_in_through_every_door_is_found_nowhere(birdhouse: Birdhouse, box: Mailbox) -> None:
    let_in(birdhouse)
    as_members(birdhouse)
    appeal(birdhouse)
    moderate(birdhouse)
    withdraw(birdhouse, f"regretted.{ADDRESSES[0]}")
    correspond(birdhouse, box)
    sites.change(birdhouse.world.deps, birdhouse.world.site.id, proof=Proof.ALWAYS)
    crawl(birdhouse)
    assert birdhouse.public() - birdhouse.reached == set()

    searched = birdhouse.everywhere()
    found = {place: canaries for place, content in searched.items() if (canaries := NOWHERE.in_(content))}
    assert found == {}
    assert len(searched) > 50
    said = [f"{mail['Subject']}\n{mail.get_content()}".encode() for mail in box.came]
    assert {mail["Subject"].partition("(")[0] for mail in box.came} >= {
        "Is this your address? ",
        "Your comments at News",
    }
    assert set[str]().union(*(NOWHERE.in_(mail) | UNHEARD.in_(mail) for mail in said)) == set()
    for place in ("broker", "logs", "metrics"):
        assert UNHEARD.in_(searched[place]) == set(), place
    heard = {place for place, content in searched.items() if PLEA.encode() in content}
    assert heard, "moderators read it"
    assert [place for place in heard if "/v1/moderation/" not in place] == [], "sealed at rest, and told to nobody else"
    assert b"attempt-failed" in searched["logs"], "there is something to look through"
    assert set(NAMES) <= UNHEARD.in_(searched["database"]), "names are kept as they are published"


def test_what_is_not_public_is_read_by_nobody_without_a_receipt_or_key(birdhouse: Birdhouse) -> None:
    for word in ("SPAM", "TOXICITY", "maybe-spam", "no-spam-score"):
        birdhouse.world.has(f"{word} canarysong", name=NAMES[0])
    birdhouse.world.has("Something that anybody may read.", name="Ann")
    birdhouse.world.receives("A canarysong that waits.", name=NAMES[1])
    crawl(birdhouse)

    assert {place for place, content in birdhouse.answers if UNHEARD.in_(content)} == set()


SPELLINGS: Final = {
    "as it is": lambda secret: secret.encode(),
    "in capitals": lambda secret: secret.upper().encode(),
    "in small letters": lambda secret: secret.lower().encode(),
    "in a URL": lambda secret: quote(secret).encode(),
    "in hex": lambda secret: secret.encode().hex().upper().encode(),
    "in base64": lambda secret: base64.b64encode(secret.encode()),
    "in base64, within": lambda secret: base64.b64encode(b"to: " + secret.encode() + b"\n"),
    "in base64 for URLs": lambda secret: base64.urlsafe_b64encode(b"?" + secret.encode()).rstrip(b"="),
    "in JSON": lambda secret: json.dumps([secret]).encode(),
    "as MD5": lambda secret: hashlib.md5(secret.lower().encode()).hexdigest().encode(),  # noqa: S324
    "as SHA-1": lambda secret: hashlib.sha1(secret.encode()).digest(),  # noqa: S324
    "as SHA-256": lambda secret: hashlib.sha256(secret.lower().encode()).hexdigest().upper().encode(),
    "as SHA-256 in base64": lambda secret: base64.b64encode(hashlib.sha256(secret.encode()).digest()),
    "as SHA-256 in base64, within": lambda secret: base64.b64encode(b"v1" + hashlib.sha256(secret.encode()).digest()),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [*ADDRESSES, *PLACES])
def test_a_planted_canary_is_found_in_every_spelling(secret: str, spelling: str) -> None:
    assert secret in NOWHERE.in_(b"before \x00" + SPELLINGS[spelling](secret) + b"\xff after")


def test_a_canary_is_found_in_every_place_where_it_is_planted(birdhouse: Birdhouse) -> None:
    secret, house = ADDRESSES[0], birdhouse
    comment = house.world.has("Something that anybody may read.")
    assert not any(map(NOWHERE.in_, house.everywhere().values()))

    with house.world.deps.uow(None) as uow:
        hashed = hashlib.md5(secret.encode()).hexdigest()  # noqa: S324
        uow.connection.execute(
            text("UPDATE comment SET website = :leak"), {"leak": f"https://avatars.example/{hashed}"}
        )
        uow.commit()
    with house.broker.client() as client:
        client.rpush("spam", base64.b64encode(secret.encode()))
    logging.getLogger("library").debug("sent to %s", secret.encode().hex())
    house.send("GET", f"{house.submit}?thread={comment.thread}")

    planted = {place for place, content in house.everywhere().items() if NOWHERE.in_(content)}
    assert planted == {"database", "broker", "logs", f"GET {house.submit}?thread={comment.thread}"}


def test_a_canary_in_a_label_of_a_counter_is_found() -> None:
    registry = CollectorRegistry()
    Counter("sent", "Sent.", ["to"], registry=registry).labels(ADDRESSES[0]).inc()

    assert NOWHERE.in_(generate_latest(registry)) == {ADDRESSES[0]}
