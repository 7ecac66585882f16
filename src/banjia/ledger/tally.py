"""Tally: distinct persons exported by one entity in one calendar year, as intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from banjia.facts.value import Interval
from banjia.store.people import CensusRow

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # the counting zone of the China pack; no tz database needed


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Persons exported outside this gateway and not through it, as declared."""

    ordinary: Interval
    sensitive: Interval


@dataclass(frozen=True, slots=True)
class Line:
    """Inclusive lower edges of the next band, in persons of the year to date; None: no edge above.

    A commit passes while the upper bounds stay below. A class whose upper bound is open has no line left to cross.
    """

    ordinary: int | None = None
    sensitive: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """`ordinary` and `sensitive` are the year to date: measured plus declared elsewhere, open above if undeclared.

    Measured means detected, through this gateway. A person with any sensitive item counts as sensitive only.
    """

    entity: str
    year: int
    ordinary: Interval
    sensitive: Interval
    measured_ordinary: Interval
    measured_sensitive: Interval
    elsewhere: Elsewhere | None
    revision: int

    def crosses(self, line: Line) -> tuple[str, ...]:
        """The classes whose line this tally reaches or passes."""
        pairs = (("ordinary", line.ordinary, self.ordinary.high), ("sensitive", line.sensitive, self.sensitive.high))
        return tuple(name for name, edge, high in pairs if edge is not None and high is not None and high >= edge)

    def measured(self) -> dict[str, Any]:
        """What an entry keeps of the tally after it."""
        return {
            "year": self.year,
            "revision": self.revision,
            "ordinary": bounds(self.measured_ordinary),
            "sensitive": bounds(self.measured_sensitive),
        }


def tally_of(row: CensusRow, elsewhere: Elsewhere | None) -> Tally:
    ordinary = Interval(row.ordinary_low, row.ordinary_high)
    sensitive = Interval(row.sensitive_low, row.sensitive_high)
    return Tally(
        row.entity,
        row.year,
        _plus(ordinary, elsewhere.ordinary if elsewhere else None),
        _plus(sensitive, elsewhere.sensitive if elsewhere else None),
        ordinary,
        sensitive,
        elsewhere,
        row.revision,
    )


def redeclared(tally: Tally, elsewhere: Elsewhere | None) -> Tally:
    """The same measured counts under another declaration."""
    return replace(
        tally,
        ordinary=_plus(tally.measured_ordinary, elsewhere.ordinary if elsewhere else None),
        sensitive=_plus(tally.measured_sensitive, elsewhere.sensitive if elsewhere else None),
        elsewhere=elsewhere,
    )


def nothing_counted(entity: str, year: int, elsewhere: Mapping[int, Elsewhere]) -> Tally:
    return tally_of(CensusRow(0, entity, year, 0, 1, 0, 0, 0, 0), elsewhere.get(year))


def year_of(at: int, zone: tzinfo) -> int:
    """The calendar year of a moment (milliseconds since 1970, UTC) in the zone whose days the law counts."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).year


def bounds(interval: Interval) -> list[int | None]:
    return [interval.low, interval.high]


def _plus(measured: Interval, elsewhere: Interval | None) -> Interval:
    if elsewhere is None:
        return Interval(measured.low, None)
    high = None if measured.high is None or elsewhere.high is None else measured.high + elsewhere.high
    return Interval(measured.low + elsewhere.low, high)
