"""Records: entries read back, as the exports and the look-ups show them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

import msgspec

from banjia.store import log as rows
from banjia.store.log import EntryRow
from banjia.store.store import Store

Record = dict[str, Any]


def records(store: Store, since: int, until: int) -> Iterator[Record]:
    """Every entry with `since <= at < until` in order of time, from one consistent state."""
    with store.snapshot() as tx:
        for row in rows.between(tx, since, until):
            yield record(row)


def record(row: EntryRow) -> Record:
    """The entry as one flat object: id, time, log and index first, then its body. A dropped body says so."""
    head = {"id": row.id, "at": timestamp(row.at), "log": row.log, "index": row.index, "kind": row.kind}
    body = {"dropped": True} if row.body is None else msgspec.json.decode(row.body)
    return head | {name: value for name, value in body.items() if name not in head}


def timestamp(at: int) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def start_of(day: date, zone: tzinfo) -> int:
    """The first millisecond of a calendar day in a zone."""
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)
