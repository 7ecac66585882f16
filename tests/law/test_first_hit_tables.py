"""The rules agree with the first-hit tables on every world, on every day on which either of them changes."""

import re
from datetime import date, timedelta

import pytest
from tests.law.tables import TABLES

from banjia.law.corpus import load
from banjia.logic.change import diff
from banjia.logic.condition import both, negate
from banjia.logic.parse import parse
from banjia.logic.rule import Rule
from banjia.logic.rules import RuleBase

HEAD = re.compile(r"(\w+) (\S*?)\.\.(\S*) (first|all)")
ROW = re.compile(r"(\w+)(?: \[(\S*?)\.\.(\S*?)\])? (\S+): (.+)")


# When these places were added is not known: before 2026 a contested reading answers for them, not the table.
ADDED = (
    "actor.establishment in list.openai_api_added or users.countries & list.openai_api_added"
    " or staff.countries & list.openai_api_added"
)


def day(word):
    return date.fromisoformat(word) if word else None


def table_base(name, pack):
    """The table as a rule base of its own over the axis, names and lists of the pack."""
    head, *lines = TABLES[name].strip().splitlines()
    axis, since, until, hit = HEAD.fullmatch(head).groups()
    rows = [ROW.fullmatch(line).groups() for line in lines if not line.startswith("applies")]
    rules = []
    for i, (id_, first, last, outcome, text) in enumerate(rows):
        when = parse(text, where=f"{name}:{i + 1}")
        rules.append(Rule(f"{name}.{id_}", axis, outcome, when, since=day(first), until=day(last), order=i))
    return axis, day(since), day(until), hit, rules


def law_of_table(axis, hit, rules, pack, on):
    """First hit: a row fires where it holds and no earlier row of the day does."""
    live = [rule for rule in rules if rule.in_force(on)]
    if hit == "first":
        before = []
        chained = []
        for rule in live:
            chained.append(Rule(rule.id, axis, rule.outcome, both(rule.when, *map(negate, before)), order=rule.order))
            before.append(rule.when)
        live = chained
    else:
        live = [Rule(r.id, axis, r.outcome, r.when, order=r.order) for r in live]
    base = RuleBase(
        rules=tuple(live),
        axes=tuple(a for a in pack.base.axes if a.id == axis),
        definitions=pack.base.definitions,
        lists=pack.base.lists,
        never=pack.base.never
        + ((parse(ADDED, where="added:1"),) if on < date(2026, 1, 1) and axis == "vendor_terms" else ()),
    )
    return base.on(on).axes[axis]


@pytest.mark.parametrize("name", [name for name in TABLES if name != "lifecycle"])
def test_rules_agree_with_the_table_on_every_world(name):
    corpus = load()
    axis = TABLES[name].strip().split()[0]
    pack = next(built for built in corpus.packs if any(a.id == axis for a in built.pack.axes))
    axis, since, until, hit, rules = table_base(name, pack)
    first = since or date(2023, 1, 1)
    days = {first, *(cut for cut in pack.base.cuts if cut > first)}
    days |= {
        d for rule in rules for d in (rule.since, rule.until and rule.until + timedelta(days=1)) if d and d > first
    }
    for on in sorted(d for d in days if until is None or d <= until):
        moves = diff(law_of_table(axis, hit, rules, pack, on), pack.base.on(on).axes[axis])
        assert not moves, (on, moves[0].old, moves[0].new, dict(moves[0].witness))


def test_a_changed_bound_is_noticed():
    """The comparison itself can fail: a table that is off by one person differs in some world."""
    pack = load().pack("cn")
    axis, _, _, hit, rules = table_base("export", pack)
    wrong = [
        Rule(r.id, axis, r.outcome, parse("export.persons_nonsensitive_ytd >= 100001", where="x:1"), order=r.order)
        if r.id == "export.X11"
        else r
        for r in rules
    ]
    on = date(2026, 6, 30)
    (move,) = diff(law_of_table(axis, hit, wrong, pack, on), pack.base.on(on).axes[axis])
    assert move.witness["export.persons_nonsensitive_ytd"].low == 100_000
