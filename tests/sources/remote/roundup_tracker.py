"""A script: makes a Roundup tracker with post-mortems below the folder that it is given, and serves it until it is ended.

Prints the addresses of two servers as JSON: one that lets everybody ask, and one that lets a user ask four times an hour.
Roundup is a program of its own, with warnings of its own, so that it runs in a process of its own.
"""

from __future__ import annotations

import json
import shutil
import sys
import sysconfig
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from roundup import configuration, init, instance
from roundup.cgi.wsgi_handler import RequestDispatcher
from roundup.date import Date
from roundup.password import Password

USER, PASSWORD = "jo", "a-password-of-jo"
FIELDS = "assignedto=Link('user'), occurred=Date(), due=Date(), cause=String(), postmortem=Link('issue'),"
POSTMORTEMS = (
    ("Checkout queue overflow", "2026-02-11.09:00:00", "No limit."),
    ("Slow search", "2026-03-02.23:30:00", ""),
)
ITEMS = (
    (0, "Limit the queue", "jo", "2026-03-01", "in-progress", ["test-required"]),
    (0, "Alert on depth", "payments", "2026-03-08", "resolved", []),
    (0, "Write a runbook", None, None, "unread", []),
    (1, "Add an index", "jo", "2026-04-01.12:00:00", "in-progress", ["test-required"]),
    (1, "Measure it", "payments", None, "resolved", []),
)


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, *_: Any) -> None: ...


def server() -> WSGIServer:
    return WSGIServer(("127.0.0.1", 0), Quiet)


def address(of: WSGIServer) -> str:
    return f"http://127.0.0.1:{of.server_address[1]}/"


def configure(home: Path, web: str, calls: int) -> None:
    config = configuration.CoreConfig()
    settings = {"TRACKER_WEB": web, "MAIL_DOMAIN": "example.org", "MAIL_HOST": "localhost", "RDBMS_BACKEND": "anydbm"}
    for name, value in {**settings, "WEB_API_CALLS_PER_INTERVAL": str(calls)}.items():
        config[name] = value
    config.save(str(home / "config.ini"))


def make(home: Path) -> None:
    """A classic tracker whose issues are post-mortems, and action items that name theirs."""
    init.install(str(home), str(Path(sysconfig.get_path("data"), "share", "roundup", "templates", "classic")))
    schema = home / "schema.py"
    schema.write_text(schema.read_text().replace('assignedto=Link("user"),', FIELDS))


def seed(home: Path) -> None:
    tracker = instance.open(str(home))
    tracker.init(Password("an-admin's", config=tracker.config))
    db = tracker.open("admin")
    for name in (USER, "payments"):
        db.user.create(username=name, roles="User", password=Password(PASSWORD, config=tracker.config))
    keywords = {name: db.keyword.create(name=name) for name in ("postmortem", "action-item", "test-required")}
    made = [
        db.issue.create(title=title, occurred=Date(day), cause=cause, keyword=[keywords["postmortem"]])
        for title, day, cause in POSTMORTEMS
    ]
    for place, title, owner, due, status, labels in ITEMS:
        db.issue.create(
            title=title,
            postmortem=made[place],
            assignedto=db.user.lookup(owner) if owner else None,
            due=Date(due) if due else None,
            status=db.status.lookup(status),
            keyword=[keywords["action-item"], *(keywords[label] for label in labels)],
        )
    db.commit()
    db.close()


def main(folder: Path) -> None:
    free, limited = server(), server()
    home, twin = folder / "free", folder / "limited"
    make(home)
    configure(home, address(free), 0)
    seed(home)
    shutil.copytree(home, twin)
    configure(twin, address(limited), 4)
    for one, where in ((free, home), (limited, twin)):
        one.set_app(RequestDispatcher(str(where)))
        Thread(target=one.serve_forever).start()
    print(json.dumps([address(free), address(limited)]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
