"""The command itself: its help, its options, and how it says that something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest

from pytest_postmortem import __version__
from pytest_postmortem.command import main, subcommands
from pytest_postmortem.command.codes import EVIDENCE_UNUSABLE, NOT_MET, SOURCE_FAILED, USAGE
from pytest_postmortem.errors import ConfigError, DocumentError, EvidenceError, PostmortemError, SourceError

Postmortem = Callable[..., tuple[int, str, str]]


@pytest.fixture
def postmortem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Postmortem:
    """The command in this process, in an empty folder: its code, its output and its errors."""
    monkeypatch.chdir(tmp_path)
    subcommands.add_to(main.cli)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["postmortem", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main()
        told = capsys.readouterr()
        return int(str(ended.value.code)), told.out, told.err

    return run


def test_the_codes_are_those_of_the_documentation() -> None:
    """They never change."""
    assert (NOT_MET, EVIDENCE_UNUSABLE, SOURCE_FAILED, USAGE) == (10, 11, 12, 13)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_has_an_example(postmortem: Postmortem, option: str) -> None:
    """Of the command, with every subcommand in it."""
    code, out, err = postmortem(option)
    assert (code, err) == (0, "")
    assert "For example" in out
    for name in main.cli.commands:
        assert f"\n  {name} " in out


def test_the_help_of_every_subcommand_has_an_example(postmortem: Postmortem) -> None:
    """One that begins with the command itself."""
    assert {"check", "history", "new", "scaffold-test"} <= main.cli.commands.keys()
    for name in main.cli.commands:
        code, out, err = postmortem(name, "--help")
        assert (code, err) == (0, "")
        _, example, rest = out.partition("For example")
        assert example
        assert f"\n    postmortem {name} " in rest or f"\n    postmortem {name}\n" in rest


def test_every_option_says_what_it_does(postmortem: Postmortem) -> None:
    """No option of no subcommand is without a help text."""
    for name, command in main.cli.commands.items():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.opts}"


def test_the_version_is_that_of_the_package(postmortem: Postmortem) -> None:
    """The name of the command, and the number."""
    assert postmortem("--version") == (0, f"postmortem {__version__}\n", "")


def test_nothing_asked_is_usage(postmortem: Postmortem) -> None:
    """The help on stderr, and the code of a wrong command line."""
    code, out, err = postmortem()
    assert (code, out) == (13, "")
    assert err.startswith("Usage: postmortem [OPTIONS] COMMAND [ARGS]...")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("chek", "x"), "No such command 'chek'"),
        (("--no-such",), "No such option"),
        (("check", "--config", "x", "y"), "No such option"),
        (("--config",), "Option '--config' requires an argument"),
    ],
)
def test_a_wrong_command_line_ends_in_13(postmortem: Postmortem, arguments: tuple[str, ...], told: str) -> None:
    """With what is wrong, and no traceback."""
    code, out, err = postmortem(*arguments)
    assert (code, out) == (13, "")
    assert err.startswith(("Usage: postmortem ", "Error: "))
    assert told in err


DOCUMENT = "---\nid: PM-1\n---\n# Overflow\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("postmortem.toml", 'sources = ["stories"]\n'),
        ("other.toml", 'sources = ["stories"]\n'),
        ("pyproject.toml", '[tool.pytest-postmortem]\nsources = ["stories"]\n'),
    ],
)
def test_a_configuration_can_be_named(postmortem: Postmortem, tmp_path: Path, name: str, text: str) -> None:
    """Its folder is the one that sources are relative to."""
    folder = tmp_path / "service"
    folder.joinpath("stories").mkdir(parents=True)
    folder.joinpath("stories", "PM-1-overflow.md").write_text(DOCUMENT, encoding="utf-8")
    folder.joinpath(name).write_text(text, encoding="utf-8")
    code, _, err = postmortem("check", "none.json")
    assert (code, err.startswith("no post-mortem found in ")) == (13, True)
    for path in (f"service/{name}", str(folder / name)):
        code, _, err = postmortem("--config", path, "check", "none.json")
        assert (code, err.startswith("none.json: there is no such file; ")) == (11, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "c.toml: there is no such file; name a pyproject.toml or a postmortem.toml\n"),
        ("sources = 1\n", "c.toml:1: sources: a list of strings is needed"),
        ("gates = 1\n", "c.toml:1: unknown key 'gates'; did you mean 'gate'?"),
        ("gate =", "c.toml:1: no valid TOML"),
        ("\xff", "c.toml: not UTF-8"),
    ],
)
def test_a_configuration_that_cannot_be_used_ends_in_13(
    postmortem: Postmortem, tmp_path: Path, text: str | None, told: str
) -> None:
    """With its line and what to write."""
    if text is not None:
        tmp_path.joinpath("c.toml").write_bytes(text.encode("latin-1"))
    code, out, err = postmortem("--config", "c.toml", "check", "none.json")
    assert (code, out) == (13, "")
    assert told in err


def test_a_pyproject_without_our_table_is_no_configuration(postmortem: Postmortem, tmp_path: Path) -> None:
    """When it is named; otherwise it is looked past."""
    tmp_path.joinpath("pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    code, _, err = postmortem("--config=pyproject.toml", "check", "none.json")
    assert (code, "there is no [tool.pytest-postmortem]; write [tool.pytest-postmortem]" in err) == (13, True)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 13),
        (EvidenceError("x"), 11),
        (SourceError("x"), 12),
        (DocumentError("x"), 12),
        (PostmortemError("x"), 12),
    ],
    ids=lambda one: type(one).__name__,
)
def test_every_error_has_its_code(
    postmortem: Postmortem, monkeypatch: pytest.MonkeyPatch, error: PostmortemError, code: int
) -> None:
    """And is told on stderr, foreign text in it made harmless."""

    @click.command()
    def failing() -> None:
        raise type(error)("bad \x1b[31m\u202e", origin="x.md", line=3, hint="mend it")

    monkeypatch.setitem(main.cli.commands, "failing", failing)
    assert postmortem("failing") == (code, "", "x.md:3: bad \\x1b[31m\\u202e; mend it\n")


def test_an_interrupted_command_says_so(postmortem: Postmortem, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the code that shells know for it."""

    @click.command()
    def waiting() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(main.cli.commands, "waiting", waiting)
    code, out, err = postmortem("waiting")
    assert (code, out, err.strip()) == (130, "", "interrupted")


def test_a_command_that_says_nothing_ends_in_0(postmortem: Postmortem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a number is an exit code."""

    @click.command()
    def quiet() -> str:
        return "done"

    monkeypatch.setitem(main.cli.commands, "quiet", quiet)
    assert postmortem("quiet") == (0, "", "")


def test_the_module_and_the_script_are_the_command(tmp_path: Path) -> None:
    """`python -m pytest_postmortem` and `postmortem`, as processes."""
    script = Path(sys.executable).with_name("postmortem")
    for command in ([sys.executable, "-m", "pytest_postmortem"], [str(script)]):
        if command == [str(script)] and not script.exists():
            continue
        done = subprocess.run([*command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"postmortem {__version__}\n", "")
        done = subprocess.run([*command, "chek"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (13, "", False)


def shell(folder: Path, line: str, pass_fds: Sequence[int] = ()) -> tuple[int, str, str]:
    """What a shell makes of a line in which `postmortem` is the command."""
    line = "set -o pipefail; postmortem() { " + f'"{sys.executable}" -m pytest_postmortem "$@"; }}; ' + line
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False, pass_fds=pass_fds
    )
    return done.returncode, done.stdout, done.stderr


OUTPUTS = ["list", "list --format json", "lint", "lint --format json", "show PM-1", "new Full", "markers", "--help"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
@pytest.mark.parametrize("arguments", OUTPUTS)
@pytest.mark.parametrize(("to", "why"), [("/dev/full", "No space left on device"), ("&-", "it is closed")])
def test_output_that_cannot_be_printed_ends_in_11(tmp_path: Path, arguments: str, to: str, why: str) -> None:
    """One line on stderr, whatever was to be printed; nobody takes half of it for the whole."""
    tmp_path.joinpath("PM-1-overflow.md").write_text(DOCUMENT, encoding="utf-8")
    tmp_path.joinpath("postmortem.toml").write_text('sources = ["."]\n', encoding="utf-8")
    code, _, err = shell(tmp_path, f"postmortem {arguments} >{to}")
    assert (code, err.splitlines(keepends=True)[-1]) == (
        11,
        f"standard output: cannot be written: {why}; send it elsewhere\n",
    )
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGPIPE")
def test_a_reader_that_has_gone_is_no_fault(tmp_path: Path) -> None:
    """Nothing is told, and the code is none of a verdict."""
    tmp_path.joinpath("PM-1-overflow.md").write_text(DOCUMENT, encoding="utf-8")
    tmp_path.joinpath("postmortem.toml").write_text('sources = ["."]\n', encoding="utf-8")
    for arguments in ("lint --rules", "lint", "markers"):
        reading, writing = os.pipe()
        os.close(reading)
        line = f"postmortem {arguments} >&{writing}"
        assert shell(tmp_path, line, pass_fds=[writing]) == (141, "", "")
        os.close(writing)
    after_its_end = "coproc postmortem lint --rules; exec 3<&${COPROC[0]}; wait $COPROC_PID && head -1 <&3"
    assert shell(tmp_path, after_its_end) == (0, "PM101 no id\n", "")


def test_the_command_starts_without_pytest(tmp_path: Path) -> None:
    """It judges by what is written; pytest is not even imported."""
    code = (
        "import sys\nfrom pytest_postmortem.command.main import main\n"
        "sys.argv = ['postmortem', '--version']\n"
        "try:\n    main()\nfinally:\n    assert '_pytest' not in sys.modules, 'pytest was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
