"""Logs: JSON lines with ids, and no person in them."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

NEVER: Final = frozenset(
    {"text", "html", "name", "email", "website", "address", "ip", "note", "receipt", "authorization"}
)
"""Keys whose values do not belong in a log, whoever wrote them there."""
CHATTY: Final = ("alembic", "celery", "kombu")
"""Libraries that tell of every step; below debug only their warnings are kept."""
SCRUBBED: Final = (
    (re.compile(r"[^\s@\"'<>]{1,64}@[^\s@\"'<>]{1,255}"), "[address]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[ip]"),
    (re.compile(r"(?<![\w:.-])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:.-])"), "[ip]"),
    (re.compile(r"\b(?:sk_|whsec_)[\w-]+"), "[secret]"),
    (re.compile(r"(?i)\b(redis(?:s|\+socket)?|postgresql(?:\+\w+)?)://[^\s@/]+@"), r"\1://[secret]@"),
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
    return {key: "[removed]" if key in NEVER else _scrubbed(value) for key, value in line.items()}


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, instead in SCRUBBED:
            value = pattern.sub(instead, value)
        return value
    return [_scrubbed(item) for item in value] if isinstance(value, list | tuple) else value


def _no_traceback(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the kind of an exception and drop its message and frames, which may quote what people wrote."""
    info = line.pop("exc_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        line["error"] = info[0].__name__
    line.pop("exc_text", None)
    line.pop("stack_info", None)
    return line
