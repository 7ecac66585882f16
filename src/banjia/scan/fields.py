"""Fields: what a class of settings reads from the environment: each of its fields, by the field's own name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.scan.syntax.node import Node

# pydantic-settings and its like: a class made from one of these is filled from the environment.
READ_IN = re.compile(r"(?:^|\.)(?:\w*BaseSettings|EnvSettings|BaseSettingsModel)$")
PREFIX = "env_prefix"


def fields(kind: Node) -> Iterator[tuple[Node, str]]:
    """Fields of a class of settings with the name each has in the environment, its prefix put before; the prefix
    itself with a name that it makes.
    """
    if not any(READ_IN.search(base) for base, _ in kind.bind):
        return
    configured = prefix(kind)
    before = configured.kids[-1].text if configured is not None else ""
    if configured is not None:
        yield configured, f"{before}KEY".upper()
    for node in declared(kind):
        name = node.kids[0].text if node.kids and node.kids[0].kind == "name" else ""
        if name and name not in ("model_config", PREFIX):
            yield node, f"{before}{name}".upper()


def prefix(kind: Node) -> Node | None:
    """`env_prefix="AZURE_OPENAI_"` of its configuration."""
    for node in kind.walk():
        if node.kind in ("pair", "assign") and node.kids:
            name = node.text if node.kind == "pair" else node.kids[0].dotted()
            if name == PREFIX and node.kids[-1].kind == "string":
                return node
    return None


def declared(kind: Node) -> Iterator[Node]:
    """What stands in the body of the class itself, not in its methods or in a class inside."""
    below = list(kind.kids)
    while below:
        node = below.pop(0)
        if node.kind in ("assign", "declare"):
            yield node
        elif node.kind == "other" and node.text != "mark":
            below.extend(node.kids)
