"""A run that judges: reads before the first test, decides after the last one, changes the exit code."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.config.settings import gate_policy
from pytest_postmortem.errors import ConfigError, PostmortemError, extension_failed
from pytest_postmortem.garbage import not_looked_for
from pytest_postmortem.judging.gate import Decision, decide
from pytest_postmortem.judging.report import Report, make_report
from pytest_postmortem.model.state import Policy, State, Verdict
from pytest_postmortem.plugin.narrowing import narrowing
from pytest_postmortem.plugin.output import Outputs, take_away
from pytest_postmortem.plugin.results import Results
from pytest_postmortem.plugin.selecting import selection
from pytest_postmortem.reporting.escaping import in_lines

if TYPE_CHECKING:
    from pytest_postmortem.judging.proofs import Proofs
    from pytest_postmortem.model.run import Run
    from pytest_postmortem.plugin.session import Session

__all__ = ["Judge"]


class Judge:
    """The controller's side of `--incident-report`, `--incident-output`, `--incident-gate` and `--incident`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked = session.asked
        self._results = Results()
        self._outputs: Outputs | None = None
        self._finished: tuple[Report, Decision] | None = None
        self._problems: list[str] = []
        self._proofs: Proofs | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Read everything there is; whatever cannot be used ends the run here, before any test is collected."""
        with self._usable():
            take_away(self._session)
            self._narrowed = narrowing(self._session.config)
            self._policy = self._gate()
            self._read()
            if self._asked.judges:
                self._proofs = self._session.project.proofs(demanded=self._policy is Policy.PROVEN)
                self._outputs = Outputs(self._session)
                self._outputs.start()

    def _read(self) -> None:
        """Read every document. Raises PostmortemError with all that is wrong with them."""
        project = self._session.project
        project.usable_catalogue(demanded=self._asked.gate is not None, reported=self._asked.judges)
        selection(self._session, self._session.all_names())

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """End the run where something cannot be used, and leave no output of it."""
        try:
            yield
        except PostmortemError as error:
            if self._outputs is not None:
                take_away(self._session)
            raise pytest.UsageError(in_lines(str(error))) from None

    def _gate(self) -> Policy:
        settings = self._session.project.settings
        if self._asked.gate is None:
            return settings.gate
        try:
            return gate_policy(self._asked.gate)
        except ConfigError as error:
            raise ConfigError(f"--incident-gate: {error.problem}", hint=error.hint) from None

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        """Notice tests whose body was not run."""
        if nodeid:
            self._results.add_warning(str(warning_message.message), nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcomes of linked tests."""
        self._results.add(report)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Judge after everybody else has finished, so that no other plugin can undo the exit code earlier."""
        yield
        if not self._asked.judges or self._outputs is None:
            return
        report = self._report(session)
        by_default = self._asked.gate is None and self._session.project.settings.gate_by_default
        decision = decide(report, self._policy, explicit=self._asked.explicit, by_default=by_default)
        self._finished = report, decision
        code = _exit_code(int(session.exitstatus), decision)
        self._problems = self._outputs.finish(report, decision, code)
        if self._problems:
            code = code or int(pytest.ExitCode.TESTS_FAILED)
        session.exitstatus = code
        try:
            session.config.hook.pytest_postmortem_finished(report=report, decision=decision)
        except Exception as error:
            self._problems.append(str(extension_failed("pytest_postmortem_finished", error)))
            session.exitstatus = code or int(pytest.ExitCode.TESTS_FAILED)

    @not_looked_for()
    def _report(self, session: pytest.Session) -> Report:
        from pytest_postmortem.plugin.facts import gather_run

        project = self._session.project
        run, hints = gather_run(self._session, self._results, session, self._narrowed)

        def judge(run: Run) -> Report:
            return make_report(
                project.catalogue,
                run,
                project.settings,
                today=project.today,
                hints=hints,
                incidents=project.incidents,
                proofs=self._proofs,
            )

        report = judge(run)
        if any(item.state is State.MISSING for one in report.postmortems for item in one.items):
            from pytest_postmortem.plugin.strays import with_strays

            report = judge(with_strays(self._session, run))
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None]:
        """Print our section after pytest's own summary."""
        yield
        if self._finished is None and not self._problems:
            return
        verbosity = self._session.config.get_verbosity()
        terminalreporter.ensure_newline()
        if verbosity >= 0:
            terminalreporter.section("incidents", sep="=")
        if self._finished is not None:
            from pytest_postmortem.reporting.terminal import lines

            for line in lines(*self._finished, verbosity=verbosity):
                markup = {line.colour: True} if line.colour else {}
                terminalreporter.write_line(line.text, bold=line.bold, **markup)
        for problem in self._problems:
            terminalreporter.write_line(f"ERROR: {in_lines(problem)}", red=True)
        if self._finished is not None and self._outputs is not None and self._outputs.in_ci:
            from pytest_postmortem.reporting.github_actions import commands

            for command in commands(self._finished[1], self._outputs.prefix):
                terminalreporter.write_line(command)


def _exit_code(code: int, decision: Decision) -> int:
    """pytest's exit code after the gate: only "all passed", and "no tests" where the gate was explicit, can change."""
    changes = {int(pytest.ExitCode.OK)}
    if decision.explicit:
        changes.add(int(pytest.ExitCode.NO_TESTS_COLLECTED))
    if decision.verdict is Verdict.FAIL and code in changes:
        return int(pytest.ExitCode.TESTS_FAILED)
    return code
