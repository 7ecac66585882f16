"""Inquiry: one program over one set of known facts; what every operation asks its questions of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

from banjia.errors import FactError
from banjia.facts.value import Value, show
from banjia.logic.axioms import axioms
from banjia.logic.frame import Frame, frame
from banjia.logic.program import NO, OPEN, YES, Program, assemble
from banjia.logic.rules import AxisLaw
from banjia.logic.search import Goal, World, find
from banjia.text import Text

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Inquiry:
    program: Program
    known: Mapping[str, Value]
    _frames: dict[frozenset[int], Frame | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def told(self) -> list[int]:
        """What the known facts alone settle of every node."""
        return self.program.settle(self.known)

    def frame(self, roots: Iterable[int]) -> Frame | None:
        """The open worlds that decide *roots*, made once; None above the limit. No world at all is a contradiction."""
        key = frozenset(root for root in roots if self.told[root] == OPEN)
        if key not in self._frames:
            made = frame(self.program, self.known, key, self.told)
            if made is not None and not made.alive:
                raise self._contradiction()
            self._frames[key] = made
        return self._frames[key]

    def reachable(self, roots: Mapping[Key, int]) -> tuple[tuple[Key, ...], bool]:
        """Which of alternatives that leave no gap can still be, and whether that is exact; else it names too many."""
        open_ones = {key: node for key, node in roots.items() if self.told[node] != NO}
        if all(self.told[node] == YES for node in open_ones.values()):
            return tuple(open_ones), True
        made = self.frame(open_ones.values())
        if made is not None:
            return tuple(key for key, node in open_ones.items() if made.mask(node)), True
        found = {key: self.find([(node, YES)]) for key, node in open_ones.items()}
        kept = tuple(key for key, world in found.items() if world is not None)
        if not kept:
            raise self._contradiction()
        doubted = [key for key in kept if found[key] == "perhaps"]
        return kept, not doubted or len(kept) == 1

    def certain(self, node: int) -> bool:
        """Whether the node holds in every open world; False also where that could not be proven."""
        return self.truth(node) is True

    def excluded(self, node: int) -> bool:
        """Whether the node holds in no open world; False also where that could not be proven."""
        return self.truth(node) is False

    def truth(self, node: int) -> bool | None:
        """True or False where all open worlds agree; None where they differ or could not all be looked at."""
        if self.told[node] != OPEN:
            return self.told[node] == YES
        made = self.frame([node])
        if made is not None:
            return made.truth(node).everywhere
        if self.find([(node, YES)]) is None:
            return False
        return True if self.find([(node, NO)]) is None else None

    def witness(self, node: int) -> dict[str, Value] | None:
        """The open facts of a world in which the node holds, or None where none is found."""
        made = self.frame([node])
        if made is not None:
            mask = made.mask(node)
            return made.witness(mask) if mask else None
        found = self.find([(node, YES)])
        return found if isinstance(found, dict) else None

    def find(self, goals: Iterable[Goal]) -> World | Literal["perhaps"] | None:
        """One open world that meets all goals, as `search.find` answers it."""
        return find(self.program, self.known, goals, told=self.told)

    def with_(self, facts: Mapping[str, Value]) -> Inquiry:
        """The same program with further or other facts."""
        return Inquiry(self.program, {**self.known, **facts})

    def without(self, *facts: str) -> Inquiry:
        return Inquiry(self.program, {id: value for id, value in self.known.items() if id not in facts})  # noqa: A001

    def _contradiction(self) -> FactError:
        shown = ", ".join(f"{id} = {show(value)}" for id, value in sorted(self.known.items()))  # noqa: A001
        return FactError(
            Text(
                "已知事实互相矛盾，没有任何情形能同时满足",
                "the known facts contradict one another: no case fulfils them all",
            ),
            found=shown if len(shown) <= 400 else shown[:397] + "...",
            remedy=Text("逐一核对上述事实", "check these facts one by one"),
        )


def inquire(laws: Iterable[AxisLaw], known: Mapping[str, Value]) -> Inquiry:
    """An inquiry into some axes of one day; worlds that the facts' implications or the laws exclude are left out."""
    return Inquiry(assemble(tuple(laws), axioms()), dict(known))
