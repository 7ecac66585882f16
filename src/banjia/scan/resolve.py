"""Resolver: where a value of one file comes from: imports with their aliases, constants, concatenation, environment
names, constructors; a name used before any of these is known stays unknown.

The provider of an object comes from the import or constructor it was made by, never from the name of a method.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from banjia.scan.chosen import chosen, set_later
from banjia.scan.kept import kept
from banjia.scan.library import Libraries
from banjia.scan.made import made
from banjia.scan.objects import attribute, chained, entry, inherited, is_shadowed, of_class, package, parts, piped
from banjia.scan.syntax.node import HOLE, Node
from banjia.scan.texts import Texts
from banjia.scan.value import (
    DEPTH,
    DYNAMIC,
    ENV_CALLS,
    ENV_STORES,
    NOTHING,
    TRANSPARENT,
    Value,
    narrowed,
    provider_of,
)

# Types that say nothing of what is kept in them.
PLAIN = frozenset(
    {"var", "val", "let", "auto", "dynamic", "object", "any", "string", "str", "int", "long", "bool", "boolean"}
)


@dataclass(slots=True)
class Resolver:
    root: Node
    language: str
    libraries: Libraries
    bound: dict[str, list[tuple[int, Node | str]]] = field(default_factory=dict)
    imported: dict[str, Value] = field(default_factory=dict)
    wildcards: list[Value] = field(default_factory=list)
    functions: dict[str, Node] = field(default_factory=dict)
    held: dict[str, list[tuple[str, Node]]] = field(default_factory=dict)
    classes: dict[str, Node] = field(default_factory=dict)
    spans: list[Node] = field(default_factory=list)  # every function
    takers: dict[str, list[Node]] | None = None  # functions by the names of their parameters, when asked for
    lines: list[tuple[int, int, Node]] = field(default_factory=list)  # of its classes in their order, when asked for
    attributes: dict[int, dict[str, Node]] = field(default_factory=dict)  # of a class, when asked for
    clients: dict[str, tuple[tuple[str, Value], ...]] = field(default_factory=dict)
    _busy: set[int] = field(default_factory=set)
    _types: dict[str, Value] = field(default_factory=dict)
    _unbounds: dict[str, Value] = field(default_factory=dict)
    _tried: dict[int, Value] = field(default_factory=dict)
    _returns: dict[int, list[Node]] = field(default_factory=dict)
    _cut: bool = False

    def __post_init__(self) -> None:
        stack = [self.root]
        while stack:
            node = stack.pop()
            if (told := TOLD.get(node.kind)) is not None:
                told(self, node)
            if node.kids:
                stack.extend(node.kids[::-1])

    def tell_declare(self, node: Node) -> None:
        if node.kids and (name := node.kids[0].dotted()):
            self.bound.setdefault(name, []).append((node.line, node.text))

    def tell_function(self, node: Node) -> None:
        self.functions.setdefault(node.text, node)
        self.spans.append(node)

    def tell_class(self, node: Node) -> None:
        self.classes.setdefault(node.text, node)

    def tell_import(self, node: Node) -> None:
        for local, name in node.bind:
            value = self.library(node.text, name)
            if local == "*":
                self.wildcards.append(value)
                continue
            if local == "?":
                local = package(node.text)
            self.imported[local] = value
            if "." in local and self.language == "python":  # `import vertexai.preview` gives the name `vertexai`
                first = local.partition(".")[0]
                self.imported.setdefault(first, self.library(first, "*"))

    def tell_assign(self, node: Node) -> None:
        target, value = node.kids[0], node.kids[1]
        if name := target.dotted():
            if value.kind == "call" and value.text == "new" and node.text:
                self.bound.setdefault(name, []).append((node.line, node.text))
            else:
                places = self.bound.setdefault(name, [])
                if node.text and node.text.lower() not in PLAIN:
                    places.append((node.line, node.text))  # what it is where the value does not tell
                places.append((node.line, value))
        elif target.kind == "index" and len(target.kids) == 2 and (name := target.kids[0].dotted()):
            self.held.setdefault(name, []).append(
                (target.kids[1].text if target.kids[1].kind == "string" else "", value)
            )
        elif target.kind in ("other", "object") and value.kind in ("call", "name", "member", "other"):
            for local, member in parts(target, value):
                self.bound.setdefault(local, []).append((node.line, member))

    def library(self, module: str, name: str) -> Value:
        """The library a module belongs to, by the longest module any rule names."""
        whole = module if name in ("*", "default") else f"{module}.{name}"
        found = self.libraries.of_module(whole)
        if found is None:
            return Value(outside=(module, name))
        rule, rest = found
        if name == "default" and rule.sdk and rule.sdk.default and not rest:
            rest = rule.sdk.default
        return Value(rule=rule, path=rest, provider=provider_of(rule, rest, whole))

    def value(self, node: Node) -> Value:
        """What is known of this expression; NOTHING where nothing is.

        Every node is evaluated once for each question from outside: what a cycle or the depth cut short is remembered
        only until the question is answered.
        """
        known: Value | None = node.known
        if known is not None:
            return known
        kind = node.kind
        if kind == "name":
            if (known := self._unbound(node.text)) is not None:
                node.known = known
                return known
        elif kind == "string" and not node.kids:
            node.known = known = Value(text=node.text)
            return known
        asked = ASKED.get(kind)
        if asked is None:
            return NOTHING
        busy, tried, mark = self._busy, self._tried, id(node)
        if tried and (known := tried.get(mark)) is not None:
            return known
        if not busy:
            self._cut = False
        elif mark in busy or len(busy) > DEPTH:
            self._cut = True
            return NOTHING
        busy.add(mark)
        try:
            found = asked(self, node)
        finally:
            busy.discard(mark)
        if not busy:
            node.known = found
            tried.clear()
        elif found is not NOTHING or not self._cut:
            node.known = found
        else:
            tried[mark] = found
        return found

    def _unbound(self, name: str) -> Value | None:
        """What a name is that nothing in this file binds, wherever it stands; None of a name that is bound."""
        found = self._unbounds.get(name)
        if found is None and name not in self.bound and "." not in name:
            if name in self.imported:
                found = self.imported[name]
            elif name not in self.functions and name not in self.classes:
                found = self._global(name)
            else:
                return None
            self._unbounds[name] = found
        return found

    def of_name(self, node: Node) -> Value:
        # Where a node stands costs a question to the parser: only a name that is bound somewhere needs it.
        placed = node.text in self.bound or "." in node.text
        return self._lookup(node.text, node.line if placed else 0)

    def of_other(self, node: Node) -> Value:
        text, kids = node.text, node.kids
        if text == "%" and len(kids) == 2:
            right = kids[1]
            given = right.kids if right.kind in ("other", "object") else [right]
            return Texts(self).filled(kids[0], given) or NOTHING
        if text == "=>":
            return self.returned(node)
        if len(kids) == 1:
            return self.value(kids[0])
        return chained(self, node) if text == "|" else NOTHING

    def puts_text(self, node: Node) -> bool:
        """Whether a call puts a text together."""
        return Texts(self).formatted(node, node.kids[0].dotted() or "") is not None

    def of_string(self, node: Node) -> Value:
        if not node.kids:
            return Value(text=node.text)
        parts = node.text.split(HOLE)
        text, env = parts[0], ()
        for index, part in enumerate(parts[1:]):
            inner = self.value(node.kids[index]) if index < len(node.kids) else NOTHING
            text += (inner.text if inner.text is not None else HOLE) + part
            env += inner.env  # type: ignore[assignment]
        return Value(text=text, env=env)

    def of_join(self, node: Node) -> Value:
        values = [self.value(kid) for kid in node.kids]
        if node.text == "+":
            if all(value.text is None and not value.env for value in values):
                return NOTHING
            env = tuple(name for value in values for name in value.env)
            return Value(text="".join(HOLE if value.text is None else value.text for value in values), env=env)
        for value in values:
            if value.rule is not None:
                return value
        env = tuple(name for value in values for name in value.env)
        text = next((value.text for value in values if value.text), None)
        return Value(text=text, env=env) if env or text is not None else NOTHING

    def _lookup(self, name: str, line: int) -> Value:
        first, dot, rest = name.partition(".")
        if dot and rest and name not in self.bound:
            base = self._lookup(first, line)
            if base.rule is None:
                return NOTHING
            path = f"{base.path}.{rest}" if base.path else rest
            return base._replace(path=path, provider=narrowed(base, path))
        places = self.bound.get(name)
        if places:
            places = of_class(self, places, line)
            before = [place for place in places if place[0] <= line]
            outside = NOTHING
            for at, thing in reversed(before) if before else places:
                value = self.typed(thing) if isinstance(thing, str) else self.value(thing)
                if value.text is not None and is_shadowed(self, name, line, at):
                    return NOTHING
                if value.outside is not None and outside is NOTHING:
                    outside = value
                elif value is not NOTHING and value.outside is None:
                    return set_later(self, name, chosen(self, value, before, line), line)
            if outside is not NOTHING:
                return outside
        if name in self.imported:
            return self.imported[name]
        if name in self.functions:
            return self.returned(self.functions[name])
        return inherited(self, name) if name in self.classes else self._global(name)

    def returned(self, function: Node) -> Value:
        """Of a function: what its call gives, marked so that the call itself adds nothing."""
        given = self._returns.get(id(function))
        if given is None:
            given = [node.kids[0] for node in function.walk() if node.kind == "return" and node.kids]
            given = given or (function.kids[-1:] if function.text == "=>" else [])
            self._returns[id(function)] = given
        clients = [value for node in given if (value := self.value(node)).rule is not None and "()" in value.path]
        if clients:  # of `return AzureOpenAI(...)` and `return OpenAI(...)` the general one
            general = next((value for value in clients if value.provider == "openai"), clients[0])
            return general._replace(path=general.path + "#")
        for kind, _ in function.bind:
            if (value := self.typed(kind)) is not NOTHING:
                return value._replace(path=value.path + "#")
        return NOTHING

    def _global(self, name: str) -> Value:
        for value in self.wildcards:
            if value.rule is None or value.rule.sdk is None:
                continue
            path = f"{value.path}.{name}" if value.path else name
            sdk = value.rule.sdk
            if any(pattern is not None and pattern.search(path) for pattern in (sdk.client, sdk.tokenizer, sdk.model)):
                return Value(rule=value.rule, path=path, provider=narrowed(value, path))
        rule = self.libraries.of_global(name)
        return Value(rule=rule, path=name, provider=provider_of(rule, name)) if rule is not None else NOTHING

    def typed(self, kind: str) -> Value:
        """An object of a declared type."""
        found = self._types.get(kind)
        if found is None:
            found = self._types[kind] = self._typed(kind)
        return found

    def _typed(self, kind: str) -> Value:
        if not kind or len(kind) > 80:
            return NOTHING
        first, *rest = kind.split(".")
        value = self.imported.get(first) or self._global(first)
        client = value.rule.sdk.client if value.rule is not None and value.rule.sdk is not None else None
        path = ".".join(part for part in (value.path, *rest) if part)
        if client is None or not any(client.search(path + made) for made in ("", ".new", ".builder")):
            return NOTHING
        return Value(rule=value.rule, path=path + "()", provider=narrowed(value, path))

    def of_member(self, node: Node) -> Value:
        whole = node.dotted()
        base_name = node.kids[0].dotted()
        if base_name and ENV_STORES.search(base_name) and (node.text.isupper() or base_name.endswith("secrets")):
            return Value(env=((node.text, node.line),))
        if whole and whole in self.bound:
            value = self._lookup(whole, node.line)
            if value is not NOTHING:
                return value
        if whole and whole in self.imported:
            return self.imported[whole]
        base = self.value(node.kids[0])
        if base.rule is not None:
            path = node.text if not base.path else f"{base.path.replace('#', '')}.{node.text}"
            if path == "default" and base.rule.sdk:
                path = base.rule.sdk.default or path
            provider = base.provider if "()" in path else narrowed(base, path)
            return base._replace(path=path, provider=provider)
        if base.outside is not None:
            return Value(outside=(base.outside[0], f"{base.outside[1]}.{node.text}"))
        if base.env or base.text is not None:
            return (
                base if node.text in ("strip", "rstrip", "trim", "replace", "toString", "unwrap", "lower") else NOTHING
            )
        if whole and whole.split(".")[0] not in self.imported:
            if node.text in self.functions:
                return self.returned(self.functions[node.text])
            return self._field(node.text) if self.language == "go" else attribute(self, node)
        return NOTHING

    def _field(self, name: str) -> Value:
        """Go: of a field of an object this file does not make: what the file declares a field of that name to be."""
        kinds = [kind for _, kind in self.bound.get(name, ()) if isinstance(kind, str)]
        return next((value for kind in kinds if (value := self.typed(kind)) is not NOTHING), NOTHING)

    def of_index(self, node: Node) -> Value:
        base, key = node.kids[0], node.kids[-1]
        name = base.dotted() or ""
        key_text = self.value(key).text
        if (client := kept(self, base, key_text)) is not NOTHING:
            return client
        if key_text and (given := entry(self, base, key_text)) is not None:
            return self.value(given)
        if key_text and (ENV_STORES.search(name) or name.endswith(("config", "configuration", "Configuration"))):
            return Value(env=((key_text, key.line),))
        return NOTHING

    def of_call(self, node: Node) -> Value:
        callee, arguments = node.kids[0], node.kids[1:]
        name = callee.dotted() or ""
        if arguments and DYNAMIC.search(name) and (module := self.value(arguments[0]).text):
            return self.library(module, "*")
        if (text := Texts(self).formatted(node, name)) is not None:
            return text
        if arguments and (ENV_CALLS.search(name)):
            first = self.value(arguments[0])
            if first.text and re.fullmatch(r"[\w.:\-]+", first.text):
                fallback = self.value(arguments[1]).text if len(arguments) > 1 else None
                return Value(env=((first.text, arguments[0].line),), text=fallback)
        if callee.kind == "member" and callee.text == "pipe" and (chain := piped(self, node)) is not None:
            return chain
        value = self.value(callee)
        if value.rule is not None:
            if value.path.endswith("#"):
                return value._replace(path=value.path[:-1])
            return made(self, value, node)
        if value.outside is not None:
            return Value(outside=(value.outside[0], f"{value.outside[1]}()"))
        if value.env or (value.text is not None and callee.kind == "member"):
            return value
        if arguments and name in TRANSPARENT:
            return self.value(arguments[0])
        return NOTHING


Question = Callable[[Resolver, Node], Value]
# What can be known of a node of each kind; of the others nothing is.
ASKED: dict[str, Question] = {
    "string": Resolver.of_string,
    "join": Resolver.of_join,
    "name": Resolver.of_name,
    "member": Resolver.of_member,
    "index": Resolver.of_index,
    "call": Resolver.of_call,
    "assign": lambda resolver, node: resolver.value(node.kids[1]),
    "pair": lambda resolver, node: resolver.value(node.kids[0]),
    "other": Resolver.of_other,
}
# What a node tells of the names in its file.
TOLD: dict[str, Callable[[Resolver, Node], None]] = {
    "import": Resolver.tell_import,
    "assign": Resolver.tell_assign,
    "declare": Resolver.tell_declare,
    "function": Resolver.tell_function,
    "class": Resolver.tell_class,
}
