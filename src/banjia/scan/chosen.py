"""Chosen: of a name that several lines bind, what stands where nothing tells which of them was run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from banjia.scan.syntax.node import Node
from banjia.scan.value import BASES, Value

if TYPE_CHECKING:
    from banjia.scan.resolve import Resolver

# A name bound to this many different hosts is chosen elsewhere.
MANY_ADDRESSES = 3
# Where a name is seldom given another thing but in a branch. A script or a notebook does so line after line.
BRANCHED = frozenset({"go", "java", "kotlin", "csharp", "rust", "php"})


def chosen(resolver: Resolver, value: Value, places: list[tuple[int, Node | str]], line: int) -> Value:
    """No address where many vendors' are bound; the library's own vendor where Azure's client and its own are."""
    if value.text is not None and "://" in value.text and len(places) >= MANY_ADDRESSES:
        start = _function_of(resolver, line)
        near = [thing for at, thing in places if at >= start] or [thing for _, thing in places]
        texts = {resolver.value(thing).text for thing in near if isinstance(thing, Node) and thing.kind == "string"}
        hosts = {text.split("/")[2] for text in texts if text and "://" in text}
        return value._replace(text=None, env=()) if len(hosts) >= MANY_ADDRESSES else value
    if value.provider != "azure_openai" or value.rule is None or resolver.language not in BRANCHED or len(places) == 1:
        return value
    start = _function_of(resolver, line)
    others = {
        other.provider
        for at, thing in places
        if at >= start and isinstance(thing, Node) and (other := resolver.value(thing)).rule is value.rule
    }
    return value._replace(provider=value.rule.provider) if value.rule.provider in others else value


def set_later(resolver: Resolver, name: str, value: Value, line: int) -> Value:
    """An object with the base URL that a later line gives it: `config.BaseURL = ...`."""
    if value.rule is None or value.url is not None or "()" not in value.path:
        return value
    for setter in BASES:
        for at, thing in resolver.bound.get(f"{name}.{setter}", ()):
            if isinstance(thing, Node) and at <= line and (text := resolver.value(thing).text):
                value = value._replace(url=text)
    return value


def _function_of(resolver: Resolver, line: int) -> int:
    """The line on which the function around this one begins."""
    return max((node.line for node in resolver.spans if node.line <= line <= node.end), default=0)
