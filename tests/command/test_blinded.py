"""A gate inside the test process can be blinded by what it watches; the second process sees it each time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workers import TWO_WORKERS

DOCUMENT = """\
---
id: PM-1
---
# Overflow

## Action items

| ID | Action | Test |
|----|--------|------|
| AI-1 | Bound the queue | required |
"""
GUARD = '@pytest.mark.incident("PM-1", action_item="AI-1")\ndef test_guard(): {body}\n'
BROKEN = GUARD.format(body="assert 0")
FINE = GUARD.format(body="pass")
EXIT = "import os\ndef test_a(): os._exit(0)\n"

BLINDERS = {
    "a test leaves the process": (EXIT + FINE, "", (), {}),
    "the guarding test leaves the process": ("import os\n" + GUARD.format(body="os._exit(0)"), "", (), {}),
    "a test ends the run with code 0": ("def test_a(): pytest.exit('enough', returncode=0)\n" + FINE, "", (), {}),
    "a hook ends the run with code 0": (
        FINE,
        "def pytest_collection_finish(session): pytest.exit('x', returncode=0)",
        (),
        {},
    ),
    "a plugin leaves at the end": (BROKEN, "import os\ndef pytest_sessionfinish(session): os._exit(0)", (), {}),
    "a plugin leaves when its part is over": (BROKEN, "import os\ndef pytest_unconfigure(config): os._exit(0)", (), {}),
    "a plugin rewrites the exit code": (BROKEN, "def pytest_sessionfinish(session): session.exitstatus = 0", (), {}),
    "a plugin rewrites the exit code last": (
        BROKEN,
        "@pytest.hookimpl(wrapper=True, tryfirst=True)\n"
        "def pytest_sessionfinish(session):\n    yield\n    session.exitstatus = 0",
        (),
        {},
    ),
    "a conftest takes the test out": (FINE, "def pytest_collection_modifyitems(items): items[:] = []", (), {}),
    "a conftest skips the test": (
        FINE,
        "def pytest_collection_modifyitems(items):\n    for item in items: item.add_marker(pytest.mark.skip)",
        (),
        {},
    ),
    "the plugin is switched off": (FINE, "", ("-p", "no:postmortem"), {}),
    "the plugin is not loaded": (FINE, "", (), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
    "another configuration is used": (FINE, "", ("-c", "other.ini"), {}),
    "other tests are collected": (FINE, "", ("-o", "python_files=nothing.py"), {}),
    "the test is deselected": (FINE + "def test_b(): pass\n", "", ("-k", "test_b"), {}),
    "nothing is run": (FINE, "", ("--collect-only",), {}),
    "tests are only set up": (FINE, "", ("--setup-plan",), {}),
}


@pytest.fixture(scope="module")
def green(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the evidence of a green run."""
    path = tmp_path_factory.mktemp("green")
    folder = path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    folder.joinpath("PM-1-overflow.md").write_text(DOCUMENT, encoding="utf-8")
    path.joinpath("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    path.joinpath("other.ini").write_text("[pytest]\npython_files = nothing.py\n", encoding="utf-8")
    path.joinpath("test_shop.py").write_text("import pytest\n\n" + FINE, encoding="utf-8")
    assert ran(path, ()) == 0
    assert checked(path).returncode == 0
    return path


@pytest.fixture
def shop(pytester: pytest.Pytester, green: Path) -> pytest.Pytester:
    """A copy of it: the evidence of an earlier, green run lies about."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(green, pytester.path, dirs_exist_ok=True, ignore=ignored)
    return pytester


def ran(folder: Path, options: tuple[str, ...], environment: dict[str, str] | None = None) -> int:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--incident-output=evidence.json", *options]
    env = {**os.environ, **(environment or {})}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False).returncode


def checked(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest_postmortem", "check", "evidence.json", "--max-age", "1h", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_evidence_that_lies_about_is_green(shop: pytest.Pytester) -> None:
    """In the copy, too: without a new run nothing below would be noticed."""
    assert checked(shop.path).returncode == 0


@pytest.mark.parametrize("workers", [(), TWO_WORKERS], ids=["plain", "xdist"])
@pytest.mark.parametrize("name", BLINDERS)
def test_a_blinded_gate_is_seen(shop: pytest.Pytester, name: str, workers: tuple[str, ...]) -> None:
    """10 or 11, whatever the test process said; where pytest could not start at all, its own exit code is no 0."""
    tests, conftest, options, environment = BLINDERS[name]
    if environment and workers:
        workers = ("-p", "xdist", *workers)
    shop.makepyfile(test_shop="import pytest\n" + tests)
    if conftest:
        shop.makeconftest("import pytest\n" + conftest)
    code = ran(shop.path, (*workers, *options), environment)
    result = checked(shop.path)
    if code == 4:
        assert "switched off" in name or "not loaded" in name
    elif result.returncode == 0:
        # A worker was replaced, and the guarding test really passed in another one: pytest's own code is red then.
        assert workers
        assert code != 0
        assert "1 guarded" in result.stdout
    else:
        assert result.returncode in (10, 11), result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_plugin_that_is_lost_leaves_no_new_evidence(shop: pytest.Pytester) -> None:
    """With the option in the ini file only, and the ini file's options dropped: the evidence is gone or old."""
    shop.path.joinpath("evidence.json").unlink()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:postmortem", "-o", "addopts="]
    assert subprocess.run(command, cwd=shop.path, capture_output=True, check=False).returncode == 0
    result = checked(shop.path)
    assert result.returncode == 11
    assert "evidence.json: there is no such file" in result.stderr


def test_a_worker_that_is_lost_in_collection_is_seen(shop: pytest.Pytester) -> None:
    """With --max-worker-restart=0 pytest-xdist ends in 0 with "no tests ran" or fewer than there are."""
    shop.makepyfile(
        test_shop="import pytest\n" + FINE,
        test_zlost='import os\nif os.environ.get("PYTEST_XDIST_WORKER"): os._exit(1)\n',
    )
    ran(shop.path, (*TWO_WORKERS, "--max-worker-restart=0"))
    assert checked(shop.path).returncode in (10, 11)
