"""By choice, in JavaScript and TypeScript: the purpose as a header of the client, the person concerned as one of each call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from banjia.move.edit import Edit
from banjia.move.reason import HEADER as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "script-header"
LANGUAGES = frozenset({"javascript", "typescript", "tsx"})
PURPOSE, SUBJECT = "x-banjia-purpose", "x-banjia-subject"
PAIRS: tuple[tuple[str, str, str], ...] = ()  # nothing is done without a choice; shown in tests/move/test_choices.py
METHODS = frozenset({"create", "stream", "parse", "generate"})


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    chosen = target.choices
    if chosen.purpose and finding.rule == "js-openai-client":
        for node in nodes(source, "new_expression", finding.line, finding.end):
            yield from _client(source, node, chosen.purpose, finding)
    if chosen.subject and finding.rule == "js-openai-call":
        for node in nodes(source, "call_expression", finding.line, finding.end):
            yield from _call(source, node, chosen.subject, finding)


def _client(source: Source, node: Any, purpose: str, finding: Finding) -> Iterator[Edit]:
    arguments = node.field("arguments")
    inner = [c for c in arguments.children() if c.is_named()] if arguments is not None else []
    if not inner or inner[0].kind() != "object" or "defaultHeaders" in inner[0].text():
        return
    start, _ = place(inner[0])
    comma = "" if inner[0].text()[1:].strip() == "}" else ","
    item = f'"{PURPOSE}": {json.dumps(purpose, ensure_ascii=False)}'
    yield Edit(source.path, start + 1, start + 1, f" defaultHeaders: {{ {item} }}{comma}", ID, REASON, finding)


def _call(source: Source, node: Any, subject: str, finding: Finding) -> Iterator[Edit]:
    """Only where every name of the expression is written in the file already and no options stand there."""
    method = node.field("function").text().rpartition(".")[2]
    inner = [c for c in node.field("arguments").children() if c.is_named() and c.kind() != "comment"]
    names = re.findall(r"(?<![.\w$])[A-Za-z_$][\w$]*", subject)
    if method not in METHODS or len(inner) != 1 or not all(_known(node, name) for name in names):
        return
    _, end = place(inner[0])
    yield Edit(source.path, end, end, f', {{ headers: {{ "{SUBJECT}": {subject} }} }}', ID, REASON, finding)


def _known(node: Any, name: str) -> bool:
    """Whether a function around the call takes that name, or a block around it declares it."""
    taken = re.compile(rf"(?:[({{,\[]|\b(?:const|let|var|import|function|class)\b)\s*{re.escape(name)}\b")
    single = re.compile(rf"^(?:async\s+)?{re.escape(name)}\s*=>")
    return any(taken.search(around.text()) or single.search(around.text()) for around in node.ancestors())
