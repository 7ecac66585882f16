"""Odd habits of servers that say they speak OpenAI's API: what they send, and a server that has them all."""

from __future__ import annotations

import json

from scripted import SSE_HEAD, chunk, completion, http, piece, write

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
