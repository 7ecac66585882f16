"""Span: one piece of personal information in a text, by code points of the original."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SpanClass = Literal["pi", "sensitive"]
Reading = Literal["current", "strict"]  # GB/T 45574-2025, or also GB/T 35273-2020


@dataclass(frozen=True, slots=True)
class Span:
    """`end` is exclusive; `subject` numbers the persons of one record, "" where the span is of no person."""

    start: int
    end: int
    type: str
    data_class: SpanClass
    score: float
    subject: str = ""

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def as_dict(self) -> dict[str, object]:
        """One element of `spans` in the contract's output line."""
        return {
            "start": self.start,
            "end": self.end,
            "type": self.type,
            "class": self.data_class,
            "score": round(self.score, 3),
            "subject": self.subject or None,
        }


@dataclass(frozen=True, slots=True)
class Record:
    """What one text holds: its spans, and the sensitive classes its free text speaks of (`health`, `religion` ...)."""

    spans: tuple[Span, ...]
    sensitive: tuple[str, ...] = ()

    @property
    def data_class(self) -> Literal["none", "ordinary", "sensitive"]:
        personal = [s for s in self.spans if s.type not in NOT_PERSONAL]
        if any(s.data_class == "sensitive" and s.type != SECRET for s in personal) or (self.sensitive and personal):
            return "sensitive"
        return "ordinary" if personal else "none"


NOT_PERSONAL = frozenset({"ORG", "USCC"})
SECRET = "SECRET"  # noqa: S105 - always removed; a key of a machine makes nobody's record sensitive
