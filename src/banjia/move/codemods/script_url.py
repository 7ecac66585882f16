"""A literal address in JavaScript or TypeScript becomes a setting with the target as default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from banjia.move.address import Address, find
from banjia.move.edit import Edit
from banjia.move.reason import LITERAL as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "script-url"
ASKED = re.compile(r"([\"'`])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\1")
LANGUAGES = frozenset({"javascript", "typescript", "tsx"})

PAIRS = (
    ("reply.ts", 'const base = process.env.OPENAI_BASE_URL ?? "https://api.openai.com/v1";\nfetch(`${base}/chat/completions`);\n',
     'const base = process.env.OPENAI_BASE_URL ?? "http://127.0.0.1:8420/v1";\nfetch(`${base}/chat/completions`);\n'),
    ("call.js", 'fetch("https://api.openai.com/v1/chat/completions", { method: "POST" });\n',
     'fetch((process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1") + "/chat/completions", { method: "POST" });\n'),
    ("call.js", 'const op = "embeddings";\nfetch(`https://api.openai.com/v1/${op}`, { method: "POST" });\n',
     'const op = "embeddings";\nfetch(`${process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1"}/${op}`, { method: "POST" });\n'),
    ("env.ts", 'import { z } from "zod";\nexport const schema = z.object({ OPENAI_BASE_URL: z.string().url().default("https://api.openai.com/v1") });\n',
     'import { z } from "zod";\nexport const schema = z.object({ OPENAI_BASE_URL: z.string().url().default("http://127.0.0.1:8420/v1") });\n'),
    ("llm.ts", 'export const base = (config: any) => config.get("OPENAI_BASE_URL", "https://api.openai.com/v1");\nexport const map = { openai: "https://api.openai.com/v1" };\n',
     'export const base = (config: any) => config.get("OPENAI_BASE_URL", "http://127.0.0.1:8420/v1");\nexport const map = { openai: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" };\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"http", "client"} or finding.provider not in {"openai", "azure_openai"}:
        return
    for kind in ("string", "template_string"):
        for node in nodes(source, kind, finding.line, finding.end):
            raw = node.text()
            address = find(raw)
            if address is None or address.start != 1:
                continue
            start, end = place(node)
            if kind == "template_string":
                new = "${" + _read(address, target) + "}"
                yield Edit(source.path, start + address.start, start + address.end, new, ID, REASON, finding)
            elif _is_default(node):
                moved = address.moved(target)
                yield Edit(source.path, start + address.start, start + address.end, moved, ID, REASON, finding)
            else:
                rest = raw[address.end : -1]
                read = _read(address, target)
                bare = read.startswith("(") or (not rest and _alone(node))
                base = read if bare else f"({read})"
                new = f"{base} + {raw[0]}{rest}{raw[0]}" if rest else base
                yield Edit(source.path, start, end, new, ID, REASON, finding)


def _read(address: Address, target: Target) -> str:
    if address.azure:
        return f'process.env.{address.variable} || "{target.root}"'
    read = f'process.env.{address.variable} || "{target.v1}"'
    return read if address.has_v1 else f'({read}).replace(/\\/v1\\/?$/, "")'


def _is_default(node: Any) -> bool:
    """Whether the literal is a default that the environment may already replace: behind `??` or `||`, in `.default(...)`
    of a schema, or beside the name of a variable that is asked for.
    """
    parent = node.parent()
    if parent is None:
        return False
    if parent.kind() == "binary_expression":
        return any(op in parent.text() for op in ("??", "||"))
    call = parent.parent() if parent.kind() == "arguments" else None
    if call is None or call.kind() != "call_expression":
        return False
    given = [c.text() for c in parent.children() if c.is_named()]
    return (len(given) == 1 and call.field("function").text().endswith(".default")) or (
        len(given) == 2 and ASKED.fullmatch(given[0]) is not None and given[1] == node.text()
    )


def _alone(node: Any) -> bool:
    """Whether no operator around can take a part of what stands here."""
    parent = node.parent()
    return parent is not None and parent.kind() in {
        "arguments",
        "pair",
        "array",
        "variable_declarator",
        "assignment_expression",
    }
