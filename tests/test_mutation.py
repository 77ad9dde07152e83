"""The mutation run itself: it notices what the tests notice, and reports what they do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutants import find_mutants, render_mutant
from benchmarks.mutation import read_equivalents

ROOT = Path(__file__).parents[1]
ENUMS = {"State": ["OPEN", "PAID", "GONE"]}
RUN = """\
import sys
from pathlib import Path
from benchmarks.mutation import Subject, main
root = Path(sys.argv.pop(1))
main(Subject(root, root / "shop", ("*.py",), {"": ("tests/test_*.py",)}, root / "equivalent.txt"))
"""
LINE = "def is_full(size, most):\n    if size > most:\n        return True\n    return False\n"
TESTS = (
    "from shop.line import is_full\n\ndef test_full():\n    assert is_full(3, 2)\n    assert is_full(1, 2) is False\n"
)
SURVIVOR = "line.py:2 [compare] if size > most:  ->  size >= most"


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        (
            "x = a and b and c",
            ["operand: without a", "operand: without b", "operand: without c", "and/or: a or b or c"],
        ),
        ("x = a or b", ["operand: without a", "operand: without b", "and/or: a and b"]),
        ("x = a < b <= c", ["compare: a <= b <= c", "compare: a < b < c"]),
        ("x = a is not b", ["compare: a is b"]),
        ("x = a not in b", ["compare: a in b"]),
        ("x = True", ["bool: False"]),
        ("x = 4", ["int: 5"]),
        ("x = any(y)", ["call: all(y)"]),
        ("x = sorted(y, key=z)", ["call: list(y)"]),
        ("for x in y: continue", ["continue: break"]),
        ("x.append(y)", ["statement: pass"]),
        ("x = {a, b}", ["element: without a", "element: without b"]),
        ("x = a, b", ["element: without a", "element: without b"]),
        ("a, b = x", []),
        ("x = [a for a in b if c]", ["filter: without c"]),
        ("def f(): return x", ["return: return None"]),
        ("def f(): return None", []),
        ("x = State.PAID", ["enum: State.GONE"]),
        ("x = State.GONE.value", ["enum: State.OPEN"]),
        ("__all__ = ['a', 'b']", []),
        ("@dataclass(frozen=True)\nclass A:\n    x: tuple[int, 3]", []),
        ("if TYPE_CHECKING:\n    f(1)", []),
    ],
)
def test_what_is_changed(line: str, changes: list[str]) -> None:
    """Each operator alone, and nothing that decides nothing. Each change is one of the code."""
    mutants = find_mutants("x.py", line, ENUMS)
    assert [f"{one.operator}: {one.after}" for one in mutants] == changes
    rendered = {render_mutant(line, one.number, ENUMS) for one in mutants}
    assert len(rendered) == len(changes)
    assert line not in rendered


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A package whose test does not look at the border."""
    for name, text in {"shop/__init__.py": "", "shop/line.py": LINE, "tests/test_line.py": TESTS}.items():
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).write_text(text, encoding="utf-8")
    return tmp_path


def run(shop: Path, *options: str) -> tuple[int, list[str]]:
    """The exit code, and what is printed without the line of the time."""
    command = [sys.executable, "-c", RUN, str(shop), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, [line.split(" in ")[0] for line in (done.stdout + done.stderr).splitlines()]


def test_a_survivor_is_reported(shop: Path) -> None:
    """Of five mutants the tests notice four; the package itself is never touched."""
    assert run(shop) == (1, [SURVIVOR, "4 of 5 mutants were noticed (80.0 %)"])
    assert shop.joinpath("shop/line.py").read_text(encoding="utf-8") == LINE


def test_a_mutant_that_a_test_notices_or_that_is_listed_is_none(shop: Path) -> None:
    """Listed with its reason."""
    equivalent = shop / "equivalent.txt"
    equivalent.write_text(
        f"# Said.\n{SURVIVOR.replace(':2', '')}\n    Nobody counts\n    that far.\n", encoding="utf-8"
    )
    assert list(read_equivalents(equivalent).values()) == ["Nobody counts that far."]
    assert run(shop, "--sample", "4", "--seed", "7") == (0, ["seed 7", "4 of 4 mutants were noticed (100.0 %)"])


@pytest.mark.parametrize("listed", [SURVIVOR.replace(":2", ""), "line.py [compare] gone  ->  gone\n    A reason."])
def test_a_listed_mutant_needs_a_reason_and_must_be_there(shop: Path, listed: str) -> None:
    """So that the list says nothing about code that has changed."""
    shop.joinpath("equivalent.txt").write_text(listed, encoding="utf-8")
    told = f"error: equivalent.txt: without a reason or a mutant: {listed.splitlines()[0]}"
    assert run(shop) == (1, [told])


def test_tests_that_fail_anyway_notice_nothing(shop: Path) -> None:
    """They are shown as what they are."""
    shop.joinpath("tests/test_line.py").write_text(TESTS + "    assert 0\n", encoding="utf-8")
    code, lines = run(shop)
    assert code == 1
    assert lines[-1] == "error: the tests do not pass on the code as it is: tests/test_*.py"
    assert any("assert 0" in line for line in lines)
