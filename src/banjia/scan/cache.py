"""Cache: what a file said last time, by its path, its content and the rules; a file that is known is not parsed again.

One small file an entry below the user's cache folder. It holds findings, never a file's text and never a key.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from banjia.scan.file import FileResult
from banjia.scan.rule import rules

FORMAT = "4"

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileResult)


@dataclass(frozen=True, slots=True)
class Cache:
    """`folder` is made when first written to; every failure of the disk only means that nothing is remembered."""

    folder: Path

    def get(self, path: str, data: bytes) -> FileResult | None:
        try:
            return _DECODER.decode(self._place(path, data).read_bytes())
        except (OSError, msgspec.MsgspecError):
            return None

    def put(self, path: str, data: bytes, result: FileResult) -> None:
        place = self._place(path, data)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
                file.write(_ENCODER.encode(result))
            Path(file.name).replace(place)
        except OSError:
            return

    def _place(self, path: str, data: bytes) -> Path:
        mark = hashlib.blake2b(digest_size=20)
        for part in (FORMAT.encode(), rules().hash.encode(), path.encode("utf-8", "surrogateescape"), data):
            mark.update(len(part).to_bytes(8, "big"))
            mark.update(part)
        name = mark.hexdigest()
        return self.folder / name[:2] / name[2:]


def user_folder() -> Path:
    """Where this user's programs keep what they can make again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "banjia" / "scan"
