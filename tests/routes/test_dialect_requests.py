"""Requests in OpenAI's words become requests that the vendor takes; what is lost is said."""

import copy
import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjia.errors import RouteError
from banjia.routes import catalogue
from banjia.routes.dialect import parameter, path, schema, wire
from banjia.routes.dialect.draft import Draft
from banjia.routes.dialect.operation import (
    Clamp,
    Default,
    Drop,
    Fix,
    FlattenParts,
    MapValue,
    MergeSystem,
    RequestOp,
    RoleRewrite,
    Scale,
    SchemaRewrite,
    StripField,
)
from banjia.routes.dialect.translator import OPERATIONS, apply
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


def draft(request, thinking=False):
    return Draft(request=dict(request), provider=provider("deepseek"), model=None, operation="chat", thinking=thinking)


def applied(op, request):
    work = draft(request)
    apply(op, work)
    return work


NUMBERS = st.floats(-10, 10, allow_nan=False).map(lambda x: round(x, 3))
ROLES = st.sampled_from(["system", "developer", "user", "assistant"])
TEXTS = st.text(alphabet="ab json", max_size=12)
PARTS = st.one_of(
    st.builds(lambda t: {"type": "text", "text": t}, TEXTS),
    st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}),
)
MESSAGES = st.lists(
    st.one_of(
        st.builds(lambda r, t: {"role": r, "content": t}, ROLES, TEXTS),
        st.builds(lambda r, t: {"role": r, "content": t, "name": "n"}, ROLES, TEXTS),
        st.builds(lambda p: {"role": "user", "content": p}, st.lists(PARTS, max_size=3)),
    ),
    min_size=1,
    max_size=5,
)
TOOL = {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object"}}}
REQUESTS = st.builds(
    lambda messages, more: {"model": "m", "messages": messages, **more},
    MESSAGES,
    st.fixed_dictionaries(
        {},
        optional={
            "temperature": st.one_of(st.integers(0, 2), st.floats(0, 2)),
            "top_p": st.floats(0, 1),
            "n": st.integers(1, 5),
            "max_tokens": st.integers(1, 9000),
            "max_completion_tokens": st.integers(1, 9000),
            "frequency_penalty": st.floats(-2, 2),
            "presence_penalty": st.floats(-2, 2),
            "logit_bias": st.just({"1": 5}),
            "logprobs": st.booleans(),
            "seed": st.integers(),
            "stop": st.one_of(TEXTS, st.lists(TEXTS, max_size=4)),
            "stream": st.booleans(),
            "stream_options": st.just({"include_usage": True}),
            "response_format": st.sampled_from(
                [
                    {"type": "text"},
                    {"type": "json_object"},
                    {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}},
                ]
            ),
            "tools": st.just([TOOL]),
            "tool_choice": st.sampled_from(
                ["none", "auto", "required", {"type": "function", "function": {"name": "f"}}]
            ),
            "parallel_tool_calls": st.booleans(),
            "reasoning_effort": st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh", "odd"]),
            "user": TEXTS,
            "service_tier": st.just("auto"),
        },
    ),
)


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


@given(NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.booleans())
def test_clamp_ends_inside_the_range(value, low, width, min_open, max_open):
    op = Clamp(field="x", min=low, max=low + abs(width) + 1, min_open=min_open, max_open=max_open)
    result = parameter.within(op, value)
    assert op.min < result if min_open else op.min <= result
    assert result < op.max if max_open else result <= op.max


@given(NUMBERS)
def test_clamp_leaves_what_fits(value):
    op = Clamp(field="x", min=-10, max=10)
    work = applied(op, {"x": value})
    assert {"x": value} == work.request
    assert not work.warnings


@given(NUMBERS)
def test_clamp_twice_is_clamp_once(value):
    op = Clamp(field="x", min=0, max=1, min_open=True)
    once = applied(op, {"x": value}).request
    assert once == applied(op, once).request


@pytest.mark.parametrize("value", [None, "0.5", True, math.nan, math.inf])
def test_clamp_does_not_touch_what_is_no_number(value):
    work = applied(Clamp(field="x", min=0, max=1), {"x": value})
    assert value is work.request["x"]


def test_clamp_keeps_an_integer_an_integer():
    assert isinstance(applied(Clamp(field="x", min=1, max=6), {"x": 9}).request["x"], int)


@given(st.floats(0, 2))
def test_scale_ends_in_the_target_and_keeps_order(value):
    op = Scale(field="x", source=(0, 2), target=(0, 1))
    result = applied(op, {"x": value}).request["x"]
    assert 0 <= result <= 1
    assert result <= applied(op, {"x": 2}).request["x"]


@given(MESSAGES)
def test_merging_system_messages_twice_is_once_and_loses_no_other_message(messages):
    for position in ("head", "first-user"):
        op = MergeSystem(position=position)
        once = applied(op, {"messages": messages}).request
        assert once == applied(op, once).request
        roles = [m["role"] for m in once["messages"]]
        assert roles.count("system") <= (1 if position == "head" else 0)
        others = [m for m in messages if m["role"] == "assistant"]
        assert others == [m for m in once["messages"] if m["role"] == "assistant"]


@given(MESSAGES)
def test_roles_are_rewritten_and_nothing_else(messages):
    new = applied(RoleRewrite(map={"developer": "system"}), {"messages": messages}).request["messages"]
    assert [m["content"] for m in messages] == [m["content"] for m in new]
    assert "developer" not in [m["role"] for m in new]


@given(MESSAGES)
def test_stripping_a_field_leaves_the_rest_shared(messages):
    new = applied(StripField(fields=("messages[].name",)), {"messages": messages}).request["messages"]
    assert all("name" not in m for m in new)
    for before, after in zip(messages, new, strict=True):
        assert before is after or "name" in before


def test_flattening_takes_text_parts_only():
    text = {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    image = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}
    new = applied(FlattenParts(), {"messages": [text, image]}).request["messages"]
    assert ["a\nb", image["content"]] == [m["content"] for m in new]


def test_small_operations_do_what_their_names_say():
    assert {"b": 1} == wire.prepare(provider("xai"), "m", "chat", {"b": 1}).request
    assert {"x": 1} == applied(Fix(field="x", value=1), {"x": 0.2}).request
    assert {} == applied(Fix(field="x", value=1), {}).request
    assert {"x": 0.7} == applied(Default(field="x", value=1), {"x": 0.7}).request
    assert {"x": 1} == applied(Default(field="x", value=1), {}).request
    assert {"x": ["a"]} == applied(MapValue(field="x", wrap=True), {"x": "a"}).request
    assert not applied(Drop(field="x", same_as_absent=(0,)), {"x": 0}).warnings
    assert applied(Drop(field="x", same_as_absent=(0,)), {"x": 1}).warnings


def test_every_operation_of_the_vocabulary_is_carried_out():
    assert set(RequestOp.__args__) == set(OPERATIONS)


DEFS = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/A"}, "title": {"type": "string"}},
    "$defs": {
        "A": {"type": "object", "properties": {"b": {"$ref": "#/$defs/B"}}},
        "B": {"type": "array", "items": {"$ref": "#/$defs/A"}},
    },
}


def test_inlined_definitions_leave_no_reference_even_where_they_are_recursive():
    new = schema.inlined(DEFS)
    assert "$ref" not in str(new)
    assert "$defs" not in new
    assert "object" == path.get(new, "properties.a.type")


def test_a_property_called_like_a_keyword_survives():
    op = SchemaRewrite(unsupported=("title",))
    assert "title" in schema.rewritten(DEFS, op)["properties"]


@pytest.mark.parametrize(
    ("name", "model", "effort", "field", "value"),
    [
        ("deepseek", "deepseek-flash", "none", "thinking", {"type": "disabled"}),
        ("deepseek", "deepseek-flash", "medium", "reasoning_effort", "high"),
        ("zhipu", "glm-5.3", "xhigh", "reasoning_effort", "max"),
        ("zhipu", "glm-4.7", "low", "thinking", {"type": "enabled"}),
        ("moonshot", "kimi-k3", "none", "reasoning_effort", "low"),
        ("volcengine_ark", "doubao-seed-2-1-lite-260915", "minimal", "reasoning_effort", "minimal"),
        ("vllm", "qwen", "none", "chat_template_kwargs", {"enable_thinking": False}),
    ],
)
def test_effort_words_are_said_as_the_vendor_says_them(name, model, effort, field, value):
    prepared = wire.prepare(provider(name), model, "chat", {"messages": [], "reasoning_effort": effort})
    assert value == prepared.request[field]


@pytest.mark.parametrize("model", ["deepseek-flash", "deepseek-v4-pro"])
def test_thinking_is_switched_off_for_an_app_that_knew_none(model):
    prepared = wire.prepare(provider("deepseek"), model, "chat", {"messages": []}, thinking="off")
    assert {"type": "disabled"} == prepared.request["thinking"]


def test_where_thinking_cannot_stop_the_cap_is_raised_and_the_app_is_told():
    prepared = wire.prepare(provider("kimi"), "kimi-k3", "chat", {"messages": [], "max_tokens": 100}, thinking="off")
    assert 100 < prepared.request["max_completion_tokens"]
    assert {"reasoning_control"} == {w.op for w in prepared.warnings}


def test_what_the_caller_says_about_thinking_is_not_overruled():
    asked = {"messages": [], "thinking": {"type": "enabled"}}
    assert (
        asked["thinking"]
        == wire.prepare(provider("deepseek"), "deepseek-flash", "chat", asked, thinking="off").request["thinking"]
    )


def test_a_forced_tool_stops_thinking_at_deepseek_and_is_left_to_the_gateway_at_kimi():
    request = {"messages": [], "tools": [TOOL], "tool_choice": "required"}
    deepseek = wire.prepare(provider("deepseek"), "deepseek-flash", "chat", request)
    kimi = wire.prepare(provider("kimi"), "kimi-k3", "chat", request)
    assert ({"type": "disabled"}, "required") == (deepseek.request["thinking"], deepseek.request["tool_choice"])
    assert ("auto", "required") == (kimi.request["tool_choice"], kimi.plan.forced_tool)


def test_facts_per_model_beat_facts_per_provider():
    warm = {"messages": [], "temperature": 0.3}
    assert "temperature" not in wire.prepare(provider("kimi"), "kimi-k3", "chat", warm).request
    assert 0.3 == wire.prepare(provider("kimi"), "moonshot-v1-8k", "chat", warm).request["temperature"]


def test_an_override_takes_the_place_of_the_file_until_it_expires():
    raw = [
        {
            "reason": "probed",
            "until": date(2026, 12, 1),
            "request": [{"op": "clamp", "field": "temperature", "min": 0, "max": 1}],
        }
    ]
    warm = {"messages": [], "temperature": 2}
    held = wire.overrides(raw, where="routes[0].overrides", on=date(2026, 12, 1))
    assert 1 == wire.prepare(provider("kimi"), "kimi-k3", "chat", warm, held).request["temperature"]
    assert () == wire.overrides(raw, where="routes[0].overrides", on=date(2026, 12, 2))


@pytest.mark.parametrize(
    "raw", [{"until": date(2026, 12, 1)}, {"reason": " ", "until": date(2026, 12, 1)}, {"reason": "x"}]
)
def test_an_override_needs_a_reason_and_an_end(raw):
    with pytest.raises(RouteError, match=r"routes\[0\]\.overrides\[0\]"):
        wire.overrides([raw], where="routes[0].overrides", on=date(2026, 11, 1))


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


SCHEMA = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}


def without(*names, models=()):
    raw = {"reason": "probed", "until": date(2026, 12, 31), "without": list(names), "models": list(models)}
    return wire.overrides([raw], where="routes[0].overrides", on=date(2026, 12, 1))


def test_an_override_lifts_an_operation_by_its_name():
    asked = {"messages": [], "n": 3, "user": "u", "response_format": SCHEMA}
    lifted = wire.prepare(
        provider("deepseek"), "deepseek-v4-pro", "chat", asked, without("emulate_json_schema", "fanout")
    )
    assert (lifted.request["response_format"], lifted.request["n"]) == (SCHEMA, 3)
    assert lifted.plan.json_schema is None
    assert not [w for w in lifted.warnings if w.op in {"emulate_json_schema", "fanout"}]
    kept = wire.prepare(provider("deepseek"), "deepseek-v4-pro", "chat", asked)
    assert (kept.plan.json_schema, kept.plan.calls) == ("json_object", 3)


def test_an_override_lifts_whatever_acts_on_a_field():
    warm = {"messages": [], "temperature": 1.9, "top_p": 0.5}
    lifted = wire.prepare(provider("kimi"), "kimi-k3", "chat", warm, without("temperature")).request
    assert (lifted["temperature"], "top_p" in lifted) == (1.9, False)


def test_an_override_of_one_model_leaves_the_others_alone():
    held = without("temperature", models=["kimi-k3"])
    warm = {"messages": [], "temperature": 1.9}
    assert wire.prepare(provider("kimi"), "kimi-k3", "chat", warm, held).request["temperature"] == 1.9
    assert "temperature" not in wire.prepare(provider("kimi"), "kimi-k3.1-pro", "chat", warm, held).request


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


OFF = {
    "vllm": ("chat_template_kwargs", {"enable_thinking": False}),
    "sglang": ("chat_template_kwargs", {"enable_thinking": False}),
    "llamacpp": ("chat_template_kwargs", {"enable_thinking": False}),
    "ollama": ("reasoning_effort", "none"),
}


@pytest.mark.parametrize("engine", OFF)
@pytest.mark.parametrize(
    ("weights", "thinks"),
    [
        ("qwen3-8b", True), ("Qwen/Qwen3.6-27B", True), ("zai-org/GLM-4.7-Flash", True), ("moonshotai/Kimi-K2.6", True),
        ("Qwen/Qwen3-30B-A3B-Instruct-2507", False), ("Qwen/Qwen3-Coder-30B", False), ("llama-3.1-8b", False), ("served", False),
    ],
)  # fmt: skip
def test_weights_that_think_by_default_are_switched_off_on_every_engine(engine, weights, thinks):
    name, value = OFF[engine]
    asked = {"messages": [], "max_tokens": 9}
    quiet = wire.prepare(provider(engine), weights, "chat", asked, thinking="off").request
    assert quiet.get(name) == (value if thinks else None)
    assert name not in wire.prepare(provider(engine), weights, "chat", asked).request


@pytest.mark.parametrize("engine", OFF)
def test_an_effort_that_is_asked_for_reaches_the_engine(engine):
    name, _ = OFF[engine]
    wanted = "high" if engine == "ollama" else {"enable_thinking": True}
    asked = {"messages": [], "reasoning_effort": "high"}
    assert wire.prepare(provider(engine), "qwen3-8b", "chat", asked, thinking="off").request[name] == wanted
