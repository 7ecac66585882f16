from datetime import date

import pytest

from banjia.errors import LawError
from banjia.logic.answer import duties, possible
from banjia.logic.condition import TRUE
from banjia.logic.inquiry import inquire
from banjia.logic.parse import parse
from banjia.logic.rules import Axis, Definition, Duty, Entry, Listing, Outcome, Reading, Rule, RuleBase
from banjia.text import Text

DAY = date(2026, 11, 23)
LIGHT, MIDDLE, HEAVY = (
    Outcome("light", ((TRUE, "permitted"),)),
    Outcome("middle", ((TRUE, "conditional"),)),
    Outcome("heavy", ((TRUE, "prohibited"),)),
)
EXPORT = Axis("export", (LIGHT, MIDDLE, HEAVY), default="light", where="pack.toml:3")


def when(text):
    return parse(text, where="a.md:1")


def rule(name, outcome, text, **more):
    return Rule(name, "export", outcome, when(text), where=f"{name}.md:9", **more)


def outcome(base, known, day=DAY, **more):
    return possible(inquire(base.on(day, **more).axes.values(), known)).axes["export"].outcome


CIIO = rule("cbdf.ciio", "heavy", "actor.ciio")
PERSONAL = rule("cbdf.personal", "middle", "data.personal_info")


def test_the_gravest_outcome_wins():
    base = RuleBase((PERSONAL, CIIO), (EXPORT,))
    assert "heavy" == outcome(base, {"actor.ciio": True, "data.personal_info": True})
    assert "middle" == outcome(base, {"actor.ciio": False, "data.personal_info": True})
    assert "light" == outcome(base, {"actor.ciio": False, "data.personal_info": False})


def test_an_exception_defeats_the_rules_it_names():
    exempt = rule("ndsr.transit", "light", "data.foreign_origin_only", defeats=("cbdf.*",))
    base = RuleBase((PERSONAL, CIIO, exempt), (EXPORT,))
    assert "light" == outcome(base, {"data.foreign_origin_only": True})
    assert "heavy" == outcome(base, {"data.foreign_origin_only": False, "actor.ciio": True})


def test_a_defeated_exception_defeats_nothing():
    exempt = rule("a.transit", "light", "data.foreign_origin_only", defeats=("cbdf.*",))
    again = rule("b.important", "light", "data.important", defeats=("a.transit",))
    base = RuleBase((CIIO, exempt, again), (EXPORT,))
    known = {"actor.ciio": True, "data.foreign_origin_only": True}
    assert "light" == outcome(base, {**known, "data.important": False})
    assert "heavy" == outcome(base, {**known, "data.important": True})


def test_a_glob_that_covers_its_own_rule_does_not_defeat_it():
    exempt = rule("cbdf.transit", "light", "data.foreign_origin_only", defeats=("cbdf.*",))
    assert "light" == outcome(
        RuleBase((CIIO, exempt), (EXPORT,)), {"data.foreign_origin_only": True, "actor.ciio": True}
    )


def test_exceptions_that_defeat_each_other_are_refused():
    one = rule("one", "light", "actor.ciio", defeats=("two",))
    two = rule("two", "heavy", "actor.ciio", defeats=("one",))
    with pytest.raises(LawError) as caught:
        RuleBase((one, two), (EXPORT,)).on(DAY)
    assert "one.md:9" == caught.value.where
    assert "one, two" == caught.value.found.en


def test_the_last_day_of_a_rule_is_in_force_and_the_next_is_not():
    dated = rule("dated", "heavy", "actor.ciio", since=date(2024, 3, 22), until=date(2025, 1, 1))
    base = RuleBase((dated,), (EXPORT,))
    days = {
        date(2024, 3, 21): "light",
        date(2024, 3, 22): "heavy",
        date(2025, 1, 1): "heavy",
        date(2025, 1, 2): "light",
    }
    assert list(days.values()) == [outcome(base, {"actor.ciio": True}, day) for day in days]
    assert (date(2024, 3, 22), date(2025, 1, 2)) == base.cuts


def test_days_between_two_cuts_share_one_law():
    base = RuleBase((rule("dated", "heavy", "actor.ciio", since=date(2024, 3, 22)),), (EXPORT,))
    assert base.on(date(2024, 3, 22)) is base.on(date(2030, 1, 1))
    assert base.on(date(2024, 3, 21)) is not base.on(date(2024, 3, 22))


def test_before_its_day_an_axis_has_the_outcome_it_says():
    axis = Axis("export", (LIGHT, HEAVY), default="heavy", since=date(2024, 3, 22), before="light")
    base = RuleBase((), (axis,))
    assert ["light", "heavy"] == [outcome(base, {}, day) for day in (date(2024, 3, 21), date(2024, 3, 22))]


def test_where_the_axis_does_not_apply_no_rule_fires():
    axis = Axis(
        "export", (LIGHT, MIDDLE, HEAVY), default="middle", applies=when("data.leaves_mainland"), otherwise="light"
    )
    base = RuleBase((CIIO,), (axis,))
    assert "light" == outcome(base, {"data.leaves_mainland": False, "actor.ciio": True})
    assert "heavy" == outcome(base, {"data.leaves_mainland": True, "actor.ciio": True})


def test_a_reading_that_is_not_chosen_takes_its_default():
    strict = rule("strict", "heavy", "actor.ciio", reading=("masking", "strict"))
    base = RuleBase((strict,), (EXPORT,), readings=(Reading("masking", ("strict", "mild"), "strict"),))
    assert "heavy" == outcome(base, {"actor.ciio": True})
    assert "light" == outcome(base, {"actor.ciio": True}, readings={"masking": "mild"})


def test_an_unknown_reading_names_the_nearest():
    base = RuleBase((), (EXPORT,), readings=(Reading("masking", ("strict", "mild"), "strict"),))
    with pytest.raises(LawError, match="did you mean `masking`"):
        base.on(DAY, readings={"maskin": "mild"})
    with pytest.raises(LawError, match="did you mean `mild`"):
        base.on(DAY, readings={"masking": "mill"})


def test_lists_are_dated_and_may_hold_lists_and_leave_codes_out():
    lists = (
        Listing("eu", (Entry("DE"), Entry("GB", until=date(2020, 1, 31)))),
        Listing("eea", (Entry("list.eu"), Entry("NO")), minus=("DE",)),
    )
    base = RuleBase((), (EXPORT,), lists=lists)
    assert {"DE", "GB"} == base.on(date(2020, 1, 31)).lists["eu"]
    assert {"DE"} == base.on(date(2020, 2, 1)).lists["eu"]
    assert {"NO"} == base.on(DAY).lists["eea"]


def test_lists_that_hold_one_another_are_refused():
    lists = (Listing("a", (Entry("list.b"),), where="lists.toml:1"), Listing("b", (Entry("list.a"),)))
    with pytest.raises(LawError, match=r"lists\.toml:1|contain one another"):
        RuleBase((), (EXPORT,), lists=lists).on(DAY)


def test_a_union_of_places_is_within_a_list_if_each_of_them_is():
    union = Definition("data.destinations", union=("endpoint.store_country", "endpoint.infer_countries"))
    abroad = rule("abroad", "heavy", "not data.destinations <= ['CN']")
    base = RuleBase((abroad,), (EXPORT,), definitions=(union,))
    home = {"endpoint.store_country": "CN", "endpoint.infer_countries": frozenset({"CN"})}
    assert "light" == outcome(base, home)
    assert "heavy" == outcome(base, {**home, "endpoint.infer_countries": frozenset({"CN", "SG"})})
    assert "heavy" == outcome(base, {**home, "endpoint.store_country": "SG"})


def test_definitions_are_replaced_and_circles_refused():
    bulk = Definition("us_dsp.bulk", when("us_bulk.health_12m >= 10"), where="d.md:1")
    base = RuleBase((rule("a", "heavy", "us_dsp.bulk"),), (EXPORT,), definitions=(bulk,))
    assert {"us_bulk.health_12m"} == inquire(base.on(DAY).axes.values(), {}).frame(
        inquire(base.on(DAY).axes.values(), {}).program.axes["export"].outcomes.values()
    ).columns.keys()
    circle = (Definition("a.x", when("b.x"), where="d.md:1"), Definition("b.x", when("a.x"), where="d.md:5"))
    with pytest.raises(LawError, match="refer to one another"):
        RuleBase((rule("a", "heavy", "a.x"),), (EXPORT,), definitions=circle).on(DAY)


def test_a_name_that_nothing_defines_is_refused_with_its_place():
    with pytest.raises(LawError) as caught:
        RuleBase((rule("a", "heavy", "actor.cioo"),), (EXPORT,)).on(DAY)
    assert "a.md:9" == caught.value.where
    assert "did you mean `actor.ciio`?" == caught.value.remedy.en


def test_the_first_verdict_that_holds_counts_and_else_the_gravest_named():
    needs = Outcome(
        "needs",
        (
            (when("export.mechanism == 'certification'"), "conditional"),
            (when("export.mechanism == 'none'"), "prohibited"),
        ),
    )
    base = RuleBase((), (Axis("export", (needs,), default="needs"),))
    found = {}
    for mechanism in ("certification", "none", "security-assessment"):
        answer = possible(inquire(base.on(DAY).axes.values(), {"export.mechanism": mechanism}))
        found[mechanism] = answer.verdict
    assert {"certification": "conditional", "none": "prohibited", "security-assessment": "prohibited"} == found


NOTICE = Duty(
    "notice", Text("告知", "notice"), axis="export", when=when("data.personal_info"), met=when("export.notice_given")
)


def duty_of(base, known):
    return {each.duty.id: (each.certainty, each.met) for each in duties(inquire(base.on(DAY).axes.values(), known))}


def test_a_standing_duty_is_certain_possible_or_excluded():
    base = RuleBase((), (EXPORT,), duties=(NOTICE,))
    assert {"notice": ("certain", None)} == duty_of(base, {"data.personal_info": True})
    assert {"notice": ("possible", True)} == duty_of(base, {"export.notice_given": True})
    assert {"notice": ("excluded", False)} == duty_of(base, {"data.personal_info": False, "export.notice_given": False})


def test_a_duty_that_a_rule_names_holds_where_the_rule_decides():
    audit = Duty("audit", Text("审计", "audit"))
    named = rule("named", "middle", "data.personal_info", duties=("audit",))
    base = RuleBase((named, CIIO), (EXPORT,), duties=(audit,))
    assert {"audit": ("certain", None)} == duty_of(base, {"data.personal_info": True, "actor.ciio": False})
    assert {"audit": ("excluded", None)} == duty_of(base, {"data.personal_info": True, "actor.ciio": True})


def test_a_duty_does_not_hold_where_its_exception_does():
    consent = Duty("consent", Text("同意", "consent"), axis="export", unless=when("actor.ciio"))
    base = RuleBase((), (EXPORT,), duties=(consent,))
    assert {"consent": ("excluded", None)} == duty_of(base, {"actor.ciio": True})
    assert {"consent": ("certain", None)} == duty_of(base, {"actor.ciio": False})


def test_an_axis_that_reports_all_lists_every_rule_that_fires():
    axis = Axis("export", (LIGHT, MIDDLE, HEAVY), default="light", hit="all")
    base = RuleBase((PERSONAL, CIIO), (axis,))
    answer = possible(inquire(base.on(DAY).axes.values(), {"actor.ciio": True, "data.personal_info": True}))
    assert {"cbdf.personal", "cbdf.ciio"} == {each.id for each in answer.axes["export"].rules}


def test_an_axis_of_gravity_lists_the_rules_of_the_outcome_alone():
    answer = possible(
        inquire(
            RuleBase((PERSONAL, CIIO), (EXPORT,)).on(DAY).axes.values(),
            {"actor.ciio": True, "data.personal_info": True},
        )
    )
    assert ["cbdf.ciio"] == [each.id for each in answer.axes["export"].rules]


def test_definitions_that_grow_beyond_measure_are_refused_at_once():
    facts = ["actor.ciio", "data.important"]
    small = Definition("d.x0", when("actor.ciio"), where="d.md:1")
    grown = [
        Definition(f"d.x{i}", when(f"(d.x{i - 1} and {facts[0]}) or (d.x{i - 1} and {facts[1]})"), where=f"d.md:{i}")
        for i in range(1, 26)
    ]
    with pytest.raises(LawError, match="too large"):
        RuleBase((rule("a", "heavy", "d.x25"),), (EXPORT,), definitions=(small, *grown)).on(DAY)


def test_definitions_through_too_many_others_are_refused():
    chain = [Definition(f"d.x{i}", when(f"d.x{i + 1}"), where=f"d.md:{i}") for i in range(100)]
    with pytest.raises(LawError, match="too many others"):
        RuleBase((rule("a", "heavy", "d.x0"),), (EXPORT,), definitions=tuple(chain)).on(DAY)


def test_lists_of_lists_of_lists_are_spelt_once():
    lists = [Listing("l0", (Entry("DE"),))]
    lists += [Listing(f"l{i}", (Entry(f"list.l{i - 1}"), Entry(f"list.l{i - 1}"), Entry("FR"))) for i in range(1, 60)]
    assert {"DE", "FR"} == RuleBase((), (EXPORT,), lists=tuple(lists)).on(DAY).lists["l59"]


def test_a_long_chain_of_exceptions_is_still_compiled():
    from banjia.logic.compiled import compiled

    rules = [
        rule(
            f"r{i:02}",
            ("light", "heavy")[i % 2],
            "actor.ciio or data.important",
            defeats=tuple(f"r{j:02}" for j in range(i + 1, 60)),
        )
        for i in range(60)
    ]
    law = RuleBase(tuple(rules), (EXPORT,)).on(DAY).axes["export"]
    known = {"actor.ciio": True, "data.important": False}
    assert possible(inquire([law], known)).axes["export"].outcome == compiled(law)(known)[0] == "light"
