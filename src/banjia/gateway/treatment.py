"""Treatment: what one call asks for in the end, of the cell's treatment and the finer ones of fields and types."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Literal

from banjia.config.config import App, Config
from banjia.errors import ConfigError
from banjia.policy.decide import CLASS_ORDER, Decision
from banjia.policy.policy import Finer, Treatment
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.gateway.record import Contents
    from banjia.privacy.treatment import Plan

REPLACING: frozenset[Treatment] = frozenset({"pseudonymise", "fake", "mask"})


def finer_of(decision: Decision) -> tuple[Finer, ...]:
    return decision.cell.finer if decision.cell is not None else ()


def overall(decision: Decision, contents: Contents) -> Treatment:
    """The strictest treatment that a piece of the call asks for.

    What was declared graver than it was found keeps the cell's treatment at least: more may be there than was found.
    """
    if not finer_of(decision) or contents.inspection is None:
        return decision.treatment
    found = plan_of(decision).overall(contents.inspection.records)
    if CLASS_ORDER[contents.data_class] > CLASS_ORDER[contents.inspection.data_class]:
        from banjia.privacy.treatment import STRICTNESS  # noqa: PLC0415 - loaded with the engine

        return max(found, decision.cell.treatment if decision.cell else found, key=STRICTNESS.__getitem__)
    return found


def leaves_in_clear(decision: Decision, contents: Contents) -> bool:
    """Whether some personal information of the call leaves as it is."""
    if not finer_of(decision) or contents.inspection is None:
        return decision.treatment not in REPLACING
    return "allow" in plan_of(decision).asked(contents.inspection.records)


def plan_of(decision: Decision) -> Plan:
    from banjia.privacy.treatment import Finer as FinerPlan  # noqa: PLC0415 - loaded with the engine
    from banjia.privacy.treatment import Plan  # noqa: PLC0415

    base = decision.cell.treatment if decision.cell is not None else decision.treatment
    return Plan(base, [FinerPlan(f.treatment, f.field, f.types) for f in finer_of(decision)])


def id_number_reading(config: Config) -> Literal["current", "strict"]:
    """How resident identity numbers are classed: strictly, as the law pack does, unless the config chose otherwise."""
    chosen = {r.reading: r.option for r in config.readings}
    return "current" if chosen.get("resident-id-number") == "ordinary" else "strict"


def check_types(config: Config) -> None:
    """Raises ConfigError where a treatment is for a type that is never found."""
    named = {kind: f"apps[{i}].treatment.types.{kind}" for i, app in enumerate(config.apps) for kind in _types(app)}
    if not named:
        return
    from banjia.privacy.detector import detectors  # noqa: PLC0415 - only such settings need it

    known = {d.id for d in detectors()} | {"PERSON", "ADDRESS"}
    for kind in sorted(named.keys() - known):
        near = difflib.get_close_matches(kind, known, n=1)
        raise ConfigError(
            Text("没有这种类型的个人信息", "no personal information has such a type"),
            where=named[kind],
            expected=" | ".join(sorted(known)),
            found=kind,
            remedy=Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else "",
        )


def _types(app: App) -> set[str]:
    return {kind for f in app.treatment.finer for kind in f.types}


def at_home(plan: Plan) -> Plan:
    """The same on a route at home, where what is to be kept at home is."""
    from banjia.privacy.treatment import Finer as FinerPlan  # noqa: PLC0415 - loaded with the engine
    from banjia.privacy.treatment import Plan  # noqa: PLC0415

    finer = [FinerPlan("allow", f.field, f.types) if f.treatment == "home" else f for f in plan.finer]
    return Plan("allow" if plan.base == "home" else plan.base, finer)
