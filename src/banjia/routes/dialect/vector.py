"""Vector: how an embeddings call is cut to a vendor's limits, and put together in the caller's order and form."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Sequence
from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.draft import Draft, Refusal, VectorPlan
from banjia.routes.dialect.operation import BatchSplit, Detokenize, Dims, EncodeBase64, VectorShape
from banjia.text import Text

Json = dict[str, Any]


def batch_split(op: BatchSplit, draft: Draft) -> None:
    draft.vectors(
        max_items=op.max_items,
        max_tokens_per_item=op.max_tokens_per_item,
        max_tokens_total=op.max_tokens_total,
    )


def encode_base64(_: EncodeBase64, draft: Draft) -> None:
    wanted = draft.request.pop("encoding_format", None)
    if wanted == "base64":
        draft.vectors(to_base64=True)


def detokenize(op: Detokenize, draft: Draft) -> None:
    if holds_token_ids(draft.request.get("input")):
        draft.vectors(vocabulary=op.vocabulary)
        draft.warn(
            op,
            "input",
            Text("token 编号按 cl100k 词表还原成文字", "token ids are turned back into text by the cl100k vocabulary"),
        )


def dims(op: Dims, draft: Draft) -> None:
    """The width asked for is sent if the model has it, and refused if it has not."""
    wanted = draft.request.get("dimensions")
    if wanted is None:
        return
    row = draft.model
    allowed = op.allowed or (row.dims if row else ())
    up_to = op.up_to if op.up_to is not None else (row.dims_up_to if row else None)
    normal = op.default if op.default is not None else (row.default_dims if row else None)
    known = bool(allowed) or up_to is not None
    if known and not (wanted in allowed or (up_to is not None and isinstance(wanted, int) and 0 < wanted <= up_to)):
        sizes = ", ".join(map(str, allowed)) or f"<= {up_to}"
        draft.refusal = Refusal(
            400,
            "unsupported_dimensions",
            "dimensions",
            Text(f"这个模型没有 {wanted} 维，可选：{sizes}", f"this model has no width {wanted}; it has {sizes}"),
        )
        return
    draft.vectors(width=wanted)
    if not op.send or (len(allowed) == 1 and wanted == normal):
        draft.drop("dimensions")


def vector_shape(op: VectorShape, draft: Draft) -> None:
    draft.vectors(shape=op)


def in_shape(request: Json, shape: VectorShape) -> Json:
    """The request of one part in the vendor's own form."""
    texts = request.get("input")
    items = texts if isinstance(texts, list) else [texts]
    given = [{"type": "text", "text": t} for t in items] if shape.as_parts else items
    rest = {k: v for k, v in request.items() if k != "input"}
    return {**rest, **shape.add, shape.texts: given}


def out_of_shape(answer: Json, shape: VectorShape, model: str) -> Json:
    """The vendor's answer in OpenAI's form."""
    found = path.get(answer, shape.vectors) or []
    vectors = found if found and isinstance(found[0], list) else [found] if found else []
    tokens = path.get(answer, shape.tokens) if shape.tokens else 0
    count = tokens if isinstance(tokens, int) else 0
    return {
        "object": "list",
        "model": answer.get("model") or model,
        "data": [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)],
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }


def holds_token_ids(inputs: Any) -> bool:
    if not isinstance(inputs, list) or not inputs:
        return False
    first = inputs[0]
    return (isinstance(first, int) and not isinstance(first, bool)) or isinstance(first, list)


def parts(inputs: Any, plan: VectorPlan, count: Callable[[Any], int] | None = None) -> list[list[Any]]:
    """The inputs in calls that keep within the plan, in order; `count` gives the tokens of one input."""
    items: Sequence[Any] = inputs if isinstance(inputs, list) else [inputs]
    if items and isinstance(items[0], int):
        items = [inputs]
    calls: list[list[Any]] = []
    tokens = 0
    for item in items:
        size = count(item) if count is not None and plan.max_tokens_total is not None else 0
        full = calls and plan.max_items is not None and len(calls[-1]) >= plan.max_items
        over = calls and plan.max_tokens_total is not None and tokens + size > plan.max_tokens_total
        if not calls or full or over:
            calls.append([])
            tokens = 0
        calls[-1].append(item)
        tokens += size
    return calls


def joined(answers: Sequence[dict[str, Any]], plan: VectorPlan) -> dict[str, Any]:
    """One answer from those of the parts: indexes run on, usage adds up, vectors in the form asked for."""
    data: list[dict[str, Any]] = []
    usage = {"prompt_tokens": 0, "total_tokens": 0}
    for answer in answers:
        rows = sorted(answer.get("data") or (), key=lambda r: r.get("index", 0))
        start = len(data)
        data += [{**row, "object": "embedding", "index": start + i} for i, row in enumerate(rows)]
        for name in usage:
            value = (answer.get("usage") or {}).get(name)
            usage[name] += value if isinstance(value, int) else 0
    if plan.to_base64:
        data = [{**row, "embedding": to_base64(row["embedding"])} for row in data]
    usage["total_tokens"] = usage["total_tokens"] or usage["prompt_tokens"]
    first = answers[0] if answers else {}
    return {**first, "object": "list", "data": data, "usage": usage}


def to_base64(vector: Any) -> Any:
    """Little-endian 32-bit floats, as OpenAI sends them; what is a string already stays."""
    if not isinstance(vector, list):
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
