"""Kept: what may be asked of an answer that is kept: itself, the items that led to it, its end."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import msgspec

from banjia.gateway.call import Call
from banjia.gateway.clock import Clock
from banjia.gateway.refusal import JSON, Header, Refusal, bad_request
from banjia.gateway.responses.answer import Json, new_id
from banjia.gateway.responses.state import Kept, States
from banjia.gateway.surface import wrong_method
from banjia.text import Text

LIMIT, MOST = 20, 100
INCLUDABLE = frozenset({
    "file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
    "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
    "reasoning.encrypted_content", "message.output_text.logprobs",
})  # fmt: skip
METHODS = {"": ("GET", "DELETE"), "input_items": ("GET",), "cancel": ("POST",)}
SYNCHRONOUS = Text(
    "这份答复不是后台生成的：没有可取消的，也没有可续传的流",
    "this answer was not made in the background: there is nothing to cancel and no stream to take up again",
)


async def stored(
    call: Call, states: States, clock: Clock, method: str, rest: str, query: bytes = b""
) -> tuple[int, list[Header], bytes]:
    """`GET` and `DELETE` of a kept answer, its `input_items`, `cancel`. Raises Refusal."""
    id, _, part = rest.partition("/")  # noqa: A001
    if rest in {"input_tokens", "compact"} or part not in METHODS:
        raise not_done(rest)
    if method not in METHODS[part]:
        raise wrong_method(method, ", ".join(sorted(METHODS[part])))
    asked = parse_qs(query.decode("utf-8", "replace"), keep_blank_values=True)
    _check_include(asked)
    kept = await states.get(id, call.app.id, at=clock.at())
    if kept is None:
        raise not_found(id)
    if part == "cancel":
        raise bad_request("not_in_background", SYNCHRONOUS, param="response_id")
    if method == "DELETE":
        await states.drop(id)
        return 200, [JSON], msgspec.json.encode({"id": id, "object": "response", "deleted": True})
    if part == "input_items":
        return 200, [JSON], msgspec.json.encode(page(kept, asked))
    if asked.get("stream", ["false"])[-1] == "true":
        raise bad_request("not_in_background", SYNCHRONOUS, param="stream")
    return 200, [JSON], msgspec.json.encode(kept.response)


def page(kept: Kept, asked: dict[str, list[str]]) -> Json:
    """Newest first unless `order=asc`, as OpenAI lists them; `after` and `before` name an item of the list."""
    order = _one(asked, "order", "desc")
    if order not in {"asc", "desc"}:
        raise _wrong("order", "asc | desc")
    limit = _one(asked, "limit", str(LIMIT))
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit) <= MOST:
        raise _wrong("limit", f"1..{MOST}")
    items = kept.input if order == "asc" else kept.input[::-1]
    start, end = 0, len(items)
    if after := _one(asked, "after", ""):
        start = _place(items, after, "after") + 1
    if before := _one(asked, "before", ""):
        end = _place(items, before, "before")
    backwards = bool(before) and not after  # the page that ends where the named item begins
    first = max(start, end - int(limit)) if backwards else start
    data = items[first : min(end, first + int(limit))]
    more = first > start if backwards else first + len(data) < end
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return {"object": "list", "data": data, "has_more": more, **ends}


def as_item(item: Json) -> Json:
    """An item of `input` as `input_items` lists it."""
    kind = item.get("type") or "message"
    found: dict[str, Any] = {
        "id": item.get("id") or new_id(_SHORT.get(str(kind), "item")),
        "type": kind,
        **({"status": "completed"} if kind in _SHORT else {}),
        **item,
    }
    content = item.get("content")
    if kind == "message" and isinstance(content, str):
        content = [{"type": "output_text" if item.get("role") == "assistant" else "input_text", "text": content}]
    if kind == "message" and isinstance(content, list):
        found["content"] = [{**_EMPTY.get(str(p.get("type")), {}), **p} if isinstance(p, dict) else p for p in content]
    return found


def not_found(id: str, param: str | None = None) -> Refusal:  # noqa: A002
    text = Text(f"没有保存过答复 {id}，或已过期", f"no answer {id} is kept, or its time is over")
    if param is not None:
        return bad_request("previous_response_not_found", text, param=param)
    return Refusal(404, "invalid_request_error", "response_not_found", text)


def not_done(rest: str) -> Refusal:
    text = Text(f"网关不提供 responses/{rest}", f"the gateway does not serve responses/{rest}")
    return Refusal(501, "invalid_request_error", "not_served", text)


def _place(items: list[Json], id: str, param: str) -> int:  # noqa: A002
    for at, item in enumerate(items):
        if item.get("id") == id:
            return at
    text = Text(f"列表里没有 {id}", f"the list has no item {id}")
    raise bad_request("invalid_value", text, param=param)


def _check_include(asked: dict[str, list[str]]) -> None:
    wanted = [v for name in ("include", "include[]") for v in asked.get(name, [])]
    if any(v not in INCLUDABLE for v in wanted):
        raise _wrong("include", " | ".join(sorted(INCLUDABLE)))


def _one(asked: dict[str, list[str]], name: str, default: str) -> str:
    return asked.get(name, [default])[-1]


def _wrong(param: str, expected: str) -> Refusal:
    text = Text(f"{param} 应为 {expected}", f"{param} must be {expected}")
    return bad_request("invalid_value", text, param=param)


_SHORT = {"message": "msg", "function_call": "fc", "function_call_output": "fco", "reasoning": "rs"}
_EMPTY: dict[str, Json] = {"input_image": {"detail": "auto"}, "output_text": {"annotations": []}}
