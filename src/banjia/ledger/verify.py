"""Verify: recompute the whole ledger and name the first place where it was changed.

What is found: a flipped bit in an entry, a tree, a checkpoint or a log's state; removed, reordered, inserted or forked
entries; a deleted or foreign log; bodies dropped without a retention entry; a tally that was lowered. Entries cut off
at the end, with their checkpoints, can be found only against a checkpoint that was kept outside the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from banjia.errors import StoreError
from banjia.ledger.chain import REGISTRY, registry_entries
from banjia.ledger.checkpoint import Checkpoint, Verifier
from banjia.ledger.recount import recount
from banjia.ledger.report import Fault, LogReport, Report
from banjia.ledger.rotation import KIND, SigningKeys, rotations
from banjia.ledger.walk import Mark, Progress, Tallied, Walked, walk
from banjia.store import log as rows
from banjia.store import people
from banjia.store.log import LogRow
from banjia.store.people import CensusRow
from banjia.store.store import Store, Transaction
from banjia.text import Text

_HEAD = Text("日志的签名", "the log's own signature")
_KEPT = Text("保存的检查点", "a kept checkpoint")
_OUTSIDE = Text("外部检查点", "the outside checkpoint")
_REGISTRY = Text("日志 0", "log 0")


@dataclass(slots=True)
class _Registry:
    """What log 0 tells of the others."""

    origins: dict[int, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    marks: dict[int, list[Mark]] = field(default_factory=dict)

    def take(self, kind: str, body: dict[str, Any]) -> None:
        heads = {int(other): head for other, head in body.get("heads", {}).items()}
        if kind != KIND:
            number = int(body["log"])
            if "origin" in body:
                self.origins[number] = body["origin"]
            else:
                self.closed.add(number)
                heads[number] = body
        for other, head in heads.items():
            self.marks.setdefault(other, []).append(Mark(head["size"], bytes.fromhex(head["root"]), _REGISTRY))


def verify(
    store: Store, key: Verifier | None = None, since: Sequence[str] = (), *, progress: Progress | None = None
) -> Report:
    """Recompute everything from one consistent state. `since` holds checkpoints that were kept outside the store.

    Without a key the store's own is used, which does not protect against a forger of the whole store.
    """
    with store.snapshot() as tx:
        return _Check(tx, key, since, progress).report()


class _Check:
    def __init__(self, tx: Transaction, key: Verifier | None, since: Sequence[str], progress: Progress | None) -> None:
        self._tx = tx
        self._progress = progress
        self._faults: list[Fault] = []
        self._given = key
        self._keys = self._checked_keys()
        self._outside: dict[str, list[Checkpoint]] = {}
        self._compared = 0
        for note in since:
            self._take_outside(note)
        self._walked: dict[int, Walked] = {}

    def report(self) -> Report:
        logs = rows.logs(self._tx)
        registry = self._registry(logs)
        reports = [self._report(row, registry) for row in logs]
        if not any(f.log == _origin_of_registry(logs) for f in self._faults):  # else log 0 is no witness
            self._foreign(logs, registry)
            self._missing(logs, registry)
        self._retention(logs)
        self._tallies()
        key = str(self._keys.keys[-1]) if self._keys.keys else ""
        return Report(tuple(reports), tuple(self._faults), key, self._compared, self._remarks())

    def _checked_keys(self) -> SigningKeys:
        """The keys of the ledger, first to last; where the one that was given is none of them, that one alone."""
        known = rows.meta(self._tx, "ledger_key")
        if known is None:
            if rows.logs(self._tx):
                self._faults.append(Fault("meta", Text("存储里没有公钥", "the store names no public key")))
            return SigningKeys([self._given] if self._given else [])
        try:
            last, told = Verifier.parse(known, where="store"), rotations(self._tx)
        except StoreError as error:
            self._faults.append(Fault(error.where, error.problem))
            return SigningKeys([self._given] if self._given else [])
        found = SigningKeys([*(r.previous for r in told), last], told)
        self._chained(found)
        if self._given is not None and self._given not in found.keys:
            self._faults.append(Fault("meta", Text("存储写着另一把公钥", "the store names another public key")))
            return SigningKeys([self._given])
        return found

    def _chained(self, found: SigningKeys) -> None:
        """Each key was named by the one before it, in an entry that this one has signed."""
        notes = dict(rows.checkpoints(self._tx, REGISTRY))
        for rotation, following in zip(found.rotations, found.keys[1:], strict=True):
            signed = rotation.previous.opened(notes.get(rotation.index + 1, ""))
            if rotation.key != following or signed is None or signed.size != rotation.index + 1:
                what = Text("签名密钥的更替断了", "the chain of signing keys is broken")
                self._faults.append(Fault("log 0", what, index=rotation.index))
                return

    def _take_outside(self, note: str) -> None:
        origin = note.split("\n", 1)[0]
        log = next((row.id for row in rows.logs(self._tx) if row.origin == origin), None)
        checkpoint = self._keys.opened(note, log)
        if checkpoint is None:
            what = Text("外部检查点不是用此密钥签的", "the outside checkpoint was not signed by this key")
            self._faults.append(Fault(origin, what))
            return
        self._compared += 1
        self._outside.setdefault(checkpoint.origin, []).append(checkpoint)

    def _registry(self, logs: Sequence[LogRow]) -> _Registry:
        found = _Registry()
        row = next((x for x in logs if x.id == REGISTRY), None)
        if row is None:
            if logs or rows.entry_logs(self._tx):
                self._faults.append(Fault("log 0", Text("日志 0 被删除", "log 0 was deleted")))
            return found
        walked = self._walk(row, [])
        if walked.fault is None:
            for kind, body in registry_entries(self._tx):
                found.take(kind, body)
        return found

    def _report(self, row: LogRow, registry: _Registry) -> LogReport:
        walked = self._walked.get(row.id) or self._walk(row, registry.marks.get(row.id, []))
        dropped = sum(end - start for start, end in walked.dropped)
        return LogReport(row.origin, walked.size, row.id in registry.closed, dropped, walked.root.hex())

    def _walk(self, row: LogRow, told: list[Mark]) -> Walked:
        marks, unsigned = self._marks(row)
        walked = walk(self._tx, row, [*told, *marks], self._progress)
        self._walked[row.id] = walked
        fault = walked.fault or unsigned
        if fault is not None:
            self._faults.append(fault)
        return walked

    def _marks(self, row: LogRow) -> tuple[list[Mark], Fault | None]:
        """The signed roots of a log, and the first signature that does not hold."""
        marks: list[Mark] = [Mark(c.size, c.root, _OUTSIDE) for c in self._outside.pop(row.origin, [])]
        fault: Fault | None = None
        signed: Iterable[tuple[int, str, Text]] = [
            *((size, note, _KEPT) for size, note in rows.checkpoints(self._tx, row.id)),
            (row.size, row.head, _HEAD),
        ]
        for size, note, by in signed:
            opened = self._keys.opened(note, row.id)
            if opened is None or (opened.origin, opened.size) != (row.origin, size):
                what = Text(f"{by.zh}（{size} 条）无效", f"{by.en} at {size} does not hold")
                fault = fault or Fault(row.origin, what, index=size)
            else:
                marks.append(Mark(opened.size, opened.root, by))
        return marks, fault

    def _foreign(self, logs: Sequence[LogRow], registry: _Registry) -> None:
        known = {row.id for row in logs}
        for row in logs:
            if row.id != REGISTRY and registry.origins.get(row.id) != row.origin:
                what = Text("日志 0 没有记载这本日志", "log 0 does not know this log")
                self._faults.append(Fault(row.origin, what, index=0))
        for number in sorted(rows.entry_logs(self._tx) - known - set(registry.origins)):
            self._faults.append(Fault(f"log {number}", Text("条目不属于任何日志", "entries belong to no log"), index=0))

    def _missing(self, logs: Sequence[LogRow], registry: _Registry) -> None:
        known = {row.id for row in logs}
        for number, origin in sorted(registry.origins.items()):
            if number not in known:
                self._outside.pop(origin, None)
                self._faults.append(Fault(origin, Text("整本日志被删除", "the whole log was deleted"), index=0))
        for origin in self._outside:
            what = Text("外部检查点所说的日志不存在", "the log of the outside checkpoint does not exist")
            self._faults.append(Fault(origin, what, index=0))

    def _retention(self, logs: Sequence[LogRow]) -> None:
        """Every missing body must be covered by an entry that says why it was dropped."""
        allowed: dict[int, set[tuple[int, int]]] = {}
        for walked in self._walked.values():
            for number, ranges in walked.retained.items():
                allowed.setdefault(number, set()).update(ranges)
        for row in logs:
            for start, end in self._walked[row.id].dropped:
                bad = _uncovered(start, end, sorted(allowed.get(row.id, set())))
                if bad is not None:
                    what = Text("内容被删除而没有留存到期的记载", "its content was removed without a retention entry")
                    self._faults.append(Fault(row.origin, what, index=bad))
                    break

    def _tallies(self) -> None:
        told: dict[tuple[str, int], Tallied] = {}
        for walked in self._walked.values():
            for key, tallied in walked.tallies.items():
                if key not in told or told[key].revision < tallied.revision:
                    told[key] = tallied
        # where bodies were dropped, the last entry about a tally may be among them
        whole = not any(walked.dropped for walked in self._walked.values())
        stored = {(row.entity, row.year): row for row in people.censuses(self._tx)}
        for entity, year in sorted(told.keys() | stored.keys()):
            if not _agree(told.get((entity, year)), stored.get((entity, year)), whole=whole):
                what = Text("人数与台账条目不符", "the tally does not fit the ledger's entries")
                self._faults.append(Fault(f"tally {entity} {year}", what))
        for row in stored.values():
            if recount(self._tx, row) != row:
                what = Text("人数与逐人重数不符", "the tally does not fit a recount of its persons")
                self._faults.append(Fault(f"tally {row.entity} {row.year}", what))

    def _remarks(self) -> tuple[Text, ...]:
        remarks: list[Text] = []
        if self._given is None:
            remarks.append(
                Text(
                    "公钥取自存储本身；用 --key 给出另存的公钥，才能防整体伪造",
                    "the key came from the store itself; only --key with a copy kept elsewhere guards against a forger",
                )
            )
        if self._keys.rotations:
            count = len(self._keys.rotations)
            remarks.append(
                Text(
                    f"签名密钥更换过 {count} 次，每次都由前一把密钥签名；请另存新的 ledger.pub",
                    f"the signing key was changed {count} times, each time signed by the one before;"
                    " keep a copy of the new ledger.pub",
                )
            )
        if not self._compared:
            remarks.append(
                Text(
                    "没有外部检查点：末尾连同检查点一起被截断是查不出的；用 --since 给出另存的检查点",
                    "no outside checkpoint: entries cut off at the end with their checkpoints cannot be noticed;"
                    " give one with --since",
                )
            )
        return tuple(remarks)


def _origin_of_registry(logs: Sequence[LogRow]) -> str:
    return next((row.origin for row in logs if row.id == REGISTRY), "log 0")


def _agree(told: Tallied | None, stored: CensusRow | None, *, whole: bool) -> bool:
    """Whether the tally in the store is the one that the last signed entry about it tells."""
    if told is None:
        return stored is None or stored.revision == 0 or not whole
    if stored is None:
        return False
    if stored.revision != told.revision:
        return stored.revision > told.revision and not whole
    bounds = (stored.ordinary_low, stored.ordinary_high, stored.sensitive_low, stored.sensitive_high)
    return bounds == (*told.ordinary, *told.sensitive)


def _uncovered(start: int, end: int, allowed: list[tuple[int, int]]) -> int | None:
    for low, high in allowed:
        if low <= start < high:
            start = high
    return start if start < end else None


def latest(store: Store) -> list[tuple[str, str]]:
    """(origin, signed checkpoint) of every log as it stands."""
    with store.snapshot() as tx:
        return [(row.origin, row.head) for row in rows.logs(tx)]
