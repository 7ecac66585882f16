"""Schema: JSON schemas of tools and answers, rewritten for vendors that read only a part of them."""

from __future__ import annotations

from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.draft import Draft
from banjia.routes.dialect.operation import SchemaRewrite
from banjia.text import Text

DEEPEST = 64  # levels of inlined definitions; a recursive schema stops there
_PLACES = ("tools[].function.parameters", "response_format.json_schema.schema")


def schema_rewrite(op: SchemaRewrite, draft: Draft) -> None:
    if op.drop_strict:
        draft.request = path.remove(draft.request, "tools[].function.strict")
    if op.inline_defs or op.unsupported:
        before = draft.request
        for place in _PLACES:
            draft.request = path.change(draft.request, place, lambda s: rewritten(s, op))
        if op.unsupported and draft.request is not before:
            words = ", ".join(op.unsupported)
            draft.warn(op, "tools", Text(f"模式中去掉了 {words}", f"schemas lost {words}"), loss="soft")


def rewritten(schema: Any, op: SchemaRewrite) -> Any:
    new = inlined(schema) if op.inline_defs else schema
    return without(new, frozenset(op.unsupported)) if op.unsupported else new


def inlined(schema: Any) -> Any:
    """Every `$ref` into the schema's own definitions becomes what it names; a recursive one any object."""
    if not isinstance(schema, dict):
        return schema
    definitions = {
        f"#/{where}/{name}": body
        for where in ("$defs", "definitions")
        for name, body in (schema.get(where) or {}).items()
    }
    if not definitions:
        return schema
    top = {k: v for k, v in schema.items() if k not in ("$defs", "definitions")}
    return _resolve(top, definitions, ())


def without(schema: Any, keywords: frozenset[str]) -> Any:
    """The schema without those keywords. Names of properties are not keywords."""
    if isinstance(schema, list):
        return [without(item, keywords) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: without(body, keywords) for name, body in value.items()}
        if key in ("properties", "$defs", "definitions") and isinstance(value, dict)
        else without(value, keywords)
        for key, value in schema.items()
        if key not in keywords
    }


def _resolve(node: Any, definitions: dict[str, Any], open_: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_resolve(item, definitions, open_) for item in node]
    if not isinstance(node, dict):
        return node
    name = node.get("$ref")
    if isinstance(name, str) and name in definitions:
        if name in open_ or len(open_) >= DEEPEST:
            return {"type": "object"}
        rest = {k: v for k, v in node.items() if k != "$ref"}
        target = definitions[name]
        return _resolve({**target, **rest} if isinstance(target, dict) else target, definitions, (*open_, name))
    return {key: _resolve(value, definitions, open_) for key, value in node.items()}
