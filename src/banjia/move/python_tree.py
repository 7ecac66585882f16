"""Python tree: one module parsed once, with offsets into its text and the place where an import may go."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.scan.finding import Finding
from banjia.text import Text

IMPORTS_OS = Text("读取环境变量需要 os", "reading the environment needs os")


@lru_cache(maxsize=64)
def parse(text: str) -> ast.Module | None:
    """The module, or None where it does not parse: then no codemod touches it."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def nodes(source: Source, first: int, last: int) -> Iterator[ast.AST]:
    """Nodes that begin on the lines `first` to `last`."""
    tree = parse(source.text)
    for node in ast.walk(tree) if tree else ():
        if first <= getattr(node, "lineno", 0) <= last:
            yield node


def within(statement: ast.stmt) -> Iterator[ast.AST]:
    """What runs in the scope of a statement: not the bodies of functions defined there."""
    yield statement
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield from within(child)
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            for inner in child.body:
                yield from within(inner)
        else:
            yield from (n for n in ast.walk(child))


def place(source: Source, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return source.offset(node.lineno, node.col_offset), source.offset(node.end_lineno, node.end_col_offset)


def variable(name: str, default: str, quote: str = '"') -> str:
    """An expression that reads a variable and falls back to the target; an empty variable counts as unset."""
    return f"os.environ.get({quote}{name}{quote}) or {quote}{default}{quote}"


def import_os(source: Source, codemod: str, before: int | None = None) -> Iterator[Edit]:
    """`import os` before the first import, behind docstring and `__future__`; nothing where it stands already.

    `before`: the line behind which it is needed at once; one that stands further down comes too late.
    """
    tree = parse(source.text)
    if tree is None or any(
        isinstance(n, ast.Import)
        and any(a.name == "os" and a.asname is None for a in n.names)
        and (before is None or n.lineno <= before)
        for n in tree.body
    ):
        return
    at = 1
    for node in tree.body:
        is_doc = (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
        if is_doc or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            at = (node.end_lineno or node.lineno) + 1
            continue
        at = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        break
    where = source.starts[at - 1] if at <= len(source.starts) else len(source.text)
    ending = "\r\n" if "\r\n" in source.text else "\n"
    lead = ending if where == len(source.text) and not source.text.endswith("\n") else ""
    yield Edit(source.path, where, where, f"{lead}import os{ending}", codemod, IMPORTS_OS)


def original(source: Source, name: str) -> str:
    """The class behind an alias of `from ... import X as Y`."""
    tree = parse(source.text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.asname == name:
                    return alias.name
    return name


def append(source: Source, call: ast.Call, argument: str, codemod: str, reason: Text, finding: Finding) -> Edit:
    """One more argument behind the last, in the manner of the call: on its line, or on one of its own."""
    _, close = place(source, call)
    close -= 1  # the bracket
    parts = [*call.args, *(k.value for k in call.keywords)]
    if not parts:
        return Edit(source.path, close, close, argument, codemod, reason, finding)
    last = max(parts, key=lambda p: (p.end_lineno or 0, p.end_col_offset or 0))
    _, end = place(source, last)
    tail = source.text[end:close]
    if "," not in tail:
        return Edit(source.path, end, end, f", {argument}", codemod, reason, finding)
    comma = end + tail.index(",") + 1
    line = source.line(last.lineno)
    indent = line[: len(line) - len(line.lstrip())]
    ending = "\r\n" if "\r\n" in source.text else "\n"
    lead = f"{ending}{indent}" if last.lineno != call.lineno else " "
    here = source.text[comma : source.text.index("\n", comma)] if "\n" in tail[comma - end :] else ""
    if last.lineno != call.lineno and here.lstrip().startswith("#"):
        comma += len(here.rstrip("\r"))  # a comment behind the last argument stays with it
    return Edit(source.path, comma, comma, f"{lead}{argument},", codemod, reason, finding)
