"""Reasoning: the effort a caller asks for, in the vendor's words; and switching thinking off where that can be done."""

from __future__ import annotations

from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.condition import same
from banjia.routes.dialect.draft import Draft
from banjia.routes.dialect.operation import ForceTool, ReasoningControl, ReasoningReplay
from banjia.text import Text

CAPS = ("max_completion_tokens", "max_tokens")
_NATIVE = ("enable_thinking", "thinking", "thinking_budget", "chat_template_kwargs")


def reasoning_control(op: ReasoningControl, draft: Draft) -> None:
    """Translates the effort; without one, switches thinking off for an app that knew no thinking."""
    effort = draft.request.get(op.field)
    if isinstance(effort, str):
        _translate(op, draft, effort)
    elif any(name in draft.request for name in _NATIVE):
        draft.thinking = not _is_off(op, draft.request)
    elif draft.thinking_wanted is False and draft.thinking:
        _switch_off(op, draft)
    if draft.thinking and op.token_allowance and draft.thinking_wanted is False:
        _raise_cap(op, draft)


def reasoning_replay(op: ReasoningReplay, draft: Draft) -> None:
    if op.needed != "with-tools" or draft.request.get("tools"):
        draft.plan["replay"] = op


def force_tool(op: ForceTool, draft: Draft) -> None:
    """A forced tool is sent as the vendor takes it; the gateway keeps what was asked for."""
    choice = draft.request.get("tool_choice")
    named = isinstance(choice, dict)
    if not (named or (choice == "required" and not op.only_named)) or choice == op.send:
        return
    draft.plan["forced_tool"] = choice
    if op.send == "absent":
        draft.drop("tool_choice")
    else:
        draft.request["tool_choice"] = op.send
    if op.keep_one_tool and named:
        wanted = path.get(choice, "function.name")
        tools = draft.request.get("tools")
        if isinstance(tools, list):
            draft.request["tools"] = [t for t in tools if path.get(t, "function.name") == wanted]
    asked = "named" if named else "required"
    draft.warn(
        op,
        "tool_choice",
        Text(f"强制工具（{asked}）由网关保证", f"the forced tool ({asked}) is seen to by the gateway"),
    )


def _translate(op: ReasoningControl, draft: Draft, effort: str) -> None:
    patch = op.efforts.get(effort)
    if patch is None and any(words.get(op.field) == effort for words in op.efforts.values()):
        draft.thinking = True  # the vendor's own word
        return
    if patch is None:
        if op.efforts or op.off is None:
            draft.drop(op.field)
            draft.warn(op, op.field, Text(f"强度 {effort} 没有发送", f"effort {effort} was not sent"), loss="soft")
        return
    draft.drop(op.field)
    _apply(patch, draft)
    draft.thinking = not (patch == op.off or (effort == "none" and op.off is not None))
    if effort in op.rounds:
        draft.warn(
            op, op.field, Text(f"强度 {effort} 按服务商的相近档位运行", f"effort {effort} runs as the vendor's nearest")
        )


def _switch_off(op: ReasoningControl, draft: Draft) -> None:
    if op.off:
        _apply(op.off, draft)
        draft.thinking = False
    elif op.off is None:
        draft.warn(
            op,
            op.field,
            Text("模型总是思考：更慢、更贵，答案不同", "the model always thinks: slower, dearer and another manner"),
            loss="soft",
        )


def _raise_cap(op: ReasoningControl, draft: Draft) -> None:
    for cap in CAPS:
        value = draft.request.get(cap)
        if isinstance(value, int) and not isinstance(value, bool):
            draft.request[cap] = value + op.token_allowance
            draft.warn(
                op,
                cap,
                Text(
                    f"{cap} 为思考提高了 {op.token_allowance}", f"{cap} was raised by {op.token_allowance} for thinking"
                ),
                loss="soft",
            )


def _apply(patch: dict[str, Any], draft: Draft) -> None:
    for place, value in patch.items():
        draft.request = path.put(draft.request, place, value)


def _is_off(op: ReasoningControl, request: dict[str, Any]) -> bool:
    return bool(op.off) and all(same(path.get(request, place), value) for place, value in (op.off or {}).items())
