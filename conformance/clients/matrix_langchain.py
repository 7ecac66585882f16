"""The matrix with langchain-openai: ChatOpenAI and OpenAIEmbeddings."""

import time

import openai
import scenarios
from langchain_core.messages import AIMessageChunk
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from scenarios import ApiError, NoSuchCallError


class Client:
    def __init__(self, base, key):
        self._to = {"base_url": base, "api_key": key, "max_retries": 0, "timeout": 60}

    def _run(self, call):
        try:
            return call()
        except openai.APIStatusError as error:
            retry = error.response.headers.get("x-should-retry", "")
            raise ApiError(error.status_code, error.code, error.message, retry) from error
        except openai.APIError as error:
            raise ApiError(0, error.code, error.message) from error
        except TypeError as error:
            if "null value for `choices`" in str(error):  # its own check of an answer without choices
                raise ApiError(0, None, str(error)) from error
            raise

    def _model(self, model, options, **more):
        chat = ChatOpenAI(model=model, **self._to, **more)
        if "tools" in options:
            choice = {"tool_choice": options["tool_choice"]} if "tool_choice" in options else {}
            return chat.bind_tools(options["tools"], **choice)
        return chat.bind(response_format=options["response_format"]) if "response_format" in options else chat

    def chat(self, model, messages, **options):
        return said(self._run(lambda: self._model(model, options).invoke(messages)))

    def stream(self, model, messages, *, usage=False, **options):
        chat = self._model(model, options, stream_usage=usage)
        chunks = self._run(lambda: list(chat.stream(messages)))
        whole = AIMessageChunk(content="")
        for chunk in chunks:
            whole += chunk
        return said(whole)

    def embed(self, model, inputs):
        if not isinstance(inputs[0], str):
            raise NoSuchCallError("it makes token ids of its own, with a vocabulary fetched from abroad")
        made = OpenAIEmbeddings(model=model, check_embedding_ctx_length=False, chunk_size=2048, **self._to)
        return self._run(lambda: made.embed_documents(inputs))

    def leave(self, model, messages):
        stream = self._model(model, {}).stream(messages)
        for _, _ in zip(range(3), stream, strict=False):
            pass
        left = time.time()
        stream.close()
        return left

    def respond(self, model, text):
        reply = self._run(lambda: ChatOpenAI(model=model, use_responses_api=True, **self._to).invoke(text))
        return {"content": reply.text if isinstance(reply.text, str) else reply.text()}

    def respond_stream(self, model, text):
        chat = ChatOpenAI(model=model, use_responses_api=True, **self._to)
        pieces = self._run(lambda: list(chat.stream(text)))
        return {"content": "".join(p.text if isinstance(p.text, str) else p.text() for p in pieces)}


def said(message):
    calls = [{"id": c["id"], "name": c["name"], "arguments": c["args"]} for c in message.tool_calls]
    return {
        "content": message.content if isinstance(message.content, str) else "",
        "calls": calls,
        "finish": message.response_metadata.get("finish_reason"),
        "usage": (message.usage_metadata or {}).get("total_tokens"),
        "turn": message,
    }


if __name__ == "__main__":
    scenarios.run(Client)
