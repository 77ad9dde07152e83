"""Small situations as people write and run them, each with the exit codes that are right."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CASES", "Case"]

HEAD = (
    "---\nid: PM-1\ntitle: Queue overflow\ndate: 2026-02-11\n---\n# Queue overflow\n\n## Root cause\n\nThe queue had no bound.\n\n"
    "## Action items\n\n"
)
DOCUMENT = "docs/postmortems/PM-1-q.md"
OTHER = {"docs/postmortems/PM-9-other.md": "---\nid: PM-9\n---\n# Other\n"}
PLAIN = {"tests/test_a.py": "def test_a(): pass\n"}


@dataclass(frozen=True)
class Case:
    """`files` beside OTHER, `config` of postmortem.toml, the arguments of pytest, whether `check` follows, right codes.

    1 and 4 together mean: a violation, or an error that is reported before any test.
    """

    id: str
    kind: str
    expect: tuple[int, ...]
    files: dict[str, str | bytes]
    config: str = ""
    arguments: tuple[str, ...] = ("--incident-report",)
    checked: bool = False
    workers: bool = field(default=False)


CASES = (
    Case(
        "A1",
        "text→dropped",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "- [ ] AI-1: Cover the order states open, paid, cancelled [test required]\n"},
    ),
    Case(
        "A3",
        "text→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD + "| ID | Action | Test |\n|--|--|--|\n| AI-1 | Return HTTP 422 - invalid | required |\n",
        },
    ),
    Case(
        "A4",
        "text→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD + "- [ ] AI-1: Show why a card was refused (declined) [test: tests/test_b.py::test_b]\n",
        },
    ),
    Case(
        "A5",
        "text→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Status | Test |\n|----|----------|-----|--------|------|\n| AI-1 | Make the importer skip rows that are empty, malformed, duplicate | pay |  | required |\n",
        },
    ),
    Case(
        "A6",
        "text→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\ntitle: Queue overflow\ndate: 2026-02-11\naction_items:\n  - 'AI-1: Cover certificates that are expired, revoked, invalid [test required]'\n---\n# Queue overflow\n\n## Root cause\n\nThe queue had no bound.\n\n",
        },
    ),
    Case(
        "B1",
        "status→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | ~~Won't do~~ open | required |\n",
        },
    ),
    Case(
        "B2",
        "status→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | Not planned for Q1, planned for Q2 | required |\n",
        },
    ),
    Case(
        "B4",
        "status→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | not cancelled | required |\n",
        },
    ),
    Case(
        "B5",
        "status→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | Won't do → open | required |\n",
        },
    ),
    Case(
        "B6",
        "status→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | dropped from sprint 12, planned for 13 | required |\n",
        },
    ),
    Case(
        "B8",
        "status→dropped",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | not needed until Q3 | required |\n",
        },
    ),
    Case(
        "Bx1",
        "dropped not seen",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | ~~open~~ won't do | required |\n",
        },
    ),
    Case(
        "Bx3",
        "dropped not seen",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Bound it | <del>open</del> dropped | required |\n",
        },
    ),
    Case(
        "C1",
        "ragged row",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject `a|b` orders | pay | 2026-12-30 |  | required |\n",
        },
    ),
    Case(
        "C2",
        "ragged row",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "| ID | Action | Owner |\n|--|--|--|\n| AI-1 | Reject | pay | required |\n"},
    ),
    Case(
        "C4",
        "ragged row",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject || required |\n"},
    ),
    Case(
        "D1",
        "broken table",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject | no |\n\n| AI-2 | Bound | required |\n",
        },
    ),
    Case(
        "D2",
        "broken table",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Test |\n|--|--|--|\n<!-- | AI-0 | Example | required | -->\n| AI-1 | Reject | required |\n",
        },
    ),
    Case(
        "D3",
        "broken table",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Test |\n|--|--|--|\n| AI-1 | Reject | pay | required |\n\n- AI-2: another\n",
        },
    ),
    Case(
        "D5",
        "broken table",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "<table>\n<tr><th>ID</th><th>Action</th><th>Test</th></tr>\n<tr><td>AI-1</td><td>Reject</td><td>required</td></tr>\n</table>\n\n- AI-2: another\n",
        },
    ),
    Case(
        "D7",
        "broken table",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "- Queue work:\n\n  | ID | Action | Test |\n  |--|--|--|\n  | AI-1 | Reject | required |\n",
        },
    ),
    Case(
        "D8",
        "broken table",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "+------+--------+----------+\n| ID   | Action | Test     |\n+======+========+==========+\n| AI-1 | Reject | required |\n+------+--------+----------+\n",
        },
    ),
    Case(
        "D9",
        "headless table",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "| AI-1 | Reject orders | required |\n|--|--|--|\n| AI-2 | Bound | no |\n"},
    ),
    Case(
        "D10",
        "headless table",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD + "| Field | Value |\n|--|--|\n| Action | Reject |\n| Owner | pay |\n| Test | required |\n",
        },
    ),
    Case(
        "E1",
        "passed-over section",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\ntitle: Queue overflow\ndate: 2026-02-11\n---\n# Queue overflow\n\n## Root cause\n\nThe queue had no bound.\n\n### Fixes\n\n| ID | Action | Owner | Due | Test |\n|--|--|--|--|--|\n| AI-1 | Reject | pay | 2026-12-30 | required |\n",
        },
    ),
    Case(
        "E3",
        "passed-over section",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\ntitle: Queue overflow\ndate: 2026-02-11\n---\n# Queue overflow\n\n## Root cause\n\nThe queue had no bound.\n\n## What went wrong\n\n| ID | Action | Owner | Due | Test |\n|--|--|--|--|--|\n| AI-1 | Reject | pay | 2026-12-30 | required |\n",
        },
    ),
    Case(
        "E4",
        "passed-over section",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\ntitle: Queue overflow\ndate: 2026-02-11\n---\n# Queue overflow\n\n## Root cause\n\nThe queue had no bound.\n\n<h2>Action items</h2>\n\n| ID | Action | Owner | Due | Test |\n|--|--|--|--|--|\n| AI-1 | Reject | pay | 2026-12-30 | required |\n",
        },
    ),
    Case(
        "E6",
        "passed-over section",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\ntitle: Queue overflow\ndate: 2026-02-11\n---\n# Queue overflow\n\n## Root cause\n\nThe queue had no bound.\n\n﻿## Action items\n\n| ID | Action | Owner | Due | Test |\n|--|--|--|--|--|\n| AI-1 | Reject | pay | 2026-12-30 | required |\n",
        },
    ),
    Case(
        "F1",
        "test column unknown",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD + "| ID | Action | Regression test required |\n|--|--|--|\n| AI-1 | Reject | required |\n",
        },
    ),
    Case(
        "F4",
        "test column unknown",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "| ID | Action | Needs a test |\n|--|--|--|\n| AI-1 | Reject | required |\n"},
    ),
    Case(
        "F5",
        "test column unknown",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "| ID | Action | Test[^1] |\n|--|--|--|\n| AI-1 | Reject | required |\n"},
    ),
    Case(
        "F6",
        "test column unknown",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "| ID | Action | Test&nbsp;required |\n|--|--|--|\n| AI-1 | Reject | required |\n"},
    ),
    Case(
        "G1",
        "field Test:",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "- **AI-1: Reject orders**\n  - Owner: pay\n  - Test: required\n- **AI-2: Other**\n  - Owner: pay\n",
        },
    ),
    Case(
        "G2",
        "field Test:",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "### AI-1: Reject orders\n\n- **Owner**: pay\n- **Due**: 2026-12-30\n- **Test**: required\n",
        },
    ),
    Case(
        "H1",
        "flag not seen",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + "- AI-1: Reject orders [test required][^1]\n\n[^1]: agreed on Monday\n"},
    ),
    Case(
        "H2", "flag not seen", (1, 4), {**PLAIN, DOCUMENT: HEAD + "- AI-1: Reject orders \uff3btest required\uff3d\n"}
    ),
    Case(
        "H5",
        "flag not seen",
        (1, 4),
        {**PLAIN, DOCUMENT: HEAD + '!!! warning "Open"\n\n    - [ ] AI-1: Reject [test required]\n'},
    ),
    Case("H7", "flag not seen", (1, 4), {**PLAIN, DOCUMENT: HEAD + "- AI-1: Reject orders [test_required]\n"}),
    Case(
        "I1",
        "front matter hides body",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\naction_items:\n  - {id: AI-1, action: Reject}\n---\n# Q\n\n## Action items\n\n| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject | required |\n",
        },
    ),
    Case(
        "I3",
        "front matter hides body",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\naction_items: [AI-1, AI-2]\n---\n# Q\n\n## Action items\n\n| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject | required |\n| AI-2 | Bound | no |\n",
        },
    ),
    Case(
        "I4",
        "front matter key",
        (1, 4),
        {**PLAIN, DOCUMENT: "---\nid: PM-1\nactionItems:\n  - {id: AI-1, action: Reject, test: required}\n---\n# Q\n"},
    ),
    Case(
        "J1",
        "value only hinted",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | tests/api/test_x.yaml::one |\n",
        },
    ),
    Case(
        "J3",
        "value only hinted",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | [test_rejects](tests/test_q.py) |\n",
        },
    ),
    Case(
        "J4",
        "value only hinted",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | <b>required</b> |\n",
        },
    ),
    Case(
        "J6",
        "value only hinted",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | yes (unit) |\n",
        },
    ),
    Case(
        "J7",
        "value only hinted",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | :white_check_mark: |\n",
        },
    ),
    Case(
        "J8",
        "value only hinted",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | TestQueue::test_rejects |\n",
        },
    ),
    Case(
        "K1",
        "comment counts",
        (0,),
        {**PLAIN, DOCUMENT: HEAD + "- AI-1: Reject orders <!-- [test required] once the API is stable -->\n"},
    ),
    Case(
        "K3",
        "comment counts",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD + "| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject <!-- [test required] --> | no |\n",
        },
    ),
    Case(
        "K5",
        "struck counts",
        (0,),
        {**PLAIN, DOCUMENT: HEAD + "- ~~AI-1: Reject orders [test required]~~\n- AI-2: other\n"},
    ),
    Case(
        "K7",
        "struck counts",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | ~~required~~ |\n",
        },
    ),
    Case(
        "L1",
        "skipped by name",
        (1, 4),
        {
            **PLAIN,
            "docs/postmortems/PM-1-template-rendering-outage.md": HEAD
            + "| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject | required |\n",
        },
    ),
    Case(
        "L3",
        "skipped by name",
        (1, 4),
        {
            **PLAIN,
            "docs/postmortems/2026-02-11-queue/index.md": HEAD
            + "| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject | required |\n",
        },
    ),
    Case(
        "L5",
        "skipped by name",
        (1, 4),
        {
            **PLAIN,
            "docs/postmortems/PM-1-q.mdx": HEAD + "| ID | Action | Test |\n|--|--|--|\n| AI-1 | Reject | required |\n",
        },
    ),
    Case(
        "L6",
        "no text",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 1234\n",
        },
    ),
    Case(
        "L7",
        "no text",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: b"-\x00-\x00-\x00\n\x00i\x00d\x00:\x00 \x00P\x00M\x00-\x001\x00\n\x00t\x00i\x00t\x00l\x00e\x00:\x00 \x00Q\x00u\x00e\x00u\x00e\x00 \x00o\x00v\x00e\x00r\x00f\x00l\x00o\x00w\x00\n\x00d\x00a\x00t\x00e\x00:\x00 \x002\x000\x002\x006\x00-\x000\x002\x00-\x001\x001\x00\n\x00-\x00-\x00-\x00\n\x00#\x00 \x00Q\x00u\x00e\x00u\x00e\x00 \x00o\x00v\x00e\x00r\x00f\x00l\x00o\x00w\x00\n\x00\n\x00#\x00#\x00 \x00R\x00o\x00o\x00t\x00 \x00c\x00a\x00u\x00s\x00e\x00\n\x00\n\x00T\x00h\x00e\x00 \x00q\x00u\x00e\x00u\x00e\x00 \x00h\x00a\x00d\x00 \x00n\x00o\x00 \x00b\x00o\x00u\x00n\x00d\x00.\x00\n\x00\n\x00#\x00#\x00 \x00A\x00c\x00t\x00i\x00o\x00n\x00 \x00i\x00t\x00e\x00m\x00s\x00\n\x00\n\x00|\x00 \x00I\x00D\x00 \x00|\x00 \x00A\x00c\x00t\x00i\x00o\x00n\x00 \x00|\x00 \x00T\x00e\x00s\x00t\x00 \x00|\x00\n\x00|\x00-\x00-\x00|\x00-\x00-\x00|\x00-\x00-\x00|\x00\n\x00|\x00 \x00A\x00I\x00-\x001\x00 \x00|\x00 \x00R\x00e\x00j\x00e\x00c\x00t\x00 \x00|\x00 \x00r\x00e\x00q\x00u\x00i\x00r\x00e\x00d\x00 \x00|\x00\n\x00",
        },
    ),
    Case(
        "M1",
        "module skipped, mark elsewhere",
        (0,),
        {
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | required |\n",
            "conftest.py": "import sys,os\nsys.path.insert(0,os.path.dirname(__file__)+'/tests')\n",
            "tests/ids.py": 'PM1 = "PM-1"\n',
            "tests/test_o.py": "def test_o(): pass\n",
            "tests/test_a.py": "import pytest\nfrom ids import PM1\npytest.importorskip('nope_nope')\n@pytest.mark.incident(PM1, action_item='AI-1')\ndef test_a(): pass\n",
        },
        workers=True,
    ),
    Case(
        "M2",
        "module skipped, mark elsewhere",
        (0,),
        {
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | required |\n",
            "tests/conftest.py": "import pytest\ndef pytest_collection_modifyitems(items):\n    for it in items:\n        if 'test_a.py' in it.nodeid: it.add_marker(pytest.mark.incident('PM-1', action_item='AI-1'))\n",
            "tests/test_o.py": "def test_o(): pass\n",
            "tests/test_a.py": "import pytest\npytest.importorskip('nope_nope')\ndef test_a(): pass\n",
        },
        workers=True,
    ),
    Case(
        "M4",
        "partial run, id in no .py",
        (0,),
        {
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | required |\n",
            "tests/unit/test_u.py": "def test_u(): pass\n",
            "conftest.py": 'import pytest, yaml\ndef pytest_collect_file(parent, file_path):\n    if file_path.suffix == ".yaml" and file_path.name.startswith("test"):\n        return F.from_parent(parent, path=file_path)\nclass F(pytest.File):\n    def collect(self):\n        for name, spec in yaml.safe_load(self.path.read_text()).items():\n            it = I.from_parent(self, name=name)\n            for m in spec.get("incident", []): it.add_marker(pytest.mark.incident(m, action_item="AI-1"))\n            yield it\nclass I(pytest.Item):\n    def runtest(self): pass\n',
            "tests/api/test_x.yaml": "one:\n  incident: [PM-1]\n",
        },
        arguments=("tests/unit", "--incident-report"),
        workers=True,
    ),
    Case(
        "M5",
        "partial run, id made by code",
        (0,),
        {
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | required |\n",
            "tests/unit/test_u.py": "def test_u(): pass\n",
            "tests/api/test_a.py": 'import pytest\nN = 1\n@pytest.mark.incident(f"PM-{N}", action_item="AI-1")\ndef test_a(): pass\n',
        },
        arguments=("tests/unit", "--incident-report"),
        workers=True,
    ),
    Case(
        "N1",
        "only skipped subtests",
        (10,),
        {
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | required |\n",
            "tests/test_a.py": 'import pytest\n@pytest.mark.incident("PM-1", action_item="AI-1")\ndef test_a(subtests):\n    for i in range(3):\n        with subtests.test(i=i):\n            pytest.skip(\'no database\')\n',
        },
        arguments=("-q", "--incident-output=e.json"),
        checked=True,
        workers=True,
    ),
    Case(
        "N3",
        "only xfailed subtests",
        (10,),
        {
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | required |\n",
            "tests/test_a.py": 'import pytest\n@pytest.mark.incident("PM-1", action_item="AI-1")\ndef test_a(subtests):\n    for i in range(3):\n        with subtests.test(i=i):\n            pytest.xfail(\'broken\')\n',
        },
        arguments=("-q", "--incident-output=e.json"),
        checked=True,
        workers=True,
    ),
    Case(
        "O1",
        "due date, no grace",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30. | open | required |\n",
        },
        config="grace = 'due'\n",
    ),
    Case(
        "O2",
        "due date, no grace",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | Wed 30 Dec 2026 | open | required |\n",
        },
        config="grace = 'due'\n",
    ),
    Case(
        "O4",
        "due date, no grace",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | on 2026-12-30 | open | required |\n",
        },
        config="grace = 'due'\n",
    ),
    Case(
        "O5",
        "due date, no grace",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 📅 2026-12-30 | open | required |\n",
        },
        config="grace = 'due'\n",
    ),
    Case(
        "O6",
        "due date, no grace",
        (0,),
        {
            **PLAIN,
            DOCUMENT: HEAD
            + "| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-11-01 → 2026-12-30 | open | required |\n",
        },
        config="grace = 'due'\n",
    ),
    Case(
        "Q1",
        "since in UTC",
        (1, 4),
        {
            **PLAIN,
            DOCUMENT: "---\nid: PM-1\ntitle: Queue overflow\ndate: 2025-12-31T23:30:00-05:00\n---\n# Queue overflow\n\n## Root cause\n\nThe queue had no bound.\n\n## Action items\n\n| ID | Action | Owner | Due | Status | Test |\n|----|--------|-------|-----|--------|------|\n| AI-1 | Reject | pay | 2026-12-30 | open | required |\n",
        },
        config="since = 2026-01-01\n",
    ),
)
