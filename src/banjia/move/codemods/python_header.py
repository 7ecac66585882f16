"""By choice: the purpose as a header of the client, the person concerned as a header of each call; neither is ever guessed."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from banjia.move.edit import Edit
from banjia.move.python_forms import FORMS
from banjia.move.python_tree import append, nodes, original, parse, place
from banjia.move.reason import HEADER as REASON
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "python-header"
LANGUAGES = frozenset({"python"})
PURPOSE, SUBJECT = "x-banjia-purpose", "x-banjia-subject"
CLIENTS = frozenset({"py-openai-client", "py-langchain-openai-client"})
CALLS = frozenset({"create", "acreate", "stream", "parse"})
PAIRS: tuple[tuple[str, str, str], ...] = ()  # nothing is done without a choice; shown in tests/move/test_choices.py


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    chosen = target.choices
    for node in nodes(source, finding.line, finding.end):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        found: Edit | None = None
        if chosen.purpose and finding.kind == "client" and finding.rule in CLIENTS:
            if original(source, name) in FORMS[finding.rule]:
                value = json.dumps(chosen.purpose, ensure_ascii=False)
                found = _header(source, node, "default_headers", f'"{PURPOSE}": {value}', finding)
        elif (
            chosen.subject
            and finding.rule == "py-openai-call"
            and name in CALLS
            and _bound(source, node, chosen.subject)
        ):
            old = any(isinstance(n, ast.Attribute) and n.attr[:1].isupper() for n in ast.walk(node.func))
            keyword = (
                "headers" if old and not chosen.upgrade else "extra_headers"
            )  # version 0 writes its resources with a capital
            found = _header(source, node, keyword, f'"{SUBJECT}": {chosen.subject}', finding)
        if found is not None:
            yield found


def _header(source: Source, call: ast.Call, keyword: str, item: str, finding: Finding) -> Edit | None:
    given = next((k.value for k in call.keywords if k.arg == keyword), None)
    if given is None:
        return append(source, call, f"{keyword}={{{item}}}", ID, REASON, finding)
    if not isinstance(given, ast.Dict):
        return None
    start, end = place(source, given)
    if item.partition(":")[0] in source.text[start:end]:
        return None
    comma = ", " if given.keys else ""
    return Edit(source.path, start + 1, start + 1, f"{item}{comma}", ID, REASON, finding)


def _bound(source: Source, call: ast.Call, expression: str) -> bool:
    """Whether every name of the expression is known where the call stands: in its function, or in the module."""
    tree = parse(source.text)
    try:
        wanted = {n.id for n in ast.walk(ast.parse(expression, mode="eval")) if isinstance(n, ast.Name)}
    except SyntaxError:
        return False
    known: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(n is call for n in ast.walk(node))
        if node is tree:
            known |= _names(node.body)
        elif inside and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = node.args
            several = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            known |= {a.arg for a in [*several, *filter(None, (arguments.vararg, arguments.kwarg))]} | _names(node.body)
    return wanted <= known


def _names(body: list[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for node in (n for statement in body for n in ast.walk(statement)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
    return found
