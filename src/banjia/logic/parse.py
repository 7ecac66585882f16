"""parse: a condition in Python's boolean syntax becomes a tree. It is read, never run.

data.personal_info and not actor.ciio             flags; `== yes`, `== no` say the same at length
actor.kind == 'company'   route in ['a', 'b']      choices and texts; `!=` and `not in`
export.persons_sensitive_ytd >= 10_000             counts; also > <= < == and 1 <= n < 10
users.countries & list.eea                         sets: some element is in the list
users.countries <= [list.eea, 'CH']                sets: no element is outside it
'banking' in actor.sector   len(ai_act.role) >= 2  sets: an element, a size
service.placed_on >= '2026-08-02'                  dates; also < > <=
us_dsp.bulk                                        a name that the law defines elsewhere
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from banjia.errors import LawError
from banjia.facts.catalogue import load
from banjia.facts.fact import Fact
from banjia.facts.place import COUNTRIES, PLACES
from banjia.facts.value import MOST
from banjia.logic.condition import (
    FALSE,
    TRUE,
    All,
    Any,
    AtLeast,
    Condition,
    Flag,
    Is,
    Not,
    Overlaps,
    Refers,
    Since,
    SizeAtLeast,
    Within,
    negate,
)
from banjia.text import Text, same

LONGEST = 8_000  # characters
DEEPEST = 40  # brackets, and levels of the tree
WIDEST = 2_000  # nodes
_YES = {"yes": True, "no": False, "true": True, "false": False}
_GRAMMAR = Text(
    "and、or、not、比较、in、<=（子集）、&（有交集）、len()",
    "and, or, not, comparisons, in, <= (subset), & (overlap), len()",
)


def parse(text: str, *, where: str, facts: Mapping[str, Fact] | None = None) -> Condition:
    """The tree of *text*. *where* is `file:line` of its first character; errors point at the line inside."""
    _refuse_early(text, where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"({text}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise LawError(
            Text("条件写法有误", "the condition does not parse"),
            where=_line(where, line),
            expected=_GRAMMAR,
            found=_excerpt(text, line),
            remedy=Text("检查括号、引号与运算符", "check brackets, quotes and operators"),
        ) from error
    reader = _Reader(text, where, load() if facts is None else facts)
    reader.measure(tree.body)
    return reader.condition(tree.body)


def _refuse_early(text: str, where: str) -> None:
    """What need not reach Python's parser: it is patient with neither depth nor length."""
    if len(text) > LONGEST:
        raise LawError(
            Text("条件过长", "the condition is too long"),
            where=where,
            expected=same(f"<= {LONGEST}"),
            found=str(len(text)),
        )
    depth = deepest = shallowest = 0
    for mark in re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "", text):
        depth += (mark in "([{") - (mark in ")]}")
        deepest, shallowest = max(deepest, depth), min(shallowest, depth)
    if deepest > DEEPEST or shallowest < 0:
        raise LawError(
            Text("括号嵌套过深或不成对", "brackets are nested too deeply or do not match"),
            where=where,
            expected=Text(f"成对，至多 {DEEPEST} 层", f"pairs, at most {DEEPEST} deep"),
            found=str(deepest if shallowest == 0 else shallowest),
        )
    if not text.strip():
        raise LawError(
            Text("条件为空", "the condition is empty"),
            where=where,
            expected=_GRAMMAR,
            remedy=Text("恒真写作 True", "write True for always"),
        )
    if bad := re.search(r"[\\\x00-\x08\x0b-\x1f\x7f]", text):
        raise LawError(
            Text("条件含有不允许的字符", "the condition holds a character that is not allowed"),
            where=where,
            found=repr(bad.group()),
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    where: str
    facts: Mapping[str, Fact]

    def measure(self, root: ast.expr) -> None:
        level: list[ast.AST] = [root]
        nodes = depth = 0
        while level:
            nodes, depth = nodes + len(level), depth + 1
            if depth > 2 * DEEPEST or nodes > WIDEST:
                raise self.error(
                    root,
                    Text("条件过于复杂", "the condition is too complex"),
                    Text(f"至多 {WIDEST} 个节点", f"at most {WIDEST} nodes"),
                )
            level = [child for node in level for child in ast.iter_child_nodes(node)]

    def condition(self, node: ast.expr) -> Condition:
        match node:
            case ast.BoolOp(ast.And(), values):
                return All(tuple(self.condition(value) for value in values))
            case ast.BoolOp(ast.Or(), values):
                return Any(tuple(self.condition(value) for value in values))
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.condition(operand))
            case ast.Compare(left, ops, rights):
                return self.chain(left, ops, rights)
            case ast.BinOp(left, ast.BitAnd(), right):
                return self.overlap(left, right)
            case ast.Constant(True):
                return TRUE
            case ast.Constant(False):
                return FALSE
            case ast.Name() | ast.Attribute():
                return self.bare(node)
        raise self.error(node, Text("条件中不允许这种写法", "this has no place in a condition"), _GRAMMAR)

    def bare(self, node: ast.expr) -> Condition:
        name = self.name(node)
        fact = self.facts.get(name)
        if fact is None:
            return Refers(name)
        if fact.kind != "flag":
            raise self.error(node, Text(f"`{name}` 不是是非题", f"`{name}` is not a yes/no fact"), _forms(fact))
        return Flag(name)

    def chain(self, left: ast.expr, ops: list[ast.cmpop], rights: list[ast.expr]) -> Condition:
        parts = []
        for op, right in zip(ops, rights, strict=True):
            parts.append(self.compare(left, op, right))
            left = right
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Condition:
        if isinstance(left, ast.Constant) and isinstance(op, ast.In | ast.NotIn):
            found: Condition = Overlaps(self.set_name(right), self.members([left], self.set_name(right), right))
            return negate(found) if isinstance(op, ast.NotIn) else found
        if isinstance(left, ast.Constant):
            if type(op) not in _MIRROR:
                raise self.error(
                    left, Text("比较的左边应为事实", "a fact belongs on the left of a comparison"), _GRAMMAR
                )
            left, op, right = right, _MIRROR[type(op)], left
        if isinstance(left, ast.Call):
            return self.size(left, op, right)
        name = self.name(left)
        fact = self.facts.get(name)
        kind = fact.kind if fact else "set"  # a union of sets is the only named thing that compares
        match kind:
            case "flag":
                return self.flag(name, op, right)
            case "count":
                return self.bounds(op, right, self.number(right), lambda n: AtLeast(name, n))
            case "date":
                return self.date(name, op, right)
            case "choice" | "text":
                return self.choice(name, op, right)
            case _:
                if not isinstance(op, ast.LtE):
                    raise self.error(
                        left,
                        Text(f"集合 `{name}` 不能这样比较", f"the set `{name}` cannot be compared like this"),
                        _SETS,
                    )
                return Within(name, self.codes(right, name))

    def flag(self, name: str, op: ast.cmpop, right: ast.expr) -> Condition:
        word = (
            right.id.lower()
            if isinstance(right, ast.Name)
            else str(right.value).lower()
            if isinstance(right, ast.Constant)
            else ""
        )
        if word not in _YES or not isinstance(op, ast.Eq | ast.NotEq):
            raise self.error(
                right,
                Text(f"`{name}` 只能是 yes 或 no", f"`{name}` is yes or no"),
                same(f"{name}  |  not {name}  |  {name} == yes"),
            )
        return Flag(name) if _YES[word] == isinstance(op, ast.Eq) else Not(Flag(name))

    def choice(self, name: str, op: ast.cmpop, right: ast.expr) -> Condition:
        if isinstance(op, ast.Eq | ast.NotEq):
            codes = self.members([right], name, right)
        elif isinstance(op, ast.In | ast.NotIn):
            codes = self.codes(right, name)
        else:
            raise self.error(
                right,
                Text(f"`{name}` 不能比大小", f"`{name}` has no order"),
                same(f"{name} == '...'  |  {name} in [...]"),
            )
        return Not(Is(name, codes)) if isinstance(op, ast.NotEq | ast.NotIn) else Is(name, codes)

    def date(self, name: str, op: ast.cmpop, right: ast.expr) -> Condition:
        try:
            day = date.fromisoformat(self.word(right))
            return self.bounds(op, right, day.toordinal(), lambda n: Since(name, date.fromordinal(n)))
        except (ValueError, OverflowError) as error:
            raise self.error(right, Text("不是日期", "not a date"), same("'2026-08-02'")) from error

    def size(self, call: ast.Call, op: ast.cmpop, right: ast.expr) -> Condition:
        if not (
            isinstance(call.func, ast.Name) and call.func.id == "len" and len(call.args) == 1 and not call.keywords
        ):
            raise self.error(call, Text("条件中不允许调用", "calls have no place in a condition"), _GRAMMAR)
        name = self.set_name(call.args[0])
        if name not in self.facts:
            raise self.error(call, Text(f"`{name}` 不是集合事实", f"`{name}` is not a set fact"), _SETS)
        return self.bounds(op, right, self.number(right), lambda n: SizeAtLeast(name, n))

    def bounds(self, op: ast.cmpop, node: ast.expr, n: int, reach: Callable[[int], Condition]) -> Condition:
        match op:
            case ast.GtE():
                return reach(n)
            case ast.Gt():
                return reach(n + 1)
            case ast.Lt():
                return Not(reach(n))
            case ast.LtE():
                return Not(reach(n + 1))
            case ast.Eq():
                return All((reach(n), Not(reach(n + 1))))
            case ast.NotEq():
                return Any((Not(reach(n)), reach(n + 1)))
        raise self.error(node, Text("此处只能用比较", "only a comparison fits here"), same(">= > <= < == !="))

    def overlap(self, left: ast.expr, right: ast.expr) -> Condition:
        name = self.set_name(left)
        return Overlaps(name, self.codes(right, name))

    def set_name(self, node: ast.expr) -> str:
        name = self.name(node)
        fact = self.facts.get(name)
        if fact is not None and fact.kind != "set":
            raise self.error(node, Text(f"`{name}` 不是集合", f"`{name}` is not a set"), _forms(fact))
        return name

    def codes(self, node: ast.expr, name: str) -> frozenset[str]:
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return self.members(node.elts, name, node)
        return self.members([node], name, node, lists_only=True)

    def members(self, nodes: list[ast.expr], name: str, at: ast.expr, *, lists_only: bool = False) -> frozenset[str]:
        codes = set()
        for node in nodes:
            if isinstance(node, ast.Attribute):
                listed = self.name(node)
                if not listed.startswith("list."):
                    raise self.error(
                        node,
                        Text("此处应为值或 list. 名单", "a value or a list belongs here"),
                        same("'CN'  |  list.NAME"),
                        found=listed,
                    )
                codes.add(listed)
            elif lists_only:
                raise self.error(at, Text("此处应为列表", "a list belongs here"), same("['a', 'b']  |  list.NAME"))
            else:
                codes.add(self.member(node, name))
        return frozenset(codes)

    def member(self, node: ast.expr, name: str) -> str:
        word = self.word(node)
        fact = self.facts.get(name)
        universe = fact.values if fact else ()
        if fact and fact.form:
            universe = tuple(sorted(COUNTRIES if fact.form == "country" else COUNTRIES | PLACES))
        if universe and word not in universe:
            near = get_close_matches(word, universe, 1, 0.5)
            remedy = Text(f"是否应为 '{near[0]}'？", f"did you mean '{near[0]}'?") if near else same("")
            raise self.error(
                node,
                Text(f"`{name}` 没有取值 '{word}'", f"`{name}` has no value '{word}'"),
                same(", ".join(universe[:20])),
                remedy=remedy,
            )
        return word

    def name(self, node: ast.expr) -> str:
        parts: list[str] = []
        at = node
        while isinstance(at, ast.Attribute):
            parts.append(at.attr)
            at = at.value
        if not isinstance(at, ast.Name):
            raise self.error(
                node, Text("此处应为事实的名称", "the name of a fact belongs here"), same("data.personal_info")
            )
        name = ".".join([at.id, *reversed(parts)])
        if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+){0,3}", name) or "__" in name or len(name) > 80:
            raise self.error(
                node, Text("不是事实的名称", "not the name of a fact"), same("data.personal_info"), found=name
            )
        return name

    def number(self, node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value < MOST:
            return node.value
        raise self.error(node, Text("此处应为整数", "a whole number belongs here"), same("10_000"))

    def word(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= 200:
            return node.value
        raise self.error(node, Text("此处应为带引号的值", "a quoted value belongs here"), same("'company'"))

    def error(
        self, node: ast.expr, problem: Text, expected: Text, *, found: str = "", remedy: Text | str = ""
    ) -> LawError:
        source = found or ast.get_source_segment(f"({self.text}\n)", node) or ""
        shown = source if len(source) <= 80 else source[:77] + "..."
        return LawError(problem, where=_line(self.where, node.lineno), expected=expected, found=shown, remedy=remedy)


_MIRROR: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.Eq(),
    ast.NotEq: ast.NotEq(),
    ast.Lt: ast.Gt(),
    ast.Gt: ast.Lt(),
    ast.LtE: ast.GtE(),
    ast.GtE: ast.LtE(),
}
_SETS = Text(
    "x <= [...]（子集）、x & [...]（有交集）、'a' in x、len(x) >= n",
    "x <= [...] (subset), x & [...] (overlap), 'a' in x, len(x) >= n",
)


def _forms(fact: Fact) -> Text:
    """How a condition may speak of a fact of this kind."""
    forms = {"flag": fact.id, "count": f"{fact.id} >= 1", "date": f"{fact.id} >= '2026-08-02'"}
    if fact.kind == "set":
        return _SETS
    return same(forms.get(fact.kind, f"{fact.id} == '...'  |  {fact.id} in [...]"))


def _line(where: str, line: int) -> str:
    """*where* moved on to the line of the text that is wrong."""
    file, colon, first = where.rpartition(":")
    return f"{file}:{int(first) + line - 1}" if colon and first.isdigit() else where


def _excerpt(text: str, line: int) -> str:
    lines = text.splitlines() or [""]
    return lines[min(line, len(lines)) - 1].strip()[:80]
