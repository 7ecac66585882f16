"""Usages of openai-python 3: helpers, parsing, raw and broken-off answers, retries, time-outs, Azure's paths, turns from elsewhere."""

import asyncio
import json
import time
from typing import Literal

import openai
from pydantic import BaseModel
from usages import ASK_TOOL, CHAT, CITY, ECHO, FUNCTION, HI, REASONING, RESULT, TOOL, holds, run, same

OPTIONS = {"max_retries": 0, "timeout": 30}
LOOP = asyncio.new_event_loop()
RESPONSES_TOOL = {"type": "function", **FUNCTION}
MESSAGES = [{"role": "user", "content": HI}]
TO_TOOL = [{"role": "user", "content": ASK_TOOL}]
SLOW = [{"role": "user", "content": "simulate:slow " + "word " * 50}]
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": json.dumps(CITY)}}


class Step(BaseModel):
    why: str
    n: int


class Answer(BaseModel):
    word: str
    mood: Literal["a", "b"]
    steps: list[Step]
    note: str | None


class GetWeather(BaseModel):
    city: str
    unit: Literal["c", "f"]


class Subject:
    def __init__(self, base, key):
        self.base, self.key, self.root = base, key, base.removesuffix("/v1")
        self.client = openai.OpenAI(base_url=base, api_key=key, **OPTIONS)
        self.asynchronous = openai.AsyncOpenAI(base_url=base, api_key=key, **OPTIONS)
        self.chat = self.client.chat.completions
        self.responses = self.client.responses


def parse(s):
    for call in (s.chat.parse, s.client.beta.chat.completions.parse):
        reply = call(model=CHAT, messages=MESSAGES, response_format=Answer)
        holds(isinstance(reply.choices[0].message.parsed, Answer), reply)


def parse_tools(s):
    reply = s.chat.parse(model=CHAT, messages=TO_TOOL, tools=[openai.pydantic_function_tool(GetWeather)])
    holds(isinstance(reply.choices[0].message.tool_calls[0].function.parsed_arguments, GetWeather), reply)


def stream_helper(s):
    for model in (CHAT, REASONING):
        options = {"include_usage": True}
        with s.chat.stream(model=model, messages=MESSAGES, stream_options=options) as events:
            kinds = [event.type for event in events]
            final = events.get_final_completion()
        same(final.choices[0].message.content, ECHO)
        holds("content.done" in kinds and final.usage.total_tokens, kinds)


def stream_helper_parsed(s):
    with s.chat.stream(model=CHAT, messages=MESSAGES, response_format=Answer) as events:
        holds(isinstance(events.get_final_completion().choices[0].message.parsed, Answer), "not parsed")


def stream_helper_tools(s):
    tools = [openai.pydantic_function_tool(GetWeather)]
    for model in (CHAT, REASONING):
        with s.chat.stream(model=model, messages=TO_TOOL, tools=tools) as events:
            kinds = [event.type for event in events]
            message = events.get_final_completion().choices[0].message
        holds("tool_calls.function.arguments.done" in kinds, kinds)
        holds(isinstance(message.tool_calls[0].function.parsed_arguments, GetWeather), message)


def raw_answers(s):
    raw = s.chat.with_raw_response.create(model=CHAT, messages=MESSAGES)
    same(raw.parse().choices[0].message.content, ECHO)
    same(raw.parse()._request_id, raw.headers["x-banjia-decision"])
    with s.chat.with_streaming_response.create(model=CHAT, messages=MESSAGES, stream=True) as answer:
        same([line for line in answer.iter_lines() if line][-1], "data: [DONE]")
    with s.chat.with_streaming_response.create(model=CHAT, messages=MESSAGES) as answer:
        holds(json.loads(b"".join(answer.iter_bytes()))["choices"], "no choices")


def broken_off(s):
    """Iteration left in the middle, a task cancelled; the client serves on."""

    async def used():
        create = s.asynchronous.chat.completions.create
        stream = await create(model=CHAT, messages=SLOW, stream=True)
        async for _ in stream:
            break
        await stream.close()

        async def read():
            async for _ in await create(model=CHAT, messages=SLOW, stream=True):
                pass

        task = asyncio.ensure_future(read())
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await create(model=CHAT, messages=MESSAGES)

    same(LOOP.run_until_complete(used()).choices[0].message.content, ECHO)


def retry_after(s):
    client = openai.OpenAI(base_url=s.base, api_key=s.key, max_retries=1)
    begun = time.monotonic()
    try:
        client.chat.completions.create(model=CHAT, messages=[{"role": "user", "content": "simulate:rate-limit"}])
    except openai.RateLimitError as error:
        same(error.code, "rate_limit_exceeded")
        holds(0.3 < time.monotonic() - begun < 5, "not repeated once")
        return
    raise AssertionError("not refused")


def time_out(s):
    client = openai.OpenAI(base_url=s.base, api_key=s.key, max_retries=0, timeout=0.7)
    try:
        client.chat.completions.create(model=CHAT, messages=[{"role": "user", "content": "simulate:hang"}])
    except openai.APITimeoutError:
        same(s.chat.create(model=CHAT, messages=MESSAGES).choices[0].message.content, ECHO)
        return
    raise AssertionError("it waited")


def azure_deployments(s):
    one = openai.AzureOpenAI(azure_endpoint=s.root, api_version="2024-10-21", api_key=s.key, **OPTIONS)
    for client, model in (
        (one, CHAT),
        (
            openai.AzureOpenAI(azure_endpoint=s.root, azure_deployment=CHAT, api_version="2024-06-01", api_key=s.key),
            "x",
        ),
        (openai.AzureOpenAI(azure_endpoint=s.root, api_version="v", azure_ad_token_provider=lambda: s.key), CHAT),
    ):
        same(client.chat.completions.create(model=model, messages=MESSAGES).choices[0].message.content, ECHO)
    with one.chat.completions.stream(model=CHAT, messages=MESSAGES) as events:
        same(events.get_final_completion().choices[0].message.content, ECHO)
    holds(one.chat.completions.parse(model=CHAT, messages=MESSAGES, response_format=Answer).choices, "no choices")
    answer = one.responses.create(model=CHAT, input=HI)
    same(one.responses.retrieve(answer.id).output_text, ECHO)
    holds([*one.models.list()], "no models")


def azure_asynchronous(s):
    async def used():
        async with openai.AsyncAzureOpenAI(
            azure_endpoint=s.root, api_version="2024-10-21", api_key=s.key, **OPTIONS
        ) as client:
            stream = await client.chat.completions.create(model=CHAT, messages=MESSAGES, stream=True)
            return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

    same(LOOP.run_until_complete(used()), ECHO)


def azure_v1(s):
    options = {"default_query": {"api-version": "preview"}, "default_headers": {"api-key": s.key}}
    client = openai.OpenAI(base_url=f"{s.root}/openai/v1/", api_key=s.key, **options)
    same(client.chat.completions.create(model=CHAT, messages=MESSAGES).choices[0].message.content, ECHO)
    same(client.responses.create(model=CHAT, input=HI).output_text, ECHO)


def several_answers(s):
    reply = s.chat.create(model=CHAT, messages=MESSAGES, n=2)
    same([c.message.content for c in reply.choices], [ECHO, ECHO])
    said = {0: "", 1: ""}
    for chunk in s.chat.create(model=CHAT, messages=MESSAGES, n=2, stream=True):
        for choice in chunk.choices:
            said[choice.index] += choice.delta.content or ""
    same(said, {0: ECHO, 1: ECHO})


def every_parameter(s):
    options = {
        "temperature": 0, "top_p": 1, "max_completion_tokens": 50, "seed": 1, "stop": ["zz"], "user": "u",
        "presence_penalty": 0.1, "frequency_penalty": 0.1, "logit_bias": {"50256": -100}, "metadata": {"a": "b"},
        "store": True, "service_tier": "auto", "parallel_tool_calls": True, "tools": [TOOL], "logprobs": False,
        "extra_headers": {"OpenAI-Organization": "org"}, "extra_query": {"a": "b"},
    }  # fmt: skip
    same(s.chat.create(model=CHAT, messages=MESSAGES, **options).choices[0].message.content, ECHO)


def choice_of_tools(s):
    reply = s.chat.create(model=CHAT, messages=TO_TOOL, tools=[TOOL], tool_choice="none")
    holds(not reply.choices[0].message.tool_calls, reply)
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "get_weather"}}]}
    choice = {"type": "allowed_tools", "allowed_tools": allowed}
    holds(
        s.chat.create(model=CHAT, messages=MESSAGES, tools=[TOOL], tool_choice=choice).choices[0].message.tool_calls, ""
    )


def turns_from_elsewhere(s):
    """A conversation whose calls of tools another provider made, with every form of content."""
    messages = [
        {"role": "developer", "content": "x"},
        {"role": "system", "content": [{"type": "text", "text": "y"}]},
        {"role": "user", "name": "joe", "content": [{"type": "text", "text": HI}]},
        {"role": "assistant", "content": None, "refusal": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": RESULT}]},
    ]
    for model in (CHAT, REASONING):
        holds(RESULT in s.chat.create(model=model, messages=messages, tools=[TOOL]).choices[0].message.content, model)


def usage_at_the_end(s):
    options = {"include_usage": True}
    chunks = [*s.chat.create(model=CHAT, messages=MESSAGES, stream=True, stream_options=options)]
    holds(chunks[-1].usage and not chunks[-1].choices and not any(c.usage for c in chunks[:-1]), chunks[-1])
    same(len({c.id for c in chunks}), 1)


def old_completions(s):
    holds(s.client.completions.create(model=CHAT, prompt=HI).choices[0].text, "no text")
    chunks = s.client.completions.create(model=CHAT, prompt=HI, stream=True)
    holds("".join(c.choices[0].text for c in chunks if c.choices), "no text")


def odd_bases(s):
    for base in (f"{s.base}/", s.root):
        client = openai.OpenAI(base_url=base, api_key=s.key)
        same(client.chat.completions.create(model=CHAT, messages=MESSAGES).choices[0].message.content, ECHO)


def responses_parsed(s):
    holds(isinstance(s.responses.parse(model=CHAT, input=HI, text_format=Answer).output_parsed, Answer), "not parsed")
    with s.responses.stream(model=CHAT, input=HI, text_format=Answer) as events:
        holds(isinstance(events.get_final_response().output_parsed, Answer), "not parsed")


def responses_streamed(s):
    for model in (CHAT, REASONING):
        with s.responses.stream(model=model, input=HI) as events:
            kinds = [event.type for event in events]
            same(events.get_final_response().output_text, ECHO)
        same((kinds[0], kinds[-1]), ("response.created", "response.completed"))
        with s.responses.stream(model=model, input=ASK_TOOL, tools=[RESPONSES_TOOL]) as events:
            holds("response.function_call_arguments.done" in [event.type for event in events], "no arguments")
            same(json.loads(events.get_final_response().output[-1].arguments), CITY)


def responses_loop(s):
    """With the answers kept here, and with the items sent back by a caller that has nothing kept."""
    asked = {"model": REASONING, "tools": [RESPONSES_TOOL]}
    first = s.responses.create(**asked, input=ASK_TOOL, reasoning={"effort": "medium", "summary": "auto"})
    second = s.responses.create(**asked, input=[told(first)], previous_response_id=first.id)
    holds(RESULT in second.output_text, second)
    asked |= {"store": False, "include": ["reasoning.encrypted_content"]}
    first = s.responses.create(**asked, input=ASK_TOOL)
    second = s.responses.create(**asked, input=[{"role": "user", "content": ASK_TOOL}, *first.output, told(first)])
    holds(RESULT in second.output_text, second)


def told(answer):
    call = next(item for item in answer.output if item.type == "function_call")
    return {"type": "function_call_output", "call_id": call.call_id, "output": [{"type": "input_text", "text": RESULT}]}


def responses_kept(s):
    answer = s.responses.create(model=CHAT, input=HI, instructions="be kind", metadata={"k": "v"})
    kept = s.responses.retrieve(answer.id)
    same((kept.output_text, kept.metadata), (ECHO, {"k": "v"}))
    holds([*s.responses.input_items.list(answer.id)], "no items")
    s.responses.delete(answer.id)
    try:
        s.responses.retrieve(answer.id)
    except openai.NotFoundError:
        return
    raise AssertionError("a deleted answer was given")


USAGES = (
    parse, parse_tools, stream_helper, stream_helper_parsed, stream_helper_tools, raw_answers, broken_off, retry_after,
    time_out, azure_deployments, azure_asynchronous, azure_v1, several_answers, every_parameter, choice_of_tools,
    turns_from_elsewhere, usage_at_the_end, old_completions, odd_bases, responses_parsed, responses_streamed,
    responses_loop, responses_kept,
)  # fmt: skip

if __name__ == "__main__":
    run(Subject, USAGES)
