"""Glance: what shows of events without taking them apart."""

from __future__ import annotations

import re

import msgspec

from banjia.gateway.half import has_half

USAGE = re.compile(rb'"usage"\s*:\s*\{')
FINISH = re.compile(rb'"finish_reason"\s*:\s*"[^"]')  # an empty one says nothing


def is_plain(data: bytes) -> bool:
    """Events with choices, no calls, no counts and no role, which is told once, in text that can be read."""
    return (
        data.startswith(b"data: ")
        and b'"role"' not in data
        and (b'"usage"' not in data or USAGE.search(data) is None)
        and b'"tool_calls"' not in data
        and b'"error"' not in data
        and data.count(b'"choices"') == data.count(b"data: ")
        and (data.isascii() or is_text(data))
        and not has_half(data)
    )


def is_field(line: bytes) -> bool:
    return line.startswith((b":", b"data", b"event", b"id", b"retry"))


def is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_whole(event: bytes) -> bool:
    """Whether the data of an event is JSON or the end mark; what has no data is not judged."""
    lines = [line[5:].strip() for line in event.splitlines() if line.startswith(b"data:")]
    data = b"\n".join(lines)
    if not lines or data == b"[DONE]":
        return True
    try:
        msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return False
    return True
