"""Figures of the assessment: one route with half its facts, all routes, the whole check, questions until settled."""

from __future__ import annotations

import random
import statistics
import time
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from banjia.assess.assess import assess_route, complete
from banjia.assess.audit import audit
from banjia.assess.join import join
from banjia.errors import FactError
from banjia.facts.catalogue import load as load_facts
from banjia.facts.implies import close
from banjia.facts.profile import Profile
from banjia.law.corpus import Corpus
from banjia.law.corpus import load as load_law
from banjia.logic.cells import Cell, cells
from banjia.logic.condition import Atom
from banjia.logic.inquiry import inquire
from banjia.routes.catalogue import Catalogue
from banjia.routes.catalogue import load as load_routes

ON = date(2026, 11, 23)
CASES = sorted((Path(__file__).parents[1] / "tests" / "assess" / "cases").glob("*.yaml"))
WHOLE = {
    "actor.mainland_entity": True, "actor.establishment": "CN", "actor.kind": "company", "actor.sector": ["other"],
    "actor.ciio": False, "actor.state_organ": False, "actor.negative_list": "none", "actor.persons_processed": 40_000,
    "service.offered_to_domestic_public": False, "service.form": "internal-tool", "users.countries": ["CN"],
    "staff.countries": ["CN"], "data.subjects_in": ["CN"], "data.personal_info": True, "data.sensitive_pi": False,
    "data.important": False, "data.foreign_origin_only": False, "export.scenario": "none",
    "export.persons_nonsensitive_ytd": 50_000, "export.persons_sensitive_ytd": 0, "export.mechanism": "none",
    "export.notice_given": True, "export.separate_consent": True, "export.pipia_done": True,
    "network.channel": "carrier-private-line-internal", "model.adaptation": "none", "model.id": "gpt-5.1",
}  # fmt: skip


def main() -> None:
    law, routes = load_law(), load_routes()
    one_route(law, routes)
    all_routes(law, routes)
    whole_check(law, routes)
    interview(law, routes)


def one_route(law: Corpus, routes: Catalogue) -> None:
    rng = random.Random(7)
    times = []
    for _ in range(60):
        facts = dict(rng.sample(sorted(WHOLE.items()), len(WHOLE) // 2)) | {"route": "azure-openai-global"}
        facts["actor.mainland_entity"] = True
        profile = Profile.read(facts)
        start = time.process_time()
        assess_route(profile, on=ON, law=law, routes=routes)
        times.append(time.process_time() - start)
    times = times[10:]
    say("one route, half of its facts unknown", statistics.median(times) * 1e3, "ms median", 20)
    say("  the slowest of 50", max(times) * 1e3, "ms")
    whole = complete(
        Profile.read({"route": "azure-openai-global", "actor.mainland_entity": True}), on=ON, routes=routes
    )
    joined, _ = join(law, whole.values_only, on=ON, readings={})
    for each in joined:
        for axis in each.axes:
            inquiry = inquire((each.law.axes[axis],), whole.values_only)
            start = time.process_time()
            frame = inquiry.frame(inquiry.program.axes[axis].outcomes.values())
            spent = (time.process_time() - start) * 1e3
            if frame is None or frame.size > 1 << 14:
                size = "over 2^20" if frame is None else str(frame.size)
                say(f"  axis {axis}: {size} worlds", spent, "ms")


def all_routes(law: Corpus, routes: Catalogue) -> None:
    kinds = load_facts()["route"].values
    profile = {k: v for k, v in WHOLE.items() if k not in {"network.channel", "model.id", "export.mechanism"}}
    times = []
    for _ in range(6):
        start = time.process_time()
        for kind in kinds:
            assess_route(Profile.read(profile | {"route": kind}), on=ON, law=law, routes=routes)
        times.append(time.process_time() - start)
    say(f"all {len(kinds)} kinds of route for one application", statistics.median(times) * 1e3, "ms", 500)
    start = time.process_time()
    for provider in routes.providers.values():
        fact = "self_hosted" if provider.is_engine else provider.id
        assess_route(Profile.read(profile | {"provider": fact}), on=ON, law=law, routes=routes)
    say(f"all {len(routes.providers)} providers for one application", (time.process_time() - start) * 1e3, "ms", 500)


def whole_check(law: Corpus, routes: Catalogue) -> None:
    start = time.process_time()
    found = audit(law, routes, today=ON)
    rules = sum(len(f.rules) for b in law.packs for f in b.pack.files)
    cases = sum(len(f.cases) for b in law.packs for f in b.pack.files)
    say(f"law check: {rules} rules, {cases} cases, {len(found)} findings", time.process_time() - start, "s", 20)


def interview(law: Corpus, routes: Catalogue) -> None:
    """Questions until the overall verdict is settled, from scan facts on.

    Answers are as the case states them, and where it states nothing drawn by the fact's prior.
    """
    rng = random.Random(11)
    counts = [
        asked(case, law, routes, rng)
        for path in CASES
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    ]
    say(f"questions until the verdict is settled, {len(counts)} cases", statistics.median(counts), "median", 5)
    say("  mean", statistics.mean(counts), "questions")


def asked(case: dict[str, Any], law: Corpus, routes: Catalogue, rng: random.Random) -> int:
    """How many questions settle a case; facts that scan, catalogue or ledger know cost nothing."""
    facts = load_facts()
    truth = Profile.read(case["facts"])
    known = Profile({k: v for k, v in truth.items() if facts[k].who in {"scan", "catalogue", "ledger"}})
    atoms = spoken(law, case["on"])
    for number in range(60):
        answer = assess_route(known, on=case["on"], law=law, routes=routes)
        if answer.verdict != "indeterminate":
            return number
        question = answer.missing[0].fact
        if question in truth:
            known = known.with_(question, truth[question].value)
        else:
            known = drawn(known, truth, question, cells(question, atoms[question]), rng)
    return 60


def drawn(known: Profile, truth: Profile, question: str, choices: tuple[Cell, ...], rng: random.Random) -> Profile:
    """The profile with an answer drawn by its prior, among those that contradict nothing."""
    while choices:
        (cell,) = rng.choices(choices, [each.weight for each in choices])
        answered = known.with_(question, cell.value)
        try:
            close(truth.filled(answered))
        except FactError:
            choices = tuple(each for each in choices if each is not cell)
        else:
            return answered
    raise AssertionError(question)


def spoken(law: Corpus, on: date) -> dict[str, tuple[Atom, ...]]:
    """The atoms by which the rules of a day tell the answers to each fact apart."""
    found: dict[str, dict[Atom, None]] = {}
    for built in law.packs:
        for axis in built.base.on(on).axes.values():
            for atom in inquire((axis,), {}).program.atoms:
                found.setdefault(atom.fact, {})[atom] = None
    return {fact: tuple(atoms) for fact, atoms in found.items()}


def say(what: str, figure: float, unit: str, limit: float | None = None) -> None:
    mark = "" if limit is None else f"  (limit {limit}: {'kept' if figure <= limit else 'MISSED'})"
    print(f"{what:<72}{figure:9.2f} {unit}{mark}")


if __name__ == "__main__":
    main()
