"""The configuration: where it is found, what it may say, and how it is refused."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pytest_postmortem.config.settings import KEYS, Settings, load, parse_gate_policy
from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.state import Policy

FULL = """
sources = ["docs/postmortems", "services/*/postmortems"]
exclude = ["docs/postmortems/process.md"]
incidents = "./docs/incidents.yaml"
gate = "linked"
grace = "due"
since = 2026-01-01
guard = ["SEV1"]
id-pattern = "PM-\\\\d+"
marker = "postmortem"
words = {}
link = "https://git.example.org/shop/{commit}/{path}#{line}"
lint = { select = ["PM1"], ignore = ["PM101"] }
setup-command = "make"
pass-env = ["DATABASE_URL"]
template = "docs/template.md"
"""


def write(folder: Path, text: str, name: str = "postmortem.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder


def test_nothing_configured_is_the_default(tmp_path: Path) -> None:
    """No table, no file: default folders, gate passed."""
    tmp_path.joinpath(".git").mkdir()
    assert load(tmp_path) == Settings(base=tmp_path)


def test_every_key_is_read(tmp_path: Path) -> None:
    """From postmortem.toml, keys at the top level; `remote` is read in tests of its own."""
    settings = load(write(tmp_path, FULL))
    assert settings == Settings(
        base=tmp_path,
        origin="postmortem.toml",
        sources=("docs/postmortems", "services/*/postmortems"),
        exclude=("docs/postmortems/process.md",),
        incidents="docs/incidents.yaml",
        gate=Policy.LINKED,
        gate_by_default=False,
        grace=True,
        since=date(2026, 1, 1),
        guard=("SEV1",),
        id_pattern=re.compile("PM-\\d+"),
        marker="postmortem",
        link="https://git.example.org/shop/{commit}/{path}#{line}",
        lint={"select": ("PM1",), "ignore": ("PM101",)},
        setup_command="make",
        pass_env=("DATABASE_URL",),
        template="docs/template.md",
    )
    assert set(KEYS) - {"remote"} == {line.split(" =")[0] for line in FULL.strip().splitlines()}


def test_pyproject_says_the_same(tmp_path: Path) -> None:
    """The table [tool.pytest-postmortem]."""
    write(tmp_path, f"[tool.pytest-postmortem]{FULL}", "pyproject.toml")
    assert load(tmp_path).digest == load(write(tmp_path / "own", FULL)).digest


def test_the_nearest_upward_holds_up_to_the_repository(tmp_path: Path) -> None:
    """A package's own configuration wins; what lies above .git is not looked at."""
    write(tmp_path, 'marker = "outside"')
    repository = write(tmp_path / "repository", 'marker = "shared"')
    repository.joinpath(".git").mkdir()
    write(repository / "a", 'marker = "a"')
    write(repository / "b", "[tool.other]\nname = 'pytest-postmortem'\n", "pyproject.toml")
    assert load(repository / "a" / "deep").marker == "a"
    assert (load(repository / "b").marker, load(repository / "b").base) == ("shared", repository)
    repository.joinpath("postmortem.toml").unlink()
    assert load(repository / "b").marker == "incident"


def test_both_files_in_one_folder_are_an_error(tmp_path: Path) -> None:
    """One of them would be ignored."""
    write(tmp_path, "")
    write(tmp_path, "[tool.pytest-postmortem]", "pyproject.toml")
    with pytest.raises(ConfigError, match=r"configured twice in .*; keep one of the two"):
        load(tmp_path)


WRONG = [
    ('gates = "linked"', "postmortem.toml:2: unknown key 'gates'; did you mean 'gate'? (keys: exclude, gate, "),
    ("id_pattern = 'x'", "unknown key 'id_pattern'; did you mean 'id-pattern'?"),
    ("zzz = 1", "postmortem.toml:2: unknown key 'zzz'; the keys are exclude, gate, grace,"),
    ('sources = "docs"', 'sources: a list is needed, not one string; write ["docs"]'),
    ("sources = []", "sources: the list is empty; name a folder, or leave the key out"),
    ("sources = [1]", "sources: a list of strings is needed"),
    ('sources = ["/etc"]', "sources: '/etc' leads out of the project"),
    ('sources = ["a/../../b"]', "leads out of the project; name a folder below this file's own"),
    ('exclude = [""]', "exclude: a list of strings is needed"),
    ("incidents = ['a.yaml']", 'incidents: one YAML or JSON file is needed; write for example "docs/incidents.yaml"'),
    ('incidents = "docs/incidents.md"', "incidents: one YAML or JSON file is needed"),
    ('incidents = "/etc/a.yaml"', "incidents: '/etc/a.yaml' leads out of the project; name a file below"),
    ('incidents = "../a.JSON"', "incidents: '../a.JSON' leads out of the project"),
    ('gate = "linkd"', "gate: unknown policy 'linkd'; did you mean 'linked'?"),
    ("gate = 3", "gate: unknown policy 3; write 'linked', 'passed', 'proven' or 'off'"),
    ("setup-command = []", "setup-command: a command is needed"),
    ('pass-env = "TOKEN"', "pass-env: a list is needed, not one string"),
    ("grace = true", 'grace: unknown value True; write "due", or leave the key out'),
    ('since = "soon"', "since: 'soon' is no date; write a date such as 2026-01-01"),
    ("since = 2026-01-01T00:00:00", "is no date"),
    ("since = 5", "since: 5 is no date"),
    ('id-pattern = "("', "id-pattern: no valid regular expression"),
    ('id-pattern = ".*"', "id-pattern: '.*' matches the empty text"),
    ("id-pattern = 3", "id-pattern: a regular expression is needed"),
    *((f'marker = "{name}"', f"marker: '{name}' is a marker of pytest") for name in ("skip", "xfail", "parametrize")),
    ("marker = ['skip']", "marker: ['skip'] is no marker name"),
    ('marker = "my marker"', "marker: 'my marker' is no marker name"),
    ("template = 3", 'template: a path is needed; write for example "docs/postmortems/template.md"'),
    ('template = "../t.md"', "template: '../t.md' leads out of the project; name a file below this file's own"),
    ("words = 3", "words: a table is needed"),
    ("[words]\nnonsense = ['x']", "words: "),
    ("gate = ", "postmortem.toml:2: no valid TOML"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    """Origin, line, what is wrong, what to write."""
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, f"# ours\n{text}\n"))
    assert told in str(caught.value)
    assert str(caught.value).startswith("postmortem.toml:2: ")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """A line each, in the order of the file, also out of pyproject.toml."""
    write(tmp_path, '[tool.x]\ngate = 1\n[tool.pytest-postmortem]\ngrace = 1\nsince = "x"\nfoo = 1\n', "pyproject.toml")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert [line.split(" ")[0] for line in str(caught.value).splitlines()] == [
        "pyproject.toml:4:",
        "pyproject.toml:5:",
        "pyproject.toml:6:",
    ]


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    """`pytest-postmortem = 3` below [tool]."""
    with pytest.raises(ConfigError, match=r"tool.pytest-postmortem is not a table; write \[tool.pytest-postmortem\]"):
        load(write(tmp_path, "[tool]\npytest-postmortem = 3\n", "pyproject.toml"))


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """Not UTF-8; pyproject.toml only where it speaks of us."""
    tmp_path.joinpath("postmortem.toml").write_bytes(b"marker = '\xff'")
    with pytest.raises(ConfigError, match=r"postmortem.toml: not UTF-8 \(byte 10\); save it as UTF-8"):
        load(tmp_path)
    tmp_path.joinpath("postmortem.toml").unlink()
    tmp_path.joinpath("pyproject.toml").write_bytes(b"# \xff")
    tmp_path.joinpath(".git").mkdir()
    assert load(tmp_path).origin is None
    tmp_path.joinpath("pyproject.toml").write_bytes(b"# \xff pytest-postmortem")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path)


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permission denied is no absence."""

    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    tmp_path.joinpath("postmortem.toml").touch()
    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(ConfigError, match=r"postmortem.toml: cannot be read: Permission denied; mend its permissions"):
        load(tmp_path)


def test_every_policy_can_be_named() -> None:
    """As the configuration and the options name it."""
    assert [parse_gate_policy(policy.value) for policy in Policy] == list(Policy)


def test_the_digest_follows_every_key(tmp_path: Path) -> None:
    """Evidence of other settings has another digest; the folder plays no part, nor do the link and the template."""
    changes = [
        'sources = ["a"]',
        'exclude = ["a"]',
        'gate = "linked"',
        'grace = "due"',
        "since = 2026-01-01",
        'guard = ["SEV1"]',
        'id-pattern = "X"',
        'marker = "m"',
    ]
    digests = {load(write(tmp_path / str(place), text)).digest for place, text in enumerate(["", *changes])}
    assert len(digests) == len(changes) + 1
    assert load(write(tmp_path / "again", "")).digest == load(tmp_path / "0").digest


def test_the_digest_does_not_follow_what_changes_no_verdict(tmp_path: Path) -> None:
    """Shards may be judged where another register is at hand, and other links hold."""
    for text in ('incidents = "a.yaml"', 'link = "https://git.example.org/{path}"', 'template = "t.md"'):
        assert load(write(tmp_path, text)).digest == Settings(base=tmp_path).digest


@pytest.mark.parametrize("name", ["postmortem", "post-mortem", "pytest_postmortem"])
def test_a_table_of_nearly_our_name_is_refused(tmp_path: Path, name: str) -> None:
    """It would be read by nobody."""
    tmp_path.joinpath("pyproject.toml").write_text(f"[tool.other]\nx = 1\n\n[tool.{name}]\ngrace = 'due'\n")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(caught.value) == f"pyproject.toml:4: unknown table [tool.{name}]; did you mean [tool.pytest-postmortem]?"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("guard = 5", 'guard = ["SEV1"]'),
        ("pass-env = [1]", 'pass-env = ["DEPLOY_KEY"]'),
        ("exclude = 5", 'exclude = ["docs/postmortems"]'),
        ("words = 5", 'words = { column-owner = ["Assignee"] }'),
        ("words = { column-owner = 5 }", 'words = { column-owner = ["Squad"] }'),
        ("lint = { ignore = 5 }", 'lint = { ignore = ["PM404"] }'),
    ],
)
def test_what_is_told_to_write_can_be_written(tmp_path: Path, line: str, written: str) -> None:
    """The example is one of that key."""
    path = tmp_path / "postmortem.toml"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert (caught.value.hint or "").removeprefix("write for example ") in written
    path.write_text(written + "\n", encoding="utf-8")
    load(tmp_path)
