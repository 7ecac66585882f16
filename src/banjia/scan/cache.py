"""Cache: what a tree said last time, one packed file a tree; a file that has not changed is neither read nor parsed.

A file is known by size, time of change, time of change of its inode and inode number, as git's index does. An entry
whose file changed at the moment it was read could hide a later change of the same length: such an entry is not
believed and the file is read again; if its content is the same it is still not parsed.
The cache holds findings, never a file's text and never a key. Every failure of the disk only means that nothing is
remembered.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from banjia.scan.result import FileResult
from banjia.scan.rule import rules_hash
from banjia.scan.walk import Key

FORMAT = "6"
COARSE = 2_000_000_000  # the coarsest time stamp a file system in use keeps, in nanoseconds
KEPT = 64  # trees whose cache stays


class Entry(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """`mark` is of the content and stands only where something was found in it; `reason`: why it was not read."""

    key: Key
    reason: str = ""
    mark: bytes = b""
    result: bytes = b""


class Packed(msgspec.Struct, array_like=True):
    made: str
    root: str
    started: int
    entries: dict[str, Entry]


_PACK = msgspec.msgpack.Encoder()
_UNPACK = msgspec.msgpack.Decoder(Packed)
_RESULT = msgspec.msgpack.Decoder(FileResult)


def mark_of(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def packed(result: FileResult) -> bytes:
    return _PACK.encode(result)


def unpacked(raw: bytes) -> FileResult:
    return _RESULT.decode(raw)


@dataclass(frozen=True, slots=True)
class Cache:
    """`folder` is made when first written to."""

    folder: Path

    def open(self, root: Path) -> Memory:
        """What is remembered of this tree; empty where the rules or the form of the cache are others now."""
        whole = os.path.realpath(root)
        name = hashlib.blake2b(whole.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
        memory = Memory(self.folder / f"{name}.tree", printable_root(whole))
        memory.read()
        return memory


def printable_root(root: str) -> str:
    return root.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(slots=True)
class Memory:
    """Of one tree. `before` is what was known; `now` what this scan adds."""

    file: Path
    root: str
    before: dict[str, Entry] = field(default_factory=dict)
    now: dict[str, Entry] = field(default_factory=dict)
    believed: int = 0  # a file changed before this moment is believed by its key
    started: int = 0

    def read(self) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.file.parent) as now:
                self.started = os.fstat(now.fileno()).st_mtime_ns - COARSE
        except OSError:
            return
        try:
            found = _UNPACK.decode(self.file.read_bytes())
        except (OSError, msgspec.MsgspecError):
            return
        if found.made == made_by() and found.root == self.root:
            self.before, self.believed = found.entries, found.started

    def known(self, path: str, key: Key) -> Entry | None:
        """What is remembered of a file that certainly has not changed."""
        entry = self.before.get(path)
        return entry if entry is not None and entry.key == key and self._sure(key) else None

    def same(self, path: str, mark: bytes) -> Entry | None:
        """What is remembered of a file whose content is the same, whatever its times say."""
        entry = self.before.get(path)
        return entry if entry is not None and entry.mark == mark and mark else None

    def write(self, listed: set[str] | None) -> None:
        """Keeps what is new. `listed`: the paths of the whole tree; others are forgotten; None forgets none."""
        if not self.started:
            return
        gone = self.before.keys() - listed if listed is not None else set()
        if not self.now and not gone:
            return
        # What could not be believed and was not read again is forgotten: the next scan has a later start.
        kept = {path: entry for path, entry in self.before.items() if path not in gone and self._sure(entry.key)}
        try:
            raw = _PACK.encode(Packed(made_by(), self.root, self.started, kept | self.now))
            with tempfile.NamedTemporaryFile(dir=self.file.parent, delete=False) as file:
                file.write(raw)
            Path(file.name).replace(self.file)
            self._prune()
        except (OSError, msgspec.MsgspecError, UnicodeError):
            return

    def _sure(self, key: Key) -> bool:
        return key[1] < self.believed and key[2] < self.believed

    def _prune(self) -> None:
        trees = sorted(self.file.parent.glob("*.tree"), key=lambda file: file.stat().st_mtime_ns)
        for file in trees[:-KEPT]:
            file.unlink(missing_ok=True)


def made_by() -> str:
    return f"{FORMAT} {rules_hash()}"


def user_folder() -> Path:
    """Where this user's programs keep what they can make again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "banjia" / "scan"
