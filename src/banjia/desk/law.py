"""Desk of the law: show, cite, timeline, diff and check, as data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from banjia.errors import LawError


def read_faults(folders: Sequence[str]) -> list[LawError]:
    """Every file that cannot be read, one error a file; then what stands between the files of a pack."""
    from banjia.law.pack import read_pack
    from banjia.law.reader import read_statute

    root = Path(__file__).parents[1] / "law" / "packs"
    packs = [Path(f) for f in folders] or sorted(p for p in root.iterdir() if p.is_dir())
    faults: list[LawError] = []
    for pack in packs:
        before = len(faults)
        for path in sorted(pack.glob("*.md")):
            try:
                if path.name.lower() != "readme.md":
                    read_statute(path, name=f"{pack.name}/{path.name}")
            except LawError as error:
                faults.append(error)
        if len(faults) == before:
            try:
                read_pack(pack)
            except LawError as error:
                faults.append(error)
    return faults
