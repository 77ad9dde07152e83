"""Front matter, and YAML files: every scalar a string, with limits and a line for every fault."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.nodes import MAX_DEPTH, Node, Problem
from pytest_postmortem.reading.syntax.one_line_keys import read_simple_mapping

__all__ = ["MAX_BYTES", "FrontMatter", "read_root", "read_yaml", "split_front_matter"]

MAX_BYTES = 64 * 1024
"""The largest front matter that is read."""

_KEY_LINE = lazily(
    r"(?m:^)[ ]*(?!\*\*|>[ \t]|\[[^\]\n]*\][(:])(?:[\w\"'][^:\n]{0,80}:(?:[ \t\r\n]|$)|[\t{\[&!*?%@\"'|>`]|-[ ])"
)
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


class FrontMatter(NamedTuple):
    """The fields before the text, the text itself, and the 1-based line in the file where it begins."""

    fields: dict[str, Node]
    body: str
    body_line: int
    problems: list[Problem]


def split_front_matter(text: str) -> FrontMatter:
    """Split `text` into front matter and body.

    A first line `---` that is followed by what is no `key:` is a thematic break of the text.
    """
    mark = text[:3]
    if mark not in ("---", "+++") or text[3:5].lstrip(" \t\r")[:1] not in ("\n", ""):
        return FrontMatter({}, text, 1, [])
    opened = text.find("\n") + 1
    if not opened or (mark == "---" and not _looks_like_yaml(text, opened)):
        return FrontMatter({}, text, 1, [])
    closed, after = _find_closing(text, opened, mark)
    if closed < 0:
        problem = Problem(1, f"the front matter is opened by {mark} and not closed", f"add a line {mark} where it ends")
        return FrontMatter({}, text[opened:], 2, [problem])
    block = text[opened:closed]
    body_line = 1 + text.count("\n", 0, after)
    if len(block) > MAX_BYTES // 4 and len(block.encode("utf-8", "replace")) > MAX_BYTES:
        problem = Problem(1, f"the front matter is larger than {MAX_BYTES // 1024} KiB", "move the text behind it")
        return FrontMatter({}, text[after:], body_line, [problem])
    if mark == "---":
        fields, problems = read_yaml(block, 2)
    else:
        from pytest_postmortem.reading.syntax.toml import read_toml

        fields, problems = read_toml(block, 2)
    return FrontMatter(fields, text[after:], body_line, problems)


def _looks_like_yaml(text: str, position: int) -> bool:
    """Return whether the first line that is neither empty nor a comment begins a mapping, or tries to."""
    while position < len(text):
        if _KEY_LINE.match(text, position):
            return True
        end = text.find("\n", position)
        line = text[position : end if end >= 0 else len(text)].strip()
        if line in ("---", "..."):
            return True
        if line and not line.startswith("#"):
            return False
        if end < 0:
            return False
        position = end + 1
    return False


def _find_closing(text: str, opened: int, mark: str) -> tuple[int, int]:
    """Return where the line that closes the front matter begins, and where the line after it does; (-1, -1) without one."""
    position = opened - 1
    while True:
        position = text.find("\n" + mark, position)
        if position < 0:
            return -1, -1
        end = text.find("\n", position + 1)
        end = len(text) if end < 0 else end + 1
        if not text[position + 4 : end].strip():
            return position + 1, end
        position += 1


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
    yaml = _import_yaml()
    try:
        root = _build_nodes(block, first_line, problems)
    except _Stop as stop:
        return None, [*problems, stop.args[0]]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (_count_lines(block, mark) if mark else 0)
        told = " ".join(part for part in (error.context, error.problem) if part)
        if "nesting depth" in told:  # a limit of newer versions of libyaml, met while it looks ahead
            return None, [*problems, Problem(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter")]
        return None, [*problems, Problem(line, f"broken YAML: {told}", _find_syntax_hint(told))]
    except yaml.YAMLError as error:
        line = first_line + block.count("\n", 0, _find_broken_character(block))
        told = str(getattr(error, "reason", error)).splitlines()[0]
        return None, [*problems, Problem(line, f"broken YAML: {told}", _find_syntax_hint(told))]
    except (ValueError, RecursionError) as error:
        return None, [*problems, Problem(first_line, f"broken YAML: {error}", "write plain keys and values")]
    return (None if root is None or root.value == "" else root), problems


@cache
def _import_yaml() -> Any:
    """Import PyYAML when a block needs it, as that takes 9 ms; kept, as its C parser raises the errors of the first import."""
    import yaml

    return yaml


class _Stop(Exception):
    """Reading cannot go on; carries the Problem."""


_DIRECTIVE = lazily("(?:^|[\n\r\x85\u2028\u2029])%")
_OTHER_BREAKS = lazily("[\x85\u2028\u2029]|\r(?!\n)")
_CONTROL = lazily("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def _find_broken_character(block: str) -> int:
    found = _CONTROL.search(block)
    return found.start() if found else 0


def _find_syntax_hint(told: str) -> str:
    return next((hint for part, hint in _SYNTAX_HINTS if part in told), "mend it, or put the value in quotes")


def _build_nodes(block: str, first_line: int, problems: list[Problem]) -> Node | None:
    """The only document of the event stream as nodes, built without recursion."""
    root: Node | None = None
    around: list[list[Node] | dict[str, Node]] = []
    container: list[Node] | dict[str, Node] | None = None
    key: str | None = None
    key_line = documents = 0
    yaml = _import_yaml()
    parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(block)
    searched = block if _OTHER_BREAKS.search(block) is not None else None
    while (event := parser.get_event()) is not None:
        kind = type(event).__name__  # the C parser keeps its classes when yaml is imported anew, as nested test runs do
        if kind == "ScalarEvent":
            mark = event.start_mark
            line = first_line + (mark.line if searched is None else _count_lines(searched, mark))
            if event.anchor is not None or event.tag is not None:
                problems.append(_refuse(event, line))
            if type(container) is dict:
                if key is None:
                    key, key_line = event.value, line
                    if key in container:
                        problems.append(Problem(line, f"the key {key!r} stands here twice", "keep one of the two"))
                    elif key == "<<" and not event.style:
                        problems.append(Problem(line, "a merge key (<<)", "write the keys out"))
                    continue
                container.setdefault(key, Node(event.value, key_line))
                key = None
                continue
            node = Node(event.value, line)
        elif kind == "MappingStartEvent" or kind == "SequenceStartEvent":
            mark = event.start_mark
            line = first_line + (mark.line if searched is None else _count_lines(searched, mark))
            if event.anchor is not None or event.tag is not None:
                problems.append(_refuse(event, line))
            if type(container) is dict and key is None:
                raise _Stop(Problem(line, "a list or mapping as a key", "use plain text as the key"))
            if len(around) >= MAX_DEPTH:
                raise _Stop(Problem(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter"))
            made: list[Node] | dict[str, Node] = {} if kind == "MappingStartEvent" else []
            node = Node(made, key_line if key is not None else line)
            _add_node(container, key, node)
            if container is None:
                root = node
            around.append(made)
            container, key = made, None
            continue
        elif kind == "MappingEndEvent" or kind == "SequenceEndEvent":
            around.pop()
            container = around[-1] if around else None
            key = None
            continue
        elif kind == "AliasEvent":
            mark = event.start_mark
            line = first_line + (mark.line if searched is None else _count_lines(searched, mark))
            problems.append(Problem(line, f"an alias (*{event.anchor})", "write the value out"))
            if type(container) is dict and key is None:
                key, key_line = f"*{event.anchor}", line
                continue
            node = Node("", line)
        elif kind == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                line = first_line + _count_lines(block, event.start_mark)
                raise _Stop(Problem(line, "a second YAML document", "keep one document a file"))
            continue
        else:
            continue
        _add_node(container, key, node)
        key = None
        if container is None:
            root = node
    return root


def _count_lines(block: str, mark: Any) -> int:
    """Return the line of a mark as an editor counts: YAML has further characters that end a line."""
    return block.count("\n", 0, mark.index)


def _add_node(container: list[Node] | dict[str, Node] | None, key: str | None, node: Node) -> None:
    """Add `node`; of a duplicate key the first value stays, so that the document keeps the id it begins with."""
    if type(container) is list:
        container.append(node)
    elif type(container) is dict and key is not None:
        container.setdefault(key, node)


def _refuse(event: Any, line: int) -> Problem:
    """Return the problem of an anchor or a tag."""
    if event.anchor is not None:
        return Problem(line, f"an anchor (&{event.anchor})", "remove it, and write the value out where it is used")
    return Problem(line, f"a tag ({event.tag})", "remove it: every value is read as text")
