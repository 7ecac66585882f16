"""Schema: the smallest value that a JSON schema allows, so that a stand-in can answer in it."""

from __future__ import annotations

import json
from typing import Any

from banjia.routes.dialect.schema import inlined


def instance(schema: Any) -> str:
    """As JSON text."""
    return json.dumps(_value(inlined(schema)), ensure_ascii=False)


def _value(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return None
    for words in ("const", "default"):
        if words in schema:
            return schema[words]
    if schema.get("enum"):
        return schema["enum"][0]
    for words in ("anyOf", "oneOf", "allOf"):
        if schema.get(words):
            return _value(schema[words][0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "array":
        return [_value(schema.get("items"))] * int(schema.get("minItems", 0))
    if kind in ("object", None):
        needed = schema.get("required") or list(schema.get("properties") or {})
        return {name: _value((schema.get("properties") or {}).get(name, {"type": "string"})) for name in needed}
    return {
        "string": "a",
        "integer": int(schema.get("minimum", 1)),
        "number": schema.get("minimum", 1),
        "boolean": True,
    }.get(str(kind))
