"""The judge of a run: reads before the first test, decides after the last one, changes the exit code."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.config.settings import parse_gate_policy
from pytest_postmortem.errors import ConfigError, PostmortemError, plugin_error
from pytest_postmortem.gc_pause import gc_paused
from pytest_postmortem.judging.gate import Decision, decide
from pytest_postmortem.judging.report import Report, make_report
from pytest_postmortem.model.state import Policy, State, Verdict
from pytest_postmortem.plugin.output import Outputs, remove_stale_outputs
from pytest_postmortem.plugin.partial_run import detect_partial_run
from pytest_postmortem.plugin.results import Results
from pytest_postmortem.plugin.selecting import find_selection
from pytest_postmortem.reporting.escaping import for_terminal, in_lines

if TYPE_CHECKING:
    from pytest_postmortem.judging.proofs import Proofs
    from pytest_postmortem.model.run import Run
    from pytest_postmortem.plugin.context import Context
    from pytest_postmortem.plugin.inventory import CollectedTests
    from pytest_postmortem.reporting.headlines import Line

__all__ = ["Judge"]


class Judge:
    """The controller's side of `--incident-report`, `--incident-output`, `--incident-gate` and `--incident`."""

    def __init__(self, context: Context, list_tests: Callable[[pytest.Session], CollectedTests]) -> None:
        self._context = context
        self._options = context.options
        self._list_tests = list_tests
        self._results = Results()
        self._outputs: Outputs | None = None
        self._finished: tuple[Report, Decision] | None = None
        self._problems: list[str] = []
        self._proofs: Proofs | None = None
        self._has_section = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Read everything there is; whatever cannot be used ends the run here, before any test is collected."""
        with self._end_if_unusable():
            remove_stale_outputs(self._context)
            self._partial = detect_partial_run(self._context.config)
            self._policy = self._load_policy()
            self._read()
            if self._options.judges:
                self._proofs = self._context.project.proofs(demanded=self._policy is Policy.PROVEN)
                self._outputs = Outputs(self._context)
                self._outputs.start()

    def _read(self) -> None:
        """Read every document. Raises PostmortemError with all that is wrong with them."""
        project = self._context.project
        project.require_catalogue(demanded=self._options.gate is not None, reported=self._options.judges)
        find_selection(self._options.ids, self._context.read_all_names())

    @contextmanager
    def _end_if_unusable(self) -> Iterator[None]:
        """End the run if something cannot be used, and leave no output of it."""
        try:
            yield
        except PostmortemError as error:
            if self._outputs is not None:
                remove_stale_outputs(self._context)
            raise pytest.UsageError(in_lines(str(error))) from None

    def _load_policy(self) -> Policy:
        settings = self._context.project.settings
        if self._options.gate is None:
            return settings.gate
        try:
            return parse_gate_policy(self._options.gate)
        except ConfigError as error:
            raise error.add_prefix("--incident-gate: ") from None

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        """Notice tests whose body was not run."""
        if nodeid:
            self._results.add_warning(str(warning_message.message), nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcomes of linked tests."""
        self._results.add(report)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Judge after all other plugins have finished, so that no other plugin can undo the exit code earlier."""
        yield
        if not self._options.judges or self._outputs is None:
            return
        report = self._make_report(session)
        by_default = self._options.gate is None and self._context.project.settings.gate_by_default
        decision = decide(report, self._policy, explicit=self._options.explicit, by_default=by_default)
        self._finished = report, decision
        session.config.pluginmanager.register(_Section(self), "postmortem-section")
        code = _decide_exit_code(int(session.exitstatus), decision)
        self._problems = self._outputs.finish(report, decision, code)
        if self._problems:
            code = code or int(pytest.ExitCode.TESTS_FAILED)
        session.exitstatus = code
        try:
            session.config.hook.pytest_postmortem_finished(report=report, decision=decision)
        except Exception as error:
            self._problems.append(str(plugin_error("pytest_postmortem_finished", error)))
            session.exitstatus = code or int(pytest.ExitCode.TESTS_FAILED)

    @gc_paused()
    def _make_report(self, session: pytest.Session) -> Report:
        from pytest_postmortem.plugin.run_model import build_run

        project = self._context.project
        run, hints = build_run(self._context, self._list_tests(session), self._results, session, self._partial)

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
        if any(item.state is State.MISSING for judged in report.postmortems for item in judged.items):
            from pytest_postmortem.plugin.strays import add_strays

            report = judge(add_strays(self._context, run))
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None]:
        """Print the problems and the verdict after pytest's short test summary."""
        yield
        if self._finished is None and not self._problems:
            return
        terminalreporter.ensure_newline()
        if not self._has_section and terminalreporter.config.get_verbosity() >= 0:
            terminalreporter.section(self._title(), sep="=")
        if self._finished is not None:
            from pytest_postmortem.reporting.headlines import verdict_line
            from pytest_postmortem.reporting.terminal import summary

            if terminalreporter.config.get_verbosity() >= -1:
                self._print(terminalreporter, summary(self._finished[1]))
                for text in self._outputs.list_written() if self._outputs is not None else ():
                    terminalreporter.write_line(for_terminal(text))
        for problem in self._problems:
            terminalreporter.write_line(f"ERROR: {in_lines(problem)}", red=True)
        if self._finished is not None:
            self._print(terminalreporter, [verdict_line(*self._finished)])
        if self._finished is not None and self._outputs is not None and self._outputs.in_ci:
            from pytest_postmortem.reporting.github_actions import render_commands

            for command in render_commands(self._finished[1], self._outputs.prefix):
                terminalreporter.write_line(command)

    def print_section(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what is not fine, before pytest's short test summary; count the problems in pytest's last line."""
        if self._finished is None:
            return
        from pytest_postmortem.reporting.terminal import section

        violations = self._finished[1].violations
        if violations:
            noun = "incident problem" if len(violations) == 1 else "incident problems"
            terminalreporter.stats[noun] = list(violations)
        verbosity = terminalreporter.config.get_verbosity()
        width = terminalreporter.config.get_terminal_writer().fullwidth
        found = list(section(*self._finished, verbosity=verbosity, width=width)) if verbosity >= 0 else []
        if found:
            self._has_section = True
            terminalreporter.ensure_newline()
            terminalreporter.section(self._title(), sep="=")
            self._print(terminalreporter, found)

    def _title(self) -> str:
        if self._finished is None:
            return "incidents"
        from pytest_postmortem.reporting.headlines import title

        return f"incidents: {title(*self._finished)}"

    def _print(self, terminalreporter: pytest.TerminalReporter, lines: Iterable[Line]) -> None:
        for line in lines:
            markup = {line.colour: True} if line.colour else {}
            end = line.coloured or len(line.text)
            terminalreporter.write(line.text[:end], bold=line.bold, **markup)
            terminalreporter.write_line(line.text[end:])


class _Section:
    """Prints the section where pytest's own sections are; the rest comes after pytest's short test summary."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """After the failures and warnings."""
        self._judge.print_section(terminalreporter)


def _decide_exit_code(code: int, decision: Decision) -> int:
    """Return the exit code after the gate: only "all passed", and "no tests" if the gate was explicit, can change."""
    changes = {int(pytest.ExitCode.OK)}
    if decision.explicit:
        changes.add(int(pytest.ExitCode.NO_TESTS_COLLECTED))
    if decision.verdict is Verdict.FAIL and code in changes:
        return int(pytest.ExitCode.TESTS_FAILED)
    return code
