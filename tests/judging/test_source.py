"""The digest of a test: another where the test or what it is made with is another, and the same where not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.judging.source import Digests, FileDigests
from tests.builders import test

SOURCE = """\
import pytest

SIZE = 10

@pytest.fixture
def queue():
    return [1] * SIZE

@pytest.fixture(autouse=True)
def test_client():
    return "client"

@pytest.mark.parametrize("size", [1, 2])
def test_bound(queue, size):
    assert size

def test_other():
    assert 100

class TestShop:
    kind = "shop"

    @pytest.fixture
    def line(self):
        return 1

    class TestLine:
        def test_bound(self):
            assert 3

    def test_more(self):
        assert 4

class Case(unittest.TestCase):
    def setUp(self):
        self.size = 5

    def test_case(self):
        assert 5

    async def test_later(self):
        assert 6
"""
BOUND = "tests/shop/test_line.py::test_bound"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A project with a conftest in each folder above and beside the tests."""
    for folder in ("tests/shop", "tests/pay"):
        tmp_path.joinpath(folder).mkdir(parents=True)
    for folder in (".", "tests", "tests/shop", "tests/pay"):
        tmp_path.joinpath(folder, "conftest.py").write_text("")
    tmp_path.joinpath("tests/shop/test_line.py").write_text(SOURCE)
    return tmp_path


def changes(base: Path, node_id: str, old: str, new: str) -> bool:
    """Whether the digest of a test is another after a change of its file."""
    before = Digests(base).compute(node_id)
    assert SOURCE.count(old) == 1
    base.joinpath("tests/shop/test_line.py").write_text(SOURCE.replace(old, new))
    assert before is not None
    return Digests(base).compute(node_id) != before


@pytest.mark.parametrize(
    "old",
    ["assert size", "SIZE = 10", "[1] * SIZE", '"client"', "[1, 2]", "import pytest", 'kind = "shop"', "return 1\n"],
)
def test_changed(base: Path, old: str) -> None:
    """The test itself, its decorators, a fixture whatever its name, and everything else that is no other test."""
    assert changes(base, BOUND, old, old + " #")


@pytest.mark.parametrize(
    "old", ["assert 100", "assert 3", "assert 4", "assert 5", "assert 6", "def test_other", "\n\ndef test_other"]
)
def test_another_test(base: Path, old: str) -> None:
    """Another test, its name, and lines without anything."""
    new = old.replace("other", "others").replace("assert", "assert 0 or") if old[0] != "\n" else "\n\n\n" + old.lstrip()
    assert not changes(base, BOUND, old, new)


@pytest.mark.parametrize(
    ("inner", "own", "others"),
    [
        ("TestShop::TestLine::test_bound", "assert 3", "assert 4"),
        ("TestShop::test_more", "assert 4", "assert 3"),
        ("Case::test_case", "assert 5", "assert 6"),
        ("Case::test_later", "assert 6", "assert 5"),
        ("Case::test_case", "self.size = 5", "assert size"),
    ],
)
def test_in_a_class(base: Path, inner: str, own: str, others: str) -> None:
    """A method goes by its classes: not by another of the same name, and with their set-up."""
    node_id = f"tests/shop/test_line.py::{inner}"
    assert changes(base, node_id, own, "assert own")
    base.joinpath("tests/shop/test_line.py").write_text(SOURCE)
    assert not changes(base, node_id, others, "assert others")


@pytest.mark.parametrize("inner", ["test_made_by_code", "TestInherited::test_bound", "TestShop::test_inherited"])
def test_not_seen_in_its_file(base: Path, inner: str) -> None:
    """A test that is inherited or made by code goes by its whole file."""
    assert changes(base, f"tests/shop/test_line.py::{inner}", "assert 100", "assert not None")


@pytest.mark.parametrize(
    ("folder", "matters"), [(".", True), ("tests", True), ("tests/shop", True), ("tests/pay", False)]
)
def test_conftest(base: Path, folder: str, matters: bool) -> None:
    """Every conftest from its folder upward counts, and none beside it; one that is gone counts, too."""
    before = Digests(base).compute(BOUND)
    base.joinpath(folder, "conftest.py").write_text("SIZE = 1")
    assert (Digests(base).compute(BOUND) != before) == matters
    base.joinpath(folder, "conftest.py").unlink()
    assert (Digests(base).compute(BOUND) != before) == matters


def test_conftest_above(base: Path) -> None:
    """What lies above the configuration's folder does not count."""
    before = Digests(base / "tests").compute("shop/test_line.py::test_bound")
    base.joinpath("conftest.py").write_text("SIZE = 1")
    assert Digests(base / "tests").compute("shop/test_line.py::test_bound") == before


def test_ends_of_lines(base: Path) -> None:
    """A checkout with other ends of lines is the same test, with the same conftest."""
    base.joinpath("conftest.py").write_bytes(b"a = 1\n")
    before = Digests(base).compute(BOUND)
    base.joinpath("conftest.py").write_bytes(b"a = 1\r\n")
    base.joinpath("tests/shop/test_line.py").write_bytes(SOURCE.replace("\n", "\r\n").encode())
    assert Digests(base).compute(BOUND) == before


def test_no_python(base: Path) -> None:
    """A file that is no Python goes by all of its bytes; one that is not there has no digest."""
    file = base / "tests/shop/test_line.py"
    file.write_bytes(b"def test_bound(:\n")
    before = Digests(base).compute(BOUND)
    file.write_bytes(b"def test_bound(:\n#\n")
    assert Digests(base).compute(BOUND) not in (before, None)
    file.unlink()
    assert Digests(base).compute(BOUND) is None


def test_a_digest_holds_in_later_versions(tmp_path: Path) -> None:
    """Ledgers that are kept would be stale otherwise."""
    tmp_path.joinpath("tests").mkdir()
    for name, text in {
        "conftest.py": "A = 1\n",
        "tests/conftest.py": "B = 2\n",
        "tests/test_x.py": "def test_a(): pass\n\ndef test_b(): pass\n",
    }.items():
        tmp_path.joinpath(name).write_text(text)
    digest = "2a4b27fb445e2b26f7e148a6188a6e85ad0eb91521566af01dab874a64e0768b"
    assert Digests(tmp_path).compute("tests/test_x.py::test_a") == digest


@pytest.mark.parametrize("value", ["-" * 100_000 + "1", "1" + " + 1" * 100_000], ids=["memory", "depth"])
def test_too_deep_for_python(base: Path, value: str) -> None:
    """A file that Python itself cannot parse goes by all of its bytes."""
    file = base / "tests/shop/test_line.py"
    file.write_text(f"def test_bound(): pass\ndef test_other(): pass\nx = {value}\n")
    before = Digests(base).compute(BOUND)
    file.write_text(f"def test_bound(): pass\ndef test_other(): 1\nx = {value}\n")
    assert Digests(base).compute(BOUND) not in (before, None)


def test_a_decorator_that_is_too_deep(base: Path) -> None:
    """Whose file goes by all of its bytes, whatever stands before it."""
    file = base / "tests/shop/test_line.py"
    text = f"def test_bound(): pass\ndef test_other(): pass\n@f({'-' * 500}1)\ndef test_deep(): pass\n"
    file.write_text(text)
    before = Digests(base).compute(BOUND)
    file.write_text(text.replace("test_other(): pass", "test_other(): 1"))
    assert Digests(base).compute(BOUND) not in (before, None)


LINKED = (test("test_bound", "PM-1", path="tests/shop/test_line.py"), test("test_more", path="tests/shop/test_line.py"))


def test_the_files_of_a_test_are_its_own_and_every_conftest_above(base: Path) -> None:
    """Each once, by its path; what is not there has no digest."""
    lost = test("test_it", "PM-1", path="other/test_gone.py")
    digests = FileDigests(base).compute([*LINKED, lost])
    assert set(digests) == {path for path in (
        "tests/shop/test_line.py", "tests/shop/conftest.py", "tests/conftest.py", "conftest.py",
    ) if base.joinpath(path).exists()}  # fmt: skip
    assert len(digests) > 2


def test_a_folder_in_the_place_of_a_file_has_no_digest(base: Path) -> None:
    """Nor has what is no regular file, which may never end."""
    assert FileDigests(base).compute([test("x", "PM-1", path="tests"), test("x", "PM-1", path="/dev/zero")]).keys() <= {
        "conftest.py"
    }


def test_what_is_not_as_it_ran_is_named(base: Path) -> None:
    """Changed, gone or new; other line ends, another time and another file are no change."""
    ran = FileDigests(base).compute(LINKED)
    path, conftest = base / "tests/shop/test_line.py", base / "tests/conftest.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    base.joinpath("tests/shop/test_else.py").write_text("", encoding="utf-8")
    assert FileDigests(base).find_changed(LINKED, ran) == []
    path.write_bytes(path.read_bytes() + b"#")
    assert FileDigests(base).find_changed(LINKED, ran) == ["tests/shop/test_line.py was changed"]
    path.unlink()
    assert FileDigests(base).find_changed(LINKED, ran) == ["tests/shop/test_line.py is gone"]
    assert FileDigests(base).find_changed(LINKED, {}) == ["conftest.py is new", "tests/conftest.py is new", *(
        ["tests/shop/conftest.py is new"] if base.joinpath("tests/shop/conftest.py").exists() else []
    )]  # fmt: skip
    conftest.unlink()
    assert "tests/conftest.py is gone" in FileDigests(base).find_changed(LINKED, ran)


def test_a_file_that_cannot_be_read_has_no_digest(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not what ran; what was read once is not read again."""
    digests = FileDigests(base)
    ran = digests.compute(LINKED)

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert digests.compute(LINKED) == ran
    assert "tests/shop/test_line.py is gone" in FileDigests(base).find_changed(LINKED, ran)
