"""Without a post-mortem: which incidents of a register nobody has written about."""

from __future__ import annotations

from datetime import date

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.missing_postmortems import Unwritten
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.state import Policy, Verdict
from tests.builders import postmortem, report


def missing(made: Report) -> list[str]:
    return [one.id for one in made.unwritten.incidents]


def test_without_a_register_nothing_is_missing() -> None:
    """And nothing is counted."""
    assert report([postmortem("PM-1")]).unwritten == Unwritten()


def test_an_incident_is_written_about_when_a_post_mortem_has_its_name() -> None:
    """By id, alias or stem, exactly as in a marker: neither in another case or width, nor as a part of it."""
    register = [
        Incident(name) for name in ("PM-1", "INC-7", "PM-1-stem", "pm-1", "INC-\uff17", "INC-77", "PM-1-st", "inc-7")
    ]
    made = report([postmortem("PM-1", aliases=("INC-7", "OPS-1"))], register=register)
    assert set(missing(made)) == {"INC-77", "INC-\uff17", "PM-1-st", "inc-7", "pm-1"}
    assert made.unwritten.of == 8


def test_the_severest_and_newest_stand_first() -> None:
    """What has no severity last, of one severity what has no date last; numbers count as numbers."""
    told = [
        ("A-1", "SEV2", date(2026, 6, 1)),
        ("A-2", None, date(2026, 6, 9)),
        ("A-3", "SEV1", date(2026, 1, 1)),
        ("A-4", "SEV1", date(2026, 2, 1)),
        ("A-5", "SEV1", None),
        ("A-10", "SEV10", date(2026, 6, 1)),
        ("A-9", None, None),
        ("A-11", None, None),
    ]
    register = [Incident(name, severity=severity, date=day) for name, severity, day in told]
    assert missing(report([], register=register)) == ["A-4", "A-3", "A-5", "A-1", "A-10", "A-2", "A-9", "A-11"]


def test_equal_incidents_come_by_their_numbers() -> None:
    """Whatever the order of the register."""
    register = [Incident(name) for name in ("A-11", "A-9", "A-10", "a-1")]
    assert missing(report([], register=register)) == ["a-1", "A-9", "A-10", "A-11"]


def test_words_of_severity_have_their_order() -> None:
    """And where no severity is told the newest stands first."""
    words = [Incident(name, severity=name) for name in ("Low", "critical", "Major", "medium")]
    assert missing(report([], register=words)) == ["critical", "Major", "medium", "Low"]
    plain = [Incident("A-1", date=date(2026, 1, 1)), Incident("A-2", date=date(2026, 3, 1))]
    assert missing(report([], register=plain)) == ["A-2", "A-1"]


def test_older_incidents_than_since_do_not_count() -> None:
    """Its own day does, and so does what has no date."""
    since = date(2026, 3, 1)
    days = {"A-1": date(2026, 2, 28), "A-2": since, "A-3": None}
    register = [Incident(name, date=day) for name, day in days.items()]
    made = report([], register=register, since=since)
    assert (missing(made), made.unwritten.of) == (["A-2", "A-3"], 2)


def test_no_gate_is_changed_by_them() -> None:
    """An incident without a post-mortem is no violation."""
    made = report([postmortem("PM-1", severity="SEV2")], register=[Incident("INC-1", severity="SEV1")], guard=("SEV1",))
    assert missing(made) == ["INC-1"]
    assert decide(made, Policy.PASSED, explicit=True).verdict is Verdict.PASS
