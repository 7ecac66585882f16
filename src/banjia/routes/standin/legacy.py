"""Legacy: the old completions API of the vendors that still have it, played over the chat that a stand-in can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from banjia.routes.provider import Provider

Json = dict[str, Any]


def has_completions(provider: Provider) -> bool:
    return provider.is_engine or provider.apis.get("completions") == "yes"


def as_chat(request: Json) -> Json:
    """The same question as a chat: the last prompt where there are several."""
    prompt = request.get("prompt")
    if isinstance(prompt, list):
        prompt = prompt[-1] if prompt else ""
    kept: Json = {k: request[k] for k in ("model", "stream", "stream_options") if k in request}
    return {**kept, "messages": [{"role": "user", "content": prompt if isinstance(prompt, str) else "tokens"}]}


def as_completion(body: Json) -> Json:
    return {**body, "object": "text_completion", "choices": [_choice(c, c["message"]) for c in body["choices"]]}


def as_completions(events: Iterator[Json]) -> Iterator[Json]:
    for event in events:
        choices = [_choice(c, c["delta"]) for c in event["choices"]]
        yield {**event, "object": "text_completion", "choices": choices}


def _choice(choice: Json, said: Json) -> Json:
    kept = {"index": choice["index"], "finish_reason": choice["finish_reason"], "logprobs": None}
    return {"text": said.get("content") or "", **kept}
