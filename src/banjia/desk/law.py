"""Desk of the law: show, cite, timeline, diff and check, as data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from banjia.errors import LawError
from banjia.law.corpus import SHIPPED, corpus
from banjia.law.pack import Pack, read_pack
from banjia.law.reader import read_statute


def read_faults(folders: Sequence[str]) -> list[LawError]:
    """Every file that cannot be read, one error a file; then what stands between the files of a pack."""
    shipped = sorted(p for p in SHIPPED.iterdir() if (p / "pack.toml").is_file())
    packs = [Path(f) for f in folders] or shipped
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
                one = read_pack(pack)
                corpus([*_others(shipped, one.id), one])
            except LawError as error:
                faults.append(error)
    return faults


def _others(folders: Sequence[Path], id: str) -> list[Pack]:  # noqa: A002
    """The shipped packs that can be read, but for the one under check."""
    found = []
    for folder in folders:
        try:
            pack = read_pack(folder)
        except LawError:
            continue
        if pack.id != id:
            found.append(pack)
    return found
