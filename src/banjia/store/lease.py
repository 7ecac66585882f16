"""Leases: pieces of long work that many processes share; what a dead one held is free again when its lease ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from banjia.store.store import Store


@dataclass(frozen=True, slots=True)
class Lease:
    queue: str
    name: str
    holder: str
    until: int  # milliseconds since 1970, UTC
    state: str  # where the last holder stopped


class Leases:
    def __init__(self, store: Store, queue: str) -> None:
        self._store = store
        self._queue = queue

    def add(self, names: Iterable[str]) -> None:
        """Names already known keep their state, so that a second run goes on where the first stopped."""
        with self._store.transaction() as tx:
            tx.many(
                """INSERT INTO lease (queue, name, holder, until, done, state) VALUES (?, ?, '', 0, 0, '')
                ON CONFLICT DO NOTHING""",
                [(self._queue, name) for name in names],
            )

    def take(self, holder: str, *, at: int, until: int) -> Lease | None:
        """One free piece, held by nobody else until then; None where none is free."""
        with self._store.transaction() as tx:
            skip = " FOR UPDATE SKIP LOCKED" if tx.engine == "postgresql" else ""
            free = f"""SELECT name, state FROM lease WHERE queue = ? AND done = 0 AND until <= ?
                ORDER BY name LIMIT 1{skip}"""  # noqa: S608
            found = tx.rows(free, self._queue, at)
            if not found:
                return None
            name, state = found[0]
            tx.run(
                "UPDATE lease SET holder = ?, until = ? WHERE queue = ? AND name = ?", holder, until, self._queue, name
            )
        return Lease(self._queue, name, holder, until, state)

    def keep(self, lease: Lease, *, until: int, state: str) -> bool:
        """Prolong and remember the state; False where the lease has gone to another holder."""
        return self._update(lease, until=until, state=state, done=0)

    def finish(self, lease: Lease, *, state: str = "") -> bool:
        return self._update(lease, until=lease.until, state=state, done=1)

    def open_count(self) -> int:
        with self._store.snapshot() as tx:
            return int(tx.rows("SELECT count(*) FROM lease WHERE queue = ? AND done = 0", self._queue)[0][0])

    def _update(self, lease: Lease, *, until: int, state: str, done: int) -> bool:
        with self._store.transaction() as tx:
            return (
                tx.run(
                    """UPDATE lease SET until = ?, state = ?, done = ?
                    WHERE queue = ? AND name = ? AND holder = ? AND done = 0""",
                    until,
                    state,
                    done,
                    lease.queue,
                    lease.name,
                    lease.holder,
                )
                == 1
            )
