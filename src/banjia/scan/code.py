"""Code: the uses in one program file, from its reduced tree."""

from __future__ import annotations

import re
from collections.abc import Callable

from banjia.scan.assigned import Assigned
from banjia.scan.fields import fields
from banjia.scan.offer import addresses, sought
from banjia.scan.rule import Sdk
from banjia.scan.served import is_route
from banjia.scan.signs import (
    BASE_SETTER,
    ENV_LIKE,
    HELP,
    LINK,
    SEND,
    TALK,
)
from banjia.scan.syntax.node import HOLE, Node
from banjia.scan.talk import asked
from banjia.scan.value import DYNAMIC, NOTHING, Value
from banjia.scan.voice import CodeFindings
from banjia.scan.words import model_constant


class CodeReader(Assigned):
    """One walk over one file; what it says of a place it says once."""

    def read(self) -> CodeFindings:
        self.visit(self.resolver.root, [])
        self._exports()
        if not any(finding.kind not in ("proxy", "model", "embed_dim") for finding in self.out.findings) and not any(
            pending.sure for pending in self.out.pending
        ):
            self.out.findings = [finding for finding in self.out.findings if finding.provider != "any"]
        return self.out

    def _exports(self) -> None:
        for name, places in self.resolver.bound.items():
            for _, thing in places:
                value = self.resolver.typed(thing) if isinstance(thing, str) else self.resolver.value(thing)
                if value.rule is not None and "()" in value.path:
                    self._export(name if not value.path.endswith("#") else f"{name}()", value)
                    break
        for name, function in self.resolver.functions.items():
            if (value := self.resolver.returned(function)).rule is not None:
                self._export(f"{name}()", value)
        self.out.exports.update(addresses(self.resolver, self.lexicon))
        if any(pending.sure for pending in self.out.pending):
            modules = {value.outside[0] for value in self.resolver.imported.values() if value.outside}
            modules |= {value.outside[0] for value in self.resolver.wildcards if value.outside}
            self.out.needs.extend(sorted(modules))

    def _export(self, name: str, value: Value) -> None:
        assert value.rule is not None
        provider = self.by_url(value.url, value.provider or value.rule.provider)
        self.out.exports[name] = (value.rule.id, value.path.rstrip("#"), provider)

    def visit(self, node: Node, stack: list[Node]) -> None:
        """`stack`: what stands around it, innermost last; it is given back as it was."""
        look = LOOKS.get(node.kind)
        if look is not None and look(self, node, stack):
            return
        if node.kids:
            stack.append(node)
            for kid in node.kids:
                kind = kid.kind
                if kind != "name" and (kid.kids or kind in ALONE):
                    self.visit(kid, stack)
            stack.pop()

    def at_call(self, node: Node, stack: list[Node]) -> bool:
        if self.on_call(node, stack):
            return True
        if self.resolver.value(node).text and self.resolver.puts_text(node):
            self.on_text(node, stack)
        return False

    def at_pair(self, node: Node, stack: list[Node]) -> bool:
        self.on_pair(node, stack)
        return node.text in HELP or LINK.search(node.text) is not None

    def at_join(self, node: Node, stack: list[Node]) -> None:
        if node.text == "+":
            self.on_text(node, stack)

    def at_other(self, node: Node, stack: list[Node]) -> None:
        if node.text == "%" and self.resolver.value(node).text:
            self.on_text(node, stack)

    def at_string(self, node: Node, stack: list[Node]) -> None:
        if id(node) not in self.done:
            self.on_text(node, stack)

    def on_settings(self, node: Node) -> None:
        for place, env in fields(node):
            if hit := self.lexicon.env(env):
                self.say(place, "env", hit.provider, hit.rule, line=place.line, end=place.line, env=env)

    def on_import(self, node: Node) -> None:
        if self.on_env_module(node):
            return
        values = [self.resolver.library(node.text, name) for _, name in node.bind] or [
            self.resolver.library(node.text, "*")
        ]
        known = [value for value in values if value.rule is not None]
        if not known:
            return
        rule = known[0].rule
        assert rule is not None
        assert rule.sdk is not None
        if rule.sdk.shape is not None and rule.id == "py-bedrock":
            return
        if rule.id == "py-agents" and not any(
            re.match(r"Runner|function_tool|Agent$|set_default|OpenAI|input_guardrail|RunContextWrapper", value.path)
            for value in known
        ):
            return
        if rule.id == "py-embedding-stores" and not any("OpenAI" in value.path for value in known):
            return
        providers = {value.provider or rule.provider for value in known}
        if providers == {"openai", "azure_openai"}:
            providers = {"openai"}
        provider = providers.pop() if len(providers) == 1 else rule.provider
        name = node.bind[0][1] if len(node.bind) == 1 and self.resolver.language in ("java", "kotlin") else "*"
        self.say(node, "import", provider, rule, symbol=node.text if name == "*" else f"{node.text}.{name}")

    def on_call(self, node: Node, stack: list[Node]) -> bool:
        """True where nothing more inside can be a use: what is printed or logged, but for what is called for it."""
        callee = node.kids[0]
        name = callee.dotted() or (callee.text if callee.kind == "member" else "")
        value = self.resolver.value(callee)
        if node.text == "new" and stack and stack[-1].kind == "assign" and stack[-1].text:
            value = self.resolver.typed(stack[-1].text)
            value = Value(rule=value.rule, path=value.path.removesuffix("()"), provider=value.provider)
        if value.rule is None and TALK.search(name):
            if callee.kind == "member" and callee.kids[0].kind == "call":
                self.visit(callee.kids[0], [*stack, node])  # `model.stream(p).doOnError(f)`
            for inner, around in asked(node):
                self.visit(inner, [*stack, node, *around])
            return True
        if self.resolver.language == "ruby" and name == "gem":
            return self.on_gem(node)
        if DYNAMIC.search(name) and self.resolver.value(node).rule is not None:
            made = self.resolver.value(node)
            assert made.rule is not None
            self.say(node, "import", made.provider or made.rule.provider, made.rule)
        elif (value.rule is None or (value.rule.sdk and value.rule.sdk.extension)) and self.on_extension(node, callee):
            pass
        elif value.rule is None:
            self.on_shape(node, callee, value)
        elif not value.path.endswith("#"):
            self.on_library(node, value)
        self.on_environment(node)
        self.on_named_setting(node, name)
        if SEND.search(name) and value.rule is None:
            self.on_send(node, callee, stack)
        return False

    def on_library(self, node: Node, value: Value) -> None:
        rule = value.rule
        assert rule is not None
        assert rule.sdk is not None
        sdk, path = rule.sdk, value.path
        made = self.resolver.value(node)
        path = path or sdk.default  # `const Client = require("library")`
        provider = made.provider or value.provider or rule.provider
        url = made.url or self.inherits_address(node, path)
        provider = self.by_url(url, provider)
        if "()" not in path and provider == "openai" and self.of_azure(node.kids[0]):
            provider = "azure_openai"
        place = node.kids[0].end if node.kids[0].kind == "member" and "()" in path else node.line
        if node.text == "literal" and not (sdk.client and sdk.client.search(path)):
            return
        if sdk.tokenizer and sdk.tokenizer.search(path):
            self.say(node, "tokenizer", provider, rule, symbol=path)
        elif sdk.state and sdk.state.search(path):
            self.say(node, "state", provider, rule, line=node.line, symbol=path)
        elif sdk.call and (sdk.call.search(path) or (path.endswith("()") and sdk.call.search(path + "()"))):
            self.say(node, "call", provider, rule, line=node.line, symbol=path)
        elif (sdk.client and "()" not in path and sdk.client.search(path)) or (
            sdk.factory and sdk.factory.search(path + "()")
        ):
            if rule.id == "py-bedrock" or any(node.argument(name) is not None for name in sdk.unless):
                return
            provider = self.based.get(node.start, provider)
            base = node.argument(*sdk.base) if sdk.base and url is None else None
            held = sought(self.resolver.value(base)) if base is not None else None
            self.say(node, "client", provider, rule, end=node.end, symbol=path, url=url, pending=held)
            self.flow(node, provider, rule)
        elif rule.id == "py-bedrock" and made.path == "bedrock()":
            self.say(node, "client", provider, rule, symbol="bedrock")
        elif sdk.client and self.of_client(sdk, path) and BASE_SETTER.search(path.rsplit(".", 1)[-1]):
            given = self.resolver.value(node.kids[1]) if len(node.kids) > 1 else NOTHING
            whose = self.on_base(node, given.text, provider)
            self.say(node, "client", whose, rule, line=place, symbol=path, url=given.text)
        if "()" in path and sdk.client:
            self.flow(node, provider, rule, setters=True)

    @staticmethod
    def of_client(sdk: Sdk, path: str) -> bool:
        """Whether a path goes on from a client, not from a store or a retriever of the same library."""
        first, called, _ = path.partition("()")
        if not called or sdk.client is None:
            return False
        return bool(sdk.client.search(first) or not re.search(r"(?:Store|Retriever|Loader|Memory|Transport)\b", first))

    def of_azure(self, callee: Node) -> bool:
        """Whether the module that is called was set to Azure: `openai.api_type = "azure"`."""
        module = (callee.dotted() or "").partition(".")[0]
        places = self.resolver.bound.get(f"{module}.api_type", ())
        given = {self.resolver.value(thing).text for _, thing in places if isinstance(thing, Node)}
        return bool(given) and given <= {"azure", "azure_ad", "azuread"}

    def on_send(self, node: Node, callee: Node, stack: list[Node]) -> None:
        for kid in node.kids[1:4]:
            given = (
                kid.argument("url", "uri", "hostname", "host")
                if kid.kind == "object"
                else kid.kids[0]
                if kid.kind == "pair" and kid.text in ("url", "uri")
                else kid
            )
            if given is None or (given.kind in ("object", "pair", "call") and kid.kind == "object"):
                continue
            value = self.resolver.value(given)
            if not value.text:
                continue
            hit = self.lexicon.url(value.text) or self.lexicon.path(value.text)
            if (
                hit is None
                or (hit.rule.weak and not self.known)
                or (hit.rule.context and not hit.rule.context.search(self.text))
            ):
                continue
            if hit.rule.match == "path" and is_route(node, stack, self.resolver, self.text):
                return
            provider = hit.provider
            if hit.rule.match == "path":
                provider = self.by_url(value.text, self.path_provider(hit, given, [*stack, node]))
            line = callee.end if callee.kind == "member" else node.line
            at_path = hit.rule.match == "path" and callee.kind == "member"
            held = sought(self.resolver.value(callee.kids[0])) if at_path else None
            self.say(
                node,
                "http" if provider != "relay" else "proxy",
                provider,
                hit.rule,
                line=line,
                end=max(line, given.end),
                url=value.text,
                pending=held,
            )
            for env, at in value.env:
                known = self.lexicon.env(env)
                if known is None and not ENV_LIKE.search(env):
                    continue
                self._say_env(
                    given,
                    at,
                    env,
                    known.provider if known and known.provider != "any" else provider,
                    known.rule if known else hit.rule,
                    (None, None),
                )
                if HOLE in value.text[:3]:
                    self.out.open_urls.append((env, at + self.shift, provider))
            return

    def on_member(self, node: Node, stack: list[Node]) -> None:
        self.on_environment(node)
        if stack and stack[-1].kind == "member" and stack[-1].kids[0] is node:
            return
        if stack and stack[-1].kind == "call" and stack[-1].kids[0] is node:
            return
        value = self.resolver.value(node)
        if value.rule and value.rule.sdk and value.rule.sdk.model and value.rule.sdk.model.search(value.path):
            self.say(
                node,
                "model",
                value.provider or value.rule.provider,
                value.rule,
                model=model_constant(value.path),
                symbol=value.path,
            )


# What may be a use by itself, with nothing below it.
ALONE = frozenset({"import", "string", "number", "pair", "class"})
Look = Callable[[CodeReader, Node, list[Node]], bool | None]
# What is done at a node of each kind; True: nothing below it can be a use.
LOOKS: dict[str, Look] = {
    "doc": lambda *_: True,
    "raise": lambda *_: True,
    "import": lambda reader, node, _: reader.on_import(node),
    "call": CodeReader.at_call,
    "assign": CodeReader.on_assign,
    "class": lambda reader, node, _: reader.on_settings(node),
    "member": CodeReader.on_member,
    "index": lambda reader, node, _: reader.on_environment(node),
    "pair": CodeReader.at_pair,
    "join": CodeReader.at_join,
    "other": CodeReader.at_other,
    "string": CodeReader.at_string,
    "number": CodeReader.on_number,
}
