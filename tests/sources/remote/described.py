"""Whether an answer is as a vendor's description of its API has it: each field known, each value of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Description"]

_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


class Description:
    """An OpenAPI document. Fields that an answer may not leave out are not asked for: ours hold what we read."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def problems(self, method: str, path: str, value: Any) -> list[str]:
        """What of a JSON value is not described for a successful answer to `method` at `path` (without its query)."""
        for template, operations in self._document["paths"].items():
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in operations:
                answers = operations[method.lower()]["responses"]
                content = self._at(answers.get("200") or answers["default"]).get("content", {})
                schema = next((one["schema"] for kind, one in content.items() if "json" in kind), {})
                return list(self._wrong(schema, value, ""))
        return [f"{method} {path} is not described"]

    def _at(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Any = self._document
            for key in schema["$ref"].removeprefix("#/").split("/"):
                found = found[key.replace("~1", "/").replace("~0", "~")]
            schema = found
        return schema

    def _wrong(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
        schema = self._at(schema)
        if value is None and schema.get("nullable"):
            return
        for several in ("oneOf", "anyOf"):
            if several in schema:
                told = [list(self._wrong(one, value, where)) for one in schema[several]]
                if all(told):
                    yield min(told, key=len)[0]
                return
        if not self._fits(schema, value):
            yield f"{where or 'the answer'}: {value!r:.60} is not described"
        elif isinstance(value, dict):
            fields = self._fields(schema)
            for key, inner in value.items():
                if key in fields:
                    yield from self._wrong(fields[key], inner, f"{where}.{key}")
                elif fields and not schema.get("additionalProperties"):
                    yield f"{where}.{key}: no such field"
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                yield from self._wrong(schema.get("items", {}), inner, f"{where}[{place}]")

    def _fits(self, schema: Mapping[str, Any], value: Any) -> bool:
        parts = [self._at(one) for one in schema.get("allOf", ())]
        if not all(self._fits(part, value) for part in parts):
            return False
        kinds = schema.get("type", [])
        allowed = [kind for name in ([kinds] if isinstance(kinds, str) else kinds) for kind in _KINDS[name]]
        fits = not allowed or ((type(value) is bool) <= (bool in allowed) and isinstance(value, tuple(allowed)))
        return fits and ("enum" not in schema or value in schema["enum"])

    def _fields(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        fields = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            fields |= self._fields(self._at(part))
        return fields
