"""Vector: embeddings as a stand-in answers them, in OpenAI's form or in the vendor's own."""

from __future__ import annotations

from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.operation import VectorShape
from banjia.routes.dialect.selection import Selection
from banjia.routes.model import Model
from banjia.routes.standin.reply import vectors

Json = dict[str, Any]


def shape_of(selection: Selection) -> VectorShape | None:
    return next((op for op in selection.request if isinstance(op, VectorShape)), None)


def embedded(model: Model | None, request: Json, selection: Selection) -> Json:
    """One vector a text, in the form that the provider's file describes."""
    shape = shape_of(selection)
    if shape is None:
        return vectors(model, request)
    given = request.get(shape.texts) or []
    texts = [part.get("text", "") if isinstance(part, dict) else part for part in given]
    plain = vectors(model, {**{k: v for k, v in request.items() if k != shape.texts}, "input": texts})
    found = [row["embedding"] for row in plain["data"]]
    answer: Json = {"model": request.get("model")}
    holder, each, name = shape.vectors.partition("[].")
    if each:
        rows = [path.put({"index": i}, name, vector) for i, vector in enumerate(found)]
        answer = path.put(answer, holder, rows)
    else:
        answer = path.put(answer, shape.vectors, found[0] if shape.vectors.startswith("data.") else found)
    return path.put(answer, shape.tokens, plain["usage"]["prompt_tokens"]) if shape.tokens else answer


def misshapen(request: Json, selection: Selection) -> bool:
    """Whether the texts are not where the vendor looks for them."""
    shape = shape_of(selection)
    if shape is None:
        return False
    given = request.get(shape.texts)
    right = isinstance(given, list) and bool(given)
    return not right or any(isinstance(g, dict) != shape.as_parts for g in given or [])
