"""Library: every statute of the loaded packs by citation id, as it stood on a day."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from banjia.errors import LawError
from banjia.law.pack import Pack
from banjia.law.statute import Confidence, Provision, Statute
from banjia.text import Text, same

STALE_AFTER_DAYS = 180
LONGEST = 300  # characters of one citation
REMEMBERED = 20_000  # citations resolved and kept
_SEVERAL = re.compile(r"^(arts|ss|cls|items|recitals)\.?\s+(.+)$")
_ONE = {"arts": "art.", "ss": "s.", "cls": "cl.", "items": "item", "recitals": "recital"}
_RANGE = re.compile(r"^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
_PARAGRAPH = re.compile(r"\([^()]*\)(?:-\([^()]*\))?$")


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in one text, as it stood on one day."""

    id: str
    title: Text
    text: Text
    statute: str
    in_force: tuple[date | None, date | None]
    confidence: Confidence
    source: str
    read: date | None

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "title": self.title.as_dict(),
            "in_force": [day.isoformat() if day else None for day in self.in_force],
            "confidence": self.confidence,
            "source": self.source,
        }


@dataclass(frozen=True)
class Library:
    """Statutes of several packs; a citation of several articles resolves to each of them."""

    packs: tuple[Pack, ...]
    _statutes: dict[str, Statute] = field(default_factory=dict)
    _pack_of: dict[str, str] = field(default_factory=dict)
    _cited: dict[tuple[str, date], Citation] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for pack in self.packs:
            for file in pack.files:
                self._statutes.setdefault(file.statute.id, file.statute)
                self._pack_of.setdefault(file.statute.id, pack.id)

    @property
    def hash(self) -> str:
        """One digest over the data of every pack."""
        return packs_hash(self.packs)

    @property
    def statutes(self) -> tuple[Statute, ...]:
        return tuple(self._statutes.values())

    def pack_of(self, statute: str) -> str:
        return self._pack_of[statute]

    def statute(self, id: str, *, where: str = "") -> Statute:  # noqa: A002
        found = self._statutes.get(id)
        if found is None:
            near = difflib.get_close_matches(id, self._statutes, n=1, cutoff=0.5)
            raise LawError(
                Text(f"没有名为 {id} 的法规", f"no statute is called `{id[:80]}`"),
                where=where,
                expected=Text("已加载规则包中的法规标识", "the id of a statute in the loaded packs"),
                remedy=Text(f"是不是 {near[0]}？", f"did you mean `{near[0]}`?") if near else "",
            )
        return found

    def expand(self, cite: str, *, where: str = "") -> tuple[str, ...]:
        """`pipl arts. 36, 37` as the ids of single places; a range takes in the articles that the pack holds."""
        if len(cite) > LONGEST:
            raise LawError(Text("引用太长", "the citation is too long"), where=where, expected=f"<= {LONGEST}")
        name, _, ref = cite.strip().partition(" ")
        statute = self.statute(name, where=where)
        several = _SEVERAL.match(ref.strip())
        if several is None:
            return (f"{name} {ref.strip()}".strip(),)
        word = _ONE[several.group(1)]
        found: list[str] = []
        for part in re.split(r"\s*(?:,|and)\s*", several.group(2)):
            if span := _RANGE.match(part):
                low, high = _key(span.group(1)), _key(span.group(2))
                held = {
                    f"{name} {p.ref}"
                    for p in statute.provisions
                    if p.ref.startswith(word) and low <= _key(_first(p.ref)) <= high
                }
                found += sorted(held, key=lambda id_: _key(_first(id_.partition(" ")[2]))) or [f"{name} {word} {part}"]
            elif part:
                found.append(f"{name} {word} {part}")
        return tuple(dict.fromkeys(found))

    def cite(self, id: str, on: date, *, where: str = "") -> Citation:  # noqa: A002
        """The place that one citation id names, as it stood on that day; a paragraph falls back to its article."""
        found = self._cited.get((id, on))
        if found is None:
            if len(self._cited) >= REMEMBERED:
                self._cited.clear()
            found = self._cited[id, on] = self._cite(id, on, where)
        return found

    def _cite(self, id: str, on: date, where: str) -> Citation:  # noqa: A002
        name, _, ref = id.strip().partition(" ")
        statute = self.statute(name, where=where)
        provision = _provision(statute, ref, on) if ref else _provision(statute, "whole", on)
        if provision is None:
            title = statute.title + same(f" {ref}") if ref else statute.title
            return Citation(
                id.strip(), title, statute.note or Text("", ""), name, (statute.since, statute.until),
                statute.confidence, _source(statute, ""), statute.read,
            )  # fmt: skip
        title = statute.title
        if ref:
            title = title + same(f" {ref}")
        if provision.title.en not in {"", ref, "whole"}:
            title = title + Text("：", ": ") + provision.title
        return Citation(
            id.strip(), title, provision.text, name, (provision.since, provision.until),
            provision.confidence, _source(statute, provision.source), statute.read,
        )  # fmt: skip

    @staticmethod
    def around(id: str) -> str:  # noqa: A002
        """The article around a paragraph, the instrument around a named part; "" where the place is whole."""
        name, _, ref = id.strip().partition(" ")
        shorter = ref
        while (cut := _PARAGRAPH.sub("", shorter).strip()) not in {shorter, ""}:
            shorter = cut
        if shorter != ref:
            return f"{name} {shorter}"
        return "" if not ref or _NUMBER.search(ref) else name

    def holds(self, id: str) -> bool:  # noqa: A002
        """True if the pack has the very place, or the article around it; the statute alone is not enough."""
        name, _, ref = id.strip().partition(" ")
        statute = self._statutes.get(name)
        if statute is None or not ref:
            return statute is not None
        while not any(_matches(p.ref, ref) for p in statute.provisions):
            shorter = _PARAGRAPH.sub("", ref).strip()
            if shorter in {ref, ""}:
                return False
            ref = shorter
        return True

    def standing(self, ids: Sequence[str], on: date) -> tuple[str, ...]:
        """Those in force on the day; all of them where none is, since a rule never stands on nothing."""
        found = tuple(id_ for id_ in ids if _covers(self.cite(id_, on).in_force, on))
        return found or tuple(ids)

    def stale(self, statutes: Sequence[str], today: date, *, days: int = STALE_AFTER_DAYS) -> Iterator[Statute]:
        """Statutes whose source was not re-read for so many days."""
        for id_ in dict.fromkeys(statutes):
            statute = self._statutes.get(id_)
            if statute and (statute.read is None or (today - statute.read).days > days):
                yield statute


def packs_hash(packs: Sequence[Pack]) -> str:
    """One digest over the data of several packs, whatever their order."""
    digest = hashlib.sha256()
    for pack in sorted(packs, key=lambda p: p.id):
        digest.update(f"{pack.id} {pack.version} {pack.hash}\n".encode())
    return "sha256:" + digest.hexdigest()


def _provision(statute: Statute, ref: str, on: date) -> Provision | None:
    """The provision of that reference in force on the day, else of any day; else the article around or inside it."""
    while True:
        held = [p for p in statute.provisions if _matches(p.ref, ref)]
        if held:
            return next((p for p in held if _in_force(p, on)), held[0])
        shorter = _PARAGRAPH.sub("", ref).strip()
        if shorter in {ref, ""}:
            inside = [p for p in statute.provisions if p.ref.startswith(f"{ref}(")]
            return inside[0] if len(inside) == 1 else None
        ref = shorter


def _matches(held: str, ref: str) -> bool:
    """`art. 13(1)(e)-(f)` holds `art. 13(1)(e)`; `arts. 9-10` holds `art. 9`."""
    if held == ref:
        return True
    if several := _SEVERAL.match(held):
        word = _ONE[several.group(1)]
        if not ref.startswith(word + " "):
            return False
        wanted = ref.removeprefix(word).strip()
        for part in re.split(r"\s*(?:,|and)\s*", several.group(2)):
            if part == wanted:
                return True
            if (span := _RANGE.match(part)) and re.fullmatch(r"\d+(\.\d+)?", wanted):
                return _key(span.group(1)) <= _key(wanted) <= _key(span.group(2))
        return False
    stem, dash, last = held.rpartition("-(")
    if dash:
        head, _, first = stem.rpartition("(")
        item = ref.removeprefix(head)
        return ref.startswith(head) and f"({first}" <= item <= f"({last}" and len(item) == len(last) + 1
    return False


def _in_force(provision: Provision, on: date) -> bool:
    return (provision.since is None or provision.since <= on) and (provision.until is None or on <= provision.until)


def _covers(span: tuple[date | None, date | None], on: date) -> bool:
    since, until = span
    return (since is None or since <= on) and (until is None or on <= until)


def _source(statute: Statute, id_: str) -> str:
    for source in statute.sources:
        if source.id == id_:
            return source.ref or source.id
    if id_:
        return id_
    return (statute.sources[0].ref or statute.sources[0].id) if statute.sources else ""


def _first(ref: str) -> str:
    found = _NUMBER.search(ref)
    return found.group(1) if found else "0"


def _key(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))
