"""Each situation in a default folder, in a configured source, and tests at work also with two workers."""

from __future__ import annotations

import sys

import pytest

from tests.cases.situations import CASES, OTHER, Case

MODES = ("default", "configured", "workers")


@pytest.mark.parametrize(
    ("case", "mode"),
    [
        pytest.param(case, mode, id=f"{case.id}-{mode}")
        for case in CASES
        for mode in MODES
        if mode != "workers" or case.workers
    ],
)
def test_the_exit_code_is_right(pytester: pytest.Pytester, case: Case, mode: str) -> None:
    """A requirement is judged or complained about; what asks for none, or is guarded elsewhere, is not red."""
    config = case.config + ('sources = ["docs/postmortems"]\n' if mode == "configured" else "")
    files = {**OTHER, **case.files, **({"postmortem.toml": config} if config else {})}
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    arguments = (*case.arguments, "-p", "no:cacheprovider", *(("-n", "2") if mode == "workers" else ()))
    result = pytester.runpytest(*arguments)
    code = result.ret
    if case.checked and code == 0:
        code = pytester.run(sys.executable, "-m", "pytest_postmortem", "check", "e.json").ret
    assert code in case.expect
    output = result.stdout.str() + result.stderr.str()
    assert "INTERNALERROR" not in output
    assert "Traceback (most recent call last)" not in output
