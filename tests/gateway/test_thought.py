"""Reasoning that a vendor wants back in a tool loop, in the vendor's own form, whole and in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, write

from banjia.gateway.thought import ThoughtStream, grown, thought_of
from banjia.routes.catalogue import load
from banjia.routes.dialect.answer import new_in
from banjia.routes.dialect.translator import Translator
from house import chat, house, open_cells, policy, route

TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
CALL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
DETAILS = [{"type": "reasoning.text", "index": 0, "text": "let me think"}]


def pieces_of(text: str, *, repeats: bool) -> list[list[dict]]:
    """A thought as a vendor's list, word by word; with `repeats` each piece says all of it again."""
    words = [w + " " for w in text.split(" ")]
    said = ["".join(words[: i + 1]) if repeats else w for i, w in enumerate(words)]
    return [[{"type": "reasoning.text", "index": 0, "text": s}] for s in said]


@pytest.mark.parametrize("repeats", [False, True])
def test_a_list_in_pieces_is_the_list_as_a_whole(repeats):
    said = ThoughtStream("reasoning_details")
    for one in pieces_of("first I look and then I answer", repeats=repeats):
        said.event(piece({"reasoning_details": one}))
    assert [{"type": "reasoning.text", "index": 0, "text": "first I look and then I answer "}] == said.thought


@given(st.lists(st.text(max_size=4), max_size=8))
def test_text_in_pieces_is_the_text(parts):
    thought = None
    for part in parts:
        thought = grown(thought, part)
    assert "".join(parts) == (thought or "")


@given(st.text(min_size=9), st.text())
def test_a_piece_that_says_all_again_adds_only_its_end(said, more):
    assert more == new_in(said, said + more)


def test_an_answer_without_calls_has_no_thought_to_keep():
    assert (None, []) == thought_of(completion("hi"), "reasoning_content")


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("form", ["stream", "whole", "forced"])
def test_reasoning_comes_back_to_the_vendor_in_its_own_form_and_is_text_for_the_caller(tmp_path, form, repeats):
    async def handler(seen, writer):
        if any(m["role"] == "tool" for m in seen.json["messages"]):
            await write(writer, http(completion("found")))
        elif seen.json.get("stream"):
            events = [piece({"reasoning_details": d}) for d in pieces_of("let me think", repeats=repeats)]
            events += [piece({"tool_calls": [CALL]}), piece({}, "tool_calls")]
            await write(writer, SSE_HEAD + chunk(b"".join(map(event, events)) + event("[DONE]")) + b"0\r\n\r\n")
        else:
            answer = completion("")
            answer["choices"][0]["message"] |= {"tool_calls": [CALL], "reasoning_details": DETAILS}
            await write(writer, http(answer))

    async def main():
        provider = load(plugins=False).by_id("minimax")
        model = "MiniMax-M3.1-preview" if form == "forced" else "MiniMax-M3"
        async with Scripted(handler) as upstream:
            way = route("r", upstream.url, models={"gpt-4o": model})
            spoken = {"r": Translator(provider)}
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken) as h:
                more = {"tool_choice": "required"} if form == "forced" else {}
                first = await h.post(body=chat(tools=[TOOL], stream=form == "stream", **more))
                told = [
                    {"role": "user", "content": "q"},
                    {"role": "assistant", "content": None, "tool_calls": [CALL]},
                    {"role": "tool", "tool_call_id": "c1", "content": "7"},
                ]
                await h.post(body=chat(tools=[TOOL], messages=told))
                return first, upstream.seen[-1].json["messages"][1]

    first, turn = play(main())
    assert turn["reasoning_details"][0]["text"].strip() == "let me think"
    if form == "stream":
        shown = "".join(e["choices"][0]["delta"].get("reasoning_content") or "" for e in first.events[:-1])
    else:
        shown = first.json["choices"][0]["message"]["reasoning_content"]
    assert shown.strip() == "let me think"


@pytest.mark.parametrize(("kept", "sent"), [(True, None), (False, {"type": "disabled"})])
def test_a_turn_whose_reasoning_is_lost_goes_without_thinking_rather_than_be_refused(tmp_path, kept, sent):
    async def handler(seen, writer):
        answer = completion("")
        answer["choices"][0]["message"] |= {"tool_calls": [CALL], "reasoning_content": "hm"}
        await write(writer, http(answer if kept else completion("x")))

    async def main():
        spoken = {"r": Translator(load(plugins=False).by_id("deepseek"))}
        async with Scripted(handler) as upstream:
            way = route("r", upstream.url, models={"o4-mini": "deepseek-flash"})
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken) as h:
                await h.post(body=chat("o4-mini", tools=[TOOL]))
                told = [
                    {"role": "user", "content": "q"},
                    {"role": "assistant", "content": None, "tool_calls": [CALL]},
                    {"role": "tool", "tool_call_id": "c1", "content": "7"},
                ]
                answer = await h.post(body=chat("o4-mini", tools=[TOOL], messages=told))
            return answer, upstream.seen[-1].json

    answer, seen = play(main())
    assert seen.get("thinking") == sent
    assert seen["messages"][1].get("reasoning_content") == ("hm" if kept else None)
    assert ("reasoning(messages);loss=soft" in answer.headers.get("x-banjia-warnings", "")) is not kept


def test_a_model_that_always_thinks_gets_a_filler_where_its_reasoning_is_lost(tmp_path):
    told = [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "7"},
        {"role": "assistant", "content": "7"},
        {"role": "user", "content": "q"},
    ]

    async def main():
        spoken = {"r": Translator(load(plugins=False).by_id("moonshot"))}
        async with Scripted() as upstream:
            way = route("r", upstream.url, models={"gpt-4o": "kimi-k3"})
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken) as h:
                answer = await h.post(body=chat(tools=[TOOL], messages=told))
            return answer, upstream.seen[-1].json["messages"]

    answer, sent = play(main())
    assert [None, ".", None, None, None] == [m.get("reasoning_content") for m in sent]
    assert "reasoning(messages);loss=soft" in answer.headers["x-banjia-warnings"]
