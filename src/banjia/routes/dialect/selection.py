"""Selection: which operations act for one model and one operation. Facts per model beat facts per provider."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TypeVar

from banjia.routes.dialect.operation import (
    AnswerOp,
    BatchSplit,
    Clamp,
    Conditional,
    Default,
    Detokenize,
    Dims,
    Drop,
    EmulateJsonSchema,
    EmulateTools,
    EncodeBase64,
    Fix,
    ForceStream,
    ForceTool,
    Inject,
    MapValue,
    Op,
    PartRewrite,
    ReasoningControl,
    ReasoningReplay,
    Reject,
    RequestOp,
    Scale,
    SchemaRewrite,
    VectorShape,
)
from banjia.routes.dialect.override import Override
from banjia.routes.dialect.plain import Plain
from banjia.routes.model import Model
from banjia.routes.provider import Provider

O = TypeVar("O", bound=Op)  # noqa: E741  (an operation)
_VALUE_OPS = (Drop, Clamp, Scale, Fix, Default, MapValue, Reject)
_OF_A_BASE = 1000  # more than any name of a model is long
_ALWAYS = (Default, Inject, ReasoningControl, ForceStream)
_FIELDS: dict[type[Op], tuple[str, ...]] = {
    ForceTool: ("tool_choice",),
    EmulateJsonSchema: ("response_format",),
    EmulateTools: ("tools",),
    ReasoningReplay: ("messages", "tools"),
    BatchSplit: ("input",),
    EncodeBase64: ("encoding_format",),
    Detokenize: ("input",),
    Dims: ("dimensions",),
    VectorShape: ("input",),
}


@dataclass(frozen=True)
class Selection:
    request: tuple[RequestOp, ...]
    answer: tuple[AnswerOp, ...]
    row: Model | None = None  # the catalogue's entry of the model
    _plain: dict[str, Plain] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def gated(self) -> tuple[tuple[RequestOp, str], ...]:
        """Each operation with the field without which it has nothing to do; "" where it always looks."""
        return tuple((op, _gate(op)) for op in self.request)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Top-level request fields that some operation looks at; the others pass untouched."""
        return frozenset(f for op in self.request for f in touched(op))

    @cached_property
    def always(self) -> bool:
        """Some operation acts whatever the request holds."""
        return any(isinstance(op, _ALWAYS) and not op.when for op in self.request)

    def plain(self, provider: Provider) -> Plain:
        """Which events of a stream these operations leave alone."""
        found = self._plain.get(provider.id)
        if found is None:
            found = self._plain[provider.id] = Plain(provider, self.answer)
        return found


def select(
    provider: Provider, model: str, operation: str, overrides: Sequence[Override] = (), base: str = ""
) -> Selection:
    """The operations in the order of the file, overrides last."""
    held = [o for o in overrides if not o.models or matches(o.models, model)]
    lifted = {f for o in held for f in o.without} | {_key(op) for o in held for op in o.request}
    request = [
        op
        for op in _sharpest(provider.dialect.request, model, operation, base)
        if _key(op) not in lifted and getattr(op, "field", None) not in lifted and _tag(op) not in lifted
    ]
    request += [op for o in held for op in _sharpest(o.request, model, operation, base)]
    replaced = {type(op) for o in held for op in o.answer}
    answer = [op for op in _sharpest(provider.dialect.answer, model, "chat", base) if type(op) not in replaced]
    answer += [op for o in held for op in o.answer]
    kept = tuple(answer) if operation in ("chat", "completions") else ()
    return Selection(tuple(request), kept, provider.model(model))


def matches(globs: Iterable[str], model: str) -> bool:
    return any(fnmatchcase(model.lower(), g.lower()) for g in globs)


def _sharpest(ops: Sequence[O], model: str, operation: str, base: str) -> list[O]:
    """Of operations on one thing only those that name the model and the base most closely."""
    fitting = [(op, _sharpness(op, model, base)) for op in ops if operation in op.on]
    best: dict[object, int] = {}
    for op, sharpness in fitting:
        if sharpness is not None and (key := _key(op)) is not None:
            best[key] = max(best.get(key, 0), sharpness)
    return [op for op, sharp in fitting if sharp is not None and (_key(op) is None or sharp == best[_key(op)])]


def _sharpness(op: Op, model: str, base: str) -> int | None:
    if op.bases and not matches(op.bases, base):
        return None
    own = _OF_A_BASE if op.bases else 0
    if not op.models:
        return own
    named = max((len(g) for g in op.models if fnmatchcase(model.lower(), g.lower())), default=None)
    return None if named is None else named + own


def _key(op: Op) -> object:
    """What the operation is about; None: it stands beside all others."""
    if isinstance(op, _VALUE_OPS) and op.when:
        return None
    if isinstance(op, _VALUE_OPS):
        return op.field
    if isinstance(op, (Conditional, Inject)):
        return None
    if isinstance(op, PartRewrite):
        return (PartRewrite, op.part)
    return (type(op), getattr(op, "field", ""), getattr(op, "from_", ""))


def _tag(op: Op) -> str:
    return str(type(op).__struct_config__.tag)


def _gate(op: RequestOp) -> str:
    if isinstance(op, (*_ALWAYS, Conditional)):
        return ""
    return next(iter(touched(op))) if type(op) in _FIELDS or hasattr(op, "field") else ""


def touched(op: Op) -> Iterable[str]:
    """The top-level request fields that an operation looks at."""
    if isinstance(op, Conditional):
        for test in op.when:
            yield test.path.partition(".")[0].partition("[")[0] if test.path else "messages"
        for inner in (*op.then, *op.otherwise):
            yield from touched(inner)
    elif isinstance(op, Inject):
        yield op.path.partition(".")[0]
    elif type(op) in _FIELDS:
        yield from _FIELDS[type(op)]
    elif isinstance(field := getattr(op, "field", None), str):
        yield field
    elif isinstance(op, SchemaRewrite):
        yield from ("tools", "response_format")
    else:
        yield "messages"
