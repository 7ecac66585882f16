"""Figures of the logic: worlds, compiled verdicts, bit planes, checks; beside openfisca-core where BANJIA_OPENFISCA names a Python that has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from banjia.law.corpus import load
from banjia.logic.answer import axis_answer, possible
from banjia.logic.ask import questions
from banjia.logic.check import check
from banjia.logic.compiled import compiled
from banjia.logic.condition import TRUE, All, Any, Flag, Not
from banjia.logic.inquiry import Inquiry, inquire
from banjia.logic.pack import planes
from banjia.logic.program import assemble
from banjia.logic.rules import Axis, AxisLaw, Outcome, Rule, RuleBase

ON = date(2026, 11, 23)
FLAGS = [
    "actor.ciio", "actor.state_organ", "data.important", "data.foreign_origin_only", "export.split_to_avoid",
    "export.scenario_necessary", "export.notice_given", "export.separate_consent", "export.pipia_done",
    "service.emotional_companion", "service.users_minors", "service.labels_explicit", "service.labels_implicit",
    "service.displays_model_and_number",
]  # fmt: skip
COMPLETE = {
    "actor.ciio": False, "actor.negative_list": "none", "actor.state_organ": False, "data.foreign_origin_only": False,
    "data.important": False, "data.leaves_mainland": True, "data.personal_info": True, "export.mechanism": "none",
    "export.persons_nonsensitive_ytd": 50_000, "export.persons_sensitive_ytd": 0, "export.scenario": "none",
    "export.scenario_necessary": False, "export.split_to_avoid": False, "data.accessible_from_abroad": False,
    "actor.sector": frozenset({"other"}), "model.filed": True, "model.adaptation": "none", "route": "domestic-filed-api",
    "service.offered_to_domestic_public": True, "service.opinion_attribute": True,
    "service.registered_or_filed": "registered", "network.channel": "none",
}  # fmt: skip


def best(run: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of the fastest of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append((time.perf_counter() - start) * 1e3)
    return min(found)


def fourteen_flags() -> AxisLaw:
    """An axis of 30 rules over 14 flags, none of which can be left out."""
    outcomes = tuple(Outcome(f"o{i}", ((TRUE, v),)) for i, v in enumerate(("permitted", "conditional", "prohibited")))
    rules = tuple(
        Rule(
            f"r{i}",
            "axis",
            f"o{i % 3}",
            Any((All((Flag(FLAGS[i % 14]), Not(Flag(FLAGS[(i * 5 + 1) % 14])))), Flag(FLAGS[(i * 3 + 2) % 14]))),
            defeats=(f"r{i + 7}",),
        )
        for i in range(30)
    )
    return RuleBase(rules, (Axis("axis", outcomes, default="o0"),)).on(ON).axes["axis"]


def worlds() -> None:
    law = fourteen_flags()
    program = assemble((law,))
    axis = program.axes["axis"]
    inquiry = Inquiry(program, {})
    made = inquiry.frame([*axis.outcomes.values(), *axis.verdicts.values(), *axis.fires.values()])
    size = made.size if made else 0
    took = best(lambda: axis_answer(Inquiry(program, {}), axis))
    print(f"one axis, nothing known, {size:,} worlds, 30 rules: {took:.2f} ms (limit 5)")
    for built in load().packs:
        for each in built.base.on(ON).axes.values():
            inquire([each], {})
            took = best(lambda each=each: possible(inquire([each], {})), 3)
            fresh = inquire([each], {})
            nodes = fresh.program.axes[each.id]
            frame = fresh.frame([*nodes.outcomes.values(), *nodes.verdicts.values(), *nodes.fires.values()])
            answer = possible(fresh)
            many = f"{frame.size:,}" if frame else "more than 1,048,576"
            print(f"  {each.id:18} {many:>20} worlds {took:8.2f} ms  exact: {answer.exact}")


def together() -> None:
    laws = [axis for built in load().packs for axis in built.base.on(ON).axes.values()]
    print(f"all {len(laws)} axes joined, nothing known: {best(lambda: possible(inquire(laws, {})), 3):.0f} ms, exact")
    known = {fact: value for fact, value in COMPLETE.items() if isinstance(value, bool | str | frozenset)}
    half = dict(list(known.items())[::2])
    mine = [axis for built in load().packs if built.pack.id == "cn" for axis in built.base.on(ON).axes.values()]
    print(f"the mainland pack, half the facts: {best(lambda: possible(inquire(mine, half))):.2f} ms")
    print(f"  the questions, ranked: {best(lambda: questions(inquire(mine, half))):.2f} ms")
    start = time.perf_counter()
    findings = [finding for axis in laws for finding in check(axis)]
    print(f"check of every axis: {time.perf_counter() - start:.2f} s, {len(findings)} findings (limit 20 s)")


def complete() -> None:
    pack = load().pack("cn")
    assert pack is not None
    for axis in pack.base.on(ON).axes.values():
        decide = compiled(axis)
        took = min(timeit.repeat(lambda decide=decide: decide(COMPLETE), number=20_000, repeat=5)) / 20_000 * 1e6
        print(f"complete case, {axis.id}: {took:.2f} us (limit 2) -> {decide(COMPLETE)[0]}")


def bulk(cases: int = 1_000_000) -> None:
    pack = load().pack("cn")
    assert pack is not None
    law = pack.base.on(ON).axes["export"]
    program = assemble((law,))
    columns = scenarios(cases)
    start = time.perf_counter()
    packed = planes(program, "export", columns, cases)
    packing = (time.perf_counter() - start) * 1e3
    evaluated = best(packed.sweep)
    ours = {outcome: mask.bit_count() for outcome, mask in packed.sweep().items()}
    print(f"{cases:,} scenarios on the export axis: evaluate {evaluated:.2f} ms, pack {packing:.0f} ms -> {ours}")
    python = os.environ.get("BANJIA_OPENFISCA", "")
    if not python:
        print("  BANJIA_OPENFISCA, a Python that has openfisca-core, shows it beside")
        return
    theirs, took, loading = openfisca(python, columns)
    if theirs != ours:
        sys.exit(f"openfisca-core counts otherwise: {theirs}")
    print(f"  openfisca-core: evaluate {took:.2f} ms, load {loading:.0f} ms, identical counts")
    print(
        f"  it takes {took / evaluated:.1f} times ours (limit 8), {(took + loading) / (evaluated + packing):.1f} with loading"
    )
    if took < 8 * evaluated:
        sys.exit("the limit is broken")


def openfisca(python: str, columns: dict[str, np.ndarray]) -> tuple[dict[str, int], float, float]:
    """The same scenarios in openfisca-core, in an environment of its own: counts, and milliseconds of both steps."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder, "scenarios.npz"), **columns)
        done = subprocess.run(
            [python, str(Path(__file__).with_name("openfisca_export.py")), str(Path(folder, "scenarios.npz"))],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    found = json.loads(done.stdout)
    return found["counts"], found["evaluate_ms"], found["load_ms"]


def scenarios(cases: int) -> dict[str, np.ndarray]:
    """Random complete cases for the facts of the export axis."""
    random = np.random.default_rng(7)
    flags = {
        "data.leaves_mainland": 0.8, "data.personal_info": 0.8, "data.important": 0.05, "actor.state_organ": 0.05,
        "data.foreign_origin_only": 0.05, "export.scenario_necessary": 0.5, "actor.ciio": 0.05,
        "export.split_to_avoid": 0.03, "data.accessible_from_abroad": 0.2, "data.collected_by_offshore_handler": 0.1,
        "data.sent_abroad": 0.5, "data.sensitive_pi": 0.2,
    }  # fmt: skip
    choices = {
        "export.scenario": ["none", "individual-contract", "cross-border-hr", "emergency", "statutory-duty"],
        "actor.negative_list": ["none", "covered-off-list", "covered-on-list"],
        "export.mechanism": ["none", "security-assessment", "standard-contract-filed", "certification"],
    }
    people = ("export.persons_sensitive_ytd", "export.persons_nonsensitive_ytd", "actor.persons_processed")
    return (
        {fact: random.random(cases) < chance for fact, chance in flags.items()}
        | {fact: random.choice(values, cases) for fact, values in choices.items()}
        | {fact: (10 ** (random.random(cases) * 8)).astype(np.int64) - 1 for fact in people}
    )


if __name__ == "__main__":
    worlds()
    together()
    complete()
    bulk()
