"""What the Python sources of a project link, as far as it can be seen without running them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.judging.files import find_python_files
from pytest_postmortem.model.link import Link, LinkedTest, names_covering
from pytest_postmortem.model.marker import parse_request, resolve_request
from pytest_postmortem.model.names import Names
from pytest_postmortem.model.run import Run
from pytest_postmortem.scanning.functions import TestFunction, find_functions
from pytest_postmortem.scanning.marks import Mark, find_marks

__all__ = ["Scan", "check_marks", "list_used_names", "scan_project"]


@dataclass(frozen=True, slots=True)
class Scan:
    """The markers of all scanned files, the tests that documents name, and the files that are no Python."""

    files: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    named: Mapping[str, tuple[TestFunction, ...]] = field(default_factory=dict)
    unread: tuple[DocumentError, ...] = ()

    def run(self, names: Names) -> Run:
        """Return the scan as a run in which nothing was run: the links that are seen, by the same ids as those of
        pytest."""
        lines: dict[str, tuple[str, int]] = {}
        links: dict[str, dict[Link, None]] = {}
        for mark in self.marks:
            if mark.dynamic:
                continue
            request = parse_request(mark.args, mark.kwargs or {}, "")
            good, _ = resolve_request(request, names) if request.error is None else ([], [])
            for test in mark.tests:
                lines.setdefault(test.node_id, (mark.path, test.line))
                links.setdefault(test.node_id, {}).update(dict.fromkeys(good))
        for path, functions in self.named.items():
            for test in functions:
                lines.setdefault(test.node_id, (path, test.line))
        return Run(
            tests=tuple(
                LinkedTest(node_id, path, line, tuple(links.get(node_id, ())))
                for node_id, (path, line) in lines.items()
            ),
            files=frozenset(self.files),
            withheld={fault.origin: "cannot be read as Python" for fault in self.unread},
            collect_only=True,
            collected=len(lines),
        )


def scan_project(base: Path, marker: str, node_ids: Iterable[str] = (), paths: Iterable[str] | None = None) -> Scan:
    """Return the markers in the `.py` files below `base`, or in those of `paths` alone (relative to `base`).

    `node_ids` are those that documents name: the tests they cover are found too. A file that is no Python is `unread`
    where the marker, or a test that a document names, may stand in it.
    """
    written = re.compile(rb"(?:mark\s*\.\s*|@|pytestmark\s*=[\s\[(]*)" + re.escape(marker.encode()) + rb"\b")
    names = set(node_ids)
    with_named_tests = {name.partition("::")[0] for name in names}
    files: list[str] = []
    marks: list[Mark] = []
    named: dict[str, tuple[TestFunction, ...]] = {}
    unread: list[DocumentError] = []
    for path in find_python_files(base, "") if paths is None else paths:
        source = b""
        try:
            with open(os.path.join(base, path), "rb") as file:  # there are thousands: no `Path` for each
                source = file.read()
            if marker.encode() in source:
                marks += find_marks(source, path, marker)
            if path in with_named_tests:
                named[path] = _find_covered(source, path, names)
        except OSError as error:
            unread.append(DocumentError(f"cannot be read: {error.strerror}", origin=path, hint="mend its permissions"))
        except (SyntaxError, ValueError) as error:
            if path in with_named_tests or written.search(source):
                unread.append(_make_syntax_error(path, error))
        else:
            files.append(path)
    return Scan(tuple(files), tuple(marks), named, tuple(unread))


def _find_covered(source: bytes, path: str, names: Collection[str]) -> tuple[TestFunction, ...]:
    """Return the tests of a source that these `names`, node ids, cover."""
    functions = find_functions(source, path)
    return tuple(function for function in functions if any(name in names for name in names_covering(function.node_id)))


def _make_syntax_error(path: str, error: SyntaxError | ValueError) -> DocumentError:
    problem = f"is no Python: {getattr(error, 'msg', None) or error}"
    return DocumentError(problem, origin=path, line=getattr(error, "lineno", None), hint="mend its syntax")


def check_marks(scan: Scan, marker: str, names: Names) -> list[DocumentError]:
    """Return what is wrong with the markers of a scan, by the grammar and the names that pytest checks by."""
    faults = list(scan.unread)
    for mark in scan.marks:
        if mark.dynamic:
            continue
        request = parse_request(mark.args, mark.kwargs or {}, marker)
        problems = [request.error] if request.error else resolve_request(request, names)[1]
        faults += [DocumentError(problem, origin=mark.path, line=mark.line) for problem in problems]
    return faults


def list_used_names(scan: Scan) -> set[str]:
    """Return every name that the markers of a scan use."""
    return {name for mark in scan.marks for name in parse_request(mark.args, mark.kwargs or {}, "").names}
