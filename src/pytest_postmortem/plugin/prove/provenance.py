"""Origin of the code that ran in a child process of a proof: the work tree or another place."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

__all__ = ["Provenance"]

_SOURCES = (".py", ".pyx", ".c", ".cc", ".cpp", ".cxx")
_STARTS = {"os.system", "os.exec", "os.posix_spawn", "os.spawn"}
_WITHOUT_ENVIRONMENT = re.compile(r"-[A-DF-HJ-Za-z]*[IE][A-Za-z]*")


class Provenance:
    """Watches from its making on. `changed` are the paths, relative to the tree `top`, that the fix changes; `roots`
    the folders that PYTHONPATH begins with; `repository` is the user's checkout.
    """

    def __init__(self, top: Path, repository: Path, changed: Sequence[str], roots: Sequence[str]) -> None:
        self._top = top
        self._repository = repository
        self._python = os.path.realpath(sysconfig.get_path("stdlib"))
        self._folders: dict[str, str] = {}
        self._names = set(_iter_names(top, changed))
        self._packages = {name.partition(".")[0] for name in self._names}
        self._roots = os.pathsep.join(roots)
        self._started = False
        self._started_aside = False
        sys.addaudithook(self._audit)

    def find_elsewhere(self) -> dict[str, str]:
        """Return the modules of the project that were loaded from another place than the tree, with that place."""
        places = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            real = self._resolve(file) if isinstance(file, str) else ""
            if real and self._is_foreign(real) and (name in self._names or self._is_of_the_user(real)):
                places[name] = real
        return places

    def find_aside(self) -> str:
        """Return the place of an installation of changed code that a process which a test has started may have run."""
        if not self._started:
            return ""
        for package in sorted(self._packages - sys.modules.keys()):
            if place := self._find_place(_find_spec(package, sys.path)):
                return place
        if self._started_aside:
            entries = [entry for entry in sys.path if entry and not Path(entry).resolve().is_relative_to(self._top)]
            for package in sorted(self._packages):
                if place := self._find_place(_find_spec(package, entries)):
                    return place
        return ""

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Called by Python for everything that it does: the start of a process is what counts here."""
        if event in _STARTS:
            self._started = True
        elif event == "subprocess.Popen":
            self._started = True
            _, words, _, environ = arguments
            try:
                self._started_aside |= _is_kept_apart(words, environ, self._roots)
            except Exception:  # of another kind than expected: the test is to hear of it from Python
                self._started_aside = True

    def _resolve(self, file: str) -> str:
        """`os.path.realpath`, each folder looked up once: there are hundreds of modules, and few folders."""
        folder, name = os.path.split(file)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        real = os.path.join(self._folders[folder], name)
        return os.path.realpath(real) if os.path.islink(real) else real

    def _is_foreign(self, real: str) -> bool:
        """Whether it is neither of the tree nor of Python itself."""
        return not _is_in(real, self._top) and (not _is_in(real, self._python) or "site-packages" in real)

    def _is_of_the_user(self, real: str) -> bool:
        """Whether it lies in the checkout, and is not installed there."""
        return _is_in(real, self._repository) and "site-packages" not in Path(real).parts

    def _find_place(self, spec: ModuleSpec | None) -> str:
        places = (
            [] if spec is None else [spec.origin] if spec.has_location else [*(spec.submodule_search_locations or ())]
        )
        real = [os.path.realpath(place) for place in places if place]
        return real[0] if real and all(self._is_foreign(path) for path in real) else ""


def _iter_names(top: Path, changed: Sequence[str]) -> Iterator[str]:
    """Yield the names of a changed file and of its package: `shop.queue` and `shop` for `src/shop/queue.py`."""
    for path in changed:
        folder = (top / path).parent
        if Path(path).suffix in _SOURCES and Path(path).stem != "__init__":
            parts = Path(path).with_suffix("").parts
            yield from (".".join(parts[start:]) for start in range(len(parts) - 1))
            if not (folder / "__init__.py").is_file() and len(parts) <= 2:
                yield parts[-1]  # it lies in no package, in a folder such as src
        parts = folder.relative_to(top).parts
        inner = len(parts)
        while inner and top.joinpath(*parts[:inner], "__init__.py").is_file():
            inner -= 1
        yield from (".".join(parts[start:]) for start in range(inner + 1) if start < len(parts) and inner < len(parts))


def _find_spec(package: str, path: list[str]) -> ModuleSpec | None:
    """Return where `package` would be imported from, by the search of `path` and the finders before and after it."""
    for finder in sys.meta_path:
        try:
            spec = finder.find_spec(package, path if finder is PathFinder else None)
        except Exception:  # another package's finder
            continue
        if spec is not None:
            return spec
    return None


def _is_kept_apart(words: Any, environ: Mapping[Any, Any] | None, roots: str) -> bool:
    """Whether a process that is started so does not import from `roots` first."""
    words = words if isinstance(words, (list, tuple)) else str(words).split()
    program, *options = (os.fsdecode(word) for word in words)
    if "python" in os.path.basename(program) and any(map(_WITHOUT_ENVIRONMENT.fullmatch, options)):
        return True
    given = {
        os.fsdecode(name): os.fsdecode(value) for name, value in (os.environ if environ is None else environ).items()
    }
    return not given.get("PYTHONPATH", "").startswith(roots)


def _is_in(real: str, folder: str | Path) -> bool:
    """Whether it is a folder, or lies below it. Text is compared, as making a `Path` of each would take longer."""
    return os.path.join(os.path.normcase(real), "").startswith(os.path.join(os.path.normcase(folder), ""))
