"""A mail server on this machine that keeps what comes, or refuses it as a test tells it to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import socket
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """What came, and what is said to whoever brings more."""

    port: int = 0
    says: str = "250 OK"
    """Of whom it is for."""
    came: list[EmailMessage] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)

    @property
    def server(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 (the server's word)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.tried.append(address)
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(  # noqa: N802 (the server's word)
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.came.append(message)
        return "250 Kept"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Serve on a free port."""
    known = Mailbox()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        known.port = free.getsockname()[1]
    controller = Controller(known, hostname="127.0.0.1", port=known.port)
    controller.start()
    try:
        yield known
    finally:
        controller.stop()
