"""By choice: calls of openai-python 0.x, its errors, its results and its embeddings helpers, in the form of today's version."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from banjia.move.address import OPENAI_VARIABLE
from banjia.move.edit import Edit
from banjia.move.python_old import ASYNC, ERRORS, FIELDS, HELPERS, KEYWORDS, OF_CLIENT, POSITIONAL, RESOURCES
from banjia.move.python_tree import import_os, parse, place, variable, within
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "python-upgrade"
LANGUAGES = frozenset({"python"})
REASON = Text("0.x 的写法改成现行版本的", "what version 0 wrote, as today's version writes it")
PAIRS: tuple[tuple[str, str, str], ...] = ()  # nothing is done without a choice; shown in tests/move/test_choices.py


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    tree = parse(source.text)
    if (
        not target.choices.upgrade
        or finding.provider != "openai"
        or finding.kind not in {"import", "call"}
        or tree is None
    ):
        return
    found = list(_of_file(source, tree, finding, target))
    yield from found
    if any("os.environ" in edit.new for edit in found):
        yield from import_os(source, ID)


def _of_file(source: Source, tree: ast.Module, finding: Finding, target: Target) -> Iterator[Edit]:
    """Every edit of a file: the same for each of its findings, so that it counts once."""
    calls: dict[int, ast.Call] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (old := _old(node)) is not None:
            calls[id(node)] = node
            yield from _call(source, node, old, finding, target)
        elif isinstance(node, ast.Attribute) and _dotted(node.value) == "openai.error" and node.attr in ERRORS:
            yield _edit(source, node, f"openai.{ERRORS[node.attr]}", finding)
        elif isinstance(node, ast.ImportFrom) and node.module == "openai.error":
            yield _edit(source, node, "from openai import " + ", ".join(_renamed(a) for a in node.names), finding)
        elif isinstance(node, ast.ImportFrom) and node.module == "openai.embeddings_utils":
            yield from _helpers(source, tree, node, finding)
        elif isinstance(node, ast.Import) and [a.name for a in node.names] == ["openai.error"]:
            yield _edit(source, node, "import openai", finding)
        elif isinstance(node, ast.Assign) and _dotted(node.targets[0]) == "openai.api_base":
            yield _edit(source, node.targets[0], "openai.base_url", finding)
    yield from _results(source, tree, calls, finding)


def _old(call: ast.Call) -> tuple[str, str, bool] | None:
    """Class, method and whether it is awaited, of a call on version 0's module."""
    parts = _dotted(call.func).split(".")
    if len(parts) != 3 or parts[0] != "openai":
        return None
    method = ASYNC.get(parts[2], parts[2])
    return (parts[1], method, parts[2] in ASYNC) if (parts[1], method) in RESOURCES else None


def _call(
    source: Source, call: ast.Call, old: tuple[str, str, bool], finding: Finding, target: Target
) -> Iterator[Edit]:
    owner, method, awaited = old
    own = [k for k in call.keywords if k.arg in OF_CLIENT]
    base = variable(OPENAI_VARIABLE, target.v1)
    root = "openai"
    if awaited or own:
        given = [f"{OF_CLIENT[k.arg or '']}={_text(source, k.value)}" for k in own]
        given += [] if any(k.arg == "api_base" for k in own) else [f"base_url={base}"]
        root = f"openai.{'AsyncOpenAI' if awaited else 'OpenAI'}({', '.join(given)})"
    yield _edit(source, call.func, f"{root}.{RESOURCES[owner, method]}", finding)
    for name, value in zip(POSITIONAL.get(owner, ()), call.args, strict=False):
        start, _ = place(source, value)
        yield Edit(source.path, start, start, f"{name}=", ID, REASON, finding)
    for keyword in call.keywords:
        start, end = place(source, keyword)
        if keyword in own:
            comma = source.text[end:].lstrip()[:1] == ","
            end = source.text.index(",", end) + 1 if comma else end
            while comma and source.text[end : end + 1] in {" ", "\n", "\r", "\t"}:
                end += 1
            if source.text[end : end + 1] == ")" and source.text[:start].rstrip().endswith(","):
                start = source.text.rindex(",", 0, start)  # it was the last: the comma before it goes too
            yield Edit(source.path, start, end, "", ID, REASON, finding)
        elif keyword.arg in KEYWORDS:
            yield Edit(source.path, start, start + len(keyword.arg), KEYWORDS[keyword.arg], ID, REASON, finding)


def _results(source: Source, tree: ast.Module, calls: dict[int, ast.Call], finding: Finding) -> Iterator[Edit]:
    """`r["choices"][0]["text"]` on what such a call returned, or on the parts of a stream of it, becomes attributes."""
    for scope in (tree, *(n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))):
        body = [n for s in scope.body for n in within(s)]
        names = _named(body, calls)
        for node in body:
            if isinstance(node, ast.Subscript) and (key := _field(node)) and _rooted(node.value, names, calls):
                _, start = place(source, node.value)
                _, end = place(source, node)
                yield Edit(source.path, start, end, f".{key}", ID, REASON, finding)
            elif isinstance(node, ast.Call) and (got := _got(node)) and _rooted(node.func.value, names, calls):  # type: ignore[attr-defined]
                _, start = place(source, node.func.value)  # type: ignore[attr-defined]
                _, end = place(source, node)
                default = _text(source, node.args[1]) if len(node.args) > 1 else ""
                if default not in {"", "None"}:
                    first, _ = place(source, node)
                    yield Edit(source.path, first, first, "(", ID, REASON, finding)
                    yield Edit(source.path, start, end, f".{got} or {default})", ID, REASON, finding)
                else:
                    yield Edit(source.path, start, end, f".{got}", ID, REASON, finding)
            elif (
                isinstance(node, ast.Attribute)
                and node.attr in {"to_dict_recursive", "to_dict"}
                and _rooted(node.value, names, calls)
            ):
                _, end = place(source, node)
                yield Edit(source.path, end - len(node.attr), end, "model_dump", ID, REASON, finding)


def _named(body: list[ast.AST], calls: dict[int, ast.Call]) -> set[str]:
    """Names that hold a result or a part of one: assigned, or run through by a loop."""
    names: set[str] = set()
    size = -1
    while size != len(names):
        size = len(names)
        for node in body:
            spot: ast.expr | None = None
            value: ast.expr | None = None
            if isinstance(node, ast.Assign):
                spot, value = node.targets[0], node.value
            elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
                spot, value = node.target, node.iter
            if isinstance(spot, ast.Name) and value is not None and _rooted(value, names, calls):
                names.add(spot.id)
    return names


def _made(node: ast.AST, calls: dict[int, ast.Call]) -> bool:
    return id(node.value if isinstance(node, ast.Await) else node) in calls


def _rooted(node: ast.expr, names: set[str], calls: dict[int, ast.Call]) -> bool:
    """Whether a chain of subscripts and attributes begins at a result."""
    while isinstance(node, (ast.Subscript, ast.Attribute)) or (isinstance(node, ast.Call) and _got(node)):
        node = node.func.value if isinstance(node, ast.Call) else node.value  # type: ignore[attr-defined]
    return _made(node, calls) or getattr(node, "id", None) in names


def _field(node: ast.Subscript) -> str:
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    return key if isinstance(key, str) and key in FIELDS and isinstance(node.ctx, ast.Load) else ""


def _got(node: ast.Call) -> str:
    """The field that `.get("field")` or `.get("field", "")` asks for: today's results hold None where one is missing."""
    if not (isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args and not node.keywords):
        return ""
    key = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    return key if isinstance(key, str) and key in FIELDS else ""


def _helpers(source: Source, tree: ast.Module, node: ast.ImportFrom, finding: Finding) -> Iterator[Edit]:
    """The helpers that were dropped from the library stand in the file itself; other names of that module stay."""
    names = [a.name for a in node.names if a.name in HELPERS and a.asname is None]
    if not names or len(names) != len(node.names) or node not in tree.body:
        return
    wanted = any(
        isinstance(n, ast.Import) and any(a.name == "openai" and not a.asname for a in n.names) for n in tree.body
    )
    lead = "" if wanted else "import openai\n"
    yield _edit(source, node, lead + "\n\n".join(f"\n{HELPERS[n].rstrip()}" for n in names), finding)


def _renamed(alias: ast.alias) -> str:
    """The new class under the name the file knows it by."""
    new, own = ERRORS.get(alias.name, alias.name), alias.asname or alias.name
    return new if new == own else f"{new} as {own}"


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _text(source: Source, node: ast.expr) -> str:
    start, end = place(source, node)
    return source.text[start:end]


def _edit(source: Source, node: ast.expr | ast.stmt, new: str, finding: Finding) -> Edit:
    start, end = place(source, node)
    return Edit(source.path, start, end, new, ID, REASON, finding)
