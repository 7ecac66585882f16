"""Desk of the law: what a text says on a day, and whether packs are sound, as data."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from banjia.assess.assessment import Assessment
from banjia.assess.audit import Flaw, audit
from banjia.assess.history import Change, Stretch, changes, cuts, timeline
from banjia.assess.scope import RouteScope, app_profile
from banjia.desk import clock
from banjia.desk.assess import Request, Room, configured, gather, one, scopes
from banjia.errors import LawError
from banjia.law.build import build_pack
from banjia.law.corpus import SHIPPED, Corpus, load
from banjia.law.library import Citation, Library
from banjia.law.pack import Pack, read_pack
from banjia.law.reader import read_statute
from banjia.law.statute import Provision, Statute
from banjia.logic.rule import stands
from banjia.routes.catalogue import load as load_routes
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
        if wanted and not provisions:
            raise _no_place(statute, wanted)
        alive = stands(statute.since, statute.until, on)
        found.append(Shown(statute, law.library.pack_of(statute.id), alive, provisions if name or confidence else ()))
    return found


def cite(words: Sequence[str], *, on: date, packs: Sequence[str] = ()) -> list[Citation]:
    """The places that citations name; one of several articles resolves to each of them."""
    law = load(packs)
    return [law.library.cite(place, on) for word in words for place in law.library.expand(word)]


@dataclass(frozen=True, slots=True)
class Moved:
    """A configured route whose verdict differs between two days."""

    app: str
    route: str
    before: Assessment
    after: Assessment

    def to_json(self) -> dict[str, Any]:
        return {
            "app": self.app,
            "route": self.route,
            "from": {"verdict": self.before.verdict, "reachable": list(self.before.reachable)},
            "to": {"verdict": self.after.verdict, "reachable": list(self.after.reachable)},
        }


def history(request: Request) -> list[tuple[RouteScope, tuple[Stretch, ...]]]:
    """The verdict of each route asked for, by band of days, from 2021 to the last date that is known."""
    room = gather(request)
    found = []
    for scope in scopes(room, request):
        stated = scope.profile.get("provider") or room.profile.get("provider")
        provider = room.routes.find(str(stated.value)) if stated else None
        models = [scope.model] if scope.model else []
        days = cuts(room.law, provider=provider, models=models)
        found.append((scope, timeline(lambda day, scope=scope: _on(room, scope, day), days)))  # type: ignore[misc]
    return found


def difference(first: date, second: date, request: Request) -> tuple[tuple[Change, ...], tuple[Moved, ...]]:
    """What changed in the law between two days, and which configured applications it moves."""
    room = gather(request)
    moved = []
    config = room.config
    for app in config.apps if config else ():
        mine = replace(room, app=app, profile=app_profile(config, app)) if config else room
        for scope in configured(mine):
            before, after = _on(mine, scope, first), _on(mine, scope, second)
            if before.reachable != after.reachable:
                name = "/".join(part for part in (scope.id, scope.model) if part)
                moved.append(Moved(app.id, name, before, after))
    return changes(room.law, first, second), tuple(moved)


def check(folders: Sequence[str]) -> tuple[Flaw, ...]:
    """Every finding of the shipped packs and of those in *folders*; of the latter alone where there are any."""
    law = load(folders)
    only = [built.pack.id for built in law.packs if _comes_from(built.pack, folders)] if folders else []
    return audit(law, load_routes(), today=clock.today(), only=only)


def _on(room: Room, scope: RouteScope, day: date) -> Assessment:
    return one(replace(room, on=day), scope, explain=False)


def _comes_from(pack: Pack, folders: Sequence[str]) -> bool:
    return any(Path(folder).resolve().name == pack.where.partition("/")[0] for folder in folders)


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


def _no_place(statute: Statute, wanted: str) -> LawError:
    places = [p.ref for p in statute.provisions]
    near = difflib.get_close_matches(wanted, places, n=1)
    return LawError(
        Text(f"{statute.id} 没有载入 {wanted} 的摘要", f"no summary of {wanted} of {statute.id} is loaded"),
        where=f"{statute.id} {wanted}",
        expected=", ".join(dict.fromkeys(places)),
        remedy=Text(f"是不是 {near[0]}？", f"did you mean `{near[0]}`?") if near else "",
    )


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
