"""Every row of the scenario table, plain and with pytest-xdist: no wrong verdict."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

import pytest

from tests.plugin.scenarios import SCENARIOS, TODAY, Scenario, day
from tests.workers import TWO_WORKERS, TWO_WORKERS_AND_RERUNS

HEAD = "| ID | Action | Scope | Owner | Due | Status | Test |\n|---|---|---|---|---|---|---|\n"


def document(scenario: Scenario) -> str:
    """The post-mortem of a scenario."""
    rows = ""
    for item, cells in scenario.items.items():
        test, due, status = cells if isinstance(cells, tuple) else (cells, "", "open")
        rows += f"| {item} | Bound the queue of {item} | specific | payments | {due} | {status} | {test} |\n"
    date = f"date: {scenario.date}\n" if scenario.date else ""
    table = f"## Action items\n\n{HEAD}{rows}" if rows else "## Lessons\n\nNone.\n"
    head = f"---\nid: PM-1\ntitle: Overflow\n{date}{scenario.front}\n---\n"
    text = f"{head}# Overflow\n\n## Root cause\n\nNo bound.\n\n{table}"
    return text.replace(TODAY, str(day(0)))


def find_rows() -> Iterator[tuple[Scenario, str]]:
    """Return each scenario plain, and with pytest-xdist each that its workers have not seen yet.

    Workers run tests with options and hand on what became of them. Of scenarios that differ in the post-mortem or the
    configuration alone, which the controller reads, the first is run with workers.
    """
    seen = set()
    for scenario in SCENARIOS:
        for mode in scenario.modes:
            work = (scenario.tests, scenario.ini, scenario.args, str(scenario.files), scenario.before, scenario.process)
            if mode == "xdist" and work in seen:
                continue
            if mode == "xdist":
                seen.add(work)
            yield scenario, mode


ROWS = [pytest.param(scenario, mode, id=f"{scenario.name}-{mode}") for scenario, mode in find_rows()]


@pytest.mark.parametrize(("scenario", "mode"), ROWS)
def test_scenario(pytester: pytest.Pytester, scenario: Scenario, mode: str) -> None:
    """The states, the verdict and the exit code are those of the table."""
    pytester.makefile(".ini", pytest=f"[pytest]\n{scenario.ini}\n")
    files = {"docs/postmortems/PM-1-overflow.md": document(scenario), **scenario.files}
    if scenario.config:
        files["postmortem.toml"] = textwrap.dedent(scenario.config) + "\n"
    if scenario.tests:
        files["test_it.py"] = "import pytest\n" + scenario.tests
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if scenario.before is not None:
        pytester.runpytest_inprocess(*scenario.before)
    reruns = "reruns" in str(scenario.args)
    if mode == "xdist":
        workers = TWO_WORKERS_AND_RERUNS if reruns else TWO_WORKERS
    else:
        workers = () if reruns else ("-p", "no:xdist")
    run = pytester.runpytest_subprocess if scenario.process or reruns else pytester.runpytest_inprocess
    result = run("--incident-report", "--incident-output=e.json", *workers, *scenario.args)
    evidence = json.loads((pytester.path / "e.json").read_text(encoding="utf-8"))
    assert evidence["state"] == "finished"
    (postmortem,) = evidence["postmortems"]
    assert {item["id"]: item["state"] for item in postmortem["items"]} == scenario.want
    assert evidence["decision"]["verdict"] == scenario.verdict
    expected = scenario.code_n if mode == "xdist" and scenario.code_n is not None else scenario.code
    assert result.ret == expected
    assert evidence["exit_status"] == expected
    if scenario.outcome:
        assert scenario.outcome in {test["outcome"] for test in evidence["tests"]}
    if scenario.state:
        assert postmortem["state"] == scenario.state


def test_the_table_has_what_was_promised() -> None:
    """At least 90 rows, each with a name of its own."""
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names)) >= 90
    modes = [mode for _, mode in find_rows()]
    assert modes.count("xdist") >= 100
    assert modes.count("plain") == sum("plain" in scenario.modes for scenario in SCENARIOS)
