"""Regular expressions that are compiled when they are first used.

The reading knows some eighty of them, and a document needs about a third: compiling all of them takes as long as reading
a hundred documents.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["lazily"]


def lazily(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` returns for `source`, but for the time when it is made."""
    return cast("re.Pattern[AnyStr]", _Lazy(source, flags))


class _Lazy:
    def __init__(self, source: Any, flags: int) -> None:
        self._source = source, flags

    def __getattr__(self, name: str) -> Any:
        method = getattr(re.compile(*self._source), name)
        setattr(self, name, method)
        return method
