"""Select the tests to prove, each with the fix of its incident."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from pytest_postmortem.errors import ConfigError, PostmortemError
from pytest_postmortem.git import Git
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.source import Digests
from pytest_postmortem.model.proof import Proof, ProofVerdict
from pytest_postmortem.project import Project
from pytest_postmortem.proving.fix import Fix, Fixes
from pytest_postmortem.proving.path_rules import PathRules
from pytest_postmortem.proving.prover import ProofRequest

__all__ = ["ProofPlanner"]

Ledger = Mapping[tuple[str, str], Proof]


class ProofPlanner:
    """The linked tests of a project.

    `linked` are all pairs of a test (its function, without parameters) and a post-mortem; `path_rules` specify which
    files of the repository stay as they are when a fix is taken out; `notes` are for the user, `kept_unproven` is what
    the ledger holds of tests that are not proven and not requested again.
    """

    def __init__(self, project: Project, git: Git, head: str, report: Report) -> None:
        self._project = project
        self._git = git
        self._head = head
        self._digests = Digests(project.settings.base)
        self._verdicts = {one.postmortem.id: one for one in report.postmortems}
        self.linked = {
            (_strip_parameters(test.test.node_id), name) for name, one in self._verdicts.items() for test in one.tests
        }
        self.notes: list[str] = []
        self.kept_unproven: list[Proof] = []
        if git.ask("status", "--porcelain", "--untracked-files=no")[1].strip():
            self.notes.append("what is not committed is not looked at: proofs are of the commit that is checked out")
        prefix = git.prefix.decode("utf-8", "surrogateescape")
        self.path_rules = PathRules(
            tests={prefix + node_id.partition("::")[0] for node_id, _ in self.linked},
            documents={
                *(prefix + one.postmortem.origin for one in report.postmortems),
                str(PurePosixPath(prefix, ".postmortem/proofs.json")),
            },
        )

    def plan(
        self, ids: Sequence[str], items: Sequence[str], fixes: Sequence[str], *, guess: bool, ledger: Ledger | None
    ) -> tuple[list[ProofRequest], list[PostmortemError]]:
        """Return what to prove, of these post-mortems (all without one), and the faults of those without a usable fix.

        With a `ledger` only what it has no valid proof of. Raises ConfigError for an unknown id or action item, and for
        a post-mortem without a test.
        """
        finder = Fixes(self._git, self._head, fixes, guess=guess)
        requests: list[ProofRequest] = []
        faults: list[PostmortemError] = []
        for verdict in self._select_verdicts(ids):
            tests = self._select_tests(verdict, items)
            if not tests:
                if ids:
                    faults.append(self._make_no_test_error(verdict))
                continue
            try:
                fix = finder.find(verdict.postmortem)
            except PostmortemError as error:
                faults.append(error)
                continue
            due = tests if ledger is None else self._select_due(tests, verdict.postmortem.id, fix, ledger)
            if due:
                requests.append(ProofRequest(verdict.postmortem.id, tuple(due), fix))
        return requests, faults

    def _select_due(self, tests: Sequence[str], postmortem: str, fix: Fix, ledger: Ledger) -> list[str]:
        """Return those of `tests` that `ledger` has no valid proof of; note those that it holds as unproven."""
        due = [node_id for node_id in tests if self._is_due(node_id, postmortem, fix, ledger)]
        kept = (ledger[node_id, postmortem] for node_id in tests if node_id not in due)
        self.kept_unproven += [proof for proof in kept if proof.verdict is not ProofVerdict.PROVEN]
        return due

    def _select_verdicts(self, ids: Sequence[str]) -> list[PostmortemVerdict]:
        if not ids:
            return list(self._verdicts.values())
        names = self._project.resolve_names(ids)
        for name in ids:
            if name not in names.ids:
                raise ConfigError(f"no post-mortem is named {name!r}", hint=names.hint(name))
        return [self._verdicts[one] for one in dict.fromkeys(names.ids[name] for name in ids)]

    @staticmethod
    def _select_tests(verdict: PostmortemVerdict, items: Collection[str]) -> list[str]:
        tests = [test.test.node_id for test in verdict.tests]
        if items:
            by_id = {item.item.id: item for item in verdict.items}
            for item in items:
                if item not in by_id:
                    problem = f"{verdict.postmortem.id} has no action item {item!r}"
                    raise ConfigError(problem, hint=f"it has {', '.join(by_id) or 'none'}")
            tests = [test.test.node_id for item in items for test in by_id[item].tests]
        return list(dict.fromkeys(_strip_parameters(node_id) for node_id in tests))

    @staticmethod
    def _make_no_test_error(verdict: PostmortemVerdict) -> ConfigError:
        postmortem = verdict.postmortem
        hint = f'mark the test that guards it with @pytest.mark.incident("{postmortem.id}")'
        return ConfigError(f"no test guards {postmortem.id}", origin=postmortem.origin, line=postmortem.line, hint=hint)

    def _is_due(self, node_id: str, postmortem: str, fix: Fix, ledger: Ledger) -> bool:
        known = ledger.get((node_id, postmortem))
        return known is None or known.source != self._digests.compute(node_id) or known.fix != fix.names


def _strip_parameters(node_id: str) -> str:
    return node_id.partition("[")[0]
