"""Users' slips and hostile texts: a message, never a traceback, and nothing that a terminal or a CI log obeys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.conftest import Run


def told(result: pytest.RunResult) -> str:
    return result.stdout.str() + result.stderr.str()


def test_marks_that_a_conftest_replaces_are_the_ones_that_count(project: pytest.Pytester, run: Run) -> None:
    """A wrong one is found, and a right one in the place of a wrong one is no error."""
    replace = """
        import pytest

        def pytest_collection_modifyitems(items):
            for item in items:
                if any(item.iter_markers("incident")):
                    item.own_markers[:] = [pytest.mark.incident("{}").mark]
        """
    project.makeconftest(replace.format("PM-9"))
    assert 'no post-mortem is named "PM-9"' in told(run())
    project.makepyfile(test_shop='import pytest\n@pytest.mark.incident("PM-7")\ndef test_it(): pass\n')
    project.makeconftest(replace.format("PM-123"))
    result = run()
    assert result.ret == 0
    assert result.parseoutcomes() == {"passed": 1}


def test_a_renamed_marker_tells_what_is_wrong_with_its_configuration(project: pytest.Pytester, run: Run) -> None:
    """The marker is known under its new name, and its test fails at collection."""
    project.makefile(".toml", postmortem='marker = "postmortem"\ngrase = "due"\n')
    project.makepyfile(test_shop='import pytest\n@pytest.mark.postmortem("PM-99")\ndef test_it(): pass\n')
    result = run("--strict-markers")
    assert result.ret != 0
    assert "postmortem.toml:2: unknown key 'grase'; did you mean 'grace'?" in told(result)
    assert "not found in `markers`" not in told(result)


@pytest.mark.parametrize("table", ["pytest_postmortem", "pytest-postmortm", "pytest-post-mortem"])
def test_a_table_of_nearly_our_name_is_an_error(project: pytest.Pytester, run: Run, table: str) -> None:
    """Nobody would read it."""
    project.makefile(".toml", pyproject=f'[project]\nname = "x"\n[tool.{table}]\ngate = "off"\n')
    result = run("--incident-report")
    assert result.ret == 4
    line = f"pyproject.toml:3: unknown table [tool.{table}]; did you mean [tool.pytest-postmortem]?"
    assert line in told(result)


def test_a_configuration_that_is_no_file_is_an_error(project: pytest.Pytester, run: Run) -> None:
    """A folder, a link to nowhere, a pipe: said at once."""
    path = project.path / "postmortem.toml"
    for make in (path.mkdir, lambda: path.symlink_to("nowhere"), lambda: os.mkfifo(path)):
        make()
        result = run("--incident-report")
        assert result.ret == 4
        assert "postmortem.toml: is no file that can be read; remove it, or mend the link" in told(result)
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_value_that_cannot_be_shown_is_an_error_of_the_marker(project: pytest.Pytester, run: Run) -> None:
    """Its own code may do anything."""
    project.makepyfile(
        test_shop="""
        import pytest

        class Odd:
            def __repr__(self): raise RuntimeError("no")

        @pytest.mark.incident(Odd())
        def test_it(): pass
        """
    )
    result = run()
    assert "the incident marker takes strings, not a value of type Odd" in told(result)
    assert "INTERNALERROR" not in told(result)


def test_action_item_none_is_no_action_item(project: pytest.Pytester, run: Run) -> None:
    """As `pytest --markers` shows it."""
    project.makepyfile(
        test_shop='import pytest\n@pytest.mark.incident("PM-123", action_item=None)\ndef test_it(): pass\n'
    )
    assert run().ret == 0


def test_a_long_id_is_shortened(project: pytest.Pytester, run: Run) -> None:
    """In the message."""
    project.makepyfile(test_shop=f'import pytest\n@pytest.mark.incident("{"x" * 3000}")\ndef test_it(): pass\n')
    assert f'no post-mortem is named "{"x" * 57}..."' in told(run())


HOSTILE = "PM-1\\n::error::pwn\\e[31m\\u202e"


@pytest.mark.parametrize(
    "options", [(), ("--incident=PM-1",), ("--incident-report",), ("--incident-report", "-v"), ("--collect-only",)]
)
def test_foreign_text_is_harmless_in_every_message(
    project: pytest.Pytester, run: Run, options: tuple[str, ...]
) -> None:
    """No line begins with it, no escape sequence gets through, in errors of markers, options and documents."""
    folder = project.path / "docs" / "postmortems"
    folder.joinpath("evil.md").write_text(f'---\nid: "{HOSTILE}"\ntitle: "{HOSTILE}"\n---\n# T\n', encoding="utf-8")
    if not options:
        folder.joinpath("PM-2\n::error::pwn \x1b[31m.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    project.makepyfile(
        test_shop='import pytest\n@pytest.mark.incident("PM-1")\ndef test_a(): pass\n'
        '@pytest.mark.incident("PM-9\\n::error::mine\\x1b[31m")\ndef test_b(): pass\n'
    )
    text = told(run("--color=no", *options))
    assert "\x1b[" not in text
    assert "\u202e" not in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


def test_two_documents_of_one_id_are_the_fault_of_a_marker(project: pytest.Pytester, run: Run) -> None:
    """In a plain run too: both places are named."""
    other = project.path / "docs" / "incidents"
    other.mkdir()
    other.joinpath("PM-123-again.md").write_text("# PM-123: again\n", encoding="utf-8")
    text = told(run())
    assert "the id 'PM-123' is also that of docs/incidents/PM-123-again.md:1" in text
    assert "the document of PM-123 cannot be used" in text


def test_an_alias_comes_before_a_file_name(project: pytest.Pytester, run: Run) -> None:
    """A plain run and one with a report mean the same post-mortem."""
    folder = project.path / "docs" / "postmortems"
    folder.joinpath("INC-9.md").write_text("---\nid: PM-9\n---\n# The file\n", encoding="utf-8")
    folder.joinpath("other.md").write_text("---\nid: PM-8\nincidents: [INC-9]\n---\n# The alias\n", encoding="utf-8")
    project.makepyfile(test_shop='import pytest\n@pytest.mark.incident("INC-9")\ndef test_it(): assert 0\n')
    for options in ((), ("--incident-report",)):
        result = run(*options)
        assert "PM-8: The alias" in result.outlines
        assert "PM-9: The file" not in result.outlines


def test_quiet_is_the_verdict_alone(project: pytest.Pytester, run: Run) -> None:
    """One line, without a heading."""
    result = run("--incident-report", "-q")
    ours = [line for line in result.outlines if "incident" in line]
    assert ours == ["incidents: 1 post-mortem, 1 guarded; 2 of 2 required action items have a test; gate passed"]


def test_a_file_elsewhere_is_named_with_an_equals_sign(project: pytest.Pytester) -> None:
    """pytest would look for rootdir there as soon as the file exists."""
    elsewhere = project.path.parent / f"{project.path.name}-out"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    apart = [*command, "--incident-output", str(elsewhere / "e.json")]
    done = subprocess.run(apart, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert f"write --incident-output={elsewhere / 'e.json'}" in done.stderr
    for _ in range(2):
        joined = [*command, f"--incident-output={elsewhere / 'e.json'}"]
        done = subprocess.run(joined, cwd=project.path, capture_output=True, text=True, check=False)
        assert done.returncode == 0
        assert "gate passed" in done.stdout
    assert project.runpytest_inprocess("--incident-output", "out/e.json").ret == 0
    assert project.runpytest_inprocess("--incident-output", "out/e.json").ret == 0


@pytest.mark.parametrize("trouble", ["document", "configuration", "option"])
def test_old_evidence_does_not_outlive_a_run_that_cannot_start(
    project: pytest.Pytester, run: Run, trouble: str
) -> None:
    """Exit 4 leaves nothing that a later check could take for its result."""
    assert run("--incident-output=e.json", "--incident-output=r.html", "--incident-output=r.md").ret == 0
    outputs = ["--incident-output=e.json", "--incident-output=r.html", "--incident-output=r.md"]
    if trouble == "document":
        project.path.joinpath("docs/postmortems/PM-2.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    elif trouble == "configuration":
        project.makefile(".toml", postmortem="gates = 1\n")
    else:
        outputs.append("--incident=PM-99")
    assert run(*outputs).ret == 4
    assert not [name for name in ("e.json", "r.html", "r.md") if project.path.joinpath(name).exists()]


@pytest.mark.parametrize("name", ["x" * 300 + ".json", "pipe.json"])
def test_an_output_that_can_be_no_file_ends_the_run(project: pytest.Pytester, run: Run, name: str) -> None:
    """Exit 4 before any test."""
    if name == "pipe.json":
        os.mkfifo(project.path / name)
    result = run(f"--incident-output={name}")
    assert result.ret == 4
    assert "; name another file" in told(result)
    assert name != "pipe.json" or Path(project.path, name).is_fifo()


def test_no_link_of_the_project_is_written_through(project: pytest.Pytester, run: Run) -> None:
    """Whoever brings a change to the repository may bring a link, too."""
    project.mkdir("art")
    (project.path / "e.json").symlink_to("art/e.json")
    result = run("--incident-output=e.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*e.json is a link, and links of the project are not followed*"])
    assert (project.path / "e.json").is_symlink()
    assert not (project.path / "art" / "e.json").exists()
