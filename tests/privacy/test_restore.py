"""What comes back is what was meant, however it was cut."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjia.privacy.restore import Restorer
from banjia.privacy.stream import Stream, UnknownShape
from banjia.privacy.surrogate import Surrogates

NONCE = "k7qz"
ORIGINALS = {
    f"⟦人名1·{NONCE}⟧": "张三",
    f"⟦人名1b·{NONCE}⟧": "张  三",
    f"⟦人名11·{NONCE}⟧": '李"四"',
    f"⟦PERSON2·{NONCE}⟧": "O'Brien\\Co",
    f"⟦地址1·{NONCE}⟧": "平江路\n18号",
}
RESTORER = Restorer(ORIGINALS)
pieces = st.one_of(
    st.sampled_from(
        [*ORIGINALS, *(t[1:-1] for t in ORIGINALS), "⟦", "⟧", "⟦人", "人名1", f"·{NONCE}", "PERSON2·", "好的，", "\n"]
    ),
    st.text(max_size=6),
)
answers = st.lists(pieces, max_size=12).map("".join)


def cuts(text, points):
    edges = [0, *sorted({p % (len(text) + 1) for p in points}), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


@settings(max_examples=500, deadline=None)
@given(answers, st.lists(st.integers(0, 10_000), max_size=40))
def test_any_chunking_gives_the_whole_restoration(answer, points):
    channel = RESTORER.pieces()
    assert RESTORER.text(answer) == "".join(channel.feed(p) for p in cuts(answer, points)) + channel.end()


ALTERED = {
    "small letters": str.lower,
    "capitals": str.upper,
    "titled": str.title,
    "another dot": lambda t: t.replace("·", "•"),
    "a hyphen": lambda t: t.replace("·", "-"),
    "no dot": lambda t: t.replace("·", ""),
    "spaces": lambda t: t.replace("·", " · ").replace("⟦", "⟦ ").replace("⟧", " ⟧"),
    "a wide space": lambda t: t.replace("名1", "名\u30001").replace("PERSON", "PERSON\u00a0"),
    "wide digits": lambda t: t.translate({48 + i: 0xFF10 + i for i in range(10)}),
    "wide signs": lambda t: t.translate({c: c + 0xFEE0 for c in range(48, 123)}),
    "bare": lambda t: t[1:-1],
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=list(ALTERED))
@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(list(ORIGINALS)), min_size=1, max_size=4), st.lists(st.integers(0, 10_000), max_size=40)
)
def test_a_token_that_the_model_writes_in_its_own_way_is_restored(alter, tokens, points):
    answer = "好的，".join(alter(t) for t in tokens)
    channel = RESTORER.pieces()
    restored = "".join(channel.feed(p) for p in cuts(answer, points)) + channel.end()
    assert "好的，".join(ORIGINALS[t] for t in tokens) == restored == RESTORER.text(answer)


def test_words_that_only_look_like_tokens_stay():
    said = "PERSON2 k7qa, 人名1·k7q, phone 1-2 k7, K7QZ"
    assert said == RESTORER.text(said)


@pytest.mark.parametrize("said", ["人名1·k7qz", "Person 3 - K7QZ", "ＰＥＲＳＯＮ１・ｋ７ｑｚ", "1b k7qz"])
def test_no_nonce_is_taken_that_a_text_could_be_read_with(said, monkeypatch):
    drawn = iter(NONCE + "abcd")
    monkeypatch.setattr("banjia.privacy.surrogate.secrets.choice", lambda _: next(drawn))
    assert "abcd" == Surrogates.fresh(["nothing", said]).nonce


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(list(ORIGINALS)), max_size=5), st.lists(st.integers(0, 10_000), max_size=40), st.booleans()
)
def test_tool_arguments_stay_valid_json(tokens, points, ascii_only):
    document = json.dumps({"who": tokens, "note": "原文"}, ensure_ascii=ascii_only)
    channel = RESTORER.pieces(in_json=True)
    restored = "".join(channel.feed(p) for p in cuts(document, points)) + channel.end()
    assert {"who": [ORIGINALS[t] for t in tokens], "note": "原文"} == json.loads(restored)


@given(answers)
def test_no_more_is_held_back_than_a_token_is_long(answer):
    channel = RESTORER.pieces()
    longest = max(map(len, ORIGINALS))
    said = 0
    for i, c in enumerate(answer, 1):
        said += len(channel.feed(c))
        assert len(channel._held) < longest, i


def chat(index=0, **delta):
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "choices": [{"index": index, "delta": delta, "finish_reason": None}],
    }


def played(events, restorer=RESTORER):
    stream = Stream(restorer)
    out = [json.loads(d) for e in events for d in stream.data(json.dumps(e).encode()) if d != b"[DONE]"]
    return out + [json.loads(d) for d in stream.end()]


def test_each_choice_and_each_channel_has_its_own_rest():
    token = f"⟦人名1·{NONCE}⟧"
    events = [
        chat(0, content=token[:3]), chat(1, content=token[:4]), chat(0, reasoning_content=token[:2]),
        chat(1, content=token[4:]), chat(0, content=token[3:]), chat(0, reasoning_content=token[2:]),
    ]  # fmt: skip
    said = {}
    for event in played(events):
        for choice in event["choices"]:
            for key, value in choice["delta"].items():
                said[choice["index"], key] = said.get((choice["index"], key), "") + value
    assert {(0, "content"): "张三", (1, "content"): "张三", (0, "reasoning_content"): "张三"} == said


def test_the_rest_is_said_before_the_choice_is_finished():
    events = played([chat(0, content="⟦人"), {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}])
    assert ["", "⟦人", None] == [e["choices"][0]["delta"].get("content") for e in events]
    assert "stop" == events[-1]["choices"][0]["finish_reason"]


def test_tool_call_arguments_in_pieces_are_escaped():
    token = f"⟦人名11·{NONCE}⟧"
    parts = ['{"name": "', token[:2], token[2:], '"}']
    events = [chat(0, tool_calls=[{"index": 0, "id": "t", "function": {"name": "f", "arguments": p}}]) for p in parts]
    text = "".join(c["function"]["arguments"] for e in played(events) for c in e["choices"][0]["delta"]["tool_calls"])
    assert {"name": '李"四"'} == json.loads(text)


def test_structured_output_is_escaped():
    restorer = Restorer(ORIGINALS, json_output=True)
    token = f"⟦人名11·{NONCE}⟧"
    answer = restorer.answer({"choices": [{"message": {"content": json.dumps({"n": token}, ensure_ascii=False)}}]})
    assert {"n": '李"四"'} == json.loads(answer["choices"][0]["message"]["content"])


def test_responses_events_are_restored():
    token = f"⟦人名1·{NONCE}⟧"
    base = {"item_id": "i", "output_index": 0, "content_index": 0}
    events = [
        {"type": "response.created", "response": {"id": "r"}},
        {"type": "response.output_text.delta", **base, "delta": token[:3], "logprobs": [{"token": "x"}]},
        {"type": "response.output_text.delta", **base, "delta": token[3:-1]},
        {"type": "response.output_text.done", **base, "text": token},
        {"type": "response.completed", "response": {"output": [{"content": [{"type": "output_text", "text": token}]}]}},
    ]
    out = played(events)
    assert "人名1" not in json.dumps([e for e in out if e["type"] != "response.output_text.delta"], ensure_ascii=False)
    assert [] == next(e["logprobs"] for e in out if "logprobs" in e)
    assert "张三" == out[-1]["response"]["output"][0]["content"][0]["text"]


def test_messages_events_are_restored():
    token = f"⟦人名1·{NONCE}⟧"
    delta = lambda t: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": t}}  # noqa: E731
    out = played([delta(token[:4]), delta(token[4:]), {"type": "content_block_stop", "index": 0}])
    assert "张三" == "".join(e["delta"]["text"] for e in out if "delta" in e)


def test_a_field_that_nobody_knows_is_restored_or_not_passed_on():
    whole = {**chat(content="a"), "note": {"who": f"⟦人名1·{NONCE}⟧"}}
    whole["choices"][0]["aside"] = f"⟦PERSON2·{NONCE}⟧"
    whole["choices"][0]["native_finish_reason"] = "stop"
    [found] = Stream(RESTORER).event(whole)
    assert ("张三", "O'Brien\\Co") == (found["note"]["who"], found["choices"][0]["aside"])
    assert "stop" == found["choices"][0]["native_finish_reason"]
    cut = chat(content="a")
    cut["choices"][0]["aside"] = "⟦PERS"
    with pytest.raises(UnknownShape, match="aside"):
        Stream(RESTORER).event(cut)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "new.kind", "text": "⟦人名1"},
        {"choices": [{"index": 0, "delta": {"hidden_text": "⟦人名1"}}]},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "riddle", "x": "y"}},
        ["list"],
    ],
)
def test_an_unknown_shape_is_not_passed_on(event):
    with pytest.raises(UnknownShape):
        Stream(RESTORER).data(json.dumps(event).encode())


def test_what_is_no_json_is_not_passed_on():
    with pytest.raises(UnknownShape):
        Stream(RESTORER).data(b"{broken")


def test_log_probabilities_are_dropped():
    event = {"choices": [{"index": 0, "delta": {"content": "a"}, "logprobs": {"content": [{"token": "a"}]}}]}
    assert None is played([event])[0]["choices"][0]["logprobs"]
    assert None is RESTORER.answer({"choices": [{"logprobs": {"content": []}}]})["choices"][0]["logprobs"]


def test_surrogates_survive_being_saved():
    kept = Surrogates("abcd")
    first = kept.token("PHONE", "13812345678", "zh")
    again = Surrogates.load(kept.save())
    assert first == again.token("PHONE", "13812345678", "zh")
    assert "⟦电话1b·abcd⟧" == again.token("PHONE", "138-1234-5678", "zh")
    assert "⟦电话2·abcd⟧" == again.token("PHONE", "13912345678", "zh")


def test_a_nonce_never_stands_in_the_text_already():
    texts = [f"·{a}" for a in "abcdefgh"]
    assert not any(f"·{Surrogates.fresh(texts).nonce}" in t for t in texts)
