"""Every bound and every date of every rule is held by a case: moved by one, some case of the pack no longer holds."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from banjia.assess.assess import complete
from banjia.facts.profile import Profile
from banjia.law.cases import expectation
from banjia.law.corpus import load as load_law
from banjia.logic.change import diff
from banjia.logic.condition import AtLeast, Since, atoms
from banjia.logic.condition import replace as replace_atoms
from banjia.logic.inquiry import inquire
from banjia.logic.rules import RuleBase
from banjia.routes.catalogue import load as load_routes

PACKS = [built.pack.id for built in load_law().packs]
DAY = timedelta(days=1)


@cache
def cases(pack):
    """(case, what is known, expected outcome by axis) of one pack."""
    built = load_law().pack(pack)
    found = []
    for file in built.pack.files:
        for case in file.cases:
            known = complete(Profile.read(case.facts), on=case.on, routes=load_routes()).values_only
            wanted = {
                axis: wants["outcome"]
                for axis, wants in expectation(case).get("axes", {}).items()
                if "outcome" in wants
            }
            found.append((case, known, wanted))
    return found


def caught(pack, base, axis, days=None):
    """True if some case of the pack about the axis has another outcome under the changed rules."""
    for case, known, wanted in cases(pack):
        if axis not in wanted or (days is not None and case.on not in days):
            continue
        inquiry = inquire((base.on(case.on, readings=case.readings).axes[axis],), known)
        outcomes, _ = inquiry.reachable(inquiry.program.axes[axis].outcomes)
        if outcomes != (wanted[axis],):
            return True
    return False


def differs(one, other, axis, days):
    """Whether the change has any consequence at all: some case on one of the days has another outcome."""
    return any(diff(one.on(day).axes[axis], other.on(day).axes[axis]) for day in days)


def days_of(rule, base):
    """A day in each band of the law on which the rule is in force."""
    return [day for day in (rule.since or date(2021, 1, 1), *base.cuts) if rule.in_force(day)]


def changed(base, rule, **fields):
    rules = tuple(replace(each, **fields) if each.id == rule.id else each for each in base.rules)
    return RuleBase(rules, base.axes, base.duties, base.definitions, base.lists, base.never, base.readings)


def moved(rule, atom, step):
    def swap(each):
        if each != atom:
            return each
        return (
            AtLeast(each.fact, each.bound + step)
            if isinstance(each, AtLeast)
            else Since(each.fact, each.day + step * DAY)
        )

    return replace_atoms(rule.when, swap)


@pytest.mark.parametrize("pack", PACKS)
def test_a_bound_moved_by_one_is_caught_by_a_case(pack):
    base = load_law().pack(pack).base
    survivors = []
    for rule in base.rules:
        for atom in {a for a in atoms(rule.when) if isinstance(a, AtLeast | Since)}:
            for step in (1, -1):
                if isinstance(atom, AtLeast) and atom.bound + step < 1:
                    continue
                other = changed(base, rule, when=moved(rule, atom, step))
                if not caught(pack, other, rule.axis) and differs(base, other, rule.axis, days_of(rule, base)):
                    survivors.append(f"{rule.where} {rule.id}: {atom.fact} {step:+d}")
    assert survivors == []


@pytest.mark.parametrize("pack", PACKS)
def test_a_date_moved_by_a_day_is_caught_by_a_case(pack):
    built = load_law().pack(pack)
    stated = {rule.id: rule for file in built.pack.files for rule in file.rules}
    survivors = []
    for rule in built.base.rules:
        text = stated[rule.id]
        if text.since and rule.since:
            for step in (1, -1):
                other, days = changed(built.base, rule, since=rule.since + step * DAY), {rule.since, rule.since - DAY}
                if not caught(pack, other, rule.axis, days) and differs(built.base, other, rule.axis, days):
                    survivors.append(f"{rule.where} {rule.id}: from {step:+d}")
        if text.until and rule.until:
            for step in (1, -1):
                other, days = changed(built.base, rule, until=rule.until + step * DAY), {rule.until, rule.until + DAY}
                if not caught(pack, other, rule.axis, days) and differs(built.base, other, rule.axis, days):
                    survivors.append(f"{rule.where} {rule.id}: until {step:+d}")
    assert survivors == []
