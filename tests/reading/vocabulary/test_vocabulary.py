"""The words by which documents are read, and a team's own added to them."""

from __future__ import annotations

import pytest

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.postmortem import ItemStatus, Need, Scope
from pytest_postmortem.reading.vocabulary.default import DEFAULT, KEYS, Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import fold, lookup_key
from tests.reading.texts import read


def test_every_list_of_words_has_a_key() -> None:
    """As it is written in the configuration."""
    assert len(KEYS) == len(Vocabulary._fields) == len(set(KEYS))
    assert {"action-items", "column-test", "status-done", "test-waived", "metadata-date"} <= set(KEYS)
    assert not any("_" in key for key in KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_words_are_written_as_they_are_compared(key: str) -> None:
    """No word is empty, none stands twice in a list, and each is in lower case with single spaces."""
    words = getattr(DEFAULT, key.replace("-", "_"))
    assert words
    assert len(set(words)) == len(words)
    assert [word for word in words if not word or " ".join(word.lower().split()) != word] == []


TEXT = """# Queue overflow

## {heading}

| Name | Tun | Prüfung | Lage | Wessen | Wie weit | Bis | Beleg |
|---|---|---|---|---|---|---|---|
| A-1 | Bound it | jawohl | fertiggestellt | leer | überall | 2026-03-01 | OPS-1 |
| A-2 | Alert on it | keinesfalls | steht aus | ann | hier | leer | - |
| A-3 | Page earlier | ausgesetzt bis 2026-12-01: vendor | lassen wir | bo | - | - | - |
"""
OWN = {
    "action-items": ["Unsere  Taten"],
    "column-id": ["Name"],
    "column-action": ["TUN"],
    "column-test": ["Prüfung"],
    "column-status": ["Lage"],
    "column-owner": ["Wessen"],
    "column-scope": ["Wie weit"],
    "column-due": ["Bis"],
    "column-ticket": ["Beleg"],
    "test-required": ["jawohl"],
    "test-not-required": ["Keinesfalls"],
    "test-waived": ["ausgesetzt bis"],
    "status-done": ["fertiggestellt"],
    "status-open": ["steht aus"],
    "status-dropped": ["lassen wir"],
    "placeholders": ["leer"],
    "scope-systemic": ["überall"],
    "scope-specific": ["hier"],
}


def test_a_team_s_own_words_are_read_like_the_others() -> None:
    """Each key adds to its list; case and white space make no difference."""
    words = DEFAULT.extend(OWN)
    assert read(TEXT.format(heading="Unsere Taten")).action_items == ()
    found = read(TEXT.format(heading="UNSERE TATEN:"), configured=True, words=words)
    assert found.faults == ()
    first, second, third = found.action_items
    assert [item.id for item in found.action_items] == ["A-1", "A-2", "A-3"]
    assert [item.test.need for item in found.action_items] == [Need.REQUIRED, Need.NOT_REQUIRED, Need.WAIVED]
    assert third.test.waiver is not None
    assert third.test.waiver.reason == "vendor"
    assert [item.status for item in found.action_items] == [ItemStatus.DONE, ItemStatus.OPEN, ItemStatus.DROPPED]
    assert [item.owner for item in found.action_items] == [None, "ann", "bo"]
    assert (first.scope, second.scope, third.scope) == (Scope.SYSTEMIC, Scope.SPECIFIC, Scope.UNKNOWN)
    assert (first.due, second.due, first.tickets) == ("2026-03-01", None, ("OPS-1",))


@pytest.mark.parametrize(
    ("key", "word", "text"),
    [
        ("prevention", "Damit es nicht wieder geschieht", "## Damit es nicht wieder geschieht\n\n- a\n"),
        ("action-items", "Zu tun", "**Zu tun:**\n\n- a\n"),
        ("action-items", "Zu tun", "## Zu tun (bald)\n\n- a\n"),
    ],
)
def test_a_team_s_own_heading_announces_action_items(key: str, word: str, text: str) -> None:
    """As a heading or a label."""
    assert read("# T\n\n" + text).action_items == ()
    found = read("# T\n\n" + text, words=DEFAULT.extend({key: [word]}))
    assert [item.text for item in found.action_items] == ["a"]


def test_a_team_s_own_words_for_other_headings_are_read() -> None:
    """For the root cause, the five whys, what holds no action items, metadata, and for what speaks of a test."""
    words = DEFAULT.extend(
        {
            "root-cause": ["Woran es lag"],
            "five-whys": ["Fragen"],
            "no-action-items": ["Beiwerk"],
            "metadata": ["Kopf"],
            "metadata-team": ["Wer"],
            "mentions-test": ["Prüfstand"],
        }
    )
    text = """# T

## Summary

Text.

## Impact

Text.

## Woran es lag

No bound.

## Fragen

1. a
2. b

## Action items

- Add it to the Prüfstand

### Beiwerk

- none

## Kopf

**Wer:** platform
"""
    found = read(text, words=words)
    assert found.root_cause is not None
    assert (found.root_cause.text, found.root_cause.whys, found.team) == ("No bound.", ("a", "b"), "platform")
    assert [(item.text, item.mentions_test) for item in found.action_items] == [("Add it to the Prüfstand", True)]


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("action-item", "action-items"),
        ("colum-test", "column-test"),
        ("action_items", "action-items"),
        ("zzz", KEYS[0]),
    ],
)
def test_an_unknown_key_is_an_error_with_the_nearest_known_one(key: str, near: str) -> None:
    """And with all that are known."""
    with pytest.raises(ConfigError) as caught:
        DEFAULT.extend({key: ["x"]})
    assert caught.value.problem == f"unknown key {key!r} in words"
    assert caught.value.hint.startswith(f"did you mean {near!r}? known: action-items, ")


def test_nothing_added_changes_nothing() -> None:
    """And what is added leaves the default as it is, a word that is there already too."""
    assert DEFAULT.extend({}) is DEFAULT
    more = DEFAULT.extend({"column-test": ["Prüfung", "TEST"]})
    assert more.column_test == (*DEFAULT.column_test, fold("Prüfung"))
    assert more.column_id == DEFAULT.column_id
    assert fold("Prüfung") not in DEFAULT.column_test


@pytest.mark.parametrize(
    ("text", "as_plain", "as_keyed"),
    [
        ("  Action   Items ", "action items", "action items"),
        ("Follow-up: actions!", "follow-up: actions!", "follow up actions"),
        ("ＡＣＴＩＯＮ", "action", "action"),
        ("#", "#", "#"),
        ("Bug #", "bug #", "bug"),
        ("STRASSE straße", "strasse strasse", "strasse strasse"),
        ("", "", ""),
    ],
)
def test_words_are_compared_without_case_width_and_composition(text: str, as_plain: str, as_keyed: str) -> None:
    """Names of sections and columns without punctuation too, where there are words."""
    assert fold(text) == as_plain
    assert lookup_key(text) == as_keyed
    assert fold("e\u0301te\u0301") == fold("ÉTÉ")


CONTRADICTING = (
    ("status_done", "status_open", "status_dropped"),
    ("status_done_in_text", "status_open_in_text", "status_dropped"),
    ("test_required", "test_not_required", "test_waived"),
    ("scope_specific", "scope_systemic"),
    ("action_items", "no_action_items", "root_cause", "contributing_factors", "five_whys", "metadata"),
    ("prevention", "no_action_items", "root_cause", "five_whys"),
    ("action_items", "prevention"),
    tuple(name for name in Vocabulary._fields if name.startswith("column_")),
    tuple(name for name in Vocabulary._fields if name.startswith("metadata_")),
)


@pytest.mark.parametrize("names", CONTRADICTING)
def test_no_word_is_in_two_contradicting_lists(names: tuple[str, ...]) -> None:
    """The second meaning of such a word would never be read."""
    lists = {name: {lookup_key(word) for word in getattr(DEFAULT, name)} - {""} for name in names}
    doubled = [
        (one, other, sorted(lists[one] & lists[other]))
        for place, one in enumerate(names)
        for other in names[place + 1 :]
        if lists[one] & lists[other]
    ]
    assert doubled == []


@pytest.mark.parametrize("part", ["done", "open"])
def test_a_status_of_running_text_is_a_status_of_a_cell(part: str) -> None:
    """Words that say a state inside a sentence say it alone, too."""
    assert set(getattr(DEFAULT, f"status_{part}_in_text")) <= set(getattr(DEFAULT, f"status_{part}"))


@pytest.mark.parametrize("word", [word for word in DEFAULT.column_owner if word[0].isalpha()])
def test_the_head_of_an_owner_column_names_a_field_of_a_list(word: str) -> None:
    """In any language, as a nested bullet."""
    (item,) = read(f"# X\n\n## Action items\n\n- Bound the queue\n  - **{word}:** Ann\n").action_items
    assert item.owner == "Ann"


@pytest.mark.parametrize("word", [word for word in DEFAULT.column_due if word[0].isalpha()])
def test_the_head_of_a_due_column_names_a_field_of_a_list(word: str) -> None:
    """In any language, as a nested bullet."""
    (item,) = read(f"# X\n\n## Action items\n\n- Bound the queue\n  - {word.title()}: 2026-03-01\n").action_items
    assert item.due == "2026-03-01"


@pytest.mark.parametrize("word", [word for word in DEFAULT.column_status if word[0].isalpha()])
def test_the_head_of_a_status_column_names_a_field_of_a_list(word: str) -> None:
    """In any language, as a nested bullet."""
    (item,) = read(f"# X\n\n## Action items\n\n- Bound the queue\n  - {word}: in progress\n").action_items
    assert item.status is ItemStatus.OPEN


def test_own_words_name_fields_of_lists() -> None:
    """The `words` of the configuration."""
    words = DEFAULT.extend({"column-owner": ["Wessen"], "column-due": ["Ende bis"]})
    text = "# X\n\n## Action items\n\n- Bound the queue\n  - Wessen: Ann\n  - Ende bis: 2026-03-01\n"
    (item,) = read(text, words=words).action_items
    assert (item.owner, item.due) == ("Ann", "2026-03-01")
    assert len(read(text).action_items) == 1
