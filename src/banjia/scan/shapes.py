"""Shapes: uses told by the form of a call, where this file does not make the object: methods a library adds to others'
objects, calls no one else has, declarations inside a program.
"""

from __future__ import annotations

import re

from banjia.scan.flow import Flow
from banjia.scan.manifest import Declared, known
from banjia.scan.signs import chain
from banjia.scan.syntax.node import Node
from banjia.scan.value import Value, provider_of

# The last part of a call that may speak to a model.
SPOKEN = re.compile(
    r"(?:^|\.)(?:a?invoke|a?stream\w*|a?batch|a?predict\w*|a?run|a?call|a?generate\w*|generateContent\w*|a?complete|"
    r"a?chat|a?query|embed\w*|create\w*|parse|kickoff\w*|a?completion|send_?[mM]essage\w*|get_embedding\w*|list|retrieve|edit|upload|delete)$"
)


class Shapes(Flow):
    """What a call says by itself."""

    def on_extension(self, node: Node, callee: Node) -> bool:
        """A method a library adds to objects of others: builder.AddOpenAIChatCompletion(...)."""
        if callee.kind != "member":
            return False
        rule = self.resolver.libraries.extends(callee.text)
        if rule is None:
            return False
        given = node.argument("endpoint", "baseUrl")
        url = self.resolver.value(given).text if given else None
        provider = self.by_url(url, provider_of(rule, callee.text))
        self.say(node, "client", provider, rule, line=callee.end, symbol=callee.text, url=url)
        for kid in node.kids[1:]:
            self._flow_value(
                kid.kids[0] if kid.kind == "pair" else kid,
                provider,
                rule,
                kid.text if kid.kind == "pair" else "key",
            )
        return True

    def on_shape(self, node: Node, callee: Node, value: Value) -> None:
        """A call no one else has but a model service, on an object this file did not make."""
        path = chain(callee)
        if "." not in path:
            return
        first = chain(node.kids[1]) if len(node.kids) > 1 else ""
        for rule in self.resolver.libraries.shapes(path, first):
            if rule.sdk and rule.sdk.given and node.argument(*rule.sdk.given) is None:
                continue
            module, name = value.outside or (None, "")
            receiver = name or path
            self.say(
                node,
                "call",
                self.home or rule.provider,
                rule,
                symbol=path,
                confidence=0.75,
                pending=(module, f"{receiver}\t{path}"),
            )
            return
        self.on_outside(node, value, path)

    def on_outside(self, node: Node, value: Value, path: str) -> None:
        """`llm.invoke(text)` where another file makes `llm`: a use if that is a client of a library."""
        if value.outside is None or not self.resolver.libraries.shaped:
            return
        module, name = value.outside
        receiver, _, rest = name.partition(".")
        if rest and SPOKEN.search(rest):
            rule = self.resolver.libraries.shaped[0]  # the library is known when the tree has been read
            held = (module, f"{receiver}\t{rest}", False)
            self.say(node, "call", "any", rule, line=node.line, symbol=path, confidence=0.75, pending=held)

    def on_gem(self, node: Node) -> bool:
        """`gem "ruby-openai", "8.1.0"` in a program: a declaration as in a Gemfile."""
        if len(node.kids) > 1 and node.kids[1].kind == "string":
            for item, rule, provider in known(Declared("gem", node.kids[1].text, node.line)):
                self.say(node, "dependency", provider, rule, symbol=item.name)
        return True
