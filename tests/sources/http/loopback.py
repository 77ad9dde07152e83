"""A server on this machine that answers byte for byte as a test says, and a client that asks it."""

from __future__ import annotations

import json
import socket
import ssl
import time
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from urllib.parse import quote, quote_plus

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Clock, Credentials, Limits
from tests.waiting import PATIENCE, wait_until

CANARY = "canary-7f3a/9+Zq=bcd~x"
"""The token of every test here; its encoded forms all differ."""
USER = "jo@example.test"

Script = bytes | Callable[["Asked"], None]


@dataclass(frozen=True)
class Asked:
    """One request as the server got it; `sock` is for scripts that answer by themselves."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    sock: socket.socket
    over: Event

    def drip(self, data: bytes, seconds: float = 0.1) -> None:
        """Send a byte at a time until the other side has gone or the test is over."""
        with suppress(OSError):
            for byte in data:
                self.sock.sendall(bytes([byte]))
                if self.over.wait(seconds):
                    return


class Server:
    """Answers requests with `scripts`, one each, the last again and again; `asked` is what came.

    A connection is kept after bytes that say `connection: keep-alive`.
    """

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None, silent: bool = False) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self._scripts = list(scripts)
        self._tls = tls
        self._silent = silent
        self._over = Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._threads = [Thread(target=self._accept, daemon=True)]

    def script(self, *scripts: Script) -> None:
        self._scripts = list(scripts)

    def __enter__(self) -> Server:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._socket.accept()
                self.connections += 1
                thread = Thread(target=self._serve, args=(sock,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            sock.settimeout(PATIENCE)
            if self._silent:
                self._over.wait()
                return
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            self._answer(sock)
        except (OSError, ValueError):
            pass
        finally:
            sock.close()

    def _answer(self, sock: socket.socket) -> None:
        with sock.makefile("rb") as stream:
            while request := stream.readline().decode():
                method, target, _ = request.split(" ", 2)
                headers = {}
                while line := stream.readline().decode("latin-1").rstrip("\r\n"):
                    name, _, value = line.partition(":")
                    headers[name.lower()] = value.strip()
                body = stream.read(int(headers.get("content-length", 0)))
                asked = Asked(method, target, headers, body, sock, self._over)
                self.asked.append(asked)
                script = self._scripts[min(len(self.asked), len(self._scripts)) - 1]
                if callable(script):
                    script(asked)
                    break
                sock.sendall(script)
                if b"connection: keep-alive" not in script:
                    break
        with suppress(OSError):
            sock.shutdown(socket.SHUT_WR)


def answer(body: bytes | str | object = b"{}", status: str = "200 OK", **headers: str | None) -> bytes:
    """A whole answer; `content_type=None` leaves a header out, other names take `_` for `-`."""
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    named: dict[str, str | None] = {
        "connection": "close",
        "content_type": "application/json",
        "content_length": str(len(body)),
        **headers,
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


class Slept:
    """A clock whose waits take no time and are written down."""

    def __init__(self, epoch: float = 1_800_000_000.0) -> None:
        self.waits: list[float] = []
        self.clock = Clock(monotonic=self._monotonic, sleep=self.waits.append, epoch=lambda: epoch)

    def _monotonic(self) -> float:
        return time.monotonic() + sum(self.waits)


def token(kind: str = "bearer") -> Credentials:
    match kind:
        case "basic":
            return Credentials.basic(USER, CANARY, "TRACKER_TOKEN")
        case "custom":
            return Credentials.custom("PRIVATE-TOKEN", CANARY, "TRACKER_TOKEN")
        case _:
            return Credentials.bearer(CANARY, "TRACKER_TOKEN")


@contextmanager
def client(
    base: str,
    *,
    limits: Limits | None = None,
    slept: Slept | None = None,
    credentials: Credentials | None = None,
    anonymous: bool = False,
    environ: dict[str, str] | None = None,
) -> Iterator[Client]:
    """One whose token may go to `base`."""
    host = base.partition("://")[2].partition("/")[0]
    with Client(
        base,
        clock=(slept or Slept()).clock,
        environ=environ or {},
        credentials=None if anonymous else credentials or token(),
        allowed_hosts=(host,),
        limits=limits or Limits(deadline_seconds=PATIENCE),
    ) as made:
        yield made


def no_thread_is_left() -> bool:
    """Whether every exchange has ended; those that are about to end are waited for."""
    wait_until(lambda: not any(thread.name == "pytest-postmortem-http" for thread in enumerate_threads()))
    return True


def forms() -> list[str]:
    """The token as it could appear: plain, in base64 and percent-encoded."""
    raw, pair = CANARY.encode(), f"{USER}:{CANARY}".encode()
    encoded = [b64encode(raw), urlsafe_b64encode(raw), b64encode(pair)]
    return [CANARY, quote(CANARY, safe=""), quote_plus(CANARY), *(form.decode().rstrip("=") for form in encoded)]


def leaks(error: SourceError, *more: str) -> list[str]:
    """The forms of the token in anything that may be shown of `error`, and in `more`; empty as it must be."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    texts = [str(error), repr(error), repr(error.args), repr(vars(error)), "".join(told.format()), *more]
    assert error.__context__ is None
    assert error.__cause__ is None
    return [form for form in forms() for text in texts if form in text]
