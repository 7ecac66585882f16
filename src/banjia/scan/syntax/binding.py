"""Binding: nodes that give a name a value or a type."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from banjia.scan.syntax.node import Node
from banjia.scan.syntax.reader import Reader, other

# What only holds the type that matters.
WRAPPED = re.compile(
    r"^(?:std\.sync\.)?(?:Arc|Box|Rc|RefCell|Mutex|RwLock|OnceCell|LazyLock|Option|Result|Task|ValueTask|Lazy|Optional|"
    r"ObjectProvider|Provider|Supplier|Mono|Single)\s*<\s*(.+)$",
    re.DOTALL,
)


def assign(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    target, value = (reader.field(node, field, depth) for field in fields)
    kind = node.field("type")
    if target is None:
        return other(reader, node, [], depth)
    if value is None and kind is None:
        return Node("other", "", reader.kids(node, depth), node)
    if value is None:
        return Node("declare", type_name(kind.text() if kind else ""), [target], node)
    return Node("assign", type_name(kind.text() if kind else ""), [target, value], node)


def typed(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kind = type_name((reader.raw(node, fields[0]) or node).text())
    kids = []
    for kid in reader.kids(node, depth):
        if kid.kind == "assign":
            kid.text = kind
        elif kid.kind == "other" and kid.kids and kid.kids[0].kind == "name" and len(kid.kids) == 1:
            kid = Node("declare", kind, kid.kids, kid.span)
        kids.append(kid)
    return Node("other", "", kids, node)


def declare(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    name = reader.field(node, fields[0], depth)
    kind = reader.raw(node, fields[1])
    if name is None or kind is None:
        return other(reader, node, [], depth)
    return Node("declare", type_name(kind.text()), [name], node)


def parameter(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    """A parameter with its type; with a default value it is bound to that. `=`: the value has no field of its own."""
    name, kind = reader.field(node, fields[0], depth), reader.raw(node, fields[1])
    said = type_name(kind.text()) if kind is not None else ""
    if fields[2] == "=":
        after = [kid for kid in node.children() if kid.is_named() or kid.text() == "="]
        place = next((at for at, kid in enumerate(after) if kid.text() == "=" and not kid.is_named()), None)
        clause = next((kid for kid in after if kid.kind() == "equals_value_clause"), None)
        value = after[place + 1] if place is not None and place + 1 < len(after) else clause
    else:
        value = reader.raw(node, fields[2])
    if name is not None and value is not None:
        return Node("assign", said, [name, reader.read(value, depth)], node)
    if name is None or not said:
        return other(reader, node, [], depth)
    return Node("declare", said, [name], node)


def declared(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    names = [kid for kid in kids if kid.kind == "name"]
    kind = next((kid.text() for kid in node.children() if kid.kind() in ("user_type", "nullable_type")), "")
    if names and any(kid.text() == "=" and not kid.is_named() for kid in node.children()) and kids[-1] is not names[0]:
        return Node("assign", type_name(kind), [names[0], kids[-1]], node)
    return Node("declare", type_name(kind), names[:1], node) if names else Node("other", "", kids, node)


def property_(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    place = next((index for index, kid in enumerate(kids) if kid.kind == "declare"), None)
    if place is None or place + 1 >= len(kids):
        return Node("other", "", kids, node)
    declared = kids[place]
    return Node("assign", declared.text, [declared.kids[0], *kids[place + 1 :]], node)


def renamed(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2:
        return Node("assign", "", [kids[1], kids[0]], node)
    return Node("other", "", kids, node)


def function_declared(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """Kotlin's functions, whose parts have no names; `= value` is what they give."""
    kids = reader.kids(node, depth)
    name = next((kid.text for kid in kids if kid.kind == "name"), "")
    gives = next((kid.text() for kid in node.children() if kid.kind() in ("user_type", "nullable_type")), "")
    body = next((kid for kid in node.children() if kid.kind() == "function_body"), None)
    if body is not None and body.text().startswith("=") and kids and kids[-1].kids:
        value = kids[-1].kids[-1]
        kids = [*kids[:-1], Node("return", "", [value], value.span)]
    return Node("function", name, kids, node, ((type_name(gives), "returns"),) if gives else ())


def type_name(text: str) -> str:
    """The type's own name: without annotations, pointers, generics, optional marks and what only holds it."""
    words = text.lstrip(":*&?([ ]").removeprefix("->").replace("Optional[", "").replace("mut ", "").strip()
    while found := WRAPPED.match(words):
        words = found[1].lstrip("&*").strip()
    for cut in ("<", "[", "|", "?", "{", "("):
        words = words.split(cut)[0]
    return words.strip().strip("'\"]").replace("::", ".")
