"""The names that markers may use, apart from the documents: small enough to hand to another process."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields

from pytest_postmortem.model.nearest import NameIndex, ask

__all__ = ["Names", "opener"]


def opener(names: Collection[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a stem is one of `names`, or begins with one before a sign.

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


_NO_PLACE = "there is no folder of post-mortems: name it in `sources` of [tool.pytest-postmortem]"


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
    _index: list[NameIndex] = field(default_factory=list, init=False, repr=False, compare=False)

    def find_near(self, name: str) -> tuple[str, ...]:
        """Return the ids whose names are nearest to an unknown one, best first."""
        if name in self.shared:
            return tuple(self.shared[name])
        if not self._index:
            self._index.append(NameIndex(self.ids, self.ids))
        return self._index[0].find(name, 3)

    def hint(self, name: str) -> str:
        """Return what to do about a name that is not an id, an alias or a stem."""
        read = f"they are read from {', '.join(self.places)}" if self.places else _NO_PLACE
        return ask(self.find_near(name), read)

    def dump(self) -> str:
        """Return the names as one JSON string."""
        return json.dumps({one.name: getattr(self, one.name) for one in fields(self) if one.init})

    @classmethod
    def load(cls, text: str) -> Names:
        """Return the names in the result of `dump`."""
        return cls(**json.loads(text))
