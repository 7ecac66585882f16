"""The matrix with openai-python 1.x and 3.x: `matrix_openai.py`, and with `ASYNC=1` the asynchronous client."""

import asyncio
import json
import os
import time

import openai
import scenarios
from scenarios import ApiError

OPTIONS = {"max_retries": 0, "timeout": 60}


class Client:
    def __init__(self, base, key):
        self._client = openai.OpenAI(base_url=base, api_key=key, **OPTIONS)

    def _run(self, call):
        try:
            return call()
        except openai.APIStatusError as error:
            retry = error.response.headers.get("x-should-retry", "")
            raise ApiError(error.status_code, error.code, error.message, retry) from error
        except openai.APIError as error:  # in the middle of a stream
            raise ApiError(0, error.code, error.message) from error

    def chat(self, model, messages, **options):
        return said(self._run(lambda: self._client.chat.completions.create(model=model, messages=messages, **options)))

    def stream(self, model, messages, *, usage=False, **options):
        if usage:
            options["stream_options"] = {"include_usage": True}
        create = self._client.chat.completions.create
        return gathered(self._run(lambda: list(create(model=model, messages=messages, stream=True, **options))))

    def embed(self, model, inputs):
        return in_order(self._run(lambda: self._client.embeddings.create(model=model, input=inputs)))

    def leave(self, model, messages):
        stream = self._client.chat.completions.create(model=model, messages=messages, stream=True)
        for _, _ in zip(range(3), stream, strict=False):
            pass
        left = time.time()
        stream.close()
        return left

    def respond(self, model, text):
        return {"content": self._run(lambda: self._client.responses.create(model=model, input=text)).output_text}

    def respond_stream(self, model, text):
        create = self._client.responses.create
        events = self._run(lambda: list(create(model=model, input=text, stream=True)))
        scenarios.same(events[-1].type, "response.completed")
        return {"content": "".join(e.delta for e in events if e.type == "response.output_text.delta")}


class Asynchronous(Client):
    """The same calls; each waits for its coroutine on one loop."""

    def __init__(self, base, key):
        self._loop = asyncio.new_event_loop()
        self._async = openai.AsyncOpenAI(base_url=base, api_key=key, **OPTIONS)
        self._client = Waiting(self._async, self._loop)

    def leave(self, model, messages):
        async def left():
            stream = await self._async.chat.completions.create(model=model, messages=messages, stream=True)
            seen = 0
            async for _ in stream:
                seen += 1
                if seen == 3:
                    break
            at = time.time()
            await stream.close()
            return at

        return self._loop.run_until_complete(left())


class Waiting:
    def __init__(self, inner, loop):
        self._inner, self._loop = inner, loop

    def __getattr__(self, name):
        return Waiting(getattr(self._inner, name), self._loop)

    def __call__(self, **options):
        async def done():
            found = await self._inner(**options)
            return [x async for x in found] if options.get("stream") else found

        return self._loop.run_until_complete(done())


def in_order(reply):
    scenarios.same([d.index for d in reply.data], list(range(len(reply.data))))
    return [d.embedding for d in reply.data]


def said(reply):
    choice = reply.choices[0]
    message = choice.message
    return {
        "content": message.content or "",
        "calls": [called(c.id, c.function.name, c.function.arguments) for c in message.tool_calls or ()],
        "finish": choice.finish_reason,
        "usage": reply.usage and reply.usage.total_tokens,
        "turn": {
            k: v for k, v in message.model_dump(exclude_none=True).items() if k in {"role", "content", "tool_calls"}
        },
    }


def gathered(chunks):
    content, finish, usage, calls = "", None, None, {}
    for chunk in chunks:
        usage = chunk.usage.total_tokens if chunk.usage else usage
        for choice in chunk.choices:
            content += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for piece in choice.delta.tool_calls or ():
                call = calls.setdefault(piece.index, ["", "", ""])
                call[0] = call[0] or piece.id
                call[1] += piece.function.name or ""
                call[2] += piece.function.arguments or ""
    return {"content": content, "finish": finish, "usage": usage, "calls": [called(*calls[i]) for i in sorted(calls)]}


def called(number, name, arguments):
    return {"id": number, "name": name, "arguments": json.loads(arguments)}


if __name__ == "__main__":
    scenarios.run(Asynchronous if os.environ.get("ASYNC") else Client)
