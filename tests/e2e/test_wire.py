"""The server itself, spoken to byte by byte: what is cut off, too much or out of shape on its way is no reply."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final
from urllib.request import Request, urlopen

import pytest
from faults.waiting import until
from servers.up import Up

FORM: Final = "application/x-www-form-urlencoded"
REPLY: Final = json.dumps({"thread": "t", "name": "Ann", "email": "ann@example.com", "text": "Whole."}).encode()
LATER: Final = REPLY.replace(b"ann@", b"bea@").replace(b"Whole.", b"After all.")
HALF: Final = b"thread=t&name=Ann&email=bob@example.com&text=Half+of+what+I+mea"
MUCH: Final = b"x" * 200_000


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up.running(tmp_path_factory.mktemp("wire") / "data") as up:
        yield up


def say(up: Up, headers: str, body: bytes = b"", *, media: str = "application/json", hang_up: bool = False) -> bytes:
    """Say these bytes; give the beginning of the answer, or nothing where the sender is gone before there is one."""
    start = (
        f"POST /v1/sites/{up.facts['site_key']}/comments HTTP/1.1\r\nHost: x\r\nContent-Type: {media}\r\n{headers}\r\n"
    )
    with socket.create_connection(("127.0.0.1", int(up.url.rpartition(":")[2])), timeout=10) as line:
        line.sendall(start.encode("latin-1") + body)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        answer = b""
        while b"\r\n" not in answer and (more := line.recv(4096)):
            answer += more
        return answer.partition(b"\r\n")[0]


def stored(up: Up) -> list[str]:
    """Give the text of everything that was taken in."""
    wanted = Request(f"{up.url}/v1/moderation/comments", headers={"Authorization": f"Bearer {up.facts['api_key']}"})  # noqa: S310 (our own address)
    with urlopen(wanted, timeout=10) as answer:  # noqa: S310 (the same)
        return [item["text"] for item in json.load(answer)["items"]]


def piece(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


@pytest.mark.parametrize(("body", "media"), [(REPLY, "application/json"), (HALF, FORM)])
def test_a_reply_that_is_cut_off_on_its_way_is_no_reply(up: Up, body: bytes, media: str) -> None:
    before = stored(up)

    say(up, "Content-Length: 9999\r\n", body, media=media, hang_up=True)

    assert stored(up) == before


REFUSED: Final = [
    ("Content-Length: 10\r\nContent-Length: 20\r\n", REPLY, b"400"),
    ("Content-Length: -1\r\n", REPLY, b"400"),
    ("Content-Length: ten\r\n", REPLY, b"400"),
    ("Content-Length: 10\r\n", REPLY, b"400"),
    ("Content-Length: 99999999999\r\n", REPLY, b"413"),
    ("", b"", b"400"),
    ("Transfer-Encoding: chunked\r\n", piece(MUCH) + b"0\r\n\r\n", b"413"),
    ("Transfer-Encoding: chunked\r\n", b"zz\r\n", b"400"),
    ("X-Long: " + "a" * 900_000 + "\r\n", b"", b"431"),
    ("X-Nul: a\0b\r\n", b"", b"400"),
    (f"Idempotency-Key: caf\xe9\r\nContent-Length: {len(REPLY)}\r\n", REPLY, b"422"),
]


@pytest.mark.parametrize(("headers", "body", "status"), REFUSED, ids=range(len(REFUSED)))
def test_what_lies_about_its_length_or_breaks_its_headers_is_refused(
    up: Up, headers: str, body: bytes, status: bytes
) -> None:
    before = stored(up)

    assert say(up, headers, body).split()[1] == status

    assert stored(up) == before


def test_a_reply_in_pieces_is_taken_in_whole(up: Up) -> None:
    pieces = piece(REPLY[:20]) + piece(REPLY[20:]) + b"0\r\n\r\n"

    assert say(up, "Transfer-Encoding: chunked\r\n", pieces).split()[1] == b"202"

    assert "Whole." in stored(up)


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b""])
def test_a_form_in_pieces_is_refused_since_half_of_it_looks_like_all_of_it(up: Up, end: bytes) -> None:
    before = stored(up)

    answer = say(up, "Transfer-Encoding: chunked\r\n", piece(HALF) + end, media=FORM, hang_up=not end)

    assert not answer or answer.split()[1] == b"411"
    assert stored(up) == before


def test_senders_who_never_finish_keep_nobody_from_reading(up: Up) -> None:
    port = int(up.url.rpartition(":")[2])
    start = (
        f"POST /v1/sites/{up.facts['site_key']}/comments HTTP/1.1\r\nHost: x\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    ).encode()
    with ExitStack() as lines:
        for _ in range(110):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            line.sendall(start)

        for path in ("/livez", f"/v1/sites/{up.facts['site_key']}/comments"):
            with urlopen(f"{up.url}{path}", timeout=10) as answer:  # noqa: S310 (our own address)
                assert answer.status == 200
        refused = say(up, f"Content-Length: {len(LATER)}\r\n", LATER)

    assert refused == b"HTTP/1.1 503 Service Unavailable"
    until(lambda: say(up, f"Content-Length: {len(LATER)}\r\n", LATER).endswith(b" 202 Accepted"), "places come back")
