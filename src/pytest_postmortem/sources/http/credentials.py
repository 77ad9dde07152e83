"""The token of a remote source: where it goes, and that it appears nowhere else."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import NoReturn

from pytest_postmortem.errors import SourceError

__all__ = ["Credentials", "Secret"]

_SHORTEST_MASKED = 4
_SHORTEST_BASE64 = 6
_SEPARATOR = r"(?:[\s-]|\\[rn])?"
"""What may be put between two characters, by a line break or to make groups."""


class Secret:
    """A text that is shown as `***` whatever shows it, and that no file can hold."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the text itself: for a header, and to look for it."""
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

    def mask(self, text: str) -> str:
        """Return `text` with the token as `***`, plain, quoted, in hex or in base64: servers echo what they refuse."""
        for pattern in self._patterns():
            text = pattern.sub("***", text)
        return text

    def mask_bytes(self, body: bytes) -> bytes:
        """Do the same with the bytes of an answer."""
        return self.mask(body.decode("latin-1")).encode("latin-1")

    def _pair(self) -> str:
        return b64encode(f"{self.user}:{self.secret.reveal()}".encode()).decode()

    def _patterns(self) -> list[re.Pattern[str]]:
        token = self.secret.reveal()
        if len(token) < _SHORTEST_MASKED:
            return []
        raw = token.encode()
        encoded = {self._pair().rstrip("=")}
        for before in range(3):  # at each place of a longer text, such as `user:TOKEN`
            first, last = (before * 8 + 5) // 6, (before + len(raw)) * 8 // 6
            encoded.add(b64encode(bytes(before) + raw).decode()[first:last])
        texts = [_SEPARATOR.join(map(_character, token))]
        texts += [
            _SEPARATOR.join(map(_base64_character, form)) + "[A-Za-z0-9+/_-]?=*"
            for form in encoded
            if len(form) >= _SHORTEST_BASE64
        ]
        texts.append(r"(?:[\s:,-]|0x|\\x)*".join(f"(?i:{byte:02x})" for byte in raw))
        return [re.compile(text) for text in sorted(texts, key=len, reverse=True)]


def _character(character: str) -> str:
    """Return one character of a token as servers write it: plain, or escaped for a URL, JSON, or HTML."""
    code = ord(character)
    escaped = rf"%(?:25)?(?i:{code:02x})|\\(?:u00|x)(?i:{code:02x})|&#(?:{code}|[xX]0*(?i:{code:x}));"
    return rf"(?:\\?{re.escape(character)}|{escaped}{_match_entity(character)})"


def _match_entity(character: str) -> str:
    name = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}.get(character)
    return f"|&{name};" if name else ""


def _base64_character(character: str) -> str:
    other = {"+": "-", "/": "_"}.get(character)
    return f"(?:{_character(character)}|{other})" if other else _character(character)


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
