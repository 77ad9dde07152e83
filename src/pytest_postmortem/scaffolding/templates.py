"""Which template a new post-mortem is made of."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.document import Skipped
from pytest_postmortem.scaffolding.forms import Form, parse_name
from pytest_postmortem.sources.files import read_text

__all__ = ["Template", "find_team_template", "load_our_template", "load_template"]

_EXTENSIONS = (".html.md.erb", ".md", ".markdown", ".qmd")
_A_DOCUMENT = re.compile(r"\A[A-Za-z]{0,12}[-_ ]?(?=[0-9]{3})[0-9]*[1-9]")
"""What begins with a date or a number of three digits is a post-mortem about a template; `sev1-template` is none."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's text, the path that messages show, and what there is to say about the choice."""

    text: str
    origin: str
    note: str = ""
    is_ours: bool = False


def load_template(path: Path, shown: str) -> Template:
    """Return the template in this file. Raises ConfigError if there is none, DocumentError where it cannot be read."""
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "is no regular file"
        if not path.exists():
            problem = "there is no such file"
        raise ConfigError(problem, origin=shown, hint="name a template, in Markdown")
    return Template(read_text(os.path.realpath(path), shown), shown)


def find_team_template(
    base: Path, skipped: Sequence[Skipped], folder: str, form: Form, shown: Callable[[str], str]
) -> Template | None:
    """Return the one template that lies in `folder`, or else in any source; None if there is none.

    A file with a number by the `form` of the post-mortems here is one of them, whatever it is about.

    Where there are several it is ours, with a note that names them. Messages show each as `shown` tells.
    """
    found = [one.origin for one in skipped if _is_template(one.origin, form)]
    beside = [origin for origin in found if origin.rpartition("/")[0] == folder]
    choice = beside or found
    if len(choice) > 1:
        told = f"there are several templates ({', '.join(map(shown, choice))}); none is used, name one with --template"
        return Template(load_our_template().text, load_our_template().origin, told, is_ours=True)
    if not choice or not Path(base, choice[0]).is_file():
        return None
    origin = shown(choice[0])
    return Template(load_template(Path(base, choice[0]), origin).text, origin, f"the template is {origin}")


def load_our_template() -> Template:
    """Return the template that comes with this package."""
    text = files("pytest_postmortem").joinpath("scaffolding", "template.md").read_text(encoding="utf-8")
    return Template(text, "the template of pytest-postmortem", is_ours=True)


def _is_template(origin: str, form: Form) -> bool:
    name = origin.rpartition("/")[2]
    extension = next((one for one in _EXTENSIONS if name.lower().endswith(one)), "" if "." not in name else None)
    if extension is None:
        return False
    stem = name.removesuffix(name[len(name) - len(extension) :]) if extension else name
    if "template" not in stem.lower() or _A_DOCUMENT.match(stem):
        return False
    read = parse_name(stem, {form.prefix})
    return not (int(read.number or 0) and form.is_same_series(read.form))
