"""The requests of each fetcher, and the answers it is tested with, against the vendor's own description of its API."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from pytest_postmortem.sources.snapshot import normalise_records
from tests.sources.http.loopback import Asked, Server
from tests.sources.remote.described import Description
from tests.sources.remote.example import Example, Place, body_of, examples, fetched, serving
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[3]
APIS = ROOT.parent / "shared" / "openapi"
EXAMPLES = [pytest.param(one, id=one.type) for one in examples() if (APIS / f"{one.type}.json").exists()]


@pytest.fixture(scope="module")
def prism() -> str:
    """The validating proxy, of the vendors' descriptions."""
    required = os.environ.get("POSTMORTEM_REQUIRE_PRISM")
    program = shutil.which(required or "prism")
    if program is None or not EXAMPLES:
        if required:
            pytest.fail(f"{required} or ../shared/openapi is missing")
        pytest.skip("needs prism (npm install @stoplight/prism-cli@5.14.2) and the vendors' API files in ../shared")
    return program


@contextmanager
def between(prism: str, example: Example, server: Server) -> Iterator[Place]:
    """A proxy before `server` that refuses every request that is not as described."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    command = [
        prism,
        "proxy",
        "--errors",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        APIS / f"{example.type}.json",
        server.origin,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Place(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    def is_answering() -> bool:
        assert process.poll() is None, "prism did not start"
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()
        except OSError:
            return False
        return True

    wait_until(is_answering, "prism starts")


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_vendor_would_understand_us(example: Example, prism: str) -> None:
    """Each request is valid, and everything comes through; a request that is not would be refused."""
    with serving(example.answer) as server, between(prism, example, server) as proxy:
        found = fetched(example, proxy)
        assert found.snapshot.records == normalise_records(example.records)
        number = len(server.asked)
        assert number > 1
        if example.quiet is not None:
            fetched(example, proxy, found.snapshot)
            assert len(server.asked) > number
            number = len(server.asked)
        with pytest.raises(URLError, match=r"404|422"):
            urlopen(f"{proxy.origin}/no/such/path", timeout=PATIENCE)
        assert len(server.asked) == number


@pytest.mark.parametrize("example", EXAMPLES)
def test_our_examples_are_as_the_vendor_describes(example: Example) -> None:
    """Each field of each answer is known to the vendor, and each value of its kind; another one would be seen."""
    described = Description(json.loads((APIS / f"{example.type}.json").read_text(encoding="utf-8")))
    told: list[str] = []
    broken: list[str] = []

    def watched(asked: Asked) -> bytes:
        reply = example.answer(asked)
        path, value = urlsplit(asked.target).path, body_of(reply)
        told.extend(described.problems(asked.method, path, value))
        broken.extend(described.problems(asked.method, path, 7))
        return reply

    with serving(watched) as server:
        fetched(example, server)
        assert len(broken) == len(server.asked)
    beyond = tuple(f".{name}: no such field" for name in example.beyond)
    assert [one for one in told if not one.endswith(beyond)] == []
