"""Texts: what a call that puts a text together gives: printf and its like, `format`, join, joined addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from banjia.scan.often import Often
from banjia.scan.syntax.node import HOLE, Node

if TYPE_CHECKING:
    from banjia.scan.resolve import Resolver
from banjia.scan.value import Value

PRINTF = Often(r"(?:^|\.)(?:[Ss]printf|vsprintf|String\.format|string\.Format|String\.Format|format|formatted|Format)$")
JOINED = Often(r"(?:^|\.)(?:urljoin|URI\.join|JoinPath|joinpath|URL|Uri|resolve)$")
JOIN = Often(r"(?:^|\.)(?:[Jj]oin|implode)$")
SLOT = re.compile(r"%(?:\((\w+)\)|\d+\$)?[#0\- +]*\d*(?:\.\d+)?[sdvifqxr]|\{(\w*)(?:[:!][^{}]*)?\}")
LISTS = frozenset({"other", "object", "call"})


class Texts:
    """Reads the template and its values with the resolver of the file."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver

    def formatted(self, node: Node, name: str) -> Value | None:
        """The text a call puts together, with a hole for what nobody knows; None where it is no such call."""
        callee, arguments = node.kids[0], node.kids[1:]
        base = callee.kids[0] if callee.kind == "member" else None
        if base is not None and base.kind == "string" and callee.text in ("format", "formatted", "join"):
            if callee.text == "join":
                return self._join(base.text, arguments)
            return self.filled(base, arguments)
        if arguments and PRINTF.search(name) and arguments[0].kind in ("string", "name", "member"):
            return self.filled(arguments[0], arguments[1:])
        if len(arguments) == 2:
            if JOINED.search(name):
                last = callee.text if callee.kind in ("member", "name") else name
                return self._address(*(reversed(arguments) if last == "URL" else arguments))
            if JOIN.search(name):
                items, mark = arguments if arguments[1].kind == "string" else reversed(arguments)
                return self._join(self.resolver.value(mark).text or "", [items])
        return None

    def filled(self, template: Node, arguments: list[Node]) -> Value | None:
        """The template with each slot replaced by its value."""
        known = self.resolver.value(template)
        if known.text is None or not SLOT.search(known.text):
            return None
        named = {kid.text: kid.kids[0] for kid in arguments if kid.kind == "pair" and kid.kids}
        plain = [kid for kid in arguments if kid.kind != "pair"]
        env = known.env
        place = 0

        def put(found: re.Match[str]) -> str:
            nonlocal place, env
            name = found[1] or found[2] or ""
            node = named.get(name)
            if node is None and name.isdigit():
                node = plain[int(name)] if int(name) < len(plain) else None
            elif node is None and not name:
                node = plain[place] if place < len(plain) else None
                place += 1
            value = self.resolver.value(node) if node is not None else None
            if value is None:
                return HOLE
            env += value.env
            return value.text if value.text is not None else HOLE

        text = SLOT.sub(put, known.text)
        return self._text(text, env)

    def _join(self, mark: str, arguments: list[Node]) -> Value | None:
        if len(arguments) != 1 or arguments[0].kind not in LISTS or not mark:
            return None
        items = [kid for kid in arguments[0].walk() if kid.kind in ("string", "name", "member")]
        items = arguments[0].kids if arguments[0].kind != "call" else items
        flat = items[0].kids if len(items) == 1 and items[0].kind in ("object", "other") and items[0].kids else items
        return self._pieces(mark, flat)

    def _pieces(self, mark: str, nodes: list[Node]) -> Value | None:
        values = [self.resolver.value(node) for node in nodes]
        if not any(value.text for value in values):
            return None
        env = tuple(name for value in values for name in value.env)
        return self._text(mark.join(HOLE if value.text is None else value.text for value in values), env)

    def _address(self, base: Node, path: Node) -> Value | None:
        first, second = self.resolver.value(base), self.resolver.value(path)
        if second.text is None or (first.text is None and not first.env):
            return None
        start = (first.text or HOLE).rstrip("/")
        if second.text.startswith("/") and "://" in start:
            start = "/".join(start.split("/")[:3])
        return self._text(f"{start}/{second.text.lstrip('/')}", first.env + second.env)

    def _text(self, text: str, env: tuple[tuple[str, int], ...]) -> Value:
        return Value(text=text, env=env)
