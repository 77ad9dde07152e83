"""The scenario table: what a project holds, how pytest is run, and what must come out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

TODAY = "{today}"
"""In a document, the day on which it is written: a run of all rows may pass midnight."""


def day(offset: int) -> date:
    """A day that many days from today (UTC)."""
    return datetime.now(UTC).date() + timedelta(days=offset)


@dataclass(frozen=True)
class Scenario:
    """One row. `want` maps action items of PM-1 to states; `code` is the exit code, `code_n` that with `-n 2`.

    `items` maps item ids to (Test cell, Due cell, Status cell) or a Test cell alone. `files` are further files.
    """

    name: str
    tests: str = ""
    want: dict[str, str] = field(default_factory=dict)
    verdict: str = "passed"
    code: int = 0
    code_n: int | None = None
    items: dict[str, str | tuple[str, str, str]] = field(default_factory=lambda: {"AI-1": "required"})
    front: str = "severity: SEV2"
    date: str = "2026-02-11"
    args: tuple[str, ...] = ()
    config: str = ""
    ini: str = ""
    files: dict[str, str] = field(default_factory=dict)
    process: bool = False
    before: tuple[str, ...] | None = None
    modes: tuple[str, ...] = ("plain", "xdist")
    outcome: str = ""
    state: str = ""


MARK = '@pytest.mark.incident("PM-1", action_item="AI-1")\n'
BARE = '@pytest.mark.incident("PM-1")\n'
PASS = MARK + "def test_it(): pass\n"
FAIL = MARK + "def test_it(): assert 0\n"
CASE = "import unittest\n" + MARK + "class TestIt(unittest.TestCase):\n"
OTHER = "def test_other(): pass\n"
TWO = {"AI-1": "required", "AI-2": "required"}
GUARDED, MISSING, UNKNOWN = {"AI-1": "guarded"}, {"AI-1": "missing"}, {"AI-1": "unknown"}
FAILING, DISABLED, SKIPPED, NOT_RUN = (
    {"AI-1": "failing"},
    {"AI-1": "disabled"},
    {"AI-1": "skipped here"},
    {"AI-1": "not run"},
)
RED = {"verdict": "failed", "code": 1}
OPEN = {"verdict": "not judged"}

OUTCOMES = [
    Scenario("passes", PASS, GUARDED, outcome="passed", state="guarded"),
    Scenario("fails", FAIL, FAILING, **RED, outcome="failed", state="failing"),
    Scenario(
        "error in setup",
        "@pytest.fixture\ndef broken(): 1/0\n" + MARK + "def test_it(broken): pass\n",
        FAILING,
        **RED,
        outcome="error",
    ),
    Scenario(
        "error in teardown",
        "@pytest.fixture\ndef broken():\n    yield\n    1/0\n" + MARK + "def test_it(broken): pass\n",
        FAILING,
        **RED,
        outcome="error",
    ),
    Scenario(
        "skip mark", '@pytest.mark.skip(reason="later")\n' + PASS, DISABLED, **RED, outcome="skipped", state="unguarded"
    ),
    Scenario("skip mark without reason", "@pytest.mark.skip\n" + PASS, DISABLED, **RED),
    Scenario(
        "skipif",
        '@pytest.mark.skipif(True, reason="not here")\n' + PASS,
        SKIPPED,
        **OPEN,
        outcome="skipped",
        state="linked",
    ),
    Scenario("pytest.skip() in the test", MARK + "def test_it(): pytest.skip('not now')\n", SKIPPED, **OPEN),
    Scenario(
        "pytest.skip() in a fixture",
        "@pytest.fixture\ndef f(): pytest.skip('no')\n" + MARK + "def test_it(f): pass\n",
        SKIPPED,
        **OPEN,
    ),
    Scenario(
        "importorskip in the test", MARK + "def test_it(): pytest.importorskip('no_such_module')\n", SKIPPED, **OPEN
    ),
    Scenario("xfail that fails", "@pytest.mark.xfail\n" + FAIL, DISABLED, **RED, outcome="xfailed"),
    Scenario("xfail that passes", "@pytest.mark.xfail\n" + PASS, DISABLED, **RED, outcome="xpassed"),
    Scenario("strict xfail that passes", "@pytest.mark.xfail(strict=True)\n" + PASS, FAILING, **RED, outcome="failed"),
    Scenario("xfail that is not run", "@pytest.mark.xfail(run=False)\n" + FAIL, DISABLED, **RED),
    Scenario("pytest.xfail() in the test", MARK + "def test_it(): pytest.xfail('known')\n", DISABLED, **RED),
    Scenario("unittest passes", CASE + "    def test_it(self): pass\n", GUARDED),
    Scenario("unittest fails", CASE + "    def test_it(self): self.fail()\n", FAILING, **RED),
    Scenario(
        "unittest.skip on the method",
        CASE + "    @unittest.skip('later')\n    def test_it(self): pass\n",
        DISABLED,
        **RED,
    ),
    Scenario(
        "unittest.skip on the class",
        CASE.replace("class", "@unittest.skip('later')\nclass") + "    def test_it(self): pass\n",
        DISABLED,
        **RED,
    ),
    Scenario(
        "unittest.skipIf on the method",
        CASE + "    @unittest.skipIf(True, 'not here')\n    def test_it(self): pass\n",
        SKIPPED,
        **OPEN,
    ),
    Scenario(
        "unittest.skipUnless on the class",
        CASE.replace("class", "@unittest.skipUnless(False, 'no')\nclass") + "    def test_it(self): pass\n",
        SKIPPED,
        **OPEN,
    ),
    Scenario("skipTest() in a unittest", CASE + "    def test_it(self): self.skipTest('no')\n", SKIPPED, **OPEN),
    Scenario(
        "expectedFailure that fails",
        CASE + "    @unittest.expectedFailure\n    def test_it(self): self.fail()\n",
        DISABLED,
        **RED,
    ),
    Scenario(
        "expectedFailure that passes",
        CASE + "    @unittest.expectedFailure\n    def test_it(self): pass\n",
        FAILING,
        **RED,
    ),
    Scenario(
        "subtest fails",
        CASE
        + "    def test_it(self):\n        with self.subTest('a'): self.fail()\n        with self.subTest('b'): pass\n",
        FAILING,
        **RED,
    ),
    Scenario(
        "subtests pass",
        CASE + "    def test_it(self):\n        for i in range(3):\n            with self.subTest(i): pass\n",
        GUARDED,
    ),
    Scenario(
        "every subtest of a unittest skipped",
        CASE
        + "    def test_it(self):\n        for i in range(3):\n            with self.subTest(i): self.skipTest('no')\n",
        SKIPPED,
        **OPEN,
        outcome="skipped",
    ),
    Scenario(
        "async method of a unittest",
        CASE + "    async def test_it(self): assert 0\n",
        SKIPPED,
        **OPEN,
        args=("-Wignore",),
        outcome="skipped",
    ),
    Scenario(
        "generator method of a unittest",
        CASE + "    def test_it(self):\n        assert 0\n        yield\n",
        SKIPPED,
        **OPEN,
    ),
    Scenario(
        "awaited method of a unittest",
        "import unittest\n"
        + MARK
        + "class TestIt(unittest.IsolatedAsyncioTestCase):\n    async def test_it(self): pass\n",
        GUARDED,
    ),
    Scenario(
        "asynchronous setUpClass error",
        CASE + "    @classmethod\n    def setUpClass(cls): 1/0\n    def test_it(self): pass\n",
        FAILING,
        **RED,
    ),
    Scenario(
        "one bad parameter",
        '@pytest.mark.parametrize("n", [1, 2, 3])\n' + MARK + "def test_it(n): assert n != 2\n",
        FAILING,
        **RED,
    ),
    Scenario(
        "all parameters pass", '@pytest.mark.parametrize("n", [1, 2, 3])\n' + MARK + "def test_it(n): pass\n", GUARDED
    ),
    Scenario(
        "one parameter skipped",
        '@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.skip)])\n'
        + MARK
        + "def test_it(n): pass\n",
        GUARDED,
    ),
    Scenario(
        "empty parameter set", '@pytest.mark.parametrize("n", [])\n' + MARK + "def test_it(n): pass\n", DISABLED, **RED
    ),
    Scenario(
        "mark on a parameter",
        '@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.incident("PM-1"))])\ndef test_it(n): pass\n',
        GUARDED,
    ),
    Scenario(
        "mark on a failing parameter",
        '@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.incident("PM-1"))])\ndef test_it(n): assert n == 1\n',
        FAILING,
        **RED,
    ),
    Scenario(
        "mark on another parameter than fails",
        '@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.incident("PM-1"))])\ndef test_it(n): assert n == 2\n',
        GUARDED,
        code=1,
    ),
    Scenario("passes beside a skipped one", PASS + "@pytest.mark.skip\n" + MARK + "def test_two(): pass\n", GUARDED),
    Scenario("passes beside a failing one", PASS + MARK + "def test_two(): assert 0\n", FAILING, **RED),
    Scenario(
        "skip mark beside skipif",
        "@pytest.mark.skip\n" + PASS + "@pytest.mark.skipif(True, reason='x')\n" + MARK + "def test_two(): pass\n",
        SKIPPED,
        **OPEN,
    ),
    Scenario(
        "xfail beside skip mark",
        "@pytest.mark.skip\n" + PASS + "@pytest.mark.xfail\n" + MARK + "def test_two(): assert 0\n",
        DISABLED,
        **RED,
    ),
    Scenario(
        "passes on rerun",
        "import pathlib\n"
        + MARK
        + "def test_it():\n    p = pathlib.Path(__file__).with_name('ran')\n    if not p.exists():\n        p.touch()\n        assert 0\n",
        GUARDED,
        args=("--reruns", "1"),
        outcome="flaky",
    ),
    Scenario("fails on every rerun", FAIL, FAILING, **RED, args=("--reruns", "2")),
    Scenario("shadowed by a later def", PASS + "def test_it(): pass\n", MISSING, **RED),
]

LINKS = [
    Scenario("no test", OTHER, MISSING, **RED, state="unguarded"),
    Scenario("mark on the class", BARE + "class TestIt:\n    def test_it(self): pass\n", GUARDED),
    Scenario("mark on the module", 'pytestmark = pytest.mark.incident("PM-1")\ndef test_it(): pass\n', GUARDED),
    Scenario(
        "same mark at every level",
        'pytestmark = pytest.mark.incident("PM-1")\n'
        + BARE
        + "class TestIt:\n    "
        + BARE
        + "    def test_it(self): pass\n",
        GUARDED,
    ),
    Scenario("bare mark, one item", BARE + "def test_it(): pass\n", GUARDED),
    Scenario(
        "bare mark, two items",
        BARE + "def test_it(): pass\n",
        {"AI-1": "missing", "AI-2": "missing"},
        **RED,
        items=TWO,
        state="partly guarded",
    ),
    Scenario("one of two items named", PASS, {"AI-1": "guarded", "AI-2": "missing"}, **RED, items=TWO),
    Scenario(
        "two items named in a list",
        '@pytest.mark.incident("PM-1", action_item=["AI-1", "AI-2"])\ndef test_it(): pass\n',
        {"AI-1": "guarded", "AI-2": "guarded"},
        items=TWO,
    ),
    Scenario(
        "bare mark beside a waived item",
        BARE + "def test_it(): pass\n",
        {"AI-1": "guarded", "AI-2": "waived"},
        items={"AI-1": "required", "AI-2": f"waived until {day(9)}: rewrite"},
    ),
    Scenario(
        "bare mark beside an expired waiver",
        BARE + "def test_it(): pass\n",
        {"AI-1": "guarded", "AI-2": "waiver expired"},
        **RED,
        items={"AI-1": "required", "AI-2": f"waived until {day(-1)}: rewrite"},
    ),
    Scenario(
        "bare mark beside a dropped item",
        BARE + "def test_it(): pass\n",
        {"AI-1": "guarded", "AI-2": "dropped"},
        items={"AI-1": "required", "AI-2": ("required", "", "won't do")},
    ),
    Scenario(
        "bare mark beside an item without a test",
        BARE + "def test_it(): pass\n",
        {"AI-1": "guarded", "AI-2": "not required"},
        items={"AI-1": "required", "AI-2": "no"},
    ),
    Scenario(
        "mark by alias", '@pytest.mark.incident("INC-77")\ndef test_it(): pass\n', GUARDED, front="incidents: [INC-77]"
    ),
    Scenario("mark by file name", '@pytest.mark.incident("PM-1-overflow")\ndef test_it(): pass\n', GUARDED),
    Scenario(
        "node id in the document",
        "def test_it(): pass\n",
        GUARDED,
        items={"AI-1": "test_it.py::test_it"},
        outcome="passed",
    ),
    Scenario(
        "node id of a failing test", "def test_it(): assert 0\n", FAILING, **RED, items={"AI-1": "test_it.py::test_it"}
    ),
    Scenario(
        "node id of a class",
        "class TestIt:\n    def test_a(self): pass\n    def test_b(self): pass\n",
        GUARDED,
        items={"AI-1": "test_it.py::TestIt"},
    ),
    Scenario(
        "node id of all parameters",
        '@pytest.mark.parametrize("n", [1, 2])\ndef test_it(n): assert n == 1\n',
        FAILING,
        **RED,
        items={"AI-1": "test_it.py::test_it"},
    ),
    Scenario(
        "node id of one parameter",
        '@pytest.mark.parametrize("n", [1, 2])\ndef test_it(n): assert n == 1\n',
        GUARDED,
        code=1,
        items={"AI-1": "test_it.py::test_it[1]"},
    ),
    Scenario("node id that is gone", "def test_it(): pass\n", MISSING, **RED, items={"AI-1": "test_it.py::test_its"}),
    Scenario(
        "node id of a file that is gone",
        "def test_it(): pass\n",
        MISSING,
        **RED,
        items={"AI-1": "test_gone.py::test_it"},
    ),
    Scenario("node id that is gone beside a mark", PASS, MISSING, **RED, items={"AI-1": "test_it.py::test_gone"}),
    Scenario(
        "mark added by a conftest",
        "def test_it(): pass\n",
        GUARDED,
        files={
            "conftest.py": "import pytest\ndef pytest_collection_modifyitems(items):\n    for item in items: item.add_marker(pytest.mark.incident('PM-1'))\n"
        },
    ),
    Scenario(
        "skip mark added by a conftest",
        PASS,
        DISABLED,
        **RED,
        files={
            "conftest.py": "import pytest\ndef pytest_collection_modifyitems(items):\n    for item in items: item.add_marker(pytest.mark.skip)\n"
        },
    ),
    Scenario(
        "doctest marked by a conftest",
        "",
        GUARDED,
        args=("--doctest-modules",),
        files={
            "conftest.py": "import pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.incident('PM-1'))\n",
            "shop.py": '"""\n>>> 1 + 1\n2\n"""\n',
        },
    ),
    Scenario(
        "failing doctest marked by a conftest",
        "",
        FAILING,
        **RED,
        args=("--doctest-modules",),
        files={
            "conftest.py": "import pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.incident('PM-1'))\n",
            "shop.py": '"""\n>>> 1 + 1\n3\n"""\n',
        },
    ),
]

REQUIREMENTS = [
    Scenario("not required", OTHER, {"AI-1": "not required"}, items={"AI-1": "no"}, state="unguarded"),
    Scenario("dropped", OTHER, {"AI-1": "dropped"}, items={"AI-1": ("required", "", "won't do")}),
    Scenario("waived", OTHER, {"AI-1": "waived"}, items={"AI-1": f"waived until {day(30)}: vendor code"}),
    Scenario("waived until today", OTHER, {"AI-1": "waived"}, items={"AI-1": f"waived until {TODAY}: vendor code"}),
    Scenario(
        "waiver ran out yesterday",
        OTHER,
        {"AI-1": "waiver expired"},
        **RED,
        items={"AI-1": f"waived until {day(-1)}: vendor code"},
    ),
    Scenario(
        "waiver ran out, test there",
        BARE + "def test_it(): pass\n",
        GUARDED,
        items={"AI-1": f"waived until {day(-1)}: vendor code"},
    ),
    Scenario("waived and failing", FAIL, FAILING, **RED, items={"AI-1": f"waived until {day(3)}: vendor code"}),
    Scenario(
        "waived and xfailing",
        "@pytest.mark.xfail\n" + FAIL,
        {"AI-1": "waived"},
        items={"AI-1": f"waived until {day(3)}: vendor code"},
    ),
    Scenario(
        "grace until the due date",
        OTHER,
        MISSING,
        items={"AI-1": ("required", str(day(5)), "open")},
        config='grace = "due"',
    ),
    Scenario(
        "grace on the due date",
        OTHER,
        MISSING,
        items={"AI-1": ("required", TODAY, "open")},
        config='grace = "due"',
    ),
    Scenario(
        "grace is over",
        OTHER,
        MISSING,
        **RED,
        items={"AI-1": ("required", str(day(-1)), "open")},
        config='grace = "due"',
    ),
    Scenario(
        "no grace without a date",
        OTHER,
        MISSING,
        **RED,
        items={"AI-1": ("required", "", "open")},
        config='grace = "due"',
    ),
    Scenario(
        "no grace for a due date that is none",
        OTHER,
        MISSING,
        **RED,
        items={"AI-1": ("required", "v2.7", "open")},
        config='grace = "due"',
    ),
    Scenario("no grace unless configured", OTHER, MISSING, **RED, items={"AI-1": ("required", str(day(5)), "open")}),
    Scenario(
        "grace does not excuse a disabled test",
        "@pytest.mark.skip\n" + PASS,
        DISABLED,
        **RED,
        items={"AI-1": ("required", str(day(5)), "open")},
        config='grace = "due"',
    ),
    Scenario("older than the gate", OTHER, MISSING, config="since = 2026-02-12"),
    Scenario("as old as the gate", OTHER, MISSING, **RED, config="since = 2026-02-11"),
    Scenario("undated is inside the gate", OTHER, MISSING, **RED, config="since = 2026-02-12", date=""),
    Scenario("guard without a test", OTHER, {}, **RED, items={}, front="severity: SEV-01", config='guard = ["SEV1"]'),
    Scenario("guard with a test", BARE + "def test_it(): pass\n", {}, items={}, config='guard = "all"'),
    Scenario("guard by the test of an item", PASS, GUARDED, front="severity: SEV1", config='guard = ["SEV1"]'),
    Scenario("guard of another severity", OTHER, {}, items={}, front="severity: SEV3", config='guard = ["SEV1"]'),
    Scenario(
        "guard waived in the document",
        OTHER,
        {},
        items={},
        front="guard: {waived_until: {today}, reason: vendor}",
        config='guard = "all"',
    ),
    Scenario(
        "guard waived until yesterday",
        OTHER,
        {},
        **RED,
        items={},
        front="guard: {waived_until: 2026-01-01, reason: vendor}",
        config='guard = "all"',
    ),
    Scenario(
        "guard not run",
        BARE + PASS[len(MARK) :] + OTHER,
        {},
        **OPEN,
        items={},
        config='guard = "all"',
        args=("-k", "other"),
    ),
    Scenario(
        "guard dropped item",
        OTHER,
        {"AI-1": "dropped"},
        **RED,
        items={"AI-1": ("required", "", "dropped")},
        config='guard = "all"',
    ),
]

GATES = [
    Scenario("passed: passes", PASS, GUARDED, config='gate = "passed"'),
    Scenario(
        "passed: skipped here",
        '@pytest.mark.skipif(True, reason="x")\n' + PASS,
        SKIPPED,
        **RED,
        config='gate = "passed"',
    ),
    Scenario("by default: skipped here", '@pytest.mark.skipif(True, reason="x")\n' + PASS, SKIPPED, **OPEN),
    Scenario("passed: deselected", PASS + OTHER, NOT_RUN, **OPEN, config='gate = "passed"', args=("-k", "other")),
    Scenario("linked: deselected", PASS + OTHER, NOT_RUN, config='gate = "linked"', args=("-k", "other")),
    Scenario(
        "passed on the command line: deselected",
        PASS + OTHER,
        NOT_RUN,
        **RED,
        args=("--incident-gate=passed", "-k", "other"),
    ),
    Scenario(
        "passed in addopts: deselected", PASS + OTHER, NOT_RUN, **OPEN, ini="addopts = --incident-gate=passed -k other"
    ),
    Scenario(
        "passed on the command line",
        '@pytest.mark.skipif(True, reason="x")\n' + PASS,
        SKIPPED,
        **RED,
        args=("--incident-gate=passed",),
    ),
    Scenario(
        "linked on the command line",
        '@pytest.mark.skipif(True, reason="x")\n' + PASS,
        SKIPPED,
        args=("--incident-gate", "linked"),
        config='gate = "passed"',
    ),
    Scenario("off in the configuration", OTHER, MISSING, **OPEN, config='gate = "off"'),
    Scenario("off on the command line", OTHER, MISSING, **OPEN, args=("--incident-gate=off",)),
    Scenario(
        "policy in addopts is not explicit",
        OTHER,
        UNKNOWN,
        **OPEN,
        ini="addopts = --incident-gate=linked",
        args=("test_it.py",),
        files={"test_b.py": "import pytest\n" + PASS},
    ),
]

RUNS = [
    Scenario("-k leaves the linked test out", PASS + OTHER, NOT_RUN, **OPEN, args=("-k", "other"), state="linked"),
    Scenario(
        "-m leaves the linked test out",
        PASS + "@pytest.mark.slow\ndef test_slow(): pass\n",
        NOT_RUN,
        **OPEN,
        args=("-m", "slow"),
        ini="markers = slow",
    ),
    Scenario(
        "--deselect leaves the linked test out",
        PASS + OTHER,
        NOT_RUN,
        **OPEN,
        args=("--deselect", "test_it.py::test_it"),
    ),
    Scenario(
        "-k leaves a missing one missing",
        PASS + OTHER,
        {"AI-1": "not run", "AI-2": "missing"},
        **RED,
        args=("-k", "other"),
        items=TWO,
    ),
    Scenario("-k keeps the linked test", PASS + OTHER, GUARDED, args=("-k", "test_it")),
    Scenario(
        "-x stops before the linked test",
        "def test_a(): assert 0\n" + "def test_b(): pass\n" * 1 + PASS,
        NOT_RUN,
        **OPEN,
        code=1,
        args=("-x",),
        modes=("plain",),
    ),
    Scenario(
        "--maxfail stops before the linked test",
        "def test_a(): assert 0\ndef test_b(): assert 0\n" + PASS,
        NOT_RUN,
        **OPEN,
        code=1,
        args=("--maxfail=2",),
        modes=("plain",),
    ),
    Scenario(
        "-x stops after the linked test",
        PASS + "def test_z(): assert 0\ndef test_zz(): pass\n",
        GUARDED,
        code=1,
        args=("-x",),
        modes=("plain",),
    ),
    Scenario(
        "another file, which holds the id, was not collected",
        OTHER,
        UNKNOWN,
        **OPEN,
        args=("test_it.py",),
        files={"test_b.py": "import pytest\n" + PASS},
    ),
    Scenario(
        "no other file holds the id",
        OTHER,
        MISSING,
        **RED,
        args=("test_it.py",),
        files={"test_b.py": "def test_b(): 'PM-11'\n"},
    ),
    Scenario(
        "a longer id is not the id",
        OTHER,
        MISSING,
        **RED,
        args=("test_it.py",),
        files={"test_b.py": "'PM-10'\n'XPM-1'\n"},
    ),
    Scenario(
        "explicit gate fails what cannot be told",
        OTHER,
        UNKNOWN,
        **RED,
        args=("--incident-gate=linked", "test_it.py"),
        files={"test_b.py": "import pytest\n" + PASS},
    ),
    Scenario("the file of the linked test alone", PASS, GUARDED, args=("test_it.py",), files={"test_b.py": OTHER}),
    Scenario("the linked test alone by node id", PASS + OTHER, GUARDED, args=("test_it.py::test_it",)),
    Scenario("another test of its file by node id", PASS + OTHER, UNKNOWN, **OPEN, args=("test_it.py::test_other",)),
    Scenario(
        "--ignore of the file that holds the id",
        OTHER,
        UNKNOWN,
        **OPEN,
        args=("--ignore=test_b.py",),
        files={"test_b.py": "import pytest\n" + PASS},
    ),
    Scenario(
        "--ignore-glob of the file that holds the id",
        OTHER,
        UNKNOWN,
        **OPEN,
        args=("--ignore-glob=*_b.py",),
        files={"test_b.py": "import pytest\n" + PASS},
    ),
    Scenario(
        "--ignore in the ini file is the project's own",
        OTHER,
        MISSING,
        **RED,
        ini="addopts = --ignore=test_b.py",
        files={"test_b.py": "import pytest\n" + PASS},
    ),
    Scenario(
        "--lf withholds the linked test",
        PASS + "def test_other(): assert 0\n",
        UNKNOWN,
        **OPEN,
        code=1,
        before=(),
        args=("--lf",),
    ),
    Scenario("--lf with nothing failed", PASS, GUARDED, before=(), args=("--lf",)),
    Scenario(
        "--ff leaves nothing out", PASS + "def test_other(): assert 0\n", GUARDED, code=1, before=(), args=("--ff",)
    ),
    Scenario(
        "disabled test in a partial run",
        "@pytest.mark.skip\n" + PASS,
        UNKNOWN,
        **OPEN,
        args=("test_it.py",),
        files={"test_b.py": "import pytest\n" + PASS},
    ),
    Scenario(
        "testpaths are given as arguments",
        "",
        GUARDED,
        ini="testpaths = t",
        args=("t",),
        files={"t/test_a.py": "import pytest\n" + PASS, "u/test_u.py": "'PM-1'\n"},
    ),
    Scenario(
        "testpaths without arguments",
        "",
        MISSING,
        **RED,
        ini="testpaths = t",
        files={"t/test_a.py": OTHER, "u/test_u.py": "'PM-1'\n"},
    ),
    Scenario(
        "one of two testpaths",
        "",
        UNKNOWN,
        **OPEN,
        ini="testpaths = t u",
        args=("t",),
        files={"t/test_a.py": OTHER, "u/test_u.py": "import pytest\n" + PASS},
    ),
    Scenario(
        "a folder below rootdir",
        "",
        UNKNOWN,
        **OPEN,
        args=("t",),
        files={"t/test_a.py": OTHER, "u/test_u.py": "import pytest\n" + PASS},
    ),
    Scenario(
        "module that cannot be imported and holds the id",
        OTHER,
        UNKNOWN,
        **OPEN,
        code=2,
        code_n=1,
        files={"test_b.py": "import no_such_module, pytest\n" + PASS},
    ),
    Scenario(
        "module that cannot be imported and holds it not",
        OTHER,
        MISSING,
        verdict="failed",
        code=2,
        code_n=1,
        files={"test_b.py": "import no_such_module\n"},
    ),
    Scenario(
        "--continue-on-collection-errors",
        PASS,
        GUARDED,
        code=1,
        args=("--continue-on-collection-errors",),
        files={"test_b.py": "import no_such_module\n"},
    ),
    Scenario(
        "module skipped at collection that holds the id",
        OTHER,
        UNKNOWN,
        **OPEN,
        files={"test_b.py": "import pytest\npytest.skip('x', allow_module_level=True)\n" + PASS},
    ),
    Scenario(
        "explicit gate and a skipped module",
        OTHER,
        UNKNOWN,
        **RED,
        args=("--incident-gate=linked",),
        files={"test_b.py": "import pytest\npytest.importorskip('no_such_module')\n" + PASS},
    ),
    Scenario(
        "node id in a module that cannot be imported",
        OTHER,
        UNKNOWN,
        **OPEN,
        code=2,
        code_n=1,
        items={"AI-1": "test_b.py::test_it"},
        files={"test_b.py": "import no_such_module\n"},
    ),
    Scenario(
        "node id in a file that was not collected",
        OTHER,
        UNKNOWN,
        **OPEN,
        args=("test_it.py",),
        items={"AI-1": "test_b.py::test_b"},
        files={"test_b.py": "def test_b(): pass\n"},
    ),
    Scenario("no tests at all", "", MISSING, verdict="failed", code=5),
    Scenario("no tests at all, explicit gate", "", MISSING, **RED, args=("--incident-gate=linked",)),
    Scenario("no tests and nothing required", "", {"AI-1": "not required"}, **OPEN, code=5, items={"AI-1": "no"}),
    Scenario(
        "no tests, nothing required, explicit gate",
        "",
        {"AI-1": "not required"},
        **RED,
        items={"AI-1": "no"},
        args=("--incident-gate=linked",),
    ),
    Scenario("--collect-only judges no outcome", PASS, NOT_RUN, **OPEN, args=("--collect-only",), modes=("plain",)),
    Scenario("--collect-only sees what is missing", OTHER, MISSING, **RED, args=("--collect-only",), modes=("plain",)),
    Scenario(
        "Ctrl-C before the linked test",
        "def test_a(): raise KeyboardInterrupt\n" + PASS,
        NOT_RUN,
        **OPEN,
        code=2,
        modes=("plain",),
        process=True,
    ),
    Scenario(
        "pytest.exit(returncode=0)",
        "def test_a(): pytest.exit('enough', returncode=0)\n" + PASS,
        NOT_RUN,
        **OPEN,
        code=0,
        modes=("plain",),
    ),
    Scenario(
        "pytest.exit(returncode=0), explicit gate",
        "def test_a(): pytest.exit('enough', returncode=0)\n" + PASS,
        NOT_RUN,
        verdict="failed",
        code=1,
        args=("--incident-gate=linked",),
        modes=("plain",),
    ),
    Scenario(
        "items taken out without a word",
        PASS + OTHER,
        NOT_RUN,
        **OPEN,
        files={"conftest.py": "def pytest_collection_modifyitems(items): del items[0]\n"},
    ),
    Scenario("--incident selects", PASS + OTHER, GUARDED, args=("--incident", "PM-1")),
    Scenario(
        "--incident selects an item",
        PASS + '@pytest.mark.incident("PM-1", action_item="AI-2")\ndef test_two(): assert 0\n',
        {"AI-1": "guarded", "AI-2": "not run"},
        **OPEN,
        items=TWO,
        args=("--incident", "PM-1/AI-1"),
    ),
    Scenario("without a terminal", OTHER, MISSING, **RED, args=("-p", "no:terminal"), modes=("plain",)),
    Scenario("warnings are errors", PASS, GUARDED, args=("-W", "error")),
    Scenario("strict markers and configuration", PASS, GUARDED, args=("--strict-markers", "--strict-config")),
    Scenario("without the cache", PASS, GUARDED, args=("-p", "no:cacheprovider")),
    Scenario("output is not captured", PASS, GUARDED, args=("-s",)),
]

WORKERS = [
    Scenario(
        "crash in the linked test",
        MARK + "def test_it():\n    import os; os._exit(3)\n" + OTHER,
        FAILING,
        verdict="failed",
        code=1,
        modes=("xdist",),
        outcome="crashed",
    ),
    Scenario(
        "crash in its setup",
        "@pytest.fixture\ndef f():\n    import os; os._exit(3)\n" + MARK + "def test_it(f): pass\n" + OTHER,
        FAILING,
        verdict="failed",
        code=1,
        modes=("xdist",),
        outcome="crashed",
    ),
    Scenario(
        "crash in its teardown",
        "@pytest.fixture\ndef f():\n    yield\n    import os; os._exit(3)\n" + MARK + "def test_it(f): pass\n" + OTHER,
        FAILING,
        verdict="failed",
        code=1,
        modes=("xdist",),
        outcome="crashed",
    ),
    Scenario(
        "crash beside the linked test",
        PASS + "def test_other():\n    import os; os._exit(3)\n",
        GUARDED,
        code=1,
        modes=("xdist",),
    ),
    Scenario(
        "crash, and no worker may be replaced",
        PASS + "def test_other():\n    import os; os._exit(3)\n",
        GUARDED,
        code=1,
        args=("--max-worker-restart=0",),
        modes=("xdist",),
    ),
    Scenario(
        "a worker dies in collection, none may be replaced, and something is deselected",
        PASS + OTHER,
        NOT_RUN,
        **RED,
        args=("--max-worker-restart=0", "--incident-gate=linked", "-k", "not other"),
        files={
            "conftest.py": "import os\n\ndef pytest_collection(session):\n"
            "    if getattr(session.config, 'workerinput', {}).get('workerid') == 'gw0':\n        os._exit(0)\n"
        },
        modes=("xdist",),
    ),
    Scenario(
        "-x and a broken file, and something is deselected",
        PASS + OTHER,
        NOT_RUN,
        verdict="failed",
        code=2,
        args=("-x", "--incident-gate=linked", "-k", "not other"),
        files={"test_zz.py": "def f(:\n"},
    ),
    Scenario(
        "every worker is lost",
        MARK + "def test_it():\n    import os; os._exit(3)\n" + MARK + "def test_two():\n    import os; os._exit(3)\n",
        UNKNOWN,
        **OPEN,
        code=1,
        args=("--max-worker-restart=0",),
        modes=("xdist",),
    ),
    *(
        Scenario(
            f"--dist {mode}",
            PASS + OTHER + MARK + "class TestMore:\n    def test_b(self): pass\n    def test_c(self): pass\n",
            GUARDED,
            args=("--dist", mode),
            modes=("xdist",),
        )
        for mode in ("load", "loadscope", "loadfile", "loadgroup", "worksteal", "each")
    ),
    Scenario(
        "--dist each, one worker fails",
        MARK + "def test_it(worker_id): assert worker_id == 'gw0'\n",
        FAILING,
        verdict="failed",
        code=1,
        args=("--dist", "each"),
        modes=("xdist",),
    ),
    Scenario(
        "rerun after a crash",
        MARK + "def test_it():\n    import os; os._exit(3)\n" + OTHER,
        FAILING,
        verdict="failed",
        code=1,
        args=("--reruns", "1"),
        modes=("xdist",),
    ),
    Scenario(
        "workers collect different tests",
        "import os\nif os.environ.get('PYTEST_XDIST_WORKER') == 'gw1':\n    def test_more(): pass\n" + PASS,
        NOT_RUN,
        **OPEN,
        code=1,
        modes=("xdist",),
    ),
]

SCENARIOS = [*OUTCOMES, *LINKS, *REQUIREMENTS, *GATES, *RUNS, *WORKERS]
