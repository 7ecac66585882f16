"""Acceptance: what a vendor would refuse of a request, by the operations whose file says that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.condition import holds, same
from banjia.routes.dialect.operation import (
    BatchSplit,
    Clamp,
    Conditional,
    Detokenize,
    Dims,
    Drop,
    EmulateJsonSchema,
    EmulateTools,
    EnsureMessage,
    Fanout,
    Fix,
    ForceStream,
    ForceTool,
    MapValue,
    MergeSystem,
    Op,
    PartRewrite,
    ReasoningControl,
    ReasoningReplay,
    Reject,
    Rename,
    RoleRewrite,
    Scale,
    SchemaRewrite,
    StripField,
    VectorShape,
)
from banjia.routes.dialect.parameter import within
from banjia.routes.dialect.translator import Translator
from banjia.routes.dialect.vector import holds_token_ids
from banjia.routes.model import Model
from banjia.routes.provider import Provider

Json = dict[str, Any]
WIDEST = 1 << 16  # of a vector


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why the vendor would answer 400, and about which field."""

    op: str
    field: str
    status: int = 400


def complaints(
    provider: Provider, model: str, request: Json, operation: str = "chat", base: str = ""
) -> tuple[Complaint, ...]:
    """Everything the vendor would refuse; () means that it accepts the request."""
    chosen = Translator(provider, base=base).selection(model, operation)
    own_shape = any(isinstance(op, VectorShape) for op in chosen.request)  # checked where it is answered
    if not own_shape and (field := misshapen(request, operation)):
        return (Complaint("shape", field),)
    row = provider.model(model)
    thinking = thinks(chosen.request, row, request)
    return tuple(_of(chosen.request, row, request, thinking=thinking))


def misshapen(request: Json, operation: str) -> str:
    """The field without which no vendor could answer, where it is missing or of another kind."""
    if operation == "embeddings":
        given, width = request.get("input"), request.get("dimensions")
        if (
            not given
            or not isinstance(given, str | list)
            or not all(isinstance(i, str | int | list | dict) for i in given)
        ):
            return "input"
        return "" if width is None or (type(width) is int and 0 < width <= WIDEST) else "dimensions"
    messages = request.get("messages")
    if (
        not isinstance(messages, list)
        or not messages
        or not all(isinstance(m, dict) and m.get("role") for m in messages)
    ):
        return "messages"
    return "" if request.get("stream") in (None, True, False) else "stream"


def thinks(ops: Iterable[Op], row: Model | None, request: Json) -> bool:
    """Whether the vendor's model thinks on this very request."""
    if row is not None and row.reasoning == "none":
        return False
    controls = [op for op in ops if isinstance(op, ReasoningControl)]
    thinking = row is not None and row.thinks_by_default if not controls else controls[0].on_by_default
    for op in controls:
        if op.off and all(same(path.get(request, p), v) for p, v in op.off.items()):
            return False
        if any(path.get(request, p) is not None for words in op.efforts.values() for p in words):
            thinking = True
    return thinking


def _of(ops: Iterable[Op], row: Model | None, request: Json, *, thinking: bool) -> Iterable[Complaint]:
    for op in ops:
        if op.upstream != "refuses":
            continue
        if isinstance(op, Conditional):
            if op.when and holds(op.when, request, thinking=thinking):
                yield Complaint("conditional", op.when[0].path or "messages")
        elif isinstance(op, ReasoningReplay) and not thinking:
            continue  # what was not thought is not missed
        elif holds(op.when, request, thinking=thinking) and (field := _refuses(op, row, request)):
            yield Complaint(str(type(op).__struct_config__.tag), field, op.status if isinstance(op, Reject) else 400)


def _refuses(op: Op, row: Model | None, request: Json) -> str:
    """The field that the vendor refuses, or nothing."""
    check = _CHECKS.get(type(op))
    return check(op, row, request) if check else ""


def _clamp(op: Clamp, _: Model | None, request: Json) -> str:
    value = request.get(op.field)
    if isinstance(value, (list, dict)):
        return op.field if op.max_items is not None and len(value) > op.max_items else ""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return op.field if number and within(op, value) != value else ""  # type: ignore[arg-type]


def _drop(op: Drop, _: Model | None, request: Json) -> str:
    value = request.get(op.field)
    return op.field if value is not None and not any(same(value, w) for w in op.same_as_absent) else ""


def _fix(op: Fix, _: Model | None, request: Json) -> str:
    return op.field if op.field in request and not same(request[op.field], op.value) else ""


def _scale(op: Scale, _: Model | None, request: Json) -> str:
    value = request.get(op.field)
    low, high = op.target
    return op.field if isinstance(value, (int, float)) and not low <= value <= high else ""


def _map_value(op: MapValue, _: Model | None, request: Json) -> str:
    value = request.get(op.field)
    wrong = (op.wrap and value is not None and not isinstance(value, list)) or (
        isinstance(value, str) and value in op.map and not same(op.map[value], value)
    )
    return op.field if wrong else ""


def _reject(op: Reject, _: Model | None, request: Json) -> str:
    value = request.get(op.field)
    there = value is not None and value != []
    return op.field if there and not any(same(value, w) for w in op.unless) else ""


def _fanout(op: Fanout, _: Model | None, request: Json) -> str:
    value = request.get(op.field)
    return op.field if isinstance(value, int) and value > op.max else ""


def _role(op: RoleRewrite, _: Model | None, request: Json) -> str:
    return "messages" if any(r in op.map for r in path.values(request, "messages[].role")) else ""


def _merge(op: MergeSystem, _: Model | None, request: Json) -> str:
    roles = path.values(request, "messages[].role")
    most = 0 if op.position == "first-user" else 1
    return "messages" if roles.count("system") > most else ""


def _ensure(op: EnsureMessage, _: Model | None, request: Json) -> str:
    return "" if op.always or op.role in path.values(request, "messages[].role") else "messages"


def _part(op: PartRewrite, _: Model | None, request: Json) -> str:
    for part in path.values(request, "messages[].content[]"):
        if isinstance(part, dict) and part.get("type") == op.part and op.action in ("reject", "drop"):
            return "messages"
        if op.action == "data-uri" and not str(path.get(part, "input_audio.data", "data:")).startswith("data:"):
            return "messages"
    return ""


def _strip(op: StripField, _: Model | None, request: Json) -> str:
    return next((f for f in op.fields if path.values(request, f)), "")


def _schema(op: SchemaRewrite, _: Model | None, request: Json) -> str:
    return "tools" if op.drop_strict and path.values(request, "tools[].function.strict") else ""


def _json_schema(_: EmulateJsonSchema, row: Model | None, request: Json) -> str:
    wanted = path.get(request, "response_format.type") == "json_schema"
    return "response_format" if wanted and not (row is not None and row.json_schema == "yes") else ""


def _tool(op: ForceTool, _: Model | None, request: Json) -> str:
    choice = request.get("tool_choice")
    forced = isinstance(choice, dict) or (choice == "required" and not op.only_named)
    return "tool_choice" if forced and choice != op.send else ""


def _replay(op: ReasoningReplay, _: Model | None, request: Json) -> str:
    if not request.get("tools"):
        return ""
    for message in path.values(request, "messages[]"):
        called = isinstance(message, dict) and message.get("role") == "assistant" and message.get("tool_calls")
        if called and not message.get(op.field):
            return "messages"
    return ""


def _batch(op: BatchSplit, _: Model | None, request: Json) -> str:
    items = request.get("input")
    return "input" if isinstance(items, list) and op.max_items is not None and len(items) > op.max_items else ""


def _dims(_: Dims, row: Model | None, request: Json) -> str:
    wanted = request.get("dimensions")
    known = row is not None and (row.dims or row.dims_up_to)
    return "dimensions" if wanted is not None and known and row is not None and not row.width(wanted) else ""


_CHECKS: dict[type[Op], Callable[[Any, Model | None, Json], str]] = {
    Clamp: _clamp, Drop: _drop, Fix: _fix, Scale: _scale, MapValue: _map_value, Reject: _reject, Fanout: _fanout,
    Rename: lambda op, _, r: op.field if op.field in r else "",
    RoleRewrite: _role, MergeSystem: _merge, EnsureMessage: _ensure, PartRewrite: _part, StripField: _strip,
    SchemaRewrite: _schema, EmulateJsonSchema: _json_schema,
    EmulateTools: lambda _, __, r: "tools" if r.get("tools") else "",
    ForceTool: _tool, ReasoningReplay: _replay,
    ForceStream: lambda _, __, r: "" if r.get("stream") else "stream",
    BatchSplit: _batch, Dims: _dims,
    Detokenize: lambda _, __, r: "input" if holds_token_ids(r.get("input")) else "",
}  # fmt: skip
