"""The names that markers may use, apart from the documents: small enough to hand to another process."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Names", "bare", "folded", "nearest", "opener"]


def folded(name: str) -> str:
    """`name` without case, width and composition: two ids that agree in this are one to a reader."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def bare(name: str) -> str:
    """The letters and digits of `name` without case: SEV1 and sev-1 are one severity."""
    return "".join(character for character in name.casefold() if character.isalnum())


def nearest(name: str, known: Mapping[str, str] | Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The up to `most` nearest of `known`, best first.

    First those that differ in case, width or composition alone, then those `name` is the beginning of, then those that
    look alike. A mapping gives for each name the one to suggest in its place.
    """
    from difflib import get_close_matches

    suggest = known if isinstance(known, Mapping) else {one: one for one in known}
    wanted = folded(name.strip())
    by_fold: dict[str, list[str]] = {}
    for one in suggest:
        by_fold.setdefault(folded(one), []).append(one)
    same = by_fold.get(wanted, [])
    begun = sorted(one for fold, ones in by_fold.items() if len(wanted) > 1 and fold.startswith(wanted) for one in ones)
    close = get_close_matches(wanted, by_fold, n=most + 5)
    close.sort(key=lambda fold: sorted(fold) != sorted(wanted))  # swapped digits are the likeliest slip
    alike = [one for fold in close for one in by_fold[fold]]
    return tuple(dict.fromkeys(suggest[one] for one in (*same, *begun, *alike)))[:most]


def opener(names: Collection[str]) -> Callable[[str], bool]:
    """A test whether a stem begins with one of `names` and goes on with no letter or digit, if at all.

    Its cost depends on how many different lengths the names have, not on their number.
    """
    lengths = sorted({len(name) for name in names})
    known = frozenset(names)

    def opens(stem: str) -> bool:
        for length in lengths:  # noqa: SIM110 - asked of every file there is: twice as fast as any()
            if stem[:length] in known and not stem[length : length + 1].isalnum():
                return True
        return False

    return opens


@dataclass(frozen=True, slots=True)
class Names:
    """Which ids, aliases and stems there are, and the item ids of each post-mortem.

    `ids` maps each name to the id it stands for; `items` each id to its item ids; `sole` each id to the item that a
    marker without `action_item` covers, where there is one; `node_ids` each id to {item id: node ids in the document};
    `faulty` each id to what is wrong with its document. `shared` are stems and keys that several documents have: they
    name none.
    """

    ids: dict[str, str] = field(default_factory=dict)
    items: dict[str, list[str]] = field(default_factory=dict)
    sole: dict[str, str] = field(default_factory=dict)
    node_ids: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    faulty: dict[str, str] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def near(self, name: str) -> tuple[str, ...]:
        """The ids whose names are nearest to an unknown one, best first."""
        return tuple(self.shared[name]) if name in self.shared else nearest(name, self.ids)

    def hint(self, name: str) -> str:
        """What to do about a name that none of the ids, aliases and stems is."""
        near = self.near(name)
        if near:
            return f"did you mean {' or '.join(near)}?"
        if self.places:
            return f"they are read from {', '.join(self.places)}"
        return "there is no folder of post-mortems: name it in `sources` of [tool.pytest-postmortem]"

    def dumped(self) -> str:
        """As one JSON string."""
        return json.dumps({slot: getattr(self, slot) for slot in self.__slots__})

    @classmethod
    def loaded(cls, text: str) -> Names:
        """From `dumped`."""
        return cls(**json.loads(text))
