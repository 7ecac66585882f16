"""Policy: the assessments compiled for the gateway; a frozen, hashed, finite table with the law's date."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from banjia.text import Text

DataClass = Literal["none", "ordinary", "sensitive"]
Pass = Literal["pass", "refuse"]
Treatment = Literal["refuse", "home", "pseudonymise", "fake", "mask", "allow"]
Verdict = Literal["permitted", "conditional", "doubtful", "prohibited"]

DATA_CLASSES: tuple[DataClass, ...] = ("none", "ordinary", "sensitive")


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation as a refusal shows it: `cbdf art. 8`, its title, where it was read."""

    id: str
    title: Text
    source: str = ""
    confidence: str = "text"


@dataclass(frozen=True, slots=True)
class Band:
    """Tally bands of one entity and year, by inclusive lower edges of the two tallies (persons).

    A cell holds while `ordinary[0] <= ordinary tally < ordinary[1]` and likewise for sensitive; None is no upper edge.
    """

    ordinary: tuple[int, int | None] = (0, None)
    sensitive: tuple[int, int | None] = (0, None)


@dataclass(frozen=True, slots=True)
class Finer:
    """A treatment of its own for some fields (a path with wildcards; "" is any) or some types (() is any)."""

    treatment: Treatment
    field: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the table: who may send which data class where, after which treatment, until when."""

    app: str
    purpose: str  # "" is the app without a named purpose
    route: str
    model: str  # the upstream model, "*" for any
    data_class: DataClass
    band: Band
    decision: Pass
    verdict: Verdict
    settled: bool  # False: facts are open and the worst reachable verdict is acted on
    treatment: Treatment
    rule: str  # names the rule that decides; the `code` of a refusal
    reason: Text
    cites: tuple[Cite, ...] = ()
    duties: tuple[str, ...] = ()
    until: date | None = None  # last day on which the cell holds
    finer: tuple[Finer, ...] = ()  # beside `treatment`, which holds for all else
    basis: str = ""  # why the law exempts this export, whatever the tally says
    uncounted: bool = False  # by the reading that was chosen, its persons are in no tally


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What the gateway must know of a route without knowing law."""

    id: str
    provider: str
    kind: str  # openai-direct ... self-hosted-open-weights
    country: str  # ISO code of the place, "" where not known
    abroad: bool  # True also where the place is not known
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole table. `law_date` is the day of the law it was compiled for; `expires` the last day it may be used."""

    entity: str
    law_date: date
    expires: date | None
    packs: tuple[tuple[str, str], ...]  # (pack id, version)
    law_hash: str
    routes: tuple[RouteFacts, ...]
    cells: tuple[Cell, ...]
    schema: int = 1

    def encode(self) -> bytes:
        """Canonical JSON: the bytes that `hash` is taken over and that the policy file holds."""
        return msgspec.json.encode(self, order="sorted")

    @property
    def lines(self) -> dict[str, tuple[int, ...]]:
        """The tallies, by class, at which some answer of the table changes."""
        ordinary = {c.band.ordinary[0] for c in self.cells if c.band.ordinary[0]}
        sensitive = {c.band.sensitive[0] for c in self.cells if c.band.sensitive[0]}
        return {"ordinary": tuple(sorted(ordinary)), "sensitive": tuple(sorted(sensitive))}

    @property
    def hash(self) -> str:
        return "sha256:" + hashlib.sha256(self.encode()).hexdigest()
