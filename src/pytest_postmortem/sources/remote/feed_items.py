"""The items of a feed: what its pages hold, and the records that the field map makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pytest_postmortem.config.feed import ITSELF, FieldPath
from pytest_postmortem.sources.remote.field_paths import FieldMap, Place, Sightings, resolve_path
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.snapshot import Record

__all__ = ["FeedItems"]

_PAGE = "the answer"
_IN_A_URL = "/:?#[]@!$&'()*+,;=%~"
_BESIDE = ("key", "url", "body")


class FeedItems:
    """One pass over a feed by the options of its source; `number` items so far, `on_page` of them on the last page."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.number = self.on_page = 0
        self._paths = {
            key: FieldPath.parse(options[key])
            for key in ("items", "next", "total", "action-items")
            if options.get(key, ITSELF) != ITSELF
        }
        self._by_rows = options.get("action-items") == ITSELF
        self._gathered: dict[str, Record] = {}
        self._sightings = Sightings()
        self._map = FieldMap("map", options["map"], self._sightings)
        self._key = "key" if "key" in options["map"] else "id"
        self._item_map = FieldMap("action-item-map", options.get("action-item-map", {}), self._sightings)
        self._labels = Labels(options)

    def records(self, data: object, origin: str) -> Iterator[Record]:
        """Yield the items of one page."""
        page = self._find_page(data, Place(origin, "items", _PAGE))
        self.on_page = len(page)
        for item in page:
            self.number += 1
            place = Place(origin, item=f"item {self.number}")
            record = self._build_record(item, place)
            if self._by_rows:
                self._gather(record, place)
            else:
                yield record

    def finish(self) -> Iterator[Record]:
        """After the last page, the records that several items make up.

        Raises SourceError where something of the maps was in no item at all: a typo must not empty a field.
        """
        self._sightings.check()
        yield from self._gathered.values()

    def total(self, data: object, origin: str) -> int | None:
        """Return the number of all items that a page tells, None where none is asked for."""
        if "total" not in self._paths:
            return None
        place = Place(origin, "total", _PAGE)
        value = self._require("total", data, place)
        text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not (text.isdecimal() and len(text) < 20):
            place.refuse(f"`{self._paths['total'].text}` is no number of items", "mend the path, or leave `total` out")
        return int(text)

    def find_next_page(self, data: object, origin: str) -> str:
        """Return the address of the next page, "" where the page names none."""
        place = Place(origin, "next", _PAGE)
        values, _ = resolve_path(self._paths["next"], data, place)
        value = values[0] if values else None
        if value is not None and not isinstance(value, str):
            place.refuse(f"`{self._paths['next'].text}` is no address", "name the path of a text")
        return value.strip() if value else ""

    def _require(self, key: str, data: object, place: Place) -> Any:
        """What every page has to have at the path of this key."""
        values, astray = resolve_path(self._paths[key], data, place)
        if astray is not None:
            astray.refuse("is not in")
        return values[0] if values else None

    def _find_page(self, data: object, place: Place) -> list[Any]:
        page = self._require("items", data, place) if "items" in self._paths else data
        if not isinstance(page, list):
            what = f"`{self._paths['items'].text}`" if "items" in self._paths else _PAGE
            hint = f"name the list: {', '.join(_lists(page))}" if _lists(page) else "mend `items`: the path of the list"
            place.refuse(f"{what} is no list", hint)
        return page

    def _build_record(self, item: object, place: Place) -> Record:
        fields = self._map.read(item, place)
        key = " ".join(fields[self._key].split())
        if not key:
            self._map.refuse_empty(self._key, item, place)
        beside = {name: fields.pop(name, "") for name in _BESIDE}
        if self._by_rows:
            fields["action_items"] = [self._build_action_item(item, place)]
        elif "action-items" in self._paths:
            fields["action_items"] = list(self._list_action_items(item, place))
        return Record(key, beside["body"], quote(beside["url"], safe=_IN_A_URL) or None, fields)

    def _list_action_items(self, item: object, place: Place) -> Iterator[dict[str, Any]]:
        path, here = self._paths["action-items"], place.replace_key("action-items")
        for found in self._sightings.values(path, item, here):
            if found is not None and not isinstance(found, list):
                here.refuse(f"`{path.text}` is no list in {place.item}", "mend the path")
            for number, one in enumerate(found or (), 1):
                yield self._build_action_item(one, Place(place.origin, item=f"action item {number} of {place.item}"))

    def _build_action_item(self, item: object, place: Place) -> dict[str, Any]:
        fields = self._item_map.read(item, place)
        fields["test"] = self._labels.test(fields.pop("labels", ())) or fields.get("test", "")
        return fields

    def _gather(self, record: Record, place: Place) -> None:
        """Add the action item of `record` to those of the post-mortem that has its key."""
        known = self._gathered.setdefault(record.key, record)
        if known is record:
            return
        items = [*known.fields["action_items"], *record.fields["action_items"]]
        whole = replace(record, fields={**record.fields, "action_items": items})
        if replace(known, fields=whole.fields) != whole or {**known.fields, "action_items": items} != whole.fields:
            place.replace_key("map").refuse(
                f"{place.item} says something else of {record.key} than an item before it", "mend `key`, or the feed"
            )
        self._gathered[record.key] = whole


def _lists(page: object) -> list[str]:
    """Return the keys of an object that hold lists."""
    return [key for key, value in page.items() if isinstance(value, list)][:5] if isinstance(page, dict) else []
