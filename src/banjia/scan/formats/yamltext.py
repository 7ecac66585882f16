"""YAML by its lines: keys by indentation, `- NAME=value`, `- name: X` with `value: Y`, block scalars as shell.

Not a YAML parser on purpose: Helm templates are not YAML, and every setting needs its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.scan.formats.entry import Entry, unquoted

KEY = re.compile(r"""^(\s*)((?:-\s+)*)(?:"([^"]+)"|'([^']+)'|([\w.$/@\-]+(?:\s[\w.\-]+)?))\s*:(?:\s+(.*))?$""")
ITEM = re.compile(r"^(\s*)-\s+(.*)$")
FLOW = re.compile(r"""[{,]\s*["']?([\w.\-]+)["']?\s*:\s*("[^"]*"|'[^']*'|[^,{}]*)""")
BLOCK = re.compile(r"^[|>][+-]?\d*\s*(?:#.*)?$")


def entries(text: str) -> Iterator[Entry]:  # noqa: PLR0915 - one pass, one state
    stack: list[tuple[int, str]] = []
    block: tuple[int, tuple[str, ...]] | None = None
    named: tuple[int, str, int] | None = None  # indentation, name, line of a `name:` that awaits its `value:`
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare:
            continue
        depth = len(line) - len(line.lstrip())
        if block is not None:
            if depth > block[0]:
                if not bare.startswith("#"):
                    yield Entry((*block[1], ""), bare, number, command=True)
                continue
            block = None
        if bare.startswith("#") or (bare.startswith("{{") and bare.endswith("}}")):
            continue
        if found := KEY.match(line):
            depth = len(found[1]) + len(found[2])
            while stack and stack[-1][0] >= depth:
                stack.pop()
            key = found[3] or found[4] or found[5]
            value = (found[6] or "").strip()
            keys = (*(name for _, name in stack), key)
            if named and named[0] != depth:
                named = None if depth < named[0] else named
            if BLOCK.match(value):
                block = (depth - len(found[2]), keys)
            elif value in ("", "&", "{}", "[]") or value.startswith("&"):
                if key == "valueFrom" and named:
                    yield Entry((*keys[:-1], named[1]), "", named[2])
                    named = None
                yield Entry(keys, "", number)
                stack.append((depth, key))
            elif (key == "name" or (key == "key" and "-" in found[2])) and re.fullmatch(
                r"[A-Z][A-Z0-9_]+", unquoted(value)
            ):
                named = (depth, unquoted(value), number)
                stack.append((depth, key))
                stack.pop()
            elif key in ("sync", "valueFrom") and named and named[0] == depth:
                yield Entry((*keys[:-1], named[1]), "", named[2])
                named = None
            elif key == "value" and named and named[0] == depth:
                yield Entry((*keys[:-1], named[1]), unquoted(value), named[2], last=number)
                named = None
            elif value.startswith("{") and not value.startswith("{{"):
                yield from _flow(value, keys, number)
            elif value.startswith("["):
                for item in value.strip("[]").split(","):
                    yield Entry((*keys, ""), unquoted(item), number)
            else:
                yield Entry(keys, unquoted(value), number, command=key in ("run", "command", "script"))
                stack.append((depth, key))
        elif found := ITEM.match(line):
            depth = len(found[1]) + 1
            while stack and stack[-1][0] >= depth:
                stack.pop()
            above = tuple(name for _, name in stack)
            if found[2].startswith("{") and not found[2].startswith("{{"):
                yield from _flow(found[2], above, number)
                continue
            words = unquoted(found[2])
            name, equals, value = words.partition("=")
            if equals and re.fullmatch(r"[A-Za-z_][\w.]*", name):
                yield Entry((*above, name), unquoted(value), number)
            elif re.fullmatch(r"[A-Z][A-Z0-9_]+", words) and above[-1:] == ("environment",):
                yield Entry((*above, words), "", number)
            else:
                yield Entry(
                    (*above, ""),
                    words,
                    number,
                    command=above[-1:] in (("script",), ("before_script",), ("command",), ("commands",)),
                )


def _flow(text: str, above: tuple[str, ...], number: int) -> Iterator[Entry]:
    """A mapping written on one line: `{name: KEY, value: x}` is the setting KEY, other pairs are settings each."""
    pairs: dict[str, str] = {}
    for key, value in FLOW.findall(text):
        pairs.setdefault(key, unquoted(value))
    name = pairs.get("name", "")
    if re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
        yield Entry((*above, name), pairs.get("value", ""), number)
        return
    for key, value in pairs.items():
        yield Entry((*above, key), value, number)
