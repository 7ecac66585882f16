"""Outlook: what a tally will come to: lines that are near, the day they are reached at this pace, the first persons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from banjia.ledger.tally import Tally
from banjia.text import Lang, Text

NEAR = 0.8  # of a line
WINDOW = 30  # days from which the pace is taken
Kind = Literal["reached", "near", "projected", "first-sensitive"]
Lines = Mapping[str, Sequence[int]]  # class -> inclusive lower edges of the policy's bands
NAMES = {"ordinary": Text("一般", "ordinary"), "sensitive": Text("敏感", "sensitive")}


@dataclass(frozen=True, slots=True)
class Pace:
    """Persons who were first counted within the last days, by class."""

    days: int
    ordinary: int = 0
    sensitive: int = 0

    def daily(self, data_class: str) -> float:
        return (self.sensitive if data_class == "sensitive" else self.ordinary) / max(1, self.days)


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to know before it is too late. `on` is the day on which the line is reached at this pace."""

    kind: Kind
    data_class: str
    count: int
    line: int = 0
    on: date | None = None

    @property
    def key(self) -> str:
        """The same as long as it says the same."""
        return f"{self.kind}/{self.data_class}/{self.line}"

    def to_json(self) -> dict[str, Any]:
        said = self.text
        day = self.on.isoformat() if self.on else None
        return {
            "kind": self.kind, "class": self.data_class, "count": self.count, "line": self.line or None, "on": day,
            "text": said.as_dict(),
        }  # fmt: skip

    def say(self, lang: Lang) -> str:
        return self.text.say(lang)

    @property
    def text(self) -> Text:
        name = NAMES[self.data_class]
        zh, en = f"{name.zh}：上限 {self.count} 人", f"{name.en}: up to {self.count} persons"
        match self.kind:
            case "first-sensitive":
                return Text(
                    f"已有敏感个人信息出境（至多 {self.count} 人）：自第一人起即不再因人数少而豁免",
                    f"sensitive personal information has left (up to {self.count} persons): "
                    "no exemption by number holds from the first on",
                )
            case "reached":
                return Text(f"{zh}，已达到 {self.line} 人的线", f"{en}, at or over the line of {self.line}")
            case "near":
                share = 100 * self.count // self.line
                return Text(f"{zh}，为 {self.line} 人的 {share}%", f"{en}, {share} % of the line of {self.line}")
            case "projected":
                return Text(
                    f"{zh}，按近来的速度将于 {self.on} 达到 {self.line} 人",
                    f"{en}, at the present pace {self.line} is reached on {self.on}",
                )


def outlook(tally: Tally, lines: Lines, pace: Pace, on: date) -> list[Alert]:
    """The warnings of a day, the gravest first. Where the upper end is open, what was measured is looked at."""
    found: list[Alert] = []
    for name, total, measured in (
        ("sensitive", tally.sensitive, tally.measured_sensitive),
        ("ordinary", tally.ordinary, tally.measured_ordinary),
    ):
        count = total.high if total.high is not None else max(total.low, measured.high or 0)
        edges = sorted(lines.get(name, ()))
        passed = [e for e in edges if e <= count]
        ahead = next((e for e in edges if e > count), None)
        if name == "sensitive" and count:
            found.append(Alert("first-sensitive", name, count))
        if passed and passed[-1] > 1:
            found.append(Alert("reached", name, count, passed[-1]))
        if ahead is None:
            continue
        if count >= NEAR * ahead:
            found.append(Alert("near", name, count, ahead))
        day = _reached(count, ahead, pace.daily(name), on)
        if day is not None and day.year == tally.year:
            found.append(Alert("projected", name, count, ahead, day))
    return found


def _reached(count: int, line: int, daily: float, on: date) -> date | None:
    if daily <= 0 or not count:
        return None
    days = math.ceil((line - count) / daily)
    return on + timedelta(days=days) if days <= 366 else None
