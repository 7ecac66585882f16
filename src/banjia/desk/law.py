"""Desk of the law: what a text says on a day, and whether packs are sound, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from banjia.errors import LawError
from banjia.law.build import build_pack
from banjia.law.corpus import SHIPPED, Corpus, load
from banjia.law.library import Citation, Library
from banjia.law.pack import Pack, read_pack
from banjia.law.reader import read_statute
from banjia.law.statute import Provision, Statute
from banjia.logic.rule import stands
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Shown:
    """A statute and those of its provisions that were asked for."""

    statute: Statute
    pack: str
    in_force: bool
    provisions: tuple[Provision, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.statute.id,
            "pack": self.pack,
            "title": self.statute.title.as_dict(),
            "level": self.statute.level,
            "basis": self.statute.basis,
            "number": self.statute.number,
            "in_force": [_iso(self.statute.since), _iso(self.statute.until)],
            "in_force_on_day": self.in_force,
            "confidence": self.statute.confidence,
            "read": _iso(self.statute.read),
            "sources": [{"id": s.id, "kind": s.kind, "ref": s.ref} for s in self.statute.sources],
            "provisions": [
                {
                    "id": p.id,
                    "title": p.title.as_dict(),
                    "text": p.text.as_dict(),
                    "in_force": [_iso(p.since), _iso(p.until)],
                    "confidence": p.confidence,
                    "source": p.source,
                }
                for p in self.provisions
            ],
        }


def show(name: str | None, *, on: date, packs: Sequence[str] = (), confidence: str | None = None) -> list[Shown]:
    """One statute, one provision of it, or all of them; `confidence` keeps provisions known no better than that."""
    law = load(packs)
    found = []
    for statute in _named(law, name):
        wanted = (name or "").partition(" ")[2]
        provisions = tuple(
            p
            for p in statute.provisions
            if (not wanted or p.ref == wanted or p.ref.startswith(f"{wanted}("))
            and (confidence is None or p.confidence == confidence)
        )
        if confidence is not None and not provisions:
            continue
        alive = stands(statute.since, statute.until, on)
        found.append(Shown(statute, law.library.pack_of(statute.id), alive, provisions if name or confidence else ()))
    return found


def cite(words: Sequence[str], *, on: date, packs: Sequence[str] = ()) -> list[Citation]:
    """The places that citations name; one of several articles resolves to each of them."""
    law = load(packs)
    return [law.library.cite(one, on) for word in words for one in law.library.expand(word)]


def read_faults(folders: Sequence[str]) -> list[LawError]:
    """Every file that cannot be read, one error a file; then what stands between the files of a pack."""
    shipped = sorted(p for p in SHIPPED.iterdir() if (p / "pack.toml").is_file())
    faults: list[LawError] = []
    for pack in [Path(f) for f in folders] or shipped:
        before = len(faults)
        for path in sorted(pack.glob("*.md")):
            try:
                if path.name.lower() != "readme.md":
                    read_statute(path, name=f"{pack.name}/{path.name}")
            except LawError as error:
                faults.append(error)
        if len(faults) == before:
            try:
                read = read_pack(pack)
                build_pack(read, Library((*_others(shipped, read.id), read)))
            except LawError as error:
                faults.append(error)
    return faults


def _named(law: Corpus, name: str | None) -> Iterator[Statute]:
    if not name:
        yield from law.library.statutes
        return
    pack = law.pack(name)
    if pack is not None:
        yield from (file.statute for file in pack.pack.files)
        return
    yield law.library.statute(name.partition(" ")[0])


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


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
