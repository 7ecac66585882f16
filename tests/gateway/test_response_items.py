"""Kept answers page by page, items by reference, refusals and logprobs as items, against OpenAI's documented grammar."""

from __future__ import annotations

import json

import openai
import openai.types.responses
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, stream, write

from banjia.config.config import Labels
from banjia.gateway.responses.answer import holder_of, item_id, new_id
from banjia.gateway.responses.kept import as_item, page
from banjia.gateway.responses.state import Kept
from banjia.gateway.responses.stream import ResponseStream
from house import KEY, cell, house, open_cells, policy, route

EVENT = pydantic.TypeAdapter(openai.types.responses.ResponseStreamEvent)
TOKENS = [{"token": "hi", "logprob": -0.1, "bytes": None, "top_logprobs": []}]


async def talk(seen, writer):
    if seen.json.get("stream"):
        await write(writer, SSE_HEAD + chunk(stream("he", "llo", usage=True)) + b"0\r\n\r\n")
    else:
        await write(writer, http(completion(f"turn {len(seen.json['messages'])}")))


def with_house(tmp_path, use, handler=talk, cells=None, **app):
    async def main():
        table = policy(cells or open_cells("local"))
        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url)], table, **app) as h:
            client = openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=0)
            try:
                return await use(client, h), [s.json for s in upstream.seen]
            finally:
                await client.close()

    return play(main())


def kept(count: int) -> Kept:
    items = [{"id": f"msg_{i}", "type": "message"} for i in range(count)]
    return Kept("helpdesk", "resp_1", {}, items, [])


@given(st.integers(0, 30), st.integers(1, 7), st.sampled_from(["asc", "desc"]))
def test_pages_in_a_row_give_every_item_once_in_order(count, limit, order):
    asked = {"limit": [str(limit)], "order": [order]}
    found = []
    while True:
        got = page(kept(count), asked)
        found += [item["id"] for item in got["data"]]
        assert len(got["data"]) <= limit
        if not got["has_more"]:
            break
        asked["after"] = [got["last_id"]]
    whole = [f"msg_{i}" for i in range(count)]
    assert found == (whole if order == "asc" else whole[::-1])


@given(st.integers(1, 30), st.integers(1, 7))
def test_pages_backwards_meet_the_first_item(count, limit):
    asked = {"limit": [str(limit)], "order": ["asc"], "before": [f"msg_{count - 1}"]}
    found = []
    while True:
        got = page(kept(count), asked)
        found = [item["id"] for item in got["data"]] + found
        if not got["has_more"]:
            break
        asked["before"] = [got["first_id"]]
    assert found == [f"msg_{i}" for i in range(count - 1)]


def test_the_newest_item_stands_first_unless_asked_otherwise():
    assert [i["id"] for i in page(kept(3), {})["data"]] == ["msg_2", "msg_1", "msg_0"]


def test_the_official_client_walks_through_all_items(tmp_path):
    given_items = [{"role": "user", "content": str(i)} for i in range(45)]

    async def use(client, h):
        made = await client.responses.create(model="gpt-4o", input=given_items)
        return [i.content[0].text async for i in client.responses.input_items.list(made.id, order="asc")]

    assert with_house(tmp_path, use)[0] == [str(i) for i in range(45)]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("order=up", "order"),
        ("after=msg_x", "after"),
        ("include[]=thoughts", "include"),
    ],
)
def test_a_page_that_cannot_be_is_refused_by_name(tmp_path, query, param):
    async def use(client, h):
        made = await client.responses.create(model="gpt-4o", input="hi")
        return await h.get(f"/v1/responses/{made.id}/input_items?{query}")

    answer = with_house(tmp_path, use)[0]
    assert (answer.status, answer.error["param"]) == (400, param)


@pytest.mark.parametrize(
    ("method", "rest", "status"),
    [
        ("POST", "{id}/cancel", 400),
        ("GET", "{id}?stream=true", 400),
        ("POST", "{id}", 405),
        ("GET", "resp_unknown", 404),
        ("POST", "resp_unknown/cancel", 404),
        ("POST", "input_tokens", 501),
        ("POST", "compact", 501),
        ("GET", "{id}/elsewhere", 501),
        ("DELETE", "{id}", 200),
    ],
)
def test_every_question_about_a_kept_answer_has_its_answer_at_once(tmp_path, method, rest, status):
    async def use(client, h):
        made = await client.responses.create(model="gpt-4o", input="hi")
        return await h.send(method, "/v1/responses/" + rest.format(id=made.id), b"")

    answer = with_house(tmp_path, use)[0]
    assert answer.status == status
    assert status == 200 or answer.headers["x-should-retry"] == "false"


def test_an_item_is_meant_by_its_id(tmp_path):
    async def use(client, h):
        first = await client.responses.create(model="gpt-4o", input="one")
        items = [
            {"role": "user", "content": "one"},
            {"type": "item_reference", "id": first.output[0].id},
            {"role": "user", "content": "two"},
        ]
        await client.responses.create(model="gpt-4o", input=items)
        with pytest.raises(openai.BadRequestError) as caught:
            await client.responses.create(model="gpt-4o", input=[{"type": "item_reference", "id": "msg_unknown"}])
        return caught.value.code, caught.value.param

    found, seen = with_house(tmp_path, use)
    assert [m["content"] for m in seen[1]["messages"]] == ["one", "turn 1", "two"]
    assert found == ("item_not_found", "input")


@given(st.sampled_from(["msg", "fc", "rs"]), st.integers(0, 255))
def test_the_id_of_an_item_names_its_answer(kind, place):
    answer = new_id("resp")
    assert holder_of(item_id(kind, answer, place)) == answer


def test_a_refusal_is_a_part_of_its_own_in_streams_too():
    said = ResponseStream({}, "resp_1")
    raw = said.begin() + said.feed(piece({"content": "Well"})) + said.feed(piece({"refusal": "no"}))
    raw += said.feed(piece({}, "stop")) + said.end()
    kinds = [line[7:] for line in raw.decode().splitlines() if line.startswith("event: ")]
    assert kinds[2:] == [
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.content_part.added",
        "response.refusal.delta",
        "response.refusal.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    (item,) = said.response["output"]
    assert [p["type"] for p in item["content"]] == ["output_text", "refusal"]


def test_a_thought_is_a_part_that_is_begun_and_ended_as_the_text_is():
    said = ResponseStream({}, "resp_1")
    raw = said.feed(piece({"reasoning_content": "h"})) + said.feed(piece({"reasoning_content": "m"}))
    raw += said.feed(piece({"content": "Well"})) + said.feed(piece({}, "stop")) + said.end()
    events = events_of(raw)
    assert [e["type"].removeprefix("response.") for e in events[:7]] == [
        "output_item.added", "content_part.added", "reasoning_text.delta", "reasoning_text.delta", "reasoning_text.done",
        "content_part.done", "output_item.done",
    ]  # fmt: skip
    assert [e["part"] for e in events if "part" in e][:2] == [{"type": "reasoning_text", "text": t} for t in ("", "hm")]
    assert said.response["output"][0]["content"] == [{"type": "reasoning_text", "text": "hm"}]


def test_an_empty_last_word_about_an_earlier_call_breaks_nothing():
    call = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    said = ResponseStream({}, "resp_1")
    for at in (0, 1):
        said.feed(piece({"tool_calls": [{"index": at, "id": f"c{at}", **call}]}))
    said.feed(piece({"tool_calls": [{"index": 0, "function": {"arguments": ""}}]}))
    said.feed(piece({}, "tool_calls"))
    said.end()
    assert ["c0", "c1"] == [item["call_id"] for item in said.response["output"]]


@pytest.mark.parametrize(("finish", "status"), [("stop", "completed"), ("length", "incomplete")])
def test_an_item_that_was_cut_says_so(finish, status):
    said = ResponseStream({}, "resp_1")
    said.feed(piece({"content": "a"}))
    said.feed(piece({}, finish))
    said.end()
    assert (said.response["status"], said.response["output"][0]["status"]) == (status, status)


@pytest.mark.parametrize("streamed", [False, True])
def test_log_probabilities_come_with_the_text_where_they_are_included(tmp_path, streamed):
    async def handler(seen, writer):
        assert seen.json["logprobs"] is True
        said = {"logprobs": {"content": TOKENS, "refusal": None}}
        if seen.json.get("stream"):
            first = piece({"content": "hi"})
            first["choices"][0] |= said
            end = event(piece({}, "stop")) + event("[DONE]")
            await write(writer, SSE_HEAD + chunk(event(first) + end) + b"0\r\n\r\n")
        else:
            answer = completion("hi")
            answer["choices"][0] |= said
            await write(writer, http(answer))

    async def use(client, h):
        asked = {"model": "gpt-4o", "input": "x", "include": ["message.output_text.logprobs"]}
        if not streamed:
            return await client.responses.create(**asked)
        async with client.responses.stream(**asked) as events:
            async for _ in events:
                pass
            return await events.get_final_response()

    answer, _ = with_house(tmp_path, use, handler)
    assert answer.output[0].content[0].logprobs[0].token == "hi"


@pytest.mark.parametrize("streamed", [False, True])
def test_the_mark_beside_a_text_stands_in_an_answer_of_this_api_too(tmp_path, streamed):
    async def use(client, h):
        return await h.post("/v1/responses", body={"model": "gpt-4o", "input": "x", "stream": streamed})

    due = [cell("local", data_class="none", duties=("implicit-label",))]
    answer, _ = with_house(tmp_path, use, cells=due, labels=Labels())
    response = events_of(answer.body)[-1]["response"] if streamed else answer.json
    assert response["AIGC"]["Label"] == "1"


def events_of(raw: bytes) -> list[dict]:
    return [json.loads(line[6:]) for line in raw.decode().splitlines() if line.startswith("data: ")]


SPOKEN = [
    piece({"role": "assistant", "reasoning_content": "hm"}),
    piece({"content": "Well"}),
    piece({"refusal": "no"}),
    piece({"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}),
]


@pytest.mark.parametrize("finish", ["stop", "length", "content_filter", None])
def test_every_event_is_valid_under_the_types_of_the_official_client(tmp_path, finish):
    async def handler(seen, writer):
        end = [piece({}, finish), piece({}) | {"choices": [], "usage": completion()["usage"]}] if finish else []
        raw = b"".join(map(event, [*SPOKEN, *end])) + (event("[DONE]") if finish else b"")
        await write(writer, SSE_HEAD + chunk(raw) + b"0\r\n\r\n")

    async def use(client, h):
        return await h.post("/v1/responses", body={"model": "gpt-4o", "input": "x", "stream": True})

    answer, _ = with_house(tmp_path, use, handler)
    events = events_of(answer.body)
    for one in events:
        EVENT.validate_python(one)
    assert [e["sequence_number"] for e in events] == list(range(len(events)))
    ends = {"stop": "response.completed", None: "response.failed"}
    assert events[-1]["type"] == ends.get(finish, "response.incomplete")


def test_a_whole_answer_is_valid_under_the_types_of_the_official_client(tmp_path):
    async def use(client, h):
        made = await h.post("/v1/responses", body={"model": "gpt-4o", "input": "x"})
        listed = await h.get(f"/v1/responses/{made.json['id']}/input_items")
        return made, listed

    made, listed = with_house(tmp_path, use)[0]
    openai.types.responses.Response.model_validate_json(made.body)
    openai.types.responses.ResponseItemList.model_validate_json(listed.body)


@pytest.mark.parametrize(
    "item",
    [
        {"role": "user", "content": "hi"},
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": [{"type": "input_image", "image_url": "https://x.example/y.png"}]},
        {"role": "assistant", "content": "plain"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "yo"}]},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "7"},
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "t"}]},
    ],
)
def test_every_listed_item_is_valid_under_the_types_of_the_official_client(item):
    listed = page(Kept("helpdesk", "resp_1", {}, [as_item(item)], []), {})
    openai.types.responses.ResponseItemList.model_validate(listed)


def test_what_chat_leaves_out_is_said(tmp_path):
    async def use(client, h):
        asked = {"model": "gpt-4o", "input": "x", "truncation": "auto", "reasoning": {"summary": "auto"}}
        return await h.post("/v1/responses", body=asked)

    answer, _ = with_house(tmp_path, use)
    assert (
        answer.headers["x-banjia-warnings"] == "responses(truncation);loss=soft, responses(reasoning.summary);loss=soft"
    )
