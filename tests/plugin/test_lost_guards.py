"""Ways to lose a guard: from one action item with a passing test, each way keeps the gate from passing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.workers import TWO_WORKERS

DOCUMENT = """\
---
id: PM-1
---
# Overflow

## Action items

| ID | Action | Status | Test |
|----|--------|--------|------|
| AI-1 | Bound the queue | open | {} |
| AI-2 | Page somebody | open | no |
"""
MARK = '@pytest.mark.incident("PM-1", action_item="AI-1")\n'
GUARD = MARK + "def test_guard(): assert shop.limit == 10\n"
PLAIN = ("-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:rerunfailures")
HEAD = "import pytest\nimport shop\n"
CASE = "import unittest\n" + MARK + "class TestGuard(unittest.TestCase):\n"
ITEMS = "import pytest\ndef pytest_collection_modifyitems(config, items):\n"
REPORT = "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item):\n    report = (yield).get_result()\n"
INI = "[pytest]\npythonpath = .\n"
PATH = "tests/test_guard.py"
TWELVE = (
    "test deleted",
    "mark.skip",
    "skip in the body",
    "xfail that passes",
    "id mistyped",
    "second test mistyped",
    "marker removed",
    "function renamed",
    "collect_ignore",
    "importorskip of a typo",
    "code regressed",
    "--deselect",
)
"""The usual ways; `benchmarks/lost_guards.py` holds them against other tools."""
SAMPLE = {*TWELVE, "removed by a hook without a word", "every subtest skipped", "added while it runs"}


@dataclass(frozen=True)
class Loss:
    """One way: the text of the test file (None: no such file), other files, arguments, and what the report says."""

    name: str
    test: str | None = GUARD
    files: dict[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    says: str = ""
    named: str = "required"
    workers: bool | None = None


LOSSES = [
    Loss("test deleted", "def test_other(): pass\n", says="AI-1 *missing (no test is linked to it)"),
    Loss("file deleted", None, says="AI-1 *missing (no test is linked to it)"),
    Loss("mark.skip", "@pytest.mark.skip(reason='later')\n" + GUARD, says="AI-1 *disabled (skipped: later)"),
    Loss("skip mark of the module", "pytestmark = pytest.mark.skip\n" + GUARD, says="AI-1 *disabled*"),
    Loss("skipif", "@pytest.mark.skipif(True, reason='no')\n" + GUARD, says="AI-1 *skipped here (skipped: no)"),
    Loss("skip in the body", MARK + "def test_guard(): pytest.skip('no')\n", says="AI-1 *skipped here (skipped: no)"),
    Loss(
        "skip in a fixture",
        "@pytest.fixture\ndef db(): pytest.skip('no')\n" + MARK + "def test_guard(db): pass\n",
        says="AI-1 *skipped here (skipped: no)",
    ),
    Loss("skip of the module", "pytest.skip('no', allow_module_level=True)\n" + GUARD, says="AI-1 *unknown*"),
    Loss("importorskip of a typo", "pytest.importorskip('shpo')\n" + GUARD, says="AI-1 *unknown*"),
    Loss(
        "importorskip in the body", MARK + "def test_guard(): pytest.importorskip('shpo')\n", says="AI-1 *skipped here*"
    ),
    Loss("import error", "import shpo\n" + GUARD, says="AI-1 *unknown*"),
    Loss("xfail", "@pytest.mark.xfail\n" + MARK + "def test_guard(): assert 0\n", says="AI-1 *disabled (xfailed)"),
    Loss("xfail that passes", "@pytest.mark.xfail\n" + GUARD, says="AI-1 *disabled (xpassed)"),
    Loss(
        "strict xfail",
        "@pytest.mark.xfail(strict=True)\n" + MARK + "def test_guard(): assert 0\n",
        says="AI-1 *disabled*",
    ),
    Loss("strict xfail that passes", "@pytest.mark.xfail(strict=True)\n" + GUARD, says="AI-1 *failing*"),
    Loss("xfail that does not run", "@pytest.mark.xfail(run=False)\n" + GUARD, says="AI-1 *disabled*"),
    Loss(
        "xfail in the body", MARK + "def test_guard(): pytest.xfail('known')\n", says="AI-1 *disabled (xfailed: known)"
    ),
    Loss("unittest.skip", CASE + "    @unittest.skip('later')\n    def test_a(self): pass\n", says="AI-1 *disabled*"),
    Loss("skipTest", CASE + "    def test_a(self): self.skipTest('no')\n", says="AI-1 *skipped here*"),
    Loss(
        "every subtest skipped",
        CASE
        + "    def test_a(self):\n        for i in (1, 2):\n            with self.subTest(i=i): self.skipTest('no')\n",
        says="AI-1 *skipped here*",
    ),
    Loss("marker removed", "def test_guard(): pass\n", says="AI-1 *missing (no test is linked to it)"),
    Loss("id mistyped", GUARD.replace("PM-1", "PM-I"), says='*no post-mortem is named "PM-I"*'),
    Loss(
        "second test mistyped",
        GUARD + MARK.replace("PM-1", "PM-11") + "def test_two(): pass\n",
        says='*no post-mortem is named "PM-11"*',
    ),
    Loss("item mistyped", GUARD.replace("AI-1", "AI-I"), says='*PM-1 has no action item "AI-I"*'),
    Loss("other item", GUARD.replace("AI-1", "AI-2"), says="AI-1 *missing*"),
    Loss(
        "function renamed",
        GUARD.replace("test_guard", "tset_guard"),
        says="*marker at tests/test_guard.py:3 links no test: the name tset_guard does not match python_functions (test)*",
    ),
    Loss(
        "class renamed",
        MARK + "class Guard:\n    def test_a(self): pass\n",
        says="*:3 links no test: the name of class Guard does not match python_classes (Test)*",
    ),
    Loss(
        "class with __init__",
        MARK + "class TestGuard:\n    def __init__(self): pass\n    def test_a(self): pass\n",
        args=("-Wignore",),
        says="*:3 links no test: class TestGuard has an __init__*",
    ),
    Loss(
        "file renamed",
        None,
        {"tests/guard.py": HEAD + GUARD},
        says="*tests/guard.py:3 links no test: the file's name does not match python_files*",
    ),
    Loss(
        "moved to norecursedirs",
        None,
        {"tests/build/test_guard.py": HEAD + GUARD},
        says="*tests/build/test_guard.py:3 links no test: pytest does not look into build/ (norecursedirs)*",
    ),
    Loss(
        "moved out of testpaths",
        None,
        {"more/test_guard.py": HEAD + GUARD, "pytest.ini": INI + "testpaths = tests\n"},
        says="*more/test_guard.py:3 links no test: the file is outside of testpaths (tests)*",
    ),
    Loss(
        "shadowed",
        GUARD + "def test_guard(): pass\n",
        says="*:3 links no test: test_guard is replaced by another definition of that name in line 5*",
    ),
    Loss(
        "marker in a conftest.py",
        "def test_guard(): pass\n",
        {"tests/conftest.py": "import pytest\npytestmark = pytest.mark.incident('PM-1')\n"},
        says="*tests/conftest.py:2 links no test: a marker in a conftest.py reaches no test*",
    ),
    Loss(
        "marker on a helper",
        MARK + "def check(): pass\ndef test_guard(): check()\n",
        says="*links no test: the name check does not match*",
    ),
    Loss(
        "under a condition",
        "if shop.limit > 10:\n    " + MARK + "    def test_guard(): pass\n",
        says="*links no test: test_guard is defined under a condition*",
    ),
    Loss(
        "added while it runs",
        "def test_guard(request): request.node.add_marker(pytest.mark.incident('PM-1', action_item='AI-1'))\n",
        says="*marker at tests/test_guard.py:3 links no test: test_guard got it while tests ran, which is too late*",
    ),
    Loss(
        "added by a fixture of the module",
        "@pytest.fixture(autouse=True, scope='module')\n"
        "def mark(request): request.node.add_marker(pytest.mark.incident('PM-1'))\ndef test_guard(): pass\n",
        says="*links no test: test_guard.py got it while tests ran, which is too late*",
    ),
    Loss("collect_ignore", files={"tests/conftest.py": "collect_ignore = ['test_guard.py']\n"}, says="AI-1 *unknown*"),
    Loss("--deselect", args=("--deselect", PATH + "::test_guard"), says="AI-1 *not run (deselected)"),
    Loss("-k", args=("-k", "other"), says="AI-1 *not run (deselected)"),
    Loss("-m", args=("-m", "not incident"), says="AI-1 *not run (deselected)"),
    Loss("--ignore", args=("--ignore", PATH), says="AI-1 *unknown*"),
    Loss("--ignore in addopts", files={"pytest.ini": INI + f"addopts = --ignore={PATH}\n"}, says="AI-1 *missing*"),
    Loss("another file alone", args=("tests/test_other.py",), says="AI-1 *unknown*"),
    Loss("code regressed", files={"shop.py": "limit = 11\n"}, says="AI-1 *failing*"),
    Loss(
        "teardown fails",
        "@pytest.fixture\ndef db():\n    yield\n    assert 0\n" + MARK + "def test_guard(db): pass\n",
        says="AI-1 *failing*",
    ),
    Loss(
        "setup fails",
        "@pytest.fixture\ndef db(): assert 0\n" + MARK + "def test_guard(db): pass\n",
        says="AI-1 *failing*",
    ),
    Loss("no such fixture", MARK + "def test_guard(db): pass\n", says="AI-1 *failing*"),
    Loss(
        "no parameters",
        "@pytest.mark.parametrize('n', [])\n" + MARK + "def test_guard(n): pass\n",
        says="AI-1 *disabled*",
    ),
    Loss("async test", MARK + "async def test_guard(): assert 0\n", args=("-Wignore",)),
    Loss("async method", CASE + "    async def test_a(self): assert 0\n", args=("-Wignore",), says="*never awaited*"),
    Loss(
        "removed by a hook without a word",
        files={"conftest.py": ITEMS + "    items[:] = [one for one in items if 'guard' not in one.name]\n"},
        says="AI-1 *not run*",
    ),
    Loss(
        "skipped by a hook",
        files={"conftest.py": ITEMS + "    for one in items: one.add_marker(pytest.mark.skip)\n"},
        says="AI-1 *disabled*",
    ),
    Loss(
        "failure turned into a pass",
        MARK + "def test_guard(): assert 0\n",
        {"conftest.py": REPORT + "    report.outcome = 'passed'\n"},
        says="*turned a failure into a pass*",
    ),
    Loss(
        "outcome of a plugin",
        MARK + "def test_guard(): assert 0\n",
        {"conftest.py": REPORT + "    if report.failed: report.outcome = 'quarantined'\n"},
        says="*quarantined*",
    ),
    Loss(
        "stopped before it",
        files={"tests/test_a.py": "import pytest\ndef test_a(): pytest.exit('enough', returncode=0)\n"},
        says="AI-1 *not run*",
        workers=False,
    ),
    Loss("only collected", args=("--collect-only",)),
    Loss("only set up", args=("--setup-plan",)),
    Loss("named test gone", "def test_other(): pass\n", says="AI-1 *missing*", named=PATH + "::test_guard"),
    Loss(
        "named test skipped",
        "def test_guard(): pytest.skip('no')\n",
        says="AI-1 *skipped here*",
        named=PATH + "::test_guard",
    ),
    Loss(
        "one of two named tests skipped",
        "def test_guard(): pass\ndef test_two(): pytest.skip('no')\n",
        says="AI-1 *skipped here (tests/test_guard.py::test_two: skipped: no)",
        named=f"{PATH}::test_guard, {PATH}::test_two",
    ),
    Loss(
        "the worker dies", "import os\n" + MARK + "def test_guard(): os._exit(0)\n", says="AI-1 *failing*", workers=True
    ),
]


def modes() -> list[object]:
    """Each way in a plain run, and a sample with two workers."""
    return [
        pytest.param(loss, workers, id=f"{loss.name}-{'xdist' if workers else 'plain'}")
        for loss in LOSSES
        for workers in (False, True)
        if loss.workers in (None, workers) and (not workers or loss.workers or loss.name in SAMPLE)
    ]


def project(pytester: pytest.Pytester, loss: Loss) -> None:
    files = {
        "docs/postmortems/PM-1-overflow.md": DOCUMENT.format(loss.named),
        "pytest.ini": INI,
        "shop.py": "limit = 10\n",
        "tests/test_other.py": "def test_other(): pass\n",
        **loss.files,
    }
    if loss.test is not None:
        files[PATH] = HEAD + loss.test
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("loss", "workers"), modes())
def test_a_lost_guard_is_seen(pytester: pytest.Pytester, loss: Loss, workers: bool) -> None:
    """The gate never passes, the exit code is never 0, and the report says how the guard was lost."""
    project(pytester, loss)
    options = TWO_WORKERS if workers else PLAIN
    result = pytester.runpytest_inprocess(*options, "-v", "--incident-report", "--incident-gate=passed", *loss.args)
    assert result.ret != 0
    assert "gate passed" not in result.stdout.str()
    if loss.says:
        result.stdout.fnmatch_lines([f"*{loss.says}"])


def test_the_guard_passes_before_it_is_lost(pytester: pytest.Pytester) -> None:
    """By a marker and by its name in the document: so that the table above shows something."""
    for loss in (Loss("none"), Loss("none", "def test_guard(): pass\n", named=PATH + "::test_guard")):
        project(pytester, loss)
        result = pytester.runpytest_inprocess(*PLAIN, "--incident-report", "--incident-gate=passed")
        assert result.ret == 0
        result.stdout.fnmatch_lines(["incidents: *gate passed"])
    assert len(LOSSES) > 50
