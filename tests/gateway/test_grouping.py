"""A stream reads the same however its bytes come together: one event a read, many, or cut anywhere."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.gateway.event import Events
from banjia.routes.dialect.usual_stream import UsualStream

HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
CALL = {"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
COUNTS = {"prompt_tokens": 1, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 1}}


def choice(delta, finish=None):
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


WORDS = st.sampled_from(["a", "b c", 'q"x', "<think>", "é", "x\\y", "[DONE]", "data: "])
PIECES = st.one_of(
    WORDS.map(lambda w: choice({"content": w})),
    WORDS.map(lambda w: choice({"content": w})),
    st.just(choice({"role": "assistant", "content": "z"})),
    st.just(choice({"tool_calls": [CALL]})),
    st.just({"choices": [{"delta": {"content": "w"}}]}),
    st.just(b": still here\n\n"),
)


@st.composite
def streams(draw) -> bytes:
    spaced = draw(st.booleans())

    def written(event) -> bytes:
        if isinstance(event, bytes):
            return event
        text = json.dumps({**HEAD, **event}, separators=(", ", ": ") if spaced else (",", ":"))
        return b"data: " + text.encode() + b"\n\n"

    first = draw(st.sampled_from([[], [choice({"role": "assistant", "content": ""})], [b": hello\n\n"]]))
    pieces = [*first, *draw(st.lists(PIECES, max_size=12))]
    pieces.append(choice({}, draw(st.sampled_from(["stop", "eos", "length"]))))
    if draw(st.booleans()):
        pieces.append({"choices": [], "usage": {**COUNTS, "total_tokens": draw(st.sampled_from([3, "3"]))}})
    if draw(st.booleans()):
        pieces.append(b"data: [DONE]\n\n")
        pieces += draw(st.sampled_from([[], [choice({"content": "late"})]]))
    return b"".join(map(written, pieces))


def read(parts, *, puts_right):
    """What a client makes of it: text, calls, finishes, end marks; and what the gateway notes."""
    usual = UsualStream(include_usage=True, head=HEAD) if puts_right else None
    events = Events(usual=usual)
    out = b"".join(events.feed(part) for part in parts) + events.rest()
    text, calls, finishes, ends = "", [], [], 0
    for line in out.split(b"\n"):
        if line == b"data: [DONE]":
            ends += 1
        elif line.startswith(b"data: "):
            for each in json.loads(line[6:])["choices"]:
                text += each["delta"].get("content") or ""
                calls += each["delta"].get("tool_calls") or []
                finishes += [each["finish_reason"]] if each.get("finish_reason") else []
    counted = (events.usage.read, events.usage.written, events.usage.cached) if events.usage else None
    return text, calls, finishes, ends, events.finished, events.done, counted


@pytest.mark.parametrize("puts_right", [True, False])
@given(stream=streams(), data=st.data())
def test_a_stream_reads_the_same_however_its_bytes_come_together(puts_right, stream, data):
    whole = read([stream], puts_right=puts_right)
    places = sorted({0, len(stream), *data.draw(st.lists(st.integers(0, len(stream)), max_size=8))})
    parts = [stream[a:b] for a, b in pairwise(places)]
    assert read(parts, puts_right=puts_right) == whole
    single = [event + b"\n\n" for event in stream.removesuffix(b"\n\n").split(b"\n\n")]
    assert read(single, puts_right=puts_right) == whole
    assert "late" not in whole[0]
    assert whole[3] <= 1
