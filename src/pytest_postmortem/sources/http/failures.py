"""Why a request brought no answer: the exceptions of requests and urllib3 as faults of ours."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_postmortem.sources.http.addresses import sanitize
from pytest_postmortem.sources.http.messages import Fault

__all__ = ["Failure", "classify_failure"]

_READING_CERTIFICATES = ("X509", "PEM", "ASN1")


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer, or none that is whole; `detail` is what is known beyond the fault."""

    fault: Fault
    detail: str = ""


def classify_failure(error: Exception) -> Failure:
    """What an exception of requests means. Its own text, which may hold the address and more, is not used."""
    import ssl

    from requests import exceptions
    from urllib3 import exceptions as below

    causes = list(_walk_causes(error))

    def first(*kinds: type[BaseException]) -> BaseException | None:
        return next((cause for cause in causes if isinstance(cause, kinds)), None)

    if isinstance(error, (exceptions.InvalidProxyURL, exceptions.InvalidSchema)):
        return Failure(Fault.PROXY_ADDRESS)
    if isinstance(error, OSError) and not isinstance(error, exceptions.RequestException):
        return Failure(Fault.AUTHORITIES)
    if refused := first(ssl.SSLCertVerificationError):
        return Failure(Fault.TLS, sanitize(str(getattr(refused, "verify_message", "")), 120))
    if any(getattr(cause, "library", None) in _READING_CERTIFICATES for cause in causes):
        return Failure(Fault.AUTHORITIES)
    if first(ssl.SSLError, below.SSLError):
        return Failure(Fault.TLS, "no TLS that both sides speak")
    if first(below.ProxyError):
        reached = next((str(cause) for cause in causes if str(cause).startswith("Tunnel connection failed")), "")
        return Failure(Fault.PROXY, sanitize(reached, 80)) if reached else Failure(Fault.PROXY_LATER)
    if unknown := first(socket.gaierror):
        return Failure(Fault.HOST_LATER if unknown.args[0] == socket.EAI_AGAIN else Fault.NO_HOST)
    if first(below.NewConnectionError):
        reasons = (cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror)
        return Failure(Fault.NO_CONNECTION, sanitize(next(reasons, ""), 80))
    if first(below.ConnectTimeoutError):
        return Failure(Fault.CONNECT_TIMEOUT)
    if first(below.ReadTimeoutError, TimeoutError):
        return Failure(Fault.READ_TIMEOUT)
    if first(below.DecodeError):
        return Failure(Fault.ENCODING)
    if first(below.HeaderParsingError, below.InvalidHeader, exceptions.InvalidHeader) or any(map(_is_no_http, causes)):
        return Failure(Fault.NO_HTTP)
    if first(below.ProtocolError, ConnectionError):
        return Failure(Fault.BROKEN)
    return Failure(Fault.UNEXPECTED, type(error).__name__)


def _is_no_http(cause: BaseException) -> bool:
    from http.client import HTTPException, IncompleteRead, RemoteDisconnected

    return isinstance(cause, HTTPException) and not isinstance(cause, (IncompleteRead, RemoteDisconnected))


def _walk_causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and every exception that it holds or follows from."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
