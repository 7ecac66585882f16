"""Keys: who is calling. Only keyed digests are held; the comparison takes the same time whatever comes."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from hashlib import blake2b
from typing import Generic, TypeVar

T = TypeVar("T")

_SALT = os.urandom(32)  # of this process: a digest is of no use outside it


def digest(key: bytes) -> bytes:
    return blake2b(key, key=_SALT, digest_size=32).digest()


class KeyRing(Generic[T]):
    """Digest of a key -> whose it is; several keys may name the same owner while they are rotated."""

    __slots__ = ("_owners",)

    def __init__(self, owners: Iterable[tuple[bytes, T]]) -> None:
        self._owners = {d: (d, owner) for d, owner in owners}

    def owner_of(self, digest: bytes) -> T | None:
        found = self._owners.get(digest)
        return found[1] if found is not None else None

    def owner(self, key: bytes) -> T | None:
        """Where the digest leads to is a secret of this process, so the look-up tells nothing of the key."""
        presented = digest(key)
        found = self._owners.get(presented)
        if found is not None and hmac.compare_digest(found[0], presented):
            return found[1]
        return None
