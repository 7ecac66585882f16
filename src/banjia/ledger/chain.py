"""Chain: one log that grows by groups; its head is signed anew with each group, so that no entry stands unsigned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from banjia.errors import StoreError
from banjia.ledger.checkpoint import Checkpoint, Signer
from banjia.ledger.entry import canonical, leaf, new_id, new_salts
from banjia.ledger.tree import Frontier
from banjia.store import log as rows
from banjia.store.log import LogRow
from banjia.store.store import Row, Transaction
from banjia.text import Text, same

REGISTRY = 0  # log 0 tells of the opening and closing of all others


@dataclass(frozen=True, slots=True)
class Chain:
    """The state of a log between two groups."""

    number: int
    origin: str
    frontier: Frontier
    head: str

    @property
    def size(self) -> int:
        return self.frontier.size

    def appended(self, tx: Transaction, signer: Signer, entries: Sequence[Row]) -> Chain:
        """Write a group of `sealed` rows that continue this log, and its new head."""
        frontier = self.frontier.extended(row[7] for row in entries)
        head = signer.signed(Checkpoint(self.origin, frontier.size, frontier.root))
        after = Chain(self.number, self.origin, frontier, head)
        rows.append(tx, self.size, after.row(), entries)
        return after

    def row(self) -> LogRow:
        return LogRow(self.number, self.origin, self.size, self.frontier.encode(), self.head)


def sealed(log: int, index: int, id: str, at: int, kind: str, body: Mapping[str, Any]) -> Row:  # noqa: A002
    """The row of an entry, with its salt and leaf."""
    return row_of(log, index, id, at, kind, new_salts(1)[0], canonical(body))


def row_of(log: int, index: int, id: str, at: int, kind: str, salt: bytes, data: bytes) -> Row:  # noqa: A002
    """The row of an entry whose body is encoded already, with its leaf."""
    return (log, index, id, at, kind, salt, data.decode(), leaf(log, index, id, at, kind, salt, data))


def read_chain(tx: Transaction, number: int) -> Chain | None:
    row = rows.log(tx, number)
    if row is None:
        return None
    frontier = Frontier.decode(row.size, row.peaks)
    if frontier is None:
        raise StoreError(
            Text("日志的状态已损坏", "the state of a log is damaged"),
            where=row.origin,
            remedy=Text("运行 banjia ledger verify，从备份恢复", "run banjia ledger verify; restore a backup"),
        )
    return Chain(row.id, row.origin, frontier, row.head)


def open_log(tx: Transaction, signer: Signer, prefix: str, at: int) -> Chain:
    """Start a log named `prefix/n`, and say so in log 0, with the heads of logs that were never closed."""
    registry = _registry(tx, signer, prefix)
    existing = rows.logs(tx)
    number = max(row.id for row in existing) + 1
    chain = Chain(number, f"{prefix}/{number}", Frontier(), "")
    chain = Chain(number, chain.origin, chain.frontier, signer.signed(Checkpoint(chain.origin, 0, chain.frontier.root)))
    rows.add_log(tx, chain.row())
    told = _told(tx)
    heads = {
        str(row.id): {"size": row.size, "root": _root(row)}
        for row in existing
        if row.id != REGISTRY and row.size > told.get(row.id, 0)
    }
    body: dict[str, Any] = {"log": number, "origin": chain.origin}
    if heads:
        body["heads"] = heads
    registry.appended(tx, signer, [sealed(REGISTRY, registry.size, new_id(at), at, "open", body)])
    return chain


def close_log(tx: Transaction, signer: Signer, chain: Chain, at: int) -> None:
    """Say in log 0 how long the log became and what its root is."""
    tx.lock("log 0")
    registry = read_chain(tx, REGISTRY)
    if registry is None:
        raise StoreError(Text("日志 0 不见了", "log 0 is gone"), where=chain.origin)
    body = {"log": chain.number, "size": chain.size, "root": chain.frontier.root.hex()}
    after = registry.appended(tx, signer, [sealed(REGISTRY, registry.size, new_id(at), at, "close", body)])
    rows.add_checkpoint(tx, chain.number, chain.size, chain.head)
    rows.add_checkpoint(tx, REGISTRY, after.size, after.head)


def _registry(tx: Transaction, signer: Signer, prefix: str) -> Chain:
    tx.lock("log 0")
    registry = read_chain(tx, REGISTRY)
    if registry is None:
        origin, empty = f"{prefix}/{REGISTRY}", Frontier()
        registry = Chain(REGISTRY, origin, empty, signer.signed(Checkpoint(origin, 0, empty.root)))
        rows.add_log(tx, registry.row())
    return registry


def _told(tx: Transaction) -> dict[int, int]:
    """How far log 0 already vouches for each other log."""
    sizes: dict[int, int] = {}
    for _, body in registry_entries(tx):
        heads = {int(n): int(h["size"]) for n, h in body.get("heads", {}).items()}
        if "size" in body:
            heads[int(body["log"])] = int(body["size"])
        for number, size in heads.items():
            sizes[number] = max(size, sizes.get(number, 0))
    return sizes


def registry_entries(tx: Transaction) -> list[tuple[str, dict[str, Any]]]:
    """(kind, body) of log 0."""
    try:
        return [(kind, msgspec.json.decode(body)) for kind, body in rows.bodies(tx, REGISTRY)]
    except msgspec.DecodeError as error:
        raise StoreError(
            Text("日志 0 的条目已损坏", "an entry of log 0 is damaged"),
            where="log 0",
            found=same(str(error)),
            remedy=Text("运行 banjia ledger verify，从备份恢复", "run banjia ledger verify; restore a backup"),
        ) from error


def _root(row: LogRow) -> str:
    frontier = Frontier.decode(row.size, row.peaks)
    return frontier.root.hex() if frontier else ""
