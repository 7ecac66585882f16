"""Incident: whom an incident on one route concerns, and what must be told to whom by when."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from banjia.ledger.record import record, timestamp
from banjia.store import log as rows
from banjia.store import people
from banjia.store.store import Store
from banjia.text import Lang, Text, same

SURE = {  # how sure a deadline's text is
    "text": Text("据原文", "read in the text"),
    "secondary": Text("据二手资料", "from secondary sources"),
    "memory": Text("未经核对", "not checked"),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One notice that a law asks for. `hours` None: without delay, and no number in the text."""

    whom: Text
    what: Text
    hours: float | None
    cite: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Incident:
    """What left by the route in the span, as detected through this gateway; persons as lower and upper bound."""

    route: str
    since: int
    until: int
    entries: int
    ordinary: tuple[int, int]
    sensitive: tuple[int, int]
    uncounted: int  # entries of which somebody was erased since, or may have been
    grave: bool  # something sensitive left, whoever is still known
    countries: tuple[str, ...]
    first: int | None
    last: int | None

    def to_json(self, deadlines: Sequence[Deadline], known: int) -> dict[str, Any]:
        """`known` is the moment from which the deadlines run: when the incident was noticed."""
        return {
            "route": self.route,
            "from": timestamp(self.since),
            "to": timestamp(self.until),
            "entries": self.entries,
            "persons": {"ordinary": list(self.ordinary), "sensitive": list(self.sensitive)},
            "entries_with_erased_persons": self.uncounted,
            "countries": list(self.countries),
            "first": timestamp(self.first) if self.first is not None else None,
            "last": timestamp(self.last) if self.last is not None else None,
            "seconds": (self.last - self.first) // 1000 if self.first is not None and self.last is not None else 0,
            "basis": Text("经此网关检出", "detected, through this gateway").as_dict(),
            "known": timestamp(known),
            "report": [
                {
                    "to": d.whom.as_dict(),
                    "what": d.what.as_dict(),
                    "by": _by(d, known),
                    "cite": d.cite,
                    "confidence": d.confidence,
                }
                for d in deadlines
            ],
        }

    def say(self, deadlines: Sequence[Deadline], known: int, lang: Lang) -> str:
        lines = [
            Text(
                f"路线 {self.route}：{self.entries} 条记录；"
                f"敏感 {_span(self.sensitive)} 人，一般 {_span(self.ordinary)} 人",
                f"route {self.route}: {self.entries} entries; {_span(self.sensitive)} persons with sensitive items,"
                f" {_span(self.ordinary)} with ordinary ones",
            ).say(lang),
            Text(
                "经此网关检出；未检出者不在其中", "detected, through this gateway; who was not detected is not in it"
            ).say(lang),
        ]
        if self.uncounted:
            lines.append(
                Text(
                    f"其中 {self.uncounted} 条涉及已删除的个人，不在上述人数内",
                    f"{self.uncounted} of the entries concern persons who were erased since and are not counted here",
                ).say(lang)
            )
        if self.first is not None and self.last is not None:
            took = _took((self.last - self.first) // 1000).say(lang)
            lines.append(f"{timestamp(self.first)} – {timestamp(self.last)} ({took}); {', '.join(self.countries)}")
        if deadlines:
            lines.append(
                Text(
                    f"须通知（自得知 {_moment(known)} 起算；由法律顾问判断是否适用）：",
                    f"to be told (from {_moment(known)}, when it was known; counsel decides what applies):",
                ).say(lang)
            )
        for d in deadlines:
            due = _by(d, known) or Text("立即", "without delay").say(lang)
            sure = SURE.get(d.confidence, same(d.confidence)).say(lang)
            lines.append(f"  {due}  {d.whom.say(lang)}: {d.what.say(lang)} ({d.cite}; {sure})")
        return "\n".join(lines)


def incident(store: Store, route: str, since: int, until: int) -> Incident:
    """Count the distinct persons of the entries that passed by the route, and the gravest class of each."""
    entries = uncounted = 0
    persons: dict[tuple[int, int], bool] = {}
    clusters: dict[tuple[int, int], bool] = {}
    countries: set[str] = set()
    first: int | None = None
    last: int | None = None
    with store.snapshot() as tx:
        concerning: list[tuple[int, int, dict[str, int]]] = []
        erased = bool(rows.latest(tx, ("erasure",), 1))
        for row in rows.between(tx, since, until):
            entry = record(row)
            if entry.get("route") != route or entry.get("decision") != "pass":
                continue
            entries += 1
            first, last = (row.at if first is None else first), row.at
            countries.add(str(entry.get("country", "")))
            if entry.get("persons"):
                concerning.append((row.log, row.index, entry["persons"]))
        for log, index, counts in concerning:
            sensitive = "sensitive" in counts
            concerned = people.seen_in(tx, log, index, route)
            # two of an entry who turned out to be one are fewer too: it may name an entry too many, never one too few
            uncounted += not concerned or (erased and len(concerned) < sum(counts.values()))
            for census, person, cluster, was_sensitive in concerned:
                grave = sensitive and bool(was_sensitive)
                _note(persons, (census, person), grave)
                if cluster is not None:
                    _note(clusters, (census, cluster), grave)
    return Incident(
        route,
        since,
        until,
        entries,
        (sum(not g for g in clusters.values()), sum(not g for g in persons.values())),
        (sum(clusters.values()), sum(persons.values())),
        uncounted,
        any("sensitive" in counts for _, _, counts in concerning),
        tuple(sorted(countries - {""})),
        first,
        last,
    )


def deadlines(*, sensitive: bool, ciio: bool) -> tuple[Deadline, ...]:
    """The notices of the product's own data that apply."""
    data = tomllib.loads(files("banjia.ledger").joinpath("deadlines.toml").read_text(encoding="utf-8"))
    kinds = {"any"} | ({"sensitive"} if sensitive else set()) | ({"ciio"} if ciio else set())
    return tuple(
        Deadline(Text(**n["whom"]), Text(**n["what"]), n.get("hours"), n["cite"], n["confidence"])
        for n in data["notice"]
        if n["for"] in kinds
    )


def _note(found: dict[tuple[int, int], bool], key: tuple[int, int], grave: bool) -> None:  # noqa: FBT001 - a class
    found[key] = found.get(key, False) or grave


def _span(bounds: tuple[int, int]) -> str:
    low, high = bounds
    return str(low) if low == high else f"{low}-{high}"


def _took(seconds: int) -> Text:
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    zh = [f"{n} {unit}" for n, unit in ((days, "天"), (hours, "小时"), (minutes, "分钟")) if n]
    en = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return Text(" ".join(zh) or "不到 1 分钟", " ".join(en) or "less than a minute")


def _moment(known: int) -> str:
    return datetime.fromtimestamp(known / 1000, UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def _by(deadline: Deadline, known: int) -> str | None:
    if deadline.hours is None:
        return None
    due = datetime.fromtimestamp(known / 1000, UTC) + timedelta(hours=deadline.hours)
    return due.isoformat(timespec="minutes").replace("+00:00", "Z")
