"""Turning what somebody wrote into HTML that any page may show.

A small Markdown: paragraphs, line breaks, emphasis, code, quotes, lists and links. Everything else
stays the text it is. What the parser makes is cleaned once more against a list of what is allowed,
so that a mistake in one of them is not yet a hole.
"""

import html
import threading
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import urlsplit

import idna
import nh3
import regex
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from moderation.domain.text import TEXT_MAX

NESTING_MAX: Final = 20
COSTLY: Final = ("[", "://")
"""What makes the parser read on to the end of the paragraph, each time it occurs."""
READING_MAX: Final = 500_000
"""How many signs may be read in that way; paragraphs beyond it are shown as they were written."""

_RULES: Final = [
    *("normalize", "block", "inline", "linkify", "text_join"),
    *("fence", "blockquote", "list", "paragraph"),
    *("text", "newline", "escape", "backticks", "emphasis", "link"),
    *("balance_pairs", "fragments_join"),
]
_TAGS: Final = frozenset({"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"})
_ATTRIBUTES: Final[dict[str, set[str]]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
_SCHEMES: Final = frozenset({"http", "https"})
_REL: Final = "nofollow ugc noopener noreferrer"
_HOST: Final = regex.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_BETWEEN_PARAGRAPHS: Final = regex.compile(r"\n{2,}")


def render(text: str) -> str:
    """Give the HTML of a text: always something, never a script, in a time that its length bounds.

    Paragraphs that are built to be expensive stay as they were written, and so does a whole text that
    nests deeper than anybody reads or is longer than anybody may send; not a word is lost.
    """
    if len(text) > TEXT_MAX:
        return plain(text)
    parser = _parser_per_thread().parser
    tokens = parser.parse(text)
    if any(token.level >= NESTING_MAX - 1 for token in tokens):  # Beyond that level the parser drops what it reads.
        return plain(text)
    return _cleaned(parser.renderer.render(tokens, parser.options, {}))


def plain(text: str) -> str:
    """Give a text as paragraphs and line breaks, with every sign in it standing for itself."""
    paragraphs = _BETWEEN_PARAGRAPHS.split(html.escape(text.strip()))
    return _cleaned("\n".join(f"<p>{paragraph}</p>".replace("\n", "<br>") for paragraph in paragraphs if paragraph))


def _cleaned(markup: str) -> str:
    return nh3.clean(
        markup, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_REL, url_relative="deny"
    )


class _ParserPerThread(threading.local):
    """One parser for each thread, because the part that finds addresses keeps its place in itself."""

    def __init__(self) -> None:
        self.parser = _parser()


@cache
def _parser_per_thread() -> _ParserPerThread:
    return _ParserPerThread()


class _Parser(MarkdownIt):
    """The parser, with our own opinion on where a link may lead."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name.
        """Spell the host as the name system does; empty for what is no place on the web."""
        return super().normalizeLink(url) if _host(url) else ""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name.
        """Accept what `normalizeLink` let through."""
        return bool(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name.
        """Show an address as it is, so that a host in look-alike letters shows its true spelling."""
        return self.normalizeLink(link)


def _parser() -> MarkdownIt:
    """Build a parser that knows our rules alone, and takes nothing for an address but what says http."""
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": NESTING_MAX}
    parser = _Parser("zero", options).enable(_RULES)
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
        for schema in ("mailto:", "ftp:", "//"):
            parser.linkify.add(schema, None)
    parser.core.ruler.before("inline", "weigh", _weigh)
    parser.core.ruler.push("show_hosts", _show_hosts)
    return parser


def _host(url: str) -> str | None:
    """Give the host of a web address in ASCII; None for other schemes, credentials and hosts that are none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        spelled = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except ValueError:
        return None
    return spelled if parts.scheme in _SCHEMES and "@" not in parts.netloc and _HOST.fullmatch(spelled) else None


def _weigh(state: StateCore) -> None:
    """Take what would cost too much out of the parser's sight, in the order it was written."""
    left = READING_MAX
    for block in state.tokens:
        if block.type != "inline":
            continue
        reading = len(block.content) * sum(block.content.count(sign) for sign in COSTLY)
        if reading <= left:
            left -= reading
        else:
            block.children, block.content = list(_as_written(block.content)), ""


def _as_written(content: str) -> Iterator[Token]:
    first, *rest = content.split("\n")
    yield Token("text", "", 0, content=first)
    for line in rest:
        yield Token("hardbreak", "br", 0)
        yield Token("text", "", 0, content=line)


def _show_hosts(state: StateCore) -> None:
    """Write where a link leads behind the words that somebody chose for it, and unlink those that lead nowhere."""
    for block in state.tokens:
        if block.children:
            block.children = list(_with_hosts(block.children))


def _with_hosts(tokens: list[Token]) -> Iterator[Token]:
    host: str | None = None
    chosen = False
    for token in tokens:
        if token.type == "link_open":
            host, chosen = _host(str(token.attrGet("href") or "")), token.info != "auto"
        if host or token.type not in {"link_open", "link_close"}:
            yield token
        if token.type == "link_close" and host and chosen:
            yield Token("text", "", 0, content=f" ({host})")
