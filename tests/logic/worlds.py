"""Random rules and cases for the laws of the logic, and an evaluator that shares no code with the product's."""

from datetime import date
from itertools import product

from hypothesis import strategies as st

from banjia.facts.value import Interval
from banjia.logic.condition import All, Any, AtLeast, Flag, Is, Not, Overlaps, Since, SizeAtLeast, Within
from banjia.logic.rules import VERDICTS, Axis, Outcome, Rule, RuleBase

DAY = date(2026, 11, 23)
FLAGS = ["actor.ciio", "actor.state_organ", "data.important"]
COUNT = "export.persons_sensitive_ytd"
BOUNDS = [1, 100, 10_000]
CHOICE, CHOICES = "export.mechanism", ["none", "security-assessment", "standard-contract-filed", "certification"]
SET, ELEMENTS = "actor.sector", ["banking", "insurance", "government", "other"]
PLACES, CODES = "users.countries", ["CN", "DE", "US", "JP"]
TEXT, TEXTS = "model.id", ["gpt-4o", "qwen3", "llama-4-scout"]
DATE, DAYS = "service.placed_on", [date(2026, 3, 1), date(2026, 8, 2)]

some_of = {
    CHOICE: st.frozensets(st.sampled_from(CHOICES), max_size=3),
    SET: st.frozensets(st.sampled_from(ELEMENTS), max_size=3),
    PLACES: st.frozensets(st.sampled_from(CODES), max_size=3),
    TEXT: st.frozensets(st.sampled_from(TEXTS), max_size=2),
}
atoms = st.one_of(
    st.sampled_from(FLAGS).map(Flag),
    st.sampled_from(BOUNDS).map(lambda n: AtLeast(COUNT, n)),
    some_of[CHOICE].map(lambda values: Is(CHOICE, values)),
    some_of[TEXT].map(lambda values: Is(TEXT, values)),
    some_of[SET].map(lambda values: Overlaps(SET, values)),
    some_of[SET].map(lambda values: Within(SET, values)),
    st.sampled_from([1, 2]).map(lambda n: SizeAtLeast(SET, n)),
    some_of[PLACES].map(lambda values: Overlaps(PLACES, values)),
    some_of[PLACES].map(lambda values: Within(PLACES, values)),
    st.sampled_from(DAYS).map(lambda day: Since(DATE, day)),
)
conditions = st.recursive(
    atoms,
    lambda parts: st.one_of(
        st.lists(parts, min_size=0, max_size=3).map(lambda ps: All(tuple(ps))),
        st.lists(parts, min_size=0, max_size=3).map(lambda ps: Any(tuple(ps))),
        parts.map(Not),
    ),
    max_leaves=5,
)
values = {
    **{flag: st.booleans() for flag in FLAGS},
    COUNT: st.sampled_from([0, 1, 99, 100, 9_999, 10_000, 10**9]).map(lambda n: Interval(n, n)),
    CHOICE: st.sampled_from(CHOICES),
    SET: st.frozensets(st.sampled_from([*ELEMENTS, "healthcare"])),
    PLACES: st.frozensets(st.sampled_from([*CODES, "FR", "KE"])),
    TEXT: st.sampled_from([*TEXTS, "other"]),
    DATE: st.sampled_from([date(2026, 2, 28), date(2026, 3, 1), date(2026, 8, 1), date(2026, 8, 2)]),
}
cases = st.fixed_dictionaries(values)
parts = st.fixed_dictionaries({}, optional=values)


@st.composite
def axes(draw, name="axis", most=6):
    """An axis with rules; a rule may defeat those that come after it."""
    outcomes = []
    for i in range(draw(st.integers(2, 4))):
        verdicts = [(draw(conditions), draw(st.sampled_from(VERDICTS))) for _ in range(draw(st.integers(0, 1)))]
        outcomes.append(Outcome(f"o{i}", (*verdicts, (All(()), draw(st.sampled_from(VERDICTS))))))
    ids = [outcome.id for outcome in outcomes]
    size = draw(st.integers(0, most))
    rules = tuple(
        Rule(
            id=f"{name}.r{i}",
            axis=name,
            outcome=draw(st.sampled_from(ids)),
            when=draw(conditions),
            defeats=tuple(f"{name}.r{j}" for j in range(i + 1, size) if draw(st.integers(0, 3)) == 0),
            order=i,
        )
        for i in range(size)
    )
    applies = draw(st.one_of(st.just(All(())), conditions))
    axis = Axis(name, tuple(outcomes), default=ids[0], applies=applies, otherwise=draw(st.sampled_from(ids)))
    return RuleBase(rules, (axis,)).on(DAY).axes[name]


def true(condition, case):
    match condition:
        case All(parts):
            return all(true(part, case) for part in parts)
        case Any(parts):
            return any(true(part, case) for part in parts)
        case Not(part):
            return not true(part, case)
        case Flag(fact):
            return case[fact]
        case AtLeast(fact, n):
            return case[fact].low >= n
        case Is(fact, values):
            return case[fact] in values
        case Overlaps(fact, values):
            return any(element in values for element in case[fact])
        case Within(fact, values):
            return all(element in values for element in case[fact])
        case SizeAtLeast(fact, n):
            return len(case[fact]) >= n
        case Since(fact, day):
            return case[fact] >= day


def judge(law, case):
    """The outcome and verdict of a complete case, straight from the meaning of the words."""
    axis = law.axis
    ids = [outcome.id for outcome in axis.outcomes]
    if not true(axis.applies, case):
        found = axis.otherwise
    else:
        fired = {}

        def fires(rule):
            if rule.id not in fired:
                beaten = any(fires(other) for other in law.rules if rule.id in other.defeats)
                fired[rule.id] = true(rule.when, case) and not beaten
            return fired[rule.id]

        firing = [rule.outcome for rule in law.rules if fires(rule)]
        found = max(firing, key=ids.index, default=axis.default)
    verdicts = next(outcome.verdicts for outcome in axis.outcomes if outcome.id == found)
    return found, next(verdict for when, verdict in verdicts if true(when, case))


def completions(known, choices):
    """Every complete case that the known facts leave open, out of one value per class."""
    for picked in product(*(([known[fact]] if fact in known else values) for fact, values in choices.items())):
        yield dict(zip(choices, picked, strict=True))
