"""Rotation: the signing key gives way to another, and every checkpoint is held to the key of its time.

An entry in log 0 names the new key and how far each log had come; the checkpoint that first covers it is the last word
of the old key. From there on only the new one is believed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from banjia.errors import StoreError
from banjia.ledger.chain import REGISTRY, Chain, read_chain, sealed
from banjia.ledger.checkpoint import Checkpoint, Verifier, create_signer, later_file
from banjia.ledger.entry import new_id
from banjia.ledger.journal import SIGNING, known_signer
from banjia.ledger.public import publish
from banjia.store import log as rows
from banjia.store.keys import Keys
from banjia.store.store import Store, Transaction
from banjia.text import Text

KIND = "key-rotated"


@dataclass(frozen=True, slots=True)
class Rotation:
    """One change of the key: `reached` tells how long each log was then."""

    index: int
    previous: Verifier
    key: Verifier
    reached: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The keys of a ledger, one after the other."""

    keys: Sequence[Verifier]
    rotations: Sequence[Rotation] = ()

    def opened(self, note: str, log: int | None) -> Checkpoint | None:
        """The checkpoint of a note that the key of its time has signed; of an unknown log any of them."""
        for number, key in enumerate(self.keys):
            found = key.opened(note)
            if found is not None and (log is None or self._may_sign(number, log, found.size)):
                return found
        return None

    def _may_sign(self, number: int, log: int, size: int) -> bool:
        begins = self.rotations[number - 1].reached.get(log, 0) if number else 0
        return begins <= size and (number == len(self.rotations) or size <= self.rotations[number].reached.get(log, 0))


def rotate(store: Store, keys: Keys, at: int, by: str, reason: str) -> tuple[Verifier, Verifier]:
    """Let a new key sign from now on; answers the old one and the new one. Running gateways take it up by themselves.

    The new key is on disk before the entry is; an entry that does not come through leaves the old key in its office.
    """
    name = f"banjia-{secrets.token_hex(4)}"
    signer = create_signer(keys, name, later_file(name))
    with store.transaction() as tx:
        tx.lock(SIGNING)
        old = known_signer(tx, keys)
        tx.lock("log 0")
        registry = read_chain(tx, REGISTRY)
        if registry is None:
            raise StoreError(Text("日志 0 不见了", "log 0 is gone"), where="log 0")
        heads = {str(x.number): {"size": x.size, "root": x.frontier.root.hex()} for x in _others(tx)}
        body = {
            "key": str(signer.verifier),
            "previous": str(old.verifier),
            "heads": heads,
            "by": by,
            "reason": reason,
        }
        entry = sealed(REGISTRY, registry.size, new_id(at), at, KIND, body)
        after = registry.appended(tx, old, [entry])
        rows.add_checkpoint(tx, REGISTRY, after.size, after.head)
        rows.set_meta(tx, "ledger_key", str(signer.verifier))
    publish(keys, signer.verifier)
    return old.verifier, signer.verifier


def rotations(tx: Transaction) -> list[Rotation]:
    """As log 0 tells them. Raises StoreError where an entry cannot be read."""
    found: list[Rotation] = []
    for index, body in rows.bodies_of(tx, REGISTRY, KIND):
        try:
            told = msgspec.json.decode(body, type=_Told)
        except msgspec.DecodeError as error:
            raise StoreError(
                Text("换钥条目已损坏", "an entry of a change of key is damaged"), where=f"log 0 #{index}"
            ) from error
        reached = {number: head.size for number, head in told.heads.items()} | {REGISTRY: index + 1}
        found.append(Rotation(index, Verifier.parse(told.previous), Verifier.parse(told.key), reached))
    return found


class _Head(msgspec.Struct, frozen=True):
    size: int
    root: str


class _Told(msgspec.Struct, frozen=True):
    key: str
    previous: str
    heads: dict[int, _Head]


def _others(tx: Transaction) -> list[Chain]:
    return [chain for row in rows.logs(tx) if row.id != REGISTRY and (chain := read_chain(tx, row.id)) is not None]
