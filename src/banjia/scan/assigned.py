"""Assigned: what a program sets: attributes of a library or a client, constants, the environment."""

from __future__ import annotations

import re

from banjia.scan.objects import parts
from banjia.scan.shapes import Shapes
from banjia.scan.signs import BASE_SETTER, PROXY_NAME
from banjia.scan.syntax.node import Node
from banjia.scan.value import ENV_STORES, Value

# A setting kept as a constant of the program: OPENAI_API_KEY = "".
CONSTANT = re.compile(
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN|SECRET|BASE|URL|HOST|ENDPOINT|MODEL|VERSION|APPID|APP_ID)"
)

# Settings that only Azure's client has.
AZURE_SETTINGS = frozenset({"api_version", "azure_endpoint", "azure_ad_token", "APIVersion", "AzureModelMapperFunc"})


class Assigned(Shapes):
    """What a line that sets something says."""

    def on_assign(self, node: Node, stack: list[Node]) -> None:
        target, given = node.kids[0], node.kids[1]
        name = target.dotted() or ""
        if target.kind in ("other", "object") and ENV_STORES.search(given.dotted() or ""):
            for _, part in parts(target, given):
                self.on_environment(part)
        if target.kind == "member":
            base = self.resolver.value(target.kids[0])
            if base.rule is not None and base.rule.sdk and base.rule.sdk.setting:
                path = target.text if not base.path else f"{base.path}.{target.text}"
                if base.rule.sdk.setting.search(path):
                    value = self.resolver.value(given)
                    provider = self._setting_provider(base, target, value, node, stack)
                    self.say(
                        node,
                        "client",
                        provider,
                        base.rule,
                        symbol=path,
                        url=value.text if BASE_SETTER.match(target.text) else None,
                    )
                    self._flow_value(
                        given, provider if provider != "relay" else base.rule.provider, base.rule, target.text
                    )
                    self.done.add(id(given))
                    return
            if target.text in ("host", "hostname", "href", "origin") and (text := self.resolver.value(given).text):
                hit = self.lexicon.url(text)
                if hit:
                    self.say(node, "proxy", "relay", hit.rule, url=text)
                    self.done.add(id(given))
                    return
        if target.kind == "index":
            key = self.resolver.value(target)
            for env, line in key.env:
                if PROXY_NAME.search(env):
                    self.say(node, "proxy", "any", self.pattern_rule("env-llm"), line=line, env=env)
        text = given.text if given.kind == "string" else ""
        if (
            given.kind == "string"
            and CONSTANT.fullmatch(name)
            and not self.lexicon.url(text)
            and not self.lexicon.models(text)
        ):
            named = self.lexicon.env(name)
            if named is not None and not named.rule.weak:
                self.say(
                    node, "env", named.provider, named.rule, line=node.line, end=node.line, env=name, confidence=0.65
                )
        self.on_written_key(node, name, text)

    def _setting_provider(self, base: Value, target: Node, value: Value, node: Node, stack: list[Node]) -> str:
        provider = base.provider or (base.rule.provider if base.rule else "any")
        siblings = stack[-1].kids if stack else []
        for other in (node, *siblings):
            if (
                other.kind == "assign"
                and other.kids[0].kind == "member"
                and other.kids[0].text in ("api_type", "APIType", "apiType")
                and "azure" in (self.resolver.value(other.kids[1]).text or "").lower()
                and other.line <= node.line
            ):
                provider = "azure_openai"
        if provider == "openai" and target.text in AZURE_SETTINGS:
            provider = "azure_openai"
        if BASE_SETTER.match(target.text) or target.text in ("base", "BaseURL"):
            provider = self.by_url(value.text, provider)
        return provider

    def on_environment(self, node: Node) -> None:
        value = self.resolver.value(node)
        if not value.env or value.rule is not None:
            return
        if node.kind == "call" and node.kids[0].kind == "member" and self.resolver.value(node.kids[0]).env:
            return
        for env, line in value.env:
            if PROXY_NAME.search(env) and node.line <= line <= node.end:
                self.say(
                    node, "proxy", "any", self.pattern_rule("env-llm"), line=line, end=line, env=env, confidence=0.6
                )
            elif hit := self.lexicon.env(env):
                if not node.line <= line <= node.end:
                    continue
                self.say(node, "env", hit.provider, hit.rule, line=line, end=line, env=env)
