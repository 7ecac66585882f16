"""Habit: claims of a provider's file beside single request fields: its list of models, vectors, streams, thoughts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.operation import (
    BatchSplit,
    Detokenize,
    Dims,
    DropKeepalive,
    EmptyChoices,
    ErrorIn200,
    FieldMove,
    FirstChunkRole,
    SynthModels,
    TagSplit,
    Upstream,
    UsageMove,
    VectorShape,
)
from banjia.routes.dialect.selection import Selection
from banjia.routes.dialect.translator import Translator
from banjia.routes.dialect.vector import in_shape
from banjia.routes.model import Model
from banjia.routes.provider import Provider

Json = dict[str, Any]
Shown = tuple[str, str, Upstream, Any, Json, str]  # op, field, what the file says, whose certainty, request, operation
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
ODD_WIDTH = 7
THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details")


def endpoints(provider: Provider) -> Iterator[Shown]:
    """The list of models, which some vendors do not have."""
    silent = any(isinstance(op, SynthModels) for op in provider.dialect.catalogue)
    has: Upstream = "ignores" if provider.apis.get("models") == "yes" else "unknown"
    yield "models", "models", "refuses" if silent else has, provider, {}, "models"


def abilities(row: Model | None, plain: Json) -> Iterator[Shown]:
    """What the catalogue says that the model can take."""
    if row is None:
        return
    if row.json_object:
        asked = [{"role": "user", "content": "Say ok as json."}]
        more = {"messages": asked, "response_format": {"type": "json_object"}}
        yield "json_object", "response_format", "ignores", row, {**plain, **more}, "chat"
    if "image" in row.inputs:
        parts = [{"type": "text", "text": "Say ok."}, {"type": "image_url", "image_url": {"url": DOT}}]
        yield "image", "messages", "ignores", row, {**plain, "messages": [{"role": "user", "content": parts}]}, "chat"


def habits(spoken: Translator, model: str, plain: Json) -> Iterator[Shown]:
    """A stream and a plain answer, to see how the vendor speaks."""
    streamed = {**plain, "stream": True, "stream_options": {"include_usage": True}}
    yield "stream", "stream", "ignores", spoken.provider, spoken.prepare(model, streamed).request, "stream"
    row = spoken.selection(model).row
    if row is not None and row.reasoning is not None:
        yield "thinking", "messages", "ignores", row, plain, "thought"


def vectors(spoken: Translator, row: Model) -> Iterator[Shown]:
    """The limits of an embedding model."""
    chosen = spoken.selection(row.id, "embeddings").request
    shape = next((op for op in chosen if isinstance(op, VectorShape)), None)

    def asking(given: Any, **more: Any) -> Json:
        request = {"model": row.id, "input": given, **more}
        return in_shape(request, shape) if shape is not None else request

    yield "embeddings", "input", "ignores", row, asking(["ok"]), "embeddings"
    for op in chosen:
        if isinstance(op, BatchSplit) and op.max_items is not None:
            yield "batch_split", "input", op.upstream, op, asking(["ok"] * (op.max_items + 1)), "embeddings"
        elif isinstance(op, Detokenize) and shape is None:
            yield "detokenize", "input", op.upstream, op, asking([[1, 2]]), "embeddings"
        elif isinstance(op, Dims) and (row.dims or row.dims_up_to) and not row.width(ODD_WIDTH):
            yield "dims", "dimensions", op.upstream, op, asking(["ok"], dimensions=ODD_WIDTH), "embeddings"


def odd_stream(selection: Selection, raw: str) -> str:
    """What a stream does that the file does not say; nothing where all is as it says."""
    lines = raw.replace("\r", "").split("\n")
    events = [json.loads(x[5:]) for x in lines if x.startswith("data:") and x[5:].strip().startswith("{")]
    if not events:
        return "" if any(isinstance(op, ErrorIn200) for op in selection.answer) else "no events"
    found = []
    if any(x.startswith(":") for x in lines) and not _has(selection, DropKeepalive):
        found.append("comments between events")
    if "data: [DONE]" not in lines and "data:[DONE]" not in lines:
        found.append("no [DONE]")
    first: Json = next((c for e in events for c in e.get("choices") or []), {})
    if "role" not in (first.get("delta") or {}) and not _has(selection, FirstChunkRole):
        found.append("no role in the first delta")
    if events[0].get("choices") == [] and not events[0].get("usage") and not _has(selection, EmptyChoices):
        found.append("a first event without choices")
    return "; ".join([*found, *_odd_usage(selection, events)])


def odd_thought(selection: Selection, answer: Json, *, expected: bool) -> str:
    """Whether the answer thinks where the file says that it does not, or the other way round."""
    message = path.get(answer, "choices[0].message") or {}
    content = str(message.get("content") or "")
    tags = [tag for op in selection.answer if isinstance(op, TagSplit) for tag in (op.open, op.close)]
    names = {op.from_ for op in selection.answer if isinstance(op, FieldMove)} | set(THOUGHTS)
    thinks = any(message.get(n) for n in names - {"tool_calls"}) or any(
        t in content for t in tags or ("<think>", "</think>")
    )
    if thinks == expected:
        return ""
    return "thinks though the file says no" if thinks else "does not think though the file says so"


def _odd_usage(selection: Selection, events: list[Json]) -> Iterator[str]:
    moved = [place for op in selection.answer if isinstance(op, UsageMove) for place in op.from_]
    own = any(e.get("usage") and not e.get("choices") for e in events)
    beside = any(e.get("usage") and e.get("choices") for e in events)
    inside = any(path.get(e, "choices[0].usage") for e in events)
    if inside and "choices[0].usage" not in moved:
        yield "usage within a choice"
    elif beside and not own and "usage" not in moved:
        yield "usage beside the last choice"
    elif not (own or beside or inside):
        yield "no usage"


def _has(selection: Selection, kind: type) -> bool:
    return any(isinstance(op, kind) for op in selection.answer)
