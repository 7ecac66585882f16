"""The Agents SDK in JavaScript makes its own client: it is told the address where its library looks for it."""

from __future__ import annotations

from collections.abc import Iterator

from banjia.move.edit import Edit
from banjia.move.reason import FRAMEWORK as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import root
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "script-default"
LANGUAGES = frozenset({"javascript", "typescript", "tsx"})
RULES = {"js-agents-client": frozenset({"Agent", "Agent.create", "Runner", "OpenAIProvider"})}
LINE = "process.env.OPENAI_BASE_URL = process.env.OPENAI_BASE_URL || "
IMPORTS = frozenset({"import_statement", "comment", "hash_bang_line"})

PAIRS = (
    ("a.ts", 'import { Agent, run } from "@openai/agents";\n\nconst agent = new Agent({ name: "helper", model: "gpt-4o" });\nawait run(agent, "x");\n',
     'import { Agent, run } from "@openai/agents";\nprocess.env.OPENAI_BASE_URL = process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1";\n\nconst agent = new Agent({ name: "helper", model: "gpt-4o" });\nawait run(agent, "x");\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if (finding.symbol or "") not in RULES.get(finding.rule, frozenset()) or finding.provider != "openai":
        return
    if LINE in source.text or "setDefaultOpenAIClient(" in source.text:
        return
    last = 0
    for node in root(source.text, source.language).children():
        if node.kind() not in IMPORTS:
            break
        if node.kind() == "import_statement":
            last = node.range().end.line + 1
    if last:
        _, at = source.span(last, last)
        lead = "\n" if at == len(source.text) and not source.text.endswith("\n") else ""
        yield Edit(source.path, at, at, f'{lead}{LINE}"{target.v1}";\n', ID, REASON, finding)
