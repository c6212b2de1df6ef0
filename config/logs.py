"""Logs: JSON lines with ids, and no person in them."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

NEVER: Final = frozenset(
    {"text", "html", "name", "email", "website", "address", "ip", "note", "receipt", "authorization"}
)
"""Keys whose values do not belong in a log, whoever wrote them there."""
CHATTY: Final = ("alembic", "celery", "kombu")
"""Libraries that tell of every step; below debug only their warnings are kept."""
_GROUPS: Final = r"[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})"
"""Two or more groups of an IPv6 address; how many follow the first is for the user to say."""
LONGEST: Final = 2_000
"""So many characters of a value are logged; more tells nobody anything, and takes long to scrub."""
CUT: Final = "[cut]"
SCRUBBED: Final = (
    (re.compile(r"[^\s@\"'<>]{1,256}(?:@|%40)[^\s@\"'<>]{1,255}"), "[address]"),  # Passwords in URLs too.
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[ip]"),
    (re.compile(rf"(?<![\w:.])(?:{_GROUPS}{{7}}|(?:{_GROUPS}{{0,6}})?::(?:{_GROUPS}{{0,6}})?)(?!\w|:\w)"), "[ip]"),
    (re.compile(r"\b(?:sk_|whsec_)[\w-]+"), "[secret]"),
    (re.compile(r"(?i)\b(bearer|receipt)[ =:]+[\w.~+/-]{8,}=*"), r"\1 [secret]"),
)


def configure(level: str = "info") -> None:
    """Send every log line of this process, libraries' too, to stderr as scrubbed JSON."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _no_traceback, scrub]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=chain, processors=[*last, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)


def scrub(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take people out of a line: whole values under telling keys, addresses and secrets anywhere."""
    return _scrubbed_facts(line)


def _scrubbed_facts(facts: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        _scrubbed_text(str(key)): "[removed]" if str(key).casefold() in NEVER else _scrubbed(value)
        for key, value in facts.items()
    }


def _scrubbed(value: Any) -> Any:
    """Scrub a value however deep it is; what is no plain value is written out first, as it would be later."""
    match value:
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return _scrubbed_facts(value)
        case list() | tuple() | set() | frozenset():
            return [_scrubbed(item) for item in value]
        case _:
            return _scrubbed_text(str(value))


def _scrubbed_text(text: str) -> str:
    text = text if len(text) <= LONGEST else _cut(text)
    for pattern, instead in SCRUBBED:
        text = pattern.sub(instead, text)
    return text


def _cut(text: str) -> str:
    """Give the beginning of a long text, without its last word: half an address would not be known as one."""
    first, *rest = text[:LONGEST].rsplit(maxsplit=1) or [""]
    return f"{first if rest else ''} {CUT}"


def _no_traceback(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the kind of an exception and drop its message and frames, which may quote what people wrote."""
    info = line.pop("exc_info", None)
    kind = info[0] if isinstance(info, tuple) else type(info) if isinstance(info, BaseException) else None
    kind = sys.exc_info()[0] if info is True else kind
    if kind is not None:
        line["error"] = kind.__name__
    line.pop("exc_text", None)
    line.pop("stack_info", None)
    return line
