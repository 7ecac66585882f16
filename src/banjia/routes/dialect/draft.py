"""Draft: a request on its way to a vendor, with what was lost and what the gateway must still do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from banjia.routes.dialect.operation import Loss, Op, ReasoningReplay, VectorShape, loss_of
from banjia.routes.model import Model
from banjia.routes.provider import Provider
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class DialectWarning:
    """One departure that the caller should know of."""

    op: str
    field: str
    loss: Loss
    text: Text
    is_hypothesis: bool = False  # the fact behind it is from memory

    @property
    def code(self) -> str:
        """The short form of the header x-banjia-warnings."""
        return f"{self.op}({self.field});loss={self.loss}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The vendor cannot do it and nothing stands in for it."""

    status: int
    code: str
    field: str
    message: Text


@dataclass(frozen=True, slots=True)
class VectorPlan:
    """How an embeddings call is cut and put together again."""

    max_items: int | None = None
    max_tokens_per_item: int | None = None
    max_tokens_total: int | None = None
    to_base64: bool = False
    vocabulary: str | None = None  # token ids are turned into text with it
    width: int | None = None
    shape: VectorShape | None = None  # the vendor's own form of the call


@dataclass(frozen=True, slots=True)
class Plan:
    """What data cannot say: the gateway's own code does it."""

    force_stream: bool = False
    calls: int = 1  # of one answer each
    json_schema: str | None = None  # json_object or prompt: emulate on that ground
    schema: Any = None  # the response_format that was asked for
    tools: bool = False  # emulate tool calls; the request no longer holds them
    asked_tools: Any = None  # `tools`, `tool_choice` and `parallel_tool_calls` as they were asked for
    forced_tool: Any = None  # the tool_choice that was asked for and could not be sent
    replay: ReasoningReplay | None = None
    vectors: VectorPlan | None = None
    path: str | None = None  # in place of OpenAI's path

    @property
    def is_empty(self) -> bool:
        return self == Plan()


@dataclass(slots=True)
class Draft:
    """Works on its own copy; the caller's request is never touched."""

    request: dict[str, Any]
    provider: Provider
    model: Model | None
    operation: str
    thinking: bool
    thinking_wanted: bool | None = None  # False: the app came from a model that does not think
    warnings: list[DialectWarning] = field(default_factory=list)
    refusal: Refusal | None = None
    plan: dict[str, Any] = field(default_factory=dict)

    def warn(self, op: Op, name: str, text: Text, *, loss: Loss | None = None) -> None:
        """Says what was lost; without loss there is nothing to say."""
        stated = loss or loss_of(op)
        if stated == "none":
            return
        if op.note is not None:
            text += Text("：", ": ") + op.note
        tag = str(type(op).__struct_config__.tag)
        self.warnings.append(DialectWarning(tag, name, stated, text, is_hypothesis=op.is_memory))

    def drop(self, name: str) -> None:
        self.request.pop(name, None)

    def vectors(self, **changes: Any) -> None:
        self.plan["vectors"] = {**self.plan.get("vectors", {}), **changes}

    def finished_plan(self) -> Plan:
        vectors = self.plan.pop("vectors", None)
        return Plan(**self.plan, vectors=VectorPlan(**vectors) if vectors else None)
