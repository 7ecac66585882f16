"""Message: the operations on messages and their parts."""

from __future__ import annotations

from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.draft import Draft, Refusal
from banjia.routes.dialect.operation import (
    EnsureMessage,
    FlattenParts,
    MergeSystem,
    PartRewrite,
    RoleRewrite,
    StripField,
)
from banjia.text import Text

Message = dict[str, Any]
_DATA = "data:"


def role_rewrite(op: RoleRewrite, draft: Draft) -> None:
    def changed(message: Any) -> Any:
        role = message.get("role") if isinstance(message, dict) else None
        return {**message, "role": op.map[role]} if isinstance(role, str) and role in op.map else message

    draft.request = path.change(draft.request, "messages[]", changed)


def merge_system(op: MergeSystem, draft: Draft) -> None:
    messages = _messages(draft)
    system = [m for m in messages if m.get("role") == "system"]
    first = bool(system) and messages[0].get("role") == "system"
    if not system or (op.position == "head" and len(system) == 1 and first):
        return
    text = "\n\n".join(t for t in (_text(m.get("content")) for m in system) if t)
    others = [m for m in messages if m.get("role") != "system"]
    if op.position == "head":
        draft.request["messages"] = [{"role": "system", "content": text}, *others]
    else:
        draft.request["messages"] = _before_first_user(others, text)
    draft.warn(op, "messages", Text("系统消息已合并", "system messages were merged"))


def ensure_message(op: EnsureMessage, draft: Draft) -> None:
    messages = _messages(draft)
    if any(m.get("role") == op.role and (not op.always or m.get("content") == op.content) for m in messages):
        return
    new = {"role": op.role, "content": op.content}
    if op.role == "system":
        heads = next((i for i, m in enumerate(messages) if m.get("role") != "system"), len(messages))
        draft.request["messages"] = [*messages[:heads], new, *messages[heads:]]
    else:
        draft.request["messages"] = [*messages, new]
    draft.warn(op, "messages", Text(f"补了一条 {op.role} 消息", f"a message of role {op.role} was added"))


def flatten_parts(op: FlattenParts, draft: Draft) -> None:
    def flat(message: Any) -> Any:
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(content, list) or (op.roles and message.get("role") not in op.roles):
            return message
        if not all(isinstance(p, dict) and p.get("type") == "text" for p in content):
            return message
        return {**message, "content": op.join.join(str(p.get("text", "")) for p in content)}

    draft.request = path.change(draft.request, "messages[]", flat)


def strip_field(op: StripField, draft: Draft) -> None:
    for field in op.fields:
        before = draft.request
        draft.request = path.remove(before, field)
        if draft.request is not before:
            draft.warn(op, field, Text(f"{field} 没有发送", f"{field} was not sent"))


def part_rewrite(op: PartRewrite, draft: Draft) -> None:
    found = [p for p in path.values(draft.request, "messages[].content[]") if _is(p, op.part)]
    if not found:
        return
    if op.action == "reject":
        message = op.message or Text(f"服务商不接受 {op.part}", f"the provider takes no {op.part} parts")
        draft.refusal = draft.refusal or Refusal(400, "unsupported_content", "messages", message)
        return
    if op.action == "drop":
        draft.request = path.change(
            draft.request,
            "messages[].content",
            lambda c: [p for p in c if not _is(p, op.part)] if isinstance(c, list) else c,
        )
    else:
        draft.request = path.change(
            draft.request, "messages[].content[]", lambda p: _rewritten(op, p) if _is(p, op.part) else p
        )
    draft.warn(op, "messages", Text(f"{op.part} 内容块已改写", f"{op.part} parts were rewritten"))


def _rewritten(op: PartRewrite, part: Message) -> Message:
    if op.action == "set":
        for place, value in op.set.items():
            if path.get(part, place) is None:
                part = path.put(part, place, value)
        return part
    if op.part == "input_audio":
        audio = part.get("input_audio") or {}
        data, form = str(audio.get("data", "")), audio.get("format", "wav")
        if op.action == "data-uri" and not data.startswith(_DATA):
            return {**part, "input_audio": {**audio, "data": f"{_DATA}audio/{form};base64,{data}"}}
    elif op.part == "image_url" and op.action == "bare-base64":
        url = str(path.get(part, "image_url.url", ""))
        if url.startswith(_DATA) and "," in url:
            return dict(path.put(part, "image_url.url", url.partition(",")[2]))
    return part


def _messages(draft: Draft) -> list[Message]:
    found = draft.request.get("messages")
    return [m for m in found if isinstance(m, dict)] if isinstance(found, list) else []


def _before_first_user(messages: list[Message], text: str) -> list[Message]:
    for i, message in enumerate(messages):
        if message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, list):
                new: Any = [{"type": "text", "text": text}, *content]
            else:
                new = f"{text}\n\n{content or ''}"
            return [*messages[:i], {**message, "content": new}, *messages[i + 1 :]]
    return [*messages, {"role": "user", "content": text}]


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(p.get("text", "")) for p in content if isinstance(p, dict) and p.get("type") == "text")
    return content if isinstance(content, str) else ""


def _is(part: Any, kind: str) -> bool:
    return isinstance(part, dict) and part.get("type") == kind
