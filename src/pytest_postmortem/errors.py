"""The errors that this package raises for what a user can fix."""

from __future__ import annotations

from traceback import extract_tb
from typing import Self

__all__ = [
    "ConfigError",
    "DocumentError",
    "EvidenceError",
    "PostmortemError",
    "SourceError",
    "join_errors",
    "plugin_error",
]


class PostmortemError(Exception):
    """An error in what the user gave, shown as ``origin:line: problem; hint``.

    `origin` is a path relative to the configuration's folder (or an absolute path, or a URL),
    `line` is 1-based, `hint` says what to write or type instead.
    """

    def __init__(self, problem: str, *, origin: str = "", line: int | None = None, hint: str = "") -> None:
        super().__init__(problem, origin, line, hint)
        self.problem = problem
        self.origin = origin
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        place = self.origin if self.line is None else f"{self.origin}:{self.line}"
        text = f"{place}: {self.problem}" if place else self.problem
        return f"{text}; {self.hint}" if self.hint else text

    def fill_origin(self, origin: str) -> Self:
        """Return the error with its origin filled in, if it has none."""
        return self if self.origin else type(self)(self.problem, origin=origin, line=self.line, hint=self.hint)

    def add_prefix(self, prefix: str) -> Self:
        """Return the error with `prefix` before its problem."""
        return type(self)(prefix + self.problem, origin=self.origin, line=self.line, hint=self.hint)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == other.args

    def __hash__(self) -> int:
        return hash((type(self), self.args))


class ConfigError(PostmortemError):
    """The configuration cannot be used: an unknown key, a wrong value, invalid TOML."""


class DocumentError(PostmortemError):
    """A post-mortem document cannot be read, or contains something unknown in a field that is judged by."""


class SourceError(PostmortemError):
    """A place where documents come from cannot be read."""


class EvidenceError(PostmortemError):
    """Evidence cannot be written or read."""


def plugin_error(hook: str, error: Exception) -> SourceError:
    """Return the error of a package or conftest that extends this one: where in it `error` was raised, by `hook`."""
    frame = extract_tb(error.__traceback__)[-1]
    problem = " ".join(f"{hook} failed: {type(error).__name__}: {error}".split())
    return SourceError(problem, origin=frame.filename, line=frame.lineno, hint="mend it there, or leave it out")


def join_errors(errors: list[PostmortemError] | tuple[PostmortemError, ...]) -> str:
    """Return all `errors` as one text, a line each, sorted by origin and line."""
    return "\n".join(str(error) for error in sorted(errors, key=lambda e: (e.origin, e.line or 0, e.problem)))
