r"""Node: a piece of program text reduced to what a rule can ask about.

kind        text            kids
module      -               what the file holds
import      module          bind: (local name, name in the module or "*")
name        identifier      -
member      property        [object]
index       -               [object, key]
call        -               [callee, *arguments]
string      its text, with a hole (\0) for each value put in     the values
number      digits          -
join        operator        operands: +, or, ??, ?:
assign      "" or a type    [target, value]
declare     type            [name]
pair        key             [value]            keyword argument, entry of an object
object      type, if named  entries
class       name            all its parts; bind: (what it is made from, "")
function    name            all its parts
return      -               [value]
doc         -               comment, docstring: never a use
raise       -               what is thrown
other       -               anything else
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

HOLE = "\0"
UNASKED = "\0?"


class Ranged(Protocol):
    """A parser's node: where it stands costs a call, and of most nodes nobody asks."""

    def range(self) -> Any: ...


Span = tuple[int, int, int, int]


class Node:
    """Spans are offsets into the text given to the parser; lines are 1-based."""

    __slots__ = ("_dotted", "_place", "bind", "kids", "kind", "known", "text")

    def __init__(
        self,
        kind: str,
        text: str,
        kids: list[Node],
        place: Span | Ranged,
        bind: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.kind = kind
        self.text = text
        self.kids = kids
        self._place = place
        self.bind = bind
        self.known: Any = None  # what the resolver found it to be
        self._dotted: str | None = UNASKED

    @property
    def span(self) -> Span:
        place = self._place
        if not isinstance(place, tuple):
            found = place.range()
            first, last = found.start, found.end
            self._place = place = (first.line + 1, last.line + 1, first.index, last.index)
        return place

    @property
    def line(self) -> int:
        return self.span[0]

    @property
    def end(self) -> int:
        return self.span[1]

    @property
    def start(self) -> int:
        return self.span[2]

    @property
    def stop(self) -> int:
        return self.span[3]

    def walk(self) -> Iterator[Node]:
        """The node and all below it, in the order of the text."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            if node.kids:
                stack.extend(node.kids[::-1])

    def dotted(self) -> str | None:
        """`a.b.c` of a chain of names without calls; `this`, `self` and `@` are dropped."""
        kind = self.kind
        if kind == "name":
            return self.text
        if kind != "member":
            return None
        found = self._dotted
        if found is UNASKED:
            base = self.kids[0].dotted()
            found = None if base is None else self.text if base in SELVES else f"{base}.{self.text}"
            self._dotted = found
        return found

    def argument(self, *names: str) -> Node | None:
        """The value of a keyword argument or of an entry in an object given as argument."""
        for kid in self.kids[1:] if self.kind == "call" else self.kids:
            if kid.kind == "pair" and kid.text in names:
                return kid.kids[0]
            if kid.kind == "object" and self.kind == "call" and (value := kid.argument(*names)):
                return value
        return None

    def __repr__(self) -> str:
        return f"{self.kind}:{self.text}@{self.line}{self.kids or ''}"


SELVES = frozenset({"self", "this", "cls", "$this", "@"})
