"""What a statute file holds: the statute, its provisions, the clauses machines read. Conditions are still text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from banjia.text import Text

Basis = Literal["statute", "standard", "practice", "contract"]
Confidence = Literal["text", "secondary", "memory"]
Due = Literal["before-use", "deadline", "continuing"]

BASES: tuple[Basis, ...] = ("statute", "standard", "practice", "contract")
CONFIDENCES: tuple[Confidence, ...] = ("text", "secondary", "memory")
DUES: tuple[Due, ...] = ("before-use", "deadline", "continuing")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text was read."""

    id: str
    kind: str
    ref: str


@dataclass(frozen=True, slots=True)
class Provision:
    """One article, clause or item, in our own summary."""

    statute: str
    ref: str  # "art. 8", "cl. 6", "Q1", "whole"
    title: Text
    text: Text
    topic: str
    confidence: Confidence
    source: str
    since: date | None
    until: date | None  # last day
    where: str

    @property
    def id(self) -> str:
        return f"{self.statute} {self.ref}"


@dataclass(frozen=True, slots=True)
class Statute:
    """A legal text or a vendor's terms."""

    id: str
    title: Text
    level: str
    basis: Basis
    issuer: tuple[str, ...]
    number: str
    promulgated: date | None
    since: date | None
    until: date | None  # last day
    read: date | None  # the day its source was last read
    confidence: Confidence
    sources: tuple[Source, ...]
    provisions: tuple[Provision, ...]
    note: Text | None
    where: str


@dataclass(frozen=True, slots=True)
class RuleText:
    """One `rule` fence: under which facts which outcome of which axis follows, citing provisions."""

    id: str
    axis: str
    outcome: str
    when: str
    cites: tuple[str, ...]
    since: date | None
    until: date | None
    defeats: tuple[str, ...]
    row: str
    reading: tuple[str, str] | None
    duties: tuple[str, ...]
    basis: Basis | None
    note: Text | None
    where: str


@dataclass(frozen=True, slots=True)
class DutyText:
    """One `duty` fence: something to do in the worlds where `when` holds."""

    id: str
    axis: str
    when: str
    unless: str
    due: Due
    met: str
    by: date | None  # the last day for it, where the law names one
    cites: tuple[str, ...]
    text: Text
    since: date | None
    until: date | None
    reading: tuple[str, str] | None
    where: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One `define` fence: a named condition or a union of sets; never asked for."""

    id: str
    when: str
    union: tuple[str, ...]
    cites: tuple[str, ...]
    since: date | None
    until: date | None
    reading: tuple[str, str] | None
    where: str


@dataclass(frozen=True, slots=True)
class Option:
    """One reading of a contested text."""

    id: str
    text: Text
    basis: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One `reading` fence: a contested point, its options, and the strict one that holds unless another is chosen."""

    id: str
    question: Text
    options: tuple[Option, ...]
    default: str
    when: str  # where the point matters; "" is wherever a rule of it fires
    axis: str
    cites: tuple[str, ...]
    since: date | None
    until: date | None
    where: str


@dataclass(frozen=True, slots=True)
class Case:
    """One `case` fence: facts on a day and what must follow; it must settle what it expects."""

    id: str
    why: str
    on: date
    facts: dict[str, Any]
    expect: dict[str, Any]
    readings: dict[str, str]
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class StatuteFile:
    """Everything one Markdown file contributes."""

    statute: Statute
    rules: tuple[RuleText, ...] = ()
    duties: tuple[DutyText, ...] = ()
    definitions: tuple[Definition, ...] = ()
    readings: tuple[Reading, ...] = ()
    cases: tuple[Case, ...] = field(default_factory=tuple)
