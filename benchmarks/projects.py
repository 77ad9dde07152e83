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


def documents(folder: Path, number: int) -> None:
    """That many post-mortems PM-1, PM-2, ... in the default folder."""
    place = folder / "docs" / "postmortems"
    place.mkdir(parents=True, exist_ok=True)
    for one in range(1, number + 1):
        place.joinpath(f"PM-{one}-overflow.md").write_text(document(one), encoding="utf-8")


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
