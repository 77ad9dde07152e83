"""The token of a remote source: where it goes, and that it appears nowhere else."""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote

from pytest_postmortem.errors import SourceError

__all__ = ["Credentials", "Secret"]

_SHORTEST_MASKED = 4
_ESCAPED_IN_JSON = re.compile("[&'+<>`]")  # by services in .NET, Go and Rails


class Secret:
    """A text that is shown as `***` whatever shows it, and that no file can hold."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself: for a header, and to look for it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written to a file")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token that came from the environment's `variable`, and how it goes out: always in one header.

    Made by `bearer`, `basic` or `custom`, which raise SourceError for a token that no header can carry, before
    anything is sent. Blanks around a token are left out: a secret that was pasted often ends in a new line.
    """

    secret: Secret
    variable: str
    user: str = ""
    header: str = "Authorization"
    scheme: str = "Bearer"

    @classmethod
    def bearer(cls, token: str, variable: str, *, scheme: str = "Bearer") -> Credentials:
        """`Authorization: Bearer TOKEN`, or another word in the place of Bearer."""
        return cls(_secret(token, variable), variable, scheme=scheme)

    @classmethod
    def basic(cls, user: str, token: str, variable: str) -> Credentials:
        """`Authorization: Basic ...` of a user (Jira Cloud: an e-mail address) and a token."""
        if ":" in user or not user.isprintable():
            raise SourceError("a user's name with a colon cannot be sent", origin=variable, hint="mend the name")
        return cls(_secret(token, variable), variable, user=user, scheme="Basic")

    @classmethod
    def custom(cls, header: str, token: str, variable: str) -> Credentials:
        """`HEADER: TOKEN`."""
        return cls(_secret(token, variable), variable, header=header, scheme="")

    def value(self) -> str:
        """What the header holds."""
        if self.scheme == "Basic":
            return f"Basic {self._pair()}"
        return f"{self.scheme} {self.secret.reveal()}".strip()

    def masked(self, text: str) -> str:
        """`text` with the token, plain or encoded, as `***`: servers echo what they refuse."""
        for form in self._forms():
            text = text.replace(form, "***")
        return text

    def masked_bytes(self, body: bytes) -> bytes:
        """The same for the bytes of an answer."""
        for form in self._forms():
            body = body.replace(form.encode(), b"***")
        return body

    def _pair(self) -> str:
        return b64encode(f"{self.user}:{self.secret.reveal()}".encode()).decode()

    def _forms(self) -> list[str]:
        token = self.secret.reveal()
        if len(token) < _SHORTEST_MASKED:
            return []
        raw = token.encode()
        encoded = {b64encode(raw).decode(), urlsafe_b64encode(raw).decode(), self._pair()}
        forms = {token, quote(token, safe=""), *(form.rstrip("=") for form in encoded)}
        forms |= {form.replace("/", "\\/") for form in forms}
        for unicode in (r"\u{:04x}", r"\u{:04X}"):
            forms |= {_escaped(form, unicode) for form in forms}
        return sorted(forms, key=len, reverse=True)


def _escaped(form: str, unicode: str) -> str:
    return _ESCAPED_IN_JSON.sub(lambda found: unicode.format(ord(found[0])), form)


def _secret(token: str, variable: str) -> Secret:
    value = token.strip()
    if not value:
        raise SourceError(
            "the variable is set and empty",
            origin=variable,
            hint="set it to a token, or unset it; a pull request from a fork gets no secrets",
        )
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise SourceError(
            "the token holds a blank or a character that no header can carry", origin=variable, hint="copy it once more"
        )
    return Secret(value)
