"""Plain: the events of a stream that only add text, told without taking them apart: most of them pass as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from banjia.routes.dialect.operation import AnswerOp, ErrorIn200, FieldMove, TagSplit, UsageMove
from banjia.routes.dialect.path import steps
from banjia.routes.provider import Provider

_WORDS = ("content", "reasoning_content")  # of a delta that only adds text; a role said once more is taken out
_EMPTY = ("tool_calls", "function_call", "refusal", "audio")  # often there, and null


class Plain:
    """What one provider's operations on answers leave alone; made once for a selection of them."""

    __slots__ = ("_decode", "tags")

    def __init__(self, provider: Provider, operations: Sequence[AnswerOp]) -> None:
        self.tags = tuple(op for op in operations if isinstance(op, TagSplit))
        moved = {op.from_ for op in operations if isinstance(op, FieldMove)}
        places = [op.path for op in provider.dialect.answer if isinstance(op, ErrorIn200)]
        places += [place for op in operations if isinstance(op, UsageMove) for place in op.from_]
        watched = {"error", "usage", *(str(steps(place)[0]) for place in places)} - {"choices"}
        inside = {"usage", *(str(steps(place)[2]) for place in places if len(steps(place)) > 2)}
        text: list[Any] = [(name, str | None, None) for name in _WORDS if name not in moved]
        absent: list[Any] = [(name, None, None) for name in _EMPTY if name not in moved]
        delta = msgspec.defstruct("Delta", [*text, *absent], forbid_unknown_fields=True, gc=False)
        ended: list[Any] = [(name, None, None) for name in sorted({"finish_reason", *inside} - {"delta", "index"})]
        choice = msgspec.defstruct("Choice", [("delta", delta), ("index", int, 0), *ended], gc=False)
        others: list[Any] = [(name, None, None) for name in sorted(watched)]
        event: Any = msgspec.defstruct("Event", [("choices", tuple.__class_getitem__(choice)), *others], gc=False)
        self._decode = msgspec.json.Decoder(event).decode

    def choice(self, payload: bytes) -> Any:
        """The only choice of an event that adds text and says nothing else; None where operations have to look."""
        try:
            return self._decode(payload).choices[0]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
