"""Known: where spans stood in texts that were seen, since a conversation comes again whole with each turn.

Texts are known by keyed digests; what is kept are places and kinds, in memory and bounded, and never a text.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock

from banjia.privacy.span import Record

TEXTS = 4096
SPANS = 200_000  # of all texts together


class Known:
    """Least recently seen first; the key is the process's own and gone with it."""

    __slots__ = ("_key", "_lock", "_records", "_spans")

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._records: dict[bytes, Record] = {}
        self._spans = 0
        self._lock = Lock()  # calls are looked into by several threads

    def record(self, app: str, label: str, on: str, text: str, find: Callable[[], Record]) -> Record:
        """What `find` tells of the text under its label on that day, asked once; no app learns of another's texts."""
        told = f"{len(app)}:{app}{len(label)}:{label}{on}\0{text}".encode("utf-8", "surrogatepass")
        digest = blake2b(told, digest_size=16, key=self._key).digest()
        with self._lock:
            record = self._records.get(digest)
            if record is not None:
                self._records[digest] = self._records.pop(digest)
                return record
        record = find()
        with self._lock:
            if digest not in self._records:
                self._records[digest] = record
                self._spans += len(record.spans)
            while len(self._records) > TEXTS or (self._spans > SPANS and len(self._records) > 1):
                self._spans -= len(self._records.pop(next(iter(self._records))).spans)
        return record
