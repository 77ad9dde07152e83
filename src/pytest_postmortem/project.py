"""One checkout's configuration and documents, read when first needed and no more than needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_postmortem.catalogue import Catalogue, list_sources, read_all, read_named
from pytest_postmortem.config.settings import DEFAULT_FOLDERS, Settings, find_pytest_root, load, load_file
from pytest_postmortem.errors import ConfigError, DocumentError, PostmortemError, SourceError, extension_failed, joined
from pytest_postmortem.garbage import not_looked_for
from pytest_postmortem.judging.linking import sole_item
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

__all__ = ["Project", "gathered", "names_in"]


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

    def again(self) -> Project:
        """The same checkout, to be read as it is now."""
        return Project(self._rootdir, self.today, self._config, self._environ, as_pytest=self._as_pytest)

    @cached_property
    def settings(self) -> Settings:
        """The configuration. Raises ConfigError with all its faults."""
        if self._config is not None:
            return load_file(self._rootdir / self._config)
        settings = load(self._rootdir)
        if settings.origin or not self._as_pytest:
            return settings
        return load(find_pytest_root(self._rootdir))

    @cached_property
    def listing(self) -> Listing:
        """Every document of every source, not opened. Raises SourceError where two sources share a name."""
        return list_sources(self._sources)

    def listing_of(self, names: Collection[str] | None) -> Listing:
        """The documents whose stems begin with one of `names`, and others perhaps; all of them for None."""
        return self.listing if names is None or "listing" in self.__dict__ else list_sources(self._sources, names)

    @cached_property
    def _sources(self) -> list[Source]:
        return gathered(self._readers.hook.pytest_postmortem_sources, self.settings, ("name", "listing"))

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every post-mortem, read."""
        with not_looked_for():
            return read_all(self.listing, self.read, pattern_set=self.settings.id_pattern is not None)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Every incident of the register; none where there is no register."""
        return self._register[0]

    @cached_property
    def _register(self) -> tuple[tuple[Incident, ...], tuple[DocumentError, ...]]:
        if not self.settings.incidents:
            return (), ()
        from pytest_postmortem.reading.register import read_register
        from pytest_postmortem.sources.folder import document_at

        return read_register(document_at(str(self.settings.base), self.settings.incidents, configured=True))

    def usable_catalogue(self, *, demanded: bool, reported: bool = False) -> Catalogue:
        """The catalogue for a run that judges by it; where it makes a report (`reported`), it needs the register too.

        Raises PostmortemError with every fault of every document at once, and where there is no post-mortem at all
        although sources are configured or the gate was `demanded`.
        """
        catalogue = self.catalogue
        told = []
        if catalogue.faults:
            files = any(isinstance(fault, DocumentError) for fault in catalogue.faults)
            way_out = " (leave a file or folder out with `exclude` in [tool.pytest-postmortem])" if files else ""
            number = format_count(len(catalogue.faults), "fault")
            told.append(f"{number} in the post-mortems{way_out}:\n{joined(catalogue.faults)}")
        if reported and (faults := self._register[1]):
            told.append(f"{format_count(len(faults), 'fault')} in the register of incidents:\n{joined(faults)}")
        if told:
            raise PostmortemError("\n".join(told))
        if not catalogue.postmortems and (self.settings.sources or self.settings.remote or demanded):
            raise ConfigError(
                f"no post-mortem found {self.looked()}",
                hint="name their folder in `sources` of [tool.pytest-postmortem]",
            )
        return catalogue

    def proofs(self, *, demanded: bool = False) -> Proofs | None:
        """The proofs of the ledger; None where there is none and they are not `demanded`. Raises EvidenceError."""
        from pytest_postmortem.evidence.ledger import PATH, read
        from pytest_postmortem.judging.proofs import Proofs

        path = self.settings.base / PATH
        there = path.is_symlink() or path.exists()
        return Proofs(read(path) if there else {}, self.settings.base) if there or demanded else None

    @cached_property
    def commit(self) -> str | None:
        """The commit that is checked out, or None where git cannot tell."""
        import subprocess

        from pytest_postmortem.git import clean_environment

        command = ["git", "rev-parse", "--verify", "--quiet", "HEAD"]
        try:
            told = subprocess.run(
                command,
                cwd=self.settings.base,
                env=None if self._environ is None else clean_environment(self._environ),
                capture_output=True,
                text=True,
                timeout=10,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return told.stdout.strip() or None if told.returncode == 0 else None

    @cached_property
    def reporters(self) -> list[Reporter]:
        """The formats of this package and of the entry points."""
        return gathered(self._readers.hook.pytest_postmortem_reporters, self.settings, ("suffix", "render"))

    @cached_property
    def rules(self) -> list[Rule]:
        """The lint rules of this package and of the entry points."""
        return gathered(self._readers.hook.pytest_postmortem_lint_rules, self.settings, ("code", "check", "default"))

    def looked(self) -> str:
        """Where post-mortems were looked for, in words."""
        folders = self.settings.sources or DEFAULT_FOLDERS
        places = (*folders, *(one.snapshot for one in self.settings.remote))
        return f"in {self.settings.base} (looked at {', '.join(places)})"

    def names(self, wanted: Iterable[str]) -> Names:
        """The names that `wanted` can resolve to; all of them where one of `wanted` is unknown, for suggestions."""
        wanted = set(wanted)
        self._named = self._read_named(wanted)
        found = names_in(self._named, self.today)
        if not wanted <= found.ids.keys():
            found = names_in(self.catalogue, self.today)
        if not wanted <= found.ids.keys() and (unfit := [*self._unfit_snapshots()]):
            raise SourceError(joined(unfit))
        return found

    def _unfit_snapshots(self) -> Iterator[PostmortemError]:
        """What is wrong with snapshots: a name that is not found may stand in one that is not there."""
        snapshots = {one.snapshot for one in self.settings.remote}
        return (fault for fault in self.catalogue.faults if fault.origin in snapshots)

    def find(self, postmortem_id: str) -> Postmortem | None:
        """The post-mortem of this id, reading no more documents than it takes."""
        found = None if self._named is None else self._named.get(postmortem_id)
        if found is None and "catalogue" not in self.__dict__:
            found = self._read_named({postmortem_id}, by_file_name=True).get(postmortem_id)
        return found or self.catalogue.get(postmortem_id)

    def _read_named(self, names: Collection[str], *, by_file_name: bool = False) -> Catalogue:
        pattern_set = self.settings.id_pattern is not None
        return read_named(self.listing_of, self.read, names, pattern_set=pattern_set, by_file_name=by_file_name)

    def read(self, document: Document) -> Postmortem | None:
        """The post-mortem in one document, by the readers of this project. Raises PostmortemError where one fails."""
        hook = "pytest_postmortem_read_document"
        try:
            read: Postmortem | None = getattr(self._readers.hook, hook)(document=document)
        except PostmortemError:
            raise
        except Exception as error:
            raise DocumentError(str(extension_failed(hook, error)), origin=document.origin) from None
        return read

    @cached_property
    def _readers(self) -> pluggy.PluginManager:
        """A plugin manager of our own, so that every way of reading the documents comes to the same result."""
        import pluggy

        from pytest_postmortem import hookspecs
        from pytest_postmortem.builtin import BuiltIn

        readers = pluggy.PluginManager(hookspecs.ENTRY_POINTS)
        readers.add_hookspecs(hookspecs.Reading)
        readers.add_hookspecs(hookspecs.Linting)
        readers.add_hookspecs(hookspecs.Reporting)
        readers.register(BuiltIn(self.settings, self.today), "built-in")
        _load(readers)
        return readers


def _load(readers: pluggy.PluginManager) -> None:
    """Load the packages of the entry-point group. Raises SourceError that names one that cannot be loaded."""
    from importlib.metadata import entry_points

    from pytest_postmortem.hookspecs import ENTRY_POINTS

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda one: one.name):
        try:
            readers.register(point.load(), point.value)
            readers.check_pending()
        except Exception as error:
            problem = f"cannot be used: {type(error).__name__}: {error}"
            origin, hint = f"{ENTRY_POINTS} entry point {point.value}", "mend that package, or uninstall it"
            raise SourceError(" ".join(problem.split()), origin=origin, hint=hint) from None


def gathered(hook: pluggy.HookCaller, settings: Settings, needed: Collection[str]) -> list[Any]:
    """What all implementations of `hook` return, ours first, each with the attributes `needed`.

    Raises SourceError where an implementation fails or returns something else.
    """
    try:
        lists = hook(settings=settings)
    except PostmortemError:
        raise
    except Exception as error:
        raise extension_failed(hook.name, error) from None
    for given in lists:
        listed = isinstance(given, (list, tuple))
        wrong = [one for one in given if not all(hasattr(one, name) for name in needed)] if listed else [given]
        if wrong:
            kind = wrong[0] if isinstance(wrong[0], type) else type(wrong[0])
            hint = f"return a list of objects with {' and '.join(f'`{name}`' for name in needed)}"
            raise SourceError(f"{hook.name} returned a {kind.__module__}.{kind.__qualname__}", hint=hint)
    return [one for given in reversed(lists) for one in given]


def names_in(catalogue: Catalogue, today: date) -> Names:
    """The names of `catalogue` as they are handed to the checks of markers, in this process or another."""
    names = Names(places=list(catalogue.places))
    shared: set[str] = set()
    for name, postmortems in catalogue.named().items():
        if len(postmortems) == 1:
            names.ids[name] = postmortems[0].id
        elif any(name in (one.id, *one.aliases) for one in postmortems):
            names.ids[name] = postmortems[0].id  # a fault of these documents
            shared.update(one.origin for one in postmortems)
        else:
            names.shared[name] = [postmortem.id for postmortem in postmortems]
    names.shared.update((key, list(ids)) for key, ids in catalogue.contested.items() if key not in names.ids)
    doubled: dict[str, list[str]] = {}
    for fault in catalogue.faults:
        doubled.setdefault(fault.origin, []).append(str(fault))
    for postmortem in catalogue.postmortems:
        names.items[postmortem.id] = [item.id for item in postmortem.action_items]
        sole = sole_item(postmortem, today)
        if sole is not None:
            names.sole[postmortem.id] = sole.id
        named = {item.id: list(item.test.node_ids) for item in postmortem.action_items if item.test.node_ids}
        if named:
            names.node_ids[postmortem.id] = named
        told = doubled.get(postmortem.origin, [])
        if postmortem.origin in shared:
            told = [text for origin in sorted(shared) for text in doubled.get(origin, [])]
        if told:
            names.faulty[postmortem.id] = "\n".join(told)
    return names
