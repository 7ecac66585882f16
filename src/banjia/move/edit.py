"""Edit: one change of one stretch of one file, with the finding that asks for it and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from banjia.scan.finding import Finding
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Edit:
    """`text[start:end]` becomes `new`. Offsets are code points of the file's text as it stands."""

    path: str
    start: int
    end: int
    new: str
    codemod: str
    reason: Text
    finding: Finding | None = None

    def to_json(self) -> dict[str, object]:
        place = self.finding.to_json() if self.finding else None
        return {
            "path": self.path,
            "start": self.start,
            "end": self.end,
            "new": self.new,
            "codemod": self.codemod,
            "reason": self.reason.as_dict(),
            "finding": place,
        }


def merged(edits: Iterable[Edit]) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
    """Edits that can stand together, in order, and those that overlap an earlier one; the same edit counts once."""
    kept: list[Edit] = []
    dropped: list[Edit] = []
    seen: set[tuple[int, int, str]] = set()
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        key = (edit.start, edit.end, edit.new)
        if key in seen:
            continue
        seen.add(key)
        if kept and edit.start < kept[-1].end:
            dropped.append(edit)
        else:
            kept.append(edit)
    return tuple(kept), tuple(dropped)


def applied(text: str, edits: Sequence[Edit]) -> str:
    """The text with all edits made; they must not overlap."""
    out: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        out += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*out, text[at:]])
