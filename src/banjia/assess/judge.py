"""Judge: whether an assessment is what a worked case expects; an expectation that is absent is not judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from banjia.assess.assessment import ORDER, Assessment
from banjia.errors import LawError
from banjia.text import Text


def faults(answer: Assessment, expect: Mapping[str, Any]) -> list[str]:
    """What differs, one line each; none where the case holds."""
    found: list[str] = []
    for id_, wants in expect.get("axes", {}).items():
        found += _axis(answer, id_, wants)
    for what, want in expect.items():
        if what != "axes":
            found += _whole(answer, what, want)
    return found


def _axis(answer: Assessment, id_: str, wants: Mapping[str, Any]) -> list[str]:
    axis = answer.axes.get(id_)
    if axis is None:
        return [f"{id_} does not speak"]
    found = []
    for what, want in wants.items():
        match what:
            case "outcome":
                found += _same(f"{id_} outcome", axis.outcome, want)
            case "verdict":
                found += _same(f"{id_} verdict", axis.verdict, want)
            case "reachable":
                found += _same(f"{id_} reachable", sorted(axis.reachable), sorted(want))
            case "reachable_includes":
                found += _within(f"{id_} reachable", axis.reachable, want)
            case _:
                raise _unknown(what)
    return found


def _whole(answer: Assessment, what: str, want: Any) -> list[str]:
    cited = {c.id for c in answer.cites} | {c for axis in answer.axes.values() for c in axis.cites}
    match what:
        case "verdict":
            return _same("verdict", answer.verdict, want)
        case "verdict_at_most":
            return [f"{v} goes beyond {want}" for v in answer.reachable if ORDER.index(v) > ORDER.index(want)]
        case "verdict_at_least":
            return [f"{v} stays below {want}" for v in answer.reachable if ORDER.index(v) < ORDER.index(want)]
        case "certain":
            return _within("certain duties", {d.id for d in answer.duties.certain}, want)
        case "excluded":
            return _within("excluded duties", {d.id for d in answer.duties.excluded}, want)
        case "missing":
            return _within("missing", {m.fact for m in answer.missing}, want)
        case "cites":
            return [] if cited & {*want} else [f"cites none of {', '.join(want)}"]
        case "not_cited":
            return [f"cites {one}" for one in sorted(cited & {*want})]
        case "deadline":
            return _within("deadlines", {str(d.by) for d in answer.duties.certain}, [str(want)])
        case _:
            raise _unknown(what)


def _same(what: str, got: object, want: object) -> list[str]:
    return [] if got == want else [f"{what}: {got} instead of {want}"]


def _within(what: str, got: Iterable[str], want: Iterable[str]) -> list[str]:
    lacking = {*want} - {*got}
    return [f"{what}: lacks {', '.join(sorted(lacking))}"] if lacking else []


def _unknown(what: str) -> LawError:
    return LawError(Text(f"看不懂的期待 {what}", f"`{what}` is no expectation"))
