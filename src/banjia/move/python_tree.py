"""Python tree: one module parsed once, with offsets into its text and the place where an import may go."""

from __future__ import annotations

import ast
import sys
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


@lru_cache(maxsize=8)
def walked(text: str) -> tuple[ast.AST, ...]:
    """Every node of the module, walked once for all the findings of a file; none where it does not parse."""
    tree = parse(text)
    return tuple(ast.walk(tree)) if tree else ()


@lru_cache(maxsize=8)
def _begin(text: str) -> dict[int, list[tuple[int, ast.AST]]]:
    """Line -> the nodes that begin there, each with its turn."""
    found: dict[int, list[tuple[int, ast.AST]]] = {}
    for turn, node in enumerate(walked(text)):
        found.setdefault(getattr(node, "lineno", 0), []).append((turn, node))
    return found


def nodes(source: Source, first: int, last: int) -> Iterator[ast.AST]:
    """Nodes that begin on the lines `first` to `last`, outer ones first."""
    begin = _begin(source.text)
    rows = [row for line in range(first, last + 1) for row in begin.get(line, ())]
    yield from (node for _, node in sorted(rows, key=lambda row: row[0]))


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
    for i, node in enumerate(tree.body):
        is_doc = (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
        if is_doc or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            at = (node.end_lineno or node.lineno) + 1
            continue
        at = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        at = _in_order(tree.body[i:], at)
        break
    where = source.starts[at - 1] if at <= len(source.starts) else len(source.text)
    ending = "\r\n" if "\r\n" in source.text else "\n"
    lead = ending if where == len(source.text) and not source.text.endswith("\n") else ""
    yield Edit(source.path, where, where, f"{lead}import os{ending}", codemod, IMPORTS_OS)


def _in_order(body: list[ast.stmt], at: int) -> int:
    """The line for `import os` among the standard library's plain imports that a module begins with."""
    for node in body:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if len(names) != 1 or names[0].partition(".")[0] not in sys.stdlib_module_names or names[0] > "os":
            break
        at = (node.end_lineno or node.lineno) + 1
    return at


def original(source: Source, name: str) -> str:
    """The class behind an alias of `from ... import X as Y`."""
    return _aliases(source.text).get(name, name)


@lru_cache(maxsize=8)
def _aliases(text: str) -> dict[str, str]:
    """The first of each name counts."""
    found: dict[str, str] = {}
    for node in walked(text):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.asname:
                    found.setdefault(alias.asname, alias.name)
    return found


def append(source: Source, call: ast.Call, argument: str, codemod: str, reason: Text, finding: Finding) -> Edit:
    """One more argument behind the last, in the manner of the call: on its line, or on one of its own."""
    _, close = place(source, call)
    close -= 1  # the bracket
    parts = [*call.args, *(k.value for k in call.keywords)]
    if not parts:
        return Edit(source.path, close, close, argument, codemod, reason, finding)
    last = max(parts, key=lambda p: (p.end_lineno or 0, p.end_col_offset or 0))
    _, end = place(source, last)
    end += _closing(source.text[end:close])
    tail = source.text[end:close]
    line = source.line(last.lineno)
    indent = line[: len(line) - len(line.lstrip())]
    ending = "\r\n" if "\r\n" in source.text else "\n"
    own_line = last.lineno != call.lineno and "\n" in tail
    if not _bare(tail).startswith(","):
        if own_line and "#" not in tail:
            return Edit(source.path, end, end, f",{ending}{indent}{argument}", codemod, reason, finding)
        return Edit(source.path, end, end, f", {argument}", codemod, reason, finding)
    comma = end + tail.index(",") + 1
    lead = f"{ending}{indent}" if last.lineno != call.lineno else " "
    here = source.text[comma : source.text.index("\n", comma)] if "\n" in tail[comma - end :] else ""
    if last.lineno != call.lineno and here.lstrip().startswith("#"):
        comma += len(here.rstrip("\r"))  # a comment behind the last argument stays with it
    return Edit(source.path, comma, comma, f"{lead}{argument},", codemod, reason, finding)


def _bare(tail: str) -> str:
    """What stands between the last argument and the bracket, less comments and space."""
    return "".join(row.partition("#")[0].strip() for row in tail.split("\n"))


def _closing(tail: str) -> int:
    """How far the brackets that close the last argument itself reach: the tree leaves them out."""
    bare = len(tail) - len(tail.lstrip())
    found = 0
    while tail[bare : bare + 1] == ")":
        found = bare + 1
        bare = found + len(tail[found:]) - len(tail[found:].lstrip())
    return found
