"""Proof: what was shown of a moved tree, step by step; each step says what it looked at and what it found."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from banjia.move.address import find
from banjia.move.change import Change
from banjia.move.checklist import Item
from banjia.move.source import Source
from banjia.move.syntax_tree import broken
from banjia.scan.finding import Inventory
from banjia.text import Text

State = Literal["holds", "fails", "not-run", "as-before"]
PARSED = frozenset({"javascript", "typescript", "tsx", "java", "go", "csharp", "kotlin", "php", "ruby", "rust", "bash"})


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    state: State
    text: Text
    details: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {"id": self.id, "state": self.state, "text": self.text.as_dict(), "details": list(self.details)}


def rescan(inventory: Inventory, accepted: Iterable[Item]) -> Step:
    """No literal address of a service that is left stands in the tree, but for what the checklist names."""
    known = {(i.finding.path, i.finding.line) for i in accepted}
    left = [f for f in inventory.findings if f.url and find(f.url) is not None and (f.path, f.line) not in known]
    places = tuple(f"{f.path}:{f.line}" for f in left)
    if left:
        return Step("rescan", "fails", Text("仍有写死的境外地址", "addresses of the left service still stand"), places)
    return Step(
        "rescan", "holds", Text("重新扫描：只剩清单上的事", "scanned again: only what the checklist names is left")
    )


def parses(changes: Iterable[Change]) -> Step:
    """Every changed file of a known language parses as well as before."""
    faults: list[str] = []
    count = 0
    for change in changes:
        language = Source(change.path, change.after).language
        if language == "python":
            count += 1
            faults += _python(change)
        elif language == "notebook":
            count += 1
            faults += _notebook(change)
        elif language in PARSED:
            count += 1
            if broken(change.after, language) > broken(change.before, language):
                faults.append(change.path)
    if faults:
        return Step("parses", "fails", Text("改后的文件不能解析", "a changed file does not parse"), tuple(faults))
    return Step("parses", "holds", Text(f"{count} 个改动的程序文件都能解析", f"{count} changed program files parse"))


def compiles(was: Mapping[str, Counter[str]], now: Mapping[str, Counter[str]], changes: Iterable[Change]) -> Step:
    """Nothing is said after the move that was not said before: by Python's compiler and every tool found."""
    faults: list[str] = []
    python = [c for c in changes if c.path.endswith(".py")]
    faults += [e for c in python if (e := _compiled(c.after, c.path)) and not _compiled(c.before, c.path)]
    for tool, words in now.items():
        faults += [f"{tool}: {line}" for line in (words - was.get(tool, Counter()))]
    tools = [*(["py_compile"] if python else []), *now]
    if faults:
        return Step(
            "compiles", "fails", Text("改后有新的编译或类型错误", "new errors of compiler or types"), tuple(faults)
        )
    if not tools:
        text = Text("改动的文件没有可用的编译器", "no compiler was found for the changed files")
        return Step("compiles", "not-run", text)
    names = ", ".join(tools)
    return Step("compiles", "holds", Text(f"没有新的错误：{names}", f"no new error: {names}"))


def _compiled(text: str, path: str) -> str:
    try:
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return f"{path}: {error}"
    return ""


def _notebook(change: Change) -> list[str]:
    """A notebook stays JSON, and a cell that was Python stays Python."""
    try:
        was, now = (json.loads(text)["cells"] for text in (change.before, change.after))
    except (ValueError, KeyError, TypeError) as error:
        return [f"{change.path}: {error}"]
    pairs = zip(was, now, strict=False)
    sources = [("".join(a.get("source", ())), "".join(b.get("source", ()))) for a, b in pairs]
    return [
        f"{change.path}: cell {n}"
        for n, (a, b) in enumerate(sources, 1)
        if _compiled(b, "cell") and not _compiled(a, "cell")
    ]


def _python(change: Change) -> list[str]:
    try:
        ast.parse(change.after)
    except SyntaxError as error:
        if _compiled(change.before, change.path):
            return []  # it was no Python of today before either
        return [f"{change.path}:{error.lineno}: {error.msg}"]
    return []
