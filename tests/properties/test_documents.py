"""A written requirement is judged or complained about, whatever is done to its document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_postmortem.model.postmortem import ItemStatus, Need, Postmortem
from tests.properties.changes import CHANGES
from tests.reading.texts import read

TABLE = (
    "| ID | Action | Test |\n|----|--------|------|\n| AI-1 | Reject orders | {0} |\n| AI-2 | Count orders | {0} |\n"
)
FORMS = {
    **{
        f"a cell {cell}": TABLE.format(cell)
        for cell in ("required", "yes", "✓", "tests/test_q.py::test_a", ":white_check_mark:")
    },
    "a full table": (
        "| ID | Action | Owner | Due | Test required |\n|---|---|---|---|---|\n"
        "| AI-1 | Reject orders | pay | 2026-12-30 | required |\n| AI-2 | Count orders | pay | soon | required |\n"
    ),
    **{
        f"a list with {flag}": f"- AI-1: Reject orders {flag}\n- AI-2: Count orders {flag}\n"
        for flag in ("[test required]", "(test required)", "**[test required]**", "[test: tests/test_q.py::test_a]")
    },
    "a checklist": "- [ ] AI-1: Reject orders [test required]\n- [x] AI-2: Count orders [test required]\n",
    "a numbered list": "1. Reject orders [test required]\n2. Count orders [test required]\n",
    "a nested list": "- Queue:\n  - AI-1: Reject orders [test required]\n  - AI-2: Count orders [test required]\n",
    "fields": "- AI-1: Reject orders\n  - Owner: pay\n  - Test: required\n- AI-2: Count orders\n  - Test: required\n",
    "headings": "### AI-1: Reject orders\n\n- Owner: pay\n- Test: required\n\n### AI-2: Count orders\n\n- Test: required\n",
    "long items": (
        "- AI-1: Reject orders as soon as the queue is deeper than ten thousand of them [test required]\n"
        "- AI-2: Count orders that the queue has taken, and those that it has not [test required]\n"
    ),
}
"""Two action items that require a test, in each form."""
HEADINGS = ("Action items", "Follow-up actions", "アクションアイテム", "Next steps", "Maßnahmen")
BODIES = {
    **{form: f"# Queue overflow (Überlast)\n\n## {{heading}}\n\n{items}" for form, items in FORMS.items()},
    "front matter": (
        "---\nid: PM-1\naction_items:\n  - id: AI-1\n    action: Reject orders\n    test: required\n"
        "  - {id: AI-2, action: Count orders, test: required}\n---\n# Queue overflow (Überlast)\n\n## {heading}\n\nAs above.\n"
    ),
    "texts in front matter": (
        "---\nactionItems:\n  - 'AI-1: Reject orders [test required]'\n  - 'AI-2: Count orders [test required]'\n"
        "---\n# Queue overflow (Überlast)\n\n## {heading}\n\nAs above.\n"
    ),
}


NEEDS_REQUIRED = {"head removed"}
"""Changes after which a cell asks for a test only if it says `required`: a "yes" without its head answers nothing."""


CONVERTS = ("HTML table", "grid table")
LINE_ENDS = ("CRLF", "CR")


def change_all(text: str, changes: Iterable[str]) -> str:
    """The text after all of these changes; one conversion, and one change of the line ends, comes last."""
    names = list(changes)
    if "an unclosed comment before" in names:  # the end of a later comment would close it, too
        names = [name for name in names if "comments" not in name and "a comment" not in name]
    last = [one for kind in (("rewrapped",), CONVERTS, LINE_ENDS) for one in [*filter(kind.__contains__, names)][:1]]
    for change in (*(name for name in names if name not in (*last, *CONVERTS, *LINE_ENDS)), *last):
        if change not in NEEDS_REQUIRED or "| required |" in text or "|" not in text:
            text = CHANGES[change](text)
    return text


def count_asking(postmortem: Postmortem) -> int:
    return sum(
        item.test.need is Need.REQUIRED and item.status is not ItemStatus.DROPPED for item in postmortem.action_items
    )


def is_kept(text: str, *, configured: bool = False) -> bool:
    """Whether both requirements of a text are judged, or complained about."""
    postmortem = read(text, configured=configured)
    return count_asking(postmortem) >= 2 or bool(postmortem.faults)


@pytest.mark.parametrize("form", BODIES)
@pytest.mark.parametrize("heading", HEADINGS)
def test_each_form_is_judged_as_it_is(form: str, heading: str) -> None:
    """Two items that ask, and nothing to complain about."""
    postmortem = read(BODIES[form].replace("{heading}", heading))
    assert (count_asking(postmortem), postmortem.faults) == (2, ())


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_loses_a_requirement(change: str) -> None:
    """Each change to each form, in a default folder and in a configured source."""
    for form, body in BODIES.items():
        text = change_all(body.replace("{heading}", HEADINGS[0]), [change])
        for configured in (True, False):
            assert is_kept(text, configured=configured), (form, text)


def test_the_changes_change_something() -> None:
    """Each one at least one of the forms; and most documents are judged, not complained about."""
    fates: Counter[str] = Counter()
    for name, change in CHANGES.items():
        texts = [body.replace("{heading}", HEADINGS[0]) for body in BODIES.values()]
        changed = [after for text in texts if (after := change(text)) != text]
        assert changed, name
        for text in changed:
            postmortem = read(text)
            fates["complained about" if postmortem.faults else "judged"] += 1
    assert len(CHANGES) >= 60
    assert fates["judged"] > 2 * fates["complained about"]


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(BODIES)),
    st.sampled_from(HEADINGS),
    st.lists(st.sampled_from(sorted(CHANGES)), min_size=2, max_size=4, unique=True),
    st.booleans(),
)
def test_no_changes_together_lose_a_requirement(form: str, heading: str, changes: list[str], configured: bool) -> None:
    """Two to four of them, one after the other."""
    text = change_all(BODIES[form].replace("{heading}", heading), changes)
    assert is_kept(text, configured=configured), text
