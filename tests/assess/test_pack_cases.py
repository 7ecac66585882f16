"""The cases that stand in the statute files hold, and each settles what it expects."""

from datetime import date

import pytest

from banjia.assess.assess import Choice, assess_route
from banjia.facts.profile import Profile
from banjia.law.cases import expectation
from banjia.law.corpus import load as load_law
from banjia.routes.catalogue import load as load_routes
from tests.assess.judge import faults

CASES = [case for built in load_law().packs for file in built.pack.files for case in file.cases]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_case_of_a_statute_holds(case):
    answer = assess_route(
        Profile.read(case.facts),
        on=case.on,
        law=load_law(),
        routes=load_routes(),
        today=date(2026, 11, 23),
        choices=[Choice(k, v) for k, v in case.readings.items()],
        listed=tuple(
            built.pack.id for built in load_law().packs if any(f.cases and case in f.cases for f in built.pack.files)
        ),
    )
    assert faults(answer, expectation(case)) == [], case.where
