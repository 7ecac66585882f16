"""Legacy: the old completions API led through chat completions, for providers that have only those."""

from __future__ import annotations

from typing import Any

import msgspec

from banjia.gateway.back import Back
from banjia.gateway.call import Call
from banjia.gateway.refusal import bad_request
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
    call.send = Back(call.send, as_completion).send


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
