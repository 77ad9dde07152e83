"""A service on this machine that takes its time, `postmortem fetch` of it, and the bare requests that it needs.

`fetching.py FOLDER bare|first|again` in a process of its own: seconds and peak MiB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

PAGE, LATENCY = 100, 0.05
BODY = (
    "## Root cause\n\nThe queue had no upper bound.\n\n"
    + "What happened then is told here. " * 100
    + "\n\n- [ ] AI-1: Bound it [test required]\n"
)


@contextmanager
def service(number: int) -> Iterator[tuple[str, list[str]]]:
    """The address of GitHub's API with this many issues, a hundred a page, and the requests that came."""
    asked: list[str] = []
    pages = [
        json.dumps([_issue(one) for one in range(first, min(first + PAGE, number))]).encode()
        for first in range(0, number, PAGE)
    ]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked.append(self.path)
            time.sleep(LATENCY)
            parts = urlsplit(self.path)
            page = int(parse_qs(parts.query).get("page", ["1"])[0])
            body = b"[]" if "since=" in parts.query else pages[page - 1]
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            if page < len(pages) and "since=" not in parts.query:
                self.send_header("link", f'<{parts.path}?page={page + 1}>; rel="next"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def project(folder: Path, origin: str) -> None:
    """A configuration that names it."""
    table = {"name": "shop", "type": "github", "repository": "acme/shop", "label": "postmortem", "url": origin}
    text = "[[remote]]\n" + "".join(f"{key} = '{value}'\n" for key, value in table.items())
    folder.joinpath("postmortem.toml").write_text(text, encoding="utf-8")


def run(folder: Path, what: str) -> tuple[float, float]:
    """Seconds and peak MiB of one way to ask, in a process of its own."""
    if what == "first":
        folder.joinpath(".postmortem", "shop.json").unlink(missing_ok=True)
    program = ["-c", "import sys; from benchmarks.fetching import main; main()", str(folder), what]
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *program], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    took = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{what} ended in {done.returncode}:\n{done.stdout}{done.stderr}")
    return took, float(done.stdout.rsplit("peak ", 1)[1])


def main() -> None:
    """What `run` runs."""
    folder, what = Path(sys.argv[1]), sys.argv[2]
    if what == "bare":
        _bare(folder)
    else:
        import os
        from datetime import date

        from pytest_postmortem.command.fetch import fetch
        from pytest_postmortem.project import Project

        os.chdir(folder)
        if fetch.main([], obj=Project(folder, date(2026, 6, 15)), standalone_mode=False):
            raise SystemExit(1)
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _bare(folder: Path) -> None:
    """Every page by requests, one after the other over one connection, its JSON read and kept."""
    import tomllib

    import requests

    origin = tomllib.loads(folder.joinpath("postmortem.toml").read_text(encoding="utf-8"))["remote"][0]["url"]
    url: str | None = "/repos/acme/shop/issues"
    kept = []
    with requests.Session() as session:
        while url:
            answer = session.get(origin + url, timeout=10)
            kept += answer.json()
            url = answer.links.get("next", {}).get("url")


def _issue(number: int) -> dict[str, object]:
    return {
        "number": number, "title": f"PM-{number}: Overflow", "body": BODY, "state": "closed",
        "labels": [{"name": "postmortem"}, {"name": "sev:1"}], "created_at": "2026-02-11T09:00:00Z",
        "updated_at": "2026-02-12T09:00:00Z", "html_url": f"https://github.com/acme/shop/issues/{number}",
    }  # fmt: skip
