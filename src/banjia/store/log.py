"""The ledger's rows: logs, entries, checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from banjia.errors import StoreError
from banjia.store.store import Row, Transaction
from banjia.text import Text, same


@dataclass(frozen=True, slots=True)
class LogRow:
    id: int
    origin: str
    size: int
    peaks: bytes  # the tree's frontier: hashes of its perfect subtrees, largest first
    head: str  # signed checkpoint of the present size


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as stored. Salt and body are None once retention has dropped them; the leaf stays."""

    log: int
    index: int
    id: str
    at: int
    kind: str
    salt: bytes | None
    body: str | None
    leaf: bytes


_COLUMNS = "log, idx, id, at, kind, salt, body, leaf"
_TOGETHER = (512, 64, 8, 1)  # rows of one step: a thread that hands over less often works less
_PLACES = "(?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT = {n: f"INSERT INTO entry ({_COLUMNS}) VALUES {', '.join([_PLACES] * n)}" for n in _TOGETHER}  # noqa: S608


def logs(tx: Transaction) -> list[LogRow]:
    return [
        LogRow(r[0], r[1], r[2], bytes(r[3]), r[4])
        for r in tx.rows("SELECT id, origin, size, peaks, head FROM log ORDER BY id")
    ]


def log(tx: Transaction, number: int) -> LogRow | None:
    found = tx.rows("SELECT id, origin, size, peaks, head FROM log WHERE id = ?", number)
    return LogRow(found[0][0], found[0][1], found[0][2], bytes(found[0][3]), found[0][4]) if found else None


def add_log(tx: Transaction, row: LogRow) -> None:
    tx.run(
        "INSERT INTO log (id, origin, size, peaks, head) VALUES (?, ?, ?, ?, ?)",
        row.id,
        row.origin,
        row.size,
        row.peaks,
        row.head,
    )


def append(tx: Transaction, before: int, row: LogRow, entries: Sequence[Row]) -> None:
    """Add entries to a log of `before` entries and move its head; refuse if anyone else moved it."""
    at = 0
    for together in _TOGETHER:
        while len(entries) - at >= together:
            tx.run(_INSERT[together], *chain.from_iterable(entries[at : at + together]))
            at += together
    moved = tx.run(
        "UPDATE log SET size = ?, peaks = ?, head = ? WHERE id = ? AND size = ?",
        row.size,
        row.peaks,
        row.head,
        row.id,
        before,
    )
    if moved != 1:
        raise StoreError(
            Text("另一个进程写了这本日志", "another process wrote to this log"),
            where=row.origin,
            expected=same(f"{before}"),
            remedy=Text(
                "不要复制正在使用的存储；重启此进程", "do not run a copy of a live store; restart this process"
            ),
        )


def add_checkpoint(tx: Transaction, number: int, size: int, note: str) -> None:
    tx.run("INSERT INTO checkpoint (log, size, note) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", number, size, note)


def checkpoints(tx: Transaction, number: int) -> list[tuple[int, str]]:
    return [(r[0], r[1]) for r in tx.rows("SELECT size, note FROM checkpoint WHERE log = ? ORDER BY size", number)]


def stream_raw(tx: Transaction, number: int) -> Iterator[list[Row]]:
    """(index, id, at, kind, salt, body, leaf) of one log in order; texts as bytes: a flipped bit may break them."""
    raw = ("CAST({} AS BLOB)" if tx.engine == "sqlite" else "convert_to({}, 'UTF8')").format
    return tx.stream(
        f"SELECT idx, {raw('id')}, at, {raw('kind')}, salt, {raw('body')}, leaf FROM entry WHERE log = ? ORDER BY idx",  # noqa: S608
        number,
    )


def entry_logs(tx: Transaction) -> set[int]:
    """Numbers of the logs that entries or checkpoints belong to."""
    return {r[0] for r in tx.rows("SELECT DISTINCT log FROM entry UNION SELECT DISTINCT log FROM checkpoint")}


def leaves(tx: Transaction, number: int, size: int) -> Iterator[bytes]:
    for batch in tx.stream("SELECT leaf FROM entry WHERE log = ? AND idx < ? ORDER BY idx", number, size):
        for row in batch:
            yield bytes(row[0])


def entry(tx: Transaction, id: str) -> EntryRow | None:  # noqa: A002
    found = tx.rows(f"SELECT {_COLUMNS} FROM entry WHERE id = ?", id)  # noqa: S608
    return entry_row(found[0]) if found else None


def between(tx: Transaction, since: int, until: int) -> Iterator[EntryRow]:
    """Entries with `since <= at < until`, in order of time."""
    query = f"SELECT {_COLUMNS} FROM entry WHERE at >= ? AND at < ? ORDER BY at, log, idx"  # noqa: S608
    for batch in tx.stream(query, since, until):
        for row in batch:
            yield entry_row(row)


def latest(tx: Transaction, kinds: Sequence[str], count: int) -> list[EntryRow]:
    """The newest entries of some kinds that still have a body, newest first."""
    marks = ", ".join("?" for _ in kinds)
    found = tx.rows(
        f"SELECT {_COLUMNS} FROM entry WHERE kind IN ({marks}) AND body IS NOT NULL ORDER BY at DESC, idx DESC LIMIT ?",  # noqa: S608
        *kinds,
        count,
    )
    return [entry_row(row) for row in found]


def drop_bodies(tx: Transaction, number: int, start: int, end: int) -> None:
    """Remove what entries say and which persons they concern; their leaves stay."""
    tx.run("UPDATE entry SET salt = NULL, body = NULL WHERE log = ? AND idx >= ? AND idx < ?", number, start, end)
    tx.run("DELETE FROM sighting WHERE log = ? AND idx >= ? AND idx < ?", number, start, end)


def entry_row(row: Row) -> EntryRow:
    salt = None if row[5] is None else bytes(row[5])
    return EntryRow(row[0], row[1], row[2], row[3], row[4], salt, row[6], bytes(row[7]))


def meta(tx: Transaction, name: str) -> str | None:
    found = tx.rows("SELECT value FROM meta WHERE name = ?", name)
    return found[0][0] if found else None


def set_meta(tx: Transaction, name: str, value: str) -> None:
    tx.run(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )


def bodies(tx: Transaction, number: int) -> list[tuple[str, str]]:
    """(kind, body) of one short log in order."""
    found = tx.rows("SELECT kind, body FROM entry WHERE log = ? AND body IS NOT NULL ORDER BY idx", number)
    return [(r[0], r[1]) for r in found]


def bodies_of(tx: Transaction, number: int, kind: str) -> list[tuple[int, str]]:
    """(index, body) of the entries of one kind in one log, in order."""
    found = tx.rows(
        "SELECT idx, body FROM entry WHERE log = ? AND kind = ? AND body IS NOT NULL ORDER BY idx", number, kind
    )
    return [(r[0], r[1]) for r in found]


def entry_at(tx: Transaction, number: int, index: int) -> EntryRow | None:
    found = tx.rows(f"SELECT {_COLUMNS} FROM entry WHERE log = ? AND idx = ?", number, index)  # noqa: S608
    return entry_row(found[0]) if found else None
