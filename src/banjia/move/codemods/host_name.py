"""A host named without a scheme: it moves where scheme and port move with it, beside it in the code or by an https target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "host-name"
SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
LANGUAGES = SCRIPTS | {"settings", "python", "go", "java", "kotlin", "csharp", "php", "ruby", "rust"}
REASON = Text("只写主机名的地方改为网关的主机", "where the host's name stands alone, it becomes the gateway's")
HOST = re.compile(r"(?<![\w./@-])(?:[a-z]{2}\.)?api\.openai\.com(?::443)?(?![\w./:-])")
SCHEMES = frozenset({"protocol", "scheme"})

PAIRS = (
    ("api.ts", 'const base = { protocol: "https", host: "api.openai.com", port: "443", path: "/v1" };\n',
     'const base = { protocol: "http", host: "127.0.0.1", port: "8420", path: "/v1" };\n'),
    ("api.js", 'const options = { protocol: "https:", hostname: "api.openai.com", path: "/v1/models" };\n',
     'const options = { protocol: "http:", hostname: "127.0.0.1", port: 8420, path: "/v1/models" };\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"http", "config", "env"} or finding.provider != "openai":
        return
    beside = [*_beside(source, finding, target)] if source.language in SCRIPTS else []
    if beside:
        yield from beside
        return
    parts = urlsplit(target.root)
    if parts.scheme != "https" or parts.path or not parts.hostname:
        return
    if parts.port not in {None, 443} and source.language not in {"settings", "python"}:
        return  # a port of its own is another option there
    for number in range(finding.line, finding.end + 1):
        for found in HOST.finditer(source.line(number)):
            at = source.starts[number - 1]
            yield Edit(source.path, at + found.start(), at + found.end(), parts.netloc, ID, REASON, finding)


def _beside(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    """Scheme, host and port of one object literal, each as it is written there."""
    parts = urlsplit(target.root)
    if parts.path:
        return
    for node in nodes(source, "pair", finding.line, finding.end):
        value = node.field("value")
        around = node.parent()
        if value.kind() != "string" or not HOST.fullmatch(value.text()[1:-1]) or around.kind() != "object":
            continue
        pairs = {p.field("key").text().strip("\"'"): p.field("value") for p in around.children() if p.kind() == "pair"}
        scheme = next((pairs[k] for k in SCHEMES if k in pairs), None)
        port = pairs.get("port")
        if (
            scheme is None
            or scheme.kind() != "string"
            or (port is not None and port.kind() not in {"string", "number"})
        ):
            continue
        quote = scheme.text()[0]
        colon = ":" if scheme.text().endswith(f":{quote}") else ""
        number = str(parts.port or (443 if parts.scheme == "https" else 80))
        host = f"{value.text()[0]}{parts.hostname}{value.text()[0]}"
        if port is None and parts.port:
            host += f", port: {number}"
        changes = [(scheme, f"{quote}{parts.scheme}{colon}{quote}"), (value, host)]
        if port is not None:
            mark = port.text()[0] if port.kind() == "string" else ""
            changes.append((port, f"{mark}{number}{mark}"))
        for what, new in changes:
            if what.text() != new:
                start, end = place(what)
                yield Edit(source.path, start, end, new, ID, REASON, finding)
