"""The shipped packs: what their files must hold, whatever the reader makes of them."""

from __future__ import annotations

from datetime import date

import pytest

from banjia.law.corpus import Corpus, load
from banjia.law.pack import Pack
from banjia.law.statute import StatuteFile

CORPUS: Corpus = load()
PACKS: tuple[Pack, ...] = tuple(built.pack for built in CORPUS.packs)
CHINA = next(pack for pack in PACKS if pack.id == "cn")
TERMS = next(pack for pack in PACKS if pack.id == "provider_policy")
EVERY_FILE = [pytest.param(pack, file, id=file.statute.id) for pack in PACKS for file in pack.files]


def test_the_packs_of_every_jurisdiction_are_shipped() -> None:
    assert {pack.id for pack in PACKS} >= {"cn", "provider_policy", "eu", "us_dsp", "hk", "kr", "vn"}


def test_the_china_pack_holds_every_instrument() -> None:
    held = {file.statute.id for file in CHINA.files}
    wanted = [
        "genai-measures", "algorithm-provisions", "deep-synthesis", "public-opinion-assessment",
        "labelling-measures", "gb-45438-2025", "pipl", "dsl", "csl-2016", "csl-2025", "ndsr",
        "export-assessment", "standard-contract", "cbdf", "export-certification", "pi-audit",
        "risk-assessment-2026", "gbt-45574-2025", "tc260-003", "gbt-45654-2025", "intl-networking",
        "intl-networking-impl", "telecom-regulations", "miit-2017-32", "anthropomorphic-measures",
        "nfra-ai-2026", "ai-ethics-2026", "agents-2026", "incident-reporting-2025", "minors-regulations",
        "gov-llm-2025", "face-recognition-2025", "cac-qa-2025-04", "cac-qa-2025-05", "cac-qa-2025-10",
        "cac-qa-2026-03", "export-filing-guides", "cac-notices", "icp-measures", "cii-regulations",
        "aucl-2025", "penalties-law", "civil-code",
    ]  # fmt: skip
    assert len(wanted) == 43
    assert set(wanted) <= held


@pytest.mark.parametrize(("pack", "file"), EVERY_FILE)
def test_every_provision_speaks_both_languages(pack: Pack, file: StatuteFile) -> None:
    statute = file.statute
    assert statute.title.zh != statute.title.en
    assert statute.provisions, f"{pack.id}/{statute.id} says nothing"
    for provision in statute.provisions:
        assert provision.text.zh, provision.id
        assert provision.text.en, provision.id
        assert provision.text.zh != provision.text.en, provision.id


@pytest.mark.parametrize(("pack", "file"), EVERY_FILE)
def test_every_statute_says_where_and_when_it_was_read(pack: Pack, file: StatuteFile) -> None:
    statute = file.statute
    assert statute.sources, f"{pack.id}/{statute.id}"
    assert statute.read == date(2026, 11, 23)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_citation_names_a_place_the_packs_hold(pack: Pack) -> None:
    for file in pack.files:
        clauses = (file.rules, file.duties, file.definitions, file.readings)
        places = [(cite, clause.where) for group in clauses for clause in group for cite in clause.cites]
        for cite, where in places:
            assert CORPUS.library.cite(cite, date(2026, 11, 23)).text.en, f"{where}: {cite}"


def test_no_outcome_is_called_lawful() -> None:
    for pack in PACKS:
        for axis in pack.axes:
            for outcome in axis.outcomes:
                assert "lawful" not in outcome.text.en.replace("unlawful", ""), f"{axis.id} {outcome.id}"
                assert "合法" not in outcome.text.zh.replace("不合法", ""), f"{axis.id} {outcome.id}"


def test_the_old_cybersecurity_law_ends_where_the_new_one_begins() -> None:
    old = CORPUS.library.statute("csl-2016")
    new = CORPUS.library.statute("csl-2025")
    assert (old.until, new.since) == (date(2025, 12, 31), date(2026, 1, 1))


def test_an_amended_article_is_cited_as_it_stood_on_the_day() -> None:
    before = CORPUS.library.cite("intl-networking art. 6", date(2024, 4, 30))
    after = CORPUS.library.cite("intl-networking art. 6", date(2024, 5, 1))
    assert before.text != after.text


def test_mainland_hong_kong_and_macau_were_never_on_the_list_of_openai() -> None:
    rules = next(built for built in CORPUS.packs if built.pack.id == "provider_policy").base
    for day in (date(2024, 7, 9), date(2026, 11, 23)):
        listed = rules.on(day).lists["openai_api"]
        assert len(listed) == 188
        assert not listed & {"CN", "HK", "MO", "RU"}


def test_every_claim_of_the_first_article_has_a_case_with_its_reason() -> None:
    cases = [case for pack in (CHINA, TERMS) for file in pack.files for case in file.cases]
    first = [case for case in cases if case.id.startswith("article-2024-")]
    assert len(first) >= 24
    assert all("article of June 2024" in case.source for case in first)


def test_thirty_cases_rest_on_official_answers_or_published_decisions() -> None:
    cases = [case for pack in PACKS for file in pack.files for case in file.cases]
    sourced = [case for case in cases if case.source and not case.id.startswith("article-2024-")]
    assert len(sourced) >= 30


def test_contested_points_name_both_readings_and_only_one_default() -> None:
    readings = {reading.id: reading for pack in PACKS for file in pack.files for reading in file.readings}
    strict = {
        "pseudonymised-tally": "counts",
        "exempt-flows-tally": "counted",
        "resident-id-number": "sensitive",
        "external-model": "origin",
        "unfiled-foreign-model": "barred",
    }
    assert {name: readings[name].default for name in strict} == strict
    assert {"azure-promotion-or-region-file", "retirement-date"} <= set(readings)


def test_every_row_of_the_export_table_is_carried_by_a_rule() -> None:
    rows = {rule.row for file in CHINA.files for rule in file.rules if rule.axis == "export"}
    assert rows >= {"X1", "X2", "X3", "X4", "X5", "X5b", "X6", "X7", "X8", "X9", "X10", "X11", "X12"}
    assert rows >= {"L1", "L2", "L3", "L4", "L5", "L6", "L7"}
