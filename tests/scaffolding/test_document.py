"""What a new post-mortem says: our template, a team's own, and the text read back before it is written."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from pytest_postmortem.errors import ConfigError, DocumentError
from pytest_postmortem.scaffolding.templates import load_our_template, load_template
from pytest_postmortem.scaffolding.values import format_toml, format_yaml
from tests.scaffolding.repository import TODAY, named, repository, written

TITLES = [
    "Checkout: queue # overflow",
    "\"double\" and 'single'",
    "[not] a {list}",
    "- leading dash",
    "> quoted | piped",
    "@at `tick` %percent &anchor *alias !tag",
    "back\\slash \\n",
    "yes",
    "null",
    "TBD",
    "2026-02-11",
    "0x1F",
    "1e3",
    "<script>alert(1)</script> & <!-- no end",
    "ends with colon:",
    "# hash",
    "=== underlined",
    "1. numbered",
    "\u30b5\u30fc\u30d3\u30b9\u505c\u6b62\uff1a\u539f\u56e0",
    "\ufeffbom \u202e bidi \u00a0 nbsp",
    "\U0001f525 fire",
    "-",
    "--- x",
    "x" * 300,
    "{{ id }} {{ date }}",
    "Post-mortem: disk full",
    "PM-2026-001: disk full",
    "2026-01-01: disk full",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_kept_whole(tmp_path: Path, title: str) -> None:
    """In the document, for us and for every other reader of YAML; in a template with places for it everywhere, too."""
    everywhere = (
        "---\nid: {{id}}\ntitle: {{ title }} # of the incident\nquoted: \"{{ title }}\"\nsingle: '{{ title }}'\n"
        "whole: Incident {{ id }}: {{ title }}\ndate: {{ date }}\nservices:\n  - {{ services }}\n---\n"
        "{{ title }}\n\n# {{ title }}\n\n| Title | {{ title }} |\n|---|---|\n| Date | {{ date }} |\n\n## Action items\n\nNone.\n"
    )
    project = repository(tmp_path, {"t.md": everywhere})
    for template in (None, (tmp_path / "t.md", "t.md")):
        made = written(project.reopen(), title, severity="SEV1", services=("a: b", "c"), template=template)
        text = made.path.read_text(encoding="utf-8")
        (one,) = [one for one in project.reopen().catalogue.postmortems if one.id == made.name.id]
        want = " ".join(title.split())
        assert (one.title, one.date, one.faults, one.action_items) == (want, TODAY, (), ())
        front = yaml.safe_load(text.partition("---\n")[2].partition("\n---\n")[0])
        assert front["title"] == want
        assert str(front["date"]) == TODAY.isoformat()
        if template is not None:
            assert (front["quoted"], front["single"]) == (want, want)
            assert front["whole"] == f"Incident {one.id}: {want}"


def test_our_template_makes_a_fresh_document(tmp_path: Path) -> None:
    """Every section, nothing visible but empty rows, no action item and no hint until somebody fills them in."""
    project = repository(tmp_path, {})
    made = written(project, severity="SEV2", services=("checkout", "a, b"))
    text = made.path.read_text(encoding="utf-8")
    (one,) = project.reopen().catalogue.postmortems
    assert (one.id, one.title, one.date, one.severity, one.status, one.services) == (
        "PM-2026-001", "Checkout queue overflow", TODAY, "SEV2", "draft", ("checkout", "a, b"),
    )  # fmt: skip
    assert (one.action_items, one.faults, one.hints, one.root_cause, one.aliases) == ((), (), (), None, ())
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    assert headings == [
        "Checkout queue overflow", "Summary", "Impact", "Timeline", "Detection", "Root cause analysis", "Root cause",
        "Five whys", "Contributing factors", "What went well", "Where we got lucky", "Action items", "Lessons",
    ]  # fmt: skip
    visible = re.sub(r"<!--.*?-->", "", text.partition("\n---\n")[2], flags=re.DOTALL)
    shown = [line for line in visible.splitlines() if line and not line.startswith(("#", "|")) and line[1:] != "."]
    assert shown == []
    assert all(text.count("<!--", *place) == 1 for place in _sections(text))
    filled = text.replace(
        "| AI-1 |        | specific |       |     | open   |      |",
        "| AI-1 | Reject | specific | | | open | required |",
    )
    made.path.write_text(filled, encoding="utf-8")
    (one,) = project.reopen().catalogue.postmortems
    assert [(item.id, item.text, item.test.need.value) for item in one.action_items] == [("AI-1", "Reject", "required")]


def _sections(text: str) -> list[tuple[int, int]]:
    starts = [found.start() for found in re.finditer(r"^##+ ", text, re.MULTILINE)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


TEMPLATE = "# Incident\n\nNothing yet, {{ site.name }} {% if x %}{{ page }}{% endif %}.\n"


def test_a_template_without_places_gets_front_matter(tmp_path: Path) -> None:
    """With what it has no place for, and a note that says so; braces of others stay as they are."""
    project = repository(tmp_path, named("PM-2026-001-a") | {"docs/postmortems/template.md": TEMPLATE})
    made = written(project, "Disk: full", services=("a",))
    assert made.path.read_text(encoding="utf-8") == (
        '---\nid: PM-2026-002\ntitle: "Disk: full"\ndate: 2026-06-15\nservices: [a]\n---\n\n' + TEMPLATE
    )
    path = "docs/postmortems/template.md"
    assert made.notes == [
        f"the template is {path}",
        f"{path} has no place for id, title, date and services: they are in the front matter now; "
        "{{ id }}, {{ title }}, {{ date }} and {{ services }} would place them",
    ]


@pytest.mark.parametrize(
    ("front", "want"),
    [
        ("id:\ntitle: ''\ndate: YYYY-MM-DD\nseverity: <SEV1..4>  # the worst\nservices: []\n",
         'id: PM-2026-001\ntitle: Disk full\ndate: 2026-06-15\nseverity: SEV1  # the worst\nservices: [a, "b: c"]\n'),
        ("Title: TBD\nincident-date: ~\nsev: ...\nservice: \nowner: me\n",
         'id: PM-2026-001\nTitle: Disk full\nincident-date: 2026-06-15\nsev: SEV1\nservice: [a, "b: c"]\nowner: me\n'),
        ("layout: incident\nid: PM-XXXX\n",
         'title: Disk full\ndate: 2026-06-15\nseverity: SEV1\nservices: [a, "b: c"]\nlayout: incident\nid: PM-2026-001\n'),
        ("id: {{ id }}\ntitle: {{title}}\ndate: {{ date }} \nseverity: {{ severity }}\nservices: [{{ services }}]\n",
         'id: PM-2026-001\ntitle: Disk full\ndate: 2026-06-15\nseverity: SEV1\nservices: [a, "b: c"]\n'),
        ("# {{ title }}: x\nid: {{ id }}\ntitle: {{ title }}\ndate: {{ date }}\nsev: {{ severity }}\nsystems:\n  - {{ services }}\n",
         '# Disk full: x\nid: PM-2026-001\ntitle: Disk full\ndate: 2026-06-15\nsev: SEV1\nsystems:\n  - a\n  - "b: c"\n'),
        ("services: {{ services }}\nid: {{ id }}\ntitle: {{ title }}\ndate: {{ date }}\nseverity: '{{ severity }}'\n",
         'services: [a, "b: c"]\nid: PM-2026-001\ntitle: Disk full\ndate: 2026-06-15\nseverity: \'SEV1\'\n'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_keys_that_say_nothing_are_set(tmp_path: Path, front: str, want: str, end: str) -> None:
    """By whatever name they have, comments kept; the template's line ends are kept too."""
    text = f"---\n{front}---\n# Disk\n".replace("\n", end)
    project = repository(tmp_path, {"t.md": text})
    made = written(project, "Disk full", severity="SEV1", services=("a", "b: c"), template=(tmp_path / "t.md", "t.md"))
    assert made.path.read_bytes().decode() == f"---\n{want}---\n# Disk\n".replace("\n", end)


def test_a_template_of_mixed_line_ends(tmp_path: Path) -> None:
    """Has the front matter that it has."""
    project = repository(tmp_path, {"t.md": "---\nid:\nlayout: x\r\n---\n# X\r\n"})
    text = written(project, template=(tmp_path / "t.md", "t.md")).path.read_bytes().decode()
    assert text.endswith("\nid: PM-2026-001\nlayout: x\r\n---\n# X\r\n")
    assert text.count("---") == 2


def test_toml_front_matter(tmp_path: Path) -> None:
    """Is read and written as TOML."""
    text = '+++\nid = ""\ntitle = "{{ title }}"\nseverity = {{ severity }}\nservices = [{{ services }}]\n[extra]\ndate = 1\n+++\n# X\n'
    project = repository(tmp_path, {"t.md": text})
    made = written(project, 'Disk "full"', services=("a",), template=(tmp_path / "t.md", "t.md"))
    assert made.path.read_text(encoding="utf-8") == (
        '+++\ndate = 2026-06-15\nid = "PM-2026-001"\ntitle = "Disk \\"full\\""\nseverity = ""\nservices = ["a"]\n'
        "[extra]\ndate = 1\n+++\n# X\n"
    )


def test_what_a_template_says_itself_stays(tmp_path: Path) -> None:
    """A severity, say; a note tells how to change that."""
    text = "---\nid: {{ id }}\ntitle: {{ title }}\ndate: {{ date }}\nseverity: SEV3\nservices:\n  - shop\n---\n# X\n"
    project = repository(tmp_path, {"t.md": text})
    made = written(project, severity="SEV1", services=("a",), template=(tmp_path / "t.md", "t.md"))
    assert "severity: SEV3\nservices:\n  - shop\n" in made.path.read_text(encoding="utf-8")
    note = "t.md says severity and services itself; {{ severity }} and {{ services }} in it would place yours"
    assert made.notes[-1] == note


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\nid: PM-1\n---\n# X\n", "its id would be 'PM-1'; write {{ id }} where its id stands"),
        ("---\ntitle: Real title\n---\n# X\n", "its title would be 'Real title'; write {{ title }}"),
        ("---\ndate: 2020-01-01\n---\n# X\n", "its date would be '2020-01-01'; write {{ date }}"),
        ("---\nid: {{ id }}\ntags: [\n---\n# X\n", "front matter: broken YAML"),
        ("---\nid: {{ id }}\n# no end\n", "is opened by --- and not closed"),
        (
            "## Action items\n\n- [ ] Look [test waived until never: x]\n",
            "t.md:3: the document would not be read as PM-2026-001 without a fault: the waiver has no end date",
        ),
        (
            '---\ntitle: "Postmortem: {{ title }}"\n---\n',
            "write `title: {{ title }}` in its front matter, with nothing else",
        ),
        ("---\nid: {{ id }}\n---\n## Action items\n\n- [ ] Look [test waived until never: x]\n", "t.md:6: the"),
        (
            "---\nservices:\n  - {{ services }}\n---\n## Action items\n\n- [ ] Look [test waived until never: x]\n",
            "t.md:7: the",
        ),
        ("---\nservices:\n  - {{ services }}\nx: &a [*b]\n---\n# X\n", "t.md: the"),
        ("---\nx: 1\ny: &a [*b]\n---\n# X\n", "t.md:3: the"),
    ],
)
def test_a_template_that_would_be_read_as_something_else_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Nothing is written, and the message names the template and what to do."""
    project = repository(tmp_path, {"t.md": text})
    with pytest.raises(DocumentError) as caught:
        written(project, template=(tmp_path / "t.md", "t.md"), services=("a", "b"))
    assert re.match(r"t\.md(:\d+)?: the document would not be read as PM-2026-001", str(caught.value))
    assert told in str(caught.value)
    assert not tmp_path.joinpath("docs").exists()


def test_which_template_is_used(tmp_path: Path) -> None:
    """The one that is named, that of the configuration, the only one beside the documents or in a source, else ours."""
    place = "docs/postmortems"
    files = named("PM-2026-001-a") | {"x.md": "# X\n", "y.md": "# Y\n", f"{place}/TEMPLATE.md": "# T\n"}

    def heading(name: str, more: dict[str, str], template: str | None = None) -> tuple[str, list[str]]:
        project = repository(tmp_path / name, {**files, **more})
        made = written(project, template=None if template is None else (tmp_path / name / template, template))
        found = re.search(r"^# (.*)$", made.path.read_text(encoding="utf-8"), re.MULTILINE)
        assert found
        return found.group(1), made.notes

    configured = {"postmortem.toml": 'template = "y.md"\n'}
    assert heading("named", configured, "x.md")[0] == "X"
    assert heading("configured", configured)[0] == "Y"
    assert heading("beside", {f"{place}/old/template.md": "# O\n"})[0] == "T"
    assert heading("of an incident", {f"{place}/PM-2026-002-template.md": "# O\n"})[0] == "T"
    shown, notes = heading("several", {f"{place}/_template.md": "# O\n"})
    assert shown == "Checkout queue overflow"
    assert notes == [
        f"there are several templates ({place}/TEMPLATE.md, {place}/_template.md); "
        "none is used, name one with --template"
    ]


@pytest.mark.parametrize(
    ("name", "document", "is_one"),
    [
        ("sev1-template", "PM-2026-001-a", True),
        ("P1-template", "PM-2026-001-a", True),
        ("template-2", "INC-1-a", True),
        ("INC-0-template", "INC-1-a", True),
        ("INC-2-template", "INC-1-a", False),
        ("2-template", "1-a", False),
        ("INC-0041-template", "PM-2026-001-a", False),
        ("2026-01-05-template", "PM-2026-001-a", False),
    ],
)
def test_a_template_whose_name_has_a_number(tmp_path: Path, name: str, document: str, is_one: bool) -> None:
    """Is one, unless the number is that of a post-mortem."""
    project = repository(tmp_path, named(document) | {f"docs/postmortems/{name}.md": "# T\n"})
    made = written(project)
    assert made.notes[:1] == ([f"the template is docs/postmortems/{name}.md"] if is_one else [])


def test_a_template_that_is_not_there(tmp_path: Path) -> None:
    """Or cannot be read."""
    project = repository(tmp_path, {"postmortem.toml": 'template = "none.md"\n'})
    with pytest.raises(ConfigError, match=r"none\.md: there is no such file; name a template"):
        written(project)
    for wrong, told in ((tmp_path, "is a folder"), (Path(os.devnull), "is no regular file")):
        with pytest.raises(ConfigError, match=f"t: {told}; name a template, in Markdown"):
            load_template(wrong, "t")
    tmp_path.joinpath("none.md").write_bytes(b"\xff\xfe")
    with pytest.raises(DocumentError, match=r"none\.md:1: not UTF-8"):
        written(project.reopen())


@pytest.mark.parametrize("text", [*TITLES, "a\x07b", "\x85", "\U0001f525\ufffe"])
def test_scalars_are_read_back(text: str) -> None:
    """By other readers of YAML and TOML."""
    import tomllib

    assert yaml.safe_load(format_yaml(text)) == text
    assert yaml.safe_load(f"[{format_yaml(text, in_list=True)}]") == [text]
    assert tomllib.loads(f"x = {format_toml(text)}") == {"x": text}


def test_plain_text_stays_plain() -> None:
    """As people write it."""
    for text in ("Checkout queue overflow", "PM-2026-001", "SEV1", "Disk full (again), and more", "It's down"):
        assert format_yaml(text) == text


def test_our_template_has_every_place() -> None:
    """And ships with the package."""
    assert set(re.findall(r"\{\{ (\w+) \}\}", load_our_template().text)) == {
        "id",
        "title",
        "date",
        "severity",
        "services",
    }


def test_a_day_in_the_past(tmp_path: Path) -> None:
    """Is the day of the document."""
    made = written(repository(tmp_path, {}), day=date(2025, 12, 31))
    assert (made.name.id, "\ndate: 2025-12-31\n" in made.path.read_text(encoding="utf-8")) == ("PM-2025-001", True)
