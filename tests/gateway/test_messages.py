"""Anthropic's Messages API over chat completions: requests, answers, streams and errors in its own form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, stream, write

from banjia.gateway.messages.answer import error, message, usage_of
from banjia.gateway.messages.request import Wanted, to_chat
from banjia.gateway.messages.stream import MessageStream
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from house import KEY, cell, closed_cells, house, open_cells, policy, route

TOOL = {"name": "find", "description": "d", "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}}}
CALL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"q": "x"}'}}
DELTAS = {
    "text": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
    "tool_use": ("input_json_delta", "partial_json"),
}


async def talk(seen, writer):
    if seen.json.get("stream"):
        await write(writer, SSE_HEAD + chunk(stream("he", "llo", usage=True)) + b"0\r\n\r\n")
    else:
        await write(writer, http(completion("hello")))


def ask(tmp_path, body, handler=talk, cells=None, path="/v1/messages", provider="", **headers):
    async def main():
        spoken = {"r": Translator(load(plugins=False).by_id(provider))} if provider else {}
        async with Scripted(handler) as upstream:
            way = route("r", upstream.url)
            async with house(tmp_path, [way], policy(cells or open_cells("r")), translators=spoken) as h:
                given = {"authorization": None, "x_api_key": KEY, "anthropic_version": "2023-06-01"} | headers
                answer = await h.post(path, body=body, **given)
            return answer, [s.json for s in upstream.seen]

    return play(main())


def request(**more):
    return {"model": "gpt-4o", "max_tokens": 50, "messages": [{"role": "user", "content": "hi"}]} | more


def events_of(raw: bytes) -> list[dict]:
    found = []
    for block in raw.decode().split("\n\n")[:-1]:
        name, data = block.split("\n")
        found.append(json.loads(data[6:]))
        assert name == f"event: {found[-1]['type']}"
    return found


def gathered(events: list[dict]) -> dict:
    """The message that a client makes of its events, with the grammar checked on the way."""
    assert events[0]["type"] == "message_start"
    assert events[1]["type"] == "ping"
    whole, is_open = events[0]["message"], False
    for one in events[2:-2]:
        if one["type"] == "content_block_start":
            assert not is_open
            assert one["index"] == len(whole["content"])
            whole["content"].append({**one["content_block"]})
            is_open = True
        elif one["type"] == "content_block_delta":
            assert is_open
            block = whole["content"][one["index"]]
            kind, name = DELTAS[block["type"]]
            assert one["delta"]["type"] == kind
            place = "text" if name == "text" else name
            block[place] = block.get(place, "") + one["delta"][name]
        else:
            assert one["type"] == "content_block_stop"
            is_open = False
    assert not is_open
    assert [e["type"] for e in events[-2:]] == ["message_delta", "message_stop"]
    for block in whole["content"]:
        if block["type"] == "tool_use":
            block["input"] = json.loads(block.pop("partial_json", "{}"))
    return whole | events[-2]["delta"] | {"usage": events[-2]["usage"]}


def test_a_text_answer_in_anthropics_form(tmp_path):
    body = request(system="be brief", stop_sequences=["x"], temperature=0.5, metadata={"user_id": "u"})
    answer, seen = ask(tmp_path, body)
    said = answer.json
    assert (200, "message", "assistant", "true-model") == (answer.status, said["type"], said["role"], said["model"])
    assert said["content"] == [{"type": "text", "text": "hello"}]
    assert (said["stop_reason"], said["stop_sequence"]) == ("end_turn", None)
    assert (3, 2) == (said["usage"]["input_tokens"], said["usage"]["output_tokens"])
    assert seen[0] == {
        "model": "true-model",
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}],
        "max_completion_tokens": 50,
        "temperature": 0.5,
        "stop": ["x"],
        "user": "u",
    }
    assert answer.headers["x-banjia-route"] == "r"


def test_a_stream_follows_the_grammar_and_gives_the_same_message(tmp_path):
    answer, _ = ask(tmp_path, request(stream=True))
    whole = gathered(events_of(answer.body))
    assert whole["content"] == [{"type": "text", "text": "hello"}]
    assert (whole["stop_reason"], whole["usage"]["output_tokens"]) == ("end_turn", 2)
    assert b"[DONE]" not in answer.body


@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_loop_goes_round(tmp_path, streamed):
    async def handler(seen, writer):
        if any(m["role"] == "tool" for m in seen.json["messages"]):
            await write(writer, http(completion("found")))
        elif seen.json.get("stream"):
            events = [piece({"content": "I look."}), piece({"tool_calls": [CALL]}), piece({}, "tool_calls")]
            await write(writer, SSE_HEAD + chunk(b"".join(map(event, events)) + event("[DONE]")) + b"0\r\n\r\n")
        else:
            answer = completion("I look.")
            answer["choices"][0] = {
                "index": 0,
                "message": {"content": "I look.", "tool_calls": [CALL]},
                "finish_reason": "stop",
            }
            await write(writer, http(answer))

    asked = request(tools=[TOOL], tool_choice={"type": "any", "disable_parallel_tool_use": True}, stream=streamed)
    first, seen = ask(tmp_path, asked, handler)
    said = gathered(events_of(first.body)) if streamed else first.json
    assert said["stop_reason"] == "tool_use"
    assert said["content"] == [
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "id": "c1", "name": "find", "input": {"q": "x"}},
    ]
    assert (seen[0]["tool_choice"], seen[0]["parallel_tool_calls"]) == ("required", False)
    assert seen[0]["tools"][0]["function"]["parameters"] == TOOL["input_schema"]
    result = {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "7"}]}
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": said["content"]}]
    again = [*turns, {"role": "user", "content": [result, {"type": "text", "text": "and?"}]}]
    last, seen = ask(tmp_path, request(messages=again, tools=[TOOL]), handler)
    assert last.json["content"][0]["text"] == "found"
    assert seen[0]["messages"][1]["tool_calls"][0]["function"] == {"name": "find", "arguments": '{"q":"x"}'}
    assert seen[0]["messages"][2:] == [
        {"role": "tool", "tool_call_id": "c1", "content": "7"},
        {"role": "user", "content": "and?"},
    ]


def chat_of(**more):
    whole = request(**more)
    fields = {k: v for k, v in whole.items() if k in Wanted.__struct_fields__}
    return to_chat(Wanted(**fields), whole)


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ({"type": "base64", "media_type": "image/png", "data": "AA=="}, "data:image/png;base64,AA=="),
        ({"type": "url", "url": "https://x.example/a.png"}, "https://x.example/a.png"),
    ],
)
def test_pictures_are_handed_on_in_words_and_in_results(source, url):
    picture = {"type": "image", "source": source}
    result = {
        "type": "tool_result",
        "tool_use_id": "c",
        "is_error": True,
        "content": [picture, {"type": "text", "text": "no"}],
    }
    chat = chat_of(
        messages=[
            {"role": "user", "content": [picture, {"type": "text", "text": "what"}]},
            {"role": "user", "content": [result]},
        ]
    )
    first, second, third = chat["messages"]
    part = {"type": "image_url", "image_url": {"url": url}}
    assert first["content"] == [part, {"type": "text", "text": "what"}]
    assert second == {"role": "tool", "tool_call_id": "c", "content": "Error: no"}
    assert third["content"] == [part]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0]"),
        ({"tools": [TOOL, {"type": "bash_20250124", "name": "bash"}]}, "tools[1]"),
        ({"mcp_servers": [{}]}, "mcp_servers"),
        ({"container": "c"}, "container"),
        (
            {"messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "base64"}}]}]},
            "messages[0].content[0]",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "file"}}]}]},
            "messages[0].content[0]",
        ),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0]"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
        ({"tools": [TOOL], "tool_choice": {"type": "some"}}, "tool_choice"),
        ({"output_config": {"format": {"type": "grammar"}}}, "output_config.format"),
    ],
)
def test_what_chat_cannot_say_is_refused_by_name_in_anthropics_form(tmp_path, more, param):
    answer, seen = ask(tmp_path, request(**more))
    said = answer.json
    assert (400, "error", "invalid_request_error", param) == (
        answer.status,
        said["type"],
        said["error"]["type"],
        said["error"]["param"],
    )
    assert seen == []


@pytest.mark.parametrize(
    ("thinking", "effort"),
    [
        ({"type": "enabled", "budget_tokens": 1024}, "low"),
        ({"type": "enabled", "budget_tokens": 8000}, "medium"),
        ({"type": "enabled", "budget_tokens": 32000}, "high"),
        ({"type": "adaptive"}, None),
        ({"type": "disabled"}, None),
    ],
)
def test_a_budget_of_thought_is_an_effort(thinking, effort):
    assert chat_of(thinking=thinking).get("reasoning_effort") == effort


@pytest.mark.parametrize(("thinking", "sent"), [(None, "disabled"), ({"type": "adaptive"}, None)])
def test_a_model_that_thinks_by_itself_does_not_where_the_caller_did_not_ask(tmp_path, thinking, sent):
    _, seen = ask(tmp_path, request(model="deepseek-flash", thinking=thinking), provider="deepseek")
    assert (seen[0].get("thinking") or {}).get("type") == sent


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("streamed", [False, True])
def test_thought_is_shown_where_it_was_asked_for(tmp_path, asked, streamed):
    async def handler(seen, writer):
        if streamed:
            events = [piece({"reasoning_content": "hm"}), piece({"content": "yes"}), piece({}, "stop")]
            await write(writer, SSE_HEAD + chunk(b"".join(map(event, events)) + event("[DONE]")) + b"0\r\n\r\n")
        else:
            answer = completion("yes")
            answer["choices"][0]["message"]["reasoning_content"] = "hm"
            await write(writer, http(answer))

    thinking = {"type": "enabled", "budget_tokens": 1024} if asked else None
    answer, _ = ask(tmp_path, request(stream=streamed, thinking=thinking), handler)
    said = gathered(events_of(answer.body)) if streamed else answer.json
    shown = [{"type": "thinking", "thinking": "hm", "signature": ""}] if asked else []
    assert said["content"] == [*shown, {"type": "text", "text": "yes"}]


@pytest.mark.parametrize(
    ("headers", "cells", "body", "status", "kind"),
    [
        ({"x_api_key": "wrong"}, None, None, 401, "authentication_error"),
        ({"x_api_key": None}, None, None, 401, "authentication_error"),
        ({}, closed_cells("r"), None, 403, "permission_error"),
        ({}, None, b"{", 400, "invalid_request_error"),
        ({}, None, b'{"model": "gpt-4o", "messages": []}', 400, "invalid_request_error"),
    ],
)
def test_refusals_of_the_gateway_come_in_anthropics_form(tmp_path, headers, cells, body, status, kind):
    answer, seen = ask(tmp_path, body or request(), cells=cells, **headers)
    said = answer.json
    assert (status, "error", kind, []) == (answer.status, said["type"], said["error"]["type"], seen)
    assert answer.headers["x-should-retry"] == "false"
    assert said["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/messages/count_tokens", "/v1/messages/batches"])
def test_what_is_not_served_of_this_api_says_so_in_its_form(tmp_path, path):
    answer, _ = ask(tmp_path, request(), path=path)
    assert (501, "error") == (answer.status, answer.json["type"])


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, "insufficient_quota", "billing_error"),
        (429, "x", "rate_limit_error"),
        (503, "x", "overloaded_error"),
        (418, "x", "invalid_request_error"),
        (599, "x", "api_error"),
    ],
)
def test_an_error_has_the_type_of_its_status(status, code, kind):
    assert error(status, {"message": "m", "code": code})["error"]["type"] == kind


def test_a_stream_that_breaks_off_ends_as_an_error_and_never_as_complete(tmp_path):
    async def handler(seen, writer):
        await write(writer, SSE_HEAD + chunk(event(piece({"content": "half"}))))
        writer.close()

    answer, _ = ask(tmp_path, request(stream=True), handler)
    kinds = [e["type"] for e in events_of(answer.body)]
    assert kinds[-1] == "error"
    assert "message_stop" not in kinds


@pytest.mark.parametrize(
    ("finish", "stop"), [("length", "max_tokens"), ("content_filter", "refusal"), ("stop", "end_turn")]
)
def test_the_reason_for_the_end_is_said_in_anthropics_words(finish, stop):
    answer = completion("x")
    answer["choices"][0]["finish_reason"] = finish
    assert message(answer, thinks=False)["stop_reason"] == stop


def test_tokens_of_a_cache_are_counted_apart():
    given = {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    assert (6, 4, 2) == tuple(usage_of(given)[k] for k in ("input_tokens", "cache_read_input_tokens", "output_tokens"))


def test_arguments_that_are_no_json_reach_the_application():
    answer = completion("")
    broken = {"id": "c", "function": {"name": "f", "arguments": "{oops"}}
    answer["choices"][0]["message"] = {"content": None, "tool_calls": [broken]}
    assert message(answer, thinks=False)["content"][0]["input"] == {"arguments": "{oops"}


def test_what_chat_has_no_word_for_is_said(tmp_path):
    answer, _ = ask(tmp_path, request(top_k=5))
    assert answer.headers["x-banjia-warnings"] == "messages(top_k);loss=soft"


def test_the_mark_beside_a_text_stands_in_this_api_too(tmp_path):
    due = [cell("r", data_class="none", duties=("implicit-label",))]
    assert ask(tmp_path, request(), cells=due)[0].json["AIGC"]["Label"] == "1"


PARTS = st.lists(
    st.one_of(
        st.builds(lambda t: {"content": t}, st.text(min_size=1, max_size=3)),
        st.builds(lambda t: {"reasoning_content": t}, st.text(min_size=1, max_size=3)),
    ),
    max_size=8,
)


@given(PARTS, st.booleans(), st.sampled_from(["stop", "length", "tool_calls"]))
def test_any_stream_keeps_the_grammar_and_loses_no_word(deltas, with_call, finish):
    said = MessageStream("m", thinks=True)
    raw = said.begin() + b"".join(said.feed(piece(d)) for d in deltas)
    raw += said.feed(piece({"tool_calls": [CALL]})) if with_call else b""
    whole = gathered(events_of(raw + said.feed(piece({}, finish)) + said.end()))
    texts = "".join(b["text"] for b in whole["content"] if b["type"] == "text")
    thoughts = "".join(b["thinking"] for b in whole["content"] if b["type"] == "thinking")
    assert texts == "".join(d.get("content", "") for d in deltas)
    assert thoughts == "".join(d.get("reasoning_content", "") for d in deltas)


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/responses"])
def test_pieces_of_two_calls_in_turn_are_an_error_and_never_mixed(tmp_path, path):
    def part(index, **function):
        given = {"index": index, "id": f"c{index}", "type": "function", "function": function}
        return event(piece({"tool_calls": [given]}))

    async def handler(seen, writer):
        await write(writer, SSE_HEAD + chunk(event(piece({"content": "I look."}))))
        first = part(0, name="f", arguments="{") + part(1, name="g", arguments="{") + part(0, arguments="}")
        await write(writer, chunk(first))
        await write(
            writer, chunk(part(1, arguments="}") + event(piece({}, "tool_calls")) + event("[DONE]")) + b"0\r\n\r\n"
        )

    body = request(stream=True) if path.endswith("messages") else {"model": "gpt-4o", "input": "x", "stream": True}
    answer, _ = ask(tmp_path, body, handler, path=path)
    kinds = [e["type"] for e in events_of(answer.body)]
    assert "error" in kinds
    assert {"message_stop", "response.completed"}.isdisjoint(kinds)
