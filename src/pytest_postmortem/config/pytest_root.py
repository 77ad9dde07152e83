"""Find the folder that pytest takes for its rootdir."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["find_pytest_root"]

_PYTEST_FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((name, ()) for name in ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")),
    ("pyproject.toml", ("[tool.pytest.ini_options", "[tool.pytest]")),
    ("tox.ini", ("[pytest]",)),
    ("setup.cfg", ("[tool:pytest]",)),
)
"""The files that make a folder pytest's rootdir, each with the tables that count; without one the file alone counts."""


def find_pytest_root(folder: Path) -> Path:
    """Return the folder that pytest takes for its rootdir if it is started in `folder` without arguments.

    What is outside of the checkout is left out.
    """
    folders = [folder]
    while not os.path.lexists(folders[-1] / ".git") and folders[-1].parent != folders[-1]:
        folders.append(folders[-1].parent)
    projects: list[Path] = []
    for candidate in folders:
        if _has_pytest_file(candidate, projects):
            return candidate
    return next(iter(projects), None) or next((one for one in folders if (one / "setup.py").is_file()), folder)


def _has_pytest_file(folder: Path, projects: list[Path]) -> bool:
    """Return whether a file configures pytest in `folder`; add it to `projects` if it has another pyproject.toml."""
    for name, heads in _PYTEST_FILES:
        path = folder / name
        try:
            text = path.read_text(encoding="utf-8-sig") if path.is_file() else None
        except (OSError, ValueError):
            continue
        if text is None:
            continue
        if not heads or any(head in text for head in heads):
            return True
        if name == "pyproject.toml":
            projects.append(folder)
    return False
