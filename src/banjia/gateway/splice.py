"""Splice: change one field of a JSON body and leave every other byte as the caller wrote it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

MODEL = re.compile(rb'"model"\s*:\s*("(?:[^"\\]|\\.)*")')


class _Model(msgspec.Struct):
    model: str


_decoder = msgspec.json.Decoder(_Model)


def with_model(body: bytes, model: str) -> bytes:
    """The same object with another `model`.

    A match outside the top level cannot pass the check at the end, since it would leave the top level as it was;
    where the plain way fails the object is written anew.
    """
    value = msgspec.json.encode(model)
    first = MODEL.search(body)
    if first is not None and body.count(b'"model"') == 1:
        spliced = body[: first.start(1)] + value + body[first.end(1) :]
        if _decoder.decode(spliced).model == model:
            return spliced
    return with_fields(body, {"model": model})


def with_fields(body: bytes, fields: dict[str, Any]) -> bytes:
    """The object written anew, in its order, each key once."""
    whole: dict[str, Any] = msgspec.json.decode(body)
    return msgspec.json.encode({**whole, **fields})


def with_first(body: bytes, field: bytes) -> bytes:
    """The object with one more field (`"name":value`) in front, of a name that it does not have yet."""
    start = body.index(b"{") + 1
    rest = body[start:].lstrip()
    return body[:start] + field + (b"" if rest.startswith(b"}") else b",") + body[start:]


def names_once(body: bytes) -> bool:
    """Whether nothing but the plain field can be read as the model: two readers then agree on which one was meant."""
    return body.count(b'"model"') == 1 and MODEL.search(body) is not None
