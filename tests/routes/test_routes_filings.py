"""The register is carried whole, searched, and never says more than it prints."""

from datetime import date

import pytest

from banjia.routes import catalogue, filings

REGISTER = filings.load()
ROUTES = catalogue.load(plugins=False)


def test_the_register_is_carried_as_far_as_it_was_read():
    counted = {e.register: e.rows for e in REGISTER.about.coverage}
    assert counted == {k: len(REGISTER.search(register=k)) for k in counted}


def test_no_number_stands_twice():
    assert len(REGISTER.rows) == len(REGISTER.by_number)


def test_sequence_numbers_of_filed_services_have_no_gap():
    assert list(range(1, 1106)) == [r.seq for r in REGISTER.search(register="filed")]


def test_every_number_has_its_registers_form_but_the_one_cut_off_in_print():
    odd = [r for r in REGISTER.rows if REGISTER.kind_of(r.number) != {"on-device": "filed"}.get(r.register, r.register)]
    assert [("registered", 286)] == [(r.register, r.seq) for r in odd]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("Beijing-DeepseekChat-202404280016", "filed"),
        ("Shanghai-TongYi-20250512S0081", "registered"),
        ("网信算备330110507206401230035号", "algorithm"),
        ("Beijing-202404280016", None),
        ("something", None),
    ],
)
def test_a_number_shows_its_register_by_its_form(number, kind):
    assert kind == REGISTER.kind_of(number)


def test_search_finds_by_name_entity_and_number_alike():
    for text in ("DeepSeekChat", "深度求索", "beijing-deepseekchat"):
        assert 152 in [r.seq for r in REGISTER.search(text, register="filed")]


def test_search_narrows_by_place_and_time():
    all_ = REGISTER.search(place="上海市", register="filed")
    early = REGISTER.search(place="上海市", register="filed", until=date(2023, 12, 31))
    assert 0 < len(early) < len(all_)
    assert {"上海市"} == {r.place for r in all_}


@pytest.mark.parametrize("name", ["OpenAI", "Claude", "Gemini"])
def test_foreign_models_have_no_row(name):
    assert not [r for r in REGISTER.search(name, register="filed") if name.casefold() == r.name.casefold()]


@pytest.mark.parametrize(
    ("on", "filed"), [("2024-03-31", 117), ("2024-12-31", 302), ("2025-12-31", 748), ("2026-11-23", 1105)]
)
def test_counts_over_time_are_the_published_ones(on, filed):
    assert filed == REGISTER.counts(date.fromisoformat(on)).filed


def test_before_the_first_count_nothing_is_claimed():
    assert REGISTER.counts(date(2023, 1, 1)) is None


def test_months_add_up_to_the_rows():
    assert 1105 == REGISTER.by_month("filed")[-1][2]


@pytest.mark.parametrize(
    ("provider", "model", "reading", "number"),
    [
        ("alibaba_bailian", "qwen3.8-max", "stated", "ZheJiang-TongYiQianWen-20230901"),
        ("deepseek", "deepseek-flash", "possible", "Beijing-DeepseekChat-202404280016"),
        ("iflytek_spark", "4.0Ultra", "named", "Anhui-XingHuoRenZhiDaMoXing-20230823"),
        ("siliconflow", "zai-org/GLM-5.2", "possible", "Beijing-ChatGLM-20230821"),
        ("volcengine_ark", "doubao-seed-2-1-lite-260915", "likely", "Beijing-YunQue-20230821"),
    ],
)
def test_coverage_is_a_reading_with_its_certainty_and_never_confirmed(provider, model, reading, number):
    found = filings.coverage(ROUTES.by_id(provider), model)
    assert (reading, number) == (found.reading, found.rows[0].number)
    assert found.confirmed is False


@pytest.mark.parametrize(("provider", "model"), [("openai", "gpt-4o"), ("self_hosted", "x"), ("zhipu", "embedding-3")])
def test_where_no_row_fits_none_is_offered(provider, model):
    found = filings.coverage(ROUTES.by_id(provider), model)
    assert ("none", ()) == (found.reading, found.rows)


def test_cancelled_algorithms_are_marked():
    assert 6 == sum(r.is_cancelled for r in REGISTER.rows)
    assert not any(r.is_cancelled for r in REGISTER.search(cancelled=False))
