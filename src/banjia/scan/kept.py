"""Kept: clients that a program keeps in a list or a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from banjia.scan.syntax.node import Node
from banjia.scan.value import MANY, NOTHING, Value

if TYPE_CHECKING:
    from banjia.scan.resolve import Resolver


def kept(resolver: Resolver, base: Node, key: str | None) -> Value:
    """A client kept in a list or under a key; where the key is not known, the one provider of all or none."""
    name = base.dotted()
    if not name or (name not in resolver.bound and name not in resolver.held):
        return NOTHING
    if name not in resolver.clients:
        resolver.clients[name] = ()  # while its entries are looked at it holds nothing
        resolver.clients[name] = _clients_in(resolver, name)
    clients = resolver.clients[name]
    values = [value for text, value in clients if text == key] or [value for _, value in clients]
    if not values:
        return NOTHING
    return values[0] if len({value.provider for value in values}) == 1 else values[0]._replace(provider="any", url=None)


def _clients_in(resolver: Resolver, name: str) -> tuple[tuple[str, Value], ...]:
    entries: list[tuple[str, Node]] = list(resolver.held.get(name, ()))
    for _, thing in resolver.bound.get(name, ()):
        if isinstance(thing, Node) and thing.kind in ("object", "other", "call"):
            pairs = ((kid.text, kid.kids[0]) if kid.kind == "pair" else ("", kid) for kid in thing.kids[:MANY])
            entries.extend(pair for pair in pairs if pair[1].kind in ("call", "name", "member", "index"))
    values = ((text, resolver.value(node)) for text, node in entries)
    return tuple((text, value) for text, value in values if value.rule is not None and "()" in value.path)
