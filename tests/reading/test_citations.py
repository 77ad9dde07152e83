"""Which ids a docstring or the name of a test cites: whole keys, and nothing that only looks like one."""

from __future__ import annotations

import pytest

from pytest_postmortem.reading.citations import Citations

IDS = {
    name: name
    for name in (
        "PM-2026-012",
        "PM-2026-01",
        "PM2019-009",
        "INC-77",
        "INC-78a",
        "inc-5",
        "OPS_3",
        "PM/8",
        "TEST-3",
        "INCIDENT-2026-05-29",
    )
} | {"ALIAS-1": "PM-2026-012"}
PLAIN = {"queue-overflow": "a", "2026-02-13": "b", "2026-02-13-slug": "c", "SEV-1": "d", "postmortem": "e", "v2": "f"}
CITATIONS = Citations(IDS | PLAIN)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("PM-2026-012", ["PM-2026-012"]),
        ("A slot leaked (PM-2026-012).", ["PM-2026-012"]),
        ("See docs/postmortems/PM-2026-012-slot-leak.md, and\nINC-77's thread.", ["PM-2026-012", "INC-77"]),
        ("https://jira.example/browse/INC-77?x", ["INC-77"]),
        ("PM-2026-01, PM-2026-012", ["PM-2026-01", "PM-2026-012"]),
        ("PM-2026-012/AI-1", ["PM-2026-012"]),
        ("OPS_3 and PM/8 and inc-5", ["OPS_3", "PM/8", "inc-5"]),
        ("PM-2026-0123 PM-2026-012-3 PM-2026-012x XPM-2026-012 X-PM-2026-012 9PM-2026-012 PM-2026", []),
        ("pm-2026-012 Inc-77 PM_2026_012 PM 2026 012", []),
        ("INC-77 INC-77", ["INC-77"]),
        ("INC-78a, INC-78", ["INC-78a"]),
        ("queue-overflow of 2026-02-13, SEV-1, v2, 2026-02-13-slug", []),
        ("", []),
        (None, []),
    ],
)
def test_a_text_cites_whole_keys(text: str | None, cited: list[str]) -> None:
    """Exactly as they are written, never a part of a longer one; what is no key cites nothing."""
    assert list(CITATIONS.find((), text).values()) == cited


@pytest.mark.parametrize(
    ("name", "cited"),
    [
        ("test_pm_2026_012_slot_leak", ["PM-2026-012"]),
        ("test_slot_leak_PM_2026_012", ["PM-2026-012"]),
        ("TestPM_2026_012", ["PM-2026-012"]),
        ("Test_Inc_77_Again", ["INC-77"]),
        ("test_pm2019_009", ["PM2019-009"]),
        ("test_inc_77_and_ops_3", ["INC-77", "OPS_3"]),
        ("test_inc_5_pm_8", ["inc-5", "PM/8"]),
        ("test_incident_2026_05_29", ["INCIDENT-2026-05-29"]),
        ("test_pm_2026_0123", []),
        ("test_pm_2026_012_3", []),
        ("test_xpm_2026_012", []),
        ("test_pm2026012", []),
        ("test_3", []),
        ("test_sev_1", []),
        ("test_api_v2", []),
        ("test_2026_02_13", []),
    ],
)
def test_a_name_cites_whole_keys(name: str, cited: list[str]) -> None:
    """In any case, with `_` for each separator; the number of a test is no key of a project named TEST."""
    assert list(CITATIONS.find((name,), None).values()) == cited


def test_a_post_mortem_is_cited_once() -> None:
    """By the name that the test is called by, else the first one in the text."""
    assert CITATIONS.find(("test_pm_2026_012",), "ALIAS-1, INC-77") == {
        "PM-2026-012": "PM-2026-012",
        "INC-77": "INC-77",
    }
    assert CITATIONS.find(("test_a",), "ALIAS-1, PM-2026-012") == {"PM-2026-012": "ALIAS-1"}


def test_where_no_id_is_a_key_nothing_can_be_cited() -> None:
    """And nobody has to look."""
    assert not Citations(PLAIN)
    assert Citations(IDS)
