"""What teams write, export and convert: a requirement in it is kept, and what asks for nothing is left alone."""

from __future__ import annotations

import pytest

from pytest_postmortem.model.postmortem import ItemStatus, Need
from tests.reading.texts import read

HEAD = "# Q\n\n## Action items\n\n"


def cell(said: str, head: str = "Test") -> str:
    return HEAD + f"| ID | Action | {head} |\n|--|--|--|\n| AI-1 | Reject | {said} |\n"


def status(said: str) -> str:
    return HEAD + f"| ID | Action | Status | Test |\n|--|--|--|--|\n| AI-1 | Reject | {said} | required |\n"


ASKING = [
    *map(
        status,
        [
            "Dropped?",
            "Invalid?",
            "Won't do (?)",
            "dropped (reverted)",
            "Cancelled (reinstated)",
            "Dropped: back in scope",
            "Dropped: on hold",
            "Dropped (temporarily)",
            "not planned: but will be",
            "dropped: but required by audit",
            "Won't do - but needed by audit",
            "dropped (see below, still needed)",
            "Won't do: after v3",
            "Won't do: provisoire",
            "見送り（来期対応）",
            "no longer needed?",
        ],
    ),
    HEAD + "|  |  |  |\n|--|--|--|\n| **ID** | **Action** | **Test** |\n| AI-1 | R | yes |\n",
    HEAD + "| Action items |||\n|--|--|--|\n| ID | Action | Test |\n| AI-1 | R | yes |\n",
    HEAD + "| | AI-1 | AI-2 |\n|--|--|--|\n| Action | R | B |\n| Test | yes | no |\n",
    HEAD + "| | | |\n|--|--|--|\n| AI-1 | R | Test required |\n",
    HEAD + "<table><tr><th>Test</th><td>yes</td></tr></table>\n",
    HEAD + "<table><tr><td>Test</td><td>tests/t.py::test_x</td></tr></table>\n",
    HEAD + "<dl><dt>Test</dt><dd>required</dd></dl>\n",
    HEAD + "Test\n: required\n",
    HEAD + "### AI-1: R\n\nTest required\n: yes\n",
    HEAD + "｜ID｜Test｜\n｜--｜--｜\n｜AI-1｜required｜\n",
    HEAD + "│ ID │ Test │\n│ AI-1 │ required │\n",
    HEAD + "AI-1\tReject\trequired\n",
    HEAD + "ID,Action,Test\nAI-1,Reject,required\n",
    HEAD + "AI-1    Reject    required\n",
    HEAD + "- AI-1: R\n  - Test – required\n",
    HEAD + "- AI-1: R\n  - Test — yes\n",
    HEAD + "- AI-1: R\n  - Test:\n    - required\n",
    HEAD + "- AI-1: R\n\n  Test:\n    required\n",
    HEAD + "- AI-1: R\n  - Test:\n    - tests/t.py::test_x\n",
    HEAD + "- AI-1: R\n  - `Test`: yes\n",
    HEAD + "- AI-1: R\n  - [Test](x.md): required\n",
    HEAD + "- AI-1: R\n  - Test (regression): required\n",
    HEAD + "- AI-1: R\n  - Test needed? Yes\n",
    HEAD + "- AI-1: R<br>Test: required\n",
    HEAD + "- AI-1: R **Test:** required\n",
    HEAD + "- AI-1: R {test: required}\n",
    HEAD + "- AI-1: R (test:: required)\n",
    "# Q\n\nTest:: required\n",
    HEAD + "- AI-1: R - owner: pay - test: yes\n",
    HEAD + "### AI-1: R\n\n#### Test\n\nrequired\n",
    HEAD + "### AI-1: R\n\n**Test**\n\nrequired\n",
    HEAD + "### AI-1: R\n\n| Test | yes |\n|--|--|\n| Owner | pay |\n",
    HEAD + "### Regression test required?\n\nYes\n",
    *(
        HEAD + f"- AI-1: R {f}\n"
        for f in [
            "[test–required]",
            "[test‑required]",
            "[e2e test required]",
            "[acceptance test required]",
            "[a test is required]",
            "[new test required]",
            "[P1, test required]",
            "[owner: pay; test required]",
            "[🧪 test required]",
            "[✅ test required]",
            '["test required"]',
            "『test required』",
            "《test required》",
            "〈test required〉",
            "｛test required｝",
            "&lbrack;test required&rbrack;",
            "==test required==",
            "【テスト必須】",
            "（テスト必須）",
            "[要テスト]",
            "[需要测试]",
            "[Test nötig]",
            "[Regressionstest erforderlich]",
            "[test requierd]",
            "[test reqired]",
            "[test req.]",
            "[test tests/t.py::test_x]",
        ]
    ),
    HEAD + "```{note}\n- AI-1: R [test required]\n```\n",
    HEAD + "```[tasklist]\n- [ ] AI-1: R [test required]\n```\n",
    *(cell("required", h) for h in ["Testing required"]),
    *(
        cell("yes", h)
        for h in [
            "Test (pytest)",
            "Test¹",
            "Test [1]",
            "[Test](#x)",
            ":test_tube: Test",
            "Test / waiver",
            "Covered by test",
            "Req. test",
            "Regr. test",
            "Test req.",
            "Auto test",
            "自動テスト",
            "単体テスト",
            "是否需要测试",
            "Test notwendig",
            "Testpflicht",
            "Regressionstest nötig",
            "Test de régression",
            "Prueba de regresión",
            "Teste de regressão",
        ]
    ),
    *(
        cell(c)
        for c in [
            ":octicons-check-16: required",
            "- [x]",
            "must-have",
            "notwendig",
            "nötig",
            "Pflicht",
            "nécessaire",
            "necesario",
            "necessário",
            "требуется",
            "○",
            "あり",
            "有",
            "네",
            "req.",
            "reqd",
            "mandatroy",
        ]
    ),
    HEAD + "| ID | Action | Owner |\n|--|--|--|\n| AI-1 | x | pay | tests/t.py::test_x |\n",
]
"""Each asks for a test, in a form that readers do not agree about."""

LEFT = [
    "# Q\n\n## API\n\n| Parameter | Required |\n|--|--|\n| id | yes |\n",
    "# Q\n\n<table><tr><th>Parameter</th><th>Required</th></tr><tr><td>id</td><td>yes</td></tr></table>\n",
    *(
        f"# Q\n\n## X\n\n| Thing | {h} |\n|--|--|\n| a | required |\n"
        for h in [
            "Description",
            "Presence",
            "Use",
            "Review",
            "Downtime",
            "Restart",
            "Postmortem",
            "Status page",
            "Input",
            "Kind",
        ]
    ),
    "# Q\n\n| Service | Test | Prod |\n|--|--|--|\n| API | yes | yes |\n",
    "# Q\n\n| Hypothesis | Test | Result |\n|--|--|--|\n| Disk | yes | ok |\n",
    "# Q\n\n| Record | Test |\n|--|--|\n| A | x |\n",
    "# Q\n\n| Test | Result |\n|--|--|\n| tests/test_x.py::test_y | failed |\n",
    "# Q\n\n| Layer | Tests |\n|--|--|\n| unit | test_queue.py |\n",
    "# Q\n\n| Type | Action |\n|--|--|\n| Test | yes, add load test |\n",
    "# Q\n\n| Check | Status |\n|--|--|\n| unit-tests | Required |\n",
    "# Q\n\n| Check | Status |\n|--|--|\n| test | required |\n",
    "# Test: required checks stuck\n",
    "# Q\n\n- test: true was set in the pipeline by mistake\n",
    "# Q\n\n| Time | What |\n|--|--|\n| 10:30 | Test: required restart of DB |\n",
    "# Q\n\nSee [Test required checks](https://x.y)\n",
    "# Q\n\n- Test - yes, we tested\n",
    "# Q\n\n[tests: 12 passed]\n",
    HEAD + "- R [tests: 12 passed]\n",
    "---\ntitle: x\nci:\n  test: true\n---\n# Q\n",
    "---\ntitle: x\ntest: true\n---\n# Q\n",
    HEAD + "- AI-1: R\n\n  ```yaml\n  test: required\n  ```\n",
    HEAD + "- AI-1: R\n\n  ```\n  [test required]\n  ```\n",
    "# Q\n\n<pre>\n[test required]\n</pre>\n",
    HEAD + "- AI-1: R <code>[test required]</code> x\n",
    HEAD + "- AI-1: R ``[test required]`` x\n",
    HEAD + "[//]: # (AI-1 [test required])\n",
    HEAD + "[comment]: <> (AI-1 [test required])\n",
    HEAD + "%%\n- AI-1 [test required]\n%%\n",
    HEAD + "{/* [test required] */}\n",
    HEAD + "{% comment %}\n[test required]\n{% endcomment %}\n",
    HEAD + "<del>\n[test required]\n</del>\n",
    HEAD + "- <s>Bound it</s>\n",
    HEAD + "- <del>Bound it</del>\n",
    *map(
        status,
        [
            "Superseded by AI-2",
            "Superseded by #12",
            "Duplicate of AI-2",
            "Duplicate of #123",
            "Dropped [replaced by AI-2]",
            "Dropped[^1]",
            "Won&#39;t do",
            "Won&rsquo;t do",
            "Won't do&nbsp;",
            "Cancelled on 2026-03-01: service was removed",
            "nicht geplant",
            "Wird nicht umgesetzt",
            "entfällt",
            "gestrichen",
        ],
    ),
    HEAD + "- AI-1: R [test required]\n  - Status: dropped: service is gone\n",
]
"""None asks for a test that is not dropped."""


@pytest.mark.parametrize("text", ASKING)
@pytest.mark.parametrize("configured", [True, False])
def test_what_asks_is_judged_or_complained_about(text: str, configured: bool) -> None:
    """In every source."""
    postmortem = read(text, configured=configured)
    asking = [
        item
        for item in postmortem.action_items
        if item.test.need is Need.REQUIRED and item.status is not ItemStatus.DROPPED
    ]
    assert asking or postmortem.faults


@pytest.mark.parametrize("text", LEFT)
def test_what_asks_for_nothing_is_left_alone(text: str) -> None:
    """No error, and nothing to judge."""
    postmortem = read(text)
    assert postmortem.faults == ()
    assert all(
        item.test.need is Need.NOT_REQUIRED or item.status is ItemStatus.DROPPED for item in postmortem.action_items
    )
