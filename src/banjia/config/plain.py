"""Plain data from YAML: a text that is too deep, grows through its aliases or holds an impossible value is an error."""

from __future__ import annotations

from typing import Any

import yaml

MAX_NODES = 200_000
MAX_DEPTH = 64


class TooMuch(yaml.YAMLError):
    """The text nests or grows beyond what a file of ours holds."""


def load(text: str) -> Any:
    """The data of one document. Raises yaml.YAMLError, whatever is wrong with the text."""
    node = compose(text)
    return None if node is None else construct(node)


def compose(text: str) -> yaml.Node | None:
    """The nodes of one document, of bounded depth and size with every alias written out. Raises yaml.YAMLError."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        raise TooMuch("nested too deeply") from None
    if node is not None and _size(node, {}, 0) > MAX_NODES:
        raise TooMuch(f"aliases grow it beyond {MAX_NODES} values")
    return node


def construct(node: yaml.Node) -> Any:
    """The value of a node. Raises yaml.YAMLError, also for a day or a number that cannot be."""
    constructor = yaml.SafeLoader("")
    try:
        return constructor.construct_document(node)
    except yaml.YAMLError:
        raise
    except (ValueError, TypeError, LookupError) as error:  # 2026-13-45, !!int x, thousands of digits
        raise yaml.YAMLError(f"not a value: {error}") from None
    finally:
        constructor.dispose()


def _size(node: yaml.Node, known: dict[int, int], depth: int) -> int:
    if depth > MAX_DEPTH:  # an alias of a node within itself ends here too
        raise TooMuch("nested too deeply")
    if id(node) not in known:
        parts: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            parts = [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            parts = node.value
        known[id(node)] = 1 + sum(_size(part, known, depth + 1) for part in parts)
    return known[id(node)]
