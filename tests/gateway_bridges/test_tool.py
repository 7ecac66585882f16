"""Calls of tools by a model that takes none: asked for in words, read from the text, checked."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.gateway.emulate.tool import flattened, tool_set, with_tools
from banjia.gateway.refusal import Refusal
from banjia.gateway.whole import whole
from banjia.routes.catalogue import load
from banjia.routes.dialect.draft import Plan
from banjia.routes.dialect.translator import Translator

PARAMETERS = {"type": "object", "properties": {"city": {"$ref": "#/$defs/city"}}, "required": ["city"],
              "$defs": {"city": {"type": "string"}}}  # fmt: skip
TOOLS = [
    {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}},
    {"type": "function", "function": {"name": "clock"}},
]
USER = {"role": "user", "content": "the weather?"}
GOOD = {"tool_calls": [{"name": "weather", "arguments": {"city": "北京"}}]}


def says(content: str, finish: str = "stop") -> dict:
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    return {"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage}


def asked(*answers: dict, messages=(USER,), **more):
    seen: list[dict] = []

    async def ask(request):
        seen.append(request)
        return answers[min(len(seen), len(answers)) - 1]

    plan = Plan(tools=True, asked_tools={"tools": TOOLS, **more})
    return asyncio.run(whole({"model": "m", "messages": list(messages)}, plan, ask)), seen


@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", "I shall look:\n{}\nDone."])
def test_a_call_in_the_text_becomes_a_call(wrap):
    answer, seen = asked(says(wrap.replace("{}", json.dumps(GOOD))))
    choice = answer["choices"][0]
    function = choice["message"]["tool_calls"][0]["function"]
    assert (function["name"], json.loads(function["arguments"])) == ("weather", {"city": "北京"})
    assert (choice["finish_reason"], choice["message"]["content"]) == ("tool_calls", None)
    assert "weather" in seen[0]["messages"][0]["content"]
    assert "tools" not in seen[0]


def test_an_answer_without_a_call_stands_as_it_is():
    answer, seen = asked(says("It is sunny."))
    assert (answer["choices"][0]["message"]["content"], len(seen)) == ("It is sunny.", 1)


@pytest.mark.parametrize(
    "bad",
    [
        '{"tool_calls": [{"name": "weather", "arguments": {}}]}',
        '{"tool_calls": [{"name": "stocks", "arguments": {}}]}',
        '{"tool_calls": [',
    ],
)
def test_an_invalid_call_is_repaired_and_what_it_cost_is_counted(bad):
    answer, seen = asked(says(bad), says(json.dumps(GOOD)))
    assert answer["choices"][0]["message"]["tool_calls"]
    assert seen[1]["messages"][-2]["content"] == bad
    assert answer["usage"]["total_tokens"] == 10


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
def test_a_forced_tool_is_insisted_on_in_bounded_tries(choice):
    answer, _ = asked(says("no"), says(json.dumps(GOOD)), tool_choice=choice)
    assert answer["choices"][0]["message"]["tool_calls"]
    with pytest.raises(Refusal) as caught:
        asked(says("no"), tool_choice=choice)
    assert (caught.value.status, caught.value.code) == (502, "tool_not_called")


def test_a_named_tool_is_the_only_one_offered():
    _, seen = asked(says(json.dumps(GOOD)), tool_choice={"type": "function", "function": {"name": "weather"}})
    assert "clock" not in seen[0]["messages"][0]["content"]


def test_no_two_calls_where_one_is_allowed():
    twice = {"tool_calls": GOOD["tool_calls"] * 2}
    answer, seen = asked(says(json.dumps(twice)), says(json.dumps(GOOD)), parallel_tool_calls=False)
    assert (len(seen), len(answer["choices"][0]["message"]["tool_calls"])) == (2, 1)


def test_none_offers_nothing_and_an_unknown_name_is_the_callers_error():
    _, seen = asked(says("ok"), tool_choice="none")
    assert seen[0]["messages"] == [USER]
    with pytest.raises(Refusal) as caught:
        tool_set({"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "stocks"}}})
    assert (caught.value.status, caught.value.param) == (400, "tool_choice")


def test_a_schema_that_is_none_is_the_callers_error():
    wrong = [{"type": "function", "function": {"name": "f", "parameters": {"type": "nonsense"}}}]

    async def ask(request):
        raise AssertionError("nothing is asked")

    with pytest.raises(Refusal) as caught:
        asyncio.run(with_tools({"messages": [USER]}, {"tools": wrong}, ask))
    assert (caught.value.status, caught.value.param) == (400, "tools")


def test_a_cut_answer_stands_as_it_is():
    answer, seen = asked(says('{"tool_calls": [', "length"))
    assert (answer["choices"][0]["finish_reason"], len(seen)) == ("length", 1)


def test_the_note_joins_the_applications_own_instructions():
    _, seen = asked(says("ok"), messages=({"role": "system", "content": "Be kind."}, USER))
    roles = [m["role"] for m in seen[0]["messages"]]
    assert roles == ["system", "user"]
    assert seen[0]["messages"][0]["content"].startswith("Be kind.")


CALLS = st.lists(st.sampled_from(["weather", "clock"]), min_size=1, max_size=3)


@given(CALLS)
def test_a_tool_loop_reads_as_plain_turns(names):
    calls = [{"id": f"c{i}", "type": "function", "function": {"name": n, "arguments": "{}"}}
             for i, n in enumerate(names)]  # fmt: skip
    results = [{"role": "tool", "tool_call_id": f"c{i}", "content": f"r{i}"} for i in range(len(names))]
    flat = flattened([USER, {"role": "assistant", "content": None, "tool_calls": calls}, *results])
    assert [m["role"] for m in flat] == ["user", "assistant", "user"]
    assert [c["name"] for c in json.loads(flat[1]["content"])["tool_calls"]] == names
    assert flat[2]["content"] == "\n".join(f"Result of {n}: r{i}" for i, n in enumerate(names))


def test_a_model_without_tools_is_planned_with_those_asked_for():
    spark = Translator(load().by_id("iflytek_spark"))
    request = {"model": "lite", "messages": [USER], "tools": TOOLS, "tool_choice": "required"}
    prepared = spark.prepare("lite", request)
    assert prepared.plan.tools
    assert prepared.plan.asked_tools["tools"] == TOOLS
    assert prepared.loss == "hard"
    assert "tools" not in prepared.request
