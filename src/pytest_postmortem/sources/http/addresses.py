"""Addresses: which are taken, which origin they belong to, and how they are shown."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from pytest_postmortem.errors import SourceError
from pytest_postmortem.model.text import shorten

__all__ = ["Origin", "is_absolute", "parse_origin", "redact_url", "sanitize"]

_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?")
_NOT_IN_A_URL = re.compile(r"[^\x21-\x7e]|[\\<>\"`{}|^]")
_USERINFO = re.compile(r"//[^/?#]*@")
_ABSOLUTE = re.compile(r"\A(?:[A-Za-z][A-Za-z0-9+.-]*:|//|\\)")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what a token is bound to. `host` is in lower case, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, so that nothing travels over a wire."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def netloc(self) -> str:
        """The host, and the port where it is not the scheme's own: what `--allow-host` takes."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def is_among(self, hosts: Collection[str]) -> bool:
        """Return whether one of `hosts`, each `HOST` or `HOST:PORT`, names it."""
        own = {self.netloc, f"{self.netloc}:{self.port}"}
        return any(host.strip().lower() in own for host in hosts)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


def parse_origin(url: str) -> Origin:
    """Return the origin of an absolute URL. Raises SourceError for one that no request is sent to.

    That is any scheme but https (and http to this machine), a name or password in it, and whatever two parsers could
    read differently: blanks, control characters, backslashes, hosts that are not ASCII.
    """

    if _NOT_IN_A_URL.search(url):
        raise _refuse(
            url,
            "the address holds a character that no URL has",
            "percent-encode it; an international host is written xn--",
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if "@" in parts.netloc:
        raise _refuse(
            url,
            "the address holds a name or a password",
            "take it out: a token comes from the variable that `token-env` names",
        )
    scheme, host = parts.scheme, parts.hostname or ""
    if scheme not in _DEFAULT_PORTS or port == 0 or not (_HOST.fullmatch(host) or _is_ipv6(host, parts.netloc)):
        raise _refuse(url, "this is no address to fetch from", "write it as https://HOST/PATH")
    origin = Origin(scheme, host, port or _DEFAULT_PORTS[scheme])
    if scheme == "http" and not origin.is_loopback:
        raise _refuse(url, "http sends everything in the clear", "write https://")
    return origin


def _refuse(url: str, problem: str, hint: str) -> SourceError:
    return SourceError(problem, origin=redact_url(url), hint=hint)


def _is_ipv6(host: str, netloc: str) -> bool:
    try:
        return netloc.startswith("[") and ip_address(host).version == 6
    except ValueError:
        return False


def is_absolute(url: str) -> bool:
    """Return whether it begins with a scheme or a host, so that it is not a path."""
    return _ABSOLUTE.match(url) is not None


def redact_url(url: str) -> str:
    """Return an address as messages show it: without name, password, query and fragment, on one line, cut at 200."""
    bare = re.split(r"[?#]", _USERINFO.sub("//", url), maxsplit=1)[0]
    return sanitize(bare, 200)


def sanitize(text: str, most: int) -> str:
    """Return foreign text on one line without what a terminal would obey, cut at `most` characters."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text[: most * 20]).split())
    return shorten(words, most, "…")
