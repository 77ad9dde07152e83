"""What came back: JSON or text, whole and read strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pytest_postmortem.model.strict_json import NotStrict, load_strictly

__all__ = ["Answer", "decode_json", "decode_text", "is_web_page", "media_type"]

T = TypeVar("T")
_DEEPEST = 100
_LONGEST_NUMBER = 40
_JSON_BY_ANOTHER_NAME = {"", "text/json", "text/plain", "text/javascript", "application/octet-stream"}


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """One answer. `data` is the JSON value, or the text of `get_text`; of nothing changed (`not_modified`), None or "".

    The names of `headers` are in lower case; `url` is where the answer came from, after redirects.
    """

    data: T
    headers: Mapping[str, str]
    url: str
    not_modified: bool = False

    @property
    def content_type(self) -> str:
        """The media type alone, such as `application/yaml`; empty where none is told."""
        return media_type(self.headers)

    @property
    def etag(self) -> str:
        """For the next conditional request."""
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        """For the next conditional request."""
        return self.headers.get("last-modified", "")


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type of a content-type header, without parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_web_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether it is HTML, whatever its header says."""
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return media_type(headers) in ("text/html", "application/xhtml+xml") or start.startswith((b"<!doctype", b"<html"))


def decode_json(headers: Mapping[str, str], body: bytes) -> tuple[object, str]:
    """Return the value, and what is wrong with it (then the value is None). Never raises."""
    kind = media_type(headers)
    if kind not in _JSON_BY_ANOTHER_NAME and kind != "application/json" and not kind.endswith("+json"):
        return None, f"the answer is {kind} in place of JSON"
    text, fault = decode_text(body)
    if fault:
        return None, fault
    if not text.strip():
        return None, "the answer is empty"
    try:
        value = load_strictly(text, parse_int=_integer, parse_float=_float)
    except NotStrict as error:
        return None, f"the answer holds {error}"
    except json.JSONDecodeError as error:
        return None, f"the answer is no whole JSON (line {error.lineno}, column {error.colno})"
    except RecursionError:
        return None, "the answer is nested too deeply"
    return (None, "the answer is nested too deeply") if _is_deep(value) else (value, "")


def decode_text(body: bytes) -> tuple[str, str]:
    """Return the text in UTF-8 (with or without BOM), and what is wrong with it."""
    try:
        return body.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        return "", f"the answer is not UTF-8 (byte {error.start + 1})"


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise NotStrict(f"a number of {len(digits)} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits) if len(digits) <= 10 * _LONGEST_NUMBER else float("inf")
    if number in (float("inf"), float("-inf")):
        raise NotStrict("a number that is too large")
    return number


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
