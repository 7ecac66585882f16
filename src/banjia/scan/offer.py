"""Offer: addresses of known services that a file binds to names which other files may use."""

from __future__ import annotations

from banjia.scan.lexicon import Lexicon
from banjia.scan.resolve import Resolver
from banjia.scan.syntax.node import Node
from banjia.scan.value import BASES, Value

# Before the name of an address: a client of the same name is something else.
ADDRESS = "="


def addresses(resolver: Resolver, lexicon: Lexicon) -> dict[str, tuple[str, str, str]]:
    """Constants that are a known base URL, and HTTP clients that were given one: name -> rule, address, provider."""
    found: dict[str, tuple[str, str, str]] = {}
    for name, places in resolver.bound.items():
        for _, thing in places:
            if not isinstance(thing, Node) or (value := resolver.value(thing)).rule is not None:
                continue
            text = value.text
            if thing.kind == "call" and (given := thing.argument(*BASES)) is not None:
                text = resolver.value(given).text
            if text and (hit := lexicon.url(text)) is not None:
                found[ADDRESS + name] = (hit.rule.id, text, hit.provider)
    return found


def sought(value: Value) -> tuple[str, str] | None:
    """Of a value that another file binds: its module and the name its address is offered under."""
    if value.outside is None:
        return None
    module, name = value.outside
    return module, f"{ADDRESS}{name.removesuffix('()').rsplit('.', 1)[-1]}\t"
