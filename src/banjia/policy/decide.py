"""What may pass: one question against the table, answered in constant time and closed by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from banjia.policy.policy import Band, Cell, Cite, DataClass, Policy, Treatment, Verdict
from banjia.text import Text

Tally = tuple[int, int | None]  # persons exported this year, inclusive; None is no upper end

GRAVITY: dict[Verdict, int] = {"permitted": 0, "conditional": 1, "doubtful": 2, "prohibited": 3}
STRICTNESS: dict[Treatment, int] = {"allow": 0, "fake": 1, "pseudonymise": 1, "mask": 2, "home": 3, "refuse": 4}
CLASS_ORDER: dict[DataClass, int] = {"none": 0, "ordinary": 1, "sensitive": 2}

UNLISTED = Text(
    "策略中没有列出该应用、用途、路线、模型和数据类别的组合，未列出即拒绝",
    "the policy lists no such application, purpose, route, model and data class, and what it does not list is refused",
)
EXPIRED = Text(
    "策略的有效期已于 {day} 届满，重新编译之前一律拒绝",
    "the policy expired after {day}; everything is refused until it is compiled again",
)
LAPSED = Text(
    "该许可所依据的声明或条文只到 {day}，请更新后重新编译策略",
    "what this permission rests on ended on {day}; renew it and compile the policy again",
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One call as the policy sees it. The tallies are those that hold once this call has been counted."""

    app: str
    purpose: str
    route: str
    model: str
    data_class: DataClass
    on: date
    tally_ordinary: Tally = (0, 0)
    tally_sensitive: Tally = (0, 0)


@dataclass(frozen=True, slots=True)
class Decision:
    passes: bool
    treatment: Treatment
    rule: str
    reason: Text
    verdict: Verdict = "prohibited"
    cites: tuple[Cite, ...] = ()
    duties: tuple[str, ...] = ()
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    cells: tuple[Cell, ...]
    whole: Decision | None  # set where one cell covers every tally and never lapses


class Index:
    """The table of one policy, keyed for look-up; build it once per policy."""

    __slots__ = ("_entries", "_expired", "policy")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        grouped: dict[tuple[str, str, str, str, str], list[Cell]] = {}
        for cell in policy.cells:
            grouped.setdefault((cell.app, cell.purpose, cell.route, cell.model, cell.data_class), []).append(cell)
        self._entries = {key: _Entry(tuple(cells), _whole(cells)) for key, cells in grouped.items()}
        self._expired = None if policy.expires is None else _refusal("policy-expired", EXPIRED, policy.expires)

    def decide(self, ask: Ask) -> Decision:
        """The gravest cell that the tallies may stand in; a stretch of the tally without a cell refuses."""
        if self._expired is not None and self.policy.expires is not None and ask.on > self.policy.expires:
            return self._expired
        entry = self._entries.get((ask.app, ask.purpose, ask.route, ask.model, ask.data_class))
        if entry is None:
            entry = self._entries.get((ask.app, ask.purpose, ask.route, "*", ask.data_class))
        if entry is None:
            return NOT_LISTED
        if entry.whole is not None:
            return entry.whole
        met = [c for c in entry.cells if _overlaps(c.band, ask)]
        if not _covers(met, ask):
            return NOT_LISTED
        return max((_of_cell(cell, ask.on) for cell in met), key=_weight)

    def settled(self, app: str, purpose: str, route: str, model: str, data_class: DataClass) -> Decision | None:
        """The answer where it hangs on no tally and no day; None where `decide` has to look."""
        if self._expired is not None:
            return None
        entry = self._entries.get((app, purpose, route, model, data_class))
        if entry is None:
            entry = self._entries.get((app, purpose, route, "*", data_class))
        return NOT_LISTED if entry is None else entry.whole

    def edges(self, ask: Ask) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The tallies, ordinary and sensitive, at which the answer to this question may change."""
        key = (ask.app, ask.purpose, ask.route)
        names = {ask.model, "*"}
        bands = [c.band for k, e in self._entries.items() if k[:3] == key and k[3] in names for c in e.cells]
        return (
            tuple(sorted({b.ordinary[0] for b in bands if b.ordinary[0] > 0})),
            tuple(sorted({b.sensitive[0] for b in bands if b.sensitive[0] > 0})),
        )


def decide(policy: Policy | Index, ask: Ask) -> Decision:
    """Answer one question; pass an `Index` where many are asked of one policy."""
    return (policy if isinstance(policy, Index) else Index(policy)).decide(ask)


def raised(declared: DataClass, detected: DataClass) -> DataClass:
    """The graver of the two: detection may raise the declared class, never lower it."""
    return declared if CLASS_ORDER[declared] >= CLASS_ORDER[detected] else detected


def _refusal(rule: str, reason: Text, day: date) -> Decision:
    return Decision(passes=False, treatment="refuse", rule=rule, reason=reason.format(day=day.isoformat()))


NOT_LISTED = Decision(passes=False, treatment="refuse", rule="unlisted", reason=UNLISTED)


def _whole(cells: Iterable[Cell]) -> Decision | None:
    match list(cells):
        case [Cell(band=Band((0, None), (0, None)), until=None) as cell]:
            return _of_cell(cell, None)
        case _:
            return None


def _of_cell(cell: Cell, on: date | None) -> Decision:
    if on is not None and cell.until is not None and on > cell.until and cell.decision == "pass":
        lapsed = _refusal("cell-expired", LAPSED, cell.until)
        return Decision(
            passes=False, treatment="refuse", rule=lapsed.rule, reason=lapsed.reason, cites=cell.cites, cell=cell
        )
    # treatments speak of personal information: without any, none applies; with some, `refuse` closes the cell
    treatment: Treatment = "allow" if cell.data_class == "none" else cell.treatment
    return Decision(
        passes=cell.decision == "pass" and treatment != "refuse",
        treatment=treatment,
        rule=cell.rule,
        reason=cell.reason,
        verdict=cell.verdict,
        cites=cell.cites,
        duties=cell.duties,
        cell=cell,
    )


def _weight(decision: Decision) -> tuple[bool, int, int]:
    return (not decision.passes, GRAVITY[decision.verdict], STRICTNESS[decision.treatment])


def _overlaps(band: Band, ask: Ask) -> bool:
    return _meets(band.ordinary, ask.tally_ordinary) and _meets(band.sensitive, ask.tally_sensitive)


def _meets(band: tuple[int, int | None], tally: Tally) -> bool:
    return (band[1] is None or tally[0] < band[1]) and (tally[1] is None or tally[1] >= band[0])


def _covers(cells: list[Cell], ask: Ask) -> bool:
    """Every tally that may be the true one lies in some cell: checked at the points where cells begin."""
    return all(
        any(_holds(c.band.ordinary, o) and _holds(c.band.sensitive, s) for c in cells)
        for o in _corners(ask.tally_ordinary, [c.band.ordinary for c in cells])
        for s in _corners(ask.tally_sensitive, [c.band.sensitive for c in cells])
    )


def _holds(band: tuple[int, int | None], count: int) -> bool:
    return band[0] <= count and (band[1] is None or count < band[1])


def _corners(tally: Tally, bands: list[tuple[int, int | None]]) -> set[int]:
    points = {tally[0]}
    for low, high in bands:
        points.update(p for p in (low, high) if p is not None and _within(p, tally))
    return points


def _within(point: int, tally: Tally) -> bool:
    return tally[0] <= point and (tally[1] is None or point <= tally[1])
