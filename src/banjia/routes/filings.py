"""Filings: the public registers as data, and which row may cover a model. A number is a proposal until confirmed."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from banjia.routes import document
from banjia.routes.provider import Covers, FilingRow, Provider
from banjia.routes.record import Evident, Record, Sure
from banjia.text import Text

Register = Literal["filed", "registered", "algorithm", "on-device"]
Reading = Literal["stated", "named", "likely", "possible", "none"]
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """One row as printed; it names a service and an organisation, never an API or a version."""

    register: Register
    seq: int
    place: str
    name: str
    entity: str
    number: str
    filed_on: date | None
    batch: str
    mark: str = ""  # late, or cancelled with its date

    @property
    def is_cancelled(self) -> bool:
        return self.mark.startswith("cancelled")

    def to_json(self) -> dict[str, object]:
        return {
            "register": self.register, "seq": self.seq, "place": self.place, "name": self.name, "entity": self.entity,
            "number": self.number, "filed_on": self.filed_on.isoformat() if self.filed_on else None,
            "batch": self.batch, "mark": self.mark, "confidence": "secondary",
        }  # fmt: skip


class Count(Evident, frozen=True, kw_only=True):
    as_of: date
    filed: int
    registered: int | None = None
    note: Text | None = None


class Extent(Record, frozen=True, kw_only=True):
    """How much of a register is carried."""

    register: Register
    rows: int
    official: int
    note: Text | None = None


class Format(Record, frozen=True, kw_only=True):
    register: Register
    expression: str
    example: str


class About(Evident, frozen=True, kw_only=True):
    as_of: date
    last_batch: str
    official: str
    on_device: str
    caution: Text
    counts: tuple[Count, ...]
    coverage: tuple[Extent, ...]
    formats: tuple[Format, ...]
    not_found: tuple[str, ...]


@dataclass(frozen=True)
class Filings:
    rows: tuple[Row, ...]
    about: About

    @cached_property
    def by_number(self) -> dict[str, Row]:
        return {r.number.casefold(): r for r in self.rows}

    def search(
        self,
        text: str = "",
        *,
        place: str = "",
        register: Register | None = None,
        since: date | None = None,
        until: date | None = None,
        cancelled: bool = True,
    ) -> tuple[Row, ...]:
        """Rows whose name, entity or number holds every word of `text`, in the order of the register."""
        words = text.casefold().split()
        return tuple(
            row
            for row in self.rows
            if (register is None or row.register == register)
            and (not place or row.place.startswith(place) or row.number.casefold().startswith(place.casefold() + "-"))
            and (since is None or (row.filed_on is not None and row.filed_on >= since))
            and (until is None or (row.filed_on is not None and row.filed_on <= until))
            and (cancelled or not row.is_cancelled)
            and all(w in f"{row.name} {row.entity} {row.number}".casefold() for w in words)
        )

    def counts(self, on: date) -> Count | None:
        """The last cumulative numbers published on or before that day."""
        return max((c for c in self.about.counts if c.as_of <= on), key=lambda c: c.as_of, default=None)

    def by_month(self, register: Register = "filed") -> tuple[tuple[str, int, int], ...]:
        """(month of filing, new, cumulated) over the rows carried."""
        months = Counter(f"{r.filed_on:%Y-%m}" for r in self.rows if r.register == register and r.filed_on)
        total = 0
        table = []
        for month in sorted(months):
            total += months[month]
            table.append((month, months[month], total))
        return tuple(table)

    def kind_of(self, number: str) -> Register | None:
        """Which register a number has the form of; None: it has no known form."""
        hits = [f.register for f in self.about.formats if re.match(f.expression, number.strip())]
        return "registered" if "registered" in hits else hits[0] if hits else None

    def look_up(self, number: str) -> Row | None:
        return self.by_number.get(number.strip().casefold())


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which rows may cover a model, by our reading; only a person, with date and evidence, confirms one."""

    provider: str
    model: str
    reading: Reading
    rows: tuple[FilingRow, ...]
    sure: Sure
    src: tuple[str, ...]
    note: Text | None
    filer_is_party: Literal["yes", "no", "unknown"]
    confirmed: Literal[False] = False

    def say(self) -> Text:
        numbers = ", ".join(r.number for r in self.rows)
        words = _READINGS[self.reading]
        return (
            words + Text(f"：{numbers}（待确认的建议）", f": {numbers} (a proposal, to be confirmed)")
            if numbers
            else words
        )


def coverage(provider: Provider, model: str) -> Coverage:
    """The best reading for one model id; a host abroad and weights of one's own are covered by nobody's row."""
    filing = provider.filing
    best: Covers | None = None
    for covers in filing.covers:
        if any(fnmatchcase(model, g) for g in covers.models) and (
            best is None or _RANK[covers.reading] > _RANK[best.reading]
        ):
            best = covers
    if best is None:
        return Coverage(provider.id, model, "none", (), "peer", (), filing.note, filing.filer_is_party)
    rows = tuple(r for r in filing.rows if r.seq in best.rows and r.register != "genai-registered")
    return Coverage(
        provider.id, model, best.reading, rows, best.sure, best.src, best.note or filing.note, filing.filer_is_party
    )


@lru_cache(maxsize=1)
def load() -> Filings:
    text = gzip.decompress((HERE / "data" / "register.csv.gz").read_bytes()).decode("utf-8")
    rows = tuple(
        Row(
            register=row["register"],  # type: ignore[arg-type]
            seq=int(row["seq"]),
            place=row["place"],
            name=row["name"],
            entity=row["entity"],
            number=row["number"],
            filed_on=date.fromisoformat(row["filed_on"]) if row["filed_on"] else None,
            batch=row["batch"],
            mark=row["mark"],
        )
        for row in csv.DictReader(io.StringIO(text))
    )
    return Filings(rows, document.read(HERE / "filings.toml", About))


_RANK: dict[Reading, int] = {"none": 0, "possible": 1, "likely": 2, "named": 3, "stated": 4}
_READINGS: dict[Reading, Text] = {
    "stated": Text("厂商公示把这个接口与编号相连", "the vendor's own statement ties this API to a number"),
    "named": Text("登记名称就是这个系列", "the register names this family"),
    "likely": Text("同一系列的旧名称，版本没有写明", "the same family under an older name; the version is not named"),
    "possible": Text(
        "后来的一代或其他模态，没有依据说它被覆盖", "a later generation or other modality; nothing says it is covered"
    ),
    "none": Text("没有找到可能覆盖它的备案", "no filing was found that could cover it"),
}
