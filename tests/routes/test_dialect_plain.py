"""An event that passes as it is says the same as one that was taken apart."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjia.routes import catalogue
from banjia.routes.dialect import wire

ROUTES = catalogue.load(plugins=False)
WORDS = ["", "a", "<", "<think>", "</think>", "th", "ink>", "</", "\n", "词", '"content":', "\\", " "]
TEXT = st.none() | st.lists(st.sampled_from(WORDS), max_size=3).map("".join)
FRAGMENT = {"function": {"name": "f", "arguments": "{"}}
DELTA = st.fixed_dictionaries(
    {},
    optional={
        "content": TEXT,
        "role": st.sampled_from(["assistant", None]),
        "reasoning_content": TEXT,
        "reasoning": TEXT,
        "tool_calls": st.sampled_from([None, [], [FRAGMENT], [{**FRAGMENT, "index": -1, "id": "x"}]]),
        "refusal": st.none(),
    },
)
CHOICE = st.fixed_dictionaries(
    {"delta": DELTA},
    optional={
        "index": st.sampled_from([0, 1]),
        "finish_reason": st.sampled_from([None, "", "stop", "length", "sensitive"]),
        "usage": st.sampled_from([None, {"total_tokens": 3}]),
        "logprobs": st.none(),
    },
)
EVENT = st.fixed_dictionaries(
    {"id": st.just("c"), "model": st.just("m")},
    optional={
        "choices": st.lists(CHOICE, max_size=2),
        "usage": st.sampled_from([None, {"total_tokens": 3}]),
        "error": st.sampled_from([None, {"message": "x"}]),
        "base_resp": st.sampled_from([None, {"status_code": 0}, {"status_code": 1027}]),
        "code": st.sampled_from([0, 10001]),
        "x": st.just(1),
    },
)
COMMON = st.fixed_dictionaries(
    {
        "id": st.just("c"),
        "choices": st.fixed_dictionaries({"index": st.just(0), "delta": st.fixed_dictionaries({"content": TEXT})}).map(
            lambda c: [c]
        ),
    }
)


def played(name, events, *, passing):
    rewriter = wire.rewriter(ROUTES.by_id(name), "some-model", include_usage=True)
    out, passed = [], 0
    for event in events:
        payload = msgspec.json.encode(event)
        same = rewriter.passes(payload) if passing else None
        passed += same is not None
        out += [msgspec.json.decode(same)] if same is not None else rewriter.feed(msgspec.json.decode(payload))
    out += rewriter.finish()
    return (out, rewriter.usage, rewriter.error, rewriter.is_complete), passed


@pytest.mark.parametrize("name", sorted(ROUTES.providers))
@settings(max_examples=15)
@given(events=st.lists(COMMON | EVENT, max_size=8))
def test_a_stream_is_the_same_whether_its_events_pass_or_are_taken_apart(name, events):
    assert played(name, events, passing=False)[0] == played(name, events, passing=True)[0]


def test_words_pass_and_what_may_be_a_tag_does_not():
    words = [{"choices": [{"index": 0, "delta": {"content": w}}]} for w in ("one", " two", " <", "x", " three")]
    assert 2 == played("minimax", words, passing=True)[1]


def test_thought_between_tags_passes_under_its_own_name():
    words = [{"choices": [{"index": 0, "delta": {"content": w}}]} for w in ("<think>", "a", "b", "c", "</think>", "d")]
    (out, *_), passed = played("minimax", words, passing=True)
    deltas = [e["choices"][0]["delta"] for e in out]
    assert ("abc", 2) == ("".join(d.get("reasoning_content", "") for d in deltas), passed)
