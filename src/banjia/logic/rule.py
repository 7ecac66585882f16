"""Rule, Axis and what stands around them: which outcome follows from which facts, on which days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from banjia.logic.condition import TRUE, Condition
from banjia.text import Text, same

Verdict = Literal["permitted", "conditional", "doubtful", "prohibited"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)  # from the lightest to the gravest
Basis = Literal["statute", "standard", "practice", "contract"]
Due = Literal["before-use", "deadline", "continuing"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer to an axis' question. The first verdict whose condition holds counts; if none, the gravest named."""

    id: str
    verdicts: tuple[tuple[Condition, Verdict], ...]
    text: Text = field(default_factory=lambda: same(""))
    duties: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """One legal question. `outcomes` ascend: of all rules that fire, the outcome that stands last wins.

    `default` follows where no rule fires, `otherwise` where `applies` does not hold, `before` on days before `since`.
    `hit` says which rules are reported: those of the winning outcome ("gravest") or all that fire ("all").
    """

    id: str
    outcomes: tuple[Outcome, ...]
    default: str
    applies: Condition = TRUE
    otherwise: str = ""
    since: date | None = None
    until: date | None = None
    before: str = ""
    hit: Literal["gravest", "all"] = "gravest"
    question: Text = field(default_factory=lambda: same(""))
    pack: str = ""
    where: str = ""

    def outcome(self, id: str) -> Outcome:  # noqa: A002
        return next(outcome for outcome in self.outcomes if outcome.id == id)

    def in_force(self, day: date) -> bool:
        return stands(self.since, self.until, day)


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` → `outcome`, from `since` to `until` (its last day). An exception names in `defeats` what it overrides.

    `defeats` takes rule ids and globs (`cbdf.volume.*`) of the same axis: where the exception fires, those do not.
    A rule with a `reading` is in force only while that option of that reading is chosen.
    """

    id: str
    axis: str
    outcome: str
    when: Condition
    cites: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    defeats: tuple[str, ...] = ()
    reading: tuple[str, str] | None = None
    basis: Basis = "statute"
    duties: tuple[str, ...] = ()
    order: int = 0
    row: str = ""
    note: Text | None = None
    statute: str = ""
    where: str = ""

    def in_force(self, day: date) -> bool:
        return stands(self.since, self.until, day)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do where `when` holds on `axis` and `unless` does not; `met` says how a fact shows it done.

    Without an axis a duty is called for only by rules and outcomes that name it.
    """

    id: str
    text: Text
    axis: str = ""
    when: Condition = TRUE
    unless: Condition | None = None
    met: Condition | None = None
    due: Due = "before-use"
    cites: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    reading: tuple[str, str] | None = None
    where: str = ""

    def in_force(self, day: date) -> bool:
        return stands(self.since, self.until, day)


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition, or with `union` a named set made of facts: every element that any of them holds."""

    id: str
    when: Condition = TRUE
    union: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    reading: tuple[str, str] | None = None
    where: str = ""

    def in_force(self, day: date) -> bool:
        return stands(self.since, self.until, day)


@dataclass(frozen=True, slots=True)
class Entry:
    """A code on a list, or another list (`list.NAME`), with the days it is on it."""

    code: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A dated list of codes; conditions call it `list.ID`. `minus` takes codes away again."""

    id: str
    entries: tuple[Entry, ...]
    minus: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A contested point: the options to choose from, the strict one as default."""

    id: str
    options: tuple[str, ...]
    default: str


def stands(since: date | None, until: date | None, day: date) -> bool:
    """Whether *day* lies from *since* to *until*, both included; open ends are endless."""
    return (since is None or since <= day) and (until is None or day <= until)
