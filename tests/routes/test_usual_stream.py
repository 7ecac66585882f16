"""A stream in its usual form is looked at once and then passes; what is odd in one event does not make all others odd."""

from __future__ import annotations

import msgspec
import pytest

from banjia.gateway.usage import usage_of
from banjia.routes.dialect.usual_stream import UsualStream

FIRST = {"role": "assistant", "content": ""}


def payload(delta, finish=None) -> bytes:
    piece = {"index": 0, "delta": delta, "finish_reason": finish}
    return msgspec.json.encode({"id": "c", "model": "m", "object": "chat.completion.chunk", "choices": [piece]})


def passed(usual: UsualStream, delta) -> bool:
    """Whether an event passes; else it is put right."""
    event = payload(delta)
    if usual.passes(event):
        return True
    usual.event(msgspec.json.decode(event))
    return False


@pytest.mark.parametrize("first", [FIRST, {"role": "assistant", "content": "he"}])
def test_a_usual_stream_passes_and_is_not_watched_once_words_have_come(first):
    usual = UsualStream()
    assert passed(usual, first)
    assert passed(usual, {"content": "llo"})
    assert not usual.watching


def test_a_first_event_without_its_role_is_put_right_and_the_others_pass():
    usual = UsualStream()
    told = usual.event(msgspec.json.decode(payload({"content": "he"})))
    assert told[0]["choices"][0]["delta"]["role"] == "assistant"
    usual = UsualStream()
    assert not passed(usual, {"content": "he"})
    assert passed(usual, {"content": "llo"})
    assert not usual.watching


@pytest.mark.parametrize("odd", [{"role": "assistant", "content": "llo"}, {"content": "llo", "tool_calls": []}])
def test_a_stream_that_goes_on_oddly_is_watched_to_its_end(odd):
    usual = UsualStream()
    assert passed(usual, FIRST)
    assert not passed(usual, odd)
    assert not passed(usual, {"content": "!"})
    assert usual.watching


def test_counts_with_their_parts_are_read():
    used = {
        "prompt_tokens": 5,
        "completion_tokens": 3,
        "total_tokens": 8,
        "prompt_tokens_details": {"cached_tokens": 2},
    }
    found = usage_of(used)
    assert found is not None
    assert (found.read, found.written, found.cached) == (5, 3, 2)
    assert usage_of({**used, "prompt_tokens": "5"}) == found


def test_entries_of_a_list_have_the_index_by_which_clients_put_them_together():
    stream = UsualStream()
    given = [[{"text": "a"}, {"text": "b", "index": 5}], [{"text": "c", "index": None}], ["plain"]]
    events = [
        {"id": "x", "model": "m", "choices": [{"index": 0, "delta": {"reasoning_details": one}}]} for one in given
    ]
    assert not stream.passes(msgspec.json.encode(events[0]))
    found = [e["choices"][0]["delta"]["reasoning_details"] for event in events for e in stream.event(event)]
    assert [[{"text": "a", "index": 0}, {"text": "b", "index": 5}], [{"text": "c", "index": 0}], ["plain"]] == found
