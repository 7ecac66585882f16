"""The matrix with LlamaIndex: llama-index-llms-openai and llama-index-embeddings-openai."""

import gc
import json
import time

import openai
import scenarios
from llama_index.core.base.llms.types import ChatMessage
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai.utils import from_openai_message_dicts
from scenarios import ApiError, NoSuchCallError


class Client:
    def __init__(self, base, key):
        self._to = {"api_base": base, "api_key": key, "max_retries": 0, "timeout": 60}

    def _run(self, call):
        try:
            return call()
        except openai.APIStatusError as error:
            retry = error.response.headers.get("x-should-retry", "")
            raise ApiError(error.status_code, error.code, error.message, retry) from error
        except openai.APIError as error:
            raise ApiError(0, error.code, error.message) from error

    def chat(self, model, messages, **options):
        reply = self._run(lambda: OpenAI(model=model, **self._to).chat(told(messages), **options))
        return said(reply, reply.raw.choices[0].finish_reason, reply.raw.usage)

    def stream(self, model, messages, *, usage=False, **options):
        if usage:
            options["stream_options"] = {"include_usage": True}
        llm = OpenAI(model=model, **self._to)
        replies = self._run(lambda: list(llm.stream_chat(told(messages), **options)))
        finish = [c.finish_reason for r in replies for c in r.raw.choices if c.finish_reason]
        used = [r.raw.usage for r in replies if r.raw.usage]
        return said(replies[-1], finish[-1] if finish else None, used[-1] if used else None)

    def embed(self, model, inputs):
        if not isinstance(inputs[0], str):
            raise NoSuchCallError("it embeds text only")
        made = OpenAIEmbedding(model=model, embed_batch_size=2048, **self._to)
        return self._run(lambda: made.get_text_embedding_batch(inputs))

    def leave(self, model, messages):
        stream = OpenAI(model=model, **self._to).stream_chat(told(messages))
        for _, _ in zip(range(3), stream, strict=False):
            pass
        left = time.time()
        stream.close()
        del stream
        gc.collect()  # its own generators let the connection go when nobody holds them any more
        return left


def told(messages):
    return [m if isinstance(m, ChatMessage) else from_openai_message_dicts([m])[0] for m in messages]


def said(reply, finish, used):
    message = reply.message
    calls = message.additional_kwargs.get("tool_calls") or ()
    return {
        "content": message.content or "",
        "calls": [{"id": c.id, "name": c.function.name, "arguments": json.loads(c.function.arguments)} for c in calls],
        "finish": finish,
        "usage": used and used.total_tokens,
        "turn": message,
    }


if __name__ == "__main__":
    scenarios.run(Client)
