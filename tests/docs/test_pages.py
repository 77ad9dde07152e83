"""The documentation says what the code does: every block and every table of options, keys and states."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from pytest_postmortem.config.settings import DEFAULT_FOLDERS, KEYS, load
from pytest_postmortem.linting.builtin import RULES
from pytest_postmortem.linting.render_findings import explain_rule
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.state import Policy, PostmortemState, State
from pytest_postmortem.plugin.options import OPTIONS
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.reading.vocabulary.default import DEFAULT
from pytest_postmortem.reading.vocabulary.default import KEYS as WORDS
from pytest_postmortem.reading.vocabulary.normalize import lookup_key

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/sources/*.md"),
        *ROOT.glob("docs/contributing/*.md"),
        *ROOT.glob("*.md"),
        *ROOT.glob("examples/**/README.md"),
    ]
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


RUN_ELSEWHERE = {"warehouse.md", "adopting.md", "fifteen-minutes.md"}
"""Pages of which test_warehouse.py and test_walkthroughs.py run every block."""


def blocks(language: str) -> list[object]:
    """Every fenced block of that language, as parameters."""
    return [
        pytest.param(block, id=f"{page.relative_to(ROOT)}-{place}")
        for page in PAGES
        for place, (found, block) in enumerate(FENCE.findall(page.read_text(encoding="utf-8")))
        if found == language and page.name not in RUN_ELSEWHERE
    ]


def page(name: str) -> str:
    return ROOT.joinpath("docs", name).read_text(encoding="utf-8")


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose first column is headed `first`."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split(" | ")])
    return rows


def test_every_block_has_a_language_that_is_checked() -> None:
    """A block in another language would be checked by nobody."""
    checked = {"python", "toml", "markdown", "console", "text", "ini", "yaml"}
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        assert len(FENCE.findall(text)) * 2 == len(re.findall(r"^```", text, re.MULTILINE)), path
        assert {language for language, _ in FENCE.findall(text)} <= checked, path


@pytest.mark.parametrize("block", blocks("toml"))
def test_toml_blocks_are_configuration_that_is_accepted(tmp_path: Path, block: str) -> None:
    """Our own tables are read by our own reader."""
    parsed = tomllib.loads(block)
    if "tool" in parsed:
        tmp_path.joinpath("pyproject.toml").write_text(block, encoding="utf-8")
        assert load(tmp_path).origin == "pyproject.toml"
    else:
        assert parsed["project"]["entry-points"]["pytest_postmortem"]


@pytest.mark.parametrize("block", blocks("markdown"))
def test_markdown_blocks_are_post_mortems_without_a_fault(block: str) -> None:
    """With an id of their own and items that require a test."""
    document = Document("docs/postmortems/x.md", "docs/postmortems", "x", True, load=lambda: block)
    read = Reader().read(document)
    assert not read.faults
    assert read.id != "x"
    assert {item.test.need.value for item in read.action_items} >= {"required"}


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(pytester: pytest.Pytester, block: str) -> None:
    """Tests pass in a project with the post-mortems they name; scripts run on real evidence."""
    folder = pytester.mkdir("docs") / "postmortems"
    folder.mkdir()
    for number in (123, 130):
        text = next(param.values[0] for param in blocks("markdown"))  # type: ignore[attr-defined]
        text = str(text).replace("PM-123", f"PM-{number}").replace("INC-77", f"INC-{number}")
        folder.joinpath(f"PM-{number}.md").write_text(text, encoding="utf-8")
    pytester.makeini("[pytest]")
    if "def pytest_postmortem_reporters" in block:
        pytester.makeconftest(block)
        assert pytester.runpytest_inprocess("--incident-output=x.csv", "--incident-gate=off").ret == 5
        assert pytester.path.joinpath("x.csv").read_text(encoding="utf-8").splitlines()[1] == "PM-123,unguarded"
    elif "lint_rules" in block:
        pytester.makepyfile(rules=block + "\n\n[rule] = pytest_postmortem_lint_rules(None)\nprint(rule.code)\n")
        result = pytester.runpython("rules.py")
        assert (result.ret, result.outlines) == (0, ["ACME101"])
    elif "hookimpl" in block:
        pytester.makepyfile(
            wiki=block + "\n\n[source] = pytest_postmortem_sources(None)\nprint(source.listing().documents[0].load())\n"
        )
        result = pytester.runpython("wiki.py")
        assert (result.ret, result.outlines[:2]) == (0, ["---", "id: WIKI-1"])
    elif "json.load" in block:
        pytester.makepyfile(
            test_it='import pytest\n@pytest.mark.incident("PM-123", action_item=["AI-1", "AI-2"])\ndef test_it(): pass\n'
        )
        assert pytester.runpytest_inprocess("--incident-output=evidence.json").ret == 1
        pytester.makepyfile(script=block)
        result = pytester.runpython("script.py")
        assert (result.ret, result.outlines[0]) == (0, "PM-123 guarded test_it.py::test_it")
    else:
        pytester.makepyfile(test_block=block)
        result = pytester.runpytest_inprocess("-v")
        assert result.ret == 0
        assert result.parseoutcomes()["passed"] >= 1


def test_the_option_table_is_the_one_the_parser_is_made_of() -> None:
    """Every option, with the help text that `pytest --help` shows."""
    rows = table(page("configuration.md"), "option")
    assert rows == [[f"`{name}`", told["help"]] for name, told in OPTIONS]


def test_pytest_help_shows_every_option(pytester: pytest.Pytester) -> None:
    """In a group of our own."""
    text = pytester.runpytest_inprocess("--help").stdout.str()
    assert "post-mortems (pytest-postmortem):" in text
    assert all(name in text for name, _ in OPTIONS)


def test_the_key_table_is_the_one_the_configuration_is_read_by() -> None:
    """Every key, its default, its meaning."""
    rows = table(page("configuration.md"), "key")
    assert [row[0].strip("`") for row in rows] == list(KEYS)
    for name, default, meaning in rows:
        key = KEYS[name.strip("`")]
        assert default.replace("`", "") == key.default
        assert meaning == key.text


def test_every_key_of_words_has_its_row_with_words_that_are_known() -> None:
    """In the order of the vocabulary."""
    rows = table(page("configuration.md").partition("## Words")[2], "key")
    assert [row[0].strip("`") for row in rows] == list(WORDS)
    for name, _, examples in rows:
        known = set(map(lookup_key, getattr(DEFAULT, name.strip("`").replace("-", "_"))))
        assert set(map(lookup_key, examples.split(", "))) <= known, name


def test_the_message_about_a_key_is_the_real_one(tmp_path: Path) -> None:
    """As printed on the page."""
    told = next(line for line in page("configuration.md").splitlines() if line.startswith("pyproject.toml:4: "))
    text = "[tool.pytest-postmortem]\n\n# typo\ngrase = 'due'\n"
    tmp_path.joinpath("pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match="grase") as caught:
        load(tmp_path)
    assert str(caught.value) == told


def test_the_default_folders_are_listed() -> None:
    """In their order."""
    assert ", ".join(f"`{folder}`" for folder in DEFAULT_FOLDERS) in page("documents.md")


def test_every_state_and_policy_has_its_row() -> None:
    """The tables of docs/gate.md."""
    assert {row[0] for row in table(page("gate.md"), "state")} == {state.value for state in State}
    policies = {row[0].strip("`") for row in table(page("gate.md"), "policy")}
    assert policies == {policy.value for policy in Policy}
    assert all(f"`{state.value}`" in page("gate.md") for state in PostmortemState)


def test_the_story_of_the_page_is_the_real_one(pytester: pytest.Pytester) -> None:
    """The block in docs/markers.md, out of the post-mortem in docs/documents.md."""
    story = next(
        block for language, block in FENCE.findall(page("markers.md")) if language == "text" and " incident -" in block
    )
    document = next(block for language, block in FENCE.findall(page("documents.md")) if language == "markdown")
    folder = pytester.mkdir("docs") / "postmortems"
    folder.mkdir()
    folder.joinpath("PM-123-checkout-queue-overflow.md").write_text(document, encoding="utf-8")
    pytester.makepyfile('import pytest\n@pytest.mark.incident("PM-123", action_item="AI-1")\ndef test_it(): assert 0\n')
    assert story in pytester.runpytest_inprocess().stdout.str()


def test_every_lint_rule_has_its_page() -> None:
    """What `postmortem lint --explain CODE` prints."""
    pages = {path.stem: path.read_text(encoding="utf-8") for path in ROOT.glob("docs/rules/*.md")}
    assert pages == {rule.code: explain_rule(rule) for rule in RULES}


def test_links_between_pages_lead_somewhere() -> None:
    """Relative ones."""
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert path.parent.joinpath(target).exists(), f"{path}: {target}"


def test_the_schema_is_valid_json() -> None:
    """And names itself."""
    assert json.loads(page("evidence.schema.json"))["$id"].endswith("/evidence.schema.json")
