"""Self-contained HTML report: makes no external requests, and runs and shows only what it contains."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from statistics import median
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import ItemVerdict, TestVerdict
from pytest_postmortem.model.history import Guarding
from pytest_postmortem.model.order import WORST_FIRST, date_sort_key, natural_sort_key, severity_sort_key
from pytest_postmortem.model.state import Outcome, PostmortemState, State, Verdict
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.chart import make_chart
from pytest_postmortem.reporting.escaping import for_html
from pytest_postmortem.reporting.headlines import overdue_headline, unwritten_headline, verdict_line
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.links import clean_web_address, find_places
from pytest_postmortem.reporting.outputs import is_ours

__all__ = ["Html", "make_visible"]

SOON = 30
"""Days before its end from which a waiver or a grace is among what needs attention."""

_FEW = 6
_MOST_LINKED = 5_000
"""Up to this many tests are linked each by its line; of more only the files are, so that the page stays small."""

_GOOD, _BAD, _DOUBTFUL, _PLAIN = "good", "bad", "doubtful", "plain"
_KINDS: Mapping[object, str] = {
    **dict.fromkeys((*State, *Outcome), _PLAIN),
    **dict.fromkeys((State.GUARDED, PostmortemState.GUARDED, Outcome.PASSED, Outcome.FLAKY, Verdict.PASS), _GOOD),
    **dict.fromkeys((State.FAILING, State.DISABLED, State.MISSING, State.WAIVER_EXPIRED), _BAD),
    **dict.fromkeys((PostmortemState.FAILING, Outcome.FAILED, Outcome.ERROR, Outcome.CRASHED, Verdict.FAIL), _BAD),
    **dict.fromkeys((State.SKIPPED_HERE, State.NOT_RUN, State.WAIVED, State.UNKNOWN), _DOUBTFUL),
    **dict.fromkeys((PostmortemState.PARTLY_GUARDED, PostmortemState.PARTLY_LINKED), _DOUBTFUL),
    **dict.fromkeys((PostmortemState.LINKED, Verdict.NOT_JUDGED), _DOUBTFUL),
    **dict.fromkeys((Outcome.SKIPPED, Outcome.XFAILED, Outcome.XPASSED), _DOUBTFUL),
    PostmortemState.UNGUARDED: _PLAIN,
}
_Value = TypeVar("_Value")

_CODE, _STRONG = re.compile(r"`([^`]+)`"), re.compile(r"\*\*([^*<>]+)\*\*")


class Html:
    """One self-contained page, described by docs/page.md."""

    suffix = ".html"
    help = "a page"

    def owns(self, head: bytes) -> bool:
        """Return whether a file was written by this format."""
        return is_ours(self.suffix, head)

    def render(self, finished: Finished) -> str:
        """Return the page of a finished run."""
        report, decision, history = finished.report, finished.decision, finished.history
        guards = {guard.postmortem: guard for guard in history.guards} if history else {}
        verdicts = sorted(report.postmortems, key=_date_sort_key)
        style, script = _load_part("page.css"), _load_part("page.js")
        return _load_template().render(
            **_summarize_guards(guards),
            **_list_items(report),
            report=report,
            decision=decision,
            meta=finished.meta,
            finished=finished,
            history=history,
            verdicts=verdicts,
            guards=guards,
            chart=make_chart(report, history),
            choices=_Choices(verdicts, guards),
            link_each=report.counts.tests <= _MOST_LINKED,
            anchors=_make_anchors(one.postmortem.id for one in verdicts),
            places=find_places(finished),
            project=_find_project(finished.link),
            headline=verdict_line(report, decision).text,
            style=style,
            script=script,
            policy=_make_policy(style, script),
        )


def _summarize_guards(guards: Mapping[str, Guarding]) -> dict[str, Any]:
    """Return what the page shows of the history: the days to the first guards, and what has lost its last one."""
    days = sorted(guard.days for guard in guards.values() if guard.days is not None)
    return {
        "days": days,
        "median_days": f"{median(days):g}" if days else None,
        "lost": [guard for guard in guards.values() if guard.removals and not guard.markers],
    }


def _list_items(report: Report) -> dict[str, Any]:
    """Return the lists of action items that the page shows, and the texts of those in the gate."""
    shown = _list_shown(report)
    return {
        "unknown": [(one, item) for one, item in shown if item.state is State.UNKNOWN],
        "unjudged": [(one, item, why) for one in report.postmortems for item, why in one.unjudged],
        "soon": sorted(_list_ending_soon(report, shown), key=lambda row: row[2]),
        "speaking": sum(item.item.only_speaks_of_tests for one in report.postmortems for item in one.items),
        "texts": {(one.postmortem.id, item.item.id): item.item.text for one, item in shown},
    }


def _list_shown(report: Report) -> list[tuple[PostmortemVerdict, ItemVerdict]]:
    return [(one, item) for one in report.postmortems if one.in_gate for item in one.items]


def make_visible(value: Any) -> Any:
    r"""Return text with control, line-separating and bidirectional characters written as `\x1b` or `\u202e`.

    Anything that is no plain string comes back as it is, markup of the template too.
    """
    return for_html(value) if type(value) is str else value


def _render_inline(text: str) -> str:
    """Return HTML of `text`, in which Markdown's marks for code and strong words have become elements, and nothing
    else."""
    shown = html.escape(make_visible(text))
    for mark, element in ((_CODE, "code"), (_STRONG, "b")):
        shown = mark.sub(rf"<{element}>\1</{element}>", shown)
    return shown


class _Choices:
    """What can be chosen in the filters, and what each post-mortem is among it: values are places in the lists."""

    def __init__(self, verdicts: Sequence[PostmortemVerdict], guards: Mapping[str, Guarding]) -> None:
        postmortems = [one.postmortem for one in verdicts]
        self.severities = _sort_distinct((one.severity for one in postmortems), severity_sort_key)
        self.services = sorted({name for one in postmortems for name in one.services}, key=natural_sort_key)
        self.teams = _sort_distinct((one.team for one in postmortems), natural_sort_key)
        self.states = _select_present(WORST_FIRST, (one.state for one in verdicts))
        self.item_states = _select_present(State, (item.state for one in verdicts for item in one.items))
        self._severity = _index(self.severities)
        self._service = _index(self.services)
        self._team = _index(self.teams)
        self._rank = _index(sorted((one.id for one in postmortems), key=natural_sort_key))
        self._days = {name: guard.days for name, guard in guards.items()}

    def data(self, one: PostmortemVerdict) -> dict[str, str | int]:
        """Return the data attributes of one post-mortem."""
        postmortem = one.postmortem
        days = self._days.get(postmortem.id)
        return {
            "state": one.state.value,
            "items": ",".join(sorted({item.state.value for item in one.items})),
            "severity": self._severity[postmortem.severity] if postmortem.severity else "",
            "services": " ".join(str(self._service[name]) for name in dict.fromkeys(postmortem.services)),
            "team": self._team[postmortem.team] if postmortem.team else "",
            "date": postmortem.date.isoformat() if postmortem.date else "",
            "days": "" if days is None else days,
            "rank": self._rank[postmortem.id],
        }


def _sort_distinct(names: Iterable[str | None], key: Callable[[str], Any]) -> list[str]:
    """Return each of `names` once, sorted; without empty ones."""
    return sorted({name for name in names if name}, key=key)


def _select_present(values: Iterable[_Value], present: Iterable[_Value]) -> list[_Value]:
    """Return those of `values` that are `present`, in their order."""
    known = set(present)
    return [value for value in values if value in known]


def _index(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _date_sort_key(one: PostmortemVerdict) -> tuple[int, Any]:
    return date_sort_key(one.postmortem.date), natural_sort_key(one.postmortem.id)


def _list_ending_soon(
    report: Report, items: Iterable[tuple[PostmortemVerdict, ItemVerdict]]
) -> list[tuple[PostmortemVerdict, ItemVerdict, int]]:
    """Waived items, and items in their grace, whose excuse ends within `SOON` days, with the days left."""
    found = []
    for one, item in items:
        waiver = item.item.test.waiver
        end = item.item.due_date if item.grace else waiver.until if waiver and item.state is State.WAIVED else None
        if end is not None and (end - report.today).days <= SOON:
            found.append((one, item, (end - report.today).days))
    return found


def _group_by_file(tests: Iterable[TestVerdict]) -> list[tuple[str, list[tuple[str, TestVerdict]]]]:
    """Return tests under their file, broken ones first; one that is alone in its file has its node id for a name."""
    files: dict[str, list[TestVerdict]] = {}
    for test in sorted(tests, key=lambda one: not one.result.outcome.broke):
        files.setdefault(test.test.path, []).append(test)
    found = []
    for path, ones in files.items():
        if len(ones) == 1:
            found.append(("", [(ones[0].test.node_id, ones[0])]))
        else:
            found.append((path, [(one.test.node_id.removeprefix(path + "::"), one) for one in ones]))
    return found


def _list_uncovering_tests(one: PostmortemVerdict) -> list[TestVerdict]:
    """Return the tests that guard the post-mortem and none of its action items."""
    covered = {test.test.node_id for item in one.items for test in item.tests}
    return [test for test in one.tests if test.test.node_id not in covered]


def _make_anchors(ids: Iterable[str]) -> dict[str, str]:
    """Return a fragment for each id, the same in every report unless two ids differ in punctuation alone."""
    anchors: dict[str, str] = {}
    taken: set[str] = set()
    for name in ids:
        plain = anchor = "pm-" + re.sub(r"[^A-Za-z0-9.-]+", "_", name)
        number = 1
        while anchor in taken:
            number += 1
            anchor = f"{plain}_{number}"
        taken.add(anchor)
        anchors[name] = anchor
    return anchors


def _find_project(link: str) -> str:
    """Return `owner/name` out of a link pattern such as `https://github.com/owner/name/blob/{commit}/{path}`, or ""."""
    path = urlsplit(clean_web_address(link.partition("{")[0])).path
    owner, found, _ = path.replace("/-/", "/").partition("/blob/")
    return owner.strip("/") if found else ""


def _make_policy(style: str, script: str) -> str:
    """Return the content security policy that allows this style and this script, and nothing else."""
    parts = (f"{kind}-src 'sha256-{_hash(text)}'" for kind, text in (("style", style), ("script", script)))
    return f"default-src 'none'; {'; '.join(parts)}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _load_part(name: str) -> str:
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _load_template() -> Template:
    """Return every value that it prints goes through `visible` and is escaped then; a name that is not there raises."""
    environment = Environment(
        autoescape=True,
        finalize=make_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_load_part),
    )
    environment.globals.update(
        by_file=_group_by_file,
        besides=_list_uncovering_tests,
        format_count=format_count,
        overdue_headline=overdue_headline,
        unwritten_headline=unwritten_headline,
        web_address=clean_web_address,
        inline=_render_inline,
        SOON=SOON,
        FEW=_FEW,
        states=WORST_FIRST,
        kind_of=_KINDS.__getitem__,
        guarded=PostmortemState.GUARDED,
    )
    return environment.get_template("page.html")
