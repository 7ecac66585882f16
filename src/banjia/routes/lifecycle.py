"""Lifecycle: what a model id is on a day, and where the sources disagree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from banjia.routes.model import Ending, Model
from banjia.routes.provider import Provider
from banjia.routes.record import SURENESS, Sure
from banjia.text import Text

By = Literal["earliest", "surest-source", "latest-announced"]
State = Literal["available", "ending-soon", "retired", "not-offered"]
NOTICE = timedelta(days=90)
ORDER: tuple[State, ...] = ("available", "ending-soon", "retired", "not-offered")


@dataclass(frozen=True, slots=True)
class Life:
    """The state by the source that counts, every state some source gives, and the successors named."""

    model: str
    on: date
    state: State
    possible: frozenset[State]
    ends: date | None  # the first day without service, by the source that counts
    sources: tuple[Ending, ...]
    successors: tuple[str, ...]
    sure: Sure
    known: bool = True  # False: the catalogue has no such model at this provider

    @property
    def is_contested(self) -> bool:
        return len(self.possible) > 1

    @property
    def days_left(self) -> int | None:
        return None if self.ends is None else (self.ends - self.on).days

    def say(self) -> Text:
        """One line for people; loud where the end is near or past."""
        if not self.known:
            return Text(f"{self.model}：目录中没有这个模型", f"{self.model}: not in the catalogue")
        words = _WORDS[self.state].format(model=self.model, day=self.ends or "", left=self.days_left or 0)
        if self.successors:
            names = ", ".join(self.successors)
            words += Text(f"；后继：{names}", f"; successors: {names}")
        if self.is_contested:
            days = ", ".join(f"{e.on} ({'/'.join(e.src)})" for e in self.sources)
            words += Text(f"；来源不一致：{days}", f"; sources disagree: {days}")
        return words


def life(provider: Provider, model: str, on: date, version: str = "", *, by: By = "earliest") -> Life:
    """The state of one model id on one day. The day it ends counts as gone; `by` says which of several days counts."""
    rows = provider.find(model, version)
    if provider.closed is not None and on >= provider.closed:
        gone = Ending(on=provider.closed, src=provider.src, sure=provider.sure)
        return Life(model, on, "not-offered", frozenset({"not-offered"}), provider.closed, (gone,), (), provider.sure)
    if not rows:
        return Life(model, on, "available", frozenset({"available"}), None, (), (), "mem", known=False)
    spans = [_of_row(row, on, by) for row in rows]
    best = min(spans, key=lambda s: (ORDER.index(s.state), -SURENESS[s.sure]))
    return Life(
        model=model,
        on=on,
        state=best.state,
        possible=frozenset(state for span in spans for state in span.possible),
        ends=best.end.on if best.end else None,
        sources=tuple(sorted({(e.on, e.src): e for row in rows for e in row.ends}.values(), key=lambda e: e.on)),
        successors=tuple(dict.fromkeys(s for row in rows for s in row.replaced_by)),
        sure=best.sure,
    )


def counting(option: str) -> By:
    """The way that an option of the reading `retirement-date` names; the strict one is the earliest."""
    return next((by for by in get_args(By) if by == option), "earliest")


def state_at(end: date | None, on: date, released: date | None = None) -> State:
    """ending-soon starts 90 days before the end; the day of the end is already retired."""
    if released is not None and on < released:
        return "not-offered"
    if end is None or on < end - NOTICE:
        return "available"
    return "ending-soon" if on < end else "retired"


class _Span(NamedTuple):
    state: State
    possible: frozenset[State]
    end: Ending | None
    sure: Sure


def _of_row(row: Model, on: date, by: By) -> _Span:
    best = max(row.ends, key=_COUNTS[by], default=None)
    possible = {state_at(e.on, on, row.released) for e in row.ends} or {state_at(None, on, row.released)}
    state = state_at(best.on if best else None, on, row.released)
    return _Span(state, frozenset(possible), best, best.sure if best else row.sure)


_COUNTS: dict[By, Callable[[Ending], tuple[int, int]]] = {
    "earliest": lambda e: (-e.on.toordinal(), SURENESS[e.sure]),
    "surest-source": lambda e: (SURENESS[e.sure], -e.on.toordinal()),
    "latest-announced": lambda e: (e.on.toordinal(), SURENESS[e.sure]),
}
_WORDS: dict[State, Text] = {
    "available": Text("{model}：可用", "{model}: available"),
    "ending-soon": Text("{model}：将于 {day} 停用，还有 {left} 天", "{model}: ends on {day}, {left} days left"),
    "retired": Text("{model}：已于 {day} 停用", "{model}: ended on {day}"),
    "not-offered": Text("{model}：不提供", "{model}: not offered"),
}
