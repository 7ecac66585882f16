"""Vault: values with a life span, encrypted under a key that is not in the database."""

from __future__ import annotations

from collections.abc import Callable

from banjia.store import ring
from banjia.store.keys import Keys
from banjia.store.ring import SealingKey
from banjia.store.store import Store, Transaction


class Vault:
    """Conversation maps, response states, reasoning caches: one space each. Times are milliseconds since 1970, UTC.

    A process that runs while the key is changed seals under the new one from its next value on.
    """

    def __init__(self, store: Store, key: SealingKey, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self._ring = {key.id: key}

    @classmethod
    def open(cls, store: Store, keys: Keys) -> Vault:
        """Make the key with a new store. Raises StoreError where it is gone while sealed values remain."""
        with store.transaction() as tx:
            key = ring.claimed(tx, keys)
        return cls(store, key, keys)

    def put(self, space: str, name: str, value: bytes, *, until: int) -> None:
        with self._store.transaction() as tx:
            blob = self._newest(tx).sealed((space, name), value)
            tx.run(
                """INSERT INTO expiring (space, name, value, until) VALUES (?, ?, ?, ?)
                ON CONFLICT (space, name) DO UPDATE SET value = excluded.value, until = excluded.until""",
                space,
                name,
                blob,
                until,
            )

    def first(self, space: str, name: str, value: bytes, *, until: int) -> bytes:
        """Put the value unless there is one already; answer the one that stands."""
        with self._store.transaction() as tx:
            blob = self._newest(tx).sealed((space, name), value)
            tx.run(
                "INSERT INTO expiring (space, name, value, until) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                space,
                name,
                blob,
                until,
            )
            found = tx.rows("SELECT value FROM expiring WHERE space = ? AND name = ?", space, name)
        return self._opened(space, name, bytes(found[0][0]))

    def swap(
        self, space: str, name: str, value: bytes, stands: Callable[[bytes | None], bool], *, at: int, until: int
    ) -> bool:
        """Put the value if what lives there now `stands`, so that of two who read the same one only one writes."""
        with self._store.transaction() as tx:
            blob = self._newest(tx).sealed((space, name), value)
            tx.lock(f"{space}/{name}")
            found = _find(tx, space, name, at)
            if not stands(None if found is None else self._opened(space, name, found)):
                return False
            tx.run(
                """INSERT INTO expiring (space, name, value, until) VALUES (?, ?, ?, ?)
                ON CONFLICT (space, name) DO UPDATE SET value = excluded.value, until = excluded.until""",
                space,
                name,
                blob,
                until,
            )
        return True

    def renew(self, space: str, name: str, *, below: int, until: int) -> None:
        """Give a value a longer span where less than up to `below` is left."""
        with self._store.snapshot() as tx:
            found = tx.rows("SELECT until FROM expiring WHERE space = ? AND name = ?", space, name)
        if found and found[0][0] < below:
            with self._store.transaction() as tx:
                tx.run(
                    "UPDATE expiring SET until = ? WHERE space = ? AND name = ? AND until < ?",
                    until,
                    space,
                    name,
                    until,
                )

    def get(self, space: str, name: str, *, at: int) -> bytes | None:
        """The value while it lives. Raises StoreError where it was sealed under another key or altered."""
        with self._store.snapshot() as tx:
            found = _find(tx, space, name, at)
        return None if found is None else self._opened(space, name, found)

    def drop(self, space: str, name: str) -> bool:
        with self._store.transaction() as tx:
            return tx.run("DELETE FROM expiring WHERE space = ? AND name = ?", space, name) > 0

    def sweep(self, *, at: int) -> int:
        """Delete what has outlived its span and answer how much that was."""
        with self._store.transaction() as tx:
            return swept(tx, at)

    def _newest(self, tx: Transaction) -> SealingKey:
        return self._key(ring.newest(tx))

    def _opened(self, space: str, name: str, blob: bytes) -> bytes:
        return self._key(ring.id_of(blob)).opened((space, name), blob)

    def _key(self, id: str) -> SealingKey:  # noqa: A002
        """Raises StoreError where the key is not in this process's folder of keys."""
        key = self._ring.get(id)
        if key is None:
            key = self._ring[id] = ring.read_key(self._keys, id)
        return key


def swept(tx: Transaction, at: int) -> int:
    """Delete what has outlived its span."""
    return tx.run("DELETE FROM expiring WHERE until <= ?", at)


def _find(tx: Transaction, space: str, name: str, at: int) -> bytes | None:
    found = tx.rows("SELECT value FROM expiring WHERE space = ? AND name = ? AND until > ?", space, name, at)
    return bytes(found[0][0]) if found else None
