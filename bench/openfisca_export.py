"""The rules of the export axis in openfisca-core, for `bench/logic.py`: the same cases, counted and timed."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2026"
Handler = build_entity(key="handler", plural="handlers", label="An entity that exports data", is_person=True)
FLAGS = ("data.leaves_mainland", "data.personal_info", "data.important", "actor.state_organ", "data.foreign_origin_only",
         "export.scenario_necessary", "actor.ciio")  # fmt: skip
COUNTS = ("export.persons_sensitive_ytd", "export.persons_nonsensitive_ytd")


class Scenario(Enum):
    none = "none"
    contract = "individual-contract"
    staff = "cross-border-hr"
    emergency = "emergency"
    duty = "statutory-duty"


class NegativeList(Enum):
    none = "none"
    off = "covered-off-list"
    on = "covered-on-list"


class Outcome(Enum):
    not_an_export = "not-an-export"
    exempt = "exempt"
    contract = "standard-contract-or-certification"
    assessment = "security-assessment"


CHOICES = {"export.scenario": Scenario, "actor.negative_list": NegativeList}


class outcome(Variable):  # noqa: N801  # openfisca calls a variable by the name of its class
    value_type = Enum
    possible_values = Outcome
    default_value = Outcome.exempt
    entity = Handler
    definition_period = DateUnit.YEAR

    def formula(handlers: Any, period: Any) -> Any:  # noqa: N805
        def of(fact: str) -> Any:
            return handlers(fact.replace(".", "_"), period)

        personal, important = of("data.personal_info"), of("data.important")
        scenario, necessary = of("export.scenario"), of("export.scenario_necessary")
        sensitive, ordinary = of("export.persons_sensitive_ytd"), of("export.persons_nonsensitive_ytd")
        excepted = (
            of("data.foreign_origin_only")
            | ((scenario != Scenario.none) & necessary)
            | (of("actor.negative_list") == NegativeList.off)
        )
        counted = personal & ~excepted
        assessment = (
            important
            | (personal & of("actor.state_organ"))
            | (counted & (of("actor.ciio") | (sensitive >= 10_000) | (ordinary >= 1_000_000)))
        )
        contract = counted & ((sensitive >= 1) | (ordinary >= 100_000))
        return np.select(
            [~of("data.leaves_mainland"), assessment, contract],
            [Outcome.not_an_export.index, Outcome.assessment.index, Outcome.contract.index],
            Outcome.exempt.index,
        )


def calculate(columns: Mapping[str, np.ndarray]) -> tuple[dict[str, int], float, float]:
    """How many cases each outcome has, and the milliseconds of the fastest calculation and of the fastest loading."""
    system = TaxBenefitSystem([Handler])
    system.add_variable(outcome)
    for fact in (*FLAGS, *COUNTS, *CHOICES):
        system.add_variable(_input(fact))
    size = len(columns["data.leaves_mainland"])
    times, loads = [], []
    for _ in range(5):
        began = time.perf_counter()
        simulation = SimulationBuilder().build_default_simulation(system, size)
        for fact in (*FLAGS, *COUNTS):
            simulation.set_input(fact.replace(".", "_"), PERIOD, columns[fact])
        for fact, values in CHOICES.items():
            codes = np.select([columns[fact] == each.value for each in values], [each.index for each in values])
            simulation.set_input(fact.replace(".", "_"), PERIOD, codes.astype(np.uint8))
        start = time.perf_counter()
        loads.append((start - began) * 1e3)
        found = simulation.calculate("outcome", PERIOD)
        times.append((time.perf_counter() - start) * 1e3)
    return {each.value: int((found == each.index).sum()) for each in Outcome}, min(times), min(loads)


def _input(fact: str) -> type[Variable]:
    shape: dict[str, object] = {"entity": Handler, "definition_period": DateUnit.YEAR}
    if fact in CHOICES:
        shape |= {"value_type": Enum, "possible_values": CHOICES[fact], "default_value": CHOICES[fact].none}
    else:
        shape["value_type"] = int if fact in COUNTS else bool
    return type(fact.replace(".", "_"), (Variable,), shape)


if __name__ == "__main__":
    with np.load(sys.argv[1]) as scenarios:
        counts, evaluate, load = calculate(dict(scenarios))
    print(json.dumps({"counts": counts, "evaluate_ms": evaluate, "load_ms": load}))
