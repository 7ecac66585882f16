"""Made: what a call into a library gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from banjia.scan.lexicon import lexicon
from banjia.scan.objects import spread
from banjia.scan.rule import Rule
from banjia.scan.signs import BASE_SETTER
from banjia.scan.syntax.node import Node
from banjia.scan.value import BASES, NOTHING, Value, provider_of
from banjia.scan.vendors import vendor_of_model

if TYPE_CHECKING:
    from banjia.scan.resolve import Resolver


def made(resolver: Resolver, value: Value, node: Node) -> Value:
    """What a call into a library gives: an object that keeps its library and the base URL it was given."""
    rule = value.rule
    assert rule is not None
    provider, url, path = value.provider, value.url, value.path
    if not path and rule.sdk and rule.sdk.default:
        path = rule.sdk.default  # `const Client = require("library")`
        provider = provider_of(rule, path)
    if rule.id == "py-bedrock":
        first = resolver.value(node.kids[1]).text if len(node.kids) > 1 else None
        service = first or resolver.value(node.argument("service_name") or node.kids[0]).text
        if value.path.endswith("client") and service and service.startswith("bedrock"):
            return Value(rule=rule, path="bedrock()", provider=rule.provider)
        return NOTHING if "bedrock" not in value.path else value._replace(path=value.path + "()")
    if rule.sdk:
        for name in rule.sdk.base:
            if (given := node.argument(name) or spread(resolver, node, name)) is not None:
                inside = given.argument(*BASES) if given.kind == "object" else None
                url = resolver.value(inside or given).text or url
        if "()" in path and len(node.kids) == 2 and BASE_SETTER.match(path.rsplit(".", 1)[-1]):
            url = resolver.value(node.kids[1]).text or url
        inside_of = [kid.kids[0] if kid.kind == "pair" and kid.kids else kid for kid in node.kids[1:]]
        inner = [resolver.value(kid) for kid in inside_of if kid.kind in ("call", "name", "member")]
        for other in inner:
            if other.rule is not None and other.url and not url:
                url = other.url
            if other.rule is not None and other.provider and rule.provider == "any" and provider == "any":
                provider = other.provider
            if other.rule is rule and other.provider and other.provider != rule.provider and provider == rule.provider:
                provider = other.provider
    if resolver.language == "csharp" and path.endswith("OpenAIClient") and "Azure" not in path:
        provider = _openai_client(node, rule, provider)
    if provider == "any":
        provider = _named_in_model(resolver, node) or provider
    return value._replace(path=path + "()", provider=provider, url=url)


def _openai_client(node: Node, rule: Rule, provider: str | None) -> str | None:
    """A class of this name is in Azure's first library and in OpenAI's: Azure's is told its address."""
    given = [kid.kids[0] if kid.kind == "pair" and kid.kids else kid for kid in node.kids[1:]]
    names = [(kid.kids[0] if kid.kind == "call" else kid).dotted() or "" for kid in given]
    if rule.provider == "azure_openai":
        told = len(given) > 1 or any(re.search(r"(?i)endpoint|uri$", name) for name in names)
        return "azure_openai" if told else "openai"
    return "azure_openai" if names and re.search(r"\bUri$", names[0]) else provider


def _named_in_model(resolver: Resolver, node: Node) -> str | None:
    """Of a library for many vendors: the one its argument names, `openai/gpt-4o`, `anthropic:claude-3-haiku`."""
    positional = [kid for kid in node.kids[1:2] if kid.kind != "pair"]
    for given in (node.argument("model"), *positional):
        text = resolver.value(given).text if given is not None else None
        if text and (vendor := vendor_of_model(text)):
            return vendor
        if text and (hit := lexicon().model(text)) is not None:
            return hit.provider
    return None
