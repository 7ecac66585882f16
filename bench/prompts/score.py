"""Score: what was found against what stands there, by overlap, personal information only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from banjia.privacy.span import NOT_PERSONAL

Item = dict[str, Any]


@dataclass
class Score:
    count: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: int = 0

    def add(self, row: Item, found: Sequence[Item]) -> None:
        """Places under `ignore` count neither way."""
        mine = [s for s in found if s["type"] not in NOT_PERSONAL and not _any(s, row.get("ignore", ()))]
        true = [s for s in row["spans"] if s["type"] not in NOT_PERSONAL]
        c = self.count
        for of, sides, against in (("gold", true, mine), ("said", mine, true)):
            for s in sides:
                right = any(meets(s, o) and s["type"] == o["type"] for o in against)
                for key in ("all", s["type"]):
                    c[key, of] += 1
                    c[key, of + " right"] += right
        c["traps", "all"] += len(row["traps"])
        c["traps", "hit"] += sum(_any(t, mine) for t in row["traps"])
        if row["sensitive"]:
            c["grave", "all"] += 1
            c["grave", "missed"] += any(not _any(t, mine) for t in true)
        told = {s["subject"] for s in mine if s["subject"]}
        c["off", "all"] += abs(len(told) - len({t["subject"] for t in true if t["subject"]}))
        self.rows += 1

    def precision(self, kind: str = "all") -> float | None:
        return _part(self.count[kind, "said right"], self.count[kind, "said"])

    def recall(self, kind: str = "all") -> float | None:
        return _part(self.count[kind, "gold right"], self.count[kind, "gold"])

    @property
    def f1(self) -> float:
        p, r = self.precision() or 0.0, self.recall() or 0.0
        return 2 * p * r / (p + r) if p + r else 0.0

    @property
    def traps(self) -> float | None:
        return _part(self.count["traps", "hit"], self.count["traps", "all"])

    @property
    def missed(self) -> float | None:
        return _part(self.count["grave", "missed"], self.count["grave", "all"])

    @property
    def off(self) -> float:
        return self.count["off", "all"] / max(1, self.rows)


def meets(a: Item, b: Item) -> bool:
    return bool(a["start"] < b["end"] and b["start"] < a["end"])


def _any(place: Item, others: Sequence[Item]) -> bool:
    return any(meets(place, o) for o in others)


def _part(over: int, under: int) -> float | None:
    return over / under if under else None
