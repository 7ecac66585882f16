"""Every worked case holds: outcome, verdict, duties, citations, and what is still missing."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from banjia.assess.assess import assess_route
from banjia.assess.judge import faults
from banjia.facts.profile import Profile
from banjia.law.corpus import load as load_law
from banjia.routes.catalogue import load as load_routes

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_worked_case_holds(case):
    answer = assess_route(
        Profile.read(case["facts"]), on=case["on"], law=load_law(), routes=load_routes(), today=date(2026, 11, 23)
    )
    assert faults(answer, case["expect"]) == []


def test_no_two_cases_share_an_id():
    ids = [case["id"] for case in CASES]
    assert len(ids) == len(set(ids)) >= 56
