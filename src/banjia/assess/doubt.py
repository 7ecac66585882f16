"""Doubt: the four ways of not knowing, never mixed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Open:
    """A fact is missing."""

    fact: str
    question: Text

    def to_json(self) -> dict[str, Any]:
        return {"kind": "open", "fact": self.fact, "question": self.question.as_dict()}


@dataclass(frozen=True, slots=True)
class Contested:
    """Two readings of a text, or two sources that disagree; `reason` is why another than the strict one was chosen."""

    reading: str
    axis: str
    question: Text
    options: tuple[tuple[str, Text], ...]
    chosen: str
    is_default: bool
    reason: str
    cites: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": "contested",
            "reading": self.reading,
            "axis": self.axis,
            "question": self.question.as_dict(),
            "options": [{"id": id_, "text": text.as_dict()} for id_, text in self.options],
            "chosen": self.chosen,
            "default": self.is_default,
            "reason": self.reason,
            "cites": list(self.cites),
        }


@dataclass(frozen=True, slots=True)
class Silent:
    """No rule reaches the case: a pack that was not asked, or a time before its first rule."""

    pack: str
    axis: str
    text: Text

    def to_json(self) -> dict[str, Any]:
        return {"kind": "silent", "pack": self.pack, "axis": self.axis, "text": self.text.as_dict()}


@dataclass(frozen=True, slots=True)
class Stale:
    """The source was not re-read in time."""

    statute: str
    title: Text
    read: date | None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": "stale",
            "statute": self.statute,
            "title": self.title.as_dict(),
            "read": self.read.isoformat() if self.read else None,
        }


Doubt = Open | Contested | Silent | Stale
