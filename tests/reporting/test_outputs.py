"""Which format writes which file, and which files are refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest

from pytest_postmortem.errors import ConfigError, SourceError
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.outputs import choose_outputs, is_our_output, write_outputs


class Made:
    """A format of no content."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix

    def render(self, finished: Finished) -> str:
        return ""


class Other(Made):
    pass


FORMATS = [Made(suffix) for suffix in (".json", ".html", ".md")]


def names(*given: str, here: Path) -> list[tuple[str, str]]:
    return [(path.as_posix(), one.suffix) for path, one in choose_outputs(given, here, FORMATS, "--output", here)]


def test_the_suffix_chooses() -> None:
    """In the given order, relative to one folder; in capitals too, as Windows writes them."""
    assert names("a.html", "b/c.json", "/d/e.md", "F.HTML", "x.y.JSON", here=Path("/here")) == [
        ("/here/a.html", ".html"),
        ("/here/b/c.json", ".json"),
        ("/d/e.md", ".md"),
        ("/here/F.HTML", ".html"),
        ("/here/x.y.JSON", ".json"),
    ]
    assert names(here=Path("/here")) == []


@pytest.mark.parametrize(
    "name", ["x.txt", "x", "json", ".json", "x.json.gz", "x.json~", "", "x.", "x.jsonl", "x.html/"]
)
def test_a_suffix_that_no_format_has_is_refused(tmp_path: Path, name: str) -> None:
    """With those that are known."""
    if name == "x.html/":
        tmp_path.joinpath("x.html").mkdir()
    with pytest.raises(ConfigError) as caught:
        names(name, here=tmp_path)
    if name == "x.html/":
        assert str(caught.value) == "--output: x.html/ is a folder; name a file in it"
    else:
        assert str(caught.value) == (
            f"--output: no format has the suffix of {name!r}; the suffix chooses the format: .html, .json, .md"
        )


def test_a_format_of_one_s_own_is_among_the_known(tmp_path: Path) -> None:
    """And is chosen like ours."""
    formats = [*FORMATS, Other(".csv")]
    assert [one for _, one in choose_outputs(["x.csv"], tmp_path, formats, "--output", tmp_path)] == [formats[-1]]
    with pytest.raises(ConfigError, match=r"the format: \.csv, \.html, \.json, \.md$"):
        choose_outputs(["x.txt"], tmp_path, formats, "--output", tmp_path)


def test_two_formats_of_one_suffix_are_refused(tmp_path: Path) -> None:
    """Both are named, also where no file is asked for; one and the same twice is none."""
    with pytest.raises(ConfigError, match=r"^two reporters write \.md files: Made and Other; remove one of them$"):
        choose_outputs([], tmp_path, [*FORMATS, Other(".md")], "--output", tmp_path)
    assert choose_outputs([], tmp_path, [*FORMATS, *FORMATS], "--output", tmp_path) == []


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a link to one, a pipe, a device, a name that is too long."""
    tmp_path.joinpath("folder.md").mkdir()
    tmp_path.joinpath("link.md").symlink_to("folder.md")
    os.mkfifo(tmp_path / "pipe.json")
    tmp_path.joinpath("device.json").symlink_to("/dev/null")
    long = "x" * 300 + ".json"
    for name, told in {
        "folder.md": "folder.md is a folder; name a file in it",
        "link.md": "link.md is a folder; name a file in it",
        "pipe.json": "pipe.json is no regular file; name another file",
        "device.json": "device.json is no regular file; name another file",
        long: f"{'x' * 77}...: File name too long; name another file",
    }.items():
        with pytest.raises(ConfigError) as caught:
            names(name, here=tmp_path)
        assert str(caught.value) == f"--output: {told}"


def test_a_file_is_taken_and_a_link_is_not(tmp_path: Path) -> None:
    """What is there is replaced later; a link in the project, at the file or above it, is refused, dangling or not."""
    tmp_path.joinpath("old.json").write_text("", encoding="utf-8")
    tmp_path.joinpath("link.json").symlink_to("elsewhere.json")
    tmp_path.joinpath("folder").symlink_to(tmp_path.parent)
    assert len(names("old.json", here=tmp_path)) == 1
    for name, link in {"link.json": "link.json", "folder/x.json": "folder"}.items():
        with pytest.raises(ConfigError) as caught:
            names(name, here=tmp_path)
        told = f"{name} cannot be written: {link} is a link, and links of the project are not followed"
        assert str(caught.value) == f"--output: {told}; remove the link, or name a file that is not behind it"


@pytest.mark.parametrize(
    ("first", "second"), [("a.json", "a.json"), ("a.json", "./a.json"), ("a.json", "{here}/a.json"), ("a.json", "b/../a.json")]
)  # fmt: skip
def test_a_file_is_named_once(tmp_path: Path, first: str, second: str) -> None:
    """However it is written."""
    second = second.format(here=tmp_path)
    with pytest.raises(ConfigError) as caught:
        names(first, "b.json", second, here=tmp_path)
    assert str(caught.value) == f"--output: {second} is named twice; name it once"


LEFT = {
    "e.json": '{"$schema":"https://pytest-postmortem.readthedocs.io/evidence.schema.json","version":1}',
    "p.html": '<!DOCTYPE html>\n<!-- a note -->\n<meta name="generator" content="pytest-postmortem 0.1.0">\n',
    "s.md": "## ❌ Incidents\n\n1 post-mortem\n",
    "E.JSON": "",
}
FOREIGN = {
    "e.json": '{"name": "pytest-postmortem", "$schema": "https://json.schemastore.org/package"}',
    "p.html": "<!DOCTYPE html>\n<title>pytest-postmortem</title>\n",
    "s.md": "# Checkout queue overflow\n\n## Incidents\n",
}


@pytest.mark.parametrize(("name", "text"), [*LEFT.items()])
def test_what_an_earlier_run_has_left_is_replaced(tmp_path: Path, name: str, text: str) -> None:
    """It is known by how it begins; an empty file is nobody's."""
    tmp_path.joinpath(name).write_text(text, encoding="utf-8")
    assert is_our_output(tmp_path / name)
    assert len(names(name, here=tmp_path)) == 1


@pytest.mark.parametrize(("name", "text"), [*FOREIGN.items()])
def test_what_somebody_else_has_written_is_refused(tmp_path: Path, name: str, text: str) -> None:
    """A post-mortem, for one."""
    tmp_path.joinpath(name).write_text(text, encoding="utf-8")
    assert not is_our_output(tmp_path / name)
    with pytest.raises(ConfigError) as caught:
        names(name, here=tmp_path)
    told = f"{name} is there, and no earlier run has written it; name another file, or remove that one"
    assert str(caught.value) == f"--output: {told}"


class Csv(Made):
    """A format that recognises its files."""

    def owns(self, head: bytes) -> bool:
        return head.startswith(b"post-mortem,state\n")


class Broken(Made):
    """A format with an error."""

    def owns(self, head: bytes) -> bool:
        raise ValueError("no")


def test_a_format_of_another_package_replaces_what_it_recognises(tmp_path: Path) -> None:
    """Without `owns`, or where it returns something else than True, nothing is replaced."""
    path = tmp_path / "x.csv"
    for text, reporter, taken in (
        ("a,b\n", Made(".csv"), False),
        ("a,b\n", Csv(".csv"), False),
        ("post-mortem,state\nPM-1,guarded\n", Csv(".csv"), True),
        ("", Csv(".csv"), True),
    ):
        path.write_text(text, encoding="utf-8")
        assert not is_our_output(path)
        if taken:
            assert len(choose_outputs(["x.csv"], tmp_path, [*FORMATS, reporter], "--output", tmp_path)) == 1
        else:
            with pytest.raises(ConfigError, match=r"x\.csv is there, and no earlier run has written it"):
                choose_outputs(["x.csv"], tmp_path, [*FORMATS, reporter], "--output", tmp_path)
    path.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"x\.csv: Broken\.owns .*ValueError: no"):
        choose_outputs(["x.csv"], tmp_path, [*FORMATS, Broken(".csv")], "--output", tmp_path)


def test_a_file_that_comes_while_the_tests_run_is_kept(tmp_path: Path) -> None:
    """The others are written."""
    formats = [*FORMATS, Made(".csv")]
    files = choose_outputs(["x.csv", "y.csv"], tmp_path, formats, "--output", tmp_path)
    tmp_path.joinpath("x.csv").write_text("a,b\n", encoding="utf-8")
    (error,) = write_outputs(files, cast("Finished", None), tmp_path)
    assert str(error).endswith("x.csv: was written meanwhile, and not by this run; name another file")
    assert tmp_path.joinpath("x.csv").read_text(encoding="utf-8") == "a,b\n"
    assert tmp_path.joinpath("y.csv").read_text(encoding="utf-8") == ""


def test_what_is_no_file_is_nothing_left(tmp_path: Path) -> None:
    """A folder, a pipe, a name that no file can have."""
    tmp_path.joinpath("folder.json").mkdir()
    tmp_path.joinpath("file.json").write_text("", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("folder.json", "pipe.json", "none.json", "x" * 300 + ".json", "file.json/below.json"):
        assert not is_our_output(tmp_path / name)
