"""Answers that begin with thoughts because the prompt ended in the opening tag: only the closing one appears."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.routes import catalogue
from banjia.routes.dialect import wire
from banjia.routes.dialect.operation import TagSplit
from banjia.routes.dialect.tag import Splitter, split_whole
from banjia.routes.habit import odd_thought
from banjia.routes.standin import reply as standin
from banjia.routes.standin.reply import reply

ROUTES = catalogue.load(plugins=False)
BARE = TagSplit(from_start=True)
ENGINES = pytest.mark.parametrize("engine", ["vllm", "sglang", "llamacpp"])
MODELS = pytest.mark.parametrize(
    "model", ["/models/DeepSeek-R1-Distill-Qwen-7B", "Qwen/QwQ-32B-AWQ", "Qwen3-4B-Thinking-2507"]
)
SAID = st.lists(st.sampled_from(["a", " ", "\n", "<", "</th", "ink>", "<think>", "</think>", "b"]), max_size=8)


def provider(name):
    return ROUTES.by_id(name)


def chunk(delta, finish=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}


def whole(engine, model, text, finish, **more):
    message = {"role": "assistant", "content": text, **more}
    body = {"id": "c", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": finish}]}
    return wire.answer(provider(engine), model, body).response["choices"][0]["message"]


def played(engine, model, events):
    rewriter = wire.rewriter(provider(engine), model)
    return [e for event in events for e in rewriter.feed(event)] + rewriter.finish()


def heard(events):
    deltas = [c["delta"] for e in events for c in e.get("choices", [])]
    return tuple("".join(d.get(name) or "" for d in deltas) for name in ("reasoning_content", "content"))


def told(engine, model, pieces, finish="stop", **first):
    events = [chunk({"role": "assistant", "content": "", **first})]
    return heard(played(engine, model, [*events, *(chunk({"content": p}) for p in pieces), chunk({}, finish)]))


@ENGINES
@MODELS
def test_a_stream_begins_with_thoughts_which_go_on_at_once(engine, model):
    rewriter = wire.rewriter(provider(engine), model)
    rewriter.feed(chunk({"role": "assistant", "content": ""}))
    assert heard(rewriter.feed(chunk({"content": "Let me see"}))) == ("Let me see", "")
    assert told(engine, model, ["Let me ", "see.</thi", "nk>\n\nFo", "ur."]) == ("Let me see.", "Four.")


@ENGINES
@MODELS
def test_a_whole_answer_is_taken_apart_alike(engine, model):
    for text, finish, expected in (
        ("Let me see.\n</think>\n\nFour.", "stop", ("Let me see.\n", "Four.")),
        ("<think>\nLet me see.</think>Four.", "stop", ("Let me see.", "Four.")),
        ("Let me", "length", ("Let me", "")),
        ("Four.", "stop", ("", "Four.")),
    ):
        said = whole(engine, model, text, finish)
        assert (said.get("reasoning_content") or "", said["content"]) == expected


@ENGINES
@pytest.mark.parametrize("model", ["qwen2.5-7b-instruct", "Qwen3-4B-Instruct-2507", "QwQ-32B-Preview", "llama-3-8b"])
def test_models_that_the_files_do_not_name_are_not_touched(engine, model):
    assert told(engine, model, ["Let me ", "see."]) == ("", "Let me see.")


def test_a_server_that_tells_thoughts_apart_itself_is_believed():
    model = "deepseek-r1"
    events = [chunk({"role": "assistant", "reasoning": "Hm."}), chunk({"content": "Four."}), chunk({}, "stop")]
    assert heard(played("vllm", model, events)) == ("Hm.", "Four.")
    said = whole("vllm", model, "Four.", "stop", reasoning_content="Hm.")
    assert (said["reasoning_content"], said["content"]) == ("Hm.", "Four.")


def test_an_answer_without_any_tag_is_never_lost():
    assert told("vllm", "deepseek-r1", ["Fo", "ur."]) == ("Four.", "Four.")
    assert told("vllm", "deepseek-r1", ["Fo", "ur."], "length") == ("Four.", "")


def test_what_comes_with_an_opening_tag_of_its_own_is_the_same_as_ever():
    assert told("vllm", "deepseek-r1", ["<th", "ink>\nhm</think>", "\nFour."]) == ("hm", "Four.")


def test_a_plain_event_passes_without_being_taken_apart():
    rewriter = wire.rewriter(provider("vllm"), "deepseek-r1")
    rewriter.feed(chunk({"content": "Let me"}))
    passed = rewriter.passes(b'{"id":"1","choices":[{"index":0,"delta":{"content":" see"},"finish_reason":null}]}')
    assert passed == b'{"id":"1","choices":[{"index":0,"delta":{"reasoning_content":" see"},"finish_reason":null}]}'
    assert heard(rewriter.feed(chunk({}, "stop")))[1] == "Let me see"


@given(SAID, SAID)
def test_however_a_text_is_cut_its_two_parts_are_those_of_the_whole(left, right):
    splitter = Splitter.of(BARE)
    text = "".join([*left, *right])
    cut = [p for t in ("".join(left), "".join(right)) for p in splitter.feed(t)] + splitter.finish()
    thought, rest = split_whole(BARE, text, stopped=False)
    assert tuple("".join(t for k, t in cut if k == kind) for kind in ("thought", "text")) == (thought, rest)


@given(SAID)
def test_no_word_of_an_answer_without_tags_is_lost_whole_or_in_a_stream(pieces):
    text = "".join(pieces)
    if "think>" in text:
        return
    splitter = Splitter.of(BARE)
    parts = [p for t in pieces for p in splitter.feed(t)] + splitter.finish(stopped=True)
    assert "".join(t for k, t in parts if k == "text") == text
    assert split_whole(BARE, text) == ("", text)


def test_a_stand_in_begins_with_thoughts_as_the_file_says():
    model = "deepseek-r1"
    asked = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    selection = wire.translator(provider("vllm")).selection(model, "chat")
    thinking = reply(None, asked | {"chat_template_kwargs": {"enable_thinking": True}}, selection)
    body = standin.whole(thinking)
    said = body["choices"][0]["message"]["content"]
    assert not said.startswith("<think>")
    assert said.startswith(standin.THOUGHT)
    message = wire.answer(provider("vllm"), model, body).response["choices"][0]["message"]
    assert (message["reasoning_content"].strip(), message["content"]) == (standin.THOUGHT, thinking.text)
    events = list(standin.events(thinking, include_usage=False))
    assert heard(played("vllm", model, events)) == (message["reasoning_content"], thinking.text)
    assert odd_thought(selection, body, expected=True) == ""
    assert odd_thought(selection, body, expected=False) != ""
