"""What becomes of a test with and without the fix, and which options of the project stand in the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.history.checkout import document
from tests.proving.shop import DOCUMENT, FIRST, FIXED, NOT_ONE, PROVEN, TEST, UNCLEAR, Shop, a_test

CHECK = "assert not push([1] * 10, 1)"
FAILS = "the code before the fix"


def once(path: Path) -> str:
    """The body of a test that passes each other time it is run, told by a file outside of the tree."""
    return f"import pathlib\ncount = pathlib.Path({str(path)!r})\ncount.write_text(count.read_text() + 'x' if count.exists() else 'x')\n"


@pytest.mark.parametrize("body", ["assert push([], 1)", "pass", "...", "return 5 == 4"])
def test_no_regression_test(shop: Shop, body: str) -> None:
    """A test that passes anyway, or checks nothing."""
    shop.usual(a_test(body), **{"pytest.ini": "[pytest]\nfilterwarnings = ignore\n"})
    shop.expect(NOT_ONE, says="passes without the fix")


def test_not_imported(shop: Shop) -> None:
    """A file that imports what the fix has brought: nothing is known of its tests, and it is said what to do."""
    test = "from shop.line import push, LIMIT, retry\n" + a_test(CHECK)
    shop.mended(FIRST, {"src/shop/line.py": FIXED + "\nretry = 1\n", "tests/test_line.py": test})
    shop.expect(UNCLEAR, says="cannot be imported .*cannot import name 'retry'.*import what the fix has brought inside")


def test_conftest_not_imported(shop: Shop) -> None:
    """The same where a conftest imports it."""
    first = {"tests/conftest.py": "from shop.line import retry\n", "src/shop/line.py": FIXED}
    shop.mended({**FIRST}, {**first, "src/shop/line.py": FIXED + "\nretry = 1\n", "tests/test_line.py": TEST})
    shop.expect(UNCLEAR, says="cannot be imported .*retry")


def test_fixture_fails(shop: Shop) -> None:
    """A failure of the set-up is none of the test."""
    fixture = "@pytest.fixture\ndef full():\n    assert not push([1] * 10, 1)\n\n"
    shop.usual(a_test("pass", fixture).replace("test_bound()", "test_bound(full)"))
    shop.expect(UNCLEAR, says="fails outside of its call")


def test_fixture_fails_afterwards(shop: Shop) -> None:
    """Nor is one of the teardown, where the call passes."""
    fixture = "@pytest.fixture\ndef full():\n    yield\n    assert not push([1] * 10, 1)\n\n"
    shop.usual(a_test("pass", fixture).replace("test_bound()", "test_bound(full)"))
    shop.expect(UNCLEAR, says="fails outside of its call")


def test_call_and_teardown_fail(shop: Shop) -> None:
    """A call that fails is a failure, whatever the teardown makes of it."""
    fixture = "@pytest.fixture\ndef full():\n    yield\n    assert not push([1] * 10, 1)\n\n"
    shop.usual(a_test(CHECK, fixture).replace("test_bound()", "test_bound(full)"))
    shop.expect(PROVEN)


def test_flaky_without(shop: Shop, tmp_path: Path) -> None:
    """Samples that disagree without the fix prove nothing."""
    shop.usual(a_test(once(tmp_path / "count") + "assert not push([1] * 10, 1) or len(count.read_text()) % 2"))
    shop.expect(UNCLEAR, "--samples", "2", says="samples disagree without the fix: failed, passed")


def test_flaky_with(shop: Shop, tmp_path: Path) -> None:
    """Nor do samples that disagree with it."""
    shop.usual(a_test(once(tmp_path / "count") + "assert len(count.read_text()) % 2"))
    shop.expect(UNCLEAR, "--samples", "2", way="", says="samples disagree: with the fix it was once failed")


@pytest.mark.parametrize("mark", ["xfail", "skip(reason='later')", "xfail(strict=True, reason='later')"])
def test_switched_off(shop: Shop, mark: str) -> None:
    """A test that is switched off does not pass with the fix."""
    shop.usual(a_test(CHECK, f"@pytest.mark.{mark}\n"))
    shop.expect(UNCLEAR, way="", says="with the fix it is (xfailed|skipped|failed)")


def test_skipped_without(shop: Shop) -> None:
    """A test that skips itself without the fix proves nothing."""
    shop.usual(a_test("if push([1] * 10, 1): pytest.skip('not here')"))
    shop.expect(UNCLEAR, says="without the fix it is skipped .*not here")


def test_parametrized(shop: Shop) -> None:
    """All parameters are one test, which fails where one of them does; they may be chosen by their node ids."""
    test = a_test(
        "assert push([1] * size, 1) == good", "@pytest.mark.parametrize(('size', 'good'), [(1, True), (10, False)])\n"
    )
    shop.usual(test.replace("test_bound()", "test_bound(size, good)"))
    assert shop.expect(PROVEN).node_id == "tests/test_line.py::test_bound"


def test_in_a_class(shop: Shop) -> None:
    """A method of a class within a class, by a marker of the class."""
    lines = [f"        {line}" for line in ("def test_bound(self):", f"    {CHECK}")]
    inner = ["class TestShop:", '    @pytest.mark.incident("PM-1")', "    class TestLine:", *lines]
    shop.usual("\n".join(["import pytest", "from shop.line import push", *inner, ""]))
    assert shop.expect(PROVEN).node_id == "tests/test_line.py::TestShop::TestLine::test_bound"


def test_unittest(shop: Shop) -> None:
    """A method of unittest."""
    method = f'class Line(unittest.TestCase):\n    @pytest.mark.incident("PM-1")\n    def test_bound(self):\n        {CHECK}\n'
    shop.usual("import pytest, unittest\nfrom shop.line import push\n\n" + method)
    assert shop.expect(PROVEN).node_id == "tests/test_line.py::Line::test_bound"


def test_named_in_the_document(shop: Shop) -> None:
    """A test that carries no marker, and is named by the document."""
    shop.mended(
        {**FIRST, DOCUMENT: document(test="tests/test_line.py::test_bound")},
        {"src/shop/line.py": FIXED, "tests/test_line.py": TEST.replace('@pytest.mark.incident("PM-1")\n', "")},
    )
    shop.expect(PROVEN)


@pytest.mark.parametrize(
    "options",
    [
        "-n 2 --dist loadfile",
        "-x --ff",
        "--reruns 2 --only-rerun=Error",
        '-m "not slow"',
        "--strict-markers --strict-config -p no:cacheprovider",
        "-s -p no:postmortem -o markers=incident",
        "-k nothing",
        "--lf --sw",
    ],
)
def test_options(shop: Shop, options: str) -> None:
    """The project's own options: one process, one try, all that is asked."""
    test = TEST.replace("@pytest", "@pytest.mark.filterwarnings\n@pytest.mark.usefixtures()\n@pytest", 1)
    shop.usual(test + "\ndef test_other(): pass\n", **{"pytest.ini": f"[pytest]\naddopts = {options}\n"})
    again = any(one in options for one in ("--ff", "--lf", "nothing"))  # that depend on what was run before
    shop.expect(PROVEN, "--samples", "2" if again else "1")


def test_slow(shop: Shop) -> None:
    """A test that the project's options deselect is run all the same."""
    ini = '[pytest]\naddopts = -m "not slow"\nmarkers = slow\n'
    shop.usual(TEST.replace("@pytest", "@pytest.mark.slow\n@pytest", 1), **{"pytest.ini": ini})
    shop.expect(PROVEN)


def test_last_failed(shop: Shop) -> None:
    """No run knows of another what failed there: of two tests one fails without the fix, and both are run again."""
    ini = {"pytest.ini": "[pytest]\naddopts = --lf\n"}
    shop.usual(TEST + '\n@pytest.mark.incident("PM-1")\ndef test_other(): pass\n', **ini)
    told = shop.prove("--samples", "2")
    assert [one.verdict for one in told.proofs] == [PROVEN, NOT_ONE]
    assert told.code == 10


def test_evidence_is_not_written(shop: Shop, tmp_path: Path) -> None:
    """A child of a proof writes no evidence, no page and no summary of ours, and judges nothing."""
    written = tmp_path / "evidence.json"
    ini = f"[pytest]\naddopts = --incident-report --incident-output={written} --incident-gate=passed\n"
    shop.usual(**{"pytest.ini": ini})
    summary = tmp_path / "summary.md"
    shop.expect(PROVEN, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert not written.exists()
    assert not summary.exists()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("if push([1] * 10, 1):\n    HANG", r"without the fix it does not end .*longer than 60 s"),
        ("import os\nif push([1] * 10, 1): os._exit(0)", "without the fix it is not run .*ended early"),
        ("import os\nif push([1] * 10, 1): os.kill(os.getpid(), 9)", "killed by SIGKILL"),
    ],
)
def test_lost(shop: Shop, hang: str, body: str, says: str) -> None:
    """A test that hangs, or ends its process, takes no other down with it."""
    other = f'\n@pytest.mark.incident("PM-1")\ndef test_other():\n    {CHECK}\n'
    shop.usual(a_test(body.replace("HANG", hang)) + other)
    told = shop.prove("--timeout", "60")
    first, second = told.proofs
    assert (first.verdict, second.verdict) == (UNCLEAR, PROVEN), told.output
    assert re.search(says, first.message), first.message


def test_hangs_at_the_end(shop: Shop, hang: str) -> None:
    """A run that does not end is none, also where its tests have ended."""
    body = (
        "import threading\n"
        "def hang():\n"
        "    threading.main_thread().join()\n"
        f"    {hang}\n"
        "if push([1] * 10, 1):\n"
        "    threading.Thread(target=hang).start()\n"
        "assert not push([1] * 10, 1)"
    )
    shop.usual(a_test(body))
    shop.expect(UNCLEAR, "--timeout", "60", says="longer than 60 s")


def test_one_that_is_not_imported_beside_another(shop: Shop) -> None:
    """A file that cannot be imported without the fix, and a test that is not committed, take no other down with them."""
    broken = "from shop.line import retry\n" + TEST
    fix = {"src/shop/line.py": FIXED + "\nretry = 1\n", "tests/test_line.py": TEST, "tests/test_broken.py": broken}
    shop.mended(FIRST, fix)
    shop.write("tests/test_new.py", TEST)
    told = shop.prove("--samples", "2")
    seen = {one.node_id: (one.verdict, one.message) for one in told.proofs}
    assert seen["tests/test_line.py::test_bound"][0] is PROVEN
    verdict, message = seen["tests/test_broken.py::test_bound"]
    assert (verdict, "cannot be imported" in message) == (UNCLEAR, True)
    verdict, message = seen["tests/test_new.py::test_bound"]
    assert (verdict, "not found" in message, "commit what it needs" in message) == (UNCLEAR, True, True), message


def test_that_hangs_is_waited_for_no_more(shop: Shop, tmp_path: Path, hang: str) -> None:
    """A test that hangs is tried together with the others and alone, and in no further sample."""
    hangs = once(tmp_path / "count") + f"if push([1] * 10, 1):\n    {hang}"
    shop.usual(a_test(hangs) + f'\n@pytest.mark.incident("PM-1")\ndef test_other():\n    {CHECK}\n')
    told = shop.prove("--timeout", "60", "--samples", "2")
    assert [one.verdict for one in told.proofs] == [UNCLEAR, PROVEN], told.output
    assert len((tmp_path / "count").read_text()) == 2 + 2
