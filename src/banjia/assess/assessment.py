"""Assessment: one route on one day: verdict by axis and overall, duties, citations, reasons, and what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from banjia.assess.doubt import Doubt
from banjia.facts.value import Value, show
from banjia.law.library import Citation
from banjia.logic.trace import AxisTrace
from banjia.text import Text

INDETERMINATE = "indeterminate"
ORDER = ("permitted", "conditional", "doubtful", "prohibited")
DueWord = Literal["before-use", "deadline", "continuing"]

PERMITTED, ERROR, OPEN, PROHIBITED, ACTION = 0, 1, 3, 4, 5


@dataclass(frozen=True, slots=True)
class AxisResult:
    """What one legal question comes to; `reachable` are outcomes, `verdicts` the verdicts they carry."""

    id: str
    pack: str
    outcome: str
    verdict: str
    reachable: tuple[str, ...]
    verdicts: tuple[str, ...]
    basis: str
    cites: tuple[str, ...]
    rules: tuple[str, ...]
    exact: bool
    text: Text
    notes: tuple[Text, ...] = ()  # what the rules behind it want said

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "verdict": self.verdict,
            "reachable": list(self.reachable),
            "verdicts": list(self.verdicts),
            "basis": self.basis,
            "cites": list(self.cites),
            "rules": list(self.rules),
            "exact": self.exact,
            "pack": self.pack,
            "text": self.text.as_dict(),
            "notes": [note.as_dict() for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class DutyResult:
    """One thing to do; `met` is True where a fact or an attestation shows it done."""

    id: str
    when: DueWord
    met: bool
    cites: tuple[str, ...]
    text: Text
    axes: tuple[str, ...]
    by: date | None = None

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": self.id,
            "when": self.when,
            "met": self.met,
            "cites": list(self.cites),
            "text": self.text.as_dict(),
            "axes": list(self.axes),
        }
        return found | ({"by": self.by.isoformat()} if self.by else {})


@dataclass(frozen=True, slots=True)
class Duties:
    """Duties that hold in every possible world, in some, in none."""

    certain: tuple[DutyResult, ...] = ()
    possible: tuple[DutyResult, ...] = ()
    excluded: tuple[DutyResult, ...] = ()

    @property
    def unmet(self) -> tuple[DutyResult, ...]:
        """What must be done before use and is not shown to be done."""
        return tuple(d for d in (*self.certain, *self.possible) if d.when == "before-use" and not d.met)


@dataclass(frozen=True, slots=True)
class Filled:
    """A fact that the catalogue or an implication gave, and where it stands."""

    fact: str
    value: Value
    kind: str
    source: str

    def to_json(self) -> dict[str, Any]:
        return {"fact": self.fact, "value": show(self.value), "kind": self.kind, "source": self.source}


@dataclass(frozen=True, slots=True)
class Missing:
    """An open fact whose answer removes something still reachable; `settles` in bits."""

    fact: str
    question: Text
    who: str
    settles: float
    cost: float

    def to_json(self) -> dict[str, Any]:
        return {
            "fact": self.fact,
            "question": self.question.as_dict(),
            "settles": round(self.settles, 3),
            "who": self.who,
            "cost": self.cost,
        }


@dataclass(frozen=True, slots=True)
class Because:
    """One of the few facts that suffice for what an axis says."""

    axis: str
    fact: str
    value: Value

    def to_json(self) -> dict[str, Any]:
        return {"axis": self.axis, "fact": self.fact, "value": show(self.value)}


@dataclass(frozen=True, slots=True)
class Lever:
    """A change of one fact that changes the overall verdict."""

    fact: str
    before: Value
    after: Any
    verdict: str

    def to_json(self) -> dict[str, Any]:
        return {"fact": self.fact, "from": show(self.before), "to": self.after, "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class LawStamp:
    """Which law spoke."""

    packs: Mapping[str, str]
    hash: str
    readings: Mapping[str, Mapping[str, str]]  # chosen against the default: id -> {option, reason}

    def to_json(self) -> dict[str, Any]:
        return {
            "packs": dict(self.packs),
            "hash": self.hash,
            "readings": {k: dict(v) for k, v in self.readings.items()},
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer; `verdict` is INDETERMINATE where several are reachable."""

    id: str
    on: date
    verdict: str
    reachable: tuple[str, ...]
    exact: bool
    axes: Mapping[str, AxisResult]
    duties: Duties
    cites: tuple[Citation, ...]
    filled: tuple[Filled, ...]
    missing: tuple[Missing, ...]
    because: tuple[Because, ...]
    levers: tuple[Lever, ...]
    doubts: tuple[Doubt, ...]
    law: LawStamp
    route: str = ""
    trace: tuple[AxisTrace, ...] = ()

    @property
    def worst(self) -> str:
        """The gravest reachable verdict: what runs on it while facts are open."""
        return max(self.reachable, key=ORDER.index)

    @property
    def exit_code(self) -> int:
        if self.verdict == INDETERMINATE:
            return OPEN
        if self.verdict == "prohibited":
            return PROHIBITED
        if self.verdict == "doubtful":
            return ACTION
        if self.verdict == "conditional" and self.duties.unmet:
            return ACTION
        return PERMITTED

    def to_json(self) -> dict[str, Any]:
        traced = {"trace": [axis.to_json() for axis in self.trace]} if self.trace else {}
        return traced | {
            "id": self.id,
            "on": self.on.isoformat(),
            "route": self.route,
            "verdict": self.verdict,
            "reachable": list(self.reachable),
            "exact": self.exact,
            "axes": {id_: axis.to_json() for id_, axis in self.axes.items()},
            "duties": {
                "certain": [d.to_json() for d in self.duties.certain],
                "possible": [d.to_json() for d in self.duties.possible],
                "excluded": [d.to_json() for d in self.duties.excluded],
            },
            "cites": [c.to_json() for c in self.cites],
            "filled": [f.to_json() for f in self.filled],
            "missing": [m.to_json() for m in self.missing],
            "because": [b.to_json() for b in self.because],
            "levers": [lever.to_json() for lever in self.levers],
            "doubts": [d.to_json() for d in self.doubts],
            "law": self.law.to_json(),
            "counsel": COUNSEL.as_dict(),
        }


COUNSEL = Text("本结果不是法律意见，由律师判断。", "This is not legal advice; counsel decides.")


def gravest(verdicts: tuple[str, ...] | list[str]) -> str:
    return max(verdicts, key=ORDER.index, default="permitted")
