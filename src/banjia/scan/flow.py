"""Flow: what reaches a client: names of the environment, base URLs, keys written beside it."""

from __future__ import annotations

import re

from banjia.scan.lexicon import base_shape
from banjia.scan.literal import Literals
from banjia.scan.rule import Rule
from banjia.scan.signs import BASE_SETTER, ENV_LIKE, FLOWS, KEYED, SECRET_LIKE
from banjia.scan.syntax.node import Node


class Flow(Literals):
    """The arguments of what makes or sets a client."""

    def flow(self, node: Node, provider: str, rule: Rule, *, setters: bool = False) -> None:
        """Environment names and base URLs that reach a client."""
        callee = node.kids[0]
        for place, kid in enumerate(node.kids[1:]):
            if kid.kind == "object":
                entries = [entry for entry in kid.kids if entry.kind == "pair"]
            elif kid.kind == "pair":
                entries = [kid]
            else:
                entries = []
                if place < 2 and (not setters or FLOWS.search(callee.text)):
                    self._flow_value(kid, provider, rule, callee.text if setters else "")
            for entry in entries:
                if entry.kids and FLOWS.search(entry.text):
                    self._flow_value(entry.kids[0], provider, rule, entry.text)
                if entry.kids and entry.text in ("dataResidency", "data_residency"):
                    self.say(entry, "client", provider, rule, symbol=entry.text)

    def _flow_value(self, given: Node, provider: str, rule: Rule, name: str) -> None:
        value = self.resolver.value(given)
        is_base = bool(BASE_SETTER.match(name))
        for env, line in value.env:
            hit = self.lexicon.env(env)
            if hit is None and not ENV_LIKE.search(env):
                continue
            shape = base_shape(value.text) if value.text and is_base else (None, None)
            self._say_env(
                given,
                line,
                env,
                hit.provider if hit and hit.provider != "any" else provider,
                hit.rule if hit else rule,
                shape,
            )
            if is_base:
                self.out.open_urls.append((env, line + self.shift, provider))
        if (
            value.text
            and KEYED.search(name)
            and given.kind == "string"
            and SECRET_LIKE.match(value.text)
            and not re.search(r"(?i)x{6}|your|\*{3}", value.text)
        ):
            key_rule = self.lexicon.named("key", "key-openai")
            self.say(given, "secret", provider, key_rule)
