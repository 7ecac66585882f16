"""Legacy: the old completions API led through chat completions, for providers that have only those."""

from __future__ import annotations

from typing import Any

import msgspec

from banjia.gateway.call import Call, Message, Send
from banjia.gateway.event import Events
from banjia.gateway.refusal import bad_request
from banjia.gateway.rewrite import payloads
from banjia.gateway.settings import Candidate, Settings
from banjia.text import Text

Json = dict[str, Any]

OPERATION = "completions"
SAME = frozenset({
    "model", "max_tokens", "temperature", "top_p", "n", "stream", "stream_options", "stop", "presence_penalty",
    "frequency_penalty", "logit_bias", "seed", "user",
})  # fmt: skip
LOST = ("logprobs", "suffix", "echo")  # chat has nothing that stands for these
MAX_TOKENS = 16  # OpenAI's own default here
WARNING = "completions(prompt);loss=hard"

ONE_PROMPT = Text(
    "此模型的路线只有对话接口：一次只能发一段文字的 prompt，不接受词元编号或多段",
    "this model's routes have chat only: one prompt of text at a time, no token ids and no lists of several",
)
HARD = Text(
    "应用不接受这样的损失：文本补全由对话接口代答",
    "the application does not accept this loss: a completion of text answered by a chat model",
)


def through_chat(call: Call, settings: Settings) -> None:
    """Where no route for the model has the old API, the call becomes a chat completion. Raises Refusal."""
    candidates = settings.candidates(call.app, call.asked)
    if not candidates or any(_has_it(c) for c in candidates):
        return
    if call.app.options.get("hard_loss") == "refuse":
        raise bad_request("hard_loss", HARD, param="prompt")
    call.body = msgspec.json.encode(as_chat(msgspec.json.decode(call.body)))
    call.operation = "chat/completions"
    call.losses = (*call.losses, WARNING)
    call.send = _Back(call.send).send


def as_chat(request: Json) -> Json:
    """The chat completion that stands for it. What chat cannot say is refused, never dropped."""
    for name in LOST:
        if request.get(name) not in (None, False, ""):
            raise _unsupported(name)
    if request.get("best_of") not in (None, 1, request.get("n")):
        raise _unsupported("best_of")
    prompt = request.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise bad_request("prompt", ONE_PROMPT, param="prompt")
    kept = {name: value for name, value in request.items() if name in SAME and value is not None}
    return {"max_tokens": MAX_TOKENS, **kept, "messages": [{"role": "user", "content": prompt}]}


def as_completion(answer: Json) -> Json:
    """A whole answer, or one event of a stream, in the old form."""
    choices = []
    for choice in answer.get("choices") or []:
        said = choice.get("message") or choice.get("delta") or {}
        choices.append(
            {
                "text": said.get("content") or "",
                "index": choice.get("index", 0),
                "logprobs": None,
                "finish_reason": choice.get("finish_reason"),
            }
        )
    return {**answer, "object": "text_completion", "choices": choices}


def _has_it(candidate: Candidate) -> bool:
    """A route of whose provider nothing is known is asked as it is."""
    return not candidate.route.apis or OPERATION in candidate.route.apis


def _unsupported(name: str) -> Exception:
    text = Text(f"此模型的路线只有对话接口，不支持 {name}", f"this model's routes have chat only; {name} is not there")
    return bad_request("unsupported_parameter", text, param=name)


class _Back:
    """Takes what the chat completion would have sent, and sends it in the old form."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._events = Events()
        self._passes = False
        self._streams = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._passes = message["status"] != 200
            self._start = message
            headers = self._start["headers"]
            self._streams = any(n == b"content-type" and v.startswith(b"text/event-stream") for n, v in headers)
            if self._passes or self._streams:
                await self._send(self._start)
        elif self._passes:
            await self._send(message)
        elif self._streams:
            more = message.get("more_body", False)
            data = self._events.feed(message["body"])
            await self._send({"type": "http.response.body", "body": self._changed(data, more=more), "more_body": more})
        else:
            out = msgspec.json.encode(as_completion(msgspec.json.decode(message["body"])))
            headers = [(n, v) for n, v in self._start["headers"] if n != b"content-length"]
            await self._send({**self._start, "headers": [*headers, (b"content-length", b"%d" % len(out))]})
            await self._send({"type": "http.response.body", "body": out})

    def _changed(self, data: bytes, *, more: bool) -> bytes:
        out = []
        for payload in payloads(data):
            event = msgspec.json.decode(payload)
            out.append(payload if "error" in event else msgspec.json.encode(as_completion(event)))
        if not more and self._events.done:
            out.append(b"[DONE]")
        return b"".join(b"data: " + payload + b"\n\n" for payload in out)
