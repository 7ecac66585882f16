"""The old completions API over providers that have chat only."""

from __future__ import annotations

import openai
import pytest
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, write

from banjia.gateway.legacy import as_chat
from banjia.gateway.refusal import Refusal
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from house import KEY, house, open_cells, policy, route

CHAT_ONLY = {"r": frozenset({"chat"})}


def ask(tmp_path, use, apis=CHAT_ONLY, handler=None, **app):
    async def main():
        async with Scripted(handler) as upstream:
            ways = [route("r", upstream.url)]
            async with (
                house(tmp_path, ways, policy(open_cells("r")), apis=apis, **app) as h,
                openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=0) as client,
            ):
                return await use(client), upstream.seen

    return play(main())


async def complete(client):
    return await client.completions.create(model="gpt-4o", prompt="Once", max_tokens=5, stop=["."])


async def complete_in_pieces(client):
    stream = await client.completions.create(model="gpt-4o", prompt=["Once"], stream=True)
    return [(c.text, c.finish_reason) async for e in stream for c in e.choices]


def test_the_official_client_completes_over_chat(tmp_path):
    answer, seen = ask(tmp_path, complete)
    assert (answer.object, answer.choices[0].text, answer.choices[0].finish_reason) == (
        "text_completion",
        "hello",
        "stop",
    )
    assert answer.usage.total_tokens
    assert seen[0].path.endswith("/chat/completions")
    assert seen[0].json["messages"] == [{"role": "user", "content": "Once"}]
    assert (seen[0].json["max_tokens"], seen[0].json["stop"]) == (5, ["."])


def test_a_stream_comes_in_the_old_form(tmp_path):
    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        data = event(piece({"content": "up"})) + event(piece({"content": "on"})) + event(piece({}, "stop"))
        for part in (data[:50], data[50:]):
            await write(writer, chunk(part))
        await write(writer, chunk(event("[DONE]")) + b"0\r\n\r\n")

    pieces, seen = ask(tmp_path, complete_in_pieces, handler=handler)
    assert "".join(text for text, _ in pieces) == "upon"
    assert pieces[-1][1] == "stop"
    assert seen[0].json["max_tokens"] == 16


def test_a_stream_that_breaks_off_is_an_error_here_too(tmp_path):
    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        await write(writer, chunk(event(piece({"content": "up"}))))
        writer.close()

    with pytest.raises(openai.APIError):
        ask(tmp_path, complete_in_pieces, handler=handler)


def test_a_provider_that_has_it_is_asked_as_it_is(tmp_path):
    async def handler(seen, writer):
        answer = completion() | {"object": "text_completion", "choices": [{"text": "raw", "index": 0}]}
        await write(writer, http(answer))

    answer, seen = ask(tmp_path, complete, {"r": frozenset({"chat", "completions"})}, handler)
    assert seen[0].path.endswith("/v1/completions")
    assert answer.choices[0].text == "raw"


def test_the_loss_is_said_and_may_be_refused(tmp_path):
    async def use(client):
        raw = await client.completions.with_raw_response.create(model="gpt-4o", prompt="Once")
        return raw.headers["x-banjia-warnings"]

    said, _ = ask(tmp_path, use)
    assert said == "completions(prompt);loss=hard"
    with pytest.raises(openai.BadRequestError, match="loss"):
        ask(tmp_path, use, options={"hard_loss": "refuse"})


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"logprobs": 3}, "logprobs"),
        ({"suffix": "end"}, "suffix"),
        ({"echo": True}, "echo"),
        ({"best_of": 4, "n": 1}, "best_of"),
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"prompt": [1, 2]}, "prompt"),
        ({"prompt": [[1, 2]]}, "prompt"),
    ],
)
def test_what_chat_cannot_say_is_refused_by_name(more, param):
    with pytest.raises(Refusal) as caught:
        as_chat({"model": "m", "prompt": "Once", **more})
    assert (caught.value.status, caught.value.param) == (400, param)


def test_a_stream_of_an_engine_that_has_the_old_api_passes_through_what_is_put_right(tmp_path):
    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        for text, finish in (("up", None), ("on", "stop")):
            choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish}
            old = {"id": "cmpl-1", "object": "text_completion", "created": 0, "model": "m", "choices": [choice]}
            await write(writer, chunk(event(old)))
        await write(writer, chunk(event("[DONE]")) + b"0\r\n\r\n")

    both = {"r": frozenset({"chat", "completions"})}
    spoken = {"r": Translator(load().by_id("vllm"))}
    pieces, seen = ask(tmp_path, complete_in_pieces, both, handler, translators=spoken)
    assert seen[0].path.endswith("/v1/completions")
    assert pieces == [("up", None), ("on", "stop")]
