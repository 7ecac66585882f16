"""parse(text, language) -> Node: the parser's tree reduced by the language's table."""

from __future__ import annotations

import functools
import re

from ast_grep_py import SgNode, SgRoot

from banjia.scan.syntax.binding import (
    assign,
    declare,
    declared,
    function_declared,
    parameter,
    property_,
    renamed,
    type_name,
    typed,
)
from banjia.scan.syntax.call import (
    OTHERS,
    call,
    conditional,
    construct,
    create,
    macro,
    method,
    navigation,
    plain,
    suffixed,
    talk,
)
from banjia.scan.syntax.grammar import GRAMMARS
from banjia.scan.syntax.imports import imports
from banjia.scan.syntax.node import HOLE, Node
from banjia.scan.syntax.reader import Handler, Reader, other

# Languages whose functions give their last expression.
GIVES_LAST = frozenset({"ruby", "rust", "csharp"})
ALTERNATIVES = frozenset({"or", "||", "??", "?:", "Elvis"})
BASE_NAMES = re.compile(r"(?<![\w.=<])[A-Za-z_][\w.]*(?!\s*=|[\w.])")
KEYS = frozenset({"name", "string", "plain_string"})
UNFILLED = re.compile(r"[rRbBuU]{0,2}('{3}|\"{3}|['\"])(.*)\1\Z", re.DOTALL)
CONCATENATION = frozenset({"+", ".", "<<"})


def parse(text: str, language: str) -> Node:
    """Never fails: where the text is not well formed the parser leaves gaps and the rest is read."""
    return reduced(parsed(text, language), language)[0]


def parsed(text: str, language: str) -> SgNode:
    """The parser's own tree."""
    return SgRoot(text, GRAMMARS[language].parser).root()


def reduced(root: SgNode, language: str) -> tuple[Node, bool]:
    """What of the parser's tree a rule can ask about, and whether that is all of it: the depth has an end."""
    reader = _reader(language)
    reader.is_whole = True
    tree = reader.read(root, 0)
    return tree, reader.is_whole


@functools.cache
def _reader(language: str) -> Reader:
    return Reader(language, GRAMMARS[language].table, HANDLERS)


def _doc(_reader: Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("doc", "", [], node)


def _name(_reader: Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("name", plain(node.text()), [], node)


def _symbol(_reader: Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("string", node.text().lstrip(":"), [], node)


def _number(_reader: Reader, node: SgNode, _: list[str], _depth: int) -> Node:
    return Node("number", node.text().replace("_", ""), [], node)


def _plain_string(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """A string of Python: in most of them no value is put, and their text tells all."""
    text = node.text()
    found = UNFILLED.match(text)
    if found is None:
        return _string(reader, node, _, depth)
    return Node("string", found[2], [], node)


def _string(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    parts: list[str] = []
    kids: list[Node] = []
    plain = True
    for kid in node.children():
        what = reader.table.get(kid.kind(), ("other",))[0]
        if what == "part":
            parts.append(kid.text())
        elif what in ("hole", "name", "member", "index", "method", "call"):
            inner = reader.kids(kid, depth) if what == "hole" else [reader.read(kid, depth)]
            inner = [part for part in inner if part.kind != "doc"]
            kids.append(inner[0] if inner else Node("name", kid.text(), [], kid))
            parts.append(HOLE)
        elif kid.is_named() and kid.kind().endswith("body"):
            parts.append(kid.text())
        else:
            plain = plain and not kid.is_named()
    if not parts:
        parts.append(node.text().strip("@$rRbBfFuU").strip("\"'`") if node.text() else "")
    return Node("string", "".join(parts), kids, node)


def _member(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    base = reader.field(node, fields[0], depth)
    prop = reader.raw(node, fields[1])
    text = plain(prop.text()) if prop is not None else ""
    if base is None:
        return Node("name", text, [], node)
    return Node("member", text.split("<")[0], [base], node)


def _member_tail(reader: Reader, node: SgNode, fields: list[str], _: int) -> Node:
    prop = reader.raw(node, fields[0])
    return Node("name", prop.text() if prop is not None else "", [], node)


def _index(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kids = [kid for field in fields if (kid := reader.field(node, field, depth)) is not None]
    return Node("index", "", kids, node)


def _pair(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    key, value = reader.raw(node, fields[0]), reader.field(node, fields[1], depth)
    if key is None or value is None:
        return other(reader, node, [], depth)
    kind = key.kind()
    kids = [value] if reader.table.get(kind, OTHERS)[0] in KEYS else [value, reader.read_as(kind, key, depth)]
    return Node("pair", key.text().strip("\"'`:").removeprefix("[").strip(), kids, node)


def _entry(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2:
        return Node("pair", kids[0].text, [kids[1]], node)
    return kids[0] if len(kids) == 1 else Node("other", "", kids, node)


def _keyword(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """An argument, perhaps with its name before it."""
    kids = reader.kids(node, depth)
    if len(kids) == 2 and kids[0].kind == "name":
        return Node("pair", kids[0].text, [kids[1]], node)
    return kids[0] if len(kids) == 1 else Node("other", "", kids, node)


def _object(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    entries = [Node("pair", _dot(kid.kids[0]), kid.kids[1:], kid.span) if kid.kind == "assign" else kid for kid in kids]
    return Node("object", "", entries, node)


def _dot(node: Node) -> str:
    return (node.dotted() or node.text).rsplit(".", 1)[-1]


def _join(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    operator = next((kid.text() for kid in node.children() if not kid.is_named()), "+")
    if operator in ALTERNATIVES:
        return Node("join", "or", reader.kids(node, depth), node)
    if operator in CONCATENATION or node.kind() == "concatenated_string":
        return Node("join", "+", reader.kids(node, depth), node)
    return Node("other", operator, reader.kids(node, depth), node)


def _choice(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kids = [kid for field in fields if (kid := reader.field(node, field, depth)) is not None]
    if len(kids) == 3:
        kids[2] = Node("other", "condition", [kids[2]], kids[2].span)
    return Node("join", "or", kids, node)


def _unwrap(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if not kids:
        return Node("other", "", [], node)
    return (
        kids[-1] if node.kind() == "cast_expression" else kids[0] if len(kids) <= 2 else Node("other", "", kids, node)
    )


def _first(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if node.kind() == "expression_list" and len(kids) > 1:
        first = kids[0]
        return Node(first.kind, first.text, [*first.kids], first.span, first.bind) if first.kind != "other" else first
    return kids[0] if kids else Node("name", node.text(), [], node)


def _statement(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """A string that stands alone is a docstring."""
    named = [kid for kid in node.children() if kid.is_named()]
    if len(named) != 1:
        return other(reader, node, [], depth)
    kind = named[0].kind()
    if kind in ("string", "concatenated_string"):
        return Node("doc", "", [], node)
    return reader.read_as(kind, named[0], depth)


def _raise(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    return Node("raise", "", reader.kids(node, depth), node)


def _mark(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """What stands before a function and says how it is used."""
    return Node("other", "mark", reader.kids(node, depth), node)


def _function(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    name = reader.raw(node, fields[0])
    kids = reader.kids(node, depth)
    gives = reader.raw(node, fields[1]) if fields[1] != "body" else None
    bind = ((type_name(gives.text()), "returns"),) if gives is not None else ()
    if reader.language in GIVES_LAST and kids and (last := _last(kids[-1])).kind in ("call", "name", "member"):
        kids = [*kids[:-1], Node("other", "", [kids[-1], Node("return", "", [last], last.span)], node)]
    return Node("function", plain(name.text()) if name is not None else "", kids, node, bind)


def _last(body: Node) -> Node:
    """What a body comes to: its last expression."""
    while body.kind == "other" and body.kids and body.text == "":
        body = body.kids[-1]
    return body


def _class(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    """A class with the names of what it is made from."""
    name = reader.raw(node, fields[0])
    given = node.field("superclasses")
    heritage = given or next((kid for kid in node.children() if kid.kind() == "class_heritage"), None)
    bases = BASE_NAMES.findall(heritage.text().split("implements")[0]) if heritage is not None else []
    bind = tuple((base, "") for base in bases if base != "extends")
    return Node("class", plain(name.text()) if name is not None else "", reader.kids(node, depth), node, bind)


def _arrow(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """A function without a name: its last part is its body, a block or the value it gives."""
    return Node("other", "=>", reader.kids(node, depth), node)


def _return(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    return Node("return", "", reader.kids(node, depth), node)


def _import(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    found = imports(node, reader.language)
    if not found:
        return other(reader, node, [], depth)
    nodes = [Node("import", module, [], node, bind) for module, bind in found]
    return nodes[0] if len(nodes) == 1 else Node("other", "", nodes, node)


HANDLERS: dict[str, Handler] = {
    "doc": _doc,
    "name": _name,
    "symbol": _symbol,
    "number": _number,
    "string": _string,
    "plain_string": _plain_string,
    "member": _member,
    "member_tail": _member_tail,
    "conditional": conditional,
    "call": call,
    "method": method,
    "index": _index,
    "assign": assign,
    "typed": typed,
    "declare": declare,
    "declared": declared,
    "parameter": parameter,
    "property": property_,
    "pair": _pair,
    "entry": _entry,
    "keyword": _keyword,
    "object": _object,
    "construct": construct,
    "create": create,
    "join": _join,
    "choice": _choice,
    "unwrap": _unwrap,
    "first": _first,
    "as": renamed,
    "statement": _statement,
    "raise": _raise,
    "suffixed": suffixed,
    "navigation": navigation,
    "macro": macro,
    "talk": talk,
    "import": _import,
    "mark": _mark,
    "function": _function,
    "class": _class,
    "arrow": _arrow,
    "function_declared": function_declared,
    "return": _return,
}
