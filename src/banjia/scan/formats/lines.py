"""Formats of one setting a line: .env, properties, ini, TOML, Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.scan.formats.entry import Entry, unquoted

ASSIGN = re.compile(r"^\s*(?:export\s+|set\s+)?([A-Za-z_][\w.\-\[\]]*)\s*=\s*(.*)$")
# A setting; in Bicep with a word before it and a type behind.
PROPERTY = re.compile(
    r"^\s*(?:(?:param|var|output)\s+)?([A-Za-z_][\w.\-\[\]]*)(?:\s+(?:string|int|bool|object|array))?\s*[=:]\s*(.*)$"
)
# A variable of a container in Bicep: `{ name: 'X', value: 'Y' }`.
NAMED = re.compile(r"^\s*\{\s*name:\s*'([A-Z][A-Z0-9_]+)'\s*,?\s*value:\s*(.*?)\s*\}\s*,?$")
SECTION = re.compile(r"^\s*\[{1,2}([^\[\]]+)\]{1,2}\s*(?:#.*)?$")
TOML_KEY = re.compile(r"""^\s*((?:[\w\-]+|"[^"]+"|'[^']+')(?:\s*\.\s*(?:[\w\-]+|"[^"]+"))*)\s*=\s*(.*)$""")


def env(text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.lstrip().startswith("#") and (found := ASSIGN.match(line)):
            yield Entry((found[1],), unquoted(found[2]), number)


def properties(text: str) -> Iterator[Entry]:
    """Java properties, ini and cfg: sections are keys above."""
    above: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip()[:1] in ("#", ";", "!") or line.lstrip().startswith("//"):
            continue
        if found := SECTION.match(line):
            above = (found[1].strip(),)
        elif found := NAMED.match(line):
            yield Entry((found[1],), unquoted(found[2]), number)
        elif found := PROPERTY.match(line):
            keys = (*above, *found[1].split(".")) if "." in found[1] else (*above, found[1])
            yield Entry(keys, unquoted(found[2]), number)


def toml(text: str) -> Iterator[Entry]:
    """Tables, dotted keys, arrays over several lines: each item of an array under the array's key."""
    above: tuple[str, ...] = ()
    array: tuple[str, ...] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("#"):
            continue
        if array is not None:
            for item in re.findall(r"""["']([^"']+)["']""", line.split(" #")[0]):
                yield Entry((*array, ""), item, number)
            if "]" in re.sub(r"""["'][^"']*["']""", "", line):
                array = None
            continue
        if found := SECTION.match(line):
            above = tuple(part.strip().strip("\"'") for part in _dots(found[1]))
        elif found := TOML_KEY.match(line):
            keys = (*above, *(part.strip().strip("\"'") for part in _dots(found[1])))
            value = found[2].strip()
            if value.startswith("["):
                for item in re.findall(r"""["']([^"']+)["']""", value):
                    yield Entry((*keys, ""), item, number)
                if "]" not in re.sub(r"""["'][^"']*["']""", "", value):
                    array = keys
            elif value.startswith("{"):
                for name, item in re.findall(r"""([\w\-]+)\s*=\s*["']([^"']*)["']""", value):
                    yield Entry((*keys, name), item, number)
                yield Entry(keys, value, number)
            else:
                yield Entry(keys, unquoted(value), number)


def _dots(name: str) -> list[str]:
    return re.findall(r"""[^."']+|"[^"]*"|'[^']*'""", name)


def dockerfile(text: str) -> Iterator[Entry]:
    joined = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        first = (joined or line).lstrip().split(" ")[0].upper()
        if first in ("ENV", "ARG"):
            body = line if joined else line.lstrip()[len(first) :]
            pairs = re.findall(r"""([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)""", body)
            if pairs:
                for name, value in pairs:
                    yield Entry((name,), unquoted(value.rstrip("\\")), number)
            elif not joined and (found := re.match(r"\s*([A-Za-z_]\w*)(?:\s+(.*))?$", body)):
                yield Entry((found[1],), unquoted(found[2] or ""), number)
        elif first in ("RUN", "CMD", "ENTRYPOINT"):
            yield Entry((first,), line.strip(), number, command=True)
        joined = joined or line if line.rstrip().endswith("\\") else ""
