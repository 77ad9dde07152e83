"""YAML, of front matter and of files: every scalar a string, with limits and a line for every error."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.nodes import MAX_DEPTH, Node, Problem
from pytest_postmortem.reading.syntax.one_line_keys import read_simple_mapping

__all__ = ["read_root", "read_yaml"]

_DIRECTIVE = lazily("(?:^|[\n\r\x85\u2028\u2029])%")
_OTHER_BREAKS = lazily("[\x85\u2028\u2029]|\r(?!\n)")
_CONTROL = lazily("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SYNTAX_HINTS = (
    (
        "cannot start any token",
        "indent with spaces and not with tabs, and put a value with special characters in quotes",
    ),
    ("mapping values are not allowed", "put a value that holds a colon in quotes"),
    ("expected <block end>", "give the keys of one mapping the same indentation"),
    ("expected ',' or ']'", "close the list with ], or put the value in quotes"),
    ("expected ',' or '}'", "close the mapping with }, or put the value in quotes"),
    ("did not find expected", "give the keys of one mapping the same indentation, or put the value in quotes"),
    ("tab character", "indent with spaces and not with tabs"),
    ("could not find expected ':'", "write it as `key: value`"),
    ("special characters", "remove the control character"),
    ("unexpected end of stream", "close the quotes or the bracket"),
    ("control characters", "remove the control character"),
)


def read_yaml(block: str, first_line: int = 1) -> tuple[dict[str, Node], list[Problem]]:
    """Return the mapping in `block`, whose first line is line `first_line` of the file, and everything wrong with it.

    Most front matter is a line a key, which takes no parser.
    """
    simple = read_simple_mapping(block, first_line)
    if simple is not None:
        return simple, []
    root, problems = read_root(block, first_line)
    if root is None:
        return {}, problems
    if not isinstance(root.value, dict):
        return {}, [*problems, Problem(root.line, "no mapping", "write it as lines of `key: value`")]
    return root.value, problems


def read_root(block: str, first_line: int = 1) -> tuple[Node | None, list[Problem]]:
    """Return what `block` holds, None for nothing, and everything wrong with it; its first line is `first_line` of the file.

    Read from the event stream, so that nothing is guessed (`NO`, `012`, `2024-01-02` stay as they are written), and
    refused where YAML means more than text, lists and mappings.
    """
    if "%" in block and (directive := _DIRECTIVE.search(block)) is not None:
        line = first_line + block.count("\n", 0, directive.end())
        return None, [Problem(line, "a YAML directive (%)", "remove the line")]
    problems: list[Problem] = []
    try:
        root = _Builder(first_line, problems).build(block)
    except _Stop as stop:
        return None, [*problems, stop.args[0]]
    except (_import_yaml().YAMLError, ValueError, RecursionError) as error:
        return None, [*problems, _describe_error(error, block, first_line)]
    return (None if root is None or root.value == "" else root), problems


@cache
def _import_yaml() -> Any:
    """Import PyYAML when a block needs it, as that takes 9 ms; kept, as its C parser raises the errors of the first import."""
    import yaml

    return yaml


class _Stop(Exception):
    """Reading cannot go on; carries the Problem."""


def _describe_error(error: Exception, block: str, first_line: int) -> Problem:
    """Return the problem that an error of PyYAML is."""
    yaml = _import_yaml()
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = first_line + (_count_lines(block, mark) if mark else 0)
        reason = " ".join(part for part in (error.context, error.problem) if part)
        if "nesting depth" in reason:  # a limit of newer versions of libyaml, met while it looks ahead
            return Problem(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter")
        return Problem(line, f"broken YAML: {reason}", _find_syntax_hint(reason))
    if isinstance(error, yaml.YAMLError):
        line = first_line + block.count("\n", 0, _find_broken_character(block))
        reason = str(getattr(error, "reason", error)).splitlines()[0]
        return Problem(line, f"broken YAML: {reason}", _find_syntax_hint(reason))
    return Problem(first_line, f"broken YAML: {error}", "write plain keys and values")


def _find_broken_character(block: str) -> int:
    found = _CONTROL.search(block)
    return found.start() if found else 0


def _find_syntax_hint(reason: str) -> str:
    return next((hint for part, hint in _SYNTAX_HINTS if part in reason), "mend it, or put the value in quotes")


class _Builder:
    """Builds nodes from the event stream of the only document, without recursion."""

    __slots__ = (
        "_around",
        "_container",
        "_documents",
        "_first_line",
        "_handlers",
        "_key",
        "_key_line",
        "_root",
        "_text",
        "problems",
    )

    def __init__(self, first_line: int, problems: list[Problem]) -> None:
        self.problems = problems
        self._first_line = first_line
        self._text: str | None = None
        self._root: Node | None = None
        self._around: list[list[Node] | dict[str, Node]] = []
        self._container: list[Node] | dict[str, Node] | None = None
        self._key: str | None = None
        self._key_line = self._documents = 0
        # By name, as the C parser keeps its classes when yaml is imported anew, as nested test runs do.
        self._handlers: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self._add_scalar,
            "MappingStartEvent": self._open,
            "SequenceStartEvent": self._open,
            "MappingEndEvent": self._close,
            "SequenceEndEvent": self._close,
            "AliasEvent": self._add_alias,
            "DocumentStartEvent": self._start_document,
        }

    def build(self, block: str) -> Node | None:
        """Return what `block` holds, None for nothing. Raises _Stop, and what PyYAML raises."""
        yaml = _import_yaml()
        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(block)
        if _OTHER_BREAKS.search(block) is not None:
            self._text = block
        handlers = self._handlers
        while (event := parser.get_event()) is not None:
            handle = handlers.get(type(event).__name__)
            if handle is not None:
                handle(event)
        return self._root

    def _find_line(self, mark: Any) -> int:
        return self._first_line + int(mark.line if self._text is None else _count_lines(self._text, mark))

    def _add_scalar(self, event: Any) -> None:
        line = self._find_line(event.start_mark)
        if event.anchor is not None or event.tag is not None:
            self.problems.append(_refuse(event, line))
        container = self._container
        if type(container) is dict:
            if self._key is None:
                self._take_key(event, line, container)
                return
            line = self._key_line
        self._add(Node(event.value, line))

    def _take_key(self, event: Any, line: int, mapping: dict[str, Node]) -> None:
        self._key, self._key_line = event.value, line
        if event.value in mapping:
            self.problems.append(Problem(line, f"the key {event.value!r} stands here twice", "keep one of the two"))
        elif event.value == "<<" and not event.style:
            self.problems.append(Problem(line, "a merge key (<<)", "write the keys out"))

    def _open(self, event: Any) -> None:
        line = self._find_line(event.start_mark)
        if event.anchor is not None or event.tag is not None:
            self.problems.append(_refuse(event, line))
        if type(self._container) is dict and self._key is None:
            raise _Stop(Problem(line, "a list or mapping as a key", "use plain text as the key"))
        if len(self._around) >= MAX_DEPTH:
            raise _Stop(Problem(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter"))
        opened: list[Node] | dict[str, Node] = {} if type(event).__name__ == "MappingStartEvent" else []
        self._add(Node(opened, self._key_line if self._key is not None else line))
        self._around.append(opened)
        self._container = opened

    def _close(self, _event: Any) -> None:
        self._around.pop()
        self._container = self._around[-1] if self._around else None
        self._key = None

    def _add_alias(self, event: Any) -> None:
        line = self._find_line(event.start_mark)
        self.problems.append(Problem(line, f"an alias (*{event.anchor})", "write the value out"))
        if type(self._container) is dict and self._key is None:
            self._key, self._key_line = f"*{event.anchor}", line
        else:
            self._add(Node("", line))

    def _start_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            line = self._find_line(event.start_mark)
            raise _Stop(Problem(line, "a second YAML document", "keep one document a file"))

    def _add(self, node: Node) -> None:
        """Add `node`; of a duplicate key the first value stays, so that the document keeps the id it begins with."""
        container = self._container
        if container is None:
            self._root = node
        elif type(container) is list:
            container.append(node)
        elif type(container) is dict and self._key is not None:
            container.setdefault(self._key, node)
        self._key = None


def _count_lines(block: str, mark: Any) -> int:
    """Return the line of a mark as an editor counts: YAML has further characters that end a line."""
    return block.count("\n", 0, mark.index)


def _refuse(event: Any, line: int) -> Problem:
    """Return the problem of an anchor or a tag."""
    if event.anchor is not None:
        return Problem(line, f"an anchor (&{event.anchor})", "remove it, and write the value out where it is used")
    return Problem(line, f"a tag ({event.tag})", "remove it: every value is read as text")
