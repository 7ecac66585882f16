"""The official openai client against the gateway, and what the gateway may connect to."""

from __future__ import annotations

import subprocess
import sys

import openai
import pytest
from scripted import Scripted, play

from house import KEY, closed_cells, house, open_cells, policy, route

MESSAGES = [{"role": "user", "content": "hello"}]
OPEN = policy(open_cells("local"))


def with_client(tmp_path, use, azure=False, table=OPEN):
    async def main():
        async with Scripted() as upstream, house(tmp_path, [route("local", upstream.url)], table) as h:
            if azure:
                base = h.url.removesuffix("/v1")
                client = openai.AsyncAzureOpenAI(
                    azure_endpoint=base, api_key=KEY, api_version="2024-10-21", max_retries=2
                )
            else:
                client = openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=2)
            async with client:
                return await use(client), upstream.seen

    return play(main())


@pytest.mark.parametrize("azure", [False, True])
def test_the_openai_and_azure_clients_chat_stream_and_embed(tmp_path, azure):
    async def use(client):
        chat = await client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
        words, total = [], None
        options = {"include_usage": True}
        async for event in await client.chat.completions.create(
            model="gpt-4o", messages=MESSAGES, stream=True, stream_options=options
        ):
            words += [c.delta.content or "" for c in event.choices]
            total = event.usage or total
        async with client.chat.completions.stream(model="gpt-4o", messages=MESSAGES) as stream:
            final = await stream.get_final_completion()
        vectors = await client.embeddings.create(model="e5", input=["a", "b"])
        return chat, "".join(words), total, final, vectors

    (chat, words, total, final, vectors), _ = with_client(tmp_path, use, azure)
    assert (chat.model, chat.choices[0].message.content) == ("true-model", "hello")
    assert (words, total.total_tokens) == ("hello", 5)
    assert final.choices[0].message.content == "hello"
    assert [v.embedding for v in vectors.data] == [[0.0, 0.5], [1.0, 0.5]]


def test_the_client_lists_models(tmp_path):
    async def use(client):
        return [m.id async for m in client.models.list()]

    assert with_client(tmp_path, use)[0] == ["gpt-4o"]


def test_the_client_does_not_repeat_a_refused_call(tmp_path):
    async def use(client):
        with pytest.raises(openai.PermissionDeniedError) as caught:
            await client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
        return caught.value

    error, seen = with_client(tmp_path, use, table=policy(closed_cells("local")))
    assert (error.status_code, error.code, error.type) == (403, "openai.region", "policy_refusal")
    assert seen == []


def test_an_app_reads_the_decision_from_the_headers(tmp_path):
    async def use(client):
        raw = await client.chat.completions.with_raw_response.create(model="gpt-4o", messages=MESSAGES)
        asked = {"model": "gpt-4o", "messages": MESSAGES}
        streamed = await client.chat.completions.with_raw_response.create(**asked, stream=True)
        async for _ in streamed.parse():
            pass
        return [(r.headers["x-banjia-route"], r.headers["x-banjia-decision"], r.request_id) for r in (raw, streamed)]

    found, _ = with_client(tmp_path, use)
    assert [(where, decision) for where, _, decision in found] == [("local", decision) for _, decision, _ in found]
    assert all(decision for _, decision, _ in found)


DENY = """
import socket, sys
def deny(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise SystemExit(f"{event} {args}")
sys.addaudithook(deny)
from banjia.gateway import app, server, worker, provided
from banjia.routes.catalogue import load
load()
print("quiet")
"""


def test_nothing_is_connected_to_at_import():
    done = subprocess.run([sys.executable, "-c", DENY], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("quiet\n", 0), done.stderr
