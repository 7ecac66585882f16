"""parse(text, language) -> Node: the parser's tree reduced by the language's table."""

from __future__ import annotations

from collections.abc import Callable

from ast_grep_py import SgNode, SgRoot

from banjia.scan.syntax.grammar import GRAMMARS
from banjia.scan.syntax.imports import imports
from banjia.scan.syntax.node import HOLE, Node

ALTERNATIVES = frozenset({"or", "||", "??", "?:", "Elvis"})
CONCATENATION = frozenset({"+", ".", "<<"})
DEPTH = 150  # deeper nesting is generated text; below it nothing is looked at


def parse(text: str, language: str) -> Node:
    """Never fails: where the text is not well formed the parser leaves gaps and the rest is read."""
    grammar = GRAMMARS[language]
    root = SgRoot(text, grammar.parser).root()
    return _Reader(language, grammar.table).read(root, 0)


class _Reader:
    def __init__(self, language: str, table: dict[str, tuple[str, ...]]) -> None:
        self.language = language
        self.table = table

    def read(self, node: SgNode, depth: int) -> Node:
        what, *fields = self.table.get(node.kind(), ("other",))
        if depth > DEPTH:
            return Node("doc", "", [], _span(node))
        handler = HANDLERS.get(what, _other)
        return handler(self, node, fields, depth + 1)

    def kids(self, node: SgNode, depth: int) -> list[Node]:
        return [self.read(kid, depth) for kid in node.children() if kid.is_named()]

    def field(self, node: SgNode, field: str, depth: int) -> Node | None:
        found = self.raw(node, field)
        return self.read(found, depth) if found is not None else None

    def raw(self, node: SgNode, field: str) -> SgNode | None:
        if field.isdigit():
            named = [kid for kid in node.children() if kid.is_named()]
            return named[int(field)] if int(field) < len(named) else None
        return node.field(field)


def _span(node: SgNode) -> tuple[int, int, int, int]:
    span = node.range()
    return (span.start.line + 1, span.end.line + 1, span.start.index, span.end.index)


def _other(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    return Node("other", "", reader.kids(node, depth), _span(node))


def _doc(_reader: _Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("doc", "", [], _span(node))


def _name(_reader: _Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("name", _plain(node.text()), [], _span(node))


def _symbol(_reader: _Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("string", node.text().lstrip(":"), [], _span(node))


def _plain(name: str) -> str:
    if name[:1] in "$@\\" and name != "$this":
        name = name.lstrip("$@\\")
    return name.replace("\\", ".")


def _number(_reader: _Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("number", node.text().replace("_", ""), [], _span(node))


def _string(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    parts: list[str] = []
    kids: list[Node] = []
    plain = True
    for kid in node.children():
        what = reader.table.get(kid.kind(), ("other",))[0]
        if what == "part":
            parts.append(kid.text())
        elif what in ("hole", "name", "member", "index", "method", "call"):
            inner = reader.kids(kid, depth) if what == "hole" else [reader.read(kid, depth)]
            kids.append(inner[0] if inner else Node("name", kid.text(), [], _span(kid)))
            parts.append(HOLE)
        elif kid.is_named() and kid.kind().endswith("body"):
            parts.append(kid.text())
        else:
            plain = plain and not kid.is_named()
    if not parts:
        parts.append(node.text().strip("@$rRbBfFuU").strip("\"'`") if node.text() else "")
    return Node("string", "".join(parts), kids, _span(node))


def _member(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    base = reader.field(node, fields[0], depth)
    prop = reader.raw(node, fields[1])
    text = _plain(prop.text()) if prop is not None else ""
    if base is None:
        return Node("name", text, [], _span(node))
    return Node("member", text.split("<")[0], [base], _span(node))


def _member_tail(reader: _Reader, node: SgNode, fields: list[str], _: int) -> Node:
    prop = reader.raw(node, fields[0])
    return Node("name", prop.text() if prop is not None else "", [], _span(node))


def _conditional(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2 and kids[1].kind == "name":
        return Node("member", kids[1].text, [kids[0]], _span(node))
    return Node("other", "", kids, _span(node))


def _arguments(reader: _Reader, node: SgNode | None, depth: int) -> list[Node]:
    if node is None:
        return []
    if reader.table.get(node.kind(), ("other",))[0] not in ("other", "unwrap"):
        return [reader.read(node, depth)]
    return reader.kids(node, depth)


def _call(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    callee = reader.field(node, fields[0], depth) or Node("other", "", [], _span(node))
    kids = [callee]
    for field in fields[1:]:
        raw = reader.raw(node, field)
        if raw is not None and reader.table.get(raw.kind(), ("other",))[0] == "object":
            kids.append(reader.read(raw, depth))
        else:
            kids.extend(_arguments(reader, raw, depth))
    kids.extend(reader.kids(kid, depth)[0] for kid in node.children() if kid.kind() == "class_body" and kid.children())
    kids.extend(reader.read(kid, depth) for kid in node.children() if kid.kind() in ("block", "do_block"))
    return Node("call", "", kids, _span(node))


def _method(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    name = reader.raw(node, fields[1])
    text = _plain(name.text()) if name is not None else ""
    base = reader.field(node, fields[0], depth)
    if base is None:
        callee = Node("name", text, [], _span(name or node))
    else:
        callee = Node(
            "member", text, [base], _span(node)[:1] + _span(name or node)[1:2] + (base.start, _span(name or node)[3])
        )
    arguments = reader.raw(node, fields[2])
    blocks = [reader.read(kid, depth) for kid in node.children() if kid.kind() in ("block", "do_block")]
    if reader.language == "ruby" and arguments is None and not blocks and base is not None and text != "new":
        return callee
    if reader.language == "ruby" and text == "require" and base is None and arguments is not None:
        module = arguments.text().strip("()'\" ")
        return Node("import", module, [], _span(node), (("*", "*"),))
    return Node("call", "", [callee, *_arguments(reader, arguments, depth), *blocks], _span(node))


def _index(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kids = [kid for field in fields if (kid := reader.field(node, field, depth)) is not None]
    return Node("index", "", kids, _span(node))


def _assign(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    target, value = (reader.field(node, field, depth) for field in fields)
    kind = node.field("type")
    if target is None:
        return _other(reader, node, [], depth)
    if value is None and kind is None:
        return Node("other", "", reader.kids(node, depth), _span(node))
    if value is None:
        return Node("declare", _type_name(kind.text() if kind else ""), [target], _span(node))
    return Node("assign", _type_name(kind.text() if kind else ""), [target, value], _span(node))


def _typed(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kind = _type_name((reader.raw(node, fields[0]) or node).text())
    kids = []
    for kid in reader.kids(node, depth):
        if kid.kind == "assign":
            kid.text = kind
        elif kid.kind == "other" and kid.kids and kid.kids[0].kind == "name" and len(kid.kids) == 1:
            kid = Node("declare", kind, kid.kids, kid.span)
        kids.append(kid)
    return Node("other", "", kids, _span(node))


def _declare(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    name = reader.field(node, fields[0], depth)
    kind = reader.raw(node, fields[1])
    if name is None or kind is None:
        return _other(reader, node, [], depth)
    return Node("declare", _type_name(kind.text()), [name], _span(node))


def _declared(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    names = [kid for kid in kids if kid.kind == "name"]
    kind = next((kid.text() for kid in node.children() if kid.kind() in ("user_type", "nullable_type")), "")
    return Node("declare", _type_name(kind), names[:1], _span(node)) if names else Node("other", "", kids, _span(node))


def _property(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    place = next((index for index, kid in enumerate(kids) if kid.kind == "declare"), None)
    if place is None or place + 1 >= len(kids):
        return Node("other", "", kids, _span(node))
    declared = kids[place]
    return Node("assign", declared.text, [declared.kids[0], *kids[place + 1 :]], _span(node))


def _pair(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    key, value = reader.raw(node, fields[0]), reader.field(node, fields[1], depth)
    if key is None or value is None:
        return _other(reader, node, [], depth)
    kids = [value] if reader.table.get(key.kind(), ("",))[0] in ("name", "string") else [value, reader.read(key, depth)]
    return Node("pair", key.text().strip("\"'`:").removeprefix("[").strip(), kids, _span(node))


def _entry(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2:
        return Node("pair", kids[0].text, [kids[1]], _span(node))
    return kids[0] if len(kids) == 1 else Node("other", "", kids, _span(node))


def _keyword(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """An argument, perhaps with its name before it."""
    kids = reader.kids(node, depth)
    if len(kids) == 2 and kids[0].kind == "name":
        return Node("pair", kids[0].text, [kids[1]], _span(node))
    return kids[0] if len(kids) == 1 else Node("other", "", kids, _span(node))


def _object(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    entries = [Node("pair", _dot(kid.kids[0]), kid.kids[1:], kid.span) if kid.kind == "assign" else kid for kid in kids]
    return Node("object", "", entries, _span(node))


def _dot(node: Node) -> str:
    return (node.dotted() or node.text).rsplit(".", 1)[-1]


def _construct(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kind = reader.field(node, fields[0], depth) or Node("other", "", [], _span(node))
    body = reader.field(node, fields[1], depth)
    return Node("call", "literal", [kind, *([body] if body else [])], _span(node))


def _create(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """`new(...)`: the type stands on the left; the caller finds it by the assignment's type."""
    kids = [kid for raw in node.children() if raw.is_named() for kid in _arguments(reader, raw, depth)]
    return Node("call", "new", [Node("name", "new", [], _span(node)), *kids], _span(node))


def _join(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    operator = next((kid.text() for kid in node.children() if not kid.is_named()), "+")
    if operator in ALTERNATIVES:
        return Node("join", "or", reader.kids(node, depth), _span(node))
    if operator in CONCATENATION or node.kind() == "concatenated_string":
        return Node("join", "+", reader.kids(node, depth), _span(node))
    return Node("other", operator, reader.kids(node, depth), _span(node))


def _choice(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kids = [kid for field in fields if (kid := reader.field(node, field, depth)) is not None]
    if len(kids) == 3:
        kids[2] = Node("other", "condition", [kids[2]], kids[2].span)
    return Node("join", "or", kids, _span(node))


def _unwrap(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if not kids:
        return Node("other", "", [], _span(node))
    return (
        kids[-1]
        if node.kind() == "cast_expression"
        else kids[0]
        if len(kids) <= 2
        else Node("other", "", kids, _span(node))
    )


def _first(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if node.kind() == "expression_list" and len(kids) > 1:
        first = kids[0]
        return Node(first.kind, first.text, [*first.kids], first.span, first.bind) if first.kind != "other" else first
    return kids[0] if kids else Node("name", node.text(), [], _span(node))


def _as(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2:
        return Node("assign", "", [kids[1], kids[0]], _span(node))
    return Node("other", "", kids, _span(node))


def _statement(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """A string that stands alone is a docstring."""
    named = [kid for kid in node.children() if kid.is_named()]
    if len(named) == 1 and named[0].kind() in ("string", "concatenated_string"):
        return Node("doc", "", [], _span(node))
    return reader.read(named[0], depth) if len(named) == 1 else _other(reader, node, [], depth)


def _raise(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    return Node("raise", "", reader.kids(node, depth), _span(node))


def _function(reader: _Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    name = reader.raw(node, fields[0])
    return Node("function", _plain(name.text()) if name is not None else "", reader.kids(node, depth), _span(node))


def _return(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    return Node("return", "", reader.kids(node, depth), _span(node))


def _suffixed(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    named = [kid for kid in node.children() if kid.is_named()]
    if not named:
        return _other(reader, node, [], depth)
    kids = [reader.read(named[0], depth)]
    for suffix in named[1:]:
        for part in suffix.children() if suffix.kind() == "call_suffix" else [suffix]:
            if part.is_named():
                kids.extend(_arguments(reader, part, depth))
    return Node("call", "", kids, _span(node))


def _navigation(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2 and kids[1].kind == "name":
        return Node("member", kids[1].text, [kids[0]], _span(node))
    return Node("other", "", kids, _span(node))


def _macro(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """format!("{}/v1", host): the first string with its holes, the other words as values."""
    named = [kid for kid in node.children() if kid.is_named()]
    name = named[0].text() if named else ""
    kids = [kid for raw in named[1:] for kid in reader.kids(raw, depth)]
    if name == "format" and kids and kids[0].kind == "string":
        text = kids[0].text
        for mark in ("{}", "{:?}"):
            text = text.replace(mark, HOLE)
        return Node("string", text, kids[1:], _span(node))
    return Node("call", "macro", [Node("name", name, [], _span(node)), *kids], _span(node))


def _import(reader: _Reader, node: SgNode, _: list[str], depth: int) -> Node:
    found = imports(node, reader.language)
    if not found:
        return _other(reader, node, [], depth)
    nodes = [Node("import", module, [], _span(node), bind) for module, bind in found]
    return nodes[0] if len(nodes) == 1 else Node("other", "", nodes, _span(node))


def _type_name(text: str) -> str:
    """The type's own name: without annotations, pointers, generics, optional marks."""
    words = text.lstrip(":*&? []").replace("Optional[", "").replace("mut ", "").strip()
    for cut in ("<", "[", "|", "?", "{", "("):
        words = words.split(cut)[0]
    return words.strip().strip("'\"]").replace("::", ".")


HANDLERS: dict[str, Callable[[_Reader, SgNode, list[str], int], Node]] = {
    "doc": _doc,
    "name": _name,
    "symbol": _symbol,
    "number": _number,
    "string": _string,
    "member": _member,
    "member_tail": _member_tail,
    "conditional": _conditional,
    "call": _call,
    "method": _method,
    "index": _index,
    "assign": _assign,
    "typed": _typed,
    "declare": _declare,
    "declared": _declared,
    "property": _property,
    "pair": _pair,
    "entry": _entry,
    "keyword": _keyword,
    "object": _object,
    "construct": _construct,
    "create": _create,
    "join": _join,
    "choice": _choice,
    "unwrap": _unwrap,
    "first": _first,
    "as": _as,
    "statement": _statement,
    "raise": _raise,
    "suffixed": _suffixed,
    "navigation": _navigation,
    "macro": _macro,
    "import": _import,
    "function": _function,
    "return": _return,
}
