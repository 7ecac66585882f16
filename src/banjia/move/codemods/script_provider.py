"""The AI SDK's ready-made `openai` becomes a provider made for the target: older releases read no variable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "script-provider"
LANGUAGES = frozenset({"javascript", "typescript", "tsx"})
REASON = Text(
    "AI SDK 的默认 openai 换成指向网关的", "the AI SDK's ready-made provider becomes one that points at the gateway"
)
IMPORT = re.compile(
    r"""^(?P<lead>import\s*\{|(?:const|let|var)\s*\{)(?P<names>[^}]*)(?P<tail>\}\s*(?:from\s*|=\s*require\(\s*)["']@ai-sdk/openai["']\s*\)?;?[ \t]*)$""",
    re.MULTILINE,
)
NAME = re.compile(r"(?<![\w$])openai(?:\s*(?:\s+as\s+|:)\s*(?P<own>[\w$]+))?(?![\w$])")
STRICT = '...({ compatibility: "strict" } as const)'  # what the ready-made one is in release 1; later ones ignore it

PAIRS = (
    ("a.ts", 'import { streamText } from "ai";\nimport { openai } from "@ai-sdk/openai";\nexport const ask = (prompt: string) => streamText({ model: openai("gpt-4o-mini"), prompt });\n',
     'import { streamText } from "ai";\nimport { createOpenAI } from "@ai-sdk/openai";\nconst openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", ...({ compatibility: "strict" } as const) });\nexport const ask = (prompt: string) => streamText({ model: openai("gpt-4o-mini"), prompt });\n'),
    ("a.js", 'const { openai: provider, createOpenAI } = require("@ai-sdk/openai");\nmodule.exports = provider("gpt-4o-mini");\n',
     'const { createOpenAI } = require("@ai-sdk/openai");\nconst provider = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", compatibility: "strict" });\nmodule.exports = provider("gpt-4o-mini");\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.rule != "js-ai-sdk-openai-client" or (finding.symbol or "").partition(".")[0] == "createOpenAI":
        return
    for found in IMPORT.finditer(source.text):
        name = NAME.search(found["names"])
        if name is None:
            continue
        others = [n.strip() for n in found["names"].split(",") if n.strip() and not NAME.fullmatch(n.strip())]
        if "createOpenAI" not in others:
            others.insert(0, "createOpenAI")
        made = name["own"] or "openai"
        ending = "\r\n" if "\r\n" in source.text else "\n"
        semicolon = ";" if ";" in found["tail"] else ""
        strict = 'compatibility: "strict"' if source.language == "javascript" else STRICT
        url = f'process.env.OPENAI_BASE_URL || "{target.v1}"'
        line = f"const {made} = createOpenAI({{ baseURL: {url}, {strict} }}){semicolon}"
        names = f" {', '.join(others)} "
        text = f"{found['lead']}{names}{found['tail'].rstrip()}{ending}{line}"
        yield Edit(source.path, found.start(), found.end(), text, ID, REASON, finding)
