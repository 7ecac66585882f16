"""Money: priced as the vendor bills, reserved before, settled after, refused when it is used up."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, completion, http, play, write

from banjia.errors import ConfigError
from banjia.gateway.budget import need_of, read_budget
from banjia.gateway.limit import Limits
from banjia.gateway.pricing import prices
from banjia.gateway.settings import check_settings
from banjia.routes.price import Tokens, money
from banjia.routes.tariff import NANO, of_tokens, read_amount, shown
from house import chat, config, house, open_cells, policy, route

PRICE = {"true-model": {"input": 2.0, "output": 8.0, "cached": 0.5, "currency": "CNY", "as_of": date(2026, 11, 1)}}
ON = date(2026, 11, 24)


def priced(tmp_path, **more):
    """A route of ours with a contract's prices, and the prices as the gateway reads them."""
    one = route("local", "http://127.0.0.1:9/v1", options={"prices": PRICE}, **more)
    return prices(config(tmp_path, [one]))


@given(
    st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["0.15", "2", "0.0375", "60"])
)
def test_a_cost_is_exact_to_a_billionth(read, written, cached, price):
    tariff = of_tokens(Tokens(input=float(price), output=4 * float(price), cached=0.0), "CNY", money(), listed_in="CNY")
    exact = (Fraction(price) * max(0, read - cached) + 4 * Fraction(price) * written) * NANO / 1_000_000
    assert exact <= tariff.cost(read, written, cached=cached) < exact + 1
    assert tariff.cost(read, written, cached=cached) <= tariff.most(read, written)


@given(st.integers(0, 10**15))
def test_an_amount_is_read_as_it_was_shown(nano):
    assert read_amount(shown(nano)) == nano


def test_the_dearer_rate_of_a_long_prompt_counts_for_the_whole_call(tmp_path):
    routes = [
        dataclasses.replace(route("q", "https://dashscope.aliyuncs.com/compatible-mode/v1"), provider="alibaba_bailian")
    ]
    tariff = prices(config(tmp_path, routes))("q", "qwen-plus", "CNY", money())
    assert tariff.cost(1_000_000, 0) == round(4.8 * NANO)
    assert tariff.cost(100_000, 0) == round(0.08 * NANO)
    assert tariff.cost(0, 1_000_000, thought=True) == 8 * NANO


def test_a_price_in_dollars_is_turned_into_the_budgets_currency_at_its_rate(tmp_path):
    budget, _ = read_budget({"currency": "CNY", "usd_cny": 7.0, "rate_on": ON}, None, where="a")
    routes = [dataclasses.replace(route("az", "https://acme.openai.azure.com"), provider="azure_openai")]
    tariff = prices(config(tmp_path, routes))("az", "gpt-4o", budget.currency, budget.rate)
    assert tariff.cost(1_000_000, 0) == round(2.5 * 7 * NANO)
    assert (tariff.listed_in, budget.rate.as_of) == ("USD", ON)


def test_own_weights_cost_nothing_by_the_token(tmp_path):
    tariff = prices(config(tmp_path, [route("local", "http://127.0.0.1:9/v1")]))("local", "any", "CNY", money())
    assert tariff.is_free


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"usd_cny": 7.1}, "budget.rate_on"),
        ({"rate_on": ON}, "without its rate"),
        ({"per_day": 0}, "budget.per_day"),
        ({"per_day": "ten"}, "budget.per_day"),
        ({"currency": "EUR"}, r"CNY \| USD"),
        ({"daily": 5}, "did you mean per_day"),
    ],
)
def test_a_wrong_budget_says_where(raw, said):
    with pytest.raises(ConfigError, match=said):
        read_budget(raw, None, where="apps[0]")


LIMITS = Limits(money_per_day=10 * NANO)


def test_a_call_reserves_what_it_asks_for(tmp_path):
    tariff = priced(tmp_path)("local", "true-model", "CNY", money())
    body = b'{"max_tokens": 1000, "n": 2, "messages": []}'
    need = need_of(body, "chat/completions", LIMITS, [tariff, None])
    assert need.tokens == len(body) // 3 + 16 + 2000
    assert need.money == tariff.most(need.tokens - 2000, 2000)


def test_a_call_that_does_not_say_how_long_reserves_little_of_a_small_budget(tmp_path):
    tariff = priced(tmp_path)("local", "true-model", "CNY", money())
    small = Limits(money_per_day=NANO // 1000)
    need = need_of(b"{}", "chat/completions", small, [tariff])
    assert need.money - tariff.most(16, 0) == NANO // 10000


def asked(tmp_path, upstream, *, budget, calls, **body):
    async def main():
        async with upstream as up:
            one = route("local", up.url, options={"prices": PRICE})
            async with house(tmp_path, [one], policy(open_cells("local")), options={"budget": budget}) as h:
                answers = [await h.post(body=chat(**body)) for _ in range(calls)]
                metrics = await h.get("/metrics")
            return answers, metrics.body.decode(), h.entries()

    return play(main())


def answering(usage):
    async def handler(seen, writer):
        await write(writer, http(completion(usage=usage)))

    return handler


def answer(read=1000, written=500, **more):
    return answering({"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written} | more)


def test_a_call_is_settled_at_its_price_and_told_in_metrics_and_ledger(tmp_path):
    kept = {"prompt_tokens_details": {"cached_tokens": 400}}
    [one], metrics, entries = asked(tmp_path, Scripted(answer(**kept)), budget={"per_day": 1}, calls=1)
    assert one.status == 200
    cost = (600 * 2 + 400 * 0.5 + 500 * 8) / 1e6
    assert f'banjia_cost_total{{app="helpdesk",route="local",model="true-model",currency="CNY"}} {cost:g}' in metrics
    assert f'banjia_budget_spent{{app="helpdesk",period="day",currency="CNY"}} {cost:g}' in metrics
    assert 'banjia_first_byte_seconds_count{app="helpdesk",route="local"} 1' in metrics
    [body] = [b for kind, b in entries if kind == "decision"]
    assert (body["more"]["cost"], body["more"]["currency"]) == (f"{cost:g}", "CNY")


def test_a_budget_that_is_used_up_is_refused_like_openais_quota(tmp_path):
    answers, _, _ = asked(tmp_path, Scripted(answer(0, 1000)), budget={"per_day": 0.02}, calls=4, max_tokens=1000)
    assert [a.status for a in answers] == [200, 200, 429, 429]
    assert (answers[2].error["type"], answers[2].error["code"]) == ("insufficient_quota", "insufficient_quota")
    assert answers[2].headers["x-should-retry"] == "false"
    assert "CNY 0.02" in answers[2].error["message"]
    assert "a lower max_tokens reserves less" in answers[2].error["message"]


def test_odd_details_of_the_usage_spoil_no_answer(tmp_path):
    odd = {"prompt_tokens_details": "none", "completion_tokens_details": [1], "prompt_cache_hit_tokens": "x"}
    [one], _, _ = asked(tmp_path, Scripted(answer(**odd)), budget={"per_day": 1}, calls=1)
    assert one.status == 200


def test_what_the_upstream_does_not_tell_counts_as_reserved(tmp_path):
    answers, metrics, _ = asked(tmp_path, Scripted(answering(None)), budget={"per_day": 1}, calls=1, max_tokens=1000)
    assert answers[0].status == 200
    spent = float(metrics.split('banjia_budget_spent{app="helpdesk",period="day",currency="CNY"} ')[1].split("\n")[0])
    assert spent >= 8 * 1000 / 1e6


def test_an_upstream_that_refuses_costs_nothing(tmp_path):
    async def busy(seen, writer):
        await write(writer, http({"error": {"message": "no"}}, status="500 Internal Server Error"))

    _, metrics, _ = asked(tmp_path, Scripted(busy), budget={"per_day": 1}, calls=1)
    assert 'banjia_budget_spent{app="helpdesk",period="day",currency="CNY"} 0\n' in metrics


def test_a_model_without_a_price_is_refused_at_the_config(tmp_path):
    one = dataclasses.replace(route("q", "https://api.deepseek.com/v1", models={"a": "none-such"}), provider="deepseek")
    conf = config(tmp_path, [one], options={"budget": {"per_day": 1}})
    with pytest.raises(ConfigError, match=r"no known price.*none-such.*write prices"):
        check_settings(conf, ON, prices(conf))


def test_parts_of_the_api_without_a_price_by_the_token_are_refused_under_a_budget(tmp_path):
    async def main():
        async with Scripted() as up:
            one = route("local", up.url, options={"prices": PRICE})
            apis = {"local": frozenset({"images"})}
            async with house(
                tmp_path, [one], policy(open_cells("local")), apis=apis, options={"budget": {"per_day": 1}}
            ) as h:
                return await h.post("/v1/images/generations", body={"prompt": "a cat"})

    assert play(main()).error["code"] == "unpriced"


def test_files_are_handed_on_within_the_limits_of_the_application(tmp_path):
    async def main():
        more = asyncio.Event()

        async def handler(seen, writer):
            await more.wait()
            await write(writer, http({}))

        async with Scripted(handler) as up:
            apis = {"local": frozenset({"files"})}
            one = route("local", up.url)
            async with house(
                tmp_path, [one], policy(open_cells("local")), apis=apis, options={"limits": {"in_flight": 1}}
            ) as h:
                first = asyncio.ensure_future(h.post("/v1/files", body=b"x"))
                await up.arrived.wait()
                second = await h.post("/v1/files", body=b"x")
                more.set()
                return (await first).status, second.status

    assert play(main()) == (200, 429)
