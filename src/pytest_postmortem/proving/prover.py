"""Run the requested proofs in parallel, one work tree for each job."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Sides:
    """The samples of one proof: with the fix, without it (of the tests `passing` with it), and on the fix's own code.

    `way` is how the fix was taken out, or "".
    """

    with_fix: list[Sample] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    without: list[Sample] = field(default_factory=list)
    fixed: list[Sample] = field(default_factory=list)
    way: str = ""

    def list_failing(self) -> list[str]:
        """Return the tests that fail without the fix."""
        first = self.without[0]
        return [node_id for node_id in self.passing if first.get(node_id).outcome is SampleOutcome.FAILED]

    def judge(self, node_id: str) -> tuple[ProofVerdict, str]:
        """Return the verdict on a test, with its message."""
        return judge_samples(node_id, self.without if node_id in self.passing else (), self.with_fix, self.fixed)


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
        self,
        requests: Sequence[ProofRequest],
        progress: Callable[[ProofRequest, bool], None] = lambda request, done: None,
    ) -> Iterator[list[Proof]]:
        """Yield the proofs of each of `asked`, as they are done; `progress` is told when one begins and when it is
        done.

        Raises SourceError if git fails. Every tree is removed at the end, also of an interrupted one.
        """
        trees: SimpleQueue[Tree | None] = SimpleQueue()
        jobs = max(1, min(self._settings.jobs, len(requests)))
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

        def run_job(request: ProofRequest) -> list[Proof]:
            if self._stopping.is_set():
                return []
            progress(request, False)
            with borrow_tree() as tree:
                proofs = self._prove(request, tree)
            progress(request, True)
            return proofs

        try:
            with ThreadPoolExecutor(jobs, thread_name_prefix="prove") as pool:
                try:
                    waiting = {pool.submit(run_job, request) for request in requests}
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

    def _prove(self, request: ProofRequest, tree: Tree) -> list[Proof]:
        tree.restore()
        digests = Digests(tree.root / self._prefix)
        sources = {node_id: digests.compute(node_id) or "" for node_id in request.node_ids}
        sides = _Sides()
        try:
            self._take_sides(request, tree, sides)
        except (CannotTakeOut, NotSetUp) as error:
            verdicts = {node_id: (ProofVerdict.INCONCLUSIVE, str(error)) for node_id in request.node_ids}
        else:
            verdicts = {node_id: sides.judge(node_id) for node_id in request.node_ids}
        return [
            Proof(
                node_id=node_id,
                postmortem=request.postmortem,
                fix=request.fix.names,
                how=request.fix.how,
                way=sides.way,
                verdict=verdict,
                message=message,
                samples=self._settings.samples,
                source=sources[node_id],
            )
            for node_id, (verdict, message) in verdicts.items()
        ]

    def _take_sides(self, request: ProofRequest, tree: Tree, sides: _Sides) -> None:
        """Take samples with and without the fix into `sides`. Raises CannotTakeOut, NotSetUp."""
        changes = request.fix.changes
        changed = tree.list_code_paths(changes, self._path_rules)
        if not changed:
            tree.take_out(changes, self._path_rules)  # says why not
        where = self._locate(tree, changed)
        sides.with_fix = self._take_samples(request.node_ids, tree, where)
        sides.passing = _select_passing(request.node_ids, sides.with_fix)
        if not sides.passing:
            return
        tree.restore()
        sides.way = tree.take_out(changes, self._path_rules)
        sides.without = self._take_samples(sides.passing, tree, where)
        if sides.way == "parent" and (failing := sides.list_failing()):
            tree.bring_in(changes, self._path_rules)
            sides.fixed = self._take_samples(failing, tree, where)

    def _locate(self, tree: Tree, changed: Collection[str]) -> Where:
        """Return where tests run; found once, in the tree of HEAD, so that both sides import from the same folders."""
        folder = tree.root / self._prefix
        roots = find_import_roots(tree.root, folder, self._repository, changed)
        return Where(folder, tree.home, tree.root, self._repository, tuple(changed), tuple(roots))

    def _take_samples(self, node_ids: Sequence[str], tree: Tree, where: Where) -> list[Sample]:
        """Return the samples of one side; a test that takes the others down with it is run alone."""
        self._set_up(tree)
        samples: list[Sample] = []
        left = list(node_ids)
        while left and len(samples) < self._settings.samples:
            sample, broken = self._take_sample(left, where)
            left = [node_id for node_id in left if node_id not in broken]  # one that hangs is not waited for again
            samples.append(sample)
        return samples

    def _take_sample(self, node_ids: Sequence[str], where: Where) -> tuple[Sample, list[str]]:
        """Return one sample, and the tests whose process broke."""
        sample = self._run(node_ids, where)
        lost = [node_id for node_id in node_ids if sample.get(node_id).outcome is SampleOutcome.NOT_RUN]
        if not lost or len(node_ids) == 1:
            return sample, lost if sample.broken else []
        alone = {node_id: self._run([node_id], where) for node_id in lost}
        for node_id, of_one in alone.items():
            sample = sample.replace_one(node_id, of_one)
        return sample, [node_id for node_id in lost if alone[node_id].broken]

    def _set_up(self, tree: Tree) -> None:
        """Run the setup command in a tree. Raises NotSetUp."""
        command = self._settings.setup_command
        if not command:
            return
        output = tree.home / "output.txt"
        folder = tree.root / self._prefix
        code = run_supervised(command, folder, self._settings.environment, output, self._settings.limit, self._stopping)
        if code:
            printed = output.read_bytes()[-1000:].decode("utf-8", "replace").strip().splitlines()
            how = code if isinstance(code, str) else f"ended in {code}"
            raise NotSetUp(f"`setup-command` {how}: {printed[-1] if printed else 'it printed nothing'}")

    def _run(self, node_ids: Sequence[str], where: Where) -> Sample:
        if self._stopping.is_set():
            return Sample(broken="interrupted")
        return run_sample(where, node_ids, self._settings.environment, self._settings.limit, self._stopping)


def _select_passing(node_ids: Sequence[str], samples: Sequence[Sample]) -> list[str]:
    return [
        node_id
        for node_id in node_ids
        if all(sample.get(node_id).outcome is SampleOutcome.PASSED for sample in samples)
    ]


class NotSetUp(Exception):
    """The setup command failed; the argument says how."""
