"""Forms that teams write, each in several variants: what is read of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pytest_postmortem.model.postmortem import ItemStatus
from tests.reading.texts import read

HEAD = "# Search outage\n\nDate: 2026-02-03\n\n"
ACTIONS = HEAD + "## Action items\n\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "- **Review actions**:\n\n1. Ask the owner\n2. Raise the quota\n",
        HEAD + "* __Action items:__\n\n- Ask the owner\n- Raise the quota\n",
        HEAD + "- **Follow-ups**\n\n* Ask the owner\n* Raise the quota\n\n## Timeline\n\n- 10:00 it began\n",
        HEAD + "1. **Maßnahmen:**\n\n- Ask the owner\n- Raise the quota\n",
    ],
)
def test_a_bold_label_as_a_list_of_its_own(text: str) -> None:
    """The list behind it has the items."""
    assert [item.text for item in read(text).action_items] == ["Ask the owner", "Raise the quota"]


@pytest.mark.parametrize(
    "table",
    [
        "| type | name |\n|---|---|\n| CNAME | one.example.org |\n| A | two.example.org |\n",
        "| host | port |\n|---|---|\n| web-1 | 8080 |\n| web-2 | 8081 |\n",
        "| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n",
    ],
)
def test_a_table_of_values_holds_no_actions(table: str) -> None:
    """Below a heading of action items, where no column is named like one of theirs."""
    assert read(HEAD + "## Corrective actions\n\nThe records were:\n\n" + table).action_items == ()


@pytest.mark.parametrize(
    "text",
    [
        "## Action items\n\n| Action | Due |\n|---|---|\n| Limit the index | 2026-09-01 |\n",
        "## Action items\n\n- Limit the index (due 2026-09-01)\n",
        "## Action items\n\n- [ ] Limit the index\n  - Due: 2026-09-01\n",
    ],
)
def test_the_date_of_an_item_is_not_that_of_the_incident(text: str) -> None:
    """Unknown is better than wrong."""
    assert read("# Search outage\n\n" + text).date is None


@pytest.mark.parametrize(
    "heading",
    [
        "2026-02-03 Search stood still",
        "2026-02-03 · Search stood still",
        "2026-02-03 | Search stood still",
        "[2026-02-03] Search stood still",
        "2026/02/03 10:15 Search stood still",
        "Feb 3, 2026: Search stood still",
        "3 February 2026 - Search stood still",
        "20260203 Search stood still",
        "PM-7 Search stood still",
        "[PM-7] Search stood still",
        "PM-7 · Search stood still",
        "PM-7: 2026-02-03: Search stood still",
    ],
)
def test_days_and_keys_at_the_head_of_a_title(heading: str) -> None:
    """They are shown beside it."""
    assert read(f"# {heading}\n\nx\n", "PM-7-search").title == "Search stood still"


@pytest.mark.parametrize(
    "heading", ["2026-02-03 to 2026-02-05: Search outage", "2026 was the year", "PM-7", "2026-02-03", "PM-7b Search"]
)
def test_what_only_looks_like_a_day_or_key_stays(heading: str) -> None:
    """In the title, as it is written."""
    assert read(f"# {heading}\n\nx\n", "PM-7-search").title == heading


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("The view `_old_rows` was read", "The view _old_rows was read"),
        ("`*.tmp` filled **the** disk", "*.tmp filled the disk"),
        ("_Deploy_ of `__init__` and `a_b`", "Deploy of __init__ and a_b"),
    ],
)
def test_code_in_a_title_is_kept(heading: str, title: str) -> None:
    """With its underscores and asterisks."""
    assert read(f"# {heading}\n\nx\n").title == title


@pytest.mark.parametrize(
    ("bullet", "text"),
    [
        ("{{ Turn on logging on every node }}", "Turn on logging on every node"),
        ("{{Reject orders above the limit}}", "Reject orders above the limit"),
        ("{{ summary }} [link to issue]", None),
        ("{{ action }}", None),
        ("{{ describe what is to be done }} ({{ owner }})", None),
    ],
)
def test_braces_of_a_form(bullet: str, text: str | None) -> None:
    """Real text that stayed between them is an item, a form to fill in is none."""
    assert [item.text for item in read(ACTIONS + f"- {bullet}\n").action_items] == ([text] if text else [])


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("[#12](https://example.org/i/12) — complete in hotfix", ItemStatus.DONE),
        ("OPS-12 (merged)", ItemStatus.DONE),
        ("#12, in progress", ItemStatus.OPEN),
        ("https://example.org/issues/12 - done", ItemStatus.DONE),
        ("#12", ItemStatus.UNKNOWN),
    ],
)
def test_a_status_behind_a_ticket(cell: str, status: ItemStatus) -> None:
    """In a table without a column for it."""
    (item,) = read(
        ACTIONS + f"| Action | Owner | Ticket |\n|---|---|---|\n| Limit the index | Ann | {cell} |\n"
    ).action_items
    assert item.status is status


@pytest.mark.parametrize("cell", ["???", "?", "TBD", "(?)", "n/a", "—"])
def test_a_placeholder_is_no_owner(cell: str) -> None:
    """Nor any other value."""
    (item,) = read(ACTIONS + f"| Action | Owner | Status |\n|---|---|---|\n| Limit it | {cell} | TODO |\n").action_items
    assert item.owner is None


@pytest.mark.parametrize(
    "heading",
    [
        "Root cause of the outage",
        "Root cause and unknowns",
        "Cause of the problem",
        "4. Root cause in index.py",
        "Causes behind the delay",
        "What was the root cause of the failure",
        "Ursache des Ausfalls",
        "Causa raíz del incidente",
        "Cause racine de la panne",
        "Корневая причина сбоя",
        "障害の原因",
        "Oorzaak van de storing",
        "Przyczyna awarii",
        "Akar masalah insiden",
    ],
)
def test_a_heading_of_the_root_cause_with_words_behind(heading: str) -> None:
    """In several languages."""
    cause = read(HEAD + f"## {heading}\n\nNo limit.\n").root_cause
    assert cause is not None
    assert cause.text == "No limit."


@pytest.mark.parametrize(
    "heading", ["Cause of a previous outage", "Root cause of last year's incident?", "Because of the storm"]
)
def test_a_heading_about_another_cause(heading: str) -> None:
    """Says nothing about this incident."""
    assert read(HEAD + f"## {heading}\n\nNo limit.\n").root_cause is None


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("| Layer | Finding |\n|---|---|\n| Index | No limit |\n", "Index: No limit"),
        ("| # | Cause |\n|---|---|\n| 1 | No limit |\n| 2 | No alert |\n", "1: No limit 2: No alert"),
    ],
)
def test_a_root_cause_as_a_table(table: str, text: str) -> None:
    """Its rows are the text."""
    cause = read(HEAD + "## Root cause analysis\n\n" + table).root_cause
    assert cause is not None
    assert cause.text == text


@pytest.mark.parametrize(
    "boxes",
    [
        "- [ ] The incident is over\n- [ ] All sections above are filled in\n",
        "- [x] Post-mortem published\n- [ ] Review meeting scheduled\n",
        "- [ ] All action items have owners\n- [ ] This report has been reviewed\n- [ ] Share it with support\n",
    ],
)
def test_a_checklist_of_completion_behind_the_items(boxes: str) -> None:
    """Its boxes are no action items."""
    text = ACTIONS + "1. Raise the quota\n\n## Actions\n\n" + boxes
    assert [item.text for item in read(text).action_items] == ["Raise the quota"]


def test_a_checklist_of_work_is_read() -> None:
    """A second section of action items counts."""
    text = ACTIONS + "1. Raise the quota\n\n## Actions\n\n- [ ] Alert on its size\n- [ ] Review the limits\n"
    assert len(read(text).action_items) == 3


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (
            "## Metrics\n\n| Metric | Value |\n|---|---|\n| Severity | 2 |\n| Time to detect | 4 minutes |\n",
            "severity",
            "2",
        ),
        ("## Date: July 1, 2026\n\nx\n", "date", date(2026, 7, 1)),
        ("## Severity: SEV2\n\nx\n", "severity", "SEV2"),
        ("- **事故日期**：2026-02-03\n- **严重等级**：P1（全部失败）\n", "severity", "P1"),
        (
            "| Field | Value |\n|---|---|\n| **ID** | PM-2026-04-search |\n| Date | 2026-04-18 |\n",
            "id",
            "PM-2026-04-search",
        ),
        ("**ID:** RCA-12\n**Date:** 2026-04-18\n", "id", "RCA-12"),
        ("**ID:** 12\n**Date:** 2026-04-18\n", "id", "search"),
    ],
)
def test_fields_of_the_incident(text: str, field: str, value: Any) -> None:
    """In tables further down, in headings, in further languages."""
    assert getattr(read("# Search outage\n\n" + text, "search"), field) == value


@pytest.mark.parametrize("key", ["ROOT-CAUSE-001", "POST-MORTEM-7", "INC-DB-2026-04"])
def test_a_key_of_several_words(key: str) -> None:
    """In the file name and in the heading."""
    assert read("# Search outage\n\nx\n", f"{key}-search").id == key
    assert read(f"# {key} — Search outage\n\nx\n", "search").id == key


LANGUAGES = {
    "Russian": (
        "Корневая причина",
        "Меры предотвращения",
        "Действие",
        "Ответственный",
        "Срок",
        "Статус",
        "Сделано",
        "В работе",
    ),
    "Ukrainian": ("Першопричина", "План дій", "Дія", "Відповідальний", "Термін", "Стан", "Виконано", "В роботі"),
    "Italian": (
        "Causa radice",
        "Azioni correttive",
        "Azione",
        "Responsabile",
        "Scadenza",
        "Stato",
        "Completato",
        "In corso",
    ),
    "Polish": (
        "Przyczyna źródłowa",
        "Działania naprawcze",
        "Działanie",
        "Właściciel",
        "Termin",
        "Status",
        "Zrobione",
        "W toku",
    ),
    "Turkish": ("Kök neden", "Aksiyonlar", "Aksiyon", "Sorumlu", "Son tarih", "Durum", "Tamamlandı", "Devam ediyor"),
    "Dutch": ("Oorzaak", "Actiepunten", "Actie", "Eigenaar", "Deadline", "Status", "Afgerond", "In uitvoering"),
    "Swedish": ("Grundorsak", "Åtgärder", "Åtgärd", "Ansvarig", "Slutdatum", "Status", "Klart", "Pågår"),
    "Czech": ("Příčina", "Nápravná opatření", "Úkol", "Odpovědná osoba", "Termín", "Stav", "Hotovo", "Probíhá"),
    "Vietnamese": (
        "Nguyên nhân gốc rễ",
        "Hành động khắc phục",
        "Hành động",
        "Người phụ trách",
        "Thời hạn",
        "Trạng thái",
        "Đã hoàn thành",
        "Đang thực hiện",
    ),
    "Indonesian": (
        "Akar masalah",
        "Tindak lanjut",
        "Tindakan",
        "Penanggung jawab",
        "Tenggat waktu",
        "Status",
        "Selesai",
        "Belum mulai",
    ),
    "Portuguese": (
        "Causa raiz",
        "Ações preventivas (pendentes)",
        "Ação",
        "Responsável",
        "Prazo",
        "Situação",
        "Concluída",
        "Pendente",
    ),
    "Spanish": (
        "Causa raíz",
        "Recomendaciones futuras",
        "Acción",
        "Responsable",
        "Fecha límite",
        "Estado",
        "Terminada",
        "Pendiente",
    ),
    "Korean": ("근본 원인", "재발 방지", "조치 항목", "담당", "완료 목표일", "상태", "완료", "진행 중"),
    "Chinese": ("根本原因", "改进措施", "行动项", "负责人", "完成时间", "状态", "已完成", "进行中"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_in_another_language(language: str) -> None:
    """Root cause, owner, due date and status, from a table and from a list."""
    cause, actions, action, owner, due, status, done, to_do = LANGUAGES[language]
    table = (
        f"# X\n\n## {cause}\n\nNo limit.\n\n## {actions}\n\n| {action} | {owner} | {due} | {status} |\n|---|---|---|---|\n"
        f"| Limit it | Ann | 2026-03-01 | {done} |\n| Watch it | Bo | 2026-03-02 | {to_do} |\n"
    )
    postmortem = read(table)
    assert postmortem.root_cause is not None
    found = [(item.owner, item.due, item.status) for item in postmortem.action_items]
    assert found == [("Ann", "2026-03-01", ItemStatus.DONE), ("Bo", "2026-03-02", ItemStatus.OPEN)]
    listed = f"# X\n\n## {actions.partition(' (')[0]}\n\n- Limit it\n  - {owner}: Ann\n  - **{due}:** 2026-03-01\n  - {status}: {done}\n"
    (item,) = read(listed).action_items
    assert (item.owner, item.due, item.status) == ("Ann", "2026-03-01", ItemStatus.DONE)
