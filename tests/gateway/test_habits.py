"""Whatever the habits of a server that says it speaks OpenAI's API, openai-python reads its answers as OpenAI's."""

from __future__ import annotations

import json

import pytest
from habit import (
    BREAK_OFF,
    CALL_ONCE,
    CALL_TWICE,
    COUNTS,
    ONE,
    SAY_HELLO,
    STREAMS,
    THINK,
    TWO,
    WHOLE,
    WHOLE_CALLS,
    answers,
)
from habit_read import PROVIDERS, before, each, readings
from scripted import Scripted, play


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return readings(
        tmp_path_factory.mktemp("habits"),
        {**SAY_HELLO, **THINK, **CALL_ONCE, **CALL_TWICE},
        whole=WHOLE,
        calls=WHOLE_CALLS,
    )


@pytest.mark.parametrize(("provider", "habit"), each(SAY_HELLO))
def test_a_stream_reads_as_one_of_openais_although(found, provider, habit):
    read = found[provider, "stream", habit]
    assert read.error is None
    assert (read.text, read.finish, read.roles) == ("hello", ["stop"], 1)
    assert [u.to_dict() for u in read.usage] == [COUNTS]
    assert read.helper.content == "hello"


@pytest.mark.parametrize(("provider", "habit"), each(THINK))
def test_thoughts_are_no_text_although_they_come(found, provider, habit):
    read = found[provider, "stream", habit]
    assert (read.error, read.text, read.thought, read.finish) == (None, "hello", "hm", ["stop"])


@pytest.mark.parametrize(("provider", "habit"), each(CALL_ONCE))
def test_a_call_is_whole_although_it_comes(found, provider, habit):
    read = found[provider, "stream", habit]
    assert (read.error, read.finish) == (None, ["tool_calls"])
    assert read.calls == {0: ["call_x", "find", '{"q":"a"}']}
    (call_read,) = read.helper.tool_calls
    assert (call_read.id, call_read.function.name, call_read.function.arguments) == ("call_x", "find", '{"q":"a"}')


@pytest.mark.parametrize(("provider", "habit"), each(CALL_TWICE))
def test_two_calls_are_kept_apart_although_they_come(found, provider, habit):
    read = found[provider, "stream", habit]
    assert read.error is None
    assert [(i, c[1:]) for i, c in sorted(read.calls.items())] == [(0, ["find", ONE]), (1, ["find", TWO])]
    assert len({c[0] for c in read.calls.values()} - {None, ""}) == 2
    assert [c.function.arguments for c in read.helper.tool_calls] == [ONE, TWO]


@pytest.mark.parametrize(("provider", "habit"), each(WHOLE))
def test_an_answer_reads_as_one_of_openais_although_it_has(found, provider, habit):
    answer = found[provider, "whole", habit]
    (choice,) = answer.choices
    assert (choice.index, choice.finish_reason, choice.message.role) == (0, "stop", "assistant")
    assert choice.message.content == "hello"
    assert isinstance(answer.id, str)
    assert isinstance(answer.created, int)
    assert answer.model
    assert answer.usage is None or isinstance(answer.usage.total_tokens, int)
    told = choice.to_dict()
    if provider == "vllm":  # where it is put together anew, what OpenAI always sends is there
        assert (told["logprobs"], told["message"]["refusal"]) == (None, None)
    if "thoughts" in habit:
        assert choice.message.reasoning_content.strip() == "hm"


@pytest.mark.parametrize(("provider", "habit"), each(WHOLE_CALLS))
def test_the_calls_of_an_answer_are_whole_although_they_have(found, provider, habit):
    (one,) = found[provider, "calls", habit].choices[0].message.tool_calls
    assert (bool(one.id), one.type, one.function.name) == (True, "function", "find")
    assert json.loads(one.function.arguments) == {"q": "a"}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("path", "body", "ending"),
    [
        ("/v1/responses", {"input": "stream|HABIT"}, "response.completed"),
        ("/v1/messages", {"max_tokens": 9, "messages": [{"role": "user", "content": "stream|HABIT"}]}, "message_stop"),
        ("/v1/completions", {"prompt": "stream|HABIT"}, "[DONE]"),
    ],
)
def test_no_habit_is_an_internal_error_of_the_other_apis(tmp_path, provider, path, body, ending):
    """Led through chat, whatever the server's habit: the same words, and the same end."""

    async def main():
        async with Scripted(answers) as upstream:
            apis = {"r": frozenset({"chat"})}
            async with before(tmp_path, upstream.url, provider, options={"retries": 0}, apis=apis) as h:
                found = {}
                for habit in STREAMS:
                    asked = json.loads(json.dumps(body).replace("HABIT", habit)) | {"model": "gpt-4o", "stream": True}
                    found[habit] = await h.post(path, asked)
                return found

    for habit, answer in play(main()).items():
        shown = answer.body.decode()
        assert answer.status == 200, (habit, shown)
        assert "internal_error" not in shown, habit
        complete = ending in shown.rstrip().rsplit("\n\n", 1)[-1]
        assert complete == (habit not in BREAK_OFF), (habit, shown[-300:])
