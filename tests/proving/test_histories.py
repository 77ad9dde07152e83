"""How a fix came into the history, and what came after it: it is taken out, or said why not."""

from __future__ import annotations

import os

import pytest

from tests.history.checkout import document
from tests.proving.shop import (
    BROKEN,
    DOCUMENT,
    FIRST,
    FIXED,
    NOT_ONE,
    PROVEN,
    TEST,
    TRAILER,
    UNCLEAR,
    Shop,
    a_test,
)

CODE = "src/shop/line.py"
FIX = {CODE: FIXED, "tests/test_line.py": TEST}


def with_fix(text: str) -> str:
    return document(extra=f"fix: {text}\n")


def test_moved_test(shop: Shop) -> None:
    """A test that came with the fix and has moved since."""
    shop.usual()
    shop.git("mv", "tests/test_line.py", "tests/test_moved.py")
    shop.change({})
    assert shop.expect(PROVEN).node_id == "tests/test_moved.py::test_bound"


def test_test_added_later(shop: Shop) -> None:
    """A test that came long after the fix."""
    shop.mended(FIRST, {CODE: FIXED})
    shop.change({"tests/test_line.py": TEST})
    shop.expect(PROVEN)


def test_test_beside_the_code(shop: Shop) -> None:
    """The file of a linked test stays whatever it is called."""
    shop.mended({**FIRST, "pytest.ini": "[pytest]\npython_files = *.py\n"}, {CODE: FIXED, "src/shop/checks.py": TEST})
    shop.expect(PROVEN)


def test_helper_in_conftest(shop: Shop) -> None:
    """What the fix changed in a conftest stays, too."""
    conftest = "import pytest\n\n@pytest.fixture\ndef full():\n    return [1] * {}\n"
    test = a_test("assert not push(full, 1)").replace("test_bound()", "test_bound(full)")
    first = {**FIRST, "tests/conftest.py": conftest.format(3)}
    shop.mended(first, {CODE: FIXED, "tests/conftest.py": conftest.format(10), "tests/test_line.py": test})
    shop.expect(PROVEN)


def test_configuration_of_the_test(shop: Shop) -> None:
    """So does the configuration of pytest: without it the test would fail for another reason."""
    test = a_test("pass", "@pytest.mark.slow\n")
    strict = "[tool.pytest.ini_options]\naddopts = '--strict-markers'\n"
    first = {**FIRST, "pyproject.toml": strict}
    fix = {CODE: FIXED, "tests/test_line.py": test, "pyproject.toml": strict + "markers = ['slow']\n"}
    shop.mended(first, fix)
    shop.expect(NOT_ONE)


def test_two_commits(shop: Shop) -> None:
    """A fix in two commits with others between them."""
    shop.mended(FIRST, {CODE: FIXED.replace("LIMIT = 10", "LIMIT = 99")})
    shop.change({"src/shop/other.py": ""})
    shop.change({CODE: FIXED, "tests/test_line.py": TEST}, "Bound it by 10\n\nIncident: PM-1")
    assert len(shop.expect(PROVEN).fix) == 2


def test_merge(shop: Shop) -> None:
    """A fix that is the merge of a branch, with the trailer of the merge alone."""
    shop.change(FIRST)
    shop.git("checkout", "-q", "-b", "fix")
    shop.change({CODE: FIXED})
    shop.change({"tests/test_line.py": TEST})
    shop.git("checkout", "-q", "main")
    shop.change({"src/shop/other.py": ""})
    shop.git("merge", "-q", "--no-ff", "-m", TRAILER, "fix")
    shop.expect(PROVEN)


def test_range(shop: Shop) -> None:
    """A fix that is a range, on the command line."""
    first = shop.change(FIRST)
    shop.change({CODE: FIXED})
    last = shop.change({"tests/test_line.py": TEST})
    proof = shop.expect(PROVEN, "--fix", f"{first[:9]}..{last[:9]}")
    assert (proof.fix, proof.how) == ((f"{first}..{last}",), "--fix")


def test_squashed_pull_request(shop: Shop) -> None:
    """A fix named by its pull request, whose number the subject of a squashed commit holds; not that of another."""
    shop.mended({**FIRST, DOCUMENT: with_fix('"#12"')}, FIX, "Bound the queue (#12)")
    shop.change({"src/shop/other.py": ""}, "More (#123)")
    assert shop.expect(PROVEN).how == "front matter"


@pytest.mark.parametrize("text", ["{short}", "https://example.org/o/shop/commit/{long}", "[{short}]"])
def test_front_matter(shop: Shop, text: str) -> None:
    """A fix that the document names, abbreviated or by its page."""
    commit = shop.mended(FIRST, FIX, "Bound the queue")
    shop.change({DOCUMENT: with_fix(text.format(short=f"'{commit[:8]}'", long=commit))})
    proof = shop.expect(PROVEN)
    assert (proof.fix, proof.how) == ((commit,), "front matter")


def test_guess(shop: Shop) -> None:
    """A fix whose subject holds the id, with --guess alone."""
    shop.mended(FIRST, FIX, "PM-1: bound the queue")
    told = shop.prove()
    assert told.code == 11
    assert "no fix of PM-1 is known" in told.errors
    assert shop.expect(PROVEN, "--guess").how == "subject"


def test_renamed_file(shop: Shop) -> None:
    """Code that was renamed since: the code before the fix, with today's tests, which pass on the fix itself."""
    package = "from shop.{} import push\n"
    test = TEST.replace("shop.line", "shop")
    shop.mended(FIRST | {"src/shop/__init__.py": package.format("line")}, {CODE: FIXED, "tests/test_line.py": test})
    shop.git("mv", CODE, "src/shop/row.py")
    shop.change({"src/shop/__init__.py": package.format("row")})
    shop.expect(PROVEN, way="parent")


def test_test_of_what_came_later(shop: Shop) -> None:
    """A test that fails before the fix since what it uses came after it: no proof."""
    shop.usual()
    later = FIXED.replace("len(queue)", "size(queue)") + "\n\ndef size(queue):\n    return len(queue)\n"
    test = a_test("import shop.line\nassert shop.line.size([1]) == 1")
    shop.change({CODE: later, "tests/test_line.py": test})
    shop.expect(UNCLEAR, way="parent", says="for what came later")


def test_deleted_file(shop: Shop) -> None:
    """A file that the fix deleted is there again without it."""
    test = a_test("import os, shop\nassert not os.path.exists(os.path.dirname(shop.__file__) + '/retry')")
    shop.mended({**FIRST, "src/shop/retry": "99\n"}, {"src/shop/retry": None, "tests/test_line.py": test})
    shop.expect(PROVEN)


def test_added_file(shop: Shop) -> None:
    """A file that the fix added is gone without it; what imports it within the test fails there."""
    test = a_test("from shop.bound import LIMIT\nassert LIMIT == 10")
    shop.mended(FIRST, {"src/shop/bound.py": "LIMIT = 10\n", "tests/test_line.py": test})
    shop.expect(PROVEN, says="No module named 'shop.bound'")


def test_binary_file(shop: Shop) -> None:
    """A fix of binary data."""
    test = a_test("import pathlib, shop\nassert pathlib.Path(shop.__file__).with_name('table').read_bytes()[-1] == 255")
    fix = {"src/shop/table": b"\0\1\2\377", "tests/test_line.py": test}
    shop.mended({**FIRST, "src/shop/table": b"\0\1\2\0"}, fix)
    shop.expect(PROVEN)


def test_odd_names(shop: Shop) -> None:
    """Names with spaces and of another script, of the code's files and of the test's."""
    test = a_test(
        "import pathlib, shop\nassert pathlib.Path(shop.__file__).with_name('o čem \"je\".txt').read_text() == 'nové'"
    )
    name = 'src/shop/o čem "je".txt'
    shop.mended({**FIRST, name: "staré"}, {name: "nové", "tests/очередь/test_line one.py": test})
    assert shop.expect(PROVEN).node_id == "tests/очередь/test_line one.py::test_bound"


@pytest.mark.parametrize("attributes", ["", "* text=auto eol=crlf\n", "* text=auto\ntests export-ignore\n"])
def test_ends_of_lines(shop: Shop, attributes: str) -> None:
    """Files with CRLF, as they are committed or by an attribute."""
    first = {path: text.replace("\n", "\r\n") for path, text in FIRST.items()}
    shop.change({".gitattributes": attributes, **first})
    shop.change({path: text.replace("\n", "\r\n") for path, text in FIX.items()}, TRAILER)
    shop.expect(PROVEN)


def test_conflict(shop: Shop) -> None:
    """Later changes of the same lines: the code before the fix; nothing is written down of the conflict."""
    shop.usual()
    shop.git("config", "rerere.enabled", "true")
    shop.path.joinpath(".git/rr-cache").mkdir()
    shop.change({CODE: FIXED.replace("len(queue)", "len(list(queue))")})
    shop.expect(PROVEN, way="parent")


def test_conflict_that_a_driver_resolves(shop: Shop) -> None:
    """An attribute that resolves a conflict by keeping today's lines takes nothing out: it is not asked."""
    shop.usual()
    shop.git("config", "merge.ours.driver", "true")
    shop.change({CODE: FIXED.replace("len(queue)", "len(list(queue))"), ".gitattributes": "*.py merge=ours\n"})
    shop.expect(PROVEN, way="parent")


def test_conflict_with_prose(shop: Shop) -> None:
    """Prose that cannot be taken out stays as it is today, without marks of a conflict."""
    test = a_test("import pathlib\nassert '<<<' not in pathlib.Path('README.md').read_text()")
    shop.mended({**FIRST, "README.md": "old\n"}, {CODE: FIXED, "README.md": "new\n", "tests/test_line.py": test})
    shop.change({"README.md": "newest\n"})
    shop.expect(NOT_ONE)


def test_conflict_after_the_root(shop: Shop) -> None:
    """Later changes, and a fix in the first commit of all: there is no code before it."""
    shop.change({**FIRST, **FIX}, TRAILER)
    shop.change({CODE: "# new\n" + BROKEN.replace("append", "insert(0, order) or append")})
    shop.expect(UNCLEAR, way="", says="conflict|with the fix")


def test_root(shop: Shop) -> None:
    """A fix in the first commit: everything but the tests is gone without it."""
    shop.change(
        {
            **FIRST,
            **FIX,
            "tests/test_line.py": a_test("from shop.line import push\nassert push").replace(
                "from shop.line import push\n\n", "", 1
            ),
        },
        TRAILER,
    )
    shop.expect(PROVEN)


def test_parent_is_the_root(shop: Shop) -> None:
    """Later changes, and a fix whose parent is the first commit."""
    shop.usual()
    shop.change({CODE: FIXED.replace("len(queue)", "len(list(queue))")})
    shop.git("log", "--oneline")
    shop.expect(PROVEN, way="parent")


def test_reverted_fix(shop: Shop) -> None:
    """A fix of which nothing is left, as another came: the one that is named cannot be taken out."""
    first = shop.mended(FIRST, {CODE: FIXED}, "first")
    shop.git("revert", "--no-edit", first)
    shop.change(FIX, "second")
    shop.change(
        {
            CODE: BROKEN
            + "\n\nold_push = push\n\n\ndef push(*words):\n    return len(words[0]) < LIMIT and old_push(*words)\n"
        }
    )
    shop.expect(UNCLEAR, "--fix", first, way="", says="nothing of the fix is in today's code")


def test_tests_alone(shop: Shop) -> None:
    """A fix that changes tests and prose alone cannot be taken out."""
    shop.mended(FIRST, {"tests/test_line.py": a_test("pass"), "README.md": ""})
    shop.expect(UNCLEAR, way="", says="the fix changes no code, only README.md, tests/test_line.py")


def test_colours(shop: Shop) -> None:
    """What the user's own configuration of git makes of a diff does not matter."""
    shop.usual()
    for name, value in (("color.ui", "always"), ("diff.noprefix", "true"), ("core.splitIndex", "true")):
        shop.git("config", "--global", name, value)
    shop.git("config", "--global", "log.showSignature", "true")
    shop.git("config", "--global", "diff.context", "0")
    shop.expect(PROVEN)


def test_sha256(shop: Shop) -> None:
    """A repository with hashes of the other kind, and a fix in its first commit."""
    other = Shop(shop.path.parent / "other", shop.home)
    other.git("init", "-q", "--object-format=sha256")
    other.change(
        {
            **FIRST,
            **FIX,
            "tests/test_line.py": a_test("import shop.line\nassert shop.line.push").replace(
                "from shop.line import push\n\n", "", 1
            ),
        },
        TRAILER,
    )
    assert len(other.expect(PROVEN).fix[0]) == 64


def test_filter(shop: Shop) -> None:
    """A filter of the repository is run, as in the user's checkout."""
    shop.git("config", "filter.upper.smudge", "sed s/limit/LIMIT/")
    shop.git("config", "filter.upper.clean", "sed s/LIMIT/limit/")
    shop.change({".gitattributes": "*.py filter=upper\n"})
    shop.usual()
    shop.expect(PROVEN)
    assert b"limit = 10" in shop.git("cat-file", "-p", f"HEAD:{CODE}").encode() or os.name == "nt"
