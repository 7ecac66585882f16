"""The matrix with Anthropic's own Python client: an application written for the Messages API, on every dialect."""

import json
import time

import anthropic
import scenarios
from scenarios import ApiError, NoSuchCallError

FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "refusal": "content_filter",
}
CHOICES = {"auto": {"type": "auto"}, "required": {"type": "any"}}
LONGEST = 1024


class Client:
    def __init__(self, base, key):
        base = base.removesuffix("/v1")
        self._client = anthropic.Anthropic(base_url=base, api_key=key, max_retries=0, timeout=60)

    def _run(self, call):
        try:
            return call()
        except anthropic.APIStatusError as error:
            inner = error.body.get("error") if isinstance(error.body, dict) else None
            code = inner.get("code") if isinstance(inner, dict) else None
            status = error.status_code if error.status_code >= 400 else 0  # an error in the middle of a stream
            raise ApiError(status, code, str(error), error.response.headers.get("x-should-retry", "")) from error
        except anthropic.APIError as error:
            raise ApiError(0, None, str(error)) from error

    def chat(self, model, messages, **options):
        return said(self._run(lambda: self._client.messages.create(**asked(model, messages, options))))

    def stream(self, model, messages, *, usage=False, **options):
        del usage  # it always comes

        def whole():
            with self._client.messages.stream(**asked(model, messages, options)) as events:
                return events.get_final_message()

        return said(self._run(whole))

    def leave(self, model, messages):
        stream = self._client.messages.create(**asked(model, messages, {}), stream=True)
        for _, _ in zip(range(4), stream, strict=False):
            pass
        left = time.time()
        stream.close()
        return left


def asked(model, messages, options):
    """OpenAI's words as the Messages API says them."""
    found = {"model": model, "max_tokens": LONGEST, "messages": turns(messages)}
    if tools := options.get("tools"):
        functions = [t["function"] for t in tools]
        found["tools"] = [
            {"name": f["name"], "description": f["description"], "input_schema": f["parameters"]} for f in functions
        ]
    if choice := options.get("tool_choice"):
        named = {"type": "tool", "name": choice["function"]["name"]} if isinstance(choice, dict) else CHOICES[choice]
        found["tool_choice"] = named
    if form := options.get("response_format"):
        if form["type"] != "json_schema":
            raise NoSuchCallError("the Messages API asks for JSON with a schema only")
        wanted = {"type": "json_schema", "schema": form["json_schema"]["schema"]}
        found["output_config"] = {"format": wanted}
    return found


def turns(messages):
    found = []
    for message in messages:
        if message["role"] == "tool":
            result = {"type": "tool_result", "tool_use_id": message["tool_call_id"], "content": message["content"]}
            if isinstance(found[-1]["content"], list) and found[-1]["role"] == "user":
                found[-1]["content"].append(result)
            else:
                found.append({"role": "user", "content": [result]})
        elif isinstance(message["content"], list) and message["role"] == "user":
            found.append({"role": "user", "content": [part(p) for p in message["content"]]})
        else:
            found.append({"role": message["role"], "content": message["content"]})
    return found


def part(given):
    if given["type"] != "image_url":
        return given
    head, _, data = given["image_url"]["url"].partition(",")
    media = head.removeprefix("data:").partition(";")[0]
    return {"type": "image", "source": {"type": "base64", "media_type": media, "data": data}}


def said(message):
    texts = [b.text for b in message.content if b.type == "text"]
    calls = [b for b in message.content if b.type == "tool_use"]
    scenarios.same(message.role, "assistant")
    return {
        "content": "".join(texts),
        "calls": [{"id": c.id, "name": c.name, "arguments": c.input} for c in calls],
        "finish": FINISHES.get(message.stop_reason, message.stop_reason),
        "usage": message.usage.input_tokens + message.usage.output_tokens,
        "turn": {"role": "assistant", "content": [json.loads(b.to_json()) for b in message.content]},
    }


if __name__ == "__main__":
    scenarios.run(Client)
