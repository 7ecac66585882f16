"""Change: one file before and after, and the edits between; shown as hunks, each beside what asked for it."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from banjia.move.edit import Edit, applied
from banjia.move.source import Source

CONTEXT = 3
Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


@dataclass(frozen=True, slots=True)
class Hunk:
    """`lines` as in a unified diff, the `@@` line first; `first` and `last` are lines of the file before, 1-based."""

    first: int
    last: int
    lines: tuple[str, ...]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Change:
    path: str
    before: str
    after: str
    edits: tuple[Edit, ...]
    encoding: str = "utf-8"

    @property
    def was(self) -> bytes:
        return self.before.encode(self.encoding)

    @property
    def will(self) -> bytes:
        return self.after.encode(self.encoding)

    @property
    def diff(self) -> str:
        """Unified diff of the file, as `git apply` and `patch -p1` take it."""
        lines = [f"--- a/{self.path}", f"+++ b/{self.path}"]
        lines += [line for hunk in self.hunks() for line in hunk.lines]
        return "\n".join(lines) + "\n"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The codemods at work here; one that an import serves counts by its finding alone."""
        return tuple(dict.fromkeys(e.codemod for e in self.edits if e.finding))

    @property
    def lines(self) -> Iterator[int]:
        """Lines of the file before that an edit with a finding touches, 1-based."""
        starts = Source(self.path, self.before).starts
        for edit in self.edits:
            if edit.finding is not None:
                yield from range(
                    bisect_right(starts, edit.start), bisect_right(starts, max(edit.start, edit.end - 1)) + 1
                )

    def with_kinds(self, kinds: frozenset[str]) -> bytes:
        """The file with the edits of these codemods alone; what several share (an import) comes with the first."""
        shared = bool(kinds & {*self.kinds})
        kept = [e for e in self.edits if (e.codemod in kinds if e.finding else shared)]
        return applied(self.before, kept).encode(self.encoding)

    def _opcodes(self, before: list[str], after: list[str]) -> Iterable[Opcode]:
        """As difflib has them, but looked for only where an edit was made: outside, both sides are the same lines."""
        codes: list[Opcode] = []
        at, to = 0, 0
        for i1, i2, j1, j2 in self._windows(len(before), len(after)):
            codes.append(("equal", at, i1, to, j1))
            small = difflib.SequenceMatcher(None, before[i1:i2], after[j1:j2], autojunk=False)
            codes += [(tag, a + i1, b + i1, c + j1, d + j1) for tag, a, b, c, d in small.get_opcodes()]
            at, to = i2, j2
        codes.append(("equal", at, len(before), to, len(after)))
        return _joined(code for code in codes if code[2] > code[1] or code[4] > code[3])

    def _windows(self, before: int, after: int) -> list[tuple[int, int, int, int]]:
        """Lines before and after that the edits touch, 0-based and half open; edits of one line share a window."""
        old, new = Source(self.path, self.before).starts, Source(self.path, self.after).starts
        found: list[tuple[int, int, int, int]] = []
        moved = 0
        for edit in sorted(self.edits, key=lambda e: (e.start, e.end)):
            i1, i2 = bisect_right(old, edit.start) - 1, bisect_right(old, edit.end)
            j1 = bisect_right(new, edit.start + moved) - 1
            moved += len(edit.new) - (edit.end - edit.start)
            j2 = bisect_right(new, edit.end + moved)
            window = (i1, min(i2, before), j1, min(j2, after))
            if found and window[0] < found[-1][1]:
                window = (found[-1][0], max(window[1], found[-1][1]), found[-1][2], max(window[3], found[-1][3]))
                found.pop()
            found.append(window)
        return found

    def hunks(self) -> Iterator[Hunk]:
        """In order; together they are the unified diff."""
        before, after = _lines(self.before), _lines(self.after)
        starts = Source(self.path, self.before).starts
        at = [(bisect_right(starts, edit.start), edit) for edit in self.edits]
        for group in _Matched(list(self._opcodes(before, after))).get_grouped_opcodes(CONTEXT):
            first, last = group[0][1] + 1, group[-1][2] + 1
            lines = [f"@@ -{_span(group[0][1], group[-1][2])} +{_span(group[0][3], group[-1][4])} @@"]
            for tag, i1, i2, j1, j2 in group:
                if tag == "equal":
                    lines += [f" {line}" for line in before[i1:i2]]
                else:
                    lines += [f"-{line}" for line in before[i1:i2]]
                    lines += [f"+{line}" for line in after[j1:j2]]
            yield Hunk(first, last, tuple(lines), tuple(e for line, e in at if first <= line <= last))


class _Matched(difflib.SequenceMatcher[str]):
    """A comparison that is known already."""

    def __init__(self, codes: list[Opcode]) -> None:
        super().__init__(None)
        self.known = codes

    def get_opcodes(self) -> list[Opcode]:
        return self.known


def _joined(codes: Iterable[Opcode]) -> Iterator[Opcode]:
    """Neighbours of one kind as one."""
    last: Opcode | None = None
    for code in codes:
        if last is not None and last[0] == code[0]:
            last = (last[0], last[1], code[2], last[3], code[4])
            continue
        if last is not None:
            yield last
        last = code
    if last is not None:
        yield last


def _lines(text: str) -> list[str]:
    """Lines as git counts them; an ending that is missing or of another system is part of what is shown."""
    rows = text.split("\n")
    return rows[:-1] if rows[-1] == "" else [*rows[:-1], f"{rows[-1]}\n\\ No newline at end of file"]


def _span(start: int, stop: int) -> str:
    size = stop - start
    return f"{start + 1 if size else start},{size}"
