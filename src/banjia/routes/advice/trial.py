"""Trial: what of a use works on one model, what is emulated, what is lost; read off the dialect, not measured."""

from __future__ import annotations

from dataclasses import dataclass

from banjia.routes.advice.use import Use
from banjia.routes.dialect.wire import Prepared, prepare
from banjia.routes.model import Model
from banjia.routes.provider import Provider
from banjia.text import Text

_OWN_SHAPE = Text("请求形式不是 OpenAI 的", "the request has another shape than OpenAI's")
EMULATED = frozenset({"emulate_json_schema", "emulate_tools", "fanout", "force_tool", "detokenize"})


@dataclass(frozen=True, slots=True)
class Trial:
    kept: tuple[Text, ...] = ()
    emulated: tuple[Text, ...] = ()
    changed: tuple[Text, ...] = ()
    lost: tuple[Text, ...] = ()
    unknown: tuple[Text, ...] = ()  # what the use needs and the catalogue does not know
    rests_on_memory: bool = False
    rebuilds: bool = False  # stored data must be made anew, whatever the model


def trial(use: Use, old: str, provider: Provider, model: Model, *, thinks: bool) -> Trial:
    """`thinks`: the old model thought, so the new one may."""
    if model.kind == "embedding":
        return _vectors(use, old, model)
    if model.kind != "chat":
        return _other(model)
    request = use.request(model.id)
    prepared = prepare(provider, model.id, "chat", request, thinking="as-vendor" if thinks else "off")
    lost = [prepared.refusal.message] if prepared.refusal else []
    lost += [w.text for w in prepared.warnings if w.op == "capability"]
    lost += _gaps(use, model)
    emulated = [w.text for w in prepared.warnings if w.op in EMULATED]
    changed = [w.text for w in prepared.warnings if w.op not in EMULATED and w.op != "capability"]
    kept = [text for used, text, op in _features(use) if used and not _touched(prepared, op)]
    memory = model.is_memory or any(w.is_hypothesis for w in prepared.warnings)
    unknown: tuple[Text, ...] = ()
    if use.longest_input and model.context is None:
        asked = f"{use.longest_input:,}"
        unknown = (Text(f"上下文长度未知，用到 {asked}", f"its context length is not known, {asked} are used"),)
    return Trial(tuple(kept), tuple(emulated), tuple(changed), tuple(dict.fromkeys(lost)), unknown, memory)


def _vectors(use: Use, old: str, model: Model) -> Trial:
    width = use.widths.get(old)
    lost = [Text("向量空间不同：所有已存向量都要重建", "another vector space: every stored vector must be rebuilt")]
    kept: list[Text] = []
    if width is not None and model.width(width):
        kept.append(Text(f"列宽 {width} 不变", f"the column stays {width} wide"))
    elif width is not None:
        sizes = ", ".join(map(str, model.dims)) or f"<= {model.dims_up_to}"
        lost.append(
            Text(f"没有 {width} 维，可选 {sizes}：列要改", f"no width {width}, only {sizes}: the column must change")
        )
    if model.own_shape:
        lost.append(_OWN_SHAPE)
    return Trial(tuple(kept), lost=tuple(lost), rests_on_memory=model.is_memory, rebuilds=True)


def _other(model: Model) -> Trial:
    """Speech, images, moderation: the path is all that the catalogue can compare."""
    kept = () if model.own_shape else (Text("OpenAI 的路径", "OpenAI's path"),)
    lost = (_OWN_SHAPE,) if model.own_shape else ()
    return Trial(kept, lost=lost, rests_on_memory=model.is_memory)


def _gaps(use: Use, model: Model) -> list[Text]:
    """Capabilities the catalogue denies; what it does not know is not held against a model here."""
    gaps = []
    if use.tools and model.tools is False:
        gaps.append(Text("不支持工具调用", "no tool calls"))
    if use.longest_input and model.context is not None and use.longest_input > model.context:
        gaps.append(
            Text(
                f"上下文 {model.context}，不够 {use.longest_input}",
                f"context {model.context}, too short for {use.longest_input}",
            )
        )
    return gaps


def _features(use: Use) -> tuple[tuple[bool, Text, str], ...]:
    return (
        (True, Text("对话", "chat"), ""),
        (use.streams, Text("流式", "streaming"), "force_stream"),
        (use.tools, Text("工具调用", "tool calls"), "emulate_tools"),
        (use.forced_tools, Text("强制工具", "forced tools"), "force_tool"),
        (use.images, Text("图像输入", "images"), "capability"),
        (use.json_object, Text("JSON 输出", "JSON answers"), ""),
        (use.json_schema, Text("json_schema", "json_schema"), "emulate_json_schema"),
        (use.several_answers, Text("多个答案（n）", "several answers (n)"), "fanout"),
    )


def _touched(prepared: Prepared, op: str) -> bool:
    return prepared.refusal is not None or (bool(op) and any(w.op == op for w in prepared.warnings))
