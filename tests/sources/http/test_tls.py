"""https, the authorities that are trusted, and the proxies on the way."""

from __future__ import annotations

import logging
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest
import trustme

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Limits
from tests.sources.http.loopback import CANARY, Asked, Server, answer, client, leaks, no_thread_is_left
from tests.waiting import PATIENCE

UNTRUSTED = "where your company has its own authority, name its file in REQUESTS_CA_BUNDLE"
PROXY = "mend HTTPS_PROXY, or name the host in NO_PROXY"
LATER = "try again later"
SHORT = Limits(deadline_seconds=0.6)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """A server's, for the names that these tests use."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "api.example.test").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return {"REQUESTS_CA_BUNDLE": str(tmp_path / "ca.pem")}


def told(server: str, environ: dict[str, str], limits: Limits, caplog: pytest.LogCaptureFixture) -> str:
    caplog.set_level(logging.DEBUG)
    with client(server, environ=environ, limits=limits) as asking, pytest.raises(SourceError) as raised:
        asking.get("/x")
    assert leaks(raised.value, caplog.text) == []
    assert no_thread_is_left()
    return str(raised.value).removeprefix(f"{server}/x: ")


PATIENT = Limits(deadline_seconds=PATIENCE)


def test_https_is_spoken_with_whom_the_environment_trusts(tls: ssl.SSLContext, trusted: dict[str, str]) -> None:
    """The token is for whom it is meant; one connection is kept for all."""
    with Server(answer([1], connection="keep-alive"), tls=tls) as server:
        with client(server.origin, environ=trusted) as asking:
            assert [asking.get("/x").data for _ in range(3)] == [[1]] * 3
        assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {CANARY}"] * 3
        assert server.connections == 1


def test_an_unknown_authority_is_not_trusted(tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture) -> None:
    """And asked once."""
    with Server(answer([1]), tls=tls) as server:
        found = told(server.origin, {}, PATIENT, caplog)
        assert found.startswith("the connection is not trusted: ")
        assert "certificate" in found
        assert found.endswith(f"; {UNTRUSTED}")
        assert (server.connections, server.asked) == (1, [])


def test_another_name_is_not_trusted(
    tls: ssl.SSLContext, trusted: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """A certificate of whom the environment trusts, for another host."""
    with Server(answer([1]), tls=tls) as server:
        found = told(server.origin.replace("127.0.0.1", "localhost"), trusted, PATIENT, caplog)
        assert "the connection is not trusted: Hostname mismatch" in found
        assert server.asked == []


def test_no_tls_where_it_is_asked_for(trusted: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    """An http server behind https."""
    with Server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        origin = server.origin.replace("http:", "https:")
        assert told(origin, trusted, PATIENT, caplog) == f"the connection is not trusted: no TLS that both sides speak; {UNTRUSTED}"  # fmt: skip


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_authorities_that_cannot_be_read(
    content: bytes | None, tls: ssl.SSLContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that is missing, empty or another."""
    path = tmp_path / "other.pem"
    if content is not None:
        path.write_bytes(content)
    with Server(answer([1]), tls=tls) as server:
        found = told(server.origin, {"REQUESTS_CA_BUNDLE": str(path)}, PATIENT, caplog)
        assert found == "the authorities to trust cannot be read; mend REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE"
        assert server.asked == []


def drip(asked: Asked) -> None:
    asked.sock.sendall(answer(b"", content_length="1000"))
    asked.drip(b"[" + b"1," * 400)


def drip_headers(asked: Asked) -> None:
    asked.drip(answer([1]))


@pytest.mark.clock
@pytest.mark.parametrize("script", [drip, drip_headers])
def test_a_slow_answer_over_tls_ends_in_time(
    script: object, tls: ssl.SSLContext, trusted: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Its socket is shut below the TLS."""
    with Server(script, tls=tls) as server:  # type: ignore[arg-type]
        assert told(server.origin, trusted, SHORT, caplog).startswith(
            "what is asked for did not come whole within 0.6 "
        )


@pytest.mark.clock
def test_a_handshake_without_an_end_ends_in_time(trusted: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    """A server that takes the connection and says nothing."""
    with Server(answer([1]), silent=True) as server:
        origin = server.origin.replace("http:", "https:")
        assert told(origin, trusted, SHORT, caplog).startswith("what is asked for did not come whole within 0.6 ")


class Tunnel(Server):
    """A proxy that connects whatever is asked for to `target`."""

    def __init__(self, target: int, status: bytes = b"200 Connection established") -> None:
        self._target = target
        self._status = status
        super().__init__(self._connect)

    def _connect(self, asked: Asked) -> None:
        asked.sock.sendall(b"HTTP/1.1 " + self._status + b"\r\n\r\n")
        if not self._status.startswith(b"200"):
            return
        with socket.create_connection(("127.0.0.1", self._target), 5) as behind:
            back = Thread(target=self._pump, args=(behind, asked.sock), daemon=True)
            back.start()
            self._pump(asked.sock, behind)
            back.join(5)

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


API = "https://api.example.test"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_carries_what_it_cannot_read(name: str, tls: ssl.SSLContext, trusted: dict[str, str]) -> None:
    """It sees the host and its own password, and no token; its own password goes to nobody else."""
    with Server(answer([1]), tls=tls) as server, Tunnel(server.port) as proxy:
        environ = {**trusted, name: f"http://jo:pw@127.0.0.1:{proxy.port}"}
        with client(API, environ=environ) as asking:
            assert asking.get("/x").data == [1]
        (connect,) = proxy.asked
        assert (connect.method, connect.target) == ("CONNECT", "api.example.test:443")
        assert connect.headers["proxy-authorization"] == "Basic am86cHc="
        assert CANARY not in str(connect.headers)
        assert "proxy-authorization" not in server.asked[0].headers


def test_a_proxy_is_gone_round_where_the_environment_says_so(tls: ssl.SSLContext, trusted: dict[str, str]) -> None:
    """Always, where http goes to this machine."""
    with Server(answer([1]), tls=tls) as secure, Server(answer([2])) as server, Tunnel(secure.port) as proxy:
        environ = {
            **trusted,
            "ALL_PROXY": f"http://127.0.0.1:{proxy.port}",
            "http_proxy": f"http://127.0.0.1:{proxy.port}",
        }
        with client(secure.origin, environ={**environ, "NO_PROXY": "127.0.0.1"}) as asking:
            assert asking.get("/x").data == [1]
        with client(server.origin, environ=environ) as asking:
            assert asking.get("/x").data == [2]
        assert proxy.connections == 0
        with client(secure.origin, environ=environ) as asking:
            assert asking.get("/x").data == [1]
        assert proxy.connections == 1


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (b"407 Proxy Authentication Required", f"the proxy did not let it through: Tunnel connection failed: 407 Proxy Authentication Required; {PROXY}"),
        (b"403 Forbidden", f"the proxy did not let it through: Tunnel connection failed: 403 Forbidden; {PROXY}"),
        (b"502 \x1b[31mBad", f"the proxy did not let it through: Tunnel connection failed: 502 [31mBad; {PROXY}"),
    ],
)  # fmt: skip
def test_a_proxy_that_refuses(
    status: bytes, found: str, trusted: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """What it says, once."""
    with Tunnel(0, status) as proxy:
        environ = {**trusted, "HTTPS_PROXY": f"http://jo:hidden@127.0.0.1:{proxy.port}"}
        assert told(API, environ, PATIENT, caplog) == found
        assert len(proxy.asked) == 1


def test_a_proxy_that_cannot_be_used(trusted: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    """Absent, slow, no address, or of a kind that is not installed; its password is not told."""
    with Server(b"") as gone:
        port = gone.port
    for address, found in (
        (f"http://jo:hidden@127.0.0.1:{port}", f"the proxy could not be reached (4 times); {PROXY}"),
        ("http://jo:hidden@", f"the proxy's address cannot be used; {PROXY}"),
        ("http://jo:hidden@[", f"the proxy's address cannot be used; {PROXY}"),
        ("http://jo:hidden@127.0.0.1:0", f"the proxy's address cannot be used; {PROXY}"),
        ("socks9://jo:hidden@127.0.0.1", f"the proxy's address cannot be used; {PROXY}"),
    ):
        assert told(API, {**trusted, "HTTPS_PROXY": address}, PATIENT, caplog) == found, address

    def slow(asked: Asked) -> None:
        asked.drip(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100)

    with Server(slow) as proxy:
        found = told(API, {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}, SHORT, caplog)
        assert found.startswith("what is asked for did not come whole within 0.6 seconds")


def test_no_service_there(caplog: pytest.LogCaptureFixture) -> None:
    """A port where nobody listens."""
    with Server(b"") as gone:
        origin = gone.origin
    found = told(origin, {}, PATIENT, caplog)
    assert found.startswith("no connection: ")
    assert "refused" in found
    assert found.endswith(" (4 times); see that the service runs and the network lets you through")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (socket.EAI_NONAME, "the host has no address; mend the host's name in `url`, or the network"),
        (socket.EAI_AGAIN, f"the host's address could not be looked up (4 times); {LATER}"),
    ],
)
def test_a_host_without_an_address(
    code: int, found: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is wrong, and a resolver that does not answer."""

    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "nothing")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert told(API, {}, PATIENT, caplog) == found


@pytest.mark.clock
def test_a_resolver_that_hangs_ends_in_time(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """No timeout of a socket holds there. It answers when the error has come, so that no thread is left."""
    over = Event()

    def answer_late(*_: object, **__: object) -> None:
        over.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "nothing")

    monkeypatch.setattr(socket, "getaddrinfo", answer_late)
    with client(API, limits=SHORT) as asking, pytest.raises(SourceError, match=r"did not come whole within 0\.6 sec"):
        asking.get("/x")
    over.set()
    assert no_thread_is_left()


def test_a_host_that_does_not_answer(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection within the time for it."""

    def create_connection(*_: object, **__: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", create_connection)
    assert told(API, {}, PATIENT, caplog) == (
        "no connection in time (4 times); see that the service runs and the network lets you through"
    )
