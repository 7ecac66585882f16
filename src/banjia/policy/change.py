"""Change: what a new policy opens and closes. Closing acts at once; opening waits for a named approval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from banjia.policy.decide import STRICTNESS, Ask, Decision, Index
from banjia.policy.policy import Band, Cell, Finer, Policy, RouteFacts, Treatment
from banjia.text import Text

Kind = Literal["opens", "closes", "loosens", "tightens"]
Key = tuple[str, str, str, str, str]

PENDING = Text(
    "新策略会放开这里，须有人具名批准后才生效", "the new policy opens this, which waits for a named approval"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One stretch of the table on which the two policies answer differently."""

    kind: Kind
    cell: Cell  # as the new policy has it, cut to the stretch
    before: Decision
    after: Decision


def changes(old: Policy, new: Policy) -> list[Change]:
    """Every stretch that differs in passing or in treatment, in the order of the new table."""
    before, found = Index(old), list[Change]()
    after = Index(new)
    for piece in _pieces(old, new):
        was, now = before.decide(_ask(piece, old.law_date)), after.decide(_ask(piece, new.law_date))
        kind = _kind(was, now)
        if kind is not None:
            found.append(Change(kind, piece, was, now))
    return found


def held(old: Policy, new: Policy) -> Policy:
    """The new policy with what it opens still shut: never more open than either of the two."""
    before, after = Index(old), Index(new)
    cells: list[Cell] = []
    for piece in _pieces(old, new):
        was, now = before.decide(_ask(piece, old.law_date)), after.decide(_ask(piece, new.law_date))
        kind = _kind(was, now)
        if kind == "opens":
            cells.append(replace(piece, decision="refuse", rule="approval-pending", reason=PENDING))
        elif kind == "loosens":
            cells.append(_stricter(piece, was, now))
        else:
            cells.append(piece)
    abroad = {r.id: r.abroad for r in old.routes}
    routes = tuple(_kept_abroad(r, was_abroad=abroad.get(r.id, False)) for r in new.routes)
    return replace(new, routes=routes, cells=tuple(dict.fromkeys(cells)))


def opens(old: Policy, new: Policy) -> bool:
    return any(c.kind in {"opens", "loosens"} for c in changes(old, new))


def _kind(was: Decision, now: Decision) -> Kind | None:
    if was.passes != now.passes:
        return "opens" if now.passes else "closes"
    if not now.passes:
        return None
    if _uncounts(was, now):
        return "loosens"
    steps = [STRICTNESS[b] - STRICTNESS[a] for a, b in _side_by_side(was, now)]
    if any(step < 0 for step in steps):
        return "loosens"
    changed = was.treatment != now.treatment or _finer(was) != _finer(now)
    return "tightens" if changed else None


def _side_by_side(was: Decision, now: Decision) -> list[tuple[Treatment, Treatment]]:
    """Each treatment beside the one it takes the place of: as a whole, and of every field and type that either names.

    Parts overlap: what only one of the two names is held against the worst that the other may say of it.
    """
    before, after = _finer(was), _finer(now)
    strictest = max([was.treatment, *before.values()], key=STRICTNESS.__getitem__)
    loosest = min([now.treatment, *after.values()], key=STRICTNESS.__getitem__)
    parts = dict.fromkeys([*before, *after])
    return [(was.treatment, now.treatment)] + [
        (before.get(part, strictest), after.get(part, loosest)) for part in parts
    ]


def _stricter(piece: Cell, was: Decision, now: Decision) -> Cell:
    """The piece with the stricter treatment of both, as a whole and in each part that either names."""

    def worse(one: Treatment, other: Treatment) -> Treatment:
        return max(one, other, key=STRICTNESS.__getitem__)

    before, after = _finer(was), _finer(now)
    finer = tuple(
        Finer(worse(before.get(part, was.treatment), after.get(part, now.treatment)), *part)
        for part in dict.fromkeys([*after, *before])
    )
    uncounted = piece.uncounted and bool(was.cell and was.cell.uncounted)
    return replace(piece, treatment=worse(was.treatment, now.treatment), finer=finer, uncounted=uncounted)


def _finer(decision: Decision) -> dict[tuple[str, tuple[str, ...]], Treatment]:
    return {(f.field, f.types): f.treatment for f in (decision.cell.finer if decision.cell is not None else ())}


def _uncounts(was: Decision, now: Decision) -> bool:
    """Persons who were counted would be in no tally any more."""
    return bool(now.cell and now.cell.uncounted and not (was.cell and was.cell.uncounted))


def _pieces(old: Policy, new: Policy) -> Iterator[Cell]:
    """The new table cut so finely that both policies give one answer on each piece.

    Where the new policy has only a cell for any model, and the old one named a model, the piece names it too. What
    only the old policy has comes as a refusal, since the new one does not list it.
    """
    before, after = _by_key(old), _by_key(new)
    for key in dict.fromkeys([*after, *before]):
        app, purpose, route, model, data_class = key
        wild = (app, purpose, route, "*", data_class)
        now = after.get(key) or [replace(c, model=model) for c in after.get(wild, [])]
        was = before.get(key) or before.get(wild, [])
        if not now:
            now = [replace(c, decision="refuse", rule="unlisted", cites=(), duties=()) for c in was]
        for cell in now:
            for band in _cut(cell.band, [c.band for c in was]):
                yield replace(cell, band=band)


def _by_key(policy: Policy) -> dict[Key, list[Cell]]:
    found: dict[Key, list[Cell]] = {}
    for cell in policy.cells:
        found.setdefault((cell.app, cell.purpose, cell.route, cell.model, cell.data_class), []).append(cell)
    return found


def _cut(band: Band, others: list[Band]) -> list[Band]:
    ordinary = _stretches(band.ordinary, [b.ordinary for b in others])
    sensitive = _stretches(band.sensitive, [b.sensitive for b in others])
    return [Band(o, s) for o in ordinary for s in sensitive]


def _stretches(own: tuple[int, int | None], others: list[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    low, high = own
    edges = {e for pair in others for e in pair if e is not None and e > low and (high is None or e < high)}
    starts = [low, *sorted(edges)]
    return list(zip(starts, [*starts[1:], high], strict=True))


def _ask(cell: Cell, on: date) -> Ask:
    """A question at the low corner of a piece: the answer is the same on all of it."""
    o, s = cell.band.ordinary[0], cell.band.sensitive[0]
    return Ask(cell.app, cell.purpose, cell.route, cell.model, cell.data_class, on, (o, o), (s, s))


def _kept_abroad(route: RouteFacts, *, was_abroad: bool) -> RouteFacts:
    """A route that counted as abroad keeps its ledger duty until the change is approved."""
    return replace(route, abroad=True) if was_abroad and not route.abroad else route
