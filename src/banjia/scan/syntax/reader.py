"""Reader: walks a parser's tree and reduces it node by node, by the language's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ast_grep_py import SgNode

from banjia.scan.syntax.node import Node

DIGITS = "0123456789"
DEPTH = 150  # deeper nesting is generated text; below it nothing is looked at


class Reader:
    """Reads a node by what the table says it is; each handler gives the reduced node of one word of the table.

    Every question to the parser's tree costs more than what is done with its answer: each is asked once.
    """

    def __init__(self, language: str, table: Mapping[str, tuple[str, ...]], handlers: Mapping[str, Handler]) -> None:
        self.language = language
        self.table = table
        self.is_whole = True  # of the tree that is read: whether all of it was
        self._steps = {kind: (handlers.get(what, other), fields) for kind, (what, *fields) in table.items()}

    def read(self, node: SgNode, depth: int) -> Node:
        return self.read_as(node.kind(), node, depth)

    def read_as(self, kind: str, node: SgNode, depth: int) -> Node:
        """A node whose kind is known already."""
        if depth > DEPTH:
            self.is_whole = False
            return Node("doc", "", [], node)
        handler, fields = self._steps.get(kind, OTHER)
        return handler(self, node, fields, depth + 1)

    def kids(self, node: SgNode, depth: int) -> list[Node]:
        if depth > DEPTH:
            self.is_whole = False
            return [Node("doc", "", [], kid) for kid in node.children() if kid.is_named()]
        known, below = self._steps, depth + 1
        found = []
        for kid in node.children():
            if kid.is_named():
                handler, fields = known.get(kid.kind(), OTHER)
                found.append(handler(self, kid, fields, below))
        return found

    def field(self, node: SgNode, field: str, depth: int) -> Node | None:
        found = self.raw(node, field) if field[0] in DIGITS else node.field(field)
        return None if found is None else self.read_as(found.kind(), found, depth)

    def raw(self, node: SgNode, field: str) -> SgNode | None:
        if field[0] in DIGITS:
            named = [kid for kid in node.children() if kid.is_named()]
            return named[int(field)] if int(field) < len(named) else None
        return node.field(field)


def other(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    return Node("other", "", reader.kids(node, depth), node)


Handler = Callable[[Reader, SgNode, list[str], int], Node]
OTHER: tuple[Handler, list[str]] = (other, [])
