"""What clumsy and hostile senders send: one table over JSON, form and command line, and what each door says.

A row gives the fields of a reply that differ from a good one. Where the same value has a meaning on
the command line, `words` are what is typed there, and the site's file `policy.toml` holds `file`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from moderation.domain.text import EMAIL_MAX, NAME_MAX, TEXT_MAX, WEBSITE_MAX
from moderation.domain.thread import THREAD_MAX, THREAD_URL_MAX

SITE: Final = "News"
LEAF: Final = "\N{FALLEN LEAF}"
"""One code point, two code units, four bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """One bad input, and what is wrong with it: pairs of a pointer and a code, in any order."""

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    faults: frozenset[tuple[str, str]] = frozenset()
    json: bool = True
    form: bool = True
    words: tuple[str, ...] = ()
    file: bytes | None = None
    says: str = ""
    """What the command line says of it: a code, or a piece of its sentence."""
    code: int = 1


def bad(name: str, field: str, value: Any, code: str, **others: Any) -> Bad:
    """Write a row about one field."""
    return Bad(name=name, fields={field: value}, faults=frozenset({(f"/{field}", code)}), **others)


def in_policy(name: str, file: bytes, says: str) -> Bad:
    """Write a row about a policy file, which only the command line reads."""
    return Bad(name=name, json=False, form=False, words=("site", "policy", SITE, "policy.toml"), file=file, says=says)


def typed(name: str, *words: str, says: str, code: int = 1) -> Bad:
    """Write a row that only the command line can have."""
    return Bad(name=name, json=False, form=False, words=words, says=says, code=code)


def long_address(length: int) -> str:
    """Give an address of so many characters that is well formed but for its length."""
    domain = ".".join(["d" * 60] * 3) + ".com"
    return f"{'a' * (length - len(domain) - 1)}@{domain}"


EMPTY: Final = ("\u200b\u2060\ufeff", "\u202e\u2066\u2069", "\t\r\n  \u00a0", "\u00ad\u180e", "\u2800", "\u3164")
"""Values of which nothing can be seen."""

ADDRESSES: Final = (
    *("ann", "ann@", "@example.org", "ann@@example.com", "ann@example", "ann@localhost", "ann@example.test"),
    *("ann@[127.0.0.1]", "ann@[IPv6:::1]", "ann..b@example.com", ".ann@example.com", "ann.@example.com"),
    *("ann@-example.com", "ann@exa mple.com", "an n@example.com", '"an n"@example.com', "Ann <ann@example.com>"),
    *("ann@example.com, bob@example.com", "ann@example.com\r\nBcc: bob@example.com", "ann@example.com\u202e"),
    *("ann\u200b@example.com", "ann@example.com.", "ann@exam_ple.com", "mailto:ann@example.com", "ann(x)@example.com"),
    *("ann@xn--a.com", "ann@\u0430\u200d.com", "ann%40example.com", "<ann@example.com>"),
)

WEBSITES: Final = (
    *("javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)"),
    *("data:text/html,<script>alert(1)</script>", "vbscript:msgbox", "file:///etc/passwd", "ftp://example.com"),
    *("mailto:ann@example.com", "blob:https://example.com/1", "https://ann:secret@example.com"),
    *("https://ann@example.com", "https://example.com\\@evil.example", "https://exa mple.com", "https://localhost"),
    *("https://[::1]/", "https://127.0.0.1/", "https://2130706433/", "https://example.com:0/", "http://"),
    *("https://example.com:99999/", "https://example.com/\r\nX: 1", "https://example.com/\u202egnp.exe", "https:///x"),
    *("https://-.com", "https://ex\u200bample.com", "not a website"),
)

ORIGINS: Final = (
    *("javascript:alert(1)", "https://a.example/path", "https://u:p@a.example", "null", "*", "https://", ""),
    *("https://a.example; script-src-elem *", "https://a.example *", "https://a.example,https://b.example"),
    *("https://*.example", "https://a..example", "https://-a.example", "https://a.example:", "https://a.example:99999"),
    *("https://a.example:080", "https://b\u00fccher.example", "https://\u212a.example", "https://a.example\n"),
    *("https://[::1", "https://[::g]", "https://[0:0::1]", "https://[::1%eth0]", "https://a.example\\", "https://'a'"),
    "https://" + "a" * 64 + ".example",
)

DEEP: Final = b"name = " + b"[" * 5000

FIELDS: Final[tuple[Bad, ...]] = (
    *(bad(f"nul-in-{name}", name, "a\0b", "nul-character") for name in ("name", "website", "text", "thread")),
    *(bad(f"nul-in-{name}", name, "a\0b", "nul-character") for name in ("thread_title", "thread_url")),
    *(bad(f"nul-in-{name}", name, "a\0b", "nul-character") for name in ("email", "parent")),
    bad("name-over", "name", "n" * (NAME_MAX + 1), "too-long", words=("site", "add", "n" * 246), says="name-invalid"),
    bad("name-over-leaves", "name", LEAF * (NAME_MAX + 1), "too-long"),
    bad("email-over", "email", long_address(EMAIL_MAX + 1), "too-long"),
    bad("email-huge", "email", "a" * 100_000 + "@example.com", "too-long"),
    bad("email-marks", "email", "a\u0301" * 10_000 + "@example.com", "too-long"),
    bad("website-over", "website", "https://example.com/" + "w" * (WEBSITE_MAX - 19), "too-long"),
    bad("website-over-once-escaped", "website", "https://example.com/" + '"' * 100, "too-long"),
    bad("text-over", "text", "t" * (TEXT_MAX + 1), "too-long"),
    bad("text-over-leaves", "text", LEAF * (TEXT_MAX + 1), "too-long"),
    bad("thread-over", "thread", "t" * (THREAD_MAX + 1), "too-long"),
    bad("thread-url-over", "thread_url", "https://e.example/" + "u" * THREAD_URL_MAX, "thread-url-invalid"),
    bad("title-over", "thread_title", "t" * 301, "too-long"),
    *(
        bad(f"{name}-of-nothing-{place}", name, value, "required")
        for name in ("name", "text", "email", "thread")
        for place, value in enumerate(("", "   "))
    ),
    *(
        bad(f"{name}-that-cannot-be-seen-{place}", name, value, "required")
        for name in ("name", "text")
        for place, value in enumerate(EMPTY)
    ),
    typed("site-of-nothing", "site", "add", "", says="name-invalid"),
    typed("site-that-cannot-be-seen", "site", "add", "\u200b\u202e", says="name-invalid"),
    typed("site-with-half-a-character", "site", "add", "a\udcffb", says="name-invalid"),
    *(bad(f"address-{place}", "email", value, "email-invalid") for place, value in enumerate(ADDRESSES)),
    *(bad(f"website-{place}", "website", value, "website-invalid") for place, value in enumerate(WEBSITES)),
    *(
        typed(f"origin-{place}", "site", "set", SITE, "--origin", value, says="origin-invalid")
        for place, value in enumerate(ORIGINS)
    ),
    *(
        bad(f"thread-url-{place}", "thread_url", value, "thread-url-invalid")
        for place, value in enumerate(("javascript:alert(1)", "https://u:p@e.example/", "http://", "/a", "https://[/"))
    ),
    bad("thread-as-broken-url", "thread", "https://u:p@e.example/", "thread-url-invalid"),
    *(
        bad(f"parent-{place}", "parent", value, "parent-not-found")
        for place, value in enumerate(("1", "../../etc", "0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d", "{}", "null"))
    ),
    Bad(
        name="everything-at-once",
        fields={
            "thread": "",
            "thread_title": "t" * 301,
            "parent": "nobody",
            "name": "\u200b",
            "email": "nonsense",
            "website": "javascript:alert(1)",
            "text": "",
        },
        faults=frozenset(
            {
                ("/thread", "required"),
                ("/thread_title", "too-long"),
                ("/parent", "parent-not-found"),
                ("/name", "required"),
                ("/email", "email-invalid"),
                ("/website", "website-invalid"),
                ("/text", "required"),
            }
        ),
        words=("site", "set", SITE, "--origin", "null", "--close-after-days", "-1"),
        says="out-of-range",
    ),
    in_policy("policy-of-brackets", DEEP, "policy-not-toml"),
    in_policy("policy-with-nul", b'name = "a\0b"', "policy-not-toml"),
    in_policy("policy-twice", b'name = "a"\nname = "b"', "policy-not-toml"),
    in_policy("policy-number", b"otherwise = " + b"9" * 5000, "policy-not-toml"),
    in_policy("policy-not-utf8", b'name = "\xff\xfe"', "UTF-8"),
    in_policy("policy-mass", b'site_id = "x"\nstatus = 1', "policy-unknown-key"),
    in_policy("policy-nan", b'[[rules]]\ncode="a"\nsignal="b"\noutcome="held"\nat_least=nan', "policy-number"),
    typed("days-huge", "site", "set", SITE, "--close-after-days", "9" * 30, says="out-of-range"),
    typed("days-no-number", "site", "set", SITE, "--close-after-days", "NaN", says="not a valid integer", code=2),
    typed("scope-unknown", "key", "add", "--site", SITE, "--scope", "root", says="is not one of", code=2),
    typed("key-no-uuid", "key", "revoke", "--site", SITE, "1 OR 1=1", says="is not a valid UUID", code=2),
    typed("site-unknown", "key", "list", "--site", "\x1b[2J", says="There is no site"),
    typed("thread-unknown", "thread", "close", "--site", SITE, "a\x1b[2Jb", says="There is no page"),
    typed("thread-of-half-a-character", "thread", "open", "--site", SITE, "a\udcffb", says="Send whole characters"),
    typed("option-unknown", "site", "add", "x", "--status", "approved", says="No such option", code=2),
    typed("name-taken", "site", "add", SITE, says="There is a site of that name already"),
)

ACCEPTED: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("name-at", {"name": LEAF * NAME_MAX}),
    ("email-at", {"email": long_address(EMAIL_MAX)}),
    ("website-at", {"website": "https://example.com/" + "w" * (WEBSITE_MAX - 20)}),
    ("text-at", {"text": "t" * TEXT_MAX}),
    ("text-at-in-leaves", {"text": LEAF * TEXT_MAX}),
    ("text-at-in-lines", {"text": "t\r\n" * (TEXT_MAX // 2)}),
    ("thread-at", {"thread": "t" * THREAD_MAX}),
    ("email-plus", {"email": "ann+news@example.com"}),
    ("email-idn", {"email": "ann@b\u00fccher.example"}),
    ("email-smtputf8", {"email": "\u0430\u043d\u043d\u0430@example.com"}),
    ("email-spaced", {"email": "  ann@example.com \t"}),
    ("website-bare", {"website": "example.com/me"}),
    ("website-empty", {"website": "  "}),
)
"""What is as long as it may be, or odd and right."""

NAMES: Final = (
    ("Ann\u202eevil", "Annevil"),
    ("\u2066Ann\u2069", "Ann"),
    ("A\u200bn\u2060n\ufeff", "Ann"),
    ("Ann\x07\x1b[31m", "Ann[31m"),
    ("Ann\r\nSet-Cookie: a=b", "Ann Set-Cookie: a=b"),
    ("Z" + "\u0351" * 50, "Z" + "\u0351" * 4),
    ("e\u0301", "\u00e9"),
    ("<b>Ann</b> & 'co'", "<b>Ann</b> & 'co'"),
    ("=HYPERLINK(1)", "=HYPERLINK(1)"),
)
"""Names as they are typed, and as they are kept."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A request that is wrong before its fields are looked at."""

    name: str
    body: bytes
    status: int
    code: str
    pointers: frozenset[str] = frozenset()
    media: str | None = "application/json"
    environ: Mapping[str, Any] = field(default_factory=dict)


def good(**others: Any) -> dict[str, Any]:
    """Give the fields of a good reply."""
    return {"thread": "article-1", "name": "Ann", "email": "ann@example.com", "text": "A calm remark.", **others}


def typed_wrongly(name: str, body: bytes, *pointers: str) -> Wire:
    """Write a row whose JSON can be read and has fields of another shape."""
    return Wire(name, body, 422, "invalid", frozenset(pointers))


HEAD: Final = b'{"thread": "article-1", "name": "Ann", "email": "ann@example.com", '
FORM: Final = "application/x-www-form-urlencoded"
LEAST: Final = HEAD + b'"text": "A calm remark."}'
HALF: Final = b"thread=article-1&name=Ann&email=ann@example.com&text=Half+of+what+I+mea"
SERVED: Final[dict[str, Any]] = {"wsgi.input_terminated": True}
"""What a real server says: a body ends where it ends, or where the connection did."""
IN_PIECES: Final = SERVED | {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
FULL: Final = b"x" * (128_000 - len(HEAD) - len(b'"text": ""}'))
PARTS: Final = b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(60))

WIRE: Final = (
    Wire("brackets", b"[" * 5000, 400, "malformed"),
    Wire("braces", b'{"a":' * 5000, 400, "malformed"),
    Wire("brackets-in-a-field", HEAD + b'"text": ' + b"[" * 9 + b"]" * 9 + b"}", 400, "malformed"),
    Wire("empty", b"", 400, "malformed"),
    Wire("no-json", b"text=hello", 400, "malformed"),
    Wire("two-documents", LEAST + LEAST, 400, "malformed"),
    Wire("trailing-comma", HEAD + b'"text": "x",}', 400, "malformed"),
    Wire("same-field-twice", HEAD + b'"name": "Bob", "text": "x"}', 400, "malformed"),
    Wire("nan", HEAD + b'"text": NaN}', 400, "malformed"),
    Wire("infinity", HEAD + b'"text": -Infinity}', 400, "malformed"),
    Wire("digits", HEAD + b'"text": ' + b"9" * 5000 + b"}", 400, "malformed"),
    Wire("raw-nul", HEAD + b'"text": "a\0b"}', 400, "malformed"),
    Wire("raw-newline", HEAD + b'"text": "a\nb"}', 400, "malformed"),
    Wire("not-utf8", HEAD + b'"text": "\xff\xfe"}', 400, "malformed"),
    Wire("overlong-utf8", HEAD + b'"text": "\xc0\xaf"}', 400, "malformed"),
    Wire("raw-surrogate", HEAD + b'"text": "\xed\xa0\x80"}', 400, "malformed"),
    Wire("byte-order-mark", b"\xef\xbb\xbf" + LEAST, 400, "malformed"),
    Wire("utf16", LEAST.decode().encode("utf-16"), 400, "malformed"),
    Wire("over-128-kB", HEAD + b'"text": "x' + FULL + b'"}', 413, "too-large"),
    Wire("form-over-128-kB", b"text=" + b"x" * 128_000, 413, "too-large", media=FORM),
    Wire("parts", PARTS + b"--b--\r\n", 413, "too-large", media="multipart/form-data; boundary=b"),
    Wire("plain-text", LEAST, 415, "unsupported-media-type", media="text/plain"),
    Wire("xml", b"<x/>", 415, "unsupported-media-type", media="application/xml"),
    Wire("json-by-another-name", LEAST, 415, "unsupported-media-type", media="application/jsonp"),
    Wire("no-type", LEAST, 415, "unsupported-media-type", media=None),
    Wire("shorter-than-it-is", LEAST, 400, "malformed", environ={"CONTENT_LENGTH": "20"}),
    Wire("longer-than-it-is", LEAST, 400, "bad-request", environ={"CONTENT_LENGTH": "5000"}),
    Wire("cut-off", LEAST, 400, "malformed", environ=SERVED | {"CONTENT_LENGTH": "5000"}),
    Wire("form-cut-off", HALF, 400, "malformed", media=FORM, environ=SERVED | {"CONTENT_LENGTH": "5000"}),
    Wire("in-pieces-over-128-kB", HEAD + b'"text": "x' + FULL + b'"}', 413, "too-large", environ=IN_PIECES),
    Wire("form-in-pieces", HALF, 411, "length-required", media=FORM, environ=IN_PIECES),
    Wire("form-in-pieces-over-128-kB", HALF + b"x" * 128_000, 411, "length-required", media=FORM, environ=IN_PIECES),
    Wire("parts-in-pieces", PARTS, 411, "length-required", media="multipart/form-data; boundary=b", environ=IN_PIECES),
    Wire("length-below-zero", LEAST, 400, "malformed", environ={"CONTENT_LENGTH": "-1"}),
    Wire("length-no-number", LEAST, 400, "malformed", environ={"CONTENT_LENGTH": "1e3"}),
    typed_wrongly("list", b"[]", ""),
    typed_wrongly("null", b"null", ""),
    typed_wrongly("text-alone", b'"text"', ""),
    typed_wrongly("number-for-text", HEAD + b'"text": 5}', "/text"),
    typed_wrongly("big-number-for-text", HEAD + b'"text": 1' + b"0" * 400 + b"}", "/text"),
    typed_wrongly("true-for-text", HEAD + b'"text": true}', "/text"),
    typed_wrongly("list-for-text", HEAD + b'"text": ["a"]}', "/text"),
    typed_wrongly("object-for-text", HEAD + b'"text": {"$ne": null}}', "/text"),
    typed_wrongly("null-for-text", HEAD + b'"text": null}', "/text"),
    typed_wrongly("lone-surrogate", HEAD + b'"text": "a\\ud800b"}', "/text"),
    typed_wrongly("surrogates-swapped", HEAD + b'"text": "\\udc00\\ud800"}', "/text"),
    typed_wrongly("escaped-nul", HEAD + b'"text": "a\\u0000b"}', "/text"),
    typed_wrongly("surrogate-in-a-name", HEAD + b'"\\ud800": 1, "text": "x"}', "/?"),
    typed_wrongly(
        "shape-and-meaning-at-once",
        b'{"status": 1, "name": [], "email": "x", "thread": "a\\u0000"}',
        *("/status", "/name", "/email", "/thread", "/text"),
    ),
)
"""Rows of bytes; a row's status is the same on every door that can be sent such bytes."""

UNSETTABLE: Final = {
    "id": "0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d",
    "site_id": "0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d",
    "status": "approved",
    "score": "0",
    "version": "7",
    "staff": "true",
    "depth": "-1",
    "reasons": "[]",
    "received_at": "2001-01-01T00:00:00Z",
    "__proto__": "x",
}
"""What is not the sender's to set: a fault in JSON, nothing in a form."""

KEYS: Final = ("", '""', "k" * 256, "caf\xe9", "a\r\nX-Evil: 1", "a\x00b", "\x7f", " \t ")
"""Idempotency keys that are none, as a gateway might hand them on."""
