"""Translator: a request in OpenAI's words becomes one in the vendor's; losses are said, the rest is planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from banjia.routes.dialect import message, parameter, reasoning, schema, vector
from banjia.routes.dialect.condition import holds
from banjia.routes.dialect.draft import DialectWarning, Draft, Plan, Refusal
from banjia.routes.dialect.operation import (
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
    EnsureMessage,
    Fanout,
    Fix,
    FlattenParts,
    ForceStream,
    ForceTool,
    Inject,
    Loss,
    MapValue,
    MergeSystem,
    Op,
    PartRewrite,
    Path,
    ReasoningControl,
    ReasoningReplay,
    Reject,
    Rename,
    RequestOp,
    RoleRewrite,
    Scale,
    SchemaRewrite,
    StripField,
    VectorShape,
)
from banjia.routes.dialect.override import Override
from banjia.routes.dialect.selection import Selection, matches, select
from banjia.routes.provider import Provider
from banjia.text import Text

Thinking = Literal["as-vendor", "off"]
_ALWAYS_SUPPORTED = frozenset({"model", "messages", "tool_choice", "n", "stream", "stream_options"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """The request to send. With a refusal nothing may be sent."""

    request: dict[str, Any]
    warnings: tuple[DialectWarning, ...] = ()
    plan: Plan = field(default_factory=Plan)
    refusal: Refusal | None = None

    @property
    def loss(self) -> Literal["none", "soft", "hard"]:
        losses = {w.loss for w in self.warnings}
        return "hard" if "hard" in losses else "soft" if "soft" in losses else "none"


@dataclass(frozen=True)
class Translator:
    """One provider's dialect under the config's overrides; selections are made once per model."""

    provider: Provider
    overrides: tuple[Override, ...] = ()
    base: str = ""  # the base URL that is called: some vendors have another dialect on each
    _selections: dict[tuple[str, str], Selection] = field(default_factory=dict, repr=False, compare=False)

    def selection(self, model: str, operation: str = "chat") -> Selection:
        key = (model, operation)
        if (found := self._selections.get(key)) is None:
            if len(self._selections) >= _MOST_SELECTIONS:
                self._selections.clear()  # names come from callers; the table stays small
            found = self._selections[key] = select(self.provider, model, operation, self.overrides, self.base)
        return found

    def needs_rewrite(self, model: str, operation: str = "chat") -> bool:
        """False: bytes pass through both ways. One look-up after the first call."""
        chosen = self.selection(model, operation)
        return bool(chosen.request or chosen.answer or self.provider.dialect.supported)

    def touches(self, model: str, request: dict[str, Any], operation: str = "chat") -> bool:
        """Whether some operation could act on this very request; False: its bytes may be sent as they are."""
        chosen = self.selection(model, operation)
        acts = chosen.always or bool(self.provider.dialect.supported) or not chosen.fields.isdisjoint(request)
        own = operation == "chat" and self.provider.id not in _OPENAI and not _OPENAI_ONLY.keys().isdisjoint(request)
        return acts or own or _free_text(self.provider, request) is not None

    def prepare(
        self, model: str, request: dict[str, Any], operation: str = "chat", *, thinking: Thinking = "as-vendor"
    ) -> Prepared:
        """Never changes `request`. `thinking="off"`: the app came from a model that does not think."""
        chosen = self.selection(model, operation)
        draft = Draft(
            request=dict(request),
            provider=self.provider,
            model=chosen.row,
            operation=operation,
            thinking=_thinks(chosen),
            thinking_wanted=False if thinking == "off" else None,
        )
        _check_inputs(draft)
        _drop_openais_own(draft, chosen)
        if (refusal := _free_text(self.provider, request)) is not None:
            return Prepared(request, tuple(draft.warnings), refusal=refusal)
        for op, gate in chosen.gated:
            if gate and gate not in draft.request:
                continue
            apply(op, draft)
            if draft.refusal is not None:
                return Prepared(request, tuple(draft.warnings), refusal=draft.refusal)
        _keep_supported(draft)
        if path := self.path(model, operation):
            draft.plan["path"] = path
        return Prepared(draft.request, tuple(draft.warnings), draft.finished_plan())

    def path(self, model: str, operation: str) -> str | None:
        """The vendor's own path for an operation, where it is not OpenAI's."""
        for op in self.provider.dialect.catalogue:
            if isinstance(op, Path) and operation in op.map and (not op.models or matches(op.models, model)):
                return op.map[operation]
        return None


def apply(op: RequestOp, draft: Draft) -> None:
    """One operation on the draft, if its tests hold."""
    condition = holds(op.when, draft.request, thinking=draft.thinking)
    if isinstance(op, Conditional):
        for inner in op.then if condition else op.otherwise:
            apply(inner, draft)
    elif condition:
        _FUNCTIONS[type(op)](op, draft)
        _follow(op, draft)


def _follow(op: Op, draft: Draft) -> None:
    """An injected switch changes whether the model thinks."""
    if isinstance(op, Inject) and op.path in ("enable_thinking", "thinking"):
        draft.thinking = op.value not in (False, {"type": "disabled"})


def _thinks(selection: Selection) -> bool:
    row = selection.row
    if row is not None and row.reasoning is not None:
        if row.reasoning == "none":
            return False
        controls = [op for op in selection.request if isinstance(op, ReasoningControl)]
        return controls[0].on_by_default if controls else True
    return any(isinstance(op, ReasoningControl) and op.on_by_default for op in selection.request)


def _check_inputs(draft: Draft) -> None:
    row = draft.model
    messages = draft.request.get("messages")
    if row is None or "image" in row.inputs or not isinstance(messages, list):
        return
    for entry in messages:
        content = entry.get("content") if isinstance(entry, dict) else None
        if isinstance(content, list) and any(isinstance(p, dict) and p.get("type") == "image_url" for p in content):
            text = Text(f"目录说 {row.id} 不接受图像", f"{row.id} takes no images, says the catalogue")
            draft.warnings.append(DialectWarning("capability", "messages", "hard", text, is_hypothesis=row.is_memory))
            return


def _free_text(provider: Provider, request: dict[str, Any]) -> Refusal | None:
    """Tools of free text are OpenAI's own; elsewhere they would be dropped without a word."""
    tools = request.get("tools")
    if provider.id in _OPENAI or not isinstance(tools, list):
        return None
    for i, tool in enumerate(tools):
        if isinstance(tool, dict) and tool.get("type") == "custom":
            text = Text(
                "服务商没有 custom 工具，请改用函数", "the provider has no custom tools; offer a function instead"
            )
            return Refusal(400, "unsupported_parameter", f"tools[{i}]", text)
    return None


def _drop_openais_own(draft: Draft, chosen: Selection) -> None:
    """What only OpenAI's service does: no other vendor documents it, and a strict one refuses the whole call for it."""
    if draft.operation != "chat" or draft.provider.id in _OPENAI or draft.provider.side == "overseas":
        return
    for name, loss in _OPENAI_ONLY.items():
        if name not in draft.request or name in chosen.fields or name in draft.provider.dialect.supported:
            continue
        if draft.request.pop(name) not in (None, False, {}):
            text = Text(f"{name} 是 OpenAI 自己的功能，没有发送", f"{name} is a thing of OpenAI's own and was not sent")
            draft.warnings.append(DialectWarning("drop", name, loss, text))


def _keep_supported(draft: Draft) -> None:
    supported = draft.provider.dialect.supported
    if not supported or draft.operation != "chat":
        return
    for name in [n for n in draft.request if n not in supported and n not in _ALWAYS_SUPPORTED]:
        draft.drop(name)
        text = Text(f"{name} 没有发送，服务商未列为支持", f"{name} was not sent, the provider does not list it")
        draft.warnings.append(DialectWarning("drop", name, "soft", text))


def _emulate_json_schema(op: EmulateJsonSchema, draft: Draft) -> None:
    wanted = draft.request.get("response_format")
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    native = draft.model is not None and draft.model.json_schema == "yes"
    if kind != "json_schema" or native:
        return
    draft.plan["json_schema"] = op.base
    draft.plan["schema"] = wanted
    if op.base == "json_object":
        draft.request["response_format"] = {"type": "json_object"}
    else:
        draft.drop("response_format")
    draft.warn(
        op,
        "response_format",
        Text("json_schema 由网关模拟并校验", "json_schema is emulated and validated by the gateway"),
    )


def _emulate_tools(op: EmulateTools, draft: Draft) -> None:
    if draft.request.get("tools"):
        names = ("tools", "tool_choice", "parallel_tool_calls")
        draft.plan["tools"] = True
        draft.plan["asked_tools"] = {n: draft.request[n] for n in names if n in draft.request}
        for name in names:
            draft.drop(name)
        draft.warn(op, "tools", Text("工具调用由提示词模拟", "tool calls are emulated by prompt"))


def _force_stream(op: ForceStream, draft: Draft) -> None:
    if not draft.request.get("stream"):
        draft.request["stream"] = True
        draft.plan["force_stream"] = True
        draft.warn(op, "stream", Text("上游只支持流式，由网关汇总", "the vendor only streams; the gateway gathers"))


_MOST_SELECTIONS = 1024
_OPENAI = frozenset({"openai", "azure_openai", "azure_21vianet"})
_OPENAI_ONLY: dict[str, Loss] = {
    "store": "soft", "metadata": "soft", "prediction": "soft", "safety_identifier": "soft", "prompt_cache_key": "soft",
    "prompt_cache_retention": "soft", "prompt_cache_options": "soft", "verbosity": "soft", "moderation": "soft",
    "web_search_options": "hard",
}  # fmt: skip
_FUNCTIONS: dict[type[Op], Callable[[Any, Draft], None]] = {
    Rename: parameter.rename, Drop: parameter.drop, Clamp: parameter.clamp, Scale: parameter.scale,
    Fix: parameter.fix, Default: parameter.default, MapValue: parameter.map_value, Reject: parameter.reject,
    Fanout: parameter.fanout, Inject: parameter.inject,
    RoleRewrite: message.role_rewrite, MergeSystem: message.merge_system, EnsureMessage: message.ensure_message,
    FlattenParts: message.flatten_parts, StripField: message.strip_field, PartRewrite: message.part_rewrite,
    SchemaRewrite: schema.schema_rewrite,
    ReasoningControl: reasoning.reasoning_control, ReasoningReplay: reasoning.reasoning_replay,
    ForceTool: reasoning.force_tool,
    EmulateJsonSchema: _emulate_json_schema, EmulateTools: _emulate_tools, ForceStream: _force_stream,
    BatchSplit: vector.batch_split, EncodeBase64: vector.encode_base64, Detokenize: vector.detokenize,
    Dims: vector.dims, VectorShape: vector.vector_shape,
}  # fmt: skip
OPERATIONS: Sequence[type[Op]] = (*_FUNCTIONS, Conditional)
