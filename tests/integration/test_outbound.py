"""What we send goes where it may, in time, to whom it should, and no further."""

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from servers.scorer import Outsider, Respond, drips, hangs, outsider, says

from moderation.adapters.outbound import Answer, Bounds, Outbound, Refused, TooMuch, TooSlow, Unreached, Untrusted
from moderation.adapters.reach import Reach

HERE = Reach(["127.0.0.0/8"])
HASTY = Bounds(total=dt.timedelta(seconds=0.3))
LAVISH = Bounds(total=dt.timedelta(seconds=60), most=1000)


@contextmanager
def answering(respond: Respond, bounds: Bounds = LAVISH, **others: Any) -> Iterator[tuple[Outbound, Outsider]]:
    with outsider(respond) as server:
        yield Outbound(HERE, bounds, **others), server


def post(outbound: Outbound, url: str) -> Answer:
    return outbound.post(url, b"{}", {"Content-Type": "application/json"})


def test_a_server_is_told_what_was_sent_and_nothing_of_ours() -> None:
    with answering(says(200, b"fine", **{"X-Own": "yes"})) as (outbound, server):
        answer = post(outbound, f"{server.url}?site=1")

    assert (answer.status, answer.body, answer.headers["X-Own"]) == (200, b"fine", "yes")
    ((headers, body),) = server.asked
    assert body == b"{}"
    assert headers == {
        "host": server.url.split("/")[2],
        "content-type": "application/json",
        "content-length": "2",
        "accept-encoding": "identity",
        "connection": "close",
        "user-agent": "Lychgate",
    }


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_every_status_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    with answering(says(200)) as (outbound, elsewhere), outsider(says(status, Location=elsewhere.url)) as server:
        assert post(outbound, server.url).status == status

    assert elsewhere.asked == []


@pytest.mark.parametrize("respond", [hangs, drips])
def test_who_takes_too_long_is_cut_off_however_it_spends_its_time(respond: Respond) -> None:
    with answering(respond, HASTY) as (outbound, server), pytest.raises(TooSlow):
        post(outbound, server.url)


@pytest.mark.parametrize("length", [{}, {"Content-Length": "1001"}])
def test_who_says_too_much_is_not_listened_to(length: dict[str, str]) -> None:
    with answering(says(200, b"a" * 1001, **length)) as (outbound, server), pytest.raises(TooMuch):
        post(outbound, server.url)


@pytest.mark.parametrize("said", [b"", b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_who_breaks_off_was_not_reached(said: bytes) -> None:
    def break_off(handler: Any) -> None:
        handler.wfile.write(said)
        handler.close_connection = True

    with answering(break_off) as (outbound, server), pytest.raises(Unreached):
        post(outbound, server.url)


def test_nobody_is_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreached):
            post(Outbound(HERE, LAVISH), f"http://127.0.0.1:{taken.getsockname()[1]}/")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost", "[::1]"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_machine_of_ours_is_not_reached_however_it_is_spelled(scheme: str, host: str) -> None:
    with outsider(says(200)) as server, pytest.raises(Refused):
        post(Outbound(Reach(), LAVISH), f"{scheme}://{host}:{server.url.split(':')[2]}")

    assert server.asked == []


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "https://8.8.8.8:22/", "ftp://127.0.0.1/", "http://a@127.0.0.1/"])
def test_a_public_server_is_reached_by_tls_alone(url: str) -> None:
    with pytest.raises(Refused):
        post(Outbound(HERE, LAVISH), url)


def looked_up(*answers: list[str]) -> Callable[..., list[Any]]:
    """Give one answer after the other to whoever looks a name up."""
    left = list(answers)

    def resolve(host: str, port: int, **_: Any) -> list[Any]:  # noqa: ARG001 (the system's shape)
        return [(None, None, 0, "", (address, port)) for address in left.pop(0)]

    return resolve


def test_a_name_is_looked_up_once_and_what_it_says_later_does_not_count() -> None:
    resolve = looked_up(["127.0.0.1"], ["10.0.0.1"])
    with answering(says(200), resolve=resolve) as (outbound, server):
        url = server.url.replace("127.0.0.1", "scorer.example")
        assert post(outbound, url).status == 200
        with pytest.raises(Refused):
            post(outbound, url)

    assert server.asked[0][0]["host"].startswith("scorer.example:")


def test_a_name_server_that_never_answers_is_waited_for_no_longer_than_for_all_the_rest() -> None:
    over = Event()
    try:
        with pytest.raises(TooSlow):
            post(Outbound(HERE, HASTY, resolve=lambda *_, **__: over.wait() and []), "http://hanging.example/")
    finally:
        over.set()


def test_a_name_that_nobody_knows_was_not_reached() -> None:
    def unknown(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME)

    with pytest.raises(Unreached):
        post(Outbound(HERE, LAVISH, resolve=unknown), "http://nobody.example/")


def test_of_several_addresses_those_that_pass_are_tried_in_turn() -> None:
    with answering(says(200), resolve=looked_up(["10.0.0.1", "127.0.0.2", "127.0.0.1"])) as (outbound, server):
        # Nobody listens at 127.0.0.2 on this port.
        assert post(outbound, server.url.replace("127.0.0.1", "scorer.example")).status == 200


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with outsider(says(200)) as proxy, answering(says(201)) as (outbound, server):
        for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(outbound, server.url).status == 201

    assert proxy.asked == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate, with its key, for scorer.example and nobody else."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Own")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("scorer.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "own.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@contextmanager
def by_tls(certificate: Path, respond: Respond) -> Iterator[str]:
    """Serve by TLS; give the port."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate)
    with outsider(respond, wrap=lambda plain: own.wrap_socket(plain, server_side=True)) as server:
        yield server.url.split(":")[2]


@pytest.mark.parametrize(
    ("host", "believed", "failure"),
    [("scorer.example", True, None), ("other.example", True, Untrusted), ("scorer.example", False, Untrusted)],
)
def test_tls_is_verified_against_the_name_though_we_connect_to_an_address(
    certificate: Path, host: str, failure: type[Exception] | None, *, believed: bool
) -> None:
    def trust() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(certificate) if believed else None)

    outbound = Outbound(HERE, LAVISH, resolve=looked_up(["127.0.0.1"]), trust=trust)
    with by_tls(certificate, says(200)) as port:
        if failure is None:
            assert post(outbound, f"https://{host}:{port}").status == 200
        else:
            with pytest.raises(failure):
                post(outbound, f"https://{host}:{port}")


@pytest.mark.parametrize("respond", [hangs, drips])
def test_who_takes_too_long_by_tls_is_cut_off_too(certificate: Path, respond: Respond) -> None:
    def trust() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(certificate))

    outbound = Outbound(HERE, HASTY, resolve=looked_up(["127.0.0.1"]), trust=trust)
    with by_tls(certificate, respond) as port, pytest.raises(TooSlow):
        post(outbound, f"https://scorer.example:{port}")
