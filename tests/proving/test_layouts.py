"""Where the code lies, and by which way it is imported: what runs is the tree's, or nothing is proven."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.history.checkout import document
from tests.proving.shop import (
    BROKEN,
    DOCUMENT,
    FIRST,
    FIXED,
    INI,
    PROVEN,
    TEST,
    TRAILER,
    UNCLEAR,
    Shop,
    a_test,
)

BESIDE = """\
import subprocess, sys

@pytest.mark.incident("PM-1")
def test_beside():
    code = "from shop.line import push; raise SystemExit(bool(push([1] * 10, 1)))"
    assert subprocess.run([sys.executable, *{flags}, "-c", code], env={environ}).returncode == 0
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages, the first of PYTHONPATH; its `sitecustomize` runs when Python starts."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    return folder


def installed(site: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])}


def finder(shop: Shop, place: str) -> str:
    """What setuptools writes for an editable installation: a finder with the paths of the user's checkout."""
    return (
        "import importlib.util, sys\n"
        "class Finder:\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        f"        if name == 'shop': return importlib.util.spec_from_file_location(name, {str(shop.path / 'src/shop/__init__.py')!r})\n"
        f"sys.meta_path.{place}\n"
    )


def beside(flags: tuple[str, ...] = (), environ: str = "None") -> str:
    return "import pytest\n" + BESIDE.format(flags=flags, environ=environ)


def test_flat(shop: Shop) -> None:
    """A package at the top."""
    shop.mended({"shop/__init__.py": "", "shop/line.py": BROKEN}, {"shop/line.py": FIXED, "tests/test_line.py": TEST})
    proof = shop.expect(PROVEN, says="assert not True")
    assert proof.how == "trailer"
    assert proof.samples == 1


def test_src(shop: Shop) -> None:
    """A package in src, without a configuration that says so."""
    shop.usual()
    shop.expect(PROVEN)


def test_namespace(shop: Shop) -> None:
    """A package without `__init__.py`, with a module called like one of Python's."""
    first = {
        "src/company/shop/queue.py": BROKEN,
        "src/company/shop/logging.py": "",
        "pytest.ini": "[pytest]\npythonpath = src\n",
    }
    test = a_test("assert not push([1] * 10, 1)", module="company.shop.queue")
    shop.mended(first, {"src/company/shop/queue.py": FIXED, "tests/test_line.py": test})
    shop.expect(PROVEN)


def test_package_in_a_namespace_with_a_name_of_pythons(shop: Shop) -> None:
    """The folder of a changed package is not searched where it would hide a module of Python."""
    first = {f"src/company/{name}/__init__.py": "" for name in ("shop", "logging")}
    test = a_test("assert not push([1] * 10, 1)", module="company.shop.line")
    shop.mended(
        {**first, "src/company/shop/line.py": BROKEN}, {"src/company/shop/line.py": FIXED, "tests/test_line.py": test}
    )
    shop.expect(PROVEN)


def test_pythonpath_of_pytest(shop: Shop) -> None:
    """A folder that only pytest's configuration names."""
    first = {"code/shop/__init__.py": "", "code/shop/line.py": BROKEN, "pytest.ini": "[pytest]\npythonpath = code\n"}
    shop.mended(first, {"code/shop/line.py": FIXED, "tests/test_line.py": TEST})
    shop.expect(PROVEN)


def test_single_module(shop: Shop) -> None:
    """A module at the top, beside the tests."""
    shop.mended(
        {"line.py": BROKEN}, {"line.py": FIXED, "test_line.py": a_test("assert not push([1] * 10, 1)", module="line")}
    )
    shop.expect(PROVEN)


def test_monorepo(shop: Shop) -> None:
    """Two packages, with the configuration and the documents in one of them; its fix touches both."""
    lower = {f"shop/{path}": text for path, text in FIRST.items()}
    shop.change({**lower, "shop/pytest.ini": INI, "shop/postmortem.toml": "", "pay/src/pay.py": "LIMIT = 1\n"})
    fix = {"shop/src/shop/line.py": FIXED, "shop/tests/test_line.py": TEST, "pay/src/pay.py": "LIMIT = 2\n"}
    shop.change(fix, TRAILER)
    assert shop.expect(PROVEN, below="shop").node_id == "tests/test_line.py::test_bound"


def test_pth(shop: Shop, site: Path) -> None:
    """An editable installation by a `.pth` file: the tree comes before the user's folder that it names."""
    shop.usual()
    site.joinpath("shop.pth").write_text(f"{shop.path / 'src'}\n")
    site.joinpath("sitecustomize.py").write_text(f"import site; site.addsitedir({str(site)!r})\n")
    shop.expect(PROVEN, **installed(site))


def test_finder_behind(shop: Shop, site: Path) -> None:
    """An editable installation by a finder behind the path: the tree comes first."""
    shop.usual()
    site.joinpath("sitecustomize.py").write_text(finder(shop, "append(Finder)"))
    shop.expect(PROVEN, **installed(site))


def test_finder_behind_in_an_odd_folder(shop: Shop, site: Path) -> None:
    """The folder of a changed package is searched, whatever its name: the finder is not asked."""
    shop.mended(
        {"code/shop/__init__.py": "", "code/shop/line.py": BROKEN},
        {"code/shop/line.py": FIXED, "tests/test_line.py": TEST},
    )
    site.joinpath("sitecustomize.py").write_text(finder(shop, "append(Finder)").replace("src/shop", "code/shop"))
    shop.expect(PROVEN, **installed(site))


def test_finder_in_front(shop: Shop, site: Path) -> None:
    """A finder before the path leads to the user's checkout, which has the fix: nothing is known."""
    shop.usual()
    site.joinpath("sitecustomize.py").write_text(finder(shop, "insert(0, Finder)"))
    shop.expect(UNCLEAR, says=f"not the tree's: shop.* came from {re.escape(str(shop.path))}", **installed(site))


def test_finder_in_front_of_what_reads_data(shop: Shop, site: Path) -> None:
    """The fix changes data alone, and the unchanged code that reads it is the user's: nothing is known."""
    code = "from pathlib import Path\ndef push(queue, order):\n    return len(queue) < int(Path(__file__).parents[1].joinpath('limit').read_text())\n"
    shop.mended(
        {**FIRST, "src/shop/line.py": code, "src/limit": "99\n"},
        {"src/limit": "10\n", "tests/test_line.py": TEST},
    )
    site.joinpath("sitecustomize.py").write_text(finder(shop, "insert(0, Finder)"))
    shop.expect(UNCLEAR, says="not the tree's", **installed(site))


def test_copy_that_wins(shop: Shop, site: Path) -> None:
    """A copy in site-packages that the project's own conftest puts first: nothing is known."""
    conftest = f"import sys; sys.path.insert(0, {str(site)!r})\n"
    shop.usual(**{"tests/conftest.py": conftest})
    shutil.copytree(shop.path / "src", site, dirs_exist_ok=True)
    shop.expect(UNCLEAR, says="not the tree's: shop")


def test_copy_of_a_package_that_wins(shop: Shop, site: Path) -> None:
    """The same where the fix changes no more than the package's own file."""
    conftest = f"import sys; sys.path.insert(0, {str(site)!r})\n"
    first = {"src/shop/__init__.py": BROKEN, "tests/conftest.py": conftest}
    test = a_test("assert not push([1] * 10, 1)", module="shop")
    shop.mended(first, {"src/shop/__init__.py": FIXED, "tests/test_line.py": test})
    shutil.copytree(shop.path / "src", site, dirs_exist_ok=True)
    shop.expect(UNCLEAR, says="not the tree's: shop came")


def test_copy_that_loses(shop: Shop, site: Path) -> None:
    """A copy that comes after the tree does not matter."""
    shop.usual()
    shutil.copytree(shop.path / "src", site, dirs_exist_ok=True)
    shop.expect(PROVEN, **installed(site))


def test_started_process(shop: Shop, site: Path) -> None:
    """A process that the test starts runs the tree's code, although the user's is installed."""
    shop.usual(beside())
    site.joinpath("sitecustomize.py").write_text(finder(shop, "append(Finder)"))
    shop.expect(PROVEN, **installed(site))


@pytest.mark.parametrize(
    ("flags", "environ"), [((), "{'PYTHONPATH': SITE, 'PYTHONDONTWRITEBYTECODE': '1'}"), (("-I",), "None")]
)
def test_started_process_without_the_tree(shop: Shop, site: Path, flags: tuple[str, ...], environ: str) -> None:
    """One that is kept from the tree's code runs the installed: that it passes says nothing."""
    environ = environ.replace("SITE", repr(str(site)))
    test = beside(flags, environ)
    if flags:  # it would find nothing at all here; what counts is that it might
        test = test.replace('"-c", code', '"-c", "pass"')
    shop.usual(test)
    site.joinpath("sitecustomize.py").write_text(finder(shop, "append(Finder)"))
    shop.expect(UNCLEAR, says="starts a process", **installed(site))


def test_started_process_with_a_finder_in_front(shop: Shop, site: Path) -> None:
    """A finder before the path leads the process to the user's checkout, and the test itself imports nothing of it."""
    shop.usual(beside())
    site.joinpath("sitecustomize.py").write_text(finder(shop, "insert(0, Finder)"))
    shop.expect(UNCLEAR, says="starts a process", **installed(site))


def test_users_checkout_on_pythonpath(shop: Shop) -> None:
    """PYTHONPATH leads to the user's folder, and a started process without it is none of ours."""
    shop.usual()
    shop.expect(PROVEN, PYTHONPATH=os.pathsep.join([str(shop.path / "src"), os.environ.get("PYTHONPATH", "")]))


def test_byte_code(shop: Shop) -> None:
    """Byte code that a setup command writes, of a file with the same size in the same second, is not run again."""
    test = a_test("from shop.line import LIMIT\nassert LIMIT == 10")
    first = {**FIRST, "src/shop/line.py": BROKEN.replace("10", "99"), "pytest.ini": INI}
    shop.mended(first, {"src/shop/line.py": BROKEN, "tests/test_line.py": test})
    compiled = f"touch -d @1700000000 src/shop/line.py && {sys.executable} -m compileall -q src"
    shop.configure(f"setup-command = '{compiled}'\n")
    shop.expect(PROVEN, PYTHONPYCACHEPREFIX=str(shop.home / "byte-code"))


def test_document_in_the_way(shop: Shop) -> None:
    """The document that came with the fix stays when it is taken out."""
    test = a_test(
        f"import pathlib\nif not pathlib.Path('{DOCUMENT}').is_file(): pytest.skip('gone')\nassert not push([1] * 10, 1)"
    )
    shop.change({path: text for path, text in FIRST.items() if path != DOCUMENT})
    shop.change({DOCUMENT: document(), "src/shop/line.py": FIXED, "tests/test_line.py": test}, TRAILER)
    shop.expect(PROVEN)
