"""One checkout's configuration and documents, read when first needed and no more than needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_postmortem.catalogue import Catalogue, list_sources, read_all, read_named
from pytest_postmortem.config.pytest_root import find_pytest_root
from pytest_postmortem.config.settings import DEFAULT_FOLDERS, Settings, load, load_file
from pytest_postmortem.errors import ConfigError, DocumentError, PostmortemError, SourceError, join_errors, plugin_error
from pytest_postmortem.gc_pause import gc_paused
from pytest_postmortem.judging.marker_names import collect_names
from pytest_postmortem.model.names import Names
from pytest_postmortem.model.text import format_count

if TYPE_CHECKING:
    import pluggy

    from pytest_postmortem.judging.proofs import Proofs
    from pytest_postmortem.linting.interface import Rule
    from pytest_postmortem.model.document import Document
    from pytest_postmortem.model.incident import Incident
    from pytest_postmortem.model.postmortem import Postmortem
    from pytest_postmortem.reporting.interface import Reporter
    from pytest_postmortem.sources.interface import Listing, Source

__all__ = ["Project"]


class Project:
    """The settings that hold for `rootdir` and the documents they lead to; `today` is the day (UTC) to judge by.

    `config` names the file of the configuration; without it the nearest one upward from `rootdir` holds. `environ` is
    the process's environment, for git. `as_pytest` says that `rootdir` is a working directory: without a configuration
    the folder that pytest takes for its rootdir there holds.
    """

    def __init__(
        self, rootdir: Path, today: date, config: Path | None = None, environ: Mapping[str, str] | None = None,
        *, as_pytest: bool = False,
    ) -> None:  # fmt: skip
        self._rootdir = rootdir
        self._config = config
        self._environ = environ
        self._as_pytest = as_pytest
        self._named: Catalogue | None = None
        self.today = today

    def reopen(self) -> Project:
        """Return a project of the same checkout, to be read as it is now."""
        return Project(self._rootdir, self.today, self._config, self._environ, as_pytest=self._as_pytest)

    @cached_property
    def settings(self) -> Settings:
        """The configuration. Raises ConfigError with all its errors."""
        if self._config is not None:
            return load_file(self._rootdir / self._config)
        settings = load(self._rootdir)
        if settings.origin or not self._as_pytest:
            return settings
        return load(find_pytest_root(self._rootdir))

    @cached_property
    def listing(self) -> Listing:
        """Every document of every source, not opened. Raises SourceError if two sources share a name."""
        return list_sources(self._sources)

    def list_documents(self, names: Collection[str] | None) -> Listing:
        """List the documents whose stems begin with one of `names`, and possibly others; all of them for None."""
        return self.listing if names is None or "listing" in self.__dict__ else list_sources(self._sources, names)

    @cached_property
    def _sources(self) -> list[Source]:
        return self._gather("pytest_postmortem_sources", ("name", "listing"))

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every post-mortem, read."""
        with gc_paused():
            return read_all(self.listing, self.read, pattern_set=self.settings.id_pattern is not None)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Every incident of the register, if there is one."""
        return self._register[0]

    @cached_property
    def _register(self) -> tuple[tuple[Incident, ...], tuple[DocumentError, ...]]:
        if not self.settings.incidents:
            return (), ()
        from pytest_postmortem.reading.register import read_register
        from pytest_postmortem.sources.folder import build_document

        return read_register(build_document(str(self.settings.base), self.settings.incidents, configured=True))

    def require_catalogue(self, *, demanded: bool, reported: bool = False) -> Catalogue:
        """Return the catalogue for a run that judges by it; one that is `reported` needs the register, too.

        Raises PostmortemError with every error of every document at once, and if there is no post-mortem at all
        although sources are configured or the gate was `demanded`.
        """
        catalogue = self.catalogue
        self._refuse_errors(catalogue, register=reported)
        if not catalogue.postmortems and (self.settings.sources or self.settings.remote or demanded):
            raise ConfigError(
                f"no post-mortem found {self.describe_places()}",
                hint="name their folder in `sources` of [tool.pytest-postmortem]",
            )
        return catalogue

    def _refuse_errors(self, catalogue: Catalogue, *, register: bool) -> None:
        problems = []
        if catalogue.faults:
            files = any(isinstance(error, DocumentError) for error in catalogue.faults)
            way_out = " (leave a file or folder out with `exclude` in [tool.pytest-postmortem])" if files else ""
            number = format_count(len(catalogue.faults), "fault")
            problems.append(f"{number} in the post-mortems{way_out}:\n{join_errors(catalogue.faults)}")
        if register and (errors := self._register[1]):
            number = format_count(len(errors), "fault")
            problems.append(f"{number} in the register of incidents:\n{join_errors(errors)}")
        if problems:
            raise PostmortemError("\n".join(problems))

    def proofs(self, *, demanded: bool = False) -> Proofs | None:
        """Return the proofs of the ledger; None if there is none and they are not `demanded`. Raises EvidenceError."""
        from pytest_postmortem.evidence.ledger import PATH, read_ledger
        from pytest_postmortem.judging.proofs import Proofs

        path = self.settings.base / PATH
        there = path.is_symlink() or path.exists()
        return Proofs(read_ledger(path) if there else {}, self.settings.base) if there or demanded else None

    @cached_property
    def commit(self) -> str | None:
        """The commit that is checked out, or None if git does not know it."""
        import subprocess

        from pytest_postmortem.git import clean_environment

        command = ["git", "rev-parse", "--verify", "--quiet", "HEAD"]
        try:
            done = subprocess.run(
                command,
                cwd=self.settings.base,
                env=None if self._environ is None else clean_environment(self._environ),
                capture_output=True,
                text=True,
                timeout=10,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip() or None if done.returncode == 0 else None

    @cached_property
    def reporters(self) -> list[Reporter]:
        """The formats of this package and of the entry points."""
        return self._gather("pytest_postmortem_reporters", ("suffix", "render"))

    @cached_property
    def rules(self) -> list[Rule]:
        """The lint rules of this package and of the entry points."""
        return self._gather("pytest_postmortem_lint_rules", ("code", "check", "default"))

    def describe_places(self) -> str:
        """Return where post-mortems were looked for, in words."""
        folders = self.settings.sources or DEFAULT_FOLDERS
        places = (*folders, *(remote.snapshot for remote in self.settings.remote))
        return f"in {self.settings.base} (looked at {', '.join(places)})"

    def resolve_names(self, wanted: Iterable[str]) -> Names:
        """Return the names that `wanted` can resolve to; all names if one of `wanted` is unknown, for suggestions.

        Raises SourceError if one is unknown and a snapshot that may contain it cannot be used.
        """
        wanted = set(wanted)
        self._named = self._read_named(wanted)
        names = collect_names(self._named, self.today)
        if not wanted <= names.ids.keys():
            names = collect_names(self.catalogue, self.today)
        if not wanted <= names.ids.keys() and (errors := self._find_snapshot_errors()):
            raise SourceError(join_errors(errors))
        return names

    def _find_snapshot_errors(self) -> list[PostmortemError]:
        snapshots = {remote.snapshot for remote in self.settings.remote}
        return [error for error in self.catalogue.faults if error.origin in snapshots]

    def find(self, postmortem_id: str) -> Postmortem | None:
        """Return the post-mortem of this id or None, reading no more documents than it takes."""
        postmortem = None if self._named is None else self._named.get(postmortem_id)
        if postmortem is None and "catalogue" not in self.__dict__:
            postmortem = self._read_named({postmortem_id}, by_file_name=True).get(postmortem_id)
        return postmortem or self.catalogue.get(postmortem_id)

    def _read_named(self, names: Collection[str], *, by_file_name: bool = False) -> Catalogue:
        pattern_set = self.settings.id_pattern is not None
        return read_named(self.list_documents, self.read, names, pattern_set=pattern_set, by_file_name=by_file_name)

    def read(self, document: Document) -> Postmortem | None:
        """Return the post-mortem in one document, by the readers of this project. Raises PostmortemError."""
        hook = "pytest_postmortem_read_document"
        try:
            postmortem: Postmortem | None = getattr(self._hooks, hook)(document=document)
        except PostmortemError:
            raise
        except Exception as error:
            raise DocumentError(str(plugin_error(hook, error)), origin=document.origin) from None
        return postmortem

    @cached_property
    def _hooks(self) -> pluggy.HookRelay:
        from pytest_postmortem.plugins import load_plugins

        return load_plugins(self.settings, self.today).hook

    def _gather(self, hook: str, attributes: Collection[str]) -> list[Any]:
        from pytest_postmortem.plugins import gather

        return gather(getattr(self._hooks, hook), self.settings, attributes)
