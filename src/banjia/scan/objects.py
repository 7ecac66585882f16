"""Objects: what is kept under the names of one object: a table written out, its entries given on as arguments, the
attributes of a class of this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from banjia.scan.syntax.node import Node
from banjia.scan.value import NOTHING, Value

if TYPE_CHECKING:
    from banjia.scan.resolve import Resolver

Places = list[tuple[int, "Node | str"]]
SEVERAL = 2
FOLLOWED = 4  # names that are followed from one to the next
MAKES_TABLE = frozenset({"dict", "Object.freeze", "Object.assign", "ref", "reactive", "SimpleNamespace"})


def table(resolver: Resolver, node: Node) -> Node | None:
    """The table written out that an expression is: `{...}`, `dict(...)`, or a name bound to one before."""
    for _ in range(FOLLOWED):
        if node.kind == "object":
            return node
        if node.kind == "call":
            return node if (node.kids[0].dotted() or "") in MAKES_TABLE else None
        name = node.dotted() if node.kind in ("name", "member") else None
        places = [thing for at, thing in resolver.bound.get(name or "", ()) if at <= node.line]
        things = [thing for thing in places if isinstance(thing, Node) and thing is not node]
        if not things:
            return None
        node = things[-1]
    return None


def entry(resolver: Resolver, node: Node, *names: str) -> Node | None:
    """What a table holds under one of these names; nothing where the expression is no table."""
    found = table(resolver, node)
    return found.argument(*names) if found is not None else None


def spread(resolver: Resolver, call: Node, *names: str) -> Node | None:
    """An argument given by a table: `OpenAI(**options)`, `new OpenAI(options)`."""
    for kid in call.kids[1:]:
        given = kid.kids[0] if kid.kind == "other" and len(kid.kids) == 1 else kid
        if given.kind in ("name", "member") and (found := entry(resolver, given, *names)) is not None:
            return found
    return None


def attribute(resolver: Resolver, node: Node) -> Value:
    """`settings.base_url`: an entry of a table, or an attribute of a class of this file or of an object of it."""
    base = node.kids[0]
    if (held := entry(resolver, base, node.text)) is not None:
        return resolver.value(held)
    name = base.dotted() or ""
    kind = resolver.classes.get(name)
    if kind is None:
        made = [thing for _, thing in resolver.bound.get(name, ()) if isinstance(thing, Node) and thing.kind == "call"]
        kind = resolver.classes.get(made[-1].kids[0].dotted() or "") if made else None
    if kind is None:
        return NOTHING
    given = resolver.attributes.get(id(kind))
    if given is None:
        assigned = [inner for inner in kind.walk() if inner.kind == "assign"]
        given = {inner.kids[0].dotted() or "": inner.kids[1] for inner in reversed(assigned)}
        resolver.attributes[id(kind)] = given
    return resolver.value(given[node.text]) if node.text in given else NOTHING


def of_class(resolver: Resolver, places: Places, line: int) -> Places:
    """Of the places that bind a name: those in the class around a line, else those in the class that is made from."""
    if len(places) == 1 or len(resolver.classes) < SEVERAL:
        return places
    if not resolver.lines:
        resolver.lines.extend((kind.line, kind.end, kind) for kind in resolver.classes.values())
        resolver.lines.sort(key=lambda lines: lines[0])
    kind = next((kind for start, stop, kind in reversed(resolver.lines) if start <= line <= stop), None)
    for _ in range(FOLLOWED):
        if kind is None:
            break
        first, last = kind.line, kind.end
        own = [place for place in places if first <= place[0] <= last]
        if own:
            return own
        kind = next((resolver.classes[base] for base, _ in kind.bind if base in resolver.classes), None)
    return places


def package(path: str) -> str:
    """The name a Go package is used by when the import gives none."""
    names = path.split("/")
    last = names[-2] if re.fullmatch(r"v\d+", names[-1]) and len(names) > 1 else names[-1]
    return last.removeprefix("go-").removesuffix("-go").removesuffix("-sdk").replace("-", "_")


def inherited(resolver: Resolver, name: str) -> Value:
    """A class of this file made from a library's client is such a client."""
    for base, _ in resolver.classes[name].bind:
        if base == name:
            continue
        first, _, rest = base.partition(".")
        value = resolver.imported.get(first, NOTHING)
        if value.rule is None or value.rule.sdk is None or value.rule.sdk.client is None:
            continue
        path = ".".join(part for part in (value.path, rest) if part)
        if value.rule.sdk.client.search(path):
            return Value(rule=value.rule, path=path, provider=value.provider)
    return NOTHING


def chained(resolver: Resolver, node: Node) -> Value:
    """`prompt | llm | parser`: what is made of it is used as the client in it."""
    values = (resolver.value(kid) for kid in node.kids)
    return next((value for value in values if value.rule is not None and "()" in value.path), NOTHING)


def piped(resolver: Resolver, node: Node) -> Value | None:
    """`prompt.pipe(model).pipe(parser)`: used as the client in it."""
    for kid in (node.kids[0].kids[0], *node.kids[1:2]):
        value = resolver.value(kid)
        sdk = value.rule.sdk if value.rule is not None else None
        if sdk is not None and sdk.call is not None and sdk.call.search(f"{value.path}.invoke"):
            return value
    return None


def parts(target: Node, value: Node) -> Iterator[tuple[str, Node]]:
    """`const { OpenAI: Client } = require("openai")`, `const { KEY = "" } = process.env`: each name and what it is."""
    for part in target.kids:
        local = part.kids[-1].dotted() if part.kids and part.kind != "assign" else part.dotted()
        name = part.text or (part.kids[0].text if part.kids else "") or local
        if part.kind == "assign":
            local = name = part.kids[0].dotted()
        elif part.kind == "other" and len(part.kids) == 2:
            name = part.kids[0].text
        if local and name:
            yield local, Node("member", name, [value], part.span)


def is_shadowed(resolver: Resolver, name: str, line: int, bound_at: int) -> bool:
    """Whether a function between the binding and the place has a parameter of this name: another value."""
    if resolver.takers is None:
        resolver.takers = {}
        for function in resolver.spans:
            for taken in parameters(function):
                resolver.takers.setdefault(taken, []).append(function)
    return any(bound_at < function.line <= line <= function.end for function in resolver.takers.get(name, ()))


def parameters(function: Node) -> frozenset[str]:
    """Names of a function's parameters that have no value of their own."""
    place = next((at for at, kid in enumerate(function.kids) if kid.kind == "name" and kid.text == function.text), None)
    if place is None:
        return frozenset()
    listed = next((kid for kid in function.kids[place + 1 :] if kid.kind == "other"), None)
    if listed is None:
        return frozenset()
    names = set()
    for kid in listed.kids:
        inner = kid.kids[0] if kid.kind in ("declare", "other") and kid.kids else kid
        if inner.kind == "name":
            names.add(inner.text)
    return frozenset(names)
