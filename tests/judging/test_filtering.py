"""Which post-mortems a choice takes, what it says of values that none has, and the orders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pytest_postmortem.judging.filtering import Filter, sort_verdicts
from pytest_postmortem.judging.report import PostmortemVerdict
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.state import Outcome, PostmortemState
from tests.builders import item, postmortem, report, run, test


def verdict(*items: Any, name: str = "PM-1", **fields: Any) -> PostmortemVerdict:
    """One that no test guards."""
    return report([postmortem(name, *items, **fields)]).postmortems[0]


def of_state(state: PostmortemState, name: str = "PM-1") -> PostmortemVerdict:
    return PostmortemVerdict(postmortem(name), state, (), ())


def names(verdicts: Any) -> list[str]:
    return [one.postmortem.id for one in verdicts]


def test_an_empty_choice_takes_everything() -> None:
    """Whatever its state, and without a severity, a service or a date."""
    assert all(Filter().matches(of_state(state)) for state in PostmortemState)
    assert all(of_state(state).in_gate for state in PostmortemState)
    assert Filter().matches(verdict(severity=None, services=(), date=None))


@pytest.mark.parametrize("state", PostmortemState)
def test_unguarded_is_what_is_to_be_seen_to(state: PostmortemState) -> None:
    """Everything but guarded and linked."""
    fine = state in (PostmortemState.GUARDED, PostmortemState.LINKED)
    assert Filter(unguarded=True).matches(of_state(state)) is not fine


def test_overdue_takes_the_document_of_an_overdue_item() -> None:
    """Told apart by origin: two documents may have one id in two sources."""
    late = report([postmortem("PM-1", item(due_date=date(2026, 6, 1)))])
    assert Filter(overdue=True).matches(late.postmortems[0], late.overdue)
    assert not Filter(overdue=True).matches(verdict(origin="other/PM-1.md"), late.overdue)
    assert not Filter(overdue=True).matches(late.postmortems[0])


def test_waived_takes_each_with_a_waiver() -> None:
    """In force, or past its date; one beside another item is enough."""
    assert Filter(waived=True).matches(verdict(item("AI-1"), item("AI-2", "2026-12-31")))
    assert Filter(waived=True).matches(verdict(item("AI-1", "2026-01-31")))
    assert not Filter(waived=True).matches(verdict(item("AI-1"), item("AI-2", "no")))
    unknown = report([postmortem("PM-1", item())], run(lost="no worker spoke")).postmortems[0]
    assert not Filter(waived=True).matches(unknown)


OWNERS = [
    ("Ann", True),
    ("@bob", True),
    ("carol", True),
    ("ann, @Bob & carol", True),
    ("payments", True),
    ("an", False),
]


@pytest.mark.parametrize(("asked", "taken"), OWNERS)
def test_an_owner_is_that_of_an_item_or_the_team(asked: str, taken: bool) -> None:
    """Each of several; without case and @."""
    one = verdict(item(owner="ann, @Bob & carol"), item("AI-2"), team="Payments")
    assert Filter(owner=asked).matches(one) is taken


def test_the_empty_name_is_no_owner() -> None:
    """`@` alone says as little."""
    assert not Filter(owner="@").matches(verdict(item(owner="ann,")))


def test_overdue_items_are_those_of_the_owner() -> None:
    """All of them where none is asked for; one without an owner is nobody's."""
    late = date(2026, 6, 1)
    made = report([postmortem("PM-1", item(owner="ann", due_date=late), item("AI-2", due_date=late))])
    assert [one.item.id for one in Filter().select_owned(made.overdue)] == ["AI-1", "AI-2"]
    assert [one.item.id for one in Filter(owner="Ann").select_owned(made.overdue)] == ["AI-1"]


@pytest.mark.parametrize(
    ("choice", "fields", "taken"),
    [
        (Filter(severity="sev-1"), {"severity": "SEV1"}, True),
        (Filter(severity="sev-1"), {"severity": "SEV2"}, False),
        (Filter(severity="sev-1"), {"severity": None}, False),
        (Filter(service="Checkout"), {"services": ("search", "checkout")}, True),
        (Filter(service="Checkout"), {"services": ("search",)}, False),
        (Filter(service="Checkout"), {}, False),
        (Filter(since=date(2026, 2, 11)), {}, True),
        (Filter(since=date(2026, 2, 12)), {}, False),
        (Filter(since=date(2026, 2, 12)), {"date": None}, True),
        (Filter(severity="SEV1", service="search"), {"severity": "SEV1", "services": ("checkout",)}, False),
    ],
)
def test_severity_service_and_date(choice: Filter, fields: dict[str, Any], taken: bool) -> None:
    """Without case; of a severity only letters and digits count; all of what is asked for has to hold."""
    assert choice.matches(verdict(**fields)) is taken


def told(choice: Filter, *postmortems: Postmortem) -> list[str]:
    return choice.find_unknown(report(postmortems).postmortems)


def test_a_value_that_none_has_is_told_with_the_nearest() -> None:
    """Each kind by its own rule of what is the same."""
    documents = (
        postmortem("PM-1", item(owner="ann"), severity="SEV1", services=("checkout",)),
        postmortem("PM-2", severity="SEV2", services=("search",), team="Payments"),
    )
    right = Filter(severity="sev-1", service="CHECKOUT", owner="@ann")
    assert told(right, *documents) == []
    assert told(Filter(owner="payments"), *documents) == []
    assert told(Filter(severity="SEV3", service="chekcout", owner="anne"), *documents) == [
        'no severity is "SEV3"; did you mean SEV2 or SEV1?',
        'no service is "chekcout"; did you mean checkout?',
        'no owner is "anne"; did you mean ann?',
    ]
    assert told(Filter(service="SEV1"), *documents) == ['no service is "SEV1"; there are "checkout", "search"']
    assert told(Filter(severity="checkout"), *documents) == ['no severity is "checkout"; there are "SEV1", "SEV2"']


def test_the_nearest_are_told_in_one_order() -> None:
    """Whatever that of the documents is: those that differ in case alone by name, each once."""
    spellings = ("queue", "QUEUE", "Queue", "quEue", "queUe", "queuE", "queue")
    near = [postmortem(f"PM-{place}", services=(service,)) for place, service in enumerate(spellings)]
    assert told(Filter(service="quoue"), *near) == ['no service is "quoue"; did you mean QUEUE or Queue or quEue?']


def test_where_nothing_is_near_what_there_is_is_told() -> None:
    """Sorted, each once, eight at most."""
    service = Filter(service="zzz")
    assert told(service) == ['no service is "zzz"; no post-mortem names a service']
    assert told(Filter(owner="zzz")) == ['no owner is "zzz"; no post-mortem names an owner']
    assert told(Filter(severity="zzz")) == ['no severity is "zzz"; no post-mortem names a severity']
    both = [postmortem("PM-1", services=("one",)), postmortem("PM-2", services=("one",))]
    assert told(service, *both) == ['no service is "zzz"; there is "one"']
    for most, rest in ((8, ""), (9, " and 1 more"), (10, " and 2 more")):
        many = postmortem("PM-1", services=tuple(f"s{number:02}" for number in reversed(range(most))))
        listed = ", ".join(f'"s{number:02}"' for number in range(8))
        assert told(service, many) == [f'no service is "zzz"; there are {listed}{rest}']


def test_by_date_the_newest_is_first() -> None:
    """Without a date last; of one day by id, numbers by their value, and of one id by origin."""
    day = date(2026, 2, 11)
    documents = [
        verdict(name="PM-1", date=None),
        verdict(name="PM-10", date=day),
        verdict(name="pm-9", date=day, origin="b.md"),
        verdict(name="PM-9", date=day, origin="a.md"),
        verdict(name="PM-2", date=date(2026, 2, 12)),
        verdict(name="PM-", date=day),
    ]
    assert names(sort_verdicts(documents, "date")) == ["PM-2", "PM-", "PM-9", "pm-9", "PM-10", "PM-1"]
    assert names(sort_verdicts(reversed(documents), "date")) == ["PM-2", "PM-", "PM-9", "pm-9", "PM-10", "PM-1"]


def test_by_id_numbers_go_by_their_value() -> None:
    """A word after the numbers; what is equal goes by its date."""
    documents = [
        verdict(name=name) for name in ("PM-10", "PM-9b", "PM-9", "10", "9", "OPS-20", "PM-9a", "2-x", "PM-008")
    ]
    expected = ["2-x", "9", "10", "OPS-20", "PM-008", "PM-9", "PM-9a", "PM-9b", "PM-10"]
    assert names(sort_verdicts(documents, "id")) == expected
    assert names(sort_verdicts(reversed(documents), "id")) == expected
    twins = [verdict(name="PM-1", date=date(2026, 1, day), origin=f"{day}.md") for day in (1, 3, 2)]
    assert [one.postmortem.origin for one in sort_verdicts(twins, "id")] == ["3.md", "2.md", "1.md"]


@pytest.mark.parametrize(
    "severities",
    [
        ["SEV0", "SEV1", "SEV2", "SEV10", None],
        ["P1", "2", "sev-3", None],
        ["Blocker", "Critical", "crit", "Highest", "Major", "High", "Medium", "Moderate", "Minor", "Low", "any", None],
        ["critical", "major", "lowest", None],
        ["any", "odd", None],
    ],
)
def test_by_severity_the_severest_is_first(severities: list[str | None]) -> None:
    """Numbers by their value, words by what they mean, then what is neither, then none at all."""
    documents = [verdict(name=f"PM-{90 - place}", severity=one) for place, one in enumerate(severities)]
    assert [one.postmortem.severity for one in sort_verdicts(reversed(documents), "severity")] == severities


def test_by_state_the_worst_is_first() -> None:
    """Every state has its place; a guarded one is the last."""
    worst = ["FAILING", "UNGUARDED", "PARTLY_GUARDED", "PARTLY_LINKED", "LINKED", "GUARDED"]
    assert [one.state.name for one in sort_verdicts(map(of_state, PostmortemState), "state")] == worst


def test_what_a_test_guards_is_not_unguarded() -> None:
    """Judged as in a run."""
    guard = test("test_a", "PM-1/AI-1")
    made = report([postmortem("PM-1", item())], run([(guard, Outcome.PASSED)])).postmortems[0]
    assert not Filter(unguarded=True).matches(made)
    assert Filter(unguarded=True).matches(verdict(item()))
