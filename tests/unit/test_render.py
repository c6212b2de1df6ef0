"""Whatever somebody writes becomes HTML that any page may show, soon, and without losing a word."""

import html
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.adapters.render import NESTING_MAX, plain, render
from moderation.domain.text import TEXT_MAX

REL: Final = 'rel="nofollow ugc noopener noreferrer"'
SIZE: Final = TEXT_MAX

HOSTILE: Final = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<base href=javascript:/a/+alert(1)//>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<details open ontoggle=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='https://example.com' onclick=alert(1)>x</a>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](jav&#x61;script:alert(1))",
    "[x](jav&Tab;ascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](java\\script:alert(1))",
    "[x](%6Aavascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](mailto:ann@example.com)",
    "[x](//evil.example)",
    "[x](/local)",
    "[x](https:evil.example)",
    "[x](https://ann:pass@example.com)",
    '[x](https://example.com/"onmouseover="alert(1))',
    "[x](https://example.com/'onmouseover='alert(1))",
    "[x](https://example.com '\"><script>alert(1)</script>')",
    "[<script>alert(1)</script>](https://example.com)",
    "[x](https://example.com/<script>alert(1)</script>)",
    "![x](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    '!["onerror=alert(1) x](x)',
    "<javascript:alert(1)>",
    '<https://example.com/"onmouseover=alert(1)>',
    'https://example.com/"onmouseover="alert(1)',
    "https://example.com/'><script>alert(1)</script>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: data:text/html,x",
    '```"><script>alert(1)</script>\nx\n```',
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "**<svg onload=alert(1)>**",
    "[a](https://example.com)[b](javascript:alert(1))",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "java\nscript:alert(1)",
    "\u202e<script>\u2066alert(1)",
]
ALLOWED: Final = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"}

COSTLY: Final = {
    "brackets": "[" * SIZE,
    "bracketed stars": "*[" * (SIZE // 2),
    "just too few brackets": "*[" * 49 + "**" * (SIZE // 2 - 49),
    "few brackets and letters": "[" * 49 + "*a" * (SIZE // 2 - 25),
    "brackets in every paragraph": ("[" * 200 + "*" * 200 + "\n\n") * (SIZE // 402),
    "brackets and smaller-than": "[" * 49 + "<" * (SIZE - 49),
    "addresses, just too few": "http://a@" * 48 + "*_" * (SIZE // 2 - 240),
    "half links": "[a](" * (SIZE // 4),
    "links": "[a](http://b)" * (SIZE // 13),
    "quotes": ">" * SIZE,
    "spaced quotes": "> " * (SIZE // 2),
    "quoted lines": ("> " * 18 + "a\n") * (SIZE // 38),
    "lazy lines": "> a\n" + "b\n" * (SIZE // 2 - 2),
    "stars": "*" * SIZE,
    "stars and letters": "*a" * (SIZE // 2),
    "stars and bars": "*_" * (SIZE // 2),
    "unclosed strong": "**a *b" * (SIZE // 6),
    "ticks": "`" * SIZE,
    "growing ticks": "".join("`" * length + " " for length in range(1, 140)),
    "fences": "```\n" * (SIZE // 4),
    "list": "- a\n" * (SIZE // 4),
    "two lists": "1) a\n2. b\n" * (SIZE // 10),
    "stairs": "".join("  " * (step % 9) + "- a\n" for step in range(800)),
    "addresses": "<http://" * (SIZE // 8),
    "addresses in brackets": "http://a.b/[" * (SIZE // 12),
    "credentials": "http://a@" * (SIZE // 9),
    "long host": "http://" + "a." * (SIZE // 2 - 4),
    "long foreign host": "http://" + "ü." * (SIZE // 2 - 4),
    "emoji path": "http://a/" + "😀" * (SIZE - 9),
    "entities": "&#1;" * (SIZE // 4),
    "backslashes": "\\" * SIZE,
    "lines": "\n" * SIZE,
}


class Seen(HTMLParser):
    """What a browser would find in a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", {"data": data}))


def assert_harmless(markup: str) -> None:
    for tag, attributes in Seen(markup).tags:
        assert tag in ALLOWED
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else {"start"} if tag == "ol" else set())
        if tag == "a":
            assert attributes["rel"] == "nofollow ugc noopener noreferrer"
            link = urlsplit(attributes["href"] or "")
            assert link.scheme in {"http", "https"}
            assert link.netloc.isascii()
            assert "@" not in link.netloc


def seconds_for(text: str) -> float:
    started = time.thread_time()
    render(text)
    return time.thread_time() - started


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        (
            "Hello *you*, **you** and `a < b`",
            "<p>Hello <em>you</em>, <strong>you</strong> and <code>a &lt; b</code></p>\n",
        ),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>\n"),
        ("> said\n\nanswered", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>answered</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. x\n4. y", '<ol start="3">\n<li>x</li>\n<li>y</li>\n</ol>\n'),
        ("```py\n<x>\n```", "<pre><code>&lt;x&gt;\n</code></pre>\n"),
        ("# no heading", "<p># no heading</p>\n"),
        ("a\n---", "<p>a<br>\n---</p>\n"),
        ("| a | b |\n|---|---|", "<p>| a | b |<br>\n|---|---|</p>\n"),
        ("    indented", "<p>indented</p>\n"),
        ("5 > 3 && 2 < 4 &amp; so on", "<p>5 &gt; 3 &amp;&amp; 2 &lt; 4 &amp;amp; so on</p>\n"),
        ("write to ann@example.com", "<p>write to ann@example.com</p>\n"),
        ("readme.md and ftp://example.com", "<p>readme.md and ftp://example.com</p>\n"),
        ("[nowhere]()", "<p>nowhere</p>\n"),
        ("", ""),
    ],
)
def test_a_small_markdown(text: str, markup: str) -> None:
    assert render(text) == markup


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://example.com/a_b.", f'<a href="https://example.com/a_b" {REL}>https://example.com/a_b</a>.'),
        ("[here](https://example.com/a)", f'<a href="https://example.com/a" {REL}>here</a> (example.com)'),
        (
            "[https://bank.example](https://evil.example)",
            f'<a href="https://evil.example" {REL}>https://bank.example</a> (evil.example)',
        ),
        ("https://аррӏе.com/", f'<a href="https://xn--80ak6aa92e.com/" {REL}>https://xn--80ak6aa92e.com/</a>'),  # noqa: RUF001
        ("[ok](https://аррӏе.com)", f'<a href="https://xn--80ak6aa92e.com" {REL}>ok</a> (xn--80ak6aa92e.com)'),  # noqa: RUF001
    ],
)
def test_a_link_says_where_it_leads(text: str, link: str) -> None:
    assert link in render(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_left(text: str) -> None:
    for written in (text, f"> {text}", f"- {text}", f"*{text}*", f"[{text}](https://example.com)", text + "[" * SIZE):
        assert_harmless(render(written))
    assert_harmless(plain(text))


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(st.sampled_from(HOSTILE), st.sampled_from("[]()<>*_`\n!&\"':/ "), st.text(max_size=5)), max_size=12
    )
)
def test_no_mixture_becomes_hostile(pieces: list[str]) -> None:
    assert_harmless(render("".join(pieces)))


@given(st.text(st.sampled_from("ab \n<>&\"'[*`"), max_size=80))
def test_plain_paragraphs_say_what_was_written(text: str) -> None:
    assert "".join(Seen(plain(text)).said.split()) == "".join(text.split())


@pytest.mark.parametrize("nest", ["> ", "- ", "1. ", "> - "])
def test_deep_nesting_loses_no_word(nest: str) -> None:
    for depth in range(1, 3 * NESTING_MAX):
        assert "the point" in html.unescape(regex.sub(r"<[^>]*>", "", render(nest * depth + "the point")))


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_the_worst_texts_take_less_than_the_budget(text: str) -> None:
    assert len(text) <= TEXT_MAX
    render("https://example.com")  # The first parser of a thread is built once.

    assert min(seconds_for(text) for _ in range(3)) < 0.2  # The quietest of three: others may be busy here.
    assert_harmless(render(text))


def test_a_costly_paragraph_stays_as_it_was_written_and_the_others_do_not() -> None:
    costly = "*[*\n" * 600

    assert render(f"*one*\n\n{costly}\n*two*").split("\n")[0] == "<p><em>one</em></p>"
    assert render(f"*one*\n\n{costly}\n*two*").split("\n")[-2] == "<p><em>two</em></p>"
    assert render(costly) == "<p>" + "<br>\n".join(["*[*"] * 600) + "</p>\n"
    assert "<code>" in render("```\n" + "a[0] = b[1]\n" * 600 + "```")


def test_a_text_over_the_limit_is_shown_plainly() -> None:
    assert render("*" + "a" * TEXT_MAX + "*") == "<p>*" + "a" * TEXT_MAX + "*</p>"


def test_many_threads_do_not_mix_their_links() -> None:
    texts = [f"see https://example.com/{number} " * 20 for number in range(40)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, texts)) == [render(text) for text in texts]
