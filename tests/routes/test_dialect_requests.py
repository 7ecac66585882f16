"""Requests in OpenAI's words become requests that the vendor takes; what is lost is said."""

import copy

import pytest
from asked_of_openai import REQUESTS, TOOL
from hypothesis import given, settings
from hypothesis import strategies as st

from banjia.routes import catalogue
from banjia.routes.dialect import wire
from banjia.routes.standin.acceptance import complaints

ROUTES = catalogue.load(plugins=False)
CHAT = [
    (p.id, m.id)
    for p in ROUTES.providers.values()
    if p.dialect.request
    for m in [next((m for m in p.models if m.kind == "chat" and not m.ends), None)]
    if m
] + [("deepseek", "deepseek-v4-pro"), ("moonshot", "kimi-k2.6"), ("zhipu", "glm-4.7"), ("iflytek_spark", "lite"),
     ("vllm", "any"), ("ollama", "any"), ("llamacpp", "any"), ("sglang", "any")]  # fmt: skip


def provider(name):
    return ROUTES.by_id(name)


@pytest.mark.parametrize(("name", "model"), CHAT)
def test_what_is_prepared_is_accepted_by_the_vendor(name, model):
    @settings(max_examples=40)
    @given(REQUESTS, st.sampled_from(["as-vendor", "off"]))
    def law(request, thinking):
        before = copy.deepcopy(request)
        prepared = wire.prepare(provider(name), model, "chat", request, thinking=thinking)
        assert before == request, "the caller's request was changed"
        if prepared.refusal is None:
            assert () == complaints(provider(name), model, prepared.request)

    law()


@pytest.mark.parametrize(("name", "model"), [c for c in CHAT if c[0] != "baichuan"])
def test_preparing_twice_changes_nothing_more(name, model):
    @settings(max_examples=25)
    @given(REQUESTS)
    def law(request):
        once = wire.prepare(provider(name), model, "chat", request)
        if once.refusal is None:
            twice = wire.prepare(provider(name), model, "chat", once.request)
            assert once.request == twice.request

    law()


@pytest.mark.parametrize(("name", "model"), CHAT)
def test_a_hard_loss_is_never_silent(name, model):
    request = {
        "model": "m", "messages": [{"role": "user", "content": "q"}], "n": 3, "tools": [TOOL],
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}, "tool_choice": "required",
    }  # fmt: skip
    prepared = wire.prepare(provider(name), model, "chat", request)
    told = {w.op for w in prepared.warnings if w.loss == "hard"}
    planned = {
        "fanout": prepared.plan.calls > 1,
        "emulate_json_schema": prepared.plan.json_schema is not None,
        "emulate_tools": prepared.plan.tools,
    }
    assert {op for op, is_planned in planned.items() if is_planned} <= told


def test_facts_per_model_beat_facts_per_provider():
    warm = {"messages": [], "temperature": 0.3}
    assert "temperature" not in wire.prepare(provider("kimi"), "kimi-k3", "chat", warm).request
    assert 0.3 == wire.prepare(provider("kimi"), "moonshot-v1-8k", "chat", warm).request["temperature"]


def test_bytes_pass_where_nothing_departs():
    assert not wire.needs_rewrite(provider("openai"), "gpt-4o")
    assert not wire.needs_rewrite(provider("self_hosted"), "anything")
    assert wire.needs_rewrite(provider("deepseek"), "deepseek-flash")


def test_a_request_without_a_touched_field_may_pass_as_bytes():
    openai = wire.translator(provider("openai"))
    assert openai.touches("gpt-5", {"messages": [], "max_tokens": 5})
    assert not openai.touches("gpt-5", {"messages": [], "stream": True})


def test_a_guess_from_memory_says_that_it_is_one():
    prepared = wire.prepare(provider("spark"), "lite", "chat", {"messages": [], "n": 2})
    assert [True] == [w.is_hypothesis for w in prepared.warnings if w.op == "fanout"]


def test_an_image_for_a_model_that_reads_text_is_refused_or_told():
    image = {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}
    assert wire.prepare(provider("deepseek"), "deepseek-v4-pro", "chat", image).refusal is not None
    assert "capability" in {w.op for w in wire.prepare(provider("dashscope"), "qwen3.7-max", "chat", image).warnings}


HOME = [(name, model) for name, model in CHAT if provider(name).side != "overseas" and name != "azure_21vianet"]


@pytest.mark.parametrize(("name", "model"), HOME)
def test_what_only_openai_does_is_not_sent_elsewhere_and_that_is_said(name, model):
    asked = {"messages": [{"role": "user", "content": "hi"}], "store": True, "prompt_cache_key": "k", "prediction": {}}
    prepared = wire.prepare(provider(name), model, "chat", asked)
    assert {"store", "prompt_cache_key", "prediction"}.isdisjoint(prepared.request)
    assert {"drop(store);loss=soft", "drop(prompt_cache_key);loss=soft"} <= {w.code for w in prepared.warnings}
    assert wire.translator(provider(name)).touches(model, asked)


@pytest.mark.parametrize("name", ["openai", "azure_openai"])
def test_openai_gets_what_is_its_own(name):
    asked = {"messages": [], "store": True, "web_search_options": {"search_context_size": "low"}}
    prepared = wire.prepare(provider(name), "gpt-5.1", "chat", asked)
    assert {"store", "web_search_options"} <= prepared.request.keys()


def test_a_search_of_openais_is_a_hard_loss_elsewhere():
    asked = {"messages": [], "web_search_options": {"search_context_size": "low"}}
    assert "hard" == wire.prepare(provider("deepseek"), "deepseek-flash", "chat", asked).loss


def test_what_a_vendors_file_knows_is_left_to_its_operations():
    asked = {"messages": [], "metadata": {"a": "b"}}
    assert {"a": "b"} == wire.prepare(provider("tencent"), "hy3", "chat", asked).request["metadata"]


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("https://api.sensenova.cn/compatible-mode/v1", "max_new_tokens"),
        ("https://api.sensenova.cn/compatible-mode/v2", "max_tokens"),
        ("https://token.sensenova.cn/v1", "max_tokens"),
        ("", "max_tokens"),
    ],
)
@pytest.mark.parametrize("asked", ["max_tokens", "max_completion_tokens"])
def test_the_base_that_is_called_decides_what_sensenova_calls_the_cap(base, name, asked):
    spoken = wire.translator(provider("sensenova"), base=base)
    request = spoken.prepare("sensenova-6.8-flash-lite", {"messages": [], asked: 7}).request
    assert {k: v for k, v in request.items() if k.startswith("max")} == {name: 7}
