"""User-facing messages for failed requests: the problem in a few words, and what to do next."""

from __future__ import annotations

import json
from enum import Enum

from pytest_postmortem.sources.http.addresses import sanitize
from pytest_postmortem.sources.http.credentials import Credentials

__all__ = ["LATER", "WEB_PAGE", "Fault", "describe_status"]

LATER = "try again later"
WEB_PAGE = "see that `url` is the API's address, and that no login page or proxy stands before it"
_REASON = 160
_KEYS = ("message", "error_description", "error", "errorMessages", "errors", "detail", "title", "reason")


class Fault(Enum):
    """Why no complete answer came: the problem, what to do next, whether to try again."""

    NO_HOST = "the host has no address", "mend the host's name in `url`, or the network", False
    HOST_LATER = "the host's address could not be looked up", LATER, True
    NO_CONNECTION = "no connection", "see that the service runs and the network lets you through", True
    BROKEN = "the connection broke off before the answer was whole", LATER, True
    CONNECT_TIMEOUT = "no connection in time", "see that the service runs and the network lets you through", True
    READ_TIMEOUT = "the service fell silent", LATER, True
    DEADLINE = (
        "what is asked for did not come whole",
        "try again later, or ask for less",
        False,
    )
    TLS = (
        "the connection is not trusted",
        "where your company has its own authority, name its file in REQUESTS_CA_BUNDLE",
        False,
    )
    AUTHORITIES = "the authorities to trust cannot be read", "mend REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE", False
    PROXY = "the proxy did not let it through", "mend HTTPS_PROXY, or name the host in NO_PROXY", False
    PROXY_LATER = "the proxy could not be reached", "mend HTTPS_PROXY, or name the host in NO_PROXY", True
    PROXY_ADDRESS = "the proxy's address cannot be used", "mend HTTPS_PROXY, or name the host in NO_PROXY", False
    TOO_LARGE = "the answer is larger than", "narrow what is asked for", False
    RUN_TOO_LARGE = "the answers of this source are together larger than", "narrow what is asked for", False
    ENCODING = "the answer is packed in a way that cannot be read", "report it to the service", False
    NO_HTTP = "the answer is no HTTP", "see that `url` is the API's address", False
    OLD_LIBRARY = "urllib3 is too old to be safe", "pip install 'urllib3>=2.6.3'", False
    UNEXPECTED = "the request failed", "report it with this line", False

    def __init__(self, problem: str, hint: str, again: bool) -> None:
        self.problem = problem
        self.hint = hint
        self.again = again


def describe_status(
    status: int, body: bytes, credentials: Credentials | None, *, tries: int, when: str
) -> tuple[str, str]:
    """Return the problem and the hint for an answer that is not a success.

    `body` is the beginning of the answer's; `when` is when the service asks to come again, or empty.
    """
    reason = _find_reason(body, credentials)
    asked = f", {tries} times" if tries > 1 else ""
    return (
        f"{_describe_problem(status, status == 403 and bool(when))} ({status}{asked}){': ' if reason else ''}{reason}",
        _suggest_fix(status, credentials, when),
    )


def _describe_problem(status: int, limited: bool) -> str:
    match status:
        case 401:
            return "not let in"
        case _ if status == 429 or limited:
            return "too many requests"
        case 403:
            return "not allowed"
        case 404:
            return "not found"
        case 410:
            return "gone for good"
        case _ if status >= 500:
            return "the service fails"
        case _ if status >= 400:
            return "the request is refused"
        case _:
            return "an answer without documents"


def _suggest_fix(status: int, credentials: Credentials | None, when: str) -> str:
    if when:
        return f"come again {when}"
    if status in _FIXES:
        return _FIXES[status]
    if status in _ACCESS_FIXES:
        with_token, without = _ACCESS_FIXES[status]
        return with_token.format(token=f"the token in {credentials.variable}") if credentials else without
    return LATER if status >= 500 else "see that `url` is the API's address"


_ACCESS_FIXES = {
    401: (
        "{token} is wrong or has run out: make a new one",
        "set a token in the environment, and name its variable with `token-env`",
    ),
    403: ("give {token} the right to read this", "it may want a token: name its variable with `token-env`"),
    404: (
        "mend the address; what is private is not found with the wrong token, either: look at {token}",
        "mend the address; what is private is not found without a token: name its variable with `token-env`",
    ),
}
"""What to do with a token, and without one."""
_QUERY = "mend the query of this source in the configuration"
_FIXES = {
    400: _QUERY,
    407: "put the proxy's name and password into HTTPS_PROXY",
    410: "mend the address, or update pytest-postmortem: the service took this one away",
    422: _QUERY,
    429: "come again later",
}


def _find_reason(body: bytes, credentials: Credentials | None) -> str:
    """Return the message in the body of an error, of JSON or text, on one line and without the token; "" for a page."""
    text = body.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    try:
        found = _find_message(json.loads(text), 4)
    except (ValueError, RecursionError):
        found = "" if text.startswith(("{", "[", "<")) else text
    return sanitize(credentials.mask(found) if credentials else found, _REASON)


def _find_message(value: object, depth: int) -> str:
    """Return the text that an error's JSON has under one of the usual keys, several joined by commas."""
    if isinstance(value, str):
        return value
    if depth == 0:
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, (_find_message(item, depth - 1) for item in value[:5])))
    return _find_message_of(value, depth) if isinstance(value, dict) else ""


def _find_message_of(mapping: dict[str, object], depth: int) -> str:
    for key in _KEYS:
        if message := _find_message(mapping.get(key), depth - 1):
            return message
    texts = [value for value in list(mapping.values())[:5] if isinstance(value, str)]
    return ", ".join(texts) if depth < 4 else ""
