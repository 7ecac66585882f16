"""Watched: files looked at for changes, and the legal day; what has changed since a file was read is never missed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

Mark = tuple[int, int]

GONE: Mark = (-1, -1)  # the mark of a file that is not there
NEVER: Mark = (0, 0)  # the mark of no file: whatever stands there is another


@dataclass
class Watched:
    """`always` are the config and a compiled policy; `beside` the files that the config names."""

    always: tuple[Path, ...]
    beside: tuple[Path, ...] = ()
    _seen: dict[Path, Mark] = field(default_factory=dict)

    def also(self, files: Iterable[Path]) -> None:
        """Watch these too. To be called before whoever uses them reads them."""
        self.beside = tuple(dict.fromkeys((*self.beside, *files)))
        for path in (*self.always, *self.beside):
            self._seen.setdefault(path, _mark(path))

    def only(self, files: Iterable[Path]) -> None:
        """Beside `always`, watch nothing but these."""
        self.also(files)
        self.beside = tuple(files)
        self._seen = {path: self._seen[path] for path in (*self.always, *self.beside)}

    def changed(self) -> bool:
        """Whether any is another than at the last look."""
        found = {path: _mark(path) for path in self._seen}
        changed = found != self._seen
        self._seen = found
        return changed

    def doubt(self) -> None:
        """Take every file for changed at the next look."""
        self._seen = dict.fromkeys(self._seen, NEVER)


def _mark(path: Path) -> Mark:
    with contextlib.suppress(OSError):
        found = path.stat()
        return (found.st_mtime_ns, found.st_size)
    return GONE
