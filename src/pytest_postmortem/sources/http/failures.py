"""Classify the exceptions of requests and urllib3: why a request brought no answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
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
    """Return what an exception of requests means. Its own text, which may hold the address and more, is not used."""
    from requests import exceptions
    from urllib3 import exceptions as below

    causes = list(_walk_causes(error))
    if isinstance(error, (exceptions.InvalidProxyURL, exceptions.InvalidSchema)):
        return Failure(Fault.PROXY_ADDRESS)
    if isinstance(error, OSError) and not isinstance(error, exceptions.RequestException):
        return Failure(Fault.AUTHORITIES)
    if failure := _classify_tls(causes) or _classify_connection(causes):
        return failure
    by_kind: tuple[tuple[Fault, tuple[type[BaseException], ...]], ...] = (
        (Fault.CONNECT_TIMEOUT, (below.ConnectTimeoutError,)),
        (Fault.READ_TIMEOUT, (below.ReadTimeoutError, TimeoutError)),
        (Fault.ENCODING, (below.DecodeError,)),
        (Fault.NO_HTTP, (below.HeaderParsingError, below.InvalidHeader, exceptions.InvalidHeader)),
    )
    for fault, kinds in by_kind:
        if _find_cause(causes, *kinds):
            return Failure(fault)
    if any(map(_is_no_http, causes)):
        return Failure(Fault.NO_HTTP)
    if _find_cause(causes, below.ProtocolError, ConnectionError):
        return Failure(Fault.BROKEN)
    return Failure(Fault.UNEXPECTED, type(error).__name__)


def _classify_tls(causes: Sequence[BaseException]) -> Failure | None:
    """Return the failure if a connection could not be trusted."""
    import ssl

    from urllib3 import exceptions as below

    if refused := _find_cause(causes, ssl.SSLCertVerificationError):
        return Failure(Fault.TLS, sanitize(str(getattr(refused, "verify_message", "")), 120))
    if any(getattr(cause, "library", None) in _READING_CERTIFICATES for cause in causes):
        return Failure(Fault.AUTHORITIES)
    if _find_cause(causes, ssl.SSLError, below.SSLError):
        return Failure(Fault.TLS, "no TLS that both sides speak")
    return None


def _classify_connection(causes: Sequence[BaseException]) -> Failure | None:
    """Return the failure if there was no connection: to the proxy, to an address, to a port."""
    from urllib3 import exceptions as below

    if _find_cause(causes, below.ProxyError):
        refused = next((str(cause) for cause in causes if str(cause).startswith("Tunnel connection failed")), "")
        return Failure(Fault.PROXY, sanitize(refused, 80)) if refused else Failure(Fault.PROXY_LATER)
    if unknown := _find_cause(causes, socket.gaierror):
        return Failure(Fault.HOST_LATER if unknown.args[0] == socket.EAI_AGAIN else Fault.NO_HOST)
    if _find_cause(causes, below.NewConnectionError):
        reasons = (cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror)
        return Failure(Fault.NO_CONNECTION, sanitize(next(reasons, ""), 80))
    return None


def _find_cause(causes: Sequence[BaseException], *kinds: type[BaseException]) -> BaseException | None:
    return next((cause for cause in causes if isinstance(cause, kinds)), None)


def _is_no_http(cause: BaseException) -> bool:
    from http.client import HTTPException, IncompleteRead, RemoteDisconnected

    return isinstance(cause, HTTPException) and not isinstance(cause, (IncompleteRead, RemoteDisconnected))


def _walk_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and every exception that it contains or follows from."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
