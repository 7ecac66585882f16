"""Odd habits of servers that say they speak OpenAI's API, and what openai-python reads of them behind the gateway."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import warnings

import openai
import pytest
from scripted import SSE_HEAD, Scripted, chunk, completion, http, piece, play, write

from banjia.config.secret import Secret
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from house import KEY, house, open_cells, policy, route

MESSAGES = [{"role": "user", "content": "hello"}]
TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
PROVIDERS = {"self_hosted": "served", "vllm": "served"}  # one whose answers pass, one whose answers are rewritten
BEGIN, HE, LLO, STOP = (
    piece({"role": "assistant", "content": ""}),
    piece({"content": "he"}),
    piece({"content": "llo"}),
    piece({}, "stop"),
)
COUNTS = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
USAGE = {**piece({}), "choices": [], "usage": COUNTS}
WORDS = [BEGIN, HE, LLO, STOP, USAGE]
CALLED = piece({}, "tool_calls")
NOTHING = piece({"role": "assistant", "content": None})


def said(*events, done=True, end=b"\n\n", field=b"data: "):
    lines = b"".join(field + json.dumps(e, ensure_ascii=False).encode() + end for e in events)
    return lines + (b"data: [DONE]" + end if done else b"")


def with_choice(event, **changes):
    return {**event, "choices": [{**event["choices"][0], **changes}]}


def without(event, *names):
    return with_choice({k: v for k, v in event.items() if k not in names}) if "choices" not in names else {"id": "x"}


def call(index=0, name="find", ident="call_x", arguments="", **more):
    found = {"index": index, "id": ident, "type": "function", "function": {"name": name, "arguments": arguments}}
    return {k: v for k, v in {**found, **more}.items() if v != "absent"}


def calls(*fragments):
    return piece({"tool_calls": list(fragments)})


def more(index, arguments):
    return {k: v for k, v in {"index": index, "function": {"arguments": arguments}}.items() if v != "absent"}


def in_three(index):
    first = call(index)
    return said(NOTHING, calls(first), calls(more(index, '{"q":')), calls(more(index, '"a"}')), CALLED)


def whole(message, finish="stop", **changes):
    return {**completion(), "choices": [{"index": 0, "message": message, "finish_reason": finish}], **changes}


def spoken(content="hello", **changes):
    return {"role": "assistant", "content": content, **changes}


WHOLE_CALL = {"id": "call_x", "type": "function", "function": {"name": "find", "arguments": '{"q":"a"}'}}
HALF, OTHER_HALF = (
    b'data: {"id":"x","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null,"logprobs":NaN}]}\n\n',
    b'data: {"id":"x",\ndata: "choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null}]}\n\n',
)

SAY_HELLO = {
    "comments stand between the events": b": keep-alive\n\n"
    + said(BEGIN, HE, done=False)
    + b":\n\n: keep-alive\n\n"
    + said(LLO, STOP, USAGE),
    "lines end as on Windows": said(*WORDS, end=b"\r\n\r\n"),
    "lines end in carriage returns": said(*WORDS, end=b"\r\r"),
    "line ends are mixed": said(BEGIN, HE, done=False) + said(LLO, done=False, end=b"\n\r\n") + said(STOP, USAGE, end=b"\r\n\r\n"),
    "a byte order mark comes first": b"\xef\xbb\xbf" + said(*WORDS),
    "blank lines come first": b"\n\r\n\n\n" + said(*WORDS),
    "blank lines are doubled": said(*WORDS, end=b"\n\n\n\n"),
    "no blank follows the colon": said(*WORDS, field=b"data:"),
    "events have names and numbers": said(*WORDS, field=b"id: 1\nevent: message\ndata: "),
    "a retry comes first": b"retry: 1000\n\n" + said(*WORDS),
    "the end mark is missing": said(*WORDS, done=False),
    "more comes after the end mark": said(*WORDS) + said(piece({"content": "more"})),
    "usage rides on the last piece": said(BEGIN, HE, LLO, {**STOP, "usage": COUNTS}),
    "usage rides in the choice": said(BEGIN, HE, LLO, with_choice(STOP, usage=COUNTS)),
    "usage rides on every piece": said(*({**e, "usage": COUNTS} for e in (BEGIN, HE, LLO, STOP))),
    "usage is null on every piece": said(*({**e, "usage": None} for e in (BEGIN, HE, LLO, STOP)), USAGE),
    "usage is told in floats": said(*WORDS[:4], {**USAGE, "usage": {k: float(v) for k, v in COUNTS.items()}}),
    "usage is told in texts": said(*WORDS[:4], {**USAGE, "usage": {k: str(v) for k, v in COUNTS.items()}}),
    "an annotation without choices comes first": said({**BEGIN, "choices": [], "prompt_filter_results": []}, *WORDS),
    "choices are null once": said({**BEGIN, "choices": None}, *WORDS),
    "choices are missing once": said({"id": "x", "object": "chat.completion.chunk"}, *WORDS),
    "choices have no index": said(*(without(e, "index") if e["choices"] else e for e in WORDS)),
    "the last piece has no delta": said(BEGIN, HE, LLO, with_choice(STOP, delta=None), USAGE),
    "a message stands for the delta": said(with_choice(without(BEGIN), delta="absent", message=spoken(), finish_reason="stop"), USAGE),
    "content comes in parts": said(
        BEGIN, piece({"content": [{"type": "text", "text": "he"}]}), piece({"content": [{"type": "text", "text": "llo"}]}), STOP, USAGE
    ),
    "content is null where nothing is said": said(piece({"role": "assistant", "content": None}), HE, LLO, piece({"content": None}, "stop"), USAGE),
    "the role comes with every piece": said(
        piece({"role": "assistant", "content": "he"}), piece({"role": "assistant", "content": "llo"}), piece({"role": "assistant"}, "stop"), USAGE
    ),
    "no piece has a role": said(HE, LLO, STOP, USAGE),
    "the finish is empty until the end": said(*(with_choice(e, finish_reason="") for e in (BEGIN, HE, LLO)), STOP, USAGE),
    "the finish is another word for stop": said(BEGIN, HE, LLO, piece({}, "eos"), USAGE),
    "the finish never comes but the end mark does": said(BEGIN, HE, LLO, USAGE),
    "the error is null on every piece": said(*({**e, "error": None} for e in WORDS)),
    "tool calls are null on every piece": said(
        piece({"role": "assistant", "content": "he", "tool_calls": None}), piece({"content": "llo", "tool_calls": []}), STOP, USAGE
    ),
    "numbers are no JSON": said(BEGIN, done=False) + HALF + said(STOP, USAGE),
    "an event has two lines of data": said(BEGIN, done=False) + OTHER_HALF + said(STOP, USAGE),
}  # fmt: skip
THINK = {
    "under `reasoning`": said(BEGIN, piece({"reasoning": "hm"}), HE, LLO, STOP),
    "under both names": said(BEGIN, piece({"reasoning": "hm", "reasoning_content": "hm"}), HE, LLO, STOP),
    "in tags that are split over pieces": said(
        BEGIN, *(piece({"content": c}) for c in ("<th", "ink>h", "m</thi", "nk>he")), LLO, STOP
    ),
    "in a part of their own": said(BEGIN, piece({"content": [{"type": "thinking", "thinking": "hm"}]}), HE, LLO, STOP),
}
CALL_ONCE = {
    "as it should be": in_three(0),
    "with the index -1": in_three(-1),
    "with a null index": in_three(None),
    "without an index": in_three("absent"),
    "with an index that is a text": in_three("0"),
    "with an index past all bounds": in_three(10**9),
    "with its id in each fragment": said(NOTHING, *(calls(call(arguments=a)) for a in ("", '{"q":', '"a"}')), CALLED),
    "with arguments that are an object": said(NOTHING, calls(call(arguments={"q": "a"})), CALLED),
    "with null for arguments first": said(NOTHING, calls(call(arguments=None)), calls(more(0, '{"q":"a"}')), CALLED),
    "without a type": said(NOTHING, calls(call(arguments='{"q":"a"}', type="absent")), CALLED),
    "as a single object": said(NOTHING, piece({"tool_calls": call(arguments='{"q":"a"}')}), CALLED),
    "with the finish of old functions": said(NOTHING, calls(call(arguments='{"q":"a"}')), piece({}, "function_call")),
    "without any finish": said(NOTHING, calls(call(arguments='{"q":"a"}'))),
}
ONE, TWO = '{"q":1}', '{"q":2}'
CALL_TWICE = {
    "both whole and without an index": said(NOTHING, calls(call("absent", ident="a", arguments=ONE), call("absent", ident="b", arguments=TWO)), CALLED),
    "both at index 0": said(NOTHING, calls(call(ident="a", arguments=ONE)), calls(call(ident="b", arguments=TWO)), CALLED),
    "both at index -1": said(NOTHING, calls(call(-1, ident="a")), calls(more(-1, ONE)), calls(call(-1, ident="b")), calls(more(-1, TWO)), CALLED),
    "both without an id": said(NOTHING, calls(call(0, ident="absent", arguments=ONE)), calls(call(1, ident="", arguments=TWO)), CALLED),
    "both with one id": said(NOTHING, calls(call(0, arguments=ONE)), calls(call(1, arguments=TWO)), CALLED),
}  # fmt: skip
BREAK_OFF = {
    "with an error": said(BEGIN, HE, {"error": {"message": "boom", "type": "server_error", "code": "x"}}, done=False),
    "with an error and an end mark": said(BEGIN, HE, {"error": {"message": "boom", "type": "t", "code": "x"}}),
    "with an error that is a text": said(BEGIN, HE, {"error": "boom"}, done=False),
    "with an error beside an id": said(BEGIN, HE, {"id": "x", "error": {"message": "boom"}}, done=False),
    "with an event named error": said(BEGIN, HE, done=False)
    + b'event: error\ndata: {"message": "boom", "code": 500}\n\n',
    "with a bare code and message": said(BEGIN, HE, {"code": 50001, "message": "boom"}, done=False),
    "without an end": said(BEGIN, HE, done=False),
}
STREAMS = {**SAY_HELLO, **THINK, **CALL_ONCE, **CALL_TWICE, **BREAK_OFF}
WHOLE = {
    "content in parts": whole(spoken([{"type": "text", "text": "he"}, {"type": "text", "text": "llo"}])),
    "no role": whole({"content": "hello"}),
    "no finish": whole(spoken(), None),
    "another word for stop": whole(spoken(), "eos_token"),
    "no index": {**completion(), "choices": [{"message": spoken(), "finish_reason": "stop"}]},
    "a delta for the message": {**completion(), "choices": [{"index": 0, "delta": {"content": "hello"}, "finish_reason": "stop"}]},
    "no usage": {k: v for k, v in completion().items() if k != "usage"},
    "usage in floats": {**completion(), "usage": {k: float(v) for k, v in COUNTS.items()}},
    "usage of nulls": {**completion(), "usage": dict.fromkeys(COUNTS)},
    "no id, time or model": {k: v for k, v in completion().items() if k not in {"id", "object", "created", "model"}},
    "a number for an id": {**completion(), "id": 7, "created": "1", "model": None},
    "thoughts under `reasoning`": whole(spoken(reasoning="hm")),
    "thoughts in tags": whole(spoken("<think>\nhm\n</think>\n\nhello")),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(completion()).encode(),
    "blank lines before it": b"\n\n\n" + json.dumps(completion()).encode(),
    "events although none were asked for": said(*WORDS),
}  # fmt: skip
WHOLE_CALLS = {
    "no id": [{k: v for k, v in WHOLE_CALL.items() if k != "id"}],
    "a null id": [{**WHOLE_CALL, "id": None}],
    "no type": [{k: v for k, v in WHOLE_CALL.items() if k != "type"}],
    "arguments that are an object": [{**WHOLE_CALL, "function": {"name": "find", "arguments": {"q": "a"}}}],
    "a single object for the list": WHOLE_CALL,
}
NO_ANSWER = {
    "no choices": {**completion(), "choices": []},
    "null for choices": {**completion(), "choices": None},
    "a null message": {**completion(), "choices": [{"index": 0, "message": None, "finish_reason": "stop"}]},
    "an error beside choices": {**completion(), "error": {"message": "boom", "type": "t", "code": "c"}},
    "an error": {"error": {"message": "boom", "type": "t", "code": "c"}},
    "an error that is a text": {"error": "boom"},
    "a code and a message": {"code": 50001, "message": "boom", "data": None},
    "a page": b"<html>busy</html>",
    "nothing": b"",
    "a list": b"[]",
    "text in another encoding": json.dumps(completion("caf\xe9"), ensure_ascii=False).encode("latin-1"),
}
TOLD = {  # an error under HTTP 200 -> what it is
    "429": ({"error": {"message": "slow", "code": 429}}, (429, "rate_limit_exceeded")),
    "quota": ({"error": {"message": "pay", "code": "insufficient_quota"}}, (429, "insufficient_quota")),
    "overload": ({"error": {"message": "busy", "type": "overloaded_error"}}, (503, "overloaded")),
    "too long": ({"error": {"message": "long", "code": "context_length_exceeded"}}, (400, "context_length_exceeded")),
    "400": ({"object": "error", "message": "wrong", "type": "BadRequestError", "code": 400}, (400, "400")),
}


async def answers(seen, writer):
    """The habit that the message names."""
    wanted = seen.json["messages"][0]["content"]
    kind, _, name = wanted.partition("|")
    if kind == "stream":
        data = STREAMS[name]
        await write(writer, SSE_HEAD)
        await write(writer, b"".join(chunk(data[i : i + 7]) for i in range(0, len(data), 7)) + b"0\r\n\r\n")
        return
    body = (
        WHOLE[name] if kind == "whole"
        else whole(spoken(None, tool_calls=WHOLE_CALLS[name]), "tool_calls") if kind == "calls"
        else TOLD[name][0] if kind == "told"
        else NO_ANSWER[name]
    )  # fmt: skip
    await write(writer, http(body))


@dataclasses.dataclass
class Read:
    text: str = ""
    thought: str = ""
    finish: list = dataclasses.field(default_factory=list)
    usage: list = dataclasses.field(default_factory=list)
    roles: int = 0
    calls: dict = dataclasses.field(default_factory=dict)
    error: object = None
    helper: object = None


async def streamed(client, name):
    read = Read()
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": f"stream|{name}"}], "tools": [TOOL]}
    try:
        events = await client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True})
        async for event in events:
            read.usage += [event.usage] if event.usage else []
            for choice in event.choices:
                delta = choice.delta
                read.roles += delta.role is not None
                read.text += delta.content or ""
                read.thought += getattr(delta, "reasoning_content", None) or ""
                read.finish += [choice.finish_reason] if choice.finish_reason else []
                for part in delta.tool_calls or []:
                    found = read.calls.setdefault(part.index, [part.id, part.function.name, ""])
                    found[2] += part.function.arguments
        async with client.chat.completions.stream(**asked) as stream:
            read.helper = (await stream.get_final_completion()).choices[0].message
    except openai.APIError as error:
        read.error = error
    return read


async def asked(client, kind, name):
    try:
        return await client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"{kind}|{name}"}]
        )
    except openai.APIError as error:
        return error


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Everything asked once of a gateway before each of the two routes."""
    warnings.simplefilter("error")
    path = tmp_path_factory.mktemp("habits")
    (path / "up.key").write_text("sk-upstream-key-000000000000000000")
    results = {}

    async def main():
        async with Scripted(answers) as upstream:
            for provider, model in PROVIDERS.items():
                way = dataclasses.replace(
                    route("r", upstream.url, models={"gpt-4o": model}),
                    provider=provider,
                    key=Secret("file:up.key", path),
                    stand_in=True,
                )
                spoken_there = {"r": Translator(load().by_id(provider))}
                async with (
                    house(path, [way], policy(open_cells("r")), translators=spoken_there) as h,
                    openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=0) as client,
                ):
                    for name in STREAMS:
                        results[provider, "stream", name] = await streamed(client, name)
                    groups = {"whole": WHOLE, "calls": WHOLE_CALLS, "none": NO_ANSWER, "told": TOLD}
                    for kind, group in groups.items():
                        for name in group:
                            results[provider, kind, name] = await asked(client, kind, name)

    play(main())
    return results


def each(group):
    return [pytest.param(p, name, id=f"{p}-{name}") for p in PROVIDERS for name in group]


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


@pytest.mark.parametrize(("provider", "habit"), each(BREAK_OFF))
def test_a_stream_does_not_end_as_if_it_were_complete_when_it_breaks_off(found, provider, habit):
    read = found[provider, "stream", habit]
    assert (read.text, read.finish) == ("he", [])
    assert "boom" in str(read.error) or "not complete" in str(read.error)


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


@pytest.mark.parametrize(("provider", "habit"), each(NO_ANSWER))
def test_it_is_an_error_and_no_answer_that_has(found, provider, habit):
    error = found[provider, "none", habit]
    assert isinstance(error, openai.InternalServerError)
    assert error.status_code == 502


@pytest.mark.parametrize(("provider", "habit"), each(TOLD))
def test_an_error_under_a_status_of_success_is_what_it_says_that_it_is(found, provider, habit):
    error = found[provider, "told", habit]
    assert (error.status_code, error.code) == TOLD[habit][1]


LATE = {
    "alibaba_bailian": {"error": {"code": "data_inspection_failed", "message": "no"}},
    "volcengine_ark": {"error": {"code": "OutputTextSensitiveContentDetected", "message": "no"}},
    "zhipu": {"error": {"code": "1301", "message": "no"}},
    "tencent": {"error": {"code": "451001", "type": "content_filter_error", "message": "no"}},
    "moonshot": {"error": {"type": "content_filter", "message": "no"}},
    "minimax": {"base_resp": {"status_code": 1027, "status_msg": "no"}},
    "iflytek_spark": {"code": 10014, "message": "no", "sid": "s"},
    "baidu_qianfan": {"error": {"type": "unsafe_request", "code": "x", "message": "no"}},
    "openai": {"error": {"code": "content_filter", "message": "no"}},
}
EARLY = {  # comes as the first event, after a comment, or as the whole body: HTTP 200 each time
    "alibaba_bailian": ({"code": "Arrearage", "message": "pay"}, (429, "insufficient_quota")),
    "volcengine_ark": ({"error": {"code": "AccountOverdueError", "message": "pay"}}, (429, "insufficient_quota")),
    "zhipu": ({"error": {"code": "1113", "message": "pay"}}, (429, "insufficient_quota")),
    "minimax": ({"base_resp": {"status_code": 1002, "status_msg": "slow"}}, (429, "rate_limit_exceeded")),
    "iflytek_spark": ({"code": 11202, "message": "slow", "sid": "s"}, (429, "rate_limit_exceeded")),
    "tencent": ({"error": {"code": "401007", "message": "pay"}}, (429, "insufficient_quota")),
}


def behind(tmp_path, provider, parts, **body):
    """One call over a route of that provider; the upstream sends the parts one after another."""
    spoken = load().by_id(provider)
    model = next(m.id for m in spoken.models if m.kind == "chat")
    (tmp_path / "up.key").write_text("sk-upstream-key-000000000000000000")

    async def give(seen, writer):
        if not seen.json.get("stream"):
            await write(writer, http(json.loads(parts[-1].removeprefix(b"data: "))))
            return
        await write(writer, SSE_HEAD)
        for part in parts:
            await write(writer, chunk(part))
            await asyncio.sleep(0.02)
        await write(writer, b"0\r\n\r\n")

    async def main():
        async with Scripted(give) as upstream:
            way = route("r", upstream.url, models={"gpt-4o": model}, key=Secret("file:up.key", tmp_path))
            way = dataclasses.replace(way, provider=provider, stand_in=True, options={"retries": 0})
            async with house(tmp_path, [way], policy(open_cells("r")), translators={"r": Translator(spoken)}) as h:
                asked = {"model": "gpt-4o", "messages": MESSAGES, **body}
                answer = await h.post(body=asked)
            return answer, [b["more"] for kind, b in h.entries() if kind == "decision"]

    return play(main())


@pytest.mark.parametrize("provider", LATE)
def test_a_content_check_that_stops_a_stream_ends_it_as_filtered_whatever_the_vendor_calls_it(tmp_path, provider):
    answer, (entry,) = behind(
        tmp_path, provider, [said(BEGIN, HE, done=False), said(LATE[provider], done=False)], stream=True
    )
    finishes = [c["finish_reason"] for e in answer.events[:-1] for c in e["choices"] if c["finish_reason"]]
    assert (answer.status, finishes, answer.events[-1]) == (200, ["content_filter"], "[DONE]")
    assert entry["code"] == "content_filter"
    assert entry["raw"] in str(LATE[provider])  # the vendor's own word, for whoever has to ask it


@pytest.mark.parametrize("comment", [[], [b": keep-alive\n\n"]])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("provider", EARLY)
def test_an_error_before_the_first_word_has_its_status_though_the_vendor_said_200(tmp_path, provider, stream, comment):
    body, expected = EARLY[provider]
    answer, _ = behind(tmp_path, provider, [*comment, said(body, done=False)], stream=stream)
    assert (answer.status, answer.error["code"]) == expected


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
    (tmp_path / "up.key").write_text("sk-upstream-key-000000000000000000")
    spoken = {"r": Translator(load().by_id(provider))}

    async def main():
        async with Scripted(answers) as upstream:
            way = route("r", upstream.url, models={"gpt-4o": "served"}, key=Secret("file:up.key", tmp_path))
            way = dataclasses.replace(way, provider=provider, stand_in=True, options={"retries": 0})
            apis = {"r": frozenset({"chat"})}
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken, apis=apis) as h:
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
