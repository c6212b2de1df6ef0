"""A theme's form, unmodified but for its action: WordPress's order of checks, its statuses, and where it leads."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from api import PUBLIC_URL, Api
from fakes.scorers import obedient
from makers import ORIGIN, World
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.domain.comment import Comment, Status
from moderation.domain.errors import TemporaryFailure
from moderation.domain.number import number_of
from moderation.domain.privacy import network
from moderation.http.compat.submitted import LONG, LOOKED_AT
from moderation.http.compat.wordpress import REFUSALS, Sent
from moderation.http.context import Web
from moderation.services import sites

PAGE = f"{ORIGIN}/2026/11/the-harvest/"
GOOD = {
    "comment": "A calm remark about the harvest.",
    "author": "Ann",
    "email": "ann@example.com",
    "url": "",
    "submit": "Post Comment",
    "comment_post_ID": "7",
    "comment_parent": "0",
}
LONG_EMAIL = f"{'a' * 60}@{'b' * 40}.com"


@dataclass
class Theme:
    """A theme's form on a page of the site."""

    world: World
    api: Api

    def sends(self, *, referrer: str = PAGE, **fields: str) -> TestResponse:
        path = f"/{self.world.site.key}/wp-comments-post.php"
        sent = {**GOOD, **fields}
        return self.api.app.test_client().post(path, data=sent, headers={"Referer": referrer, "Origin": ORIGIN})


@contextmanager
def themed(url: str, **settings: str) -> Iterator[Theme]:
    with closing(World.at(url, scorers=obedient(), **settings)) as world:
        yield Theme(world, Api.over(world))


@pytest.fixture
def theme(sqlite_url: str) -> Iterator[Theme]:
    with themed(sqlite_url) as made:
        yield made


@pytest.fixture(scope="module")
def refusing(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theme]:
    """A theme whose form is always refused, so that one is enough."""
    path = tmp_path_factory.mktemp("refusing") / "lychgate.db"
    path.write_bytes(migrated_file.read_bytes())
    with themed(f"sqlite:///{path}") as made:
        yield made


def sentence(code: str) -> str:
    return REFUSALS[code][1]


EMPTY = {"author": "", "email": "", "comment": ""}
PARENT = "comment_reply_to_unapproved_comment"
ORDER = [
    ("2 parent missing", {**EMPTY, "comment_parent": str(uuid4()), "comment_post_ID": ""}, 403, PARENT),
    ("2 parent of WordPress's own", {**EMPTY, "comment_parent": "12"}, 403, PARENT),
    ("3 post missing", {**EMPTY, "comment_post_ID": "0"}, 200, None),
    ("3 post too long", {**EMPTY, "comment_post_ID": "x" * 513}, 200, None),
    ("3 post of no address", {**EMPTY, "comment_post_ID": "https://ann@news.example/"}, 200, None),
    ("7 no name", {**EMPTY, "email": "ann@example.com"}, 200, "require_name_email"),
    ("7 no email", {**EMPTY, "author": "Ann"}, 200, "require_name_email"),
    ("7 a name of tags", {"author": " <b></b> "}, 200, "require_name_email"),
    ("7 bad email", {"email": "ann at home", "comment": ""}, 200, "require_valid_email"),
    ("8 no text", {"comment": " \n ", "author": "x" * 246}, 200, "require_valid_comment"),
    ("9 author", {"author": "ä" * 123, "url": "https://x.example/" + "x" * 200}, 200, LONG["author"]),
    ("9 email", {"email": LONG_EMAIL, "comment": "x" * 65526}, 200, LONG["email"]),
    ("9 url", {"url": "https://x.example/" + "x" * 200, "comment": "x" * 65526}, 200, LONG["url"]),
    ("9 content", {"comment": "x" * 65526}, 200, LONG["comment"]),
    ("9 content beyond ours", {"comment": "x" * 10_001}, 200, LONG["comment"]),
    ("9 content beyond ours once composed", {"comment": "\u0958" * 10_000}, 200, LONG["comment"]),
]


@pytest.mark.parametrize(("fields", "status", "code"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_what_is_refused_is_refused_in_wordpress_order(
    refusing: Theme, fields: dict[str, str], status: int, code: str | None
) -> None:
    answer = refusing.sends(**fields)

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert (sentence(code) in answer.text.replace("&#39;", "'")) if code else answer.text == ""
    if code:
        assert f'href="{PAGE}"' in answer.text


def test_a_name_loses_its_tags_and_no_more_of_it_is_searched_than_could_be_one() -> None:
    names = ("<i>Ann</i> & <Co>", "1 < 2", "<<b>Ann", "<" * 100_000)

    assert [Sent.of({"author": name}).author for name in names] == ["Ann &", "1 < 2", "<Ann", "<" * LOOKED_AT]


def test_what_waits_cannot_be_answered_and_a_closed_page_takes_nothing(theme: Theme) -> None:
    held = theme.world.has("maybe-spam", thread="7")
    refused = theme.sends(**EMPTY, comment_parent=str(held.id))
    assert (refused.status_code, sentence(PARENT) in refused.text) == (403, True)

    sites.change(theme.world.deps, theme.world.site.id, close_after_days=1)
    theme.world.clock.forward(days=2)
    theme.api = Api.over(theme.world)
    closed = theme.sends(**EMPTY)
    assert (closed.status_code, sentence("comment_closed") in closed.text) == (403, True)


def test_saying_it_twice_is_409_and_haste_is_429(sqlite_url: str) -> None:
    with themed(sqlite_url, rate_limits="on") as theme:
        assert theme.sends().status_code == 302

        hasty = theme.sends(comment="Another remark.")

        assert (hasty.status_code, "Retry-After" in hasty.headers) == (429, True)
        assert theme.sends().status_code == 409


def test_haste_is_an_addresss_however_it_is_spelled_and_wherever_it_comes_from(sqlite_url: str) -> None:
    """Row 12: WordPress holds everybody behind one network up as well; here that takes twenty in ten minutes."""
    with themed(sqlite_url, rate_limits="on") as theme:
        assert theme.sends().status_code == 302

        assert theme.sends(comment="Another.", email="ANN@Example.com").status_code == 429
        others = [theme.sends(comment="Hello.", email=f"n{count}@example.com").status_code for count in range(19)]
        assert others == [302] * 18 + [429]


def test_where_it_comes_from_is_what_the_connection_says_and_the_browser_is_not_kept(theme: Theme) -> None:
    """Row 10: a header is believed from nobody but the proxies that the operator named."""
    told = {"X-Forwarded-For": "203.0.113.9", "User-Agent": "Canary/1.0", "Origin": ORIGIN, "Referer": PAGE}
    path = f"/{theme.world.site.key}/wp-comments-post.php"
    sent = theme.api.app.test_client().post(path, data=GOOD, headers=told, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    found = theme.world.look(UUID(sent.location.partition("#comment-")[2]))

    assert found.network == network("198.51.100.7")
    assert "Canary" not in repr(found)


def test_nobody_is_asked_to_sign_in_and_no_name_is_put_in_place_of_what_was_typed(theme: Theme) -> None:
    """Rows 5 and 6: there are no accounts to sign in with, so that neither a cookie nor an id changes anything."""
    theme.api.app.test_client().set_cookie("wordpress_logged_in_x", "admin|1|x")
    sent = theme.sends(user_id="1", user_ID="1", _wp_unfiltered_html_comment="x", comment="<script>1</script>")
    theme.world.scores()
    found = theme.world.look(UUID(sent.location.partition("#comment-")[2]))

    assert (found.name, found.staff) == ("Ann", False)
    assert "<script" not in (found.html or "<script")


def test_a_comment_may_be_answered_by_its_number(theme: Theme) -> None:
    parent, elsewhere = theme.world.has(thread="7"), theme.world.has(thread="8")

    answer = theme.sends(comment_parent=str(number_of(parent.id)))

    assert theme.world.look(UUID(answer.location.partition("#comment-")[2])).parent_id == parent.id
    assert theme.sends(comment_parent=str(number_of(elsewhere.id))).status_code == 403


def test_what_is_taken_in_is_stored_by_its_fields_and_leads_to_the_comment(theme: Theme) -> None:
    parent = theme.world.has(thread="7")

    answer = theme.sends(author=" <i>Ann</i> ", url="https://ann.example", comment_parent=str(parent.id), ak_js="12")
    onwards = urlsplit(answer.location)
    found = theme.world.look(UUID(onwards.fragment.removeprefix("comment-")))

    assert answer.status_code == 302
    assert (found.name, found.text, found.website) == ("Ann", GOOD["comment"], "https://ann.example")
    assert (found.thread, found.parent_id, found.status) == ("7", parent.id, Status.PENDING)
    assert answer.location.startswith(PAGE)
    query = parse_qs(onwards.query)
    assert query["unapproved"] == [str(found.id)]

    shown = f"/embed/{theme.world.site.key}/thread?thread=7&{onwards.query}"
    client = theme.api.app.test_client()
    assert GOOD["comment"] in client.get(shown).text.replace(theme.world.look(parent).text, "")
    assert GOOD["comment"] not in client.get(shown.replace("hash=", "hash=0")).text
    theme.world.clock.forward(minutes=11)
    assert GOOD["comment"] not in client.get(shown).text


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        (f"{ORIGIN}/thanks?a=1#top", f"{ORIGIN}/thanks?a=1&"),
        ("https://evil.example/", PAGE),
        (f"{ORIGIN}.evil.example/", PAGE),
        ("//evil.example", PAGE),
        (f"{ORIGIN}@evil.example/", PAGE),
    ],
    ids=["own", "foreign", "suffix", "relative", "user"],
)
def test_it_leads_to_the_sites_own_pages_alone(theme: Theme, wanted: str, leads: str) -> None:
    assert theme.sends(redirect_to=wanted).location.startswith(leads)


def test_with_consent_or_without_a_page_the_address_is_bare(theme: Theme) -> None:
    bare = theme.sends(**{"wp-comments-cookies-consent": "yes"}).location
    assert bare.startswith(f"{PAGE}#comment-")

    known = theme.sends(comment="Another.", email="bo@example.com", referrer="https://evil.example/").location
    assert known.startswith(f"{PAGE.rstrip('/')}?unapproved="), "from the page's first comment"
    away = theme.sends(comment_post_ID="8", email="cy@example.com", referrer="https://evil.example/")
    assert away.location.startswith(f"/embed/{theme.world.site.key}/received?")


def test_a_browser_that_tells_only_its_origin_tells_no_page(theme: Theme) -> None:
    unknown = theme.sends(referrer=f"{ORIGIN}/")
    told = theme.sends(comment="Another.", email="bo@example.com", redirect_to=PAGE, referrer=f"{ORIGIN}/")
    page = theme.sends(comment="A third.", email="cy@example.com", comment_post_ID="8", redirect_to=PAGE)
    known = theme.sends(comment="A fourth.", email="di@example.com", comment_post_ID="8", referrer=f"{ORIGIN}/")

    assert unknown.location.startswith(f"/embed/{theme.world.site.key}/received?")
    assert told.location.startswith(f"{PAGE}?unapproved=")
    with theme.world.deps.reading(theme.world.site.id) as uow:
        assert [uow.threads.find(theme.world.site.id, key).url for key in "78"] == [None, PAGE.rstrip("/")]
    assert page.location.startswith(f"{PAGE}?unapproved=")
    assert known.location.startswith(f"{PAGE.rstrip('/')}?unapproved="), "from the page's first comment"


def test_nul_goes_without_a_word_and_an_address_that_cannot_be_kept_is_none(theme: Theme) -> None:
    nul = theme.sends(
        **{name: f"{value}\0" for name, value in GOOD.items()}, redirect_to=f"{PAGE}\0", ak_hp_textarea="\0"
    )
    long = theme.sends(comment="Another.", email="bo@example.com", redirect_to=f"{ORIGIN}/{'x' * 2000}")

    assert [answer.location.partition("?")[0] for answer in (nul, long)] == [PAGE, PAGE]
    assert theme.world.look(UUID(nul.location.partition("#comment-")[2])).text == GOOD["comment"]


def test_a_filled_trap_is_taken_in_like_any_other_and_is_not_published(theme: Theme) -> None:
    answer = theme.sends(ak_hp_textarea="buy")
    theme.world.scores()

    assert answer.status_code == 302
    assert theme.world.status_of(UUID(answer.location.partition("#comment-")[2])) in {Status.SPAM, Status.HELD}


class Full:
    """An inbox on a disk with no room left."""

    def accept(self, *_: object) -> Comment:
        raise TemporaryFailure("The database cannot be used right now.")


def test_what_cannot_be_saved_is_500(theme: Theme) -> None:
    deps = replace(theme.world.deps, inbox=Full())
    theme.api.app = create_app(Web(deps, public_url=PUBLIC_URL, ready=dict))

    answer = theme.sends()

    assert (answer.status_code, sentence("comment_save_error") in answer.text) == (500, True)
    assert GOOD["comment"] in answer.text


def test_a_form_of_no_site_keeps_what_was_typed(theme: Theme) -> None:
    answer = theme.api.app.test_client().post("/pk_unknown/wp-comments-post.php", data=GOOD)

    assert (answer.status_code, GOOD["comment"] in answer.text) == (404, True)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_any_other_verb_is_405(theme: Theme, method: str) -> None:
    answer = theme.api.app.test_client().open(f"/{theme.world.site.key}/wp-comments-post.php", method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
