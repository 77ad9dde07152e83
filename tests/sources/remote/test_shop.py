"""The example shop with its post-mortems as GitHub issues: fetched, reported, judged and checked as the files are."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sources.http.loopback import CANARY, USER, Asked, Server, answer, forms
from tests.sources.remote.services.github import issue

SHOP = Path(__file__).parents[3] / "examples" / "shop"
TABLE = """
[[tool.pytest-postmortem.remote]]
name = "shop"
type = "github"
repository = "acme/shop"
label = "postmortem"
token-env = "GITHUB_TOKEN"
url = "{}"
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


def issues() -> list[dict[str, Any]]:
    """The documents of the shop as GitHub would hold them: the front matter's title and severity are the issue's."""
    made = []
    for number, path in enumerate(sorted(SHOP.joinpath("docs", "postmortems").iterdir()), 1):
        text = path.read_text(encoding="utf-8")
        told = dict(re.findall(r"^(id|title|severity): (.*)$", text, re.MULTILINE))
        body = re.sub(r"^(title|severity): .*\n|^# .*\n", "", text, flags=re.MULTILINE).replace("\n", "\r\n")
        labels = [{"name": "postmortem"}, {"name": f"severity: {told['severity']}"}]
        made.append(issue(number, f"{told['id']}: {told['title']}", body=body, labels=labels, state="closed"))
    return made


@pytest.fixture
def server() -> Iterator[Server]:
    found = issues()

    def paged(asked: Asked) -> None:
        path, page = urlsplit(asked.target).path, 2 if "page=2" in asked.target else 1
        if path != "/repos/acme/shop/issues" or asked.headers["authorization"] != f"Bearer {CANARY}":
            asked.sock.sendall(answer({"message": "Not Found", "status": "404"}, "404 Not Found"))
        elif page == 1 and "since=" not in asked.target:
            asked.sock.sendall(answer(found[:3], link=f'<{path}?page=2>; rel="next", <{path}?page=2>; rel="last"'))
        else:
            asked.sock.sendall(answer(found[3:] if page == 2 else []))

    with Server(paged) as made:
        yield made


@pytest.fixture
def run(tmp_path: Path, server: Server) -> Run:
    """A command in a copy of the shop without its documents."""
    shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns("docs", "__pycache__", ".p*"))
    with (tmp_path / "shop" / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(TABLE.format(server.origin))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1\nlogin jo\npassword from-netrc\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)

    def ran(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path / "shop",
            env={**os.environ, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **environ},
            capture_output=True,
            text=True,
        )

    return ran


def fetch(run: Run, server: Server) -> subprocess.CompletedProcess[str]:
    place = server.origin.partition("//")[2]
    return run("pytest_postmortem", "fetch", GITHUB_TOKEN=CANARY, POSTMORTEM_ALLOW_HOSTS=place)


def told(evidence: Path) -> dict[str, Any]:
    """What evidence says of each post-mortem, but where it stands."""
    said = json.loads(evidence.read_text(encoding="utf-8"))
    kept = ("title", "date", "severity", "services", "state")
    items = ("id", "text", "state", "status", "owner", "due", "tests")
    return {
        one["id"]: [one[key] for key in kept] + [[{key: item.get(key) for key in items} for item in one["items"]]]
        for one in said["postmortems"]
    }


def test_from_the_service_to_the_gate(tmp_path: Path, run: Run, server: Server) -> None:
    """The same states as with files; the gate fails when a test goes; the token is nowhere, and pytest asks nobody."""
    shop = tmp_path / "shop"
    before = run("pytest", "--incident-report", "-p", "no:cacheprovider")
    assert before.returncode == 4
    assert ".postmortem/shop.json: there is no snapshot of 'shop' yet; postmortem fetch shop" in before.stderr
    done = fetch(run, server)
    assert (done.returncode, done.stdout) == (0, "shop: 5 post-mortems (5 new), in .postmortem/shop.json\n"), (
        done.stderr
    )
    asked = len(server.asked)
    outputs = ("--incident-output", "e.json", "--incident-output", "page.html", "--incident-output", "s.md")
    noisy = ("-vv", "-l", "--debug", "--log-cli-level=DEBUG", "--junitxml=junit.xml")
    ran = run("pytest", "--incident-report", *outputs, *noisy, GITHUB_TOKEN=CANARY)
    assert ran.returncode == 0, ran.stdout
    assert "gate passed" in ran.stdout
    checked = run("pytest_postmortem", "check", "e.json")
    assert (checked.returncode, "gate passed" in checked.stdout) == (0, True), checked.stdout
    files = tmp_path / "files.json"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--incident-output={files}"],
        cwd=SHOP, capture_output=True, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert told(shop / "e.json") == told(files)
    test = shop / "tests" / "test_queue.py"
    text = test.read_text(encoding="utf-8")
    test.write_text(re.sub(r"@pytest\.mark\.incident\([^\n]*AI-1[^\n]*\n", "", text, count=1), encoding="utf-8")
    failed = run("pytest", "--incident-report", "-p", "no:cacheprovider")
    assert (failed.returncode, "gate failed" in failed.stdout) == (1, True), failed.stdout
    assert "shop#2:" in failed.stdout
    assert len(server.asked) == asked, "pytest or check has asked the service"
    assert fetch(run, server).stdout == "shop: 5 post-mortems (nothing has changed), in .postmortem/shop.json\n"
    assert len(server.asked) == asked + 1
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    shown = "".join(text for one in (before, done, ran, checked, failed) for text in (one.stdout, one.stderr))
    assert [form for form in forms() if form.encode() in everything or form in shown] == []
    assert USER not in shown
    assert {one.headers["authorization"] for one in server.asked} == {f"Bearer {CANARY}"}


def test_a_changed_address_gets_no_token(tmp_path: Path, run: Run, server: Server) -> None:
    """A pull request may change the file, and not who gets the token."""
    configuration = tmp_path / "shop" / "pyproject.toml"
    with Server(answer([])) as foreign:
        text = configuration.read_text(encoding="utf-8")
        configuration.write_text(text.replace(server.origin, foreign.origin), encoding="utf-8")
        done = fetch(run, server)
        assert done.returncode == 12
        assert "the token in GITHUB_TOKEN does not go to" in done.stderr
        assert foreign.connections == 0
