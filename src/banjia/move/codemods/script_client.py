"""A client made in JavaScript or TypeScript reads its base URL from the environment; `dataResidency` goes, it excludes one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "script-client"
LANGUAGES = frozenset({"javascript", "typescript", "tsx"})
REASON = Text(
    "客户端的基础地址取自环境变量，默认网关", "the client's base URL comes from the environment, by default the gateway"
)
RESIDENCY = Text("dataResidency 与基础地址互斥，删去", "dataResidency excludes a base URL and is removed")
MAKERS = {
    "OpenAI": ("baseURL", "OPENAI_BASE_URL", False),
    "AzureOpenAI": ("endpoint", "AZURE_OPENAI_ENDPOINT", True),
    "createOpenAI": ("baseURL", "OPENAI_BASE_URL", False),
}

PAIRS = (
    ("a.ts", 'import OpenAI from "openai";\nconst client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n',
     'import OpenAI from "openai";\nconst client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", apiKey: process.env.OPENAI_API_KEY });\n'),
    ("a.js", 'import OpenAI from "openai";\nconst client = new OpenAI();\n',
     'import OpenAI from "openai";\nconst client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" });\n'),
    ("a.ts", 'import OpenAI from "openai";\nconst client = new OpenAI({ dataResidency: "eu", maxRetries: 1 });\n',
     'import OpenAI from "openai";\nconst client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", maxRetries: 1 });\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind != "client" or finding.provider not in {"openai", "azure_openai"}:
        return
    for kind in ("new_expression", "call_expression"):
        for node in nodes(source, kind, finding.line, finding.end):
            maker = node.field("constructor") or node.field("function")
            form = MAKERS.get(maker.text()) if maker is not None else None
            if form is not None:
                yield from _make(source, node, form, finding, target)


def _make(source: Source, node: Any, form: tuple[str, str, bool], finding: Finding, target: Target) -> Iterator[Edit]:
    name, variable, azure = form
    option = f'{name}: process.env.{variable} || "{target.root if azure else target.v1}"'
    arguments = node.field("arguments")
    inner = [c for c in arguments.children() if c.is_named() and c.kind() != "comment"] if arguments is not None else []
    if arguments is None:
        _, end = place(node)
        yield Edit(source.path, end, end, f"({{ {option} }})", ID, REASON, finding)
    elif not inner:
        start, end = place(arguments)
        yield Edit(source.path, start, end, f"({{ {option} }})", ID, REASON, finding)
    elif inner[0].kind() == "object":
        body = inner[0].text()
        if re.search(rf"\b({name}|baseURL|endpoint)\s*[:,}}]", body) or "..." in body:
            return
        start, _ = place(inner[0])
        residency = re.search(r"\bdataResidency\s*:\s*[^,}]+?(?=\s*[,}])", body)
        if residency is not None:
            at, to = start + residency.start(), start + residency.end()
            yield Edit(source.path, at, to, option, ID, RESIDENCY, finding)
            return
        rest = body[1:].lstrip()
        space = body[1 : len(body) - len(rest)]
        lead = space if "\n" in space else " "
        comma = "" if rest == "}" else ","
        tail = "" if "\n" in space or rest != "}" else " "
        yield Edit(source.path, start + 1, start + 1, f"{lead}{option}{comma}{tail}", ID, REASON, finding)
