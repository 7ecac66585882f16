"""Whole: answers that must be complete before they are passed on: a schema to be met, a tool to be called."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import msgspec

from banjia.gateway.emulate.tool import with_tools
from banjia.gateway.refusal import Refusal, bad_request
from banjia.routes.dialect.draft import Plan
from banjia.text import Text

T = TypeVar("T")
Json = dict[str, Any]
Ask = Callable[[Json], Awaitable[Json]]

REPAIRS = 2
MOST_CHOICES = 16

SCHEMA_NOTE = "Answer with one JSON value that is valid under this JSON Schema, and with nothing else:\n"
REPAIR_NOTE = "That was not valid under the schema: {error}. Answer again with the corrected JSON and nothing else."
TOOL_NOTE = "You must answer with a call of {name} and with nothing else."


def needs_whole(plan: Plan) -> bool:
    emulated = plan.tools or plan.json_schema is not None or plan.forced_tool is not None
    return emulated or plan.calls > 1 or plan.force_stream


async def whole(request: Json, plan: Plan, ask: Ask) -> Json:
    """The finished answer. Raises Refusal where the model does not come up with one that is valid."""
    spent: list[Json] = []

    async def ask_once(changed: Json) -> Json:
        answer = await ask(changed)
        spent.append(answer)
        return answer

    async def ask_model(changed: Json) -> Json:
        return await with_tools(changed, plan.asked_tools or {}, ask_once) if plan.tools else await ask_once(changed)

    plain = {k: v for k, v in request.items() if k not in {"stream", "stream_options"}}

    async def one() -> Json:
        answer = await _with_schema(plain, plan, ask_model) if plan.json_schema is not None else await ask_model(plain)
        return answer if plan.forced_tool is None else await _with_tool(plain, plan.forced_tool, answer, ask_model)

    if plan.calls <= 1:
        return _paid(await one(), spent)
    if plan.calls > MOST_CHOICES:
        raise bad_request("n_too_large", Text(f"n 至多 {MOST_CHOICES}", f"n is at most {MOST_CHOICES}"), param="n")
    return _paid(joined(await together([one() for _ in range(plan.calls)])), spent)


async def together(jobs: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """All results in order; the first failure ends the others."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def joined(answers: list[Json]) -> Json:
    """One answer with a choice of each; usage adds up."""
    choices = [{**c, "index": i} for i, c in enumerate(c for a in answers for c in a.get("choices") or [])]
    return _paid({**answers[0], "choices": choices}, answers)


HEAD = ("id", "created", "model", "system_fingerprint")


def as_events(answer: Json, *, include_usage: bool) -> bytes:
    """A finished answer in the form of a stream; what else it says, as the label, stands where a choice ends."""
    head: Json = {k: answer[k] for k in HEAD if k in answer}
    rest = {k: v for k, v in answer.items() if k not in {*HEAD, "object", "choices", "usage"}}
    head["object"] = "chat.completion.chunk"
    events: list[Json] = []
    for choice in answer.get("choices") or []:
        if "text" in choice:  # of the old completions API
            head["object"] = "text_completion"
            events.append({**head, "choices": [choice], **rest})
            continue
        message = dict(choice.get("message") or {})
        calls = message.pop("tool_calls", None)
        if calls:
            message["tool_calls"] = [{**call, "index": i} for i, call in enumerate(calls)]
        index = choice.get("index", 0)
        events.append({**head, "choices": [{"index": index, "delta": message, "finish_reason": None}]})
        end = {"index": index, "delta": {}, "finish_reason": choice.get("finish_reason") or "stop"}
        events.append({**head, "choices": [end], **rest})
    if include_usage and answer.get("usage"):
        events.append({**head, "choices": [], "usage": answer["usage"]})
    return b"".join(b"data: " + msgspec.json.encode(e) + b"\n\n" for e in events) + b"data: [DONE]\n\n"


def _paid(answer: Json, spent: list[Json]) -> Json:
    """What all exchanges used, those that were asked again included."""
    if len(spent) <= 1:
        return answer
    usage: dict[str, int] = {}
    for one in spent:
        for name, value in (one.get("usage") or {}).items():
            if isinstance(value, int):
                usage[name] = usage.get(name, 0) + value
    return {**answer, "usage": usage} if usage else answer


async def _with_schema(request: Json, plan: Plan, ask: Ask) -> Json:
    """Ask, check, and ask again with the fault named; never more than a few times."""
    from banjia.gateway.schema import valid, validator_of  # noqa: PLC0415 - only callers of json_schema pay for it

    schema = ((plan.schema or {}).get("json_schema") or {}).get("schema") or {}
    validator = validator_of(schema)
    note = {"role": "system", "content": SCHEMA_NOTE + msgspec.json.encode(schema).decode()}
    messages = [note, *(request.get("messages") or [])]
    for _ in range(REPAIRS + 1):
        answer = await ask({**request, "messages": messages})
        choice = (answer.get("choices") or [{}])[0]
        message = choice.get("message") or {}
        cut = choice.get("finish_reason") in {"length", "content_filter"}
        if cut or message.get("tool_calls") or message.get("refusal"):
            return answer  # as OpenAI: a call, a refusal or a cut answer stands as it is
        text, fault = valid(str(message.get("content") or ""), validator)
        if fault is None:
            fixed = {**choice, "message": {**message, "content": text}}
            return {**answer, "choices": [fixed, *(answer.get("choices") or [])[1:]]}
        messages = [
            *messages,
            {"role": "assistant", "content": str(message.get("content") or "")},
            {"role": "user", "content": REPAIR_NOTE.format(error=fault)},
        ]
    raise Refusal(
        502,
        "server_error",
        "json_schema_not_met",
        Text(
            f"模型 {REPAIRS + 1} 次都没有给出符合 schema 的 JSON",
            f"the model gave no JSON that meets the schema in {REPAIRS + 1} answers",
        ),
        retry=True,
    )


async def _with_tool(request: Json, forced: Any, answer: Json, ask: Ask) -> Json:
    """A forced tool that the vendor could not be told to force: asked for once more in words, else an error."""
    name = forced.get("function", {}).get("name") if isinstance(forced, dict) else None
    if _called(answer, name):
        return answer
    note = {"role": "system", "content": TOOL_NOTE.format(name=name or "one of the tools")}
    again = await ask({**request, "messages": [*(request.get("messages") or []), note]})
    if _called(again, name):
        return again
    text = Text("模型没有调用要求的工具", "the model did not call the tool that was asked for")
    raise Refusal(502, "server_error", "tool_not_called", text, retry=True)


def _called(answer: Json, name: str | None) -> bool:
    for choice in answer.get("choices") or []:
        for call in (choice.get("message") or {}).get("tool_calls") or []:
            if name is None or (call.get("function") or {}).get("name") == name:
                return True
    return False
