"""Vault: values with a life span, encrypted under a key that is not in the database."""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from banjia.errors import StoreError
from banjia.store.keys import Keys
from banjia.store.store import Store, Transaction
from banjia.text import Text

KEY_FILE = "vault.key"
NONCE_BYTES = 12


class Vault:
    """Conversation maps, response states, reasoning caches: one space each. Times are milliseconds since 1970, UTC."""

    def __init__(self, store: Store, key: bytes) -> None:
        self._store = store
        self._cipher = AESGCM(key)

    @classmethod
    def open(cls, store: Store, keys: Keys) -> Vault:
        """Make the key with a new store. Raises StoreError where it is gone while sealed values remain."""
        with store.transaction() as tx:
            tx.lock("vault key")
            known = tx.rows("SELECT value FROM meta WHERE name = 'vault'")
            key = keys.read_random(KEY_FILE) if known else keys.create_random(KEY_FILE)
            mark = AESGCM(key)
            if known:
                _opened(mark, "vault", "mark", bytes.fromhex(known[0][0]))
            else:
                tx.run("INSERT INTO meta (name, value) VALUES ('vault', ?)", _sealed(mark, "vault", "mark", b"").hex())
        return cls(store, key)

    def put(self, space: str, name: str, value: bytes, *, until: int) -> None:
        blob = _sealed(self._cipher, space, name, value)
        with self._store.transaction() as tx:
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
        blob = _sealed(self._cipher, space, name, value)
        with self._store.transaction() as tx:
            tx.run(
                "INSERT INTO expiring (space, name, value, until) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                space,
                name,
                blob,
                until,
            )
            found = tx.rows("SELECT value FROM expiring WHERE space = ? AND name = ?", space, name)
        return _opened(self._cipher, space, name, bytes(found[0][0]))

    def swap(
        self, space: str, name: str, value: bytes, stands: Callable[[bytes | None], bool], *, at: int, until: int
    ) -> bool:
        """Put the value if what lives there now `stands`, so that of two who read the same one only one writes."""
        blob = _sealed(self._cipher, space, name, value)
        with self._store.transaction() as tx:
            tx.lock(f"{space}/{name}")
            found = _find(tx, space, name, at)
            if not stands(None if found is None else _opened(self._cipher, space, name, found)):
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
        return None if found is None else _opened(self._cipher, space, name, found)

    def drop(self, space: str, name: str) -> bool:
        with self._store.transaction() as tx:
            return tx.run("DELETE FROM expiring WHERE space = ? AND name = ?", space, name) > 0

    def sweep(self, *, at: int) -> int:
        """Delete what has outlived its span and answer how much that was."""
        with self._store.transaction() as tx:
            return tx.run("DELETE FROM expiring WHERE until <= ?", at)


def _find(tx: Transaction, space: str, name: str, at: int) -> bytes | None:
    found = tx.rows("SELECT value FROM expiring WHERE space = ? AND name = ? AND until > ?", space, name, at)
    return bytes(found[0][0]) if found else None


def _sealed(cipher: AESGCM, space: str, name: str, value: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, value, _bound(space, name))


def _opened(cipher: AESGCM, space: str, name: str, blob: bytes) -> bytes:
    try:
        return cipher.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], _bound(space, name))
    except (InvalidTag, ValueError) as error:
        raise StoreError(
            Text("密文打不开：密钥不对，或内容被改动", "a sealed value does not open: wrong key, or it was altered"),
            where=f"{space}/{name}",
            remedy=Text(f"恢复原来的 {KEY_FILE}", f"restore the original {KEY_FILE}"),
        ) from error


def _bound(space: str, name: str) -> bytes:
    """Ties a sealed value to its place, so that two cannot be exchanged."""
    return f"{space}\0{name}".encode()
