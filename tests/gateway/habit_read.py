"""What openai-python reads of a server with odd habits, behind a gateway on which all answers pass or are rewritten."""

from __future__ import annotations

import contextlib
import dataclasses

import openai
import pytest
from habit import answers
from scripted import Scripted, play

from banjia.config.secret import Secret
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from house import KEY, house, open_cells, policy, route

TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
PROVIDERS = ("self_hosted", "vllm")  # one whose answers pass, one whose answers are rewritten


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


@contextlib.asynccontextmanager
async def before(path, url, provider, model="served", options=None, **more):
    """A gateway before a server at that address, which is taken for one of the provider's."""
    (path / "up.key").write_text("sk-upstream-key-000000000000000000")
    way = route("r", url, models={"gpt-4o": model}, key=Secret("file:up.key", path), options=options or {})
    way = dataclasses.replace(way, provider=provider, stand_in=True)
    spoken = {"r": Translator(load().by_id(provider))}
    async with house(path, [way], policy(open_cells("r")), translators=spoken, **more) as h:
        yield h


def readings(path, streams, **groups):
    """Each stream, and each answer of the groups, asked once of a gateway before each of the two providers."""
    results = {}

    async def main():
        async with Scripted(answers) as upstream:
            for provider in PROVIDERS:
                async with (
                    before(path, upstream.url, provider) as h,
                    openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=0) as client,
                ):
                    for name in streams:
                        results[provider, "stream", name] = await streamed(client, name)
                    for kind, group in groups.items():
                        for name in group:
                            results[provider, kind, name] = await asked(client, kind, name)

    play(main())
    return results


def each(group):
    return [pytest.param(p, name, id=f"{p}-{name}") for p in PROVIDERS for name in group]
