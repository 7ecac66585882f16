"""What data cannot say: schemas met, tools called, several choices, vectors cut and joined."""

from __future__ import annotations

import asyncio
import base64
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, completion, http, piece, play, write

from banjia.gateway.gathered import Gathered
from banjia.gateway.refusal import Refusal
from banjia.gateway.schema import valid, validator_of
from banjia.gateway.whole import as_events, whole
from banjia.routes.catalogue import load
from banjia.routes.dialect.draft import Plan
from banjia.routes.dialect.translator import Translator

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
FORMAT = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
REQUEST = {"model": "m", "messages": [{"role": "user", "content": "a number"}], "stream": True}


def asked(plan: Plan, *answers: dict):
    """The outcome of `whole` where the model gives these answers in turn, and the requests that it got."""
    seen: list[dict] = []

    async def ask(request):
        seen.append(request)
        return answers[min(len(seen), len(answers)) - 1]

    return asyncio.run(whole(REQUEST, plan, ask)), seen


def planned(schema=SCHEMA, **more) -> Plan:
    return Plan(json_schema="json_object", schema={"json_schema": {"schema": schema}}, **more)


def test_a_valid_answer_passes_and_the_schema_is_in_the_prompt():
    answer, seen = asked(planned(), completion('{"n": 1}'))
    assert answer["choices"][0]["message"]["content"] == '{"n": 1}'
    assert '"additionalProperties":false' in seen[0]["messages"][0]["content"]
    assert "stream" not in seen[0]


def test_json_in_a_code_fence_is_taken_out():
    assert asked(planned(), completion('```json\n{"n": 1}\n```'))[0]["choices"][0]["message"]["content"] == '{"n": 1}'


@pytest.mark.parametrize("bad", ["no json", '{"n": "x"}', '{"n": 1, "m": 2}', "[" * 5000])
def test_an_invalid_answer_is_repaired_with_its_fault_named(bad):
    answer, seen = asked(planned(), completion(bad), completion('{"n": 2}'))
    assert answer["choices"][0]["message"]["content"] == '{"n": 2}'
    assert "not valid" in seen[1]["messages"][-1]["content"]


def test_repair_is_bounded_and_then_an_error():
    with pytest.raises(Refusal) as caught:
        asked(planned(), completion("never"))
    assert caught.value.code == "json_schema_not_met"


def test_a_call_a_refusal_or_a_cut_answer_stands_as_it_is():
    cut = completion('{"n": ')
    cut["choices"][0]["finish_reason"] = "length"
    assert asked(planned(), cut) == (cut, asked(planned(), cut)[1])


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"properties": 5}])
def test_a_schema_that_is_none_is_the_callers_error(schema):
    with pytest.raises(Refusal) as caught:
        asked(planned(schema), completion("{}"))
    assert (caught.value.status, caught.value.code) == (400, "invalid_json_schema")


def test_a_schema_never_leads_to_another_host():
    with pytest.raises(Refusal) as caught:
        asked(planned({"$ref": "http://127.0.0.1:1/schema"}), completion("{}"))
    assert caught.value.code == "json_schema_not_met"


def test_several_choices_are_several_calls():
    answer, seen = asked(Plan(calls=3), completion("x"))
    assert [c["index"] for c in answer["choices"]] == [0, 1, 2]
    assert answer["usage"]["total_tokens"] == 15
    assert len(seen) == 3


def called(name: str) -> dict:
    answer = completion(None)
    answer["choices"][0]["message"]["tool_calls"] = [
        {"id": "1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    ]
    return answer


def test_a_forced_tool_that_was_not_called_is_asked_for_once_more():
    forced = {"type": "function", "function": {"name": "find"}}
    answer, seen = asked(Plan(forced_tool=forced), completion("no"), called("find"))
    assert answer["choices"][0]["message"]["tool_calls"]
    assert "find" in seen[1]["messages"][-1]["content"]
    with pytest.raises(Refusal) as caught:
        asked(Plan(forced_tool=forced), called("other"))
    assert caught.value.code == "tool_not_called"


WORDS = st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=6)


@given(WORDS)
def test_pieces_put_together_and_taken_apart_say_the_same(words):
    pieces = Gathered()
    for word in words:
        pieces.add(piece({"content": word}))
    pieces.add(piece({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{"}}]}))
    pieces.add(piece({"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]}, "tool_calls"))
    answer = pieces.answer()
    assert answer["choices"][0]["message"]["content"] == "".join(words)
    assert answer["choices"][0]["message"]["tool_calls"][0]["function"] == {"name": "f", "arguments": "{}"}
    again = Gathered()
    for line in as_events(answer, include_usage=False).decode().split("\n\n")[:-2]:
        again.add(json.loads(line.removeprefix("data: ")))
    assert again.answer()["choices"] == answer["choices"]


def through(tmp_path, provider, handler, body, path="/v1/chat/completions"):
    from house import house, open_cells, policy, route

    async def main():
        async with Scripted(handler) as upstream:
            model = next(
                m.id for m in load().by_id(provider).models if m.kind == ("embedding" if "embed" in path else "chat")
            )
            ways = [route("r", upstream.url, models={"gpt-4o": model, "e": model})]
            found = {"r": Translator(load().by_id(provider))}
            async with house(tmp_path, ways, policy(open_cells("r")), translators=found) as h:
                return await h.post(path, body=body), upstream.seen

    return play(main())


@pytest.mark.parametrize("streamed", [False, True])
def test_a_schema_is_met_through_the_gateway_in_streams_too(tmp_path, streamed):
    answers = iter(["not json", '{"n": 7}'])

    async def handler(seen, writer):
        await write(writer, http(completion(next(answers))))

    body = {**REQUEST, "model": "gpt-4o", "stream": streamed, "response_format": FORMAT}
    answer, seen = through(tmp_path, "deepseek", handler, body)
    assert len(seen) == 2
    assert "emulate_json_schema" in answer.headers["x-banjia-warnings"]
    if streamed:
        text = "".join(e["choices"][0]["delta"].get("content") or "" for e in answer.events[:-1])
        assert (text, answer.events[-1]) == ('{"n": 7}', "[DONE]")
    else:
        assert answer.json["choices"][0]["message"]["content"] == '{"n": 7}'


def test_embeddings_are_cut_joined_in_order_and_given_as_base64(tmp_path):
    async def handler(seen, writer):
        inputs = seen.json["input"]
        data = [{"object": "embedding", "index": i, "embedding": [float(x), 0.5]} for i, x in enumerate(inputs)]
        await write(
            writer, http({"object": "list", "model": "m", "data": data[::-1], "usage": {"prompt_tokens": len(inputs)}})
        )

    body = {"model": "e", "input": [str(i) for i in range(25)], "encoding_format": "base64"}
    answer, seen = through(tmp_path, "alibaba_bailian", handler, body, "/v1/embeddings")
    assert [len(s.json["input"]) for s in seen] == [10, 10, 5]
    vectors = [struct.unpack("<2f", base64.b64decode(row["embedding"])) for row in answer.json["data"]]
    assert vectors == [(float(i), 0.5) for i in range(25)]
    assert answer.json["usage"]["prompt_tokens"] == 25


def test_one_failing_part_fails_the_whole(tmp_path):
    async def handler(seen, writer):
        if "13" in seen.json["input"]:
            await write(writer, http({"error": {"message": "no", "code": "x"}}, status="400 Bad"))
        else:
            await write(writer, http({"object": "list", "data": [], "usage": {}}))

    answer, _ = through(
        tmp_path, "alibaba_bailian", handler, {"model": "e", "input": [str(i) for i in range(25)]}, "/v1/embeddings"
    )
    assert answer.status == 400


def test_token_ids_are_refused_with_a_way_out(tmp_path):
    async def handler(seen, writer):
        raise AssertionError("nothing should be sent")

    answer, seen = through(
        tmp_path, "alibaba_bailian", handler, {"model": "e", "input": [[1, 2], [3]]}, "/v1/embeddings"
    )
    assert (answer.status, answer.error["code"], seen) == (400, "token_ids", [])


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ('{"word":"a"}', '{"word":"a"}'),
        ('```json\n{"word":"a"}\n```', '{"word":"a"}'),
        ('Sure! Here it is:\n{"word":"a"}\nAnything else?', '{"word":"a"}'),
        ("Sure! Here it is: {word: a}", None),
        ('Not [this], {"word":"a"}', None),
        ('{"word":1} or {"word":"a"}', None),
    ],
)
def test_json_is_found_between_the_words_that_a_model_puts_around_it(said, text):
    schema = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    found, fault = valid(said, validator_of(schema))
    assert (found if fault is None else None) == text
