"""Named: the model that a request names which goes through unread, in JSON or in a form, and another in its place."""

from __future__ import annotations

import re

import msgspec

from banjia.gateway.splice import with_fields

BOUNDARY = re.compile(rb'boundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
FIELD = re.compile(rb'^content-disposition:[^\r\n]*[;\s]name="?model"?\s*(?:;|\r|$)', re.IGNORECASE | re.MULTILINE)
LONGEST_HEAD = 8192  # bytes before the value of one field of a form
LONGEST_NAME = 256


class _Model(msgspec.Struct):
    model: str = ""


_decoder = msgspec.json.Decoder(_Model)


def model_in(body: bytes, kind: bytes) -> str:
    """The model's name; nothing where the request names none."""
    if (boundary := _boundary(kind)) is not None:
        place = _field(body, boundary)
        name = body[place[0] : place[1]].decode("utf-8", "replace") if place is not None else ""
        return name.strip() if len(name) <= LONGEST_NAME else ""
    try:
        return _decoder.decode(body).model
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def with_model_named(body: bytes, kind: bytes, model: str) -> bytes:
    """The same request for that model; every byte of a file stays."""
    if (boundary := _boundary(kind)) is None:
        return with_fields(body, {"model": model})
    name = model.encode()
    if (place := _field(body, boundary)) is not None:
        return body[: place[0]] + name + body[place[1] :]
    return b'--%b\r\ncontent-disposition: form-data; name="model"\r\n\r\n%b\r\n%b' % (boundary, name, body)


def _boundary(kind: bytes) -> bytes | None:
    if not kind.lower().startswith(b"multipart/form-data"):
        return None
    found = BOUNDARY.search(kind)
    return (found[1] or found[2]) if found is not None else None


def _field(body: bytes, boundary: bytes) -> tuple[int, int] | None:
    """Where the value of the field `model` stands in a form."""
    mark = b"--" + boundary
    at = body.find(mark)
    while at >= 0:
        start = at + len(mark)
        end = body.find(b"\r\n\r\n", start, start + LONGEST_HEAD)
        following = body.find(b"\r\n" + mark, end + 2) if end >= 0 else -1
        if following < 0:
            return None
        if FIELD.search(body, start, end) is not None:
            return end + 4, max(following, end + 4)
        at = following + 2
    return None
