"""Other dialects: the official client against stand-ins made from the providers' own files."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import socket

import openai
import pytest
import uvicorn
from scripted import SSE_HEAD as HEAD
from scripted import Scripted, chunk, completion, event, http, piece, play, write

from banjia.config.secret import Secret
from banjia.gateway.server import Server
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from banjia.routes.simulate import application
from house import KEY, house, open_cells, policy, route, shut

MODELS = {
    "deepseek": "deepseek-v4-pro",
    "alibaba_bailian": "qwen3.7-plus",
    "zhipu": "glm-5.2",
    "moonshot": "kimi-k2.6",
    "minimax": "MiniMax-M3",
    "volcengine_ark": "doubao-seed-2.1-pro",
    "iflytek_spark": "spark-x2",
    "stepfun": "step-3.7",
    "tencent": "hy3",
    "vllm": "served",
}
MESSAGES = [{"role": "user", "content": "hello"}]
TOOL = {
    "type": "function",
    "function": {"name": "find", "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}},
}


@contextlib.asynccontextmanager
async def stand_in(provider: str, model: str):
    server = Server(
        uvicorn.Config(application(load().by_id(provider), model=model), log_config=None, lifespan="off", ws="none")
    )
    stop = asyncio.Event()
    server.main_loop = stop.wait
    server.shutdown = lambda sockets=None: shut(server)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    task = asyncio.ensure_future(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.002)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    finally:
        stop.set()
        await task


def through(tmp_path, provider, use, **app):
    model = next((m.id for m in load().by_id(provider).models if m.kind == "chat"), "served")
    (tmp_path / "up.key").write_text("sk-upstream-key-000000000000000000")

    async def main():
        async with stand_in(provider, model) as url:
            way = dataclasses.replace(
                route("r", url, models={"gpt-4o": model}),
                provider=provider,
                key=Secret("file:up.key", tmp_path),
                stand_in=True,
            )
            found = {"r": Translator(load().by_id(provider))}
            async with house(tmp_path, [way], policy(open_cells("r")), translators=found, **app) as h:
                client = openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=0)
                try:
                    return await use(client)
                finally:
                    await client.close()

    return play(main())


@pytest.mark.parametrize("provider", MODELS)
def test_the_official_client_chats_and_streams_over_each_dialect(tmp_path, provider):
    async def use(client):
        whole = await client.chat.completions.create(
            model="gpt-4o", messages=MESSAGES, max_tokens=100, temperature=0.3, seed=1
        )
        words, ends = "", []
        async for part in await client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True):
            for choice in part.choices:
                words += choice.delta.content or ""
                ends += [choice.finish_reason] if choice.finish_reason else []
        return whole, words, ends

    whole, words, ends = through(tmp_path, provider, use)
    assert whole.choices[0].message.content
    assert whole.choices[0].finish_reason == "stop"
    assert words
    assert ends == ["stop"]


@pytest.mark.parametrize("provider", ["deepseek", "alibaba_bailian", "zhipu", "moonshot", "minimax", "vllm"])
@pytest.mark.parametrize(("fault", "status"), [("arrears", 429), ("safety", 400), ("overload", 503), ("rate", 429)])
def test_a_vendors_error_becomes_openais(tmp_path, provider, fault, status):
    async def use(client):
        try:
            await client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": f"simulate:{fault}"}]
            )
        except openai.APIStatusError as error:
            return error.status_code, error.code, error.response.headers.get("x-should-retry")
        return 200, "", ""

    code, name, retry = through(tmp_path, provider, use)
    if code == 200:  # the vendor has no such fault, or says it in the finish reason
        return
    assert code in {status, 429, 503, 400}
    if fault == "arrears":
        assert (name, retry) == ("insufficient_quota", "false")
    if fault == "safety":
        assert (name, retry) == ("content_filter", "false")


@pytest.mark.parametrize("provider", ["deepseek", "minimax", "vllm"])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_connection_that_is_cut_is_an_error_and_no_end(tmp_path, provider, streamed):
    async def use(client):
        asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": "simulate:abort"}], "stream": streamed}
        with pytest.raises(openai.APIError) as caught:
            answer = await client.chat.completions.create(**asked)
            async for _ in answer:
                pass
        return caught.value

    error = through(tmp_path, provider, use)
    assert getattr(error, "status_code", None) == (None if streamed else 502)
    assert error.code == "upstream_broken"


@pytest.mark.parametrize(("fault", "status"), [("arrears", 429), ("safety", 400), ("rate-limit", 429)])
def test_an_error_under_a_status_of_success_is_understood_in_a_stream_too(tmp_path, fault, status):
    async def use(client):
        said = [{"role": "user", "content": f"simulate:{fault}"}]
        with pytest.raises(openai.APIStatusError) as caught:
            await client.chat.completions.create(model="gpt-4o", messages=said, stream=True)
        return caught.value.status_code

    assert through(tmp_path, "minimax", use) == status


def test_a_loss_is_said_in_a_header_and_an_app_may_refuse_it(tmp_path):
    async def use(client):
        try:
            raw = await client.chat.completions.with_raw_response.create(
                model="gpt-4o", messages=MESSAGES, logit_bias={"1": 1}
            )
        except openai.BadRequestError as error:
            return error.code
        return raw.headers.get("x-banjia-warnings", "")

    assert "logit_bias" in through(tmp_path, "deepseek", use)


def test_a_deployment_path_of_azure_leads_the_model_and_the_version(tmp_path):
    (tmp_path / "up.key").write_text("azure-key")

    async def main():
        async with Scripted() as upstream:
            base = upstream.url.removesuffix("/v1")
            way = dataclasses.replace(
                route("az", base, models={"gpt-4o": "my gpt"}),
                provider="azure_openai",
                api_version="2024-10-21",
                key=Secret("file:up.key", tmp_path),
            )
            async with house(tmp_path, [way], policy(open_cells("az"))) as h:
                await h.post()
            return upstream.seen[0]

    seen = play(main())
    assert seen.path == "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21"
    assert seen.headers["api-key"] == "azure-key"
    assert "authorization" not in seen.headers


def test_a_rewritten_stream_that_breaks_off_never_ends_as_complete(tmp_path):
    async def handler(seen, writer):
        await write(writer, HEAD + chunk(event(piece({"content": "half"}))))
        writer.close()

    async def main():
        async with Scripted(handler) as upstream:
            found = {"r": Translator(load().by_id("deepseek"))}
            async with house(tmp_path, [route("r", upstream.url)], policy(open_cells("r")), translators=found) as h:
                return await h.post(body={"model": "gpt-4o", "messages": MESSAGES, "stream": True})

    answer = play(main())
    assert answer.events[0]["choices"][0]["delta"]["content"] == "half"
    assert answer.events[-1]["error"]["code"] == "upstream_broken"


@pytest.mark.parametrize(("code", "ends"), [(1026, "content_filter"), (1000, None)])
def test_a_late_refusal_ends_the_answer_and_any_other_late_error_is_openais(tmp_path, code, ends):
    async def handler(seen, writer):
        late = event({"base_resp": {"status_code": code, "status_msg": "blocked"}})
        await write(writer, HEAD + chunk(event(piece({"content": "x"}))) + chunk(late) + b"0\r\n\r\n")

    async def main():
        async with Scripted(handler) as upstream:
            found = {"r": Translator(load().by_id("minimax"))}
            async with house(tmp_path, [route("r", upstream.url)], policy(open_cells("r")), translators=found) as h:
                return await h.post(body={"model": "gpt-4o", "messages": MESSAGES, "stream": True})

    answer = play(main())
    assert answer.events[0]["choices"][0]["delta"]["content"] == "x"
    if ends is not None:
        assert answer.events[-2]["choices"][0]["finish_reason"] == ends
        assert answer.events[-1] == "[DONE]"
    else:
        assert "error" in answer.events[-1]
        assert "[DONE]" not in answer.events


def test_a_refusal_before_the_first_word_of_a_stream_is_a_400(tmp_path):
    async def handler(seen, writer):
        late = event({"base_resp": {"status_code": 1026, "status_msg": "blocked"}})
        await write(writer, HEAD + chunk(late) + b"0\r\n\r\n")

    async def main():
        async with Scripted(handler) as upstream:
            found = {"r": Translator(load().by_id("minimax"))}
            async with house(tmp_path, [route("r", upstream.url)], policy(open_cells("r")), translators=found) as h:
                return await h.post(body={"model": "gpt-4o", "messages": MESSAGES, "stream": True})

    answer = play(main())
    assert (answer.status, answer.error["code"]) == (400, "content_filter")


def test_an_error_under_a_status_of_success_is_never_passed_on_as_an_answer(tmp_path):
    async def handler(seen, writer):
        await write(writer, http({"base_resp": {"status_code": 1026, "status_msg": "blocked"}, "choices": None}))

    async def main():
        async with Scripted(handler) as upstream:
            found = {"r": Translator(load().by_id("minimax"))}
            async with house(tmp_path, [route("r", upstream.url)], policy(open_cells("r")), translators=found) as h:
                return await h.post()

    answer = play(main())
    assert (answer.status, answer.error["code"]) == (400, "content_filter")


@pytest.mark.parametrize("streamed", [False, True])
def test_reasoning_comes_back_in_the_turn_after_a_tool_call(tmp_path, streamed):
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}

    async def handler(seen, writer):
        if seen.json["messages"][-1]["role"] == "tool":
            await write(writer, http(completion("done")))
        elif seen.json.get("stream"):
            parts = [piece({"reasoning_content": "let me "}), piece({"reasoning_content": "think"})]
            parts += [piece({"tool_calls": [{"index": 0, **call}]}), piece({}, "tool_calls")]
            await write(writer, HEAD + chunk(b"".join(map(event, parts)) + event("[DONE]")) + b"0\r\n\r\n")
        else:
            answer = completion(None)
            answer["choices"][0]["message"] |= {"tool_calls": [call], "reasoning_content": "let me think"}
            await write(writer, http(answer))

    async def main():
        async with Scripted(handler) as upstream:
            model = next(m.id for m in load().by_id("deepseek").models)
            found = {"r": Translator(load().by_id("deepseek"))}
            ways = [route("r", upstream.url, models={"gpt-4o": model})]
            async with house(tmp_path, ways, policy(open_cells("r")), translators=found) as h:
                first = {"model": "gpt-4o", "messages": MESSAGES, "tools": [TOOL], "stream": streamed}
                await h.post(body=first)
                turns = [{"role": "assistant", "content": None, "tool_calls": [call]}]
                turns += [{"role": "tool", "tool_call_id": "c1", "content": "7"}]
                await h.post(body={"model": "gpt-4o", "messages": [*MESSAGES, *turns], "tools": [TOOL]})
            return upstream.seen[1].json["messages"]

    assert play(main())[1]["reasoning_content"] == "let me think"


def test_tokens_are_counted_in_another_dialect_though_the_caller_did_not_ask(tmp_path):
    async def main():
        async with Scripted() as upstream:
            found = {"r": Translator(load().by_id("deepseek"))}
            limited = {"options": {"limits": {"tokens_per_minute": 1000}}}
            table = policy(open_cells("r"))
            async with house(tmp_path, [route("r", upstream.url)], table, translators=found, **limited) as h:
                answer = await h.post(body={"model": "gpt-4o", "messages": MESSAGES, "stream": True, "seed": 1})
                return answer, await h.get("/metrics"), upstream.seen[0].json

    answer, metrics, seen = play(main())
    assert seen["stream_options"] == {"include_usage": True}
    assert [e for e in answer.events if e != "[DONE]" and e.get("usage")] == []
    assert 'kind="output"} 2' in metrics.body.decode()
