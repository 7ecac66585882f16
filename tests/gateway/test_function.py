"""Applications of the time before tools keep their functions on providers that only know tools."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, write
from test_dialect import through

from banjia.gateway.function import as_function, with_tools
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from house import chat, house, open_cells, policy, route

FIND = {"name": "find", "description": "d", "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}}
CALL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"q": 1}'}}
HISTORY = [
    {"role": "user", "content": "q"},
    {"role": "assistant", "content": None, "function_call": {"name": "find", "arguments": "{}"}},
    {"role": "function", "name": "find", "content": "7"},
]


async def calls(seen, writer):
    if seen.json.get("stream"):
        first = {**CALL, "function": {"name": "find", "arguments": ""}}
        events = [piece({"role": "assistant", "content": None, "tool_calls": [first]})]
        events += [piece({"tool_calls": [{"index": 0, "function": {"arguments": a}}]}) for a in ('{"q"', ": 1}")]
        raw = b"".join(map(event, [*events, piece({}, "tool_calls")])) + event("[DONE]")
        await write(writer, SSE_HEAD + chunk(raw) + b"0\r\n\r\n")
    else:
        answer = completion("")
        said = {"role": "assistant", "content": None, "tool_calls": [CALL]}
        answer["choices"][0] = {"index": 0, "message": said, "finish_reason": "tool_calls"}
        await write(writer, http(answer))


def ask(tmp_path, **more):
    async def main():
        async with Scripted(calls) as upstream:
            async with house(tmp_path, [route("r", upstream.url)], policy(open_cells("r"))) as h:
                answer = await h.post(body=chat(**more))
            return answer, [s.json for s in upstream.seen]

    return play(main())


@pytest.mark.parametrize(
    ("choice", "sent"),
    [("auto", "auto"), ("none", "none"), ({"name": "find"}, {"type": "function", "function": {"name": "find"}})],
)
def test_functions_go_out_as_tools_and_the_call_comes_back_as_a_function(tmp_path, choice, sent):
    answer, seen = ask(tmp_path, functions=[FIND], function_call=choice, messages=HISTORY)
    assert seen[0]["tools"] == [{"type": "function", "function": FIND}]
    assert (seen[0]["tool_choice"], seen[0]["parallel_tool_calls"]) == (sent, False)
    assert {"functions", "function_call"}.isdisjoint(seen[0])
    assert seen[0]["messages"][1]["tool_calls"][0]["id"] == seen[0]["messages"][2]["tool_call_id"]
    assert seen[0]["messages"][2]["role"] == "tool"
    choice_ = answer.json["choices"][0]
    assert choice_["message"]["function_call"] == {"name": "find", "arguments": '{"q": 1}'}
    assert "tool_calls" not in choice_["message"]
    assert choice_["finish_reason"] == "function_call"


def test_a_stream_of_a_call_comes_back_in_pieces_of_a_function(tmp_path):
    answer, _ = ask(tmp_path, functions=[FIND], stream=True)
    deltas = [e["choices"][0]["delta"].get("function_call") or {} for e in answer.events[:-1]]
    assert [d["name"] for d in deltas if "name" in d] == ["find"]
    assert json.loads("".join(d.get("arguments", "") for d in deltas)) == {"q": 1}
    assert answer.events[-2]["choices"][0]["finish_reason"] == "function_call"
    assert answer.events[-1] == "[DONE]"


def test_functions_and_tools_together_are_refused(tmp_path):
    answer, seen = ask(tmp_path, functions=[FIND], tools=[{"type": "function", "function": FIND}])
    assert (400, "functions", []) == (answer.status, answer.error["param"], seen)


def test_words_about_functions_change_nothing(tmp_path):
    said = [{"role": "user", "content": 'what is "function_call" and "functions"?'}]
    answer, seen = ask(tmp_path, messages=said)
    assert "tools" not in seen[0]
    assert "tool_calls" in answer.json["choices"][0]["message"]


@pytest.mark.parametrize("provider", ["deepseek", "zhipu", "minimax"])
def test_the_old_form_works_over_dialects(tmp_path, provider):
    async def use(client):
        asked = {"model": "gpt-4o", "functions": [FIND], "function_call": {"name": "find"}}
        return await client.chat.completions.create(messages=[{"role": "user", "content": "use the tool"}], **asked)

    answer = through(tmp_path, provider, use)
    assert answer.choices[0].message.function_call.name == "find"


TEXT = st.text(max_size=4)
TURNS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"role": st.just("user"), "content": TEXT}),
        st.fixed_dictionaries(
            {
                "role": st.just("assistant"),
                "content": st.none(),
                "function_call": st.fixed_dictionaries({"name": TEXT, "arguments": st.just("{}")}),
            }
        ),
        st.fixed_dictionaries({"role": st.just("function"), "name": TEXT, "content": TEXT}),
    ),
    max_size=8,
)


@given(TURNS)
def test_every_result_stands_behind_a_call_of_its_own(turns):
    changed = with_tools({"messages": turns, "functions": [FIND]})["messages"]
    assert len(changed) == len(turns)
    known: set[str] = set()
    for message in changed:
        known |= {c["id"] for c in message.get("tool_calls") or []}
        if message["role"] == "tool":
            assert message["tool_call_id"] in known
            known.discard(message["tool_call_id"])
    assert all(m["role"] != "function" and "function_call" not in m for m in changed)


def test_an_answer_without_calls_stays_as_it_is():
    assert as_function(completion("hi")) == completion("hi")


OTHER = {"type": "function", "function": {"name": "other", "parameters": {"type": "object", "properties": {}}}}
FINDER = {"type": "function", "function": FIND}
ALLOWED = {"type": "function", "function": {"name": "find"}}


@pytest.mark.parametrize("mode", ["auto", "required"])
def test_of_allowed_tools_only_those_are_offered(tmp_path, mode):
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [ALLOWED]}}
    _, seen = ask(tmp_path, tools=[OTHER, FINDER], tool_choice=choice)
    assert ([FINDER], mode) == (seen[0]["tools"], seen[0]["tool_choice"])


def test_allowed_tools_that_are_not_there_are_refused(tmp_path):
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [ALLOWED]}}
    answer, seen = ask(tmp_path, tools=[OTHER], tool_choice=choice)
    assert (400, "tool_choice", []) == (answer.status, answer.error["param"], seen)


def test_the_responses_api_allows_tools_too(tmp_path):
    async def main():
        async with Scripted(calls) as upstream:
            async with house(tmp_path, [route("r", upstream.url)], policy(open_cells("r"))) as h:
                tools = [{"type": "function", **FIND}, {"type": "function", **OTHER["function"]}]
                choice = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "find"}]}
                body = {"model": "gpt-4o", "input": "x", "tools": tools, "tool_choice": choice}
                answer = await h.post("/v1/responses", body=body)
            return answer.status, upstream.seen[0].json

    status, seen = play(main())
    assert (200, ["find"], "required") == (status, [t["function"]["name"] for t in seen["tools"]], seen["tool_choice"])


def test_a_custom_tool_is_refused_by_its_place_where_the_provider_has_none():
    provider = load(plugins=False).by_id("deepseek")
    request = {"messages": [], "tools": [FINDER, {"type": "custom", "custom": {"name": "c"}}]}
    refusal = Translator(provider).prepare("deepseek-flash", request).refusal
    assert refusal is not None
    assert ("unsupported_parameter", "tools[1]") == (refusal.code, refusal.field)
    assert Translator(load(plugins=False).by_id("openai")).prepare("gpt-5.1", request).refusal is None
