"""Projects of a given size, written to a folder."""

from __future__ import annotations

from pathlib import Path

FILLER = "The worker took the next order, tried it again at once, and the queue grew by the number of retries. "


def document(number: int, size: int = 4096) -> str:
    """A post-mortem of about `size` bytes with front matter, headings, a timeline, five whys and an action table."""
    text = (
        f"---\nid: PM-{number}\ntitle: Overflow number {number}\ndate: 2026-02-{number % 28 + 1:02d}\nseverity: SEV2\n"
        f"status: final\nservices: [checkout, payments]\nincidents: [INC-{number}]\n---\n# Overflow number {number}\n\n"
        "## Summary\n\nOrders were **lost** for `12` minutes.\n\n## Root cause\n\nThe queue had no upper bound.\n\n"
        "### Five whys\n\n1. Why? Memory.\n2. Why? The queue.\n3. Why? No bound.\n\n## Action items\n\n"
        "| ID | Action | Scope | Owner | Due | Status | Test |\n|----|--------|-------|-------|-----|--------|------|\n"
        "| AI-1 | Reject orders when the queue is deep | specific | payments | 2026-03-01 | done | required |\n"
        "| AI-2 | Alert on queue depth | specific | platform | 2026-03-08 | done | no |\n\n## Timeline\n\n"
    )
    rows = []
    length = len(text)
    minute = 0
    while length < size:
        row = f"- 12:{minute % 60:02d} {FILLER}\n"
        rows.append(row)
        length += len(row)
        minute += 1
    return text + "".join(rows)


LANGUAGES = (
    ("Summary", "Impact", "Root cause", "Action items", "Timeline", "Lessons learned", "open", "done"),
    ("Zusammenfassung", "Auswirkungen", "Ursache", "Maßnahmen", "Zeitleiste", "Erkenntnisse", "offen", "erledigt"),
    ("Résumé", "Impact", "Cause racine", "Actions correctives", "Chronologie", "Leçons", "ouvert", "terminé"),
    ("Resumen", "Impacto", "Causa raíz", "Acciones", "Cronología", "Lecciones aprendidas", "abierto", "hecho"),
    ("概要", "影響", "根本原因", "アクションアイテム", "タイムライン", "教訓", "未着手", "完了"),
)
"""Headings and two status words, as documents in five languages use them."""


def nested_document(number: int) -> str:
    """A post-mortem of about 4 KB: nested action items in front matter, a timeline, code, a table of three items."""
    summary, impact, cause, actions, timeline, lessons, to_do, done = LANGUAGES[number % len(LANGUAGES)]
    day = f"2026-02-{number % 28 + 1:02d}"
    front = [
        "---",
        f"id: PM-{number}",
        f'title: "Checkout answered 503: pool number {number} was empty"',
        f"date: {day}",
        f"detected: {day}T09:14:00Z",
        f"resolved: {day}T10:02:00Z",
        "severity: SEV2",
        "status: final",
        "services: [checkout, payments]",
        "tags:\n  - database\n  - capacity\n  - deployment",
        "authors:\n  - name: Checkout team\n    role: owner\n  - name: Platform team\n    role: reviewer",
        f"incidents:\n  - INC-{number}",
        "action_items:",
    ]
    for item in range(3):
        front += [
            f"  - id: AI-{item + 1}",
            f"    title: Bound the pool of connection kind {item + 1} and refuse what comes above it",
            "    scope: specific",
            "    owner: checkout",
            f"    due: 2026-03-{item + 10}",
            f"    status: {done if item else to_do}",
            f"    ticket: https://tickets.example.com/browse/OPS-{number + item}",
            f"    test: {'required' if item == 0 else 'no'}",
            f"    notes: Agreed in the review on {day}; the limit is one value of the configuration",
        ]
    rows = "".join(
        f"| AI-{item + 4} | Alert when {10 * item + 70} % of the `pool` is used | @platform "
        f"| 2026-04-{item + 10} | {to_do} | [OPS-{number + item + 9}](https://tickets.example.com/OPS-{item}) |\n"
        for item in range(3)
    )
    times = "".join(
        f"| 09:{minute:02d} | {'**Detected**: ' if minute == 14 else ''}The deployment to zone {minute} waited for a "
        "free connection |\n"
        for minute in range(10, 22)
    )
    code = (
        "```python\nwith pool.acquire(timeout=2) as connection:\n    connection.run('select 1')  # - [ ] retry\n```\n"
    )
    return (
        "\n".join(front)
        + f"\n---\n\n# Checkout answered 503: pool number {number} was empty\n\n## {summary}\n\n"
        + f"Customers of zone {number % 7} saw **errors** for `48` minutes. {FILLER}\n\n## {impact}\n\n"
        + "- 1,204 orders were refused\n- 3 partners called\n  - one of them twice\n\n"
        + f"## {cause}\n\nEach retry took a connection of its own, see below.\n\n{code}\n{FILLER * 6}\n\n"
        + f"## {timeline}\n\n| Time | Event |\n|---|---|\n{times}\n"
        + f"## {actions}\n\n| ID | Action | Owner | Due | Status | Ticket |\n|---|---|---|---|---|---|\n{rows}\n"
        + f"## {lessons}\n\n1. {FILLER}\n2. A pool without a bound is a queue nobody sees.\n"
    )


def documents(folder: Path, number: int, *, nested: bool = False) -> None:
    """That many post-mortems PM-1, PM-2, ... in the default folder."""
    place = folder / "docs" / "postmortems"
    place.mkdir(parents=True, exist_ok=True)
    make = nested_document if nested else document
    for one in range(1, number + 1):
        place.joinpath(f"PM-{one}-overflow.md").write_text(make(one), encoding="utf-8")


def demanding_documents(folder: Path, number: int, files: int, *, required: bool) -> None:
    """That many post-mortems with three items, two of which name a test that its file does not hold, if `required`."""
    place = folder / "docs" / "postmortems"
    place.mkdir(parents=True)
    for one in range(number):
        gone = f"test_{one % files}.py::test_{one // files}"
        tests = (f"{gone}_is_refused", f"{gone}_is_retried", "required") if required else ("no", "no", "no")
        rows = "".join(
            f"| AI-{item} | Bound queue {item} of zone {one} | {test} |\n" for item, test in enumerate(tests)
        )
        place.joinpath(f"PM-{one + 1}.md").write_text(
            f"---\nid: PM-{one + 1}\ntitle: Overflow number {one + 1}\ndate: 2026-02-01\n---\n\n## Action items\n\n"
            f"| ID | Action | Test |\n|---|---|---|\n{rows}",
            encoding="utf-8",
        )


def items(folder: Path, project: Path) -> None:
    """The documents of `project` again, as a repository of doorstop with Markdown items."""
    place = folder / "docs"
    place.mkdir(parents=True)
    folder.joinpath(".git").mkdir()  # doorstop looks for the root of a repository
    place.joinpath(".doorstop.yml").write_text(
        "settings:\n  digits: 4\n  itemformat: markdown\n  prefix: PM\n  sep: ''\n", encoding="utf-8"
    )
    for number, path in enumerate(sorted(project.joinpath("docs", "postmortems").iterdir()), start=1):
        body = path.read_text(encoding="utf-8").split("---\n", 2)[2]
        front = (
            f"active: true\nderived: false\nlevel: 1.{number}\nlinks: []\nnormative: true\nref: ''\nreviewed: null\n"
        )
        place.joinpath(f"PM{number:04d}.md").write_text(f"---\n{front}---\n\n{body}", encoding="utf-8")


def tests(folder: Path, number: int, linked: int, incidents: int) -> None:
    """That many trivial tests, 500 a file, of which `linked` guard PM-1 to PM-`incidents` in turn."""
    step = number // linked if linked else 0
    folder.joinpath("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    for file in range((number + 499) // 500):
        lines = ["import pytest\n"]
        for test in range(file * 500, min(number, file * 500 + 500)):
            if step and test % step == 0:
                lines.append(f'@pytest.mark.incident("PM-{test // step % incidents + 1}")\n')
            lines.append(f"def test_{test}(): pass\n")
        folder.joinpath(f"test_{file}.py").write_text("".join(lines), encoding="utf-8")
