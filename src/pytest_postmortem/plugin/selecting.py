"""The selection of `--incident ID`: only the tests that guard it."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.link import Link
from pytest_postmortem.model.names import Names
from pytest_postmortem.model.nearest import suggest

__all__ = ["find_selection", "is_guarding"]


def find_selection(ids: Iterable[str], names: Names) -> tuple[Link, ...]:
    """Return what the `ids` of `--incident` name. Raises ConfigError for an unknown one, with the nearest."""
    return tuple(_find_link(text, names) for text in ids)


def _find_link(text: str, names: Names) -> Link:
    if text in names.ids:
        return Link(names.ids[text])
    name, slash, item = text.rpartition("/")
    if slash and name in names.ids:
        postmortem = names.ids[name]
        if item in names.items.get(postmortem, []):
            return Link(postmortem, item)
        items = names.items.get(postmortem, [])
        hint = suggest(item, items, f"try --incident {name}", most=3, show=f"{name}/{{}}".format)
        raise ConfigError(f'--incident: {postmortem} has no action item "{item}"', hint=hint)
    hint = names.hint(name if slash else text)
    raise ConfigError(f'--incident: no post-mortem is named "{text}"', hint=hint)


def is_guarding(link: Link, wanted: Link, names: Names) -> bool:
    """Whether a test with `link` guards what is `wanted`: a marker without an item covers the only one there is."""
    if link.postmortem != wanted.postmortem:
        return False
    if wanted.item is None:
        return True
    return (link.item or names.sole.get(link.postmortem)) == wanted.item
