"""Walk: one log read from its first entry to its last, every hash worked out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from banjia.errors import StoreError
from banjia.ledger.report import Fault
from banjia.ledger.tree import EMPTY_ROOT, Frontier
from banjia.store import log as rows
from banjia.store.log import LogRow
from banjia.store.store import Transaction
from banjia.text import Text

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A root that the log must have had at one size, and who says so."""

    size: int
    root: bytes
    by: Text


class Tallied(msgspec.Struct, frozen=True):
    """What an entry says of the tally after it."""

    year: int
    revision: int
    ordinary: tuple[int, int]
    sensitive: tuple[int, int]


class _Body(msgspec.Struct, frozen=True):
    entity: str = ""
    tally: Tallied | None = None


class _Dropped(msgspec.Struct, frozen=True):
    dropped: dict[int, list[tuple[int, int]]] = {}


class _Retention(msgspec.Struct, frozen=True):
    more: _Dropped = _Dropped()


@dataclass(slots=True)
class Walked:
    size: int = 0
    root: bytes = EMPTY_ROOT
    fault: Fault | None = None
    dropped: list[tuple[int, int]] = field(default_factory=list)  # ranges without a body, end excluded
    retained: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # log -> ranges dropped on record
    tallies: dict[tuple[str, int], Tallied] = field(default_factory=dict)


def walk(tx: Transaction, row: LogRow, marks: list[Mark], progress: Progress | None = None) -> Walked:
    """Recompute a log up to its first fault, compare the roots at all marks, and its stored state at the end."""
    walked = Walked()
    try:
        frontier = _entries(tx, row, marks, walked, progress)
    except StoreError as error:
        walked.fault = Fault(row.origin, error.problem, index=walked.size)
        return walked
    walked.root = frontier.root
    if walked.fault is None:
        walked.fault = _end(row, frontier, marks)
    return walked


def _entries(tx: Transaction, row: LogRow, marks: list[Mark], walked: Walked, progress: Progress | None) -> Frontier:
    at_size: dict[int, list[Mark]] = {}
    for mark in marks:
        at_size.setdefault(mark.size, []).append(mark)
    stops = sorted(size for size in at_size if size > 0)
    good, expected, frontier = 0, 0, Frontier()
    tallied = msgspec.json.Decoder(_Body).decode
    number, pending = row.id, []
    for batch in rows.stream_raw(tx, number):
        for index, id, at, kind, salt, body, leaf in batch:  # noqa: A001
            if index != expected:
                walked.fault = _misplaced(row.origin, expected, index, bytes(id))
                return frontier
            if salt is None or body is None:
                if salt is not body:
                    walked.fault = _bad(row.origin, index, bytes(id))
                    return frontier
                _extend(walked.dropped, index)
            else:
                place = b"banjia entry 1\n%d %d %b %d %b\n" % (number, index, id, at, kind)
                if sha256(b"\x00" + sha256(salt + place + body).digest()).digest() != leaf:
                    walked.fault = _bad(row.origin, index, bytes(id))
                    return frontier
                if b'"tally":' in body:
                    _note_tally(tallied, bytes(body), walked)
                if kind == b"retention":
                    _note_retention(bytes(body), walked)
            pending.append(leaf)
            expected += 1
            if stops and expected == stops[0]:
                frontier = frontier.extended(pending)
                pending.clear()
                walked.size = expected
                for mark in at_size[stops.pop(0)]:
                    if mark.root != frontier.root:
                        walked.fault = _forked(row.origin, good, mark)
                        return frontier
                good = expected
        frontier = frontier.extended(pending)
        pending.clear()
        walked.size = expected
        if progress is not None:
            progress(len(batch))
    return frontier


def _end(row: LogRow, frontier: Frontier, marks: list[Mark]) -> Fault | None:
    for mark in marks:
        if mark.size == 0 and mark.root != EMPTY_ROOT:
            return _forked(row.origin, 0, mark)
    beyond = [m for m in marks if m.size > frontier.size]
    if beyond:
        mark = max(beyond, key=lambda m: m.size)
        return Fault(
            row.origin,
            Text(
                f"末尾被截断：{mark.by.zh}写明有 {mark.size} 条，现有 {frontier.size} 条",
                f"entries are missing at the end: {mark.by.en} speaks of {mark.size}, there are {frontier.size}",
            ),
            index=frontier.size,
            until=mark.size,
        )
    if row.size != frontier.size:
        return Fault(
            row.origin,
            Text(
                f"日志记着 {row.size} 条，现有 {frontier.size} 条",
                f"the log says {row.size} entries, there are {frontier.size}",
            ),
            index=min(row.size, frontier.size),
        )
    if row.peaks != frontier.encode():
        return Fault(
            row.origin, Text("保存的树与条目不符", "the stored tree does not fit the entries"), index=frontier.size
        )
    return None


def _note_tally(tallied: Callable[[bytes], _Body], body: bytes, walked: Walked) -> None:
    try:
        found = tallied(body)
    except msgspec.DecodeError:  # another kind of entry has a field of that name
        return
    if found.tally is not None:
        walked.tallies[found.entity, found.tally.year] = found.tally


def _note_retention(body: bytes, walked: Walked) -> None:
    try:
        dropped = msgspec.json.decode(body, type=_Retention).more.dropped
    except msgspec.DecodeError:
        return
    for number, ranges in dropped.items():
        walked.retained.setdefault(number, []).extend(ranges)


def _extend(ranges: list[tuple[int, int]], index: int) -> None:
    if ranges and ranges[-1][1] == index:
        ranges[-1] = (ranges[-1][0], index + 1)
    else:
        ranges.append((index, index + 1))


def _bad(origin: str, index: int, id: bytes) -> Fault:  # noqa: A002
    what = Text("条目内容与其哈希不符", "the entry does not fit its hash")
    return Fault(origin, what, index=index, id=id.decode("utf-8", "replace"))


def _misplaced(origin: str, expected: int, index: int, id: bytes) -> Fault:  # noqa: A002
    name = id.decode("utf-8", "replace")
    if index > expected:
        return Fault(origin, Text("条目被删除", "the entry was removed"), index=expected, until=index)
    return Fault(origin, Text("同一位置有两条（分叉）", "two entries stand at one index (fork)"), index=index, id=name)


def _forked(origin: str, good: int, mark: Mark) -> Fault:
    what = Text(
        f"与{mark.by.zh}（{mark.size} 条）不符：有条目被替换、插入或分叉",
        f"does not fit {mark.by.en} at {mark.size}: entries were replaced, inserted or forked",
    )
    return Fault(origin, what, index=good, until=mark.size)
