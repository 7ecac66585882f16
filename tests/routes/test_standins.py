"""A stand-in speaks its provider's dialect, and the dialect understands its stand-in."""

import asyncio
import json

import pytest

from banjia.routes import catalogue
from banjia.routes.dialect import wire
from banjia.routes.dialect.operation import SynthModels
from banjia.routes.dialect.usual_stream import UsualStream
from banjia.routes.simulate import Aborted, application
from banjia.routes.standin.fault import KINDS, body, fault
from banjia.routes.standin.schema import instance

ROUTES = catalogue.load(plugins=False)
SPOKEN = sorted(p.id for p in ROUTES.providers.values() if p.apis.get("chat") in ("yes", "partial") and p.id != "relay")
ERRING = [(p.id, i) for p in ROUTES.providers.values() for i in range(len(p.dialect.errors))]


def model_of(name, kind="chat"):
    return next(
        (m.id for m in ROUTES.by_id(name).models if m.kind == kind and not m.own_shape and not m.ends), "some-model"
    )


def ask(name, path, request=None, *, key="sk-test", model="", method="POST", wanted=""):
    provider = ROUTES.by_id(name)
    header = provider.auth.header.lower().encode()
    sent = []

    async def receive():
        raw = b"" if request is None else request if isinstance(request, bytes) else json.dumps(request).encode()
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [(header, provider.auth.template.replace("{key}", key).encode())] if key else []
    headers += [(b"x-simulate", wanted.encode())] if wanted else []
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(application(provider, model=model)(scope, receive, send))
    raw = b"".join(m.get("body", b"") for m in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), raw


def chat(name, more, text="hello", **options):
    model = model_of(name)
    request = {"model": model, "messages": [{"role": "user", "content": text}], **more}
    prepared = wire.prepare(ROUTES.by_id(name), model, "chat", request)
    assert prepared.refusal is None
    return model, ask(name, "/v1/chat/completions", prepared.request, model=model, **options)


def events(raw):
    return [json.loads(line[6:]) for line in raw.decode().split("\n\n") if line.startswith("data: {")]


def usual(events):
    """In the form that every answer gets after its dialect."""
    stream = UsualStream()
    return [after for event in events for after in stream.event(event)]


@pytest.mark.parametrize("name", SPOKEN)
def test_a_whole_answer_comes_through_the_dialect(name):
    model, (status, headers, raw) = chat(name, {})
    assert 200 == status
    assert b"true" == headers[b"x-banjia-stand-in"]
    answered = wire.answer(ROUTES.by_id(name), model, json.loads(raw))
    assert answered.error is None
    message = answered.response["choices"][0]["message"]
    assert "echo: hello" == message["content"]
    assert not {"reasoning", "<think>"} & {*message}


@pytest.mark.parametrize("name", SPOKEN)
def test_a_stream_says_the_same_as_the_whole_answer(name):
    model, (_, _, raw) = chat(name, {"stream": True, "stream_options": {"include_usage": True}})
    rewriter = wire.rewriter(ROUTES.by_id(name), model, include_usage=True)
    out = [e for event in events(raw) for e in rewriter.feed(event)] + rewriter.finish()
    assert "echo: hello" == "".join(c["delta"].get("content") or "" for e in out for c in e["choices"])
    assert rewriter.is_complete
    assert [] == out[-1]["choices"]
    assert out[-1]["usage"]["total_tokens"] > 0


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        },
    }
]


@pytest.mark.parametrize("name", [n for n in SPOKEN if n != "iflytek_spark"])
def test_a_tool_call_is_put_together_again(name):
    model, (status, _, raw) = chat(name, {"tools": TOOLS, "tool_choice": "auto", "stream": True}, "use the tool")
    assert 200 == status
    rewriter = wire.rewriter(ROUTES.by_id(name), model)
    out = usual([e for event in events(raw) for e in rewriter.feed(event)] + rewriter.finish())
    calls = [c for e in out for x in e["choices"] for c in x["delta"].get("tool_calls", [])]
    assert {0} == {c["index"] for c in calls}
    assert {"a": 1} == json.loads("".join(c["function"].get("arguments", "") for c in calls))


@pytest.mark.parametrize("name", ["openai", "vllm"])
def test_no_tool_is_called_where_none_may_be_and_several_answers_are_given_where_they_are_asked_for(name):
    _, (_, _, raw) = chat(name, {"tools": TOOLS, "tool_choice": "none", "n": 2}, "use the tool")
    choices = json.loads(raw)["choices"]
    assert [(0, "stop"), (1, "stop")] == [(c["index"], c["finish_reason"]) for c in choices]
    _, (_, _, raw) = chat(name, {"n": 2, "stream": True})
    said = {0: "", 1: ""}
    for event in events(raw):
        for choice in event["choices"]:
            said[choice["index"]] += choice["delta"].get("content") or ""
    assert {0: "echo: hello", 1: "echo: hello"} == said


@pytest.mark.parametrize("name", [n for n in SPOKEN if n != "iflytek_spark"])
def test_every_tool_is_called_where_all_are_asked_for(name):
    two = [*TOOLS, {"type": "function", "function": {"name": "g", "parameters": {"type": "object", "properties": {}}}}]
    model, (_, _, raw) = chat(name, {"tools": two, "tool_choice": "auto", "stream": True}, "use every tool")
    rewriter = wire.rewriter(ROUTES.by_id(name), model)
    out = usual([e for event in events(raw) for e in rewriter.feed(event)] + rewriter.finish())
    calls = [c for e in out for x in e["choices"] for c in x["delta"].get("tool_calls", [])]
    assert {0: "f", 1: "g"} == {c["index"]: c["function"]["name"] for c in calls if c.get("id")}


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize("stream", [False, True])
def test_an_error_under_a_status_of_success_is_played_where_it_is_asked_for(name, stream):
    _, (status, _, raw) = chat(name, {"stream": stream}, "please simulate:error-in-200")
    assert 200 == status
    assert not {"choices", "data"} & {*json.loads(raw)}


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_fault_is_understood_by_the_dialect(name, kind):
    _, (status, _, raw) = chat(name, {}, f"please simulate:{kind}")
    body_ = json.loads(raw)
    provider = ROUTES.by_id(name)
    error = wire.map_error(provider, status, body_) if status >= 400 else wire.error_in_answer(provider, body_)
    assert error is not None
    expected = {
        "safety": "content_filter",
        "arrears": "insufficient_quota",
        "rate-limit": "rate_limit_exceeded",
        "context": "context_length_exceeded",
        "not-found": "model_not_found",
        "key": "invalid_api_key",
    }
    if kind in expected:
        assert expected[kind] == error.code
    assert error.retry == (kind in ("rate-limit", "overload"))


@pytest.mark.parametrize(("name", "index"), ERRING)
def test_a_body_made_for_a_rule_is_mapped_by_that_rule_or_an_earlier_one(name, index):
    provider = ROUTES.by_id(name)
    rule = provider.dialect.errors[index]
    status = rule.when.http[0] if rule.when.http else 200 if rule.when.path else rule.to.http
    error = wire.map_error(provider, status, body(rule, "x"))
    assert error.is_known
    assert (rule.to.http, rule.to.code) == (error.status, error.code)


@pytest.mark.parametrize("name", ["minimax", "iflytek_spark", "deepseek", "openai"])
def test_a_late_error_and_a_cut_stream_never_end_as_done(name):
    for kind in ("late-error", "cut"):
        model, (_, _, raw) = chat(name, {"stream": True}, f"simulate:{kind}")
        assert b"[DONE]" not in raw
        rewriter = wire.rewriter(ROUTES.by_id(name), model)
        for event in events(raw):
            rewriter.feed(event)
        rewriter.finish()
        assert not rewriter.is_complete
        assert (rewriter.error is not None) == (kind == "late-error")


@pytest.mark.parametrize(("name", "model", "request_", "field"), [
    ("zhipu", "glm-5.2", {"messages": [{"role": "user", "content": "a", "name": "n"}]}, "messages[].name"),
    ("zhipu", "glm-5.2", {"temperature": 1.5}, "temperature"),
    ("zhipu", "glm-5.2", {"tools": TOOLS, "tool_choice": "required"}, "tool_choice"),
    ("moonshot", "kimi-k3", {"temperature": 0.5}, "temperature"),
    ("deepseek", "deepseek-flash", {"tools": TOOLS, "tool_choice": "required"}, "tool_choice"),
    ("deepseek", "deepseek-flash", {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}}, "response_format"),
    ("alibaba_bailian", "qwen-plus", {"temperature": 2}, "temperature"),
    ("alibaba_bailian", "qwen-plus", {"response_format": {"type": "json_object"}}, "response_format"),
    ("minimax", "MiniMax-M3", {"temperature": 0}, "temperature"),
])  # fmt: skip
def test_what_the_vendor_refuses_the_stand_in_refuses(name, model, request_, field):
    request = {"model": model, "messages": [{"role": "user", "content": "a"}], **request_}
    _, _, raw = ask(name, "/v1/chat/completions", request)
    assert field in raw.decode()


def test_embeddings_keep_to_the_limits():
    model = "text-embedding-v4"
    status, _, raw = ask("dashscope", "/compatible-mode/v1/embeddings", {"model": model, "input": ["a"] * 11})
    assert 400 == status, raw
    status, _, raw = ask(
        "dashscope", "/compatible-mode/v1/embeddings", {"model": model, "input": ["a", "b"], "dimensions": 64}
    )
    assert [64, 64] == [len(r["embedding"]) for r in json.loads(raw)["data"]]


def test_bad_habits_are_played():
    _, (_, _, raw) = chat("deepseek", {"stream": True})
    assert b": keep-alive" in raw
    _, (_, _, raw) = chat("deepseek", {})
    assert raw.startswith(b"\n\n{")
    tagged = {"model": "MiniMax-M2.7", "messages": [{"role": "user", "content": "a"}], "stream": True}
    _, _, raw = ask("minimax", "/v1/chat/completions", tagged)
    pieces = [c["delta"].get("content", "") for e in events(raw) for c in e["choices"]]
    assert "".join(pieces).startswith("<think>")
    assert not any("<think>" in p for p in pieces)


def test_a_missing_key_is_refused_as_the_vendor_does():
    status, _, raw = ask("zhipu", "/api/paas/v4/chat/completions", {"model": "glm-5.2", "messages": []}, key="")
    assert "invalid_api_key" == wire.map_error(ROUTES.by_id("zhipu"), status, json.loads(raw)).code


def test_an_unknown_model_is_refused_and_an_added_one_is_not():
    request = {"model": "mine", "messages": [{"role": "user", "content": "a"}]}
    assert (
        404 == ask("zhipu", "/v4/chat/completions", request)[0]
        or b"1211" in ask("zhipu", "/v4/chat/completions", request)[2]
    )
    assert 200 == ask("zhipu", "/v4/chat/completions", request, model="mine")[0]


@pytest.mark.parametrize("name", ["openai", "volcengine_ark"])
def test_the_model_list_is_there_only_where_the_vendor_has_one(name):
    synthetic = any(isinstance(op, SynthModels) for op in ROUTES.by_id(name).dialect.catalogue)
    assert (404 if synthetic else 200) == ask(name, "/v1/models", method="GET")[0]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff"])
def test_garbage_is_refused_and_not_thrown(raw):
    assert 400 <= ask("openai", "/v1/chat/completions", raw)[0] < 500


def test_every_provider_has_every_fault():
    for provider in ROUTES.providers.values():
        for kind in KINDS:
            assert fault(provider, kind).status


def test_a_schema_is_answered_with_a_value_that_it_allows():
    import jsonschema

    schema = {
        "type": "object",
        "properties": {
            "a": {"enum": ["x"]},
            "b": {"type": "array", "items": {"type": "number"}, "minItems": 2},
            "c": {"$ref": "#/$defs/C"},
        },
        "required": ["a", "b", "c"],
        "$defs": {"C": {"type": "boolean"}},
    }
    jsonschema.validate(json.loads(instance(schema)), schema)


def test_a_schema_in_the_prompt_is_followed_and_a_tool_that_is_named_is_called():
    note = (
        'Answer under this JSON Schema, and with nothing else:\n{"type":"object","properties":{"n":{"type":"integer"}}}'
    )
    _, (_, _, raw) = chat("deepseek", {}, note)
    assert {"n": 1} == json.loads(json.loads(raw)["choices"][0]["message"]["content"])
    _, (_, _, raw) = chat("deepseek", {"tools": TOOLS}, "You must answer with a call of f and with nothing else.")
    assert "f" == json.loads(raw)["choices"][0]["message"]["tool_calls"][0]["function"]["name"]


@pytest.mark.parametrize("changed", [{"messages": []}, {"messages": ["hello"]}, {"stream": "yes"}])
def test_what_no_vendor_could_answer_is_refused(changed):
    _, (status, _, _) = chat("openai", changed)
    assert 400 == status


@pytest.mark.parametrize(("name", "status"), [("openai", 200), ("vllm", 200), ("deepseek", 404)])
def test_the_old_completions_are_there_only_where_the_vendor_has_them(name, status):
    model = model_of(name)
    found, _, raw = ask(name, "/v1/completions", {"model": model, "prompt": "hello"}, model=model)
    assert status == found
    if status == 200:
        assert "echo: hello" == json.loads(raw)["choices"][0]["text"]


def test_a_header_asks_for_a_fault_without_a_word_in_the_message():
    _, (status, _, _) = chat("deepseek", {}, wanted="arrears")
    assert 402 == status


@pytest.mark.parametrize("given", ["simulate:arrears", ["a", "simulate:arrears"]])
def test_an_input_of_embeddings_asks_for_a_fault_too(given):
    model = model_of("zhipu", "embedding")
    status, _, _ = ask("zhipu", "/v1/embeddings", {"model": model, "input": given})
    assert 429 == status


@pytest.mark.parametrize("stream", [False, True])
def test_a_connection_is_cut_in_the_middle_where_it_is_asked_for(stream):
    with pytest.raises(Aborted):
        chat("deepseek", {"stream": stream}, "simulate:abort")


@pytest.mark.parametrize(
    ("path", "kind", "starts"),
    [
        ("/v1/images/generations", b"application/json", b"{"),
        ("/v1/audio/speech", b"audio/wav", b"RIFF"),
        ("/v1/audio/transcriptions", b"application/json", b"{"),
        ("/v1/moderations", b"application/json", b"{"),
        ("/v1/files", b"application/json", b"{"),
    ],
)
def test_parts_that_go_through_unread_are_answered_where_the_provider_has_them(path, kind, starts):
    status, headers, raw = ask("openai", path, {})
    assert (200, kind, True) == (status, headers[b"content-type"], raw.startswith(starts))
    assert 404 == ask("deepseek", path, {})[0]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/embeddings"])
def test_an_upstream_that_hangs_says_nothing_until_its_caller_has_gone(path):
    spoken, sent, waiting = ROUTES.by_id("zhipu"), [], asyncio.Event()
    model = model_of("zhipu", "embedding" if "embeddings" in path else "chat")
    request = {"model": model, "input": "a", "messages": [{"role": "user", "content": "simulate:hang"}]}
    came = [{"type": "http.request", "body": json.dumps(request).encode(), "more_body": False}]
    header = (spoken.auth.header.lower().encode(), spoken.auth.template.replace("{key}", "k").encode())
    scope = {"type": "http", "method": "POST", "path": path, "headers": [header, (b"x-simulate", b"hang")]}

    async def receive():
        if not came:
            waiting.set()
            await asyncio.Event().wait()
        return came.pop()

    async def send(message):
        sent.append(message)

    async def main():
        task = asyncio.ensure_future(application(spoken, model=model)(scope, receive, send))
        await asyncio.wait_for(waiting.wait(), 5)
        assert not sent
        task.cancel()

    asyncio.run(main())


def test_an_upstream_that_hangs_ends_with_its_caller():
    async def receive():
        return next(came)

    body = json.dumps({"model": model_of("zhipu"), "messages": [{"role": "user", "content": "simulate:hang"}]}).encode()
    came = iter([{"type": "http.request", "body": body, "more_body": False}, {"type": "http.disconnect"}])
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/chat/completions",
        "headers": [(b"authorization", b"Bearer k")],
    }
    asyncio.run(application(ROUTES.by_id("zhipu"))(scope, receive, send))
    assert sent == []
