"""The report as Markdown: for a step summary, a comment, a wiki."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_postmortem.judging.gate import Decision
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.model.state import Verdict
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.escaping import for_markdown
from pytest_postmortem.reporting.headlines import overdue_headline, unwritten_headline, verdict_line
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.links import Places, find_places
from pytest_postmortem.reporting.outputs import is_ours

__all__ = ["MOST_BYTES", "Markdown"]

MOST_BYTES = 900 * 1024
"""GitHub drops a step summary of over 1 MiB whole."""

_NOTICE = "\n\n*Cut here: the whole report is longer than a summary may be. It is in the evidence and in the page.*\n"
_SIGNS = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.NOT_JUDGED: "⚠️"}


class Markdown:
    """Markdown as GitHub and GitLab show it, at most MOST_BYTES long."""

    suffix = ".md"
    help = "a summary"

    def owns(self, head: bytes) -> bool:
        """Return whether a file was written by this format."""
        return is_ours(self.suffix, head)

    def render(self, finished: Finished) -> str:
        """Return the summary of a finished run."""
        parts: list[str] = []
        size = len(_NOTICE.encode()) + 20
        for part in _render_parts(finished):
            size += len(part.encode("utf-8", "backslashreplace")) + 1
            if size > MOST_BYTES:
                text = "\n".join(parts)
                open_ones = text.count("<details>") - text.count("</details>")
                return text + "\n\n</details>" * open_ones + _NOTICE
            parts.append(part)
        return "\n".join(parts) + "\n"


def _render_parts(finished: Finished) -> Iterator[str]:
    report, decision, places = finished.report, finished.decision, find_places(finished)
    yield f"## {_SIGNS[decision.verdict]} Incidents\n"
    yield f"{for_markdown(verdict_line(report, decision).text.removeprefix('incidents: '))}\n"
    yield from _render_violations(decision, places)
    yield from _render_reasons(report, decision)
    yield from _render_unjudged(report, places)
    yield from _render_postmortems(report, places)
    yield from _render_overdue(report, places)
    yield from _render_unwritten(report, places)
    yield from _render_remarks(report)


def _render_link(places: Places, origin: str, line: int, text: str) -> str:
    """Return `text` as a link to a document, where there is one."""
    url = places.document(origin, line)
    return f"[{for_markdown(text)}](<{url}>)" if url else for_markdown(text)


def _render_violations(decision: Decision, places: Places) -> Iterator[str]:
    if not decision.violations:
        return
    yield f"### {format_count(len(decision.violations), 'violation')}\n"
    yield "| where | what | what to do |\n|---|---|---|"
    for one in decision.violations:
        where = _render_link(places, one.origin, one.line, f"{one.postmortem}/{one.item}".rstrip("/"))
        yield f"| {where} | {for_markdown(one.text)} | <code>{for_markdown(one.hint, code=True)}</code> |"
    yield ""


def _render_reasons(report: Report, decision: Decision) -> Iterator[str]:
    reasons = dict.fromkeys((*decision.reasons, *report.completeness.reasons))
    if reasons:
        yield "### What could not be told\n"
        yield from (f"- {for_markdown(reason)}" for reason in reasons)
        yield ""


def _render_unjudged(report: Report, places: Places) -> Iterator[str]:
    """Yield whatever asks for a test and is not judged, with its reason."""
    rows = [(one.postmortem, item.item, why) for one in report.postmortems for item, why in one.unjudged]
    if not rows:
        return
    yield f"### {format_count(len(rows), 'required item')} not judged\n"
    yield "| where | what | why |\n|---|---|---|"
    for postmortem, item, why in rows:
        where = _render_link(places, postmortem.origin, item.line, f"{postmortem.id}/{item.id}".rstrip("/"))
        yield f"| {where} | {for_markdown(item.text)} | {for_markdown(why)} |"
    yield ""


def _render_postmortems(report: Report, places: Places) -> Iterator[str]:
    if not report.postmortems:
        return
    yield f"<details><summary>{format_count(len(report.postmortems), 'post-mortem')}</summary>\n"
    yield "| post-mortem | title | severity | date | state | action items |\n|---|---|---|---|---|---|"
    for verdict in report.postmortems:
        one = verdict.postmortem
        day = one.date.isoformat() if one.date else ""
        where = _render_link(places, one.origin, one.line, one.id)
        cells = (one.title, one.severity or "", day, verdict.state.value)
        yield f"| {where} | {' | '.join(for_markdown(cell) for cell in cells)} | {_format_items(verdict)} |"
    yield "\n</details>\n"


def _format_items(verdict: PostmortemVerdict) -> str:
    return "<br>".join(
        for_markdown(f"{one.item.id or one.item.text}: {one.state.value}{f', {one.proof.told}' if one.proof else ''}")
        for one in verdict.judged
        if one.is_told
    )


def _render_overdue(report: Report, places: Places) -> Iterator[str]:
    if not report.overdue:
        return
    yield f"<details><summary>Past their due date: {overdue_headline(report)}</summary>\n"
    yield "| owner | item | due | days late | post-mortem |\n|---|---|---|---|---|"
    for one in report.overdue:
        where = _render_link(places, one.origin, one.line, one.postmortem)
        item = for_markdown(f"{one.item.id}: {one.item.text}")
        yield f"| {for_markdown(one.owner or '')} | {item} | {one.item.due_date} | {one.days} | {where} |"
    yield "\n</details>\n"


def _render_unwritten(report: Report, places: Places) -> Iterator[str]:
    if not report.unwritten.incidents:
        return
    yield f"<details><summary>Without a post-mortem: {unwritten_headline(report)}</summary>\n"
    yield "| incident | title | severity | date |\n|---|---|---|---|"
    for one in report.unwritten.incidents:
        cells = (one.title or "", one.severity or "", one.date.isoformat() if one.date else "")
        where = _render_link(places, one.origin, one.line, one.id)
        yield f"| {where} | {' | '.join(map(for_markdown, cells))} |"
    yield "\n</details>\n"


def _render_remarks(report: Report) -> Iterator[str]:
    for title, lines in (
        ("hint", [f"{hint.origin}:{hint.line}: {hint.text}" for hint in report.hints]),
        ("skipped file", [f"{skipped.origin}: {skipped.reason}" for skipped in report.skipped]),
        ("note", list(report.notes)),
    ):
        if lines:
            yield f"<details><summary>{format_count(len(lines), title)}</summary>\n"
            yield from (f"- {for_markdown(line)}" for line in lines)
            yield "\n</details>\n"
