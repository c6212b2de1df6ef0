"""A name server on this machine that says what a test tells it to, and the look-ups that ask it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import AF_INET, SOCK_DGRAM, gaierror, socket
from threading import Thread
from typing import Any

from dns import flags, message, rcode, rrset
from dns.exception import DNSException
from dns.resolver import Resolver


@dataclass
class NameServer:
    """Answers each question with the next of its answers, addresses with spaces between, and forbids to remember it.

    The last answer stands for all that follow. Of an empty one nobody knows anything; without any it keeps silent.
    """

    answers: list[str]
    port: int = 0
    asked: list[str] = field(default_factory=list)

    def serve(self, listening: socket) -> None:
        while True:
            try:
                wire, asker = listening.recvfrom(512)
            except OSError:
                return
            if not wire:
                return
            question = message.from_wire(wire)
            self.asked.append(str(question.question[0].name))
            if self.answers:
                listening.sendto(self._answered(question).to_wire(), asker)

    def _answered(self, question: message.QueryMessage) -> message.Message:
        found = (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]).split()
        answer = message.make_response(question)
        answer.flags |= flags.AA
        if found:
            answer.answer.append(rrset.from_text(question.question[0].name, 0, "IN", "A", *found))
        else:
            answer.set_rcode(rcode.NXDOMAIN)
        return answer

    def resolve(self, host: str, port: int, **_: Any) -> list[Any]:
        """Look a name up here, as the system would if it were told to."""
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.cache = ["127.0.0.1"], self.port, None
        try:
            found = resolver.resolve(host, "A", search=False)
        except DNSException:
            raise gaierror from None
        return [(None, None, 0, "", (str(each), port)) for each in found]


@contextmanager
def saying(*answers: str) -> Iterator[NameServer]:
    """Let a name server run that says this, one after the other."""
    with socket(AF_INET, SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        server = NameServer(list(answers), listening.getsockname()[1])
        thread = Thread(target=server.serve, args=(listening,), daemon=True)
        thread.start()
        yield server
        with socket(AF_INET, SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", server.port))
        thread.join()
