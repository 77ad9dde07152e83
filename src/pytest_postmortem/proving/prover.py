"""Run the requested proofs in parallel, one work tree for each job."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue

from pytest_postmortem.git import Git
from pytest_postmortem.judging.source import Digests
from pytest_postmortem.model.proof import Proof, ProofVerdict
from pytest_postmortem.proving.child import run_supervised
from pytest_postmortem.proving.fix import Fix
from pytest_postmortem.proving.path_rules import PathRules
from pytest_postmortem.proving.sample import Sample, SampleOutcome, Where, find_import_roots, run_sample
from pytest_postmortem.proving.tree import CannotTakeOut, Tree
from pytest_postmortem.proving.verdict import judge_samples

__all__ = ["ProofRequest", "ProofSettings", "Prover"]

_PATIENCE = 0.1
"""Seconds between two looks at what is done."""


@dataclass(frozen=True, slots=True)
class ProofRequest:
    """Tests (node ids relative to the configuration's folder) that guard one post-mortem, and its fix."""

    postmortem: str
    node_ids: tuple[str, ...]
    fix: Fix


@dataclass(frozen=True, slots=True)
class ProofSettings:
    """How proofs are made: `samples` runs on each side of at most `limit` seconds, `jobs` at once.

    `setup_command` is run by a shell in a tree before its tests. `environment` is the child's.
    """

    samples: int
    jobs: int
    limit: float
    setup_command: str
    environment: Mapping[str, str]


class Prover:
    """Proves in trees of `head`; `git` is asked from the configuration's folder on."""

    def __init__(self, git: Git, head: str, path_rules: PathRules, settings: ProofSettings) -> None:
        self._git = git
        self._head = head
        self._path_rules = path_rules
        self._settings = settings
        self._prefix = git.prefix.decode("utf-8", "surrogateescape")
        self._repository = git.find_top_folder()
        self._stopping = threading.Event()

    def prove(
        self, asked: Sequence[ProofRequest], progress: Callable[[ProofRequest, bool], None] = lambda asked, done: None
    ) -> Iterator[list[Proof]]:
        """Yield the proofs of each of `asked`, as they are done; `progress` is told when one begins and when it is
        done.

        Raises SourceError if git fails. Every tree is removed at the end, also of an interrupted one.
        """
        trees: SimpleQueue[Tree | None] = SimpleQueue()
        jobs = max(1, min(self._settings.jobs, len(asked)))
        for _ in range(jobs):
            trees.put(None)
        made: list[Tree] = []

        @contextmanager
        def borrow_tree() -> Iterator[Tree]:
            tree = trees.get()
            if tree is None:
                tree = Tree(self._git, self._head)
                made.append(tree)
            try:
                yield tree
            finally:
                trees.put(tree)

        def run_job(one: ProofRequest) -> list[Proof]:
            if self._stopping.is_set():
                return []
            progress(one, False)
            with borrow_tree() as tree:
                proofs = self._prove(one, tree)
            progress(one, True)
            return proofs

        try:
            with ThreadPoolExecutor(jobs, thread_name_prefix="prove") as pool:
                try:
                    waiting = {pool.submit(run_job, one) for one in asked}
                    while waiting:  # in short steps: Ctrl-C does not wake up one that is long
                        done, waiting = wait(waiting, _PATIENCE, FIRST_COMPLETED)
                        for future in done:
                            yield future.result()
                except BaseException:
                    self._stopping.set()
                    pool.shutdown(cancel_futures=True)
                    raise
        finally:
            for tree in made:
                tree.close()

    def _prove(self, asked: ProofRequest, tree: Tree) -> list[Proof]:
        way = ""
        fixed: list[Sample] = []
        sources: dict[str, str] = {}
        try:
            tree.restore()
            digests = Digests(tree.root / self._prefix)
            sources = {node_id: digests.compute(node_id) or "" for node_id in asked.node_ids}
            changed = tree.list_code_paths(asked.fix.changes, self._path_rules)
            if not changed:
                tree.take_out(asked.fix.changes, self._path_rules)  # says why not
            where = self._locate(tree, changed)
            with_fix = self._take_samples(asked.node_ids, tree, where)
            passing = _select_passing(asked.node_ids, with_fix)
            without: list[Sample] = []
            if passing:
                tree.restore()
                way = tree.take_out(asked.fix.changes, self._path_rules)
                without = self._take_samples(passing, tree, where)
                if way == "parent":
                    failing = [one for one in passing if without[0].get(one).outcome is SampleOutcome.FAILED]
                    if failing:
                        tree.bring_in(asked.fix.changes, self._path_rules)
                        fixed = self._take_samples(failing, tree, where)
        except (CannotTakeOut, NotSetUp) as error:
            found = {node_id: (ProofVerdict.INCONCLUSIVE, str(error)) for node_id in asked.node_ids}
        else:
            found = {
                node_id: judge_samples(node_id, without if node_id in passing else (), with_fix, fixed)
                for node_id in asked.node_ids
            }
        return [
            Proof(
                node_id=node_id,
                postmortem=asked.postmortem,
                fix=asked.fix.names,
                how=asked.fix.how,
                way=way,
                verdict=kind,
                message=message,
                samples=self._settings.samples,
                source=sources.get(node_id, ""),
            )
            for node_id, (kind, message) in found.items()
        ]

    def _locate(self, tree: Tree, changed: Collection[str]) -> Where:
        """Told of the tree of HEAD once, so that both sides import from the same folders."""
        folder = tree.root / self._prefix
        roots = find_import_roots(tree.root, folder, self._repository, changed)
        return Where(folder, tree.home, tree.root, self._repository, tuple(changed), tuple(roots))

    def _take_samples(self, node_ids: Sequence[str], tree: Tree, where: Where) -> list[Sample]:
        """Return the samples of one side; a test that takes the others down with it is run alone."""
        self._set_up(tree)
        samples: list[Sample] = []
        left = list(node_ids)
        while left and len(samples) < self._settings.samples:
            sample = self._run(left, where)
            lost = [node_id for node_id in left if sample.get(node_id).outcome is SampleOutcome.NOT_RUN]
            broken = lost if sample.broken else []
            if lost and len(left) > 1:
                alone = {node_id: self._run([node_id], where) for node_id in lost}
                broken = [node_id for node_id in lost if alone[node_id].broken]
                for node_id, one in alone.items():
                    sample = sample.replace_one(node_id, one)
            left = [node_id for node_id in left if node_id not in broken]  # one that hangs is not waited for again
            samples.append(sample)
        return samples

    def _set_up(self, tree: Tree) -> None:
        """Run the setup command in a tree. Raises NotSetUp."""
        command = self._settings.setup_command
        if not command:
            return
        output = tree.home / "output.txt"
        folder = tree.root / self._prefix
        code = run_supervised(command, folder, self._settings.environment, output, self._settings.limit, self._stopping)
        if code:
            told = output.read_bytes()[-1000:].decode("utf-8", "replace").strip().splitlines()
            how = code if isinstance(code, str) else f"ended in {code}"
            raise NotSetUp(f"`setup-command` {how}: {told[-1] if told else 'it printed nothing'}")

    def _run(self, node_ids: Sequence[str], where: Where) -> Sample:
        if self._stopping.is_set():
            return Sample(broken="interrupted")
        return run_sample(where, node_ids, self._settings.environment, self._settings.limit, self._stopping)


def _select_passing(node_ids: Sequence[str], samples: Sequence[Sample]) -> list[str]:
    return [one for one in node_ids if all(sample.get(one).outcome is SampleOutcome.PASSED for sample in samples)]


class NotSetUp(Exception):
    """The setup command failed; the argument says how."""
