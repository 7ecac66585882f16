"""Scenarios with openai-python 1.x and 3.x: `openai_python.py SCENARIO`; base URL and key from OPENAI_BASE_URL, OPENAI_API_KEY."""

import asyncio
import json
import os
import sys

import openai

CHAT = os.environ.get("CHAT_MODEL", "gpt-4o-mini")
EMBED = os.environ.get("EMBED_MODEL", "text-embedding-3-small")
ASK = [{"role": "user", "content": "Say hello in one word."}]
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
SCHEMA = {
    "name": "answer",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": ["word"],
        "additionalProperties": False,
    },
}


def text(client):
    reply = client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=16)
    assert reply.choices[0].message.content
    assert reply.choices[0].finish_reason in {"stop", "length"}
    assert reply.usage.total_tokens > 0


def stream(client):
    chunks = list(client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=16, stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]


def usage(client):
    options = {"include_usage": True}
    chunks = list(
        client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=16, stream=True, stream_options=options)
    )
    assert chunks[-1].usage.total_tokens > 0


def tools(client):
    reply = client.chat.completions.create(
        model=CHAT,
        messages=[{"role": "user", "content": "What is the weather in Paris?"}],
        tools=[TOOL],
        tool_choice="auto",
        max_tokens=300,
        temperature=0,
    )
    assert reply.choices[0].finish_reason in {"tool_calls", "stop", "length"}
    for call in reply.choices[0].message.tool_calls or () if reply.choices[0].finish_reason != "length" else ():
        json.loads(call.function.arguments)


def json_object(client):
    ask = [{"role": "user", "content": 'Reply with the JSON object {"word": "hello"}'}]
    reply = client.chat.completions.create(
        model=CHAT, messages=ask, response_format={"type": "json_object"}, max_tokens=300, temperature=0
    )
    assert isinstance(json.loads(reply.choices[0].message.content), dict)


def json_schema(client):
    form = {"type": "json_schema", "json_schema": SCHEMA}
    reply = client.chat.completions.create(
        model=CHAT, messages=ASK, response_format=form, max_tokens=300, temperature=0
    )
    assert set(json.loads(reply.choices[0].message.content)) == {"word"}


def embed_1(client):
    assert len(client.embeddings.create(model=EMBED, input="hello").data[0].embedding) > 10


def embed_25(client):
    data = client.embeddings.create(model=EMBED, input=[f"text {i}" for i in range(25)]).data
    assert [d.index for d in data] == list(range(25))


def models(client):
    assert {m.id for m in client.models.list().data}


def asynchronous(_client):
    async def run():
        async with openai.AsyncOpenAI() as client:
            replies = await asyncio.gather(
                *(client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=8) for _ in range(4))
            )
            assert all(r.choices[0].message.content is not None for r in replies)

    asyncio.run(run())


def azure(_client):
    base = os.environ["OPENAI_BASE_URL"].removesuffix("/v1")
    client = openai.AzureOpenAI(azure_endpoint=base, api_key=os.environ["OPENAI_API_KEY"], api_version="2024-10-21")
    assert client.chat.completions.create(model=CHAT, messages=ASK, max_tokens=8).choices[0].message.content is not None


def unknown_model(client):
    try:
        client.chat.completions.create(model="no-such-model", messages=ASK)
    except openai.APIStatusError as error:
        assert error.status_code in {403, 404}
    else:
        raise AssertionError("a model that no route has was answered")


def wrong_key(_client):
    try:
        openai.OpenAI(api_key="wrong").chat.completions.create(model=CHAT, messages=ASK)
    except openai.AuthenticationError as error:
        assert error.status_code == 401
    else:
        raise AssertionError("a wrong key was answered")


SCENARIOS = [
    text,
    stream,
    usage,
    tools,
    json_object,
    json_schema,
    embed_1,
    embed_25,
    models,
    asynchronous,
    azure,
    unknown_model,
    wrong_key,
]

if __name__ == "__main__":
    chosen = sys.argv[1:]
    failed = 0
    for scenario in SCENARIOS:
        if chosen and scenario.__name__ not in chosen:
            continue
        try:
            scenario(openai.OpenAI(max_retries=0))
            print(json.dumps({"scenario": scenario.__name__, "ok": True}))
        except Exception as error:
            failed += 1
            print(
                json.dumps(
                    {"scenario": scenario.__name__, "ok": False, "why": f"{type(error).__name__}: {error}"[:300]}
                )
            )
    sys.exit(bool(failed))
