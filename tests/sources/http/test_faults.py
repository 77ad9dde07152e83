"""Every fault of a service or a network is one line that says what to do, in time, without the token."""

from __future__ import annotations

import json
import logging

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Limits
from tests.sources.http.faults import CASES, EPOCH, Case, silence, slow_body, slow_chunks, slow_headers, status
from tests.sources.http.loopback import Script, Server, Slept, client, leaks, no_thread_is_left


def is_slow(case: Case) -> bool:
    """Whether a limit of the client has to pass before the fault is noticed."""
    return min(case.limits.deadline_seconds, case.limits.read_seconds) < 1


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name, marks=[pytest.mark.clock] if is_slow(case) else []) for case in CASES],
)
def test_a_fault_is_one_line_in_time(
    case: Case, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exactly one SourceError with the address, what is wrong and what to do; nothing shows the token."""
    caplog.set_level(logging.DEBUG)
    slept = Slept(EPOCH)
    with Server(*(case.scripts if isinstance(case.scripts, tuple) else (case.scripts,))) as server:
        with client(server.origin, limits=case.limits, slept=slept) as asking, pytest.raises(SourceError) as raised:
            case.ask(asking)
        assert str(raised.value) == f"{server.origin}/x: {case.told.replace('ORIGIN', server.origin)}"
        assert len(server.asked) == case.requests
        out, err = capsys.readouterr()
        assert leaks(raised.value, caplog.text, repr([record.args for record in caplog.records]), out, err) == []
        assert all(asked.headers["authorization"].startswith("Bearer canary-") for asked in server.asked)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (status("401 No"), "not let in (401); set a token in the environment, and name its variable with `token-env`"),
        (status("403 No"), "not allowed (403); it may want a token: name its variable with `token-env`"),
        (status("404 No", {"error": "404 Project Not Found"}), "not found (404): 404 Project Not Found; mend the address; what is private is not found without a token: name its variable with `token-env`"),
    ],
)  # fmt: skip
def test_a_fault_without_a_token_says_how_to_give_one(script: Script, told: str) -> None:
    """Its variable is named in the configuration."""
    with Server(script) as server, client(server.origin, anonymous=True) as asking:
        with pytest.raises(SourceError) as raised:
            asking.get("/x")
        assert str(raised.value) == f"{server.origin}/x: {told}"
        assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"errorMessages": [], "errors": {"jql": "no such field", "x": 1}}, ": no such field"),
        ({"errors": [{"code": "c", "message": "one"}, {"message": "two"}, {"code": 7}]}, ": one, two"),
        ({"message": {"base": ["is wrong"]}}, ""),
        ({"error": {"error": {"error": {"error": {"message": "deep"}}}}}, ""),
        ({"code": 7}, ""),
        ({"message": ""}, ""),
        ("plainly", ": plainly"),
        (7, ""),
        (None, ""),
    ],
)
def test_the_message_of_an_error_is_found(said: object, told: str) -> None:
    """In the forms that services use, and in none other."""
    hint = "mend the query of this source in the configuration"
    with Server(status("422 No", json.dumps(said))) as server, client(server.origin) as asking:
        with pytest.raises(SourceError) as raised:
            asking.get("/x")
        assert str(raised.value) == f"{server.origin}/x: the request is refused (422){told}; {hint}"


def test_there_are_faults_enough() -> None:
    """Each has a name of its own."""
    assert len({case.name for case in CASES}) == len(CASES) > 100


@pytest.mark.parametrize("script", [slow_headers, slow_body, slow_chunks, silence])
def test_what_is_given_up_leaves_no_thread(script: Script) -> None:
    """Its socket is shut, so that whoever reads from it ends."""
    with Server(script) as server, client(server.origin, limits=Limits(deadline_seconds=0.3)) as asking:
        with pytest.raises(SourceError, match=r"did not come whole within 0\.3 seconds"):
            asking.get()
        assert no_thread_is_left()
        with pytest.raises(SourceError, match=r"did not come whole within 0\.3 seconds"):
            asking.get()
        assert len(server.asked) == 1
