"""A small distribution brings a source, a document format and a reporter: pytest and the command use all three."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workers import TWO_WORKERS

SOURCE = '''\
from pytest_postmortem import Document, Listing, hookimpl

PAGE = """---
id: WIKI-1
title: Cache stampede
date: 2026-03-01
---
# Cache stampede

## Action items

| ID | Action | Test |
|----|--------|------|
| AI-1 | Refresh before expiry | required |
"""


class Wiki:
    name = "wiki"

    def listing(self):
        pages = {"wiki/1": PAGE, "wiki/2.ini": "id=WIKI-2\\ntitle=Full disk\\n"}
        documents = (
            Document(origin=name, folder="wiki", stem=name, configured=True, load=lambda text=text: text)
            for name, text in pages.items()
        )
        return Listing(documents=tuple(documents), places=("wiki",))


@hookimpl
def pytest_postmortem_sources(settings):
    return [Wiki()]
'''
FORMAT = """\
from pytest_postmortem import IdSource, Postmortem, hookimpl


@hookimpl
def pytest_postmortem_read_document(document):
    if not document.origin.endswith(".ini"):
        return None
    told = dict(line.partition("=")[::2] for line in document.load().splitlines())
    return Postmortem(id=told["id"], id_source=IdSource.FRONT_MATTER, title=told["title"], origin=document.origin,
                      folder=document.folder, stem=document.stem)
"""
REPORTER = """\
from pytest_postmortem import hookimpl


class Csv:
    suffix = ".csv"

    def render(self, finished):
        return "".join(f"{one.postmortem.id},{one.state.value}\\n" for one in finished.report.postmortems)


@hookimpl
def pytest_postmortem_reporters(settings):
    return [Csv()]
"""
REPLACING = """\
class Mine:
    suffix = ".csv"
    replaces = ".csv"
    help = "mine"

    def owns(self, head):
        return head.startswith(b"# mine")

    def render(self, finished):
        return f"# mine: {len(finished.report.postmortems)}\\n"


def pytest_postmortem_reporters(settings):
    return [Mine()]
"""
TESTS = """\
import pytest

@pytest.mark.incident("WIKI-1", action_item="AI-1")
def test_refresh(): pass

@pytest.mark.incident("WIKI-2")
def test_disk(): pass
"""


@dataclass
class Done:
    """How a process ended, and all that it printed."""

    code: int
    text: str


@dataclass
class Shop:
    """A project, and distributions beside it that are on the path of every process."""

    path: Path
    site: Path
    workers: tuple[str, ...]

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return self.path.joinpath(name).read_text(encoding="utf-8")

    def distribution(self, name: str, **modules: str) -> None:
        """Install a distribution whose entry points are these modules."""
        self.site.mkdir(exist_ok=True)
        for module, text in modules.items():
            self.site.joinpath(f"{module}.py").write_text(text, encoding="utf-8")
        info = self.site / f"{name.replace('-', '_')}-1.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", encoding="utf-8")
        points = "".join(f"{module} = {module}\n" for module in modules)
        info.joinpath("entry_points.txt").write_text(f"[pytest_postmortem]\n{points}", encoding="utf-8")

    def _run(self, module: str, *arguments: str) -> Done:
        environ = os.environ | {"PYTHONPATH": str(self.site)}
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, cwd=self.path, env=environ, capture_output=True, encoding="utf-8", check=False)
        return Done(done.returncode, done.stdout + done.stderr)

    def pytest(self, *arguments: str) -> Done:
        return self._run("pytest", "-p", "no:cacheprovider", *self.workers, *arguments)

    def check(self, *arguments: str) -> Done:
        return self._run("pytest_postmortem", "check", *arguments)


@pytest.fixture(params=["plain", "xdist"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    workers = TWO_WORKERS if request.param == "xdist" else ("-p", "no:xdist")
    made = Shop(tmp_path / "shop", tmp_path / "site", workers)
    made.write("test_shop.py", TESTS)
    made.write("pytest.ini", "[pytest]\n")
    return made


def test_a_distribution_brings_a_source_a_format_and_a_reporter(shop: Shop) -> None:
    """The run resolves its markers by them, judges them, and writes the format; so does the command."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT, our_reporter=REPORTER)
    assert shop.pytest().code == 0
    done = shop.pytest("-v", "--incident-output=e.json", "--incident-output=e.csv")
    assert done.code == 0, done.text
    assert "WIKI-1 Cache stampede (2026-03-01, 1 test): guarded" in done.text
    assert "WIKI-2 Full disk (no date, 1 test): guarded" in done.text
    assert shop.read("e.csv") == "WIKI-1,guarded\nWIKI-2,guarded\n"
    assert [one["id"] for one in json.loads(shop.read("e.json"))["postmortems"]] == ["WIKI-1", "WIKI-2"]
    checked = shop.check("-v", "--output=c.csv", "e.json")
    assert checked.code == 0, checked.text
    assert "WIKI-2 Full disk (no date, 1 test): guarded" in checked.text
    assert shop.read("c.csv") == "WIKI-1,guarded\nWIKI-2,guarded\n"


def test_a_guard_of_a_foreign_document_can_be_lost(shop: Shop) -> None:
    """The gate and the command judge it like a file's."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("test_shop.py", TESTS.replace('@pytest.mark.incident("WIKI-1", action_item="AI-1")\n', ""))
    done = shop.pytest("--incident-output=e.json")
    assert (done.code, "wiki/1:12" in done.text, "missing: mark the test that guards it" in done.text) == (
        1,
        True,
        True,
    )
    assert shop.check("e.json").code == 10
    shop.write("test_shop.py", TESTS.replace("WIKI-2", "WIKI-3"))
    done = shop.pytest()
    assert done.code in (1, 2)
    assert 'test_disk: no post-mortem is named "WIKI-3"; did you mean WIKI-' in done.text


def test_without_the_distribution_its_markers_are_errors(shop: Shop) -> None:
    """And evidence of a run that had it is of no use: nothing passes by itself."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    assert shop.pytest("--incident-output=e.json").code == 0
    shop.site = shop.site / "nowhere"
    assert shop.pytest().code in (1, 2)
    done = shop.check("e.json")
    assert done.code == 11
    assert "WIKI-1/AI-1" in done.text


def test_files_and_further_sources_are_read_together(shop: Shop) -> None:
    """A folder of Markdown stays a source."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("docs/postmortems/PM-1-overflow.md", "---\nid: PM-1\n---\n# Overflow\n")
    done = shop.pytest("--incident-report")
    assert (done.code, "incidents: 3 post-mortems, 2 guarded; " in done.text) == (0, True)


def test_two_sources_of_one_name_are_an_error(shop: Shop) -> None:
    """Both are named: 4 before any test, 12 of the command."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT, our_reporter=REPORTER)
    shop.write("e.csv", "old")
    shop.distribution("their-wiki", their_source=SOURCE.replace("class Wiki", "class Pages").replace("[Wiki", "[Pages"))
    told = r"two sources are named 'wiki': (our_source\.Wiki and their_source\.Pages|their_source\.Pages and our_source\.Wiki); rename one"
    done = shop.pytest("--incident-report")
    assert (done.code, bool(re.search(told, done.text)), "1 passed" in done.text) == (4, True, False)
    checked = shop.check("e.json")
    assert (checked.code, bool(re.match(told, checked.text))) == (12, True)
    assert "Traceback" not in done.text + checked.text


def test_two_reporters_of_one_suffix_are_an_error(shop: Shop) -> None:
    """One of an entry point and one of a conftest.py."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT, our_reporter=REPORTER)
    body = REPORTER.partition("\n\n\n")[2].replace("@hookimpl\n", "").replace("Csv", "Mine")
    shop.write("conftest.py", body)
    done = shop.pytest("--incident-output=e.csv")
    assert (done.code, "two reporters write .csv files: Csv and Mine; remove one of them" in done.text) == (4, True)


@pytest.mark.parametrize("suffix", [".csv", ".md", ".json"])
def test_a_reporter_of_a_conftest_replaces_another(shop: Shop, suffix: str) -> None:
    """One of an entry point, or a built-in one; the next run replaces only what its own reporter has left."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT, our_reporter=REPORTER)
    shop.write("conftest.py", REPLACING.replace(".csv", suffix))
    for _ in range(2):
        done = shop.pytest(f"--incident-output=e{suffix}")
        assert (done.code, shop.read(f"e{suffix}")) == (0, "# mine: 2\n"), done.text
    shop.write(f"e{suffix}", "# another\n")
    done = shop.pytest(f"--incident-output=e{suffix}")
    assert (done.code, "no earlier run has written it" in done.text) == (4, True)
    assert shop.read(f"e{suffix}") == "# another\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'replaces = ".csv"',
            'replaces = ".html"',
            "Mine writes .csv files and replaces '.html'; write replaces = \".csv\"",
        ),
        ("[Mine()]", "[Mine(), Mine()]", "two reporters write .csv files: Mine and Mine; remove one of them"),
    ],
)
def test_a_reporter_that_replaces_too_much_is_an_error(shop: Shop, old: str, new: str, told: str) -> None:
    """Before any test."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("conftest.py", REPLACING.replace(old, new))
    done = shop.pytest("--incident-output=e.json")
    assert (done.code, told in done.text) == (4, True)


def test_a_reporter_of_a_conftest_is_pytest_s_alone(shop: Shop) -> None:
    """The command imports no file of the project under test: it does not know the suffix, and says so."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("conftest.py", REPORTER.partition("\n\n\n")[2].replace("@hookimpl\n", ""))
    done = shop.pytest("--incident-output=e.csv", "--incident-output=e.json")
    assert done.code == 0, done.text
    assert shop.read("e.csv") == "WIKI-1,guarded\nWIKI-2,guarded\n"
    checked = shop.check("--output=c.csv", "e.json")
    assert checked.code == 13
    assert checked.text.startswith("--output: no format has the suffix of 'c.csv'; ")


# --- the end ---------------------------------------------------------------------------------------------------------

WATCHER = """\
import pathlib

import pytest


@pytest.hookimpl({order})
def pytest_postmortem_finished(report, decision):
    there = sorted(path.name for path in pathlib.Path.cwd().glob("e.*"))
    text = pathlib.Path("e.json").read_text()
    told = [decision.verdict.value, len(report.postmortems), '"state":"finished"' in text, *there]
    pathlib.Path("told.txt").write_text(" ".join(map(str, told)))
    {then}
"""


@pytest.mark.parametrize("order", ["", "tryfirst=True"])
def test_the_end_is_told_when_everything_is_written(shop: Shop, order: str) -> None:
    """Once, in the process that judges, with the report and the decision."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT, our_reporter=REPORTER)
    shop.write("conftest.py", WATCHER.format(order=order, then="return None"))
    done = shop.pytest("--incident-output=e.json", "--incident-output=e.csv", "--incident-output=e.html")
    assert done.code == 0, done.text
    assert shop.read("told.txt") == "passed 2 True e.csv e.html e.json"


@pytest.mark.parametrize(
    "then",
    [
        "return 0",
        "decision.verdict = type(decision.verdict)('passed')",
        "decision.violations = ()",
        "report.postmortems = ()",
    ],
)
def test_the_end_cannot_change_the_decision(shop: Shop, then: str) -> None:
    """Neither by what it returns nor by what it is given: the code is not 0, and the evidence says failed."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("test_shop.py", TESTS.replace("def test_refresh(): pass", "def refresh(): pass"))
    shop.write("conftest.py", WATCHER.format(order="", then=then))
    done = shop.pytest("--incident-output=e.json")
    assert done.code == 1 if then == "return 0" else done.code != 0
    assert json.loads(shop.read("e.json"))["decision"]["verdict"] == "failed"


def test_a_run_that_does_not_judge_tells_no_end(shop: Shop) -> None:
    """There is no decision."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("conftest.py", "def pytest_postmortem_finished(report, decision):\n    raise SystemExit(3)\n")
    assert shop.pytest().code == 0


# --- what cannot be used ---------------------------------------------------------------------------------------------

BAD: dict[str, tuple[str, str]] = {
    "an import error": ("import nothing_of_that_name\n", "nothing_of_that_name"),
    "an error on import": ("raise ValueError('no wiki here')\n", "no wiki here"),
    "a syntax error": ("def (:\n", "bad"),
    "an unknown hook": (
        SOURCE.replace("pytest_postmortem_sources", "pytest_postmortem_source"),
        "pytest_postmortem_source",
    ),
    "another argument": (SOURCE.replace("(settings)", "(config)"), "config"),
    "a source that raises": (SOURCE.replace("return [Wiki()]", "raise ValueError('no wiki here')"), "no wiki here"),
    "a listing that raises": (SOURCE.replace("        pages =", "        raise ValueError('no wiki here')\n        pages ="), "no wiki here"),
    "no list": (SOURCE.replace("return [Wiki()]", "return Wiki()"), "Wiki"),
    "a list of something else": (SOURCE.replace("return [Wiki()]", "return [Wiki]").replace("name =", "title ="), "a list of objects with `name` and `listing`"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("shop", ["plain"], indirect=True)
def test_a_distribution_that_cannot_be_used_is_named(shop: Shop, what: str) -> None:
    """In one clear error with the entry point's name, before any test; no traceback, no internal error."""
    text, word = BAD[what]
    shop.write("docs/postmortems/PM-1-overflow.md", "---\nid: PM-1\n---\n# Overflow\n")
    shop.write("test_shop.py", "def test_it(): pass\n")
    assert shop.pytest("--incident-output=e.json").code == 0
    shop.distribution("our-wiki", bad_wiki=text)
    checked = shop.check("e.json")
    done = shop.pytest("--incident-report")
    for one in (checked, done):
        assert "Traceback" not in one.text
        assert "INTERNALERROR" not in one.text
        assert "bad_wiki" in one.text
        assert word in one.text
    assert (checked.code in (12, 13), done.code) == (True, 4)


@pytest.mark.parametrize("shop", ["plain"], indirect=True)
def test_a_distribution_that_cannot_be_used_never_ends_in_success(shop: Shop) -> None:
    """Whatever is wrong with it, neither process says that all is well."""
    shop.write("docs/postmortems/PM-1-overflow.md", "---\nid: PM-1\n---\n# Overflow\n")
    shop.write("test_shop.py", "def test_it(): pass\n")
    assert shop.pytest("--incident-output=e.json").code == 0
    shop.distribution("our-wiki", bad_wiki=BAD["an import error"][0])
    assert shop.check("e.json").code != 0
    assert shop.pytest("--incident-output=e.json").code != 0
    assert not shop.path.joinpath("e.json").exists()


@pytest.mark.parametrize("shop", ["plain"], indirect=True)
def test_a_reader_that_raises_is_a_fault_of_the_document(shop: Shop) -> None:
    """A DocumentError of a format is told with the document's name, like our own."""
    reader = FORMAT.replace("IdSource,", "DocumentError, IdSource,").replace(
        '    told = dict', '    raise DocumentError("no title", line=2, hint="write one")\n    told = dict'
    )  # fmt: skip
    shop.distribution("our-wiki", our_source=SOURCE, our_format=reader)
    done = shop.pytest("--incident-report")
    assert (done.code, "wiki/2.ini:2: no title; write one" in done.text) == (4, True)
    checked = shop.check("e.json")
    assert (checked.code, "wiki/2.ini:2: no title; write one" in checked.text) == (12, True)


READER = FORMAT.replace("    told = dict", "    return 1 / 0\n    told = dict")
RENDER = re.sub(r"(def render\(self, finished.*\n)", r"\1        raise RuntimeError('no csv today')\n", REPORTER)


@pytest.mark.parametrize("shop", ["plain"], indirect=True)
def test_a_reader_that_breaks_is_a_fault_of_the_document(shop: Shop) -> None:
    """Whatever it raises, with the place in its code."""
    assert READER != FORMAT
    shop.distribution("our-wiki", our_source=SOURCE, our_format=READER)
    for done, code in ((shop.pytest("--incident-report"), 4), (shop.check("e.json"), 12)):
        assert (done.code, "Traceback" in done.text) == (code, False)
        assert re.search(
            r"wiki/2\.ini: .*our_format\.py:\d+: pytest_postmortem_read_document failed: ZeroDiv", done.text
        )


def test_a_reporter_that_breaks_loses_nothing_else(shop: Shop) -> None:
    """The report, the evidence and the verdict are there; the run is red, and says whose fault it is."""
    assert RENDER != REPORTER
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT, our_reporter=RENDER)
    done = shop.pytest("--incident-output=e.csv", "--incident-output=e.json")
    told = r"our_reporter\.py:\d+: \S*e\.csv: Csv\.render failed: RuntimeError: no csv today"
    assert (done.code, bool(re.search(told, done.text)), "INTERNALERROR" in done.text) == (1, True, False)
    assert "gate passed" in done.text
    assert json.loads(shop.read("e.json"))["state"] == "finished"
    checked = shop.check("--output=c.csv", "--output=c.md", "e.json")
    assert (checked.code, "Traceback" in checked.text) == (11, False)
    assert re.search(told.replace(r"e\.csv", r"c\.csv"), checked.text)
    assert "gate passed" in checked.text
    assert shop.path.joinpath("c.md").exists()


@pytest.mark.parametrize(
    ("hook", "code"), [("pytest_postmortem_reporters(settings)", 4), ("pytest_postmortem_finished(report)", 1)]
)
def test_a_conftest_that_breaks_is_named(shop: Shop, hook: str, code: int) -> None:
    """By the line in it, without a traceback of ours."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("conftest.py", f"def {hook}:\n    raise KeyError('no csv today')\n")
    done = shop.pytest("--incident-output=e.json")
    name = hook.partition("(")[0]
    assert (done.code, "INTERNALERROR" in done.text, "Traceback" in done.text) == (code, False, False)
    assert re.search(rf"conftest\.py:2: {name} failed: KeyError: 'no csv today'; mend", done.text)


@pytest.mark.parametrize("given", ["7", "[7]", "{'.csv': 7}"])
def test_what_is_no_reporter_is_named(shop: Shop, given: str) -> None:
    """Before any test."""
    shop.distribution("our-wiki", our_source=SOURCE, our_format=FORMAT)
    shop.write("conftest.py", f"def pytest_postmortem_reporters(settings):\n    return {given}\n")
    done = shop.pytest("--incident-output=e.json")
    told = r"pytest_postmortem_reporters returned a builtins\.(int|dict); return a list of objects with `suffix` and `render`"
    assert (done.code, "INTERNALERROR" in done.text, bool(re.search(told, done.text))) == (4, False, True)


@pytest.mark.parametrize("shop", ["plain"], indirect=True)
def test_a_source_can_be_wrapped(shop: Shop) -> None:
    """As every hook of pluggy can."""
    wrapped = SOURCE.replace("@hookimpl\n", "@hookimpl(wrapper=True)\n").replace(
        "return [Wiki()]", "given = yield\n    return [*given, [Wiki()]]"
    )
    assert "wrapper=True" in wrapped
    assert "given = yield" in wrapped
    shop.distribution("our-wiki", our_source=wrapped, our_format=FORMAT)
    done = shop.pytest("-v", "--incident-report")
    assert (done.code, "WIKI-2 Full disk (no date, 1 test): guarded" in done.text) == (0, True)
