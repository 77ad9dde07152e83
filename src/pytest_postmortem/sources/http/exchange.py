"""One request and its answer over the wire, by requests."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from pytest_postmortem.sources.http.addresses import parse_origin, sanitize
from pytest_postmortem.sources.http.credentials import Credentials
from pytest_postmortem.sources.http.failures import Failure, classify_failure
from pytest_postmortem.sources.http.messages import Fault
from pytest_postmortem.sources.http.proxies import certificates, is_usable, proxy_for

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

__all__ = ["Budget", "HttpRequest", "Reply", "Wire"]

_PIECE = 64 * 1024
_ERROR_BYTES = 64 * 1024
_SLICE = 0.2
_OLDEST_URLLIB3 = (2, 6, 3)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is asked. `headers` hold no token: that is put in where the request is made, and goes with it."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What one exchange may take: seconds to connect, of silence, and in all; bytes of this answer and of the run."""

    connect: float
    read: float
    total: float
    answer_bytes: int
    run_bytes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status. `body` is decoded; of a redirect it is empty, of an error it is the beginning.

    `bounded` tells that the end of the body was marked, so that it is known to be whole. A token that the service
    sent back is `***`.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    bounded: bool

    def mask(self, credentials: Credentials) -> Reply:
        """Return the reply without the token."""
        headers = {name: credentials.mask(value) for name, value in self.headers.items()}
        return replace(self, headers=headers, body=credentials.mask_bytes(self.body))


class Wire:
    """The connections of one client.

    An exchange runs in a thread of its own and is given up when its time is over, whatever it waits for then: an
    address, a handshake, a proxy, a header or body that comes byte by byte. Its sockets are shut, so the thread ends.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._adapter: HTTPAdapter | None = None
        self._sockets: list[socket.socket] = []
        self._given_up = Event()

    def exchange(self, request: HttpRequest, credentials: Credentials | None, budget: Budget) -> Reply | Failure:
        """Return the answer, or why there is none. Raises nothing: an exception would hold the token."""
        running = Lock()  # an Event holds a lock of its own, which an interrupt may leave closed for the thread
        running.acquire()
        outcome: list[Reply | Failure] = []

        def work() -> None:
            try:
                result = self._exchange(request, credentials, budget)
                outcome.append(result.mask(credentials) if credentials and isinstance(result, Reply) else result)
            except Exception as error:
                outcome.append(classify_failure(error))
            finally:
                running.release()

        thread = Thread(target=work, name="pytest-postmortem-http", daemon=True)
        over = False
        try:  # an interrupt may come while the thread starts, too
            thread.start()
            left = budget.total
            while left > 0 and not (over := running.acquire(timeout=min(_SLICE, left))):
                left -= _SLICE
        finally:
            if not over:
                self._give_up()
                if thread.is_alive():
                    thread.join(_SLICE)
        return outcome[0] if outcome and not self._given_up.is_set() else Failure(Fault.DEADLINE)

    def close(self) -> None:
        """Close every connection."""
        if self._adapter is not None:
            self._adapter.close()
        for sock in self._sockets:
            sock.close()
        self._sockets.clear()

    def _give_up(self) -> None:
        self._given_up.set()
        for sock in list(self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not SSLSocket's own, which breaks a reading thread

    def _exchange(self, request: HttpRequest, credentials: Credentials | None, budget: Budget) -> Reply | Failure:
        import requests

        installed = version("urllib3")
        if tuple(int(part) for part in installed.split(".")[:3] if part.isdecimal()) < _OLDEST_URLLIB3:
            return Failure(Fault.OLD_LIBRARY, installed)
        if self._adapter is None:
            self._adapter = _build_adapter(self._sockets)
        prepared = requests.Request(
            request.method,
            request.url,
            headers={"User-Agent": "pytest-postmortem", "Accept-Encoding": "gzip", **request.headers},
            data=request.body,
            auth=_build_auth(credentials),
        ).prepare()
        origin = parse_origin(request.url)
        if parse_origin(prepared.url or "") != origin:
            return Failure(Fault.UNEXPECTED, "the address is read in two ways")
        proxy = proxy_for(origin, self._environ)
        if proxy and not is_usable(proxy):
            return Failure(Fault.PROXY_ADDRESS)
        # Straight through the adapter: a session would read ~/.netrc, keep cookies, and read a redirect's body whole.
        response = self._adapter.send(
            prepared,
            stream=True,
            timeout=(budget.connect, budget.read),
            verify=certificates(self._environ),
            proxies={origin.scheme: proxy} if proxy else {},
        )
        try:
            return self._read(response, budget)
        finally:
            response.close()

    def _read(self, response: Response, budget: Budget) -> Reply | Failure:
        headers = {name.lower(): value for name, value in response.headers.items()}
        status = response.status_code
        empty = status in (204, 205, 304)
        length = headers.get("content-length", "")
        chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        reply = Reply(status, headers, b"", chunked or length.isdecimal() or empty)
        if status >= 400:
            return replace(reply, body=self._read_beginning(response))
        if status >= 300 or empty:
            return reply
        if failure := _refuse_headers(response, headers, budget):
            return failure
        body = self._read_body(response, budget)
        return body if isinstance(body, Failure) else replace(reply, body=body)

    def _read_body(self, response: Response, budget: Budget) -> bytes | Failure:
        body = bytearray()
        for piece in response.iter_content(_PIECE):
            body += piece
            if len(body) > budget.answer_bytes:
                return Failure(Fault.TOO_LARGE, _format_size(budget.answer_bytes))
            if len(body) > budget.run_bytes:
                return Failure(Fault.RUN_TOO_LARGE)
            if self._given_up.is_set():
                return Failure(Fault.DEADLINE)
        return bytes(body)

    def _read_beginning(self, response: Response) -> bytes:
        body = bytearray()
        with suppress(Exception):  # the status is told in any case
            for piece in response.iter_content(4096):
                body += piece
                if len(body) >= _ERROR_BYTES or self._given_up.is_set():
                    break
        return bytes(body[:_ERROR_BYTES])


def _refuse_headers(response: Response, headers: Mapping[str, str], budget: Budget) -> Failure | None:
    """Return the failure if the headers announce a body that cannot be decoded, or is too large."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    accepted = (response.request.headers.get("Accept-Encoding") or "").lower()
    if encoding not in ("identity", "", accepted):
        return Failure(Fault.ENCODING, f"as {sanitize(encoding, 40)}")
    length = headers.get("content-length", "")
    if length.isdecimal() and len(length) < 19 and int(length) > budget.answer_bytes:
        return Failure(Fault.TOO_LARGE, _format_size(budget.answer_bytes))
    return None


def _format_size(count: int) -> str:
    return f"{count // (1024 * 1024)} MiB" if count >= 1024 * 1024 else f"{count} bytes"


def _build_auth(credentials: Credentials | None) -> Any:
    """Return one that puts the token in its header, and nothing else: `auth=None` would let others be found."""
    from requests.auth import AuthBase

    class OneHeader(AuthBase):
        def __call__(self, r: PreparedRequest) -> PreparedRequest:
            if credentials is not None:
                r.headers[credentials.header] = credentials.value()
            return r

    return OneHeader()


def _build_adapter(sockets: list[socket.socket]) -> HTTPAdapter:
    """Return an adapter without tries of its own, whose sockets are put into `sockets`."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    def watch(kind: type[Any]) -> type[Any]:
        class Watched(kind):  # type: ignore[misc]
            def _new_conn(self) -> socket.socket:
                sockets.append(sock := super()._new_conn())
                return sock  # type: ignore[no-any-return]

            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        return Watched

    pools = {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": watch(HTTPConnection)}),
        "https": type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": watch(HTTPSConnection)}),
    }

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **kwargs)
            if not proxy.lower().startswith("socks"):
                manager.pool_classes_by_scheme = pools
            return manager

    return Adapter(max_retries=0)
