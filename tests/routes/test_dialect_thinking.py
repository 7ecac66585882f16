"""Thinking is asked for, and switched off, in each vendor's words."""

import pytest
from asked_of_openai import TOOL

from banjia.routes import catalogue
from banjia.routes.dialect import wire

ROUTES = catalogue.load(plugins=False)


def provider(name):
    return ROUTES.by_id(name)


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
