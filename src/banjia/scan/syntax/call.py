"""Call: nodes in which something is called or made, and the members on the way to it."""

from __future__ import annotations

from ast_grep_py import SgNode

from banjia.scan.syntax.node import HOLE, Node, Span
from banjia.scan.syntax.reader import DEPTH, Reader, other

OTHERS = ("other",)
LISTS = frozenset({"other", "unwrap"})  # what arguments stand in
# Languages in which a call holds nothing but what is called and its arguments: no block, no body of a class.
BARE_CALLS = frozenset({"python", "javascript", "typescript", "tsx", "go"})


def call(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    callee = reader.field(node, fields[0], depth) or Node("other", "", [], node)
    kids = [callee]
    for field in fields[1:]:
        raw = reader.raw(node, field)
        if raw is not None:
            kids.extend(_arguments(reader, raw, depth))
    if reader.language not in BARE_CALLS:
        below = [(kid.kind(), kid) for kid in node.children()]
        for kind, kid in below:
            if kind == "class_body":
                kids.extend(reader.kids(kid, depth))
        kids.extend(reader.read_as(kind, kid, depth) for kind, kid in below if kind in ("block", "do_block"))
    return Node("call", "", kids, node)


def method(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    name = reader.raw(node, fields[1])
    text = plain(name.text()) if name is not None else ""
    base = reader.field(node, fields[0], depth)
    if base is None:
        callee = Node("name", text, [], name or node)
    else:
        callee = Node("member", text, [base], _up_to(base, name or node))
    arguments = reader.raw(node, fields[2])
    blocks = [reader.read(kid, depth) for kid in node.children() if kid.kind() in ("block", "do_block")]
    if reader.language == "ruby" and arguments is None and not blocks and base is not None and text != "new":
        return callee
    if reader.language == "ruby" and text == "require" and base is None and arguments is not None:
        module = arguments.text().strip("()'\" ")
        return Node("import", module, [], node, (("*", "*"),))
    return Node("call", "", [callee, *_arguments(reader, arguments, depth), *blocks], node)


def construct(reader: Reader, node: SgNode, fields: list[str], depth: int) -> Node:
    kind = reader.field(node, fields[0], depth) or Node("other", "", [], node)
    body = reader.field(node, fields[1], depth)
    return Node("call", "literal", [kind, *([body] if body else [])], node)


def create(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """`new(...)`: the type stands on the left; the caller finds it by the assignment's type."""
    kids = [kid for raw in node.children() if raw.is_named() for kid in _arguments(reader, raw, depth)]
    return Node("call", "new", [Node("name", "new", [], node), *kids], node)


def suffixed(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    named = [kid for kid in node.children() if kid.is_named()]
    if not named:
        return other(reader, node, [], depth)
    kids = [reader.read(named[0], depth)]
    for suffix in named[1:]:
        for part in suffix.children() if suffix.kind() == "call_suffix" else [suffix]:
            if part.is_named():
                kids.extend(_arguments(reader, part, depth))
    return Node("call", "", kids, node)


def navigation(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2 and kids[1].kind == "name":
        return Node("member", kids[1].text, [kids[0]], node)
    return Node("other", "", kids, node)


def conditional(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    kids = reader.kids(node, depth)
    if len(kids) == 2 and kids[1].kind == "name":
        return Node("member", kids[1].text, [kids[0]], node)
    return Node("other", "", kids, node)


def macro(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """format!("{}/v1", host): the first string with its holes, the other words as values."""
    named = [kid for kid in node.children() if kid.is_named()]
    name = named[0].text() if named else ""
    kids = [kid for raw in named[1:] for kid in _tokens(reader, raw, depth)]
    if name == "format" and kids and kids[0].kind == "string":
        text = kids[0].text
        for mark in ("{}", "{:?}"):
            text = text.replace(mark, HOLE)
        return Node("string", text, kids[1:], node)
    return Node("call", "macro", [Node("name", name, [], node), *kids], node)


def talk(reader: Reader, node: SgNode, _: list[str], depth: int) -> Node:
    """PHP's `echo` and `print`, which are no calls of a function."""
    return Node("call", "", [Node("name", "echo", [], node), *reader.kids(node, depth)], node)


def _tokens(reader: Reader, tree: SgNode, depth: int) -> list[Node]:
    """What a macro is given stands there as bare words: a name with brackets behind it is a call."""
    kids = tree.children()
    found: list[Node] = []
    for kid, after in zip(kids, [*kids[1:], None], strict=True):
        if not kid.is_named():
            continue
        kind = kid.kind()
        if kind == "token_tree" and found and found[-1].kind == "call" and not found[-1].kids[1:] and found[-1].text:
            call = found[-1]
            call.text = ""
            call.kids.extend(_tokens(reader, kid, depth + 1) if depth < DEPTH else reader.kids(kid, depth + 1))
        elif kind == "identifier" and after is not None and after.kind() == "token_tree" and after.text()[:1] == "(":
            found.append(Node("call", "open", [Node("name", kid.text(), [], kid)], kid))
        else:
            found.append(reader.read_as(kind, kid, depth))
    return found


def _arguments(reader: Reader, node: SgNode | None, depth: int) -> list[Node]:
    if node is None:
        return []
    kind = node.kind()
    if reader.table.get(kind, OTHERS)[0] not in LISTS:
        return [reader.read_as(kind, node, depth)]
    return reader.kids(node, depth)


def _up_to(first: Node, last: SgNode) -> Span:
    end = last.range().end
    return (first.line, end.line + 1, first.start, end.index)


def plain(name: str) -> str:
    if name[:1] in "$@\\" and name != "$this":
        name = name.lstrip("$@\\")
    return name.replace("\\", ".")
