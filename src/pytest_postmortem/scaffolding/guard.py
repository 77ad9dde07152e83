"""A failing test for an action item that asks for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pytest_postmortem.config.settings import Settings
from pytest_postmortem.errors import ConfigError, DocumentError, PostmortemError, join_errors
from pytest_postmortem.judging.linking import (
    find_covered_items,
    find_demanding_items,
    find_sole_item,
)
from pytest_postmortem.model.link import LinkedTest, names_covering
from pytest_postmortem.model.marker import MarkerRequest, resolve_request
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Postmortem
from pytest_postmortem.model.text import format_count
from pytest_postmortem.project import Project
from pytest_postmortem.scaffolding.files import create, replace
from pytest_postmortem.scaffolding.folders import find_origin
from pytest_postmortem.scaffolding.sources import PythonSource, are_annotated
from pytest_postmortem.scaffolding.test_location import choose_test_file, is_collected, parse_test_files
from pytest_postmortem.scaffolding.writing import MESSAGE, TestToWrite, build_texts, is_usable_name
from pytest_postmortem.scanning.project import Scan, scan_project

__all__ = ["MESSAGE", "Scaffold", "scaffold"]


@dataclass(slots=True)
class Scaffold:
    """Each file with the functions that were written into it, and what there is to note."""

    files: dict[Path, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def scaffold(
    project: Project, name: str, items: Sequence[str] = (), output: tuple[Path, str] | None = None
) -> Scaffold:
    """Write a test for each of `items`, or for each item of the post-mortem that requires a test and has none.

    They go to `output`, a path and how messages show it; without it to where tests are linked, or where the document
    says. Raises ConfigError for an unknown post-mortem or item, and where no item asks for a test; DocumentError where
    the post-mortem or a file cannot be used; EvidenceError where a file cannot be written.
    """
    settings = project.settings
    if output is not None:
        _refuse_outside(settings.base, *output)
    postmortem = _find_postmortem(project, name, items)
    requested = _select_items(postmortem, items, project.today)
    node_ids = [node_id for item in postmortem.action_items for node_id in item.test.node_ids]
    scan = scan_project(settings.base, settings.marker, node_ids)
    linked = _map_linked_tests(scan.run(project.resolve_names([postmortem.id])).tests, postmortem, project.today)
    made = Scaffold(notes=[f"{fault}; links in it are not seen" for fault in scan.unread])
    made.notes += _describe_unseen(scan)
    wanted = [item for item in requested if items or not linked.get(item.id)]
    if not wanted:
        made.notes.append(f"every action item of {postmortem.id} that requires a test has one")
        return made
    _refuse_nameless(postmortem, wanted, project.today)
    _refuse_backslashes(postmortem, wanted)
    paths = {test.node_id: test.path for tests in linked.values() for test in tests}
    place = choose_test_file(postmortem.id, paths.values(), scan, settings.base)
    groups = _group_by_file(wanted, output[1] if output else None, place, postmortem, made)
    changes = []
    for shown, tests_to_write in groups.items():
        path = output[0] if output else Path(settings.base, shown)
        changes += _add_tests(path, shown, tests_to_write, postmortem, scan, settings, made)
    for path, before, content in changes:
        _write(path, before, content, settings.base)
    return made


def _add_tests(
    path: Path,
    shown: str,
    tests: Sequence[TestToWrite],
    postmortem: Postmortem,
    scan: Scan,
    settings: Settings,
    made: Scaffold,
) -> list[tuple[Path, bytes, bytes]]:
    """Return the file with what it holds now and what it holds with `tests`; nothing if they are all there."""
    source = _load_source(path, shown)
    annotated = are_annotated([source.tree] if _has_tests(source) else parse_test_files(scan, settings.base))
    texts = build_texts(postmortem, tests, source, settings.marker, annotated, made.notes)
    if not texts:
        return []
    made.files[path] = [name for text in texts for name in text.names]
    content = source.add_tests(text.lines for text in texts)
    if not is_collected(shown):
        made.notes.append(f"pytest collects files named test_*.py or *_test.py alone, and this is {shown}")
    return [(path, source.raw, content)]


def _refuse_outside(base: Path, path: Path, shown: str) -> None:
    if find_origin(base, path) is None:
        problem = f"leads out of {base}, and links are read below it alone"
        raise ConfigError(problem, origin=shown, hint="name a file of this project")


def _select_items(postmortem: Postmortem, items: Sequence[str], today: date) -> list[ActionItem]:
    """Return the action items of these ids, or else those that ask for a test. Raises ConfigError if there is none."""
    named = [item for item in postmortem.action_items if item.id in items]
    requested = named or _select_demanding_items(postmortem, today)
    if not requested:
        hint = "write `required` into the Test column of one, or name one with --action-item"
        raise ConfigError(f"no action item of {postmortem.id} requires a test", origin=postmortem.origin, hint=hint)
    return requested


def _group_by_file(
    items: Iterable[ActionItem], output: str | None, place: str, postmortem: Postmortem, made: Scaffold
) -> dict[str, list[TestToWrite]]:
    """Return the tests to write by their files. A test that the document names gets that place and name, where it
    can."""
    groups: dict[str, list[TestToWrite]] = {}
    for item in items:
        path, name = output or place, ""
        for node_id in item.test.node_ids[:1]:
            file, *inner = node_id.split("::")
            problem = f"{postmortem.origin}:{item.line} names {node_id}, which is not there"
            if output is not None or not file.endswith(".py") or len(inner) > 1 or "[" in node_id:
                made.notes.append(f"{problem}; write the node id of the new test")
            elif inner and not is_usable_name(inner[0]):
                path = file
                made.notes.append(
                    f"{problem}, and pytest collects no test of that name; write the node id of the new one"
                )
            else:
                path, name = file, "".join(inner)
        groups.setdefault(path, []).append(TestToWrite(item, name))
    return groups


def _describe_unseen(scan: Scan) -> Iterator[str]:
    computed = [mark for mark in scan.marks if mark.dynamic]
    if computed:
        first = f"{computed[0].path}:{computed[0].line}"
        number = format_count(len(computed), "marker is", "markers are")
        yield f"{number} computed ({first}), and what is named there is not seen"


def _find_postmortem(project: Project, name: str, items: Sequence[str]) -> Postmortem:
    names = project.resolve_names([name])
    _, problems = resolve_request(MarkerRequest([name], items), names)
    postmortem = project.find(names.ids[name]) if name in names.ids else None
    if postmortem is not None and postmortem.id in names.faulty:
        raise DocumentError(problems[0])
    if problems or postmortem is None:
        raise ConfigError("\n".join(problems))
    return postmortem


def _select_demanding_items(postmortem: Postmortem, today: date) -> list[ActionItem]:
    """Return the items that ask for a test now: those that require one, and those whose waiver has expired."""
    required = find_demanding_items(postmortem)
    return [
        item
        for item in postmortem.action_items
        if item in required
        or (item.test.waiver is not None and item.test.waiver.until < today and item.status is not ItemStatus.DROPPED)
    ]


def _map_linked_tests(tests: Iterable[LinkedTest], postmortem: Postmortem, today: date) -> dict[str, list[LinkedTest]]:
    """Return the tests of each action item, and under "" those that guard the post-mortem and name no item."""
    linked: dict[str, list[LinkedTest]] = {}
    for test in tests:
        for link in test.links:
            if link.postmortem == postmortem.id:
                for item_id in find_covered_items(postmortem, link, today) or ("",):
                    linked.setdefault(item_id, []).append(test)
        covering = set(names_covering(test.node_id))
        for item in postmortem.action_items:
            if not covering.isdisjoint(item.test.node_ids):
                linked.setdefault(item.id, []).append(test)
    return linked


def _refuse_nameless(postmortem: Postmortem, items: Iterable[ActionItem], today: date) -> None:
    """Raise ConfigError for items that a marker could not name and that are not the only one it may mean."""
    sole = find_sole_item(postmortem, today)
    faults: list[PostmortemError] = [
        ConfigError(
            f"action item {item.id} has only its place in the list as id, which a test cannot name",
            origin=postmortem.origin,
            line=item.line,
            hint=f"write one, such as AI-{item.id}",
        )
        for item in items
        if not item.has_own_id and item is not sole
    ]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise ConfigError(join_errors(faults))


def _refuse_backslashes(postmortem: Postmortem, items: Iterable[ActionItem]) -> None:
    """Raise DocumentError for a node id that pytest writes otherwise on every system."""
    for item in items:
        for node_id in item.test.node_ids:
            file, colons, inner = node_id.partition("::")
            if "\\" in file:
                problem = f"action item {item.id} names {node_id}, and no node id has a backslash in its path"
                hint = f"write {file.replace(chr(92), '/')}{colons}{inner}"
                raise DocumentError(problem, origin=postmortem.origin, line=item.line, hint=hint)


def _load_source(path: Path, shown: str) -> PythonSource:
    """Return what the file holds; nothing where there is none."""
    if path.suffix != ".py" or path.is_dir():
        raise ConfigError("is no Python file", origin=shown, hint="name a file such as tests/test_incidents.py")
    try:
        return PythonSource.parse(shown, path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return PythonSource.parse(shown, b"")
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise DocumentError(problem, origin=shown, hint="mend its permissions, or name another file") from None


def _has_tests(source: PythonSource) -> bool:
    return any(name.startswith("test") for name in source.names)


def _write(path: Path, before: bytes, content: bytes, root: Path) -> None:
    if before or path.exists():
        replace(path, before, content, root)
        return
    try:
        create(path, content, root)
    except FileExistsError:
        raise DocumentError("was made meanwhile", origin=str(path), hint="run the command again") from None
