"""`--incident-report` as a user runs it: what is read before the first test, what ends the run, what the exit code is."""

from __future__ import annotations

import re

import pytest

from tests.plugin.conftest import DOCUMENT, Run
from tests.workers import TWO_WORKERS


def broken(project: pytest.Pytester) -> None:
    folder = project.path / "docs" / "postmortems"
    folder.joinpath("PM-124.md").write_text("---\nid: PM-124\nid: PM-125\n---\n# T\n", encoding="utf-8")
    folder.joinpath("PM-126.md").write_bytes(b"# caf\xe9\n")
    folder.joinpath("PM-127.md").write_text("---\nid: PM-123\n---\n# T\n", encoding="utf-8")


@pytest.mark.parametrize(
    "option", ["--incident-report", "--incident-output=e.json", "--incident-gate=linked", "--incident=PM-123"]
)
def test_faults_in_documents_end_the_run_before_any_test(project: pytest.Pytester, run: Run, option: str) -> None:
    """Exit 4, all of them at once, each with its place and what to write; and how to leave a file out."""
    broken(project)
    result = run(option)
    assert result.ret == 4
    told = result.stderr.str()
    assert (
        "3 faults in the post-mortems (leave a file or folder out with `exclude` in [tool.pytest-postmortem]):" in told
    )
    lines = [line for line in result.errlines if line.startswith("docs/")]
    assert [line.split(": ")[0] for line in lines] == [
        "docs/postmortems/PM-124.md:3",
        "docs/postmortems/PM-126.md:1",
        "docs/postmortems/PM-127.md:2",
    ]
    assert "not UTF-8; save it as UTF-8" in lines[1]
    assert "the id 'PM-123' is also that of docs/postmortems/PM-123-overflow.md:2" in lines[2]
    assert "passed" not in result.stdout.str()
    assert "Traceback" not in told + result.stdout.str()
    assert not project.path.joinpath("e.json").exists()


def test_what_is_excluded_is_no_fault(project: pytest.Pytester, run: Run) -> None:
    """And is counted in the report."""
    broken(project)
    project.makefile(".toml", postmortem='exclude = ["docs/postmortems/PM-12[4-7].md"]\n')
    result = run("--incident-report")
    assert result.ret == 0
    assert "skipped: 3 files (3 excluded by the configuration)" in result.outlines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('gates = "x"', "postmortem.toml:1: unknown key 'gates'; did you mean 'gate'?"),
        ('sources = ["doc/postmortems"]', "the source 'doc/postmortems' matches no folder and no file"),
        ("gate = ", "postmortem.toml:1: no valid TOML"),
    ],
)
def test_configuration_that_cannot_be_used_ends_the_run(
    project: pytest.Pytester, run: Run, text: str, told: str
) -> None:
    """Exit 4 with the line and what to write."""
    project.makefile(".toml", postmortem=text + "\n")
    result = run("--incident-report")
    assert result.ret == 4
    assert told in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--incident-gate=linkd",), "--incident-gate: unknown policy 'linkd'; did you mean 'linked'?"),
        (("--incident-gate",), "expected one argument"),
        (("--incident",), "expected one argument"),
        (("--incident-reports",), "unrecognized arguments: --incident-reports"),
    ],
)
def test_wrong_options_are_usage_errors(project: pytest.Pytester, run: Run, args: tuple[str, ...], told: str) -> None:
    """Exit 4."""
    result = run(*args)
    assert result.ret == 4
    assert told in result.stderr.str()


def test_no_post_mortem_says_where_was_looked(pytester: pytest.Pytester, run: Run) -> None:
    """A report alone goes on and judges nothing; an explicit gate or a configured source ends the run."""
    pytester.makepyfile("def test_it(): pass")
    pytester.makeini("[pytest]")
    result = run("--incident-report")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "no post-mortem found; looked at docs/postmortems, docs/post-mortems,",
            '*`postmortem new "Title"` writes the first one*',
            "incidents: 0 post-mortems, 0 guarded; 0 of 0 required action items have a test; "
            "gate not judged: no post-mortem was found; to make it count: --incident-gate=passed, *",
        ]
    )
    assert run("--incident-gate=linked").ret == 4
    pytester.mkdir("pm")
    pytester.makefile(".toml", postmortem='sources = ["pm"]\n')
    result = run("--incident-report")
    assert result.ret == 4
    assert "no post-mortem found in " in result.stderr.str()
    assert "(looked at pm); name their folder in `sources` of [tool.pytest-postmortem]" in result.stderr.str()


def test_the_report_stands_after_pytests_own_summary(project: pytest.Pytester, run: Run) -> None:
    """The section before the short summary, the verdict behind it, before the last line."""
    project.makepyfile(test_fails="def test_it(): assert 0")
    lines = run("--incident-report", "-v").outlines
    heads = [line.strip("= ") for line in lines if line.startswith("=")]
    assert heads[-3:-1] == ["incidents: gate passed", "short test summary info"]
    assert lines[-2].startswith("incidents: 1 post-mortem, 1 guarded;")


def test_verbosity_is_pytests(project: pytest.Pytester, run: Run) -> None:
    """`-q` the verdict alone, `-v` the guarded ones too."""
    assert not any(line.startswith("PM-123") for line in run("--incident-report").outlines)
    assert (
        "PM-123 Checkout queue overflow (SEV1, 2026-02-11, 2 tests): guarded" in run("--incident-report", "-v").outlines
    )
    project.makepyfile(test_shop="def test_it(): pass")
    assert not any(line.startswith("PM-123") for line in run("--incident-report", "-q").outlines)


def test_colour_follows_pytest(project: pytest.Pytester) -> None:
    """`--color=yes` colours the verdict, no escape leaves without."""
    lines = project.runpytest_inprocess("--incident-report", "--color=yes").outlines
    verdict = next(line for line in lines if "incidents: 1" in line)
    assert "\x1b[32m" in verdict
    assert "\x1b" not in project.runpytest_inprocess("--incident-report", "--color=no").stdout.str()


def test_a_package_mark_gets_a_hint(project: pytest.Pytester, run: Run) -> None:
    """`pytestmark` in an `__init__.py` reaches no test."""
    package = project.mkdir("pkg")
    package.joinpath("__init__.py").write_text(
        'import pytest\npytestmark = pytest.mark.incident("PM-123")\n', encoding="utf-8"
    )
    package.joinpath("test_x.py").write_text("def test_x(): pass\n", encoding="utf-8")
    result = run("--incident-report")
    hint = (
        "hint: pkg/__init__.py:2: a pytestmark in an __init__.py does not reach tests; "
        "put the incident marker into each module"
    )
    assert hint in result.outlines


def test_a_monorepo_keeps_its_packages_apart(pytester: pytest.Pytester, run: Run) -> None:
    """Node ids are relative to the folder of the configuration; a run of one package is partial."""
    pytester.path.joinpath(".git").mkdir()
    pytester.makefile(".toml", postmortem='sources = ["*/postmortems"]\n')
    for name in ("a", "b"):
        folder = pytester.path / name / "postmortems"
        folder.mkdir(parents=True)
        text = DOCUMENT.replace("PM-123", f"PM-{name}").replace("INC-77", f"INC-{name}")
        text = text.replace("| done | required |", f"| done | {name}/test_shop.py::test_it |").replace(
            "| open | required |", "| open | no |"
        )
        folder.joinpath(f"PM-{name}.md").write_text(text, encoding="utf-8")
        pytester.path.joinpath(name, "test_shop.py").write_text("def test_it(): pass\n", encoding="utf-8")
        pytester.path.joinpath(name, "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    result = run("--incident-report", "-v", "a")
    assert result.ret == 0
    lines = [line for line in result.outlines if line.startswith("  AI-1") or "partial" in line]
    assert lines == [
        "  AI-1 Reject orders when the queue is deep: guarded",
        "  AI-1 Reject orders when the queue is deep: unknown (b/test_shop.py was not collected in full)",
        "partial: only a was run, a part of what the configuration covers",
    ]
    assert "    a/test_shop.py::test_it passed" in result.outlines


HEAVY = (
    "yaml",
    "pyromark",
    "requests",
    "jinja2",
    "click",
    "pytest_postmortem.config.settings",
    "pytest_postmortem.catalogue",
)


def test_an_unused_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    """A run without a marker and without an option of ours: checked in a process of its own."""
    pytester.makeini("[pytest]")
    pytester.makeconftest(
        f"""
        import sys

        def pytest_unconfigure():
            print("heavy:", [name for name in {HEAVY!r} if name in sys.modules])
            print("ours:", len([name for name in sys.modules if name.startswith("pytest_postmortem")]))
        """
    )
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_subprocess("-p", "no:xdist", "-s")
    result.stdout.fnmatch_lines(["heavy: [[]]"])
    number = next(int(line.split()[1]) for line in result.outlines if line.startswith("ours:"))
    assert number <= 8


def test_an_unused_plugin_changes_nothing(pytester: pytest.Pytester) -> None:
    """The same outcomes and the same output as with `-p no:postmortem`, warnings as errors."""
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    pytester.makepyfile(
        """
        import pytest

        def test_a(): pass
        def test_b(): assert 0
        @pytest.mark.skip
        def test_c(): pass
        @pytest.mark.xfail
        def test_d(): assert 0
        """
    )
    first = pytester.runpytest_subprocess("-p", "no:postmortem", "-p", "no:cacheprovider")
    second = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    def said(result: pytest.RunResult) -> list[str]:
        untimed = (re.sub(r" in \d+\.\d\ds\b.*", "", line) for line in result.outlines)
        return [line for line in untimed if not line.startswith("plugins:")]

    assert (first.ret, first.parseoutcomes()) == (second.ret, second.parseoutcomes())
    assert said(first) == said(second)


@pytest.mark.parametrize("distributed", [False, True], ids=["plain", "xdist"])
def test_a_third_party_source_and_reader_take_part(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, distributed: bool
) -> None:
    """From the entry-point group, in the controller and its workers alike."""
    package = project.mkdir("site")
    package.joinpath("wiki_source.py").write_text(
        """
from pytest_postmortem import Document, IdSource, Listing, Postmortem, hookimpl


class Wiki:
    name = "wiki"

    def listing(self):
        return Listing(
            documents=(
                Document(origin="wiki/1", folder="wiki", stem="1", configured=True, load=lambda: "---\\nid: WIKI-1\\n---\\n# One\\n"),
                Document(origin="wiki/2", folder="wiki", stem="2", configured=True, load=lambda: "WIKI-2"),
            ),
            places=("wiki",),
        )


@hookimpl
def pytest_postmortem_sources(settings):
    return [Wiki()]


@hookimpl
def pytest_postmortem_read_document(document):
    if document.origin == "wiki/2":
        return Postmortem(
            id=document.load(), id_source=IdSource.FRONT_MATTER, title="Two", origin="wiki/2", folder="wiki", stem="2"
        )
""",
        encoding="utf-8",
    )
    info = package / "wiki_source-1.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: wiki-source\nVersion: 1\n", encoding="utf-8")
    info.joinpath("entry_points.txt").write_text("[pytest_postmortem]\nwiki = wiki_source\n", encoding="utf-8")
    project.makepyfile(
        test_wiki='import pytest\n@pytest.mark.incident("WIKI-1", "WIKI-2")\ndef test_it(): pass\n',
    )
    monkeypatch.setenv("PYTHONPATH", str(package))
    workers = TWO_WORKERS if distributed else ("-p", "no:xdist")
    for args in ((), ("--incident-report", "-v")):
        result = project.runpytest_subprocess(*workers, *args)
        assert result.ret == 0, result.stdout.str()
    assert "WIKI-2 Two (no date, 1 test): guarded" in result.outlines


def test_our_hooks_are_not_for_a_conftest_where_they_would_not_hold(project: pytest.Pytester) -> None:
    """A source in a conftest.py would be unknown to every other way of reading: pytest refuses the name."""
    project.makeconftest("def pytest_postmortem_sources(settings): return []\n")
    result = project.runpytest_subprocess()
    assert result.ret != 0
    assert "unknown hook 'pytest_postmortem_sources'" in result.stdout.str() + result.stderr.str()
