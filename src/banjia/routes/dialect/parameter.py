"""Parameter: the operations on single request fields."""

from __future__ import annotations

import math

from banjia.routes.dialect import path
from banjia.routes.dialect.condition import same
from banjia.routes.dialect.draft import Draft, Refusal
from banjia.routes.dialect.operation import (
    Clamp,
    Default,
    Drop,
    Fanout,
    Fix,
    Inject,
    MapValue,
    Reject,
    Rename,
    Scale,
    loss_of,
)
from banjia.text import Text


def rename(op: Rename, draft: Draft) -> None:
    """A field that is already there under its new name wins."""
    if op.field in draft.request:
        value = draft.request.pop(op.field)
        draft.request.setdefault(op.to, value)


def drop(op: Drop, draft: Draft) -> None:
    if op.field not in draft.request:
        return
    value = draft.request.pop(op.field)
    if value is not None and not any(same(value, w) for w in op.same_as_absent):
        draft.warn(
            op,
            op.field,
            Text(f"{op.field} 没有发送，服务商不支持", f"{op.field} was not sent, the provider has no such thing"),
        )


def clamp(op: Clamp, draft: Draft) -> None:
    value = draft.request.get(op.field)
    if op.max_items is not None and isinstance(value, (list, dict)) and len(value) > op.max_items:
        kept = value[: op.max_items] if isinstance(value, list) else dict(list(value.items())[: op.max_items])
        draft.request[op.field] = kept
        draft.warn(
            op, op.field, Text(f"{op.field} 只保留 {op.max_items} 项", f"{op.field} was cut to {op.max_items} entries")
        )
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return
    new = within(op, value)
    if new != value:
        draft.request[op.field] = new
        draft.warn(
            op, op.field, Text(f"{op.field} 由 {value:g} 改为 {new:g}", f"{op.field} was {value:g}, sent as {new:g}")
        )


def within(op: Clamp, value: float) -> float:
    """The nearest number inside the range; at an open end one nudge inside it."""
    low = op.min
    high = op.max
    if low is not None and (value < low or (op.min_open and value <= low)):
        return _like(value, low + op.nudge if op.min_open else low)
    if high is not None and (value > high or (op.max_open and value >= high)):
        return _like(value, high - op.nudge if op.max_open else high)
    return value


def scale(op: Scale, draft: Draft) -> None:
    value = draft.request.get(op.field)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return
    (low, high), (to_low, to_high) = op.source, op.target
    inside = min(max(value, low), high)
    new = to_low + (inside - low) * (to_high - to_low) / (high - low)
    draft.request[op.field] = new
    draft.warn(
        op, op.field, Text(f"{op.field} 由 {value:g} 换算为 {new:g}", f"{op.field} {value:g} was scaled to {new:g}")
    )


def fix(op: Fix, draft: Draft) -> None:
    if op.field in draft.request and not same(draft.request[op.field], op.value):
        draft.request[op.field] = op.value
        draft.warn(op, op.field, Text(f"{op.field} 只能为 {op.value}", f"{op.field} can only be {op.value}"))


def default(op: Default, draft: Draft) -> None:
    if draft.request.get(op.field) is None:
        draft.request[op.field] = op.value


def map_value(op: MapValue, draft: Draft) -> None:
    if op.field not in draft.request:
        return
    value = draft.request[op.field]
    if op.wrap and value is not None and not isinstance(value, list):
        draft.request[op.field] = [value]
    key = "object" if isinstance(value, dict) else value if isinstance(value, str) else str(value).lower()
    if key in op.map and not same(op.map[key], value):
        draft.request[op.field] = op.map[key]
        draft.warn(
            op, op.field, Text(f"{op.field} 由 {key} 改为 {op.map[key]}", f"{op.field} {key} was sent as {op.map[key]}")
        )


def reject(op: Reject, draft: Draft) -> None:
    value = draft.request.get(op.field)
    if value is None or value == [] or any(same(value, w) for w in op.unless) or draft.refusal is not None:
        return
    message = op.message or Text(f"服务商不支持 {op.field}", f"the provider does not support {op.field}")
    draft.refusal = Refusal(op.status, op.code, op.field, message)


def fanout(op: Fanout, draft: Draft) -> None:
    """The gateway makes the calls and numbers the choices."""
    wanted = draft.request.get(op.field)
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        return
    if wanted <= op.max:
        if op.max == 1:
            draft.drop(op.field)
        return
    if op.max == 1:
        draft.drop(op.field)
    else:
        draft.request[op.field] = 1
    draft.plan["calls"] = wanted
    draft.warn(
        op, op.field, Text(f"{op.field}={wanted} 由多次调用模拟", f"{op.field}={wanted} is emulated by {wanted} calls")
    )


def inject(op: Inject, draft: Draft) -> None:
    before = path.get(draft.request, op.path)
    if not same(before, op.value):
        draft.request = path.put(draft.request, op.path, op.value)
        if loss_of(op) != "none":
            draft.warn(op, op.path, Text(f"{op.path} 设为 {op.value}", f"{op.path} was set to {op.value}"))


def _like(example: float, value: float) -> float:
    """An integer stays one where the bound is one."""
    return int(value) if isinstance(example, int) and float(value).is_integer() else value
