"""The proxy and the certificates that the environment names, read as requests reads them."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from pytest_postmortem.sources.http.addresses import Origin

__all__ = ["certificates", "is_usable", "proxy_for"]

_SPOKEN = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}


def proxy_for(origin: Origin, environ: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy that requests to `origin` go through, or None.

    http, which goes to this machine alone, never does: the token would reach the proxy in the clear. What a system
    keeps outside the environment (Windows' registry) is the caller's to put into `environ`.
    """
    if origin.scheme == "http" or _is_exempt(origin, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
        return None
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        if proxy := environ.get(name, "").strip():
            return proxy if "://" in proxy else f"http://{proxy}"
    return None


def is_usable(proxy: str) -> bool:
    """Return whether a proxy's URL names a host, and a way to speak with it."""
    try:
        parts = urlsplit(proxy)
        return parts.scheme.lower() in _SPOKEN and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_exempt(origin: Origin, no_proxy: str) -> bool:
    for entry in no_proxy.lower().replace(" ", "").split(","):
        name = entry.removeprefix("*").lstrip(".")
        if entry == "*" or (name and name in (origin.host, f"{origin.host}:{origin.port}")):
            return True
        if name and origin.host.endswith(f".{name}"):
            return True
        try:
            if "/" in name and ip_address(origin.host) in ip_network(name, strict=False):
                return True
        except ValueError:
            continue
    return False


def certificates(environ: Mapping[str, str]) -> str | bool:
    """Return the path of the authorities to trust, or True for requests' own."""
    return environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE") or True
