"""Plan and exposure: dated steps in three groups, what a breach may cost, published cases up to the day."""

from datetime import date

from tests.assess.asking import ask

from banjia.assess.plan import exposures, plan
from banjia.law.corpus import load as load_law
from banjia.law.extras import GROUPS

FACTS = {
    "route": "azure-openai-global", "actor.mainland_entity": True, "actor.kind": "company", "data.personal_info": True,
    "data.sensitive_pi": True, "data.important": False, "actor.ciio": False, "actor.state_organ": False,
    "data.foreign_origin_only": False, "export.scenario": "none", "actor.negative_list": "none",
    "export.persons_sensitive_ytd": 3, "export.persons_nonsensitive_ytd": 0, "export.mechanism": "none",
}  # fmt: skip
START = date(2026, 11, 23)


def test_steps_come_in_three_groups_with_days():
    steps = plan(ask(FACTS, explain=False), load_law(), start=START)
    groups = [step.step.group for step in steps]
    assert groups == sorted(groups, key=GROUPS.index)
    assert set(groups) == set(GROUPS)
    assert all(START <= step.earliest <= step.latest for step in steps)


def test_a_gate_says_what_to_suspend_meanwhile():
    steps = plan(ask(FACTS, explain=False), load_law(), start=START)
    assert any(step.step.meanwhile for step in steps)


def test_a_route_without_a_bar_needs_no_gate():
    facts = FACTS | {"data.personal_info": False, "data.sensitive_pi": False, "export.persons_sensitive_ytd": 0}
    steps = plan(ask(facts, explain=False), load_law(), start=START)
    assert not [step for step in steps if step.step.axis == "export" and step.step.group == "authority"]


def test_exposure_speaks_only_of_axes_that_are_not_clear():
    answer = ask(FACTS, explain=False)
    items, decisions = exposures(answer, load_law())
    clear = {id_ for id_, axis in answer.axes.items() if set(axis.verdicts) == {"permitted"}}
    assert items
    assert not {item.axis for item in items} & clear
    assert all(decision.on <= answer.on for decision in decisions)


def test_a_fine_has_a_range_and_a_citation():
    items, _ = exposures(ask(FACTS, explain=False), load_law())
    fines = [item for item in items if item.kind == "fine" and item.high]
    assert any(item.high == 50_000_000 and "pipl art. 66" in item.cites for item in fines)
