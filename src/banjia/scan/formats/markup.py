"""XML of projects and settings: elements with text, `<add key="" value="">`, package references; lines kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.scan.formats.entry import Entry

TAG = re.compile(
    r"<!--.*?-->|<(/?)([\w.:\-]+)((?:\s+[\w.:\-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>([^<]*)", re.DOTALL
)
ATTRIBUTE = re.compile(r"([\w.:\-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def entries(text: str) -> Iterator[Entry]:
    stack: list[str] = []
    position, line = 0, 1
    for found in TAG.finditer(text):
        line += text.count("\n", position, found.start())
        position = found.start()
        closing, name, attributes, empty, body = found[1], found[2], found[3], found[4], found[5]
        if name is None:
            continue
        if closing:
            while stack and stack.pop() != name:
                pass
            continue
        given = {key: first or second for key, first, second in ATTRIBUTE.findall(attributes or "")}
        keys = (*stack, name)
        if "key" in given and "value" in given:
            yield Entry((*stack, given["key"]), given["value"], line)
        for key, value in given.items():
            yield Entry((*keys, "@" + key), value, line)
        if body.strip():
            yield Entry(keys, body.strip(), line)
        if not empty and len(stack) < 200:
            stack.append(name)
