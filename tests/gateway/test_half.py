"""Halves of one character that come in two events are one character for the caller, whatever stands between."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, completion, http, play, write

from banjia.gateway.event import Events
from banjia.gateway.half import Halves, has_half
from banjia.gateway.moderation import Screen
from banjia.gateway.rewrite import Rewrite
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from banjia.routes.dialect.usual_stream import UsualStream
from house import KEY, chat, house, open_cells, policy, route

TOKENHUB = Translator(load(plugins=False).providers["tencent"])
ONE = policy(open_cells("local"))
FACES = "a😀b👨‍👩‍👧c𠮷"
PLACES = ("content", "reasoning_content", "arguments")


def units(text):
    """The text in UTF-16 units, a half as a lone surrogate."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [data[i : i + 2].decode("utf-16-le", "surrogatepass") for i in range(0, len(data), 2)]


def delta(place, text):
    if place != "arguments":
        return {place: text}
    return {"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": text}}]}


def sent(*said, ends=(0,), done=True, usual=0):
    """Events of `(choice, place, text)`, after as many usual ones as it takes for a glance to be enough."""
    events = [(0, {"role": "assistant", "content": ""}), *((0, {"content": "."}) for _ in range(usual))]
    events += [(index, delta(place, text)) for index, place, text in said]
    out = [{"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": i, "delta": d, "finish_reason": None}]} for i, d in events]  # fmt: skip
    out += [{**out[0], "choices": [{"index": i, "delta": {}, "finish_reason": "stop"}]} for i in ends]
    return b"".join(b"data: %b\n\n" % json.dumps(e).encode() for e in out) + (b"data: [DONE]\n\n" if done else b"")


def heard(data):
    """What a caller hears at each place; strict about the bytes."""
    got = defaultdict(str)
    for block in data.decode("utf-8").split("\n\n"):
        payload = block.removeprefix("data: ")
        if not payload or payload == "[DONE]":
            continue
        for choice in json.loads(payload)["choices"]:
            said = choice["delta"]
            for name in ("content", "reasoning_content"):
                got[choice["index"], name] += said.get(name) or ""
            for call in said.get("tool_calls") or []:
                got[choice["index"], "arguments"] += call["function"]["arguments"]
    for text in got.values():
        text.encode("utf-8")  # no half is left
    return {place: text for place, text in got.items() if text}


def through_usual(data, choices=1):
    events = Events(usual=UsualStream(choices=choices, include_usage=True), choices=choices)
    out = b"".join(events.feed(block + b"\n\n") for block in data.split(b"\n\n") if block)
    return out + events.rest()


def through(rewrite, data, choices=1):
    events = Events(choices=choices)
    changed = rewrite.stream("e", include_usage=True, usual=UsualStream(choices=choices))
    out = b"".join(changed.feed(events.feed(block + b"\n\n")) for block in data.split(b"\n\n") if block)
    return out + changed.feed(events.rest()) + changed.end()


def through_dialect(data, choices=1):
    rewrite = Rewrite("r", TOKENHUB.provider, TOKENHUB.selection("glm-5", "chat"))
    return through(rewrite, data, choices)


def through_moderation(data, choices=1):
    return through(Rewrite("r", screen=Screen(("nothing of the kind",))), data, choices)


def through_nothing(data, choices=1):
    events = Events(choices=choices)
    return b"".join(events.feed(block + b"\n\n") for block in data.split(b"\n\n") if block) + events.rest()


def test_events_of_other_apis_are_left_as_they_are():
    data = b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"\\ud83d"}\n\n'
    assert Events().feed(data) == data


WAYS = pytest.mark.parametrize("way", [through_usual, through_nothing, through_dialect, through_moderation])


@WAYS
@pytest.mark.parametrize("usual", [0, 100])
@pytest.mark.parametrize("place", PLACES)
def test_a_character_cut_in_two_events_is_whole(way, place, usual):
    got = heard(way(sent(*((0, place, unit) for unit in units(FACES)), usual=usual)))
    assert got[0, place].lstrip(".") == FACES


@WAYS
@given(
    texts=st.dictionaries(
        st.tuples(st.integers(0, 1), st.sampled_from(PLACES)), st.text("a😀𠮷好", min_size=1, max_size=6), min_size=1
    ),
    data=st.data(),
)
def test_halves_are_joined_for_each_choice_and_channel_whatever_comes_between(way, texts, data):
    waiting = {place: units(text) for place, text in texts.items()}
    said = []
    while any(waiting.values()):
        index, place = data.draw(st.sampled_from([k for k, left in waiting.items() if left]))
        number = data.draw(st.integers(1, len(waiting[index, place])))
        said.append((index, place, "".join(waiting[index, place][:number])))
        del waiting[index, place][:number]
    assert heard(way(sent(*said, ends=(0, 1)), 2)) == {k: v for k, v in texts.items() if v}


@WAYS
@pytest.mark.parametrize("ends", [(0,), ()])
@pytest.mark.parametrize("place", PLACES)
def test_a_half_that_stays_alone_is_one_mark_at_the_end(way, place, ends):
    got = heard(way(sent((0, place, "a"), (0, place, "\ud83d"), ends=ends)))
    assert got == {(0, place): "a\ufffd"}


@WAYS
def test_a_half_before_other_text_is_a_mark_where_it_stood(way):
    said = [(0, "content", t) for t in ("a", "\ud83d", "b", "\ude00", "c\ud83d", "\ud83d", "\ude00")]
    assert heard(way(sent(*said))) == {(0, "content"): "a\ufffdb\ufffdc\ufffd😀"}


@WAYS
def test_an_event_passes_while_another_channel_waits(way):
    said = [(0, "reasoning_content", "\ud83d"), (0, "content", "hello"), (0, "reasoning_content", "\ude00")]
    assert heard(way(sent(*said))) == {(0, "reasoning_content"): "😀", (0, "content"): "hello"}


@given(st.text("a😀𠮷好\\u", max_size=12))
def test_whole_characters_are_never_taken_for_halves_and_halves_always_are(text):
    plain = text.replace("\\", "")
    assert not has_half(json.dumps(plain).encode())
    for unit in units(plain):
        assert has_half(json.dumps("x" + unit + "y").encode()) == ("\ud800" <= unit <= "\udfff")


def test_what_waits_says_nothing_after_it_was_given_out():
    halves = Halves()
    halves.joined({"id": "x", "choices": [{"index": 0, "delta": {"content": "\ud83d"}}]})
    assert halves.holds
    assert [e["choices"][0]["delta"] for e in halves.ending()] == [{"content": "\ufffd"}]
    assert not halves.holds
    assert halves.ending() == []


async def cut(seen, writer):
    if not seen.json.get("stream"):
        await write(writer, http(completion(FACES)))
        return
    await write(writer, SSE_HEAD)
    for block in sent(*((0, "content", unit) for unit in units(FACES))).split(b"\n\n")[:-1]:
        await write(writer, chunk(block + b"\n\n"))
    await write(writer, b"0\r\n\r\n")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", chat(stream=True)),
        ("/v1/completions", {"model": "gpt-4o", "prompt": "hi", "stream": True}),
        ("/v1/responses", {"model": "gpt-4o", "input": "hi", "stream": True}),
        ("/v1/messages", {"model": "gpt-4o", "max_tokens": 9, "stream": True, "messages": [{"role": "user", "content": "hi"}]}),
    ],
)  # fmt: skip
def test_every_api_gives_whole_characters(tmp_path, path, body):
    async def main():
        async with Scripted(cut) as upstream, house(tmp_path, [route("local", upstream.url)], ONE) as h:
            return await h.post(path, body)

    answer = play(main())
    assert KEY not in answer.body.decode("utf-8")
    said = ""
    for line in answer.body.decode("utf-8").split("\n"):
        payload = line.removeprefix("data: ")
        if not line.startswith("data: {"):
            continue
        event = json.loads(payload)
        for choice in event.get("choices") or []:
            said += choice.get("text") or (choice.get("delta") or {}).get("content") or ""
        if event.get("type") == "response.output_text.delta":
            said += event["delta"]
        elif event.get("type") == "content_block_delta":
            said += event["delta"].get("text") or ""
    assert said == FACES
