"""Probe: the claims of a provider's file as small requests, and what an answer says about each. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from banjia.routes.dialect import path
from banjia.routes.dialect.error import error_in_answer
from banjia.routes.dialect.operation import (
    Clamp,
    Drop,
    EmulateJsonSchema,
    EmulateTools,
    Fanout,
    Fix,
    ForceTool,
    MapValue,
    Op,
    PartRewrite,
    ReasoningControl,
    Reject,
    Rename,
    RoleRewrite,
    Scale,
    StripField,
    Upstream,
)
from banjia.routes.dialect.translator import Translator
from banjia.routes.habit import abilities, endpoints, habits, odd_stream, odd_thought, vectors
from banjia.routes.provider import Provider
from banjia.routes.record import Sure
from banjia.routes.standin.acceptance import thinks
from banjia.text import Text

Json = dict[str, Any]
Seen = Literal["accepted", "refused", "unclear"]
Operation = Literal["chat", "stream", "thought", "embeddings", "models"]
SMALL = 16  # tokens of an answer: a probe costs money
SAMPLES: Json = {
    "frequency_penalty": 0.5, "presence_penalty": 0.5, "logit_bias": {"1": 1}, "seed": 1, "user": "probe",
    "parallel_tool_calls": False, "service_tier": "default", "temperature": 0.5, "top_p": 0.5, "logprobs": True,
    "stream_options": {"include_usage": True}, "max_tokens": SMALL, "max_completion_tokens": SMALL, "stop": "\n\n",
}  # fmt: skip
_TOOL = {"type": "function", "function": {"name": "probe", "parameters": {"type": "object", "properties": {}}}}
_FORMAT = {"type": "json_schema", "json_schema": {"name": "probe", "schema": {"type": "object", "properties": {}}}}


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing the file says of the vendor, and the request that shows whether it is so."""

    op: str
    field: str
    says: Upstream  # what the vendor does with this request
    sure: Sure
    request: Json
    model: str = ""
    operation: Operation = "chat"


@dataclass(frozen=True, slots=True)
class Finding:
    claim: Claim
    seen: Seen
    detail: str = ""
    odd: str = ""  # what an accepted request showed that the file does not say

    @property
    def differs(self) -> bool:
        if self.odd:
            return True
        said = {"refuses": "refused", "ignores": "accepted"}.get(self.claim.says)
        return said is not None and self.seen not in ("unclear", said)

    @property
    def is_new(self) -> bool:
        """The file did not know, or knew from memory only."""
        return self.seen != "unclear" and (self.claim.says == "unknown" or self.claim.sure == "mem")

    def say(self) -> Text:
        mark = "!!" if self.differs else "+ " if self.is_new else "  "
        claim = self.claim
        detail = self.odd or self.detail
        words = Text(
            f"{claim.op} {claim.field}：文件 {claim.says}（{claim.sure}），实测 {self.seen}",
            f"{claim.op} {claim.field}: the file says {claim.says} ({claim.sure}), seen {self.seen}",
        )
        return Text(f"{mark} {words.zh} {detail}".rstrip(), f"{mark} {words.en} {detail}".rstrip())

    def to_json(self) -> Json:
        claim = self.claim
        return {
            "op": claim.op,
            "field": claim.field,
            "says": claim.says,
            "certainty": claim.sure,
            "seen": self.seen,
            "differs": self.differs,
            "new": self.is_new,
            "detail": self.odd or self.detail,
        }


def claims(provider: Provider, model: str) -> tuple[Claim, ...]:
    """The plain request first; then one for each operation that a request can show."""
    spoken = Translator(provider)
    found = [Claim("chat", "messages", "ignores", "doc", _plain(spoken, model))]
    chosen = spoken.selection(model, "chat")
    native = chosen.row is not None and chosen.row.json_schema == "yes"
    for op in chosen.request:
        says: Upstream = "ignores" if native and isinstance(op, EmulateJsonSchema) else op.upstream
        for field, change in _shows(op):
            request = {**_plain(spoken, model), **change}
            found.append(Claim(str(type(op).__struct_config__.tag), field, says, op.sure, request))
    plain = _plain(spoken, model)
    row = next((m for m in provider.models if m.kind == "embedding" and not m.ends), None)
    shown = [*endpoints(provider), *abilities(chosen.row, plain), *habits(spoken, model, plain)]
    shown += vectors(spoken, row) if row is not None and provider.apis.get("embeddings") in _EMBEDS else ()
    found += [Claim(op, field, says, by.sure, ask, model, kind) for op, field, says, by, ask, kind in shown]  # type: ignore[arg-type]
    return tuple(found)


def judged(provider: Provider, claim: Claim, status: int, body: Any) -> Finding:
    """A refusal of the field is a refusal; a key, a quota or an overload says nothing about it."""
    error = error_in_answer(provider, body) if status < _FIRST_ERROR else None
    if status < _FIRST_ERROR and error is None:
        if claim.operation == "stream":
            odd = odd_stream(Translator(provider).selection(claim.model), str(body))
            return Finding(claim, "accepted", odd=odd)
        answered = isinstance(body, dict) and any(body.get(k) for k in _ANSWERS)
        odd = _odd_thought(provider, claim, body) if answered and claim.operation == "thought" else ""
        return Finding(claim, "accepted" if answered else "unclear", odd=odd)
    words = str(path.get(body, "error.message") or path.get(body, "message") or "")[:120]
    refused = (
        status in _REFUSALS
        or (claim.operation == "models" and status in _ABSENT)
        or (error is not None and error.status in _REFUSALS)
    )
    return Finding(claim, "refused" if refused else "unclear", f"HTTP {status} {words}".strip())


def _odd_thought(provider: Provider, claim: Claim, body: Json) -> str:
    selection = Translator(provider).selection(claim.model)
    expected = thinks(selection.request, selection.row, claim.request)
    return odd_thought(selection, body, expected=expected)


def _plain(spoken: Translator, model: str) -> Json:
    request = {"model": model, "messages": [{"role": "user", "content": "Say ok."}], "max_tokens": SMALL}
    return spoken.prepare(model, request).request


def _shows(op: Op) -> Iterator[tuple[str, Json]]:
    """(field, change of the plain request) by which the operation shows. Conditions stay out: they need a setting."""
    if op.when:
        return
    match op:
        case Clamp(max_items=None):
            if op.max is not None:
                yield op.field, {op.field: op.max if op.max_open else op.max + 1}
            elif op.min is not None:
                yield op.field, {op.field: op.min if op.min_open else op.min - 1}
        case Clamp():
            yield op.field, {op.field: ["a"] * ((op.max_items or 0) + 1)}
        case Scale():
            yield op.field, {op.field: op.source[1]}
        case Fix():
            yield op.field, {op.field: SAMPLES.get(op.field, 0.5)}
        case Drop() | Rename() | Reject():
            if op.field in SAMPLES:
                yield op.field, {op.field: SAMPLES[op.field]}
        case MapValue(wrap=True):
            yield op.field, {op.field: SAMPLES.get(op.field, "a")}
        case Fanout():
            yield op.field, {op.field: op.max + 1}
        case RoleRewrite():
            for role in op.map:
                yield "messages", {"messages": [{"role": role, "content": "Be brief."}, _USER]}
        case StripField() if "messages[].name" in op.fields:
            yield "messages[].name", {"messages": [{**_USER, "name": "probe"}]}
        case PartRewrite(part="file", action="reject"):
            part = {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,YQ=="}}
            yield "messages", {"messages": [{"role": "user", "content": [part]}]}
        case EmulateJsonSchema():
            yield "response_format", {"response_format": _FORMAT}
        case EmulateTools():
            yield "tools", {"tools": [_TOOL]}
        case ForceTool():
            choice = {"type": "function", "function": {"name": "probe"}} if op.only_named else "required"
            yield "tool_choice", {"tools": [_TOOL], "tool_choice": choice}
        case ReasoningControl() if op.off is None and op.efforts:
            yield op.field, {op.field: "none"}
        case _:
            return


_USER = {"role": "user", "content": "Say ok."}
_FIRST_ERROR = 400
_ABSENT = frozenset({404, 405})
_ANSWERS = ("choices", "data", "vectors")
_EMBEDS = ("yes", "own_shape")
_REFUSALS = frozenset({400, 415, 422})
