"""Ring: the keys of the vault, by id. New values go under the newest; old ones are read while their key is there."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from banjia.errors import StoreError
from banjia.store.keys import Keys
from banjia.store.store import Transaction
from banjia.text import Text

KEY_FILE = "vault.key"
FIRST = ""  # id of the key that came with the store
MARK = b"\0banjia"  # begins what was sealed under a later key, before the id
ID_BYTES, NONCE_BYTES = 4, 12
LOCK = "vault key"
Place = tuple[str, str]  # space and name


@dataclass(frozen=True, slots=True)
class SealingKey:
    id: str
    cipher: AESGCM

    @property
    def head(self) -> bytes:
        return MARK + bytes.fromhex(self.id) if self.id else b""

    def sealed(self, place: Place, value: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return self.head + nonce + self.cipher.encrypt(nonce, value, _bound(place))

    def opened(self, place: Place, blob: bytes) -> bytes:
        """Raises StoreError where it was sealed under another key or altered."""
        body = blob[len(self.head) :]
        try:
            return self.cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _bound(place))
        except (InvalidTag, ValueError) as error:
            raise StoreError(
                Text(
                    "密文打不开：密钥不对，或内容被改动", "a sealed value does not open: wrong key, or it was altered"
                ),
                where="/".join(place),
                remedy=Text(f"恢复原来的 {key_file(self.id)}", f"restore the original {key_file(self.id)}"),
            ) from error


def key_file(id: str) -> str:  # noqa: A002
    return f"vault-{id}.key" if id else KEY_FILE


def id_of(blob: bytes) -> str:
    """Under which key a value was sealed."""
    return blob[len(MARK) : len(MARK) + ID_BYTES].hex() if blob.startswith(MARK) else FIRST


def read_key(keys: Keys, id: str) -> SealingKey:  # noqa: A002
    return SealingKey(id, AESGCM(keys.read_random(key_file(id))))


def ids(tx: Transaction) -> list[str] | None:
    """The ids of the keys in use, newest last; None of a store without a vault."""
    found: dict[str, str] = dict(tx.rows("SELECT name, value FROM meta WHERE name IN ('vault', 'vault keys')"))
    if "vault" not in found:
        return None
    return [FIRST if i == "-" else i for i in found.get("vault keys", "-").split()]


def claimed(tx: Transaction, keys: Keys) -> SealingKey:
    """The newest key: made with a new store. Raises StoreError where it is gone or another."""
    tx.lock(LOCK)
    known = ids(tx)
    if known is None:
        keys.create_random(KEY_FILE)
        first = read_key(keys, FIRST)
        tx.run("INSERT INTO meta (name, value) VALUES ('vault', ?)", first.sealed(_MARKED, b"").hex())
        return first
    newest = read_key(keys, known[-1])
    newest.opened(_MARKED, bytes.fromhex(tx.rows("SELECT value FROM meta WHERE name = 'vault'")[0][0]))
    return newest


def newest(tx: Transaction) -> str:
    """The id of the key that new values go under; held to the end of the transaction."""
    tx.lock(LOCK, shared=True)
    return (ids(tx) or [FIRST])[-1]


def made(keys: Keys) -> SealingKey:
    """A new key on disk. It counts once `turned` to it; until then nothing is lost if it is never used."""
    fresh = secrets.token_hex(ID_BYTES)
    keys.create_random(key_file(fresh))
    return read_key(keys, fresh)


def turned(tx: Transaction, keys: Keys, fresh: SealingKey) -> str:
    """From now on new values go under this key; answers the id of the one before. Raises StoreError as `claimed`."""
    before = claimed(tx, keys)
    _keep(tx, [*(ids(tx) or [FIRST]), fresh.id])
    tx.run("UPDATE meta SET value = ? WHERE name = 'vault'", fresh.sealed(_MARKED, b"").hex())
    return before.id


def spent(tx: Transaction) -> list[str]:
    """The ids of old keys under which nothing is sealed any more; they are struck off the ring."""
    tx.lock(LOCK)
    known = ids(tx) or [FIRST]
    heads = {id_of(bytes(row[0])) for row in tx.rows(f"SELECT DISTINCT substr(value, 1, {_HEAD}) FROM expiring")}  # noqa: S608 - a number
    kept = [i for i in known if i in heads or i == known[-1]]
    if kept != known:
        _keep(tx, kept)
    return [i for i in known if i not in kept]


def renewed(tx: Transaction, keys: Keys, after: Place, limit: int) -> Place | None:
    """Seal up to so many values behind `after` under the newest key; answers the last, None where there were none.

    A value that does not open stays as it is.
    """
    tx.lock(LOCK)
    known = ids(tx) or [FIRST]
    ring = {i: read_key(keys, i) for i in known}
    top, last = ring[known[-1]], None
    for space, name, value in tx.rows(
        f"SELECT space, name, value FROM expiring WHERE (space, name) > (?, ?) AND substr(value, 1, {_HEAD}) <> ?"  # noqa: S608
        " ORDER BY space, name LIMIT ?",
        *after,
        top.head,
        limit,
    ):
        last = space, name
        key = ring.get(id_of(bytes(value)))
        if key is None:
            continue
        with suppress(StoreError):
            blob = top.sealed(last, key.opened(last, bytes(value)))
            tx.run("UPDATE expiring SET value = ? WHERE space = ? AND name = ?", blob, space, name)
    return last


_MARKED = ("vault", "mark")
_HEAD = len(MARK) + ID_BYTES


def _keep(tx: Transaction, known: list[str]) -> None:
    tx.run(
        "INSERT INTO meta (name, value) VALUES ('vault keys', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        " ".join(i or "-" for i in known),
    )


def _bound(place: Place) -> bytes:
    """Ties a sealed value to its place, so that two cannot be exchanged."""
    return "\0".join(place).encode()
