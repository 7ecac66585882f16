"""The Responses API over chat completions, with the official client."""

from __future__ import annotations

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, stream, write

from banjia.gateway.responses.answer import items, message_of
from banjia.gateway.responses.request import input_messages
from banjia.gateway.responses.stream import ResponseStream
from house import KEY, house, open_cells, policy, route

TOOL = {
    "type": "function",
    "name": "find",
    "description": "d",
    "parameters": {"type": "object", "properties": {}},
    "strict": True,
}


async def talk(seen, writer):
    if seen.json.get("stream"):
        await write(writer, SSE_HEAD + chunk(stream("he", "llo", usage=True)) + b"0\r\n\r\n")
    else:
        await write(writer, http(completion(f"turn {len(seen.json['messages'])}")))


def with_client(tmp_path, use, handler=talk):
    async def main():
        table = policy(open_cells("local"))
        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url)], table) as h:
            client = openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=0)
            try:
                return await use(client), [s.json for s in upstream.seen]
            finally:
                await client.close()

    return play(main())


def test_a_text_answer_and_its_usage(tmp_path):
    async def use(client):
        return await client.responses.create(model="gpt-4o", input="hi", instructions="be brief", max_output_tokens=50)

    answer, seen = with_client(tmp_path, use)
    assert (answer.output_text, answer.status, answer.model) == ("turn 2", "completed", "true-model")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (3, 2)
    assert seen[0]["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}]
    assert seen[0]["max_completion_tokens"] == 50


def test_a_chain_remembers_its_turns_but_not_their_instructions(tmp_path):
    async def use(client):
        first = await client.responses.create(model="gpt-4o", input="one", instructions="first")
        second = await client.responses.create(model="gpt-4o", input="two", previous_response_id=first.id)
        return await client.responses.create(model="gpt-4o", input="three", previous_response_id=second.id)

    _, seen = with_client(tmp_path, use)
    assert [m["content"] for m in seen[2]["messages"]] == ["one", "turn 2", "two", "turn 3", "three"]


def test_kept_answers_are_fetched_listed_and_deleted(tmp_path):
    async def use(client):
        made = await client.responses.create(model="gpt-4o", input="hi")
        got = await client.responses.retrieve(made.id)
        listed = await client.responses.input_items.list(made.id)
        await client.responses.delete(made.id)
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(made.id)
        return got.output_text, listed.data[0].content[0].text

    assert with_client(tmp_path, use)[0] == ("turn 1", "hi")


def test_what_is_not_to_be_stored_is_not(tmp_path):
    async def use(client):
        made = await client.responses.create(model="gpt-4o", input="hi", store=False)
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(made.id)
        with pytest.raises(openai.BadRequestError) as caught:
            await client.responses.create(model="gpt-4o", input="x", previous_response_id=made.id)
        return caught.value.code

    assert with_client(tmp_path, use)[0] == "previous_response_not_found"


def test_a_stream_follows_the_grammar(tmp_path):
    async def use(client):
        kinds, numbers, final = [], [], None
        async with client.responses.stream(model="gpt-4o", input="hi") as events:
            async for e in events:
                kinds.append(e.type)
                numbers.append(e.sequence_number)
            final = await events.get_final_response()
        again = await client.responses.retrieve(final.id)
        return kinds, numbers, final.output_text, again.output_text

    (kinds, numbers, text, again), _ = with_client(tmp_path, use)
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert numbers == list(range(10))
    assert text == again == "hello"


CALLS = [
    piece({"role": "assistant", "reasoning_content": "let me "}),
    piece({"reasoning_content": "think"}),
    piece({"content": "I look."}),
    piece(
        {"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "find", "arguments": ""}}]}
    ),
    piece({"tool_calls": [{"index": 0, "function": {"arguments": '{"q":'}}]}),
    piece({"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]}),
    piece(
        {"tool_calls": [{"index": 1, "id": "c2", "type": "function", "function": {"name": "find", "arguments": "{}"}}]}
    ),
    piece({}, "tool_calls"),
]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_loop_goes_round_with_its_reasoning(tmp_path, streamed):
    async def handler(seen, writer):
        if any(m["role"] == "tool" for m in seen.json["messages"]):
            await write(writer, http(completion("found")))
        elif seen.json.get("stream"):
            await write(writer, SSE_HEAD + chunk(b"".join(map(event, CALLS)) + event("[DONE]")) + b"0\r\n\r\n")
        else:
            calls = [
                {"id": f"c{i}", "type": "function", "function": {"name": "find", "arguments": "{}"}} for i in (1, 2)
            ]
            answer = completion("I look.")
            answer["choices"][0]["message"] |= {"tool_calls": calls, "reasoning_content": "let me think"}
            await write(writer, http(answer))

    async def use(client):
        if streamed:
            async with client.responses.stream(model="gpt-4o", input="q", tools=[TOOL]) as events:
                async for _ in events:
                    pass
                first = await events.get_final_response()
        else:
            first = await client.responses.create(model="gpt-4o", input="q", tools=[TOOL])
        results = [
            {"type": "function_call_output", "call_id": i.call_id, "output": "7"}
            for i in first.output
            if i.type == "function_call"
        ]
        last = await client.responses.create(model="gpt-4o", input=results, previous_response_id=first.id, tools=[TOOL])
        return [i.type for i in first.output], last.output_text

    (kinds, text), seen = with_client(tmp_path, use, handler)
    assert kinds == ["reasoning", "message", "function_call", "function_call"]
    assert text == "found"
    turn = seen[1]["messages"][1]
    assert (turn["reasoning_content"], turn["content"]) == ("let me think", "I look.")
    assert [c["id"] for c in turn["tool_calls"]] == ["c1", "c2"]
    assert [m["tool_call_id"] for m in seen[1]["messages"][2:]] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tools": [{"type": "web_search"}]}, "tools"),
        ({"background": True}, "background"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"context_management": [{"type": "compaction"}]}, "context_management"),
        ({"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "x"}]}]}, "input"),
    ],
)
def test_what_chat_cannot_say_is_refused_by_name(tmp_path, more, param):
    async def use(client):
        with pytest.raises(openai.BadRequestError) as caught:
            await client.responses.create(**({"model": "gpt-4o", "input": "x"} | more))
        return caught.value.code, caught.value.param

    found, seen = with_client(tmp_path, use)
    assert found == ("unsupported_parameter", param)
    assert seen == []


def test_a_stream_that_breaks_off_ends_as_failed_and_is_not_kept(tmp_path):
    async def handler(seen, writer):
        await write(writer, SSE_HEAD + chunk(event(piece({"content": "half"}))))
        writer.close()

    async def main():
        table = policy(open_cells("local"))
        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url)], table) as h:
            return await h.post("/v1/responses", body={"model": "gpt-4o", "input": "x", "stream": True})

    kinds = [line[7:] for line in play(main()).body.decode().splitlines() if line.startswith("event: ")]
    assert kinds[-2:] == ["error", "response.failed"]
    assert "response.completed" not in kinds


def test_an_answer_that_was_cut_is_incomplete(tmp_path):
    async def handler(seen, writer):
        answer = completion("cut")
        answer["choices"][0]["finish_reason"] = "length"
        await write(writer, http(answer))

    async def use(client):
        return await client.responses.create(model="gpt-4o", input="x")

    answer, _ = with_client(tmp_path, use, handler)
    assert (answer.status, answer.incomplete_details.reason) == ("incomplete", "max_output_tokens")


def test_a_json_schema_is_led_through(tmp_path):
    schema = {"type": "object", "properties": {}, "additionalProperties": False}

    async def use(client):
        kind = {"format": {"type": "json_schema", "name": "x", "schema": schema, "strict": True}}
        await client.responses.create(model="gpt-4o", input="x", text=kind)

    _, seen = with_client(tmp_path, use)
    assert seen[0]["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "x", "schema": schema, "strict": True},
    }


WORDS = st.text(min_size=1, max_size=5)
MESSAGES = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none() | WORDS},
    optional={
        "reasoning_content": WORDS,
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {
                    "id": WORDS,
                    "type": st.just("function"),
                    "function": st.fixed_dictionaries({"name": WORDS, "arguments": st.just("{}")}),
                }
            ),
            min_size=1,
            max_size=3,
        ),
    },
)


@given(MESSAGES)
def test_an_assistant_turn_survives_the_way_to_items_and_back(message):
    back = message_of(items({"message": message}, "resp_1"))
    assert {k: v for k, v in back.items() if v} == {k: v for k, v in message.items() if v}
    assert input_messages(items({"message": message}, "resp_1"))[-1].get("tool_calls") == message.get("tool_calls")


def test_the_items_of_a_stream_are_those_of_the_whole_answer():
    said = ResponseStream({}, "resp_1")
    for one in CALLS:
        said.feed(one)
    said.end()
    message = message_of(said.response["output"])
    assert [{k: v for k, v in i.items() if k != "id"} for i in items({"message": message}, "resp_1")] == [
        {k: v for k, v in i.items() if k != "id"} for i in said.response["output"]
    ]
