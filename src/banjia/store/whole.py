"""Whole: a file that is written whole or not at all, whoever reads it meanwhile and whenever the power fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def write_whole(path: Path, data: bytes, *, mode: int | None = None, part: Path | None = None) -> None:
    """On disk when this returns; a link leads where it led; a pipe or a device is written into, never replaced.

    `mode`: its permissions; without, those it has, or those of any new file. `part`: where it grows, beside it. Raises
    OSError, and leaves the file as it was and nothing beside it.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    if mode is None and target.exists():
        mode = stat.S_IMODE(target.stat().st_mode)
    beside = part or target.with_name(f".{target.name}.{os.getpid()}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666 if mode is None else 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            beside.chmod(mode)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
