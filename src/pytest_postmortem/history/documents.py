"""What a project's files other than tests tell: the tests that documents name, and the name of the marker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import translate
from posixpath import normpath

from pytest_postmortem.model.postmortem import Postmortem

__all__ = ["DocumentLink", "DocumentTests", "compile_paths", "find_marker"]

DocumentLink = tuple[str, str]
"""The id of a post-mortem, and a node id in its document."""

_HEAD = re.compile(rb"[^\s,;|`<>()\[\]:]++(?>(?:::[^\s,;|`<>()\[\]:]++)*)")
_AROUND = b"*_~.\"'"
_TABLE = re.compile(rb"^[ \t]*+\[{1,2}[ \t]*+([^\[\]\n]{1,200})\]", re.MULTILINE)
_MARKER = re.compile(rb"""^[ \t]*+(?:"marker"|'marker'|marker)[ \t]*+=[ \t]*+["']([^"'\n]++)["']""", re.MULTILINE)


class DocumentTests:
    """The node ids that the documents name today, for finding them in earlier states of documents and tests.

    `names` are all names of each post-mortem, by its id.
    """

    def __init__(self, postmortems: Iterable[Postmortem], names: Mapping[str, Iterable[str]]) -> None:
        self._names: dict[str, tuple[bytes, ...]] = {}
        self._links: dict[bytes, list[tuple[bytes, DocumentLink]]] = {}
        self.tests: dict[bytes, list[tuple[re.Pattern[bytes] | None, DocumentLink]]] = {}
        """By the path of a test file: what has to stand in it (None: nothing), and the link that then is one."""
        for postmortem in postmortems:
            for node_id in dict.fromkeys(one for item in postmortem.action_items for one in item.test.node_ids):
                link = (postmortem.id, node_id)
                head = node_id.partition("[")[0]
                self._links.setdefault(_strip_backslashes(_encode(head)), []).append(
                    (_strip_backslashes(_encode(node_id)), link)
                )
                path, _, rest = head.partition("::")
                first = re.escape(_encode(rest.partition("::")[0]))
                defined = re.compile(rb"^[^#\n]*(?<!\w)%b(?!\w)" % first, re.MULTILINE) if first else None
                self.tests.setdefault(_encode(path), []).append((defined, link))
                self._names[postmortem.id] = tuple(map(_encode, names.get(postmortem.id, ())))

    def __bool__(self) -> bool:
        return bool(self._links)

    def find_links(self, text: bytes, path: bytes) -> set[DocumentLink]:
        """Return the links of a document that holds this text, or held it at this path.

        It has to name the post-mortem too, by any of its names, in its text or its path.
        """
        if b".py" not in text:
            return set()
        text = _strip_backslashes(text)
        links = {link for place in _HEAD.finditer(text) if b".py" in place.group() for link in self._match(text, place)}
        return {link for link in links if any(name in text or name in path for name in self._names[link[0]])}

    def _match(self, text: bytes, place: re.Match[bytes]) -> Iterator[DocumentLink]:
        """Yield the links whose node id stands at this place of a document."""
        head = place.group()
        bare = head.strip(_AROUND)
        start = place.start() + head.find(bare)
        for node_id, link in self._links.get(bare, ()):
            if text.startswith(node_id, start) and (node_id != bare or text[place.end() : place.end() + 1] != b"["):
                yield link


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _strip_backslashes(text: bytes) -> bytes:
    return text.replace(b"\\", b"")


def compile_paths(sources: Iterable[str]) -> re.Pattern[str]:
    """Return what the paths of documents look like in and below these sources. Wider than the sources' own reading:
    `*` passes over `/`."""
    patterns: dict[str, None] = {}
    for source in sources:
        plain = normpath(source)
        for one in {plain, plain.replace("**/", "")}:
            patterns.update({"*": None} if one == "." else {one: None, f"{one}/*": None})
    return re.compile("|".join(map(translate, patterns)))


def find_marker(text: bytes, table: str) -> str | None:
    """Return the marker's name that a configuration sets in its `table` (empty: at top level); None if it sets none."""
    start, end = 0, len(text)
    if table:
        start = next((found.end() for found in _TABLE.finditer(text) if _normalize_table(found.group(1)) == table), end)
    following = _TABLE.search(text, start)
    found = _MARKER.search(text, start, following.start() if following else end)
    name = found.group(1).decode("utf-8", "replace") if found else ""
    return name if name.isidentifier() else None


def _normalize_table(name: bytes) -> str:
    return "".join(name.decode("utf-8", "replace").split()).replace('"', "").replace("'", "")
