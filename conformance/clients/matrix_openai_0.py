"""The matrix with openai-python 0.28."""

import json
import time

import openai
import scenarios
from scenarios import ApiError


class Client:
    def __init__(self, base, key):
        self._to = {"api_base": base, "api_key": key, "request_timeout": 60}

    def _run(self, call):
        try:
            return call()
        except openai.error.OpenAIError as error:
            body = error.json_body if isinstance(error.json_body, dict) else {}
            code = (body.get("error") or {}).get("code") or error.code
            retry = (error.headers or {}).get("x-should-retry", "")
            raise ApiError(error.http_status or 0, code, str(error), retry) from error

    def chat(self, model, messages, **options):
        create = openai.ChatCompletion.create
        reply = self._run(lambda: create(model=model, messages=messages, **options, **self._to)).to_dict_recursive()
        choice = reply["choices"][0]
        message = choice["message"]
        return {
            "content": message.get("content") or "",
            "calls": [called(c) for c in message.get("tool_calls") or ()],
            "finish": choice["finish_reason"],
            "usage": reply["usage"]["total_tokens"],
            "turn": {k: message[k] for k in ("role", "content", "tool_calls") if k in message},
        }

    def stream(self, model, messages, *, usage=False, **options):
        if usage:
            options["stream_options"] = {"include_usage": True}
        create = openai.ChatCompletion.create
        chunks = self._run(lambda: list(create(model=model, messages=messages, stream=True, **options, **self._to)))
        content, finish, used, calls = "", None, None, {}
        for chunk in chunks:
            used = (chunk.get("usage") or {}).get("total_tokens", used)
            for choice in chunk["choices"]:
                delta = choice["delta"]
                content += delta.get("content") or ""
                finish = choice.get("finish_reason") or finish
                for piece in delta.get("tool_calls") or ():
                    call = calls.setdefault(piece["index"], {"id": "", "function": {"name": "", "arguments": ""}})
                    call["id"] = call["id"] or piece.get("id")
                    for part in ("name", "arguments"):
                        call["function"][part] += piece["function"].get(part) or ""
        return {"content": content, "finish": finish, "usage": used, "calls": [called(calls[i]) for i in sorted(calls)]}

    def embed(self, model, inputs):
        reply = self._run(lambda: openai.Embedding.create(model=model, input=inputs, **self._to))
        scenarios.same([d["index"] for d in reply["data"]], list(range(len(reply["data"]))))
        return [d["embedding"] for d in reply["data"]]

    def leave(self, model, messages):
        stream = openai.ChatCompletion.create(model=model, messages=messages, stream=True, **self._to)
        for _, _ in zip(range(3), stream, strict=False):
            pass
        left = time.time()
        stream.close()
        openai.api_requestor._thread_context.session.close()  # this version keeps the connection of a stream it gave up
        del openai.api_requestor._thread_context.session
        return left


def called(call):
    return {"id": call["id"], "name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"])}


if __name__ == "__main__":
    scenarios.run(Client)
