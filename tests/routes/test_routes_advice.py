"""Advice ranks what is allowed, says what is lost, and claims nothing that nobody measured."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.routes import catalogue, price, successor
from banjia.routes.advice.advise import advise
from banjia.routes.advice.use import Allowed, Use
from banjia.routes.price import Money, Volume

ROUTES = catalogue.load(plugins=False)
DAY = date(2026, 11, 23)
SITES = {
    "cn_mainland": ["cn_mainland"],
    "mixed": ["cn_mainland", "intl"],
    "overseas": ["overseas"],
    "self_hosted": ["self"],
}
WAYS = tuple(Allowed(p.id, s, "permitted", f"{p.id}@{s}") for p in ROUTES.providers.values() for s in SITES[p.side])
VOLUME = Volume(requests=100_000, input_tokens=80_000_000, output_tokens=20_000_000)
PRICED = [(p.id, o, r) for p in ROUTES.providers.values() for o in price.offers(p.id) for r in o.rows]


def advice(use, ways=WAYS, **options):
    return advise(use, ways, routes=ROUTES, on=DAY, **options)


CHAT = Use(models=("gpt-4o-mini",), tools=True, json_schema=True, streams=True, volume=VOLUME)


def test_only_allowed_ways_are_ranked():
    ways = (
        Allowed("deepseek", "cn_mainland", "permitted"),
        Allowed("openai", "overseas", "prohibited", "openai@overseas", "route = x"),
    )
    found = advice(CHAT, ways)
    assert {"deepseek"} == {o.way.provider for o in found.options}
    assert ["openai"] == [w.provider for w in found.closed]


def test_a_model_whose_context_is_not_known_ranks_behind_those_that_are_known_to_be_long_enough():
    found = advice(Use(models=("gpt-4o",), longest_input=200_000, volume=VOLUME))
    open_questions = [bool(o.trial.unknown) for o in found.options if o.old == "gpt-4o"]
    assert open_questions == sorted(open_questions)
    assert set(open_questions) == {False, True}
    longest = advice(Use(models=("gpt-4o",), longest_input=50_000_000, volume=VOLUME)).options
    assert all(o.trial.unknown for o in longest)
    assert "50,000,000" in longest[0].trial.unknown[0].en
    assert "50,000,000" in longest[0].trial.unknown[0].zh


def test_a_better_verdict_ranks_before_a_better_price():
    ways = (Allowed("zhipu", "cn_mainland", "doubtful"), Allowed("alibaba_bailian", "cn_mainland", "conditional"))
    assert "alibaba_bailian" == advice(CHAT, ways).options[0].way.provider


def test_what_is_emulated_ranks_after_what_is_kept():
    options = advice(CHAT).options
    kinds = [bool(o.trial.emulated) for o in options]
    assert kinds == sorted(kinds)


def test_a_price_from_memory_or_none_never_wins_against_a_firm_one():
    options = [o for o in advice(CHAT).options if not o.trial.emulated and not o.trial.lost]
    firm = [o.cost.is_firm for o in options]
    assert firm == sorted(firm, reverse=True)
    assert True in firm
    assert False in firm


def test_quality_reads_not_measured():
    assert {"not measured"} == {o.to_json()["quality"]["en"] for o in advice(CHAT).options}


def test_no_filing_number_is_called_confirmed():
    assert {False} == {o.to_json()["filing"]["confirmed"] for o in advice(CHAT).options}


def test_ended_models_are_not_offered():
    assert not [o for o in advice(Use(models=("gpt-4o",))).options if o.life.state in ("retired", "not-offered")]


def test_lost_images_make_a_model_unfit():
    found = advice(Use(models=("gpt-4o",), images=True))
    assert "deepseek-v4-pro" not in {o.model for o in found.options}
    assert all(not o.trial.lost for o in found.options)


def test_vectors_are_always_rebuilt_and_the_width_is_compared():
    found = advice(Use(models=("text-embedding-ada-002",), widths={"text-embedding-ada-002": 1536}))
    by_model = {o.model: o for o in found.options}
    assert all("rebuilt" in o.trial.lost[0].en for o in found.options)
    assert ["the column stays 1536 wide"] == [t.en for t in by_model["text-embedding-v4"].trial.kept]
    assert "no width 1536" in by_model["embedding-3"].trial.lost[1].en


def test_when_nothing_fits_it_is_said_with_the_lever():
    found = advice(CHAT, (Allowed("openai", "overseas", "prohibited", "openai@overseas", "actor.establishment = SG"),))
    assert found.nothing_fits
    assert "actor.establishment = SG" in found.say().en


def test_a_model_nobody_knows_is_named():
    assert ("my-own-model",) == advice(Use(models=("my-own-model",))).unknown


def test_a_model_that_did_not_think_is_tried_with_thinking_off():
    option = next(o for o in advice(CHAT).options if o.model == "deepseek-flash")
    assert not any("thinks" in t.en for t in option.trial.changed)


@pytest.mark.parametrize(("provider", "offer", "row"), PRICED, ids=lambda x: getattr(x, "model", getattr(x, "site", x)))
def test_a_priced_model_is_in_the_providers_file(provider, offer, row):
    found = ROUTES.by_id(provider)
    assert found.find(row.model), row.model
    for source in row.src:
        assert source in ROUTES.sources or source.startswith("http")
    assert row.as_of


def test_a_bill_is_the_price_times_the_tokens():
    quote = price.quote("deepseek", "deepseek-flash", "cn_mainland")
    cost = price.monthly(quote, Volume(input_tokens=2_000_000, output_tokens=1_000_000), on=DAY)
    assert 2 * quote.row.tokens.input + quote.row.tokens.output == pytest.approx(cost.amount)


def test_a_tier_counts_for_the_whole_request():
    quote = price.quote("openai", "gpt-5.4", "overseas")
    short = price.monthly(quote, Volume(1, 272_000, 0), on=DAY, currency="USD")
    long = price.monthly(quote, Volume(1, 272_001, 0), on=DAY, currency="USD")
    assert (0.272 * 2.5, 0.272001 * 5) == (pytest.approx(short.amount), pytest.approx(long.amount))


def test_money_is_converted_at_the_rate_that_is_given():
    rate = Money(usd_cny=8, sure="run", as_of=DAY, stale_after_days=60, blend=price.money().blend)
    quote = price.quote("openai", "gpt-4o-mini", "overseas")
    volume = Volume(1, 1_000_000, 0)
    dollars = price.monthly(quote, volume, on=DAY, currency="USD", rate=rate)
    yuan = price.monthly(quote, volume, on=DAY, currency="CNY", rate=rate)
    assert 8 * dollars.amount == pytest.approx(yuan.amount)


@pytest.mark.parametrize(
    ("as_of", "stale"),
    [
        ("2026-11-01", False),
        ("2026-10", False),
        ("2026-08", True),
        ("2026-09-24", False),
        ("2026-09-23", True),
        ("2025", True),
        ("", True),
    ],
)
def test_a_price_over_60_days_old_is_stale(as_of, stale):
    assert stale == price.stale(as_of, DAY)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(PRICED))
def test_a_larger_volume_is_never_cheaper(tokens, more, priced):
    _, offer, row = priced
    quote = price.Quote(offer, row)
    small = price.monthly(quote, Volume(10**6, tokens, tokens), on=DAY).amount
    large = price.monthly(quote, Volume(10**6, tokens, tokens + more), on=DAY).amount
    assert (small is None) == (large is None)
    assert small is None or row.tiers or small <= large


def test_candidates_are_models_that_the_catalogue_knows():
    for stand in successor.load().successors:
        assert stand.work in successor.load().work
        for c in successor.candidates(stand):
            assert ROUTES.by_id(c.provider).find(c.model), c


def test_a_dated_id_falls_back_to_its_family():
    assert "embedding" == successor.of("text-embedding-ada-002").work
    assert successor.of("gpt-4o-2024-11-20").names == successor.of("gpt-4o").names
    assert "gpt-4.1" in successor.of("gpt-4.1-2025-04-14").names
    assert successor.of("nothing-of-ours") is None
