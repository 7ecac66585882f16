"""Leaves: the texts of a request body, found by structure, each with its place and the key it stands under.

A string that holds a JSON object or array (tool arguments, tool results) is read as such; `IN_JSON` marks the step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

# Protocol words, ids that the API made, and payloads that are no text.
SKIPPED = frozenset((
    "model", "role", "type", "id", "object", "tool_call_id", "call_id", "item_id", "previous_response_id",
    "conversation", "service_tier", "encoding_format", "detail", "effort", "index", "status", "stream",
    "finish_reason", "truncation", "include", "reasoning_effort", "verbosity", "voice", "format", "media_type",
    "cache_control", "prompt_cache_retention", "container_id", "file_id", "vector_store_ids", "signature",
    "encrypted_content",
))  # fmt: skip
MEDIA_TYPES = frozenset(
    {"image_url", "input_image", "image", "input_audio", "audio", "input_file", "file", "document", "video_url"}
)
# Parts of a message that are text; one of any other type may be an image by another name.
TEXT_TYPES = frozenset((
    "text", "input_text", "output_text", "refusal", "thinking", "redacted_thinking", "reasoning", "reasoning_text",
    "summary_text", "tool_use", "tool_result", "content",
))  # fmt: skip
SECONDS, MILLISECONDS = (10**9, 22 * 10**8), (10**12, 22 * 10**11)  # what is a moment and nobody's number
SHORTEST_NUMBER = 10**6
LONG = 11  # digits of a telephone number; tokens and 32 bits of a seed have fewer
_OF_PERSON = re.compile(r"(?i)phone|tel|mobile|cell|card|account|acct|qq|uid|wechat|电话|手机|卡|账|帐|证|号")
_PLACE = re.compile(r"(?i)^(?:lat|lng|lon)|(?:_|\b)(?:lat|lng|lon)|latitude|longitude|[纬经]")
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*,\S*$")
DEEPEST = 100  # a string nested more deeply is read as text
IN_JSON = "\0json"  # no key of a body can be this
KEY = "\0key"  # the step to the name of a field
_SPEAKING = re.compile(r"[^A-Za-z_.\-]")  # a field's name with more in it than a word of code
OWN = frozenset({"metadata", "arguments", "input_schema", "parameters", "default", "examples", "enum"})
# Their `name` is matched by code.
NAMED_BY_CODE = frozenset({"function", "tools", "tool_choice", "functions", "json_schema"})


Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    path: Path
    label: str
    text: str


def leaves(body: Any, *, numbers: bool = False) -> list[Leaf]:
    """Every text that may hold personal information, those of JSON inside strings too.

    Numbers of the caller's own objects are texts as well, with `numbers` those of all objects.
    """
    found: list[Leaf] = []
    _walk(body, (), "", found, payload=False, numbers=numbers)
    return found


def fixed(body: Any) -> list[Leaf]:
    """What must arrive as it is, under the protocol's own words: ids, names of functions, the model.

    Of numbers (`seed`) and of keys that are numbers (`logit_bias`) those as long as a telephone number.
    """
    found: list[Leaf] = []

    def look(node: Any, path: Path, *, payload: bool) -> None:
        if isinstance(node, dict):
            for key, child in node.items():
                if not payload and key.isdigit() and len(key) >= LONG:
                    found.append(Leaf((*path, KEY, key), "", key))
                if type(child) is int and not payload and child >= 10 ** (LONG - 1):
                    found.append(Leaf((*path, key), key, str(child)))
                elif isinstance(child, str):
                    if not payload and _skips(path, key, node, payload=False) and not _is_data(child):
                        found.append(Leaf((*path, key), key, child))
                else:
                    look(child, (*path, key), payload=payload or key in OWN)
        elif isinstance(node, list):
            for i, child in enumerate(node):
                look(child, (*path, i), payload=payload)

    look(body, (), payload=False)
    return found


def media(body: Any) -> list[str]:
    """The kinds of images, audio, video and files that a body carries, and of parts that nobody knows."""
    found: list[str] = []

    def look(node: Any) -> None:
        if isinstance(node, dict):
            kind = node.get("type")
            if isinstance(kind, str) and kind in MEDIA_TYPES:
                found.append(kind)
            for child in node.values():
                look(child)
        elif isinstance(node, list):
            for child in node:
                look(child)

    look(body)
    for part in _parts(body):
        kind = part.get("type")
        if isinstance(kind, str) and kind not in TEXT_TYPES and kind not in MEDIA_TYPES:
            found.append(kind)
    return found


def _parts(body: Any) -> Iterator[dict[str, Any]]:
    """The parts of messages whose content is a list, and of results of tools inside them."""
    for field in ("messages", "input"):
        items = body.get(field) if isinstance(body, dict) else None
        for item in items if isinstance(items, list) else ():
            yield from _within(item)


def _within(item: Any) -> Iterator[dict[str, Any]]:
    for field in ("content", "output"):
        held = item.get(field) if isinstance(item, dict) else None
        for part in held if isinstance(held, list) else ():
            if isinstance(part, dict):
                yield part
                yield from _within(part)


def rewritten(body: Any, new: Callable[[Leaf], str]) -> Any:
    """A copy of the body with `new` in place of each leaf; all else is the same."""
    return _rewrite(body, (), "", new, payload=False)


def tokens_given(body: Any) -> bool:
    """The input of an embedding or completion comes as token numbers, which nobody can look into."""
    given = body.get("input", body.get("prompt")) if isinstance(body, dict) else None
    if not isinstance(given, list) or not given:
        return False
    return isinstance(given[0], int) or (isinstance(given[0], list) and bool(given[0]) and isinstance(given[0][0], int))


def _walk(node: Any, path: Path, label: str, found: list[Leaf], *, payload: bool, numbers: bool) -> None:
    """`payload` inside the caller's own objects, where no key is a protocol word."""
    if isinstance(node, str):
        if not node or _is_data(node):
            return
        inside = _json_text(node)
        if inside is None:
            found.append(Leaf(path, label, node))
        else:
            _walk(inside, (*path, IN_JSON), label, found, payload=True, numbers=True)
    elif isinstance(node, list):
        for i, child in enumerate(node):
            _walk(child, (*path, i), label, found, payload=payload, numbers=numbers)
    elif isinstance(node, dict):
        for key, child in node.items():
            if payload and _SPEAKING.search(key):
                found.append(Leaf((*path, KEY, key), "", key))
            if not _skips(path, key, node, payload=payload):
                own = payload or key in OWN
                _walk(child, (*path, key), key, found, payload=own, numbers=numbers or own)
    elif numbers and (number := _number(node, label)):
        found.append(Leaf(path, label, number))


def _rewrite(node: Any, path: Path, label: str, new: Callable[[Leaf], str], *, payload: bool) -> Any:
    if isinstance(node, str):
        if not node or _is_data(node):
            return node
        inside = _json_text(node)
        if inside is None:
            return new(Leaf(path, label, node))
        changed = _rewrite(inside, (*path, IN_JSON), label, new, payload=True)
        return node if changed == inside else json.dumps(changed, ensure_ascii=False)
    if isinstance(node, list):
        return [_rewrite(child, (*path, i), label, new, payload=payload) for i, child in enumerate(node)]
    if isinstance(node, dict):
        return {
            new(Leaf((*path, KEY, key), "", key)) if payload and _SPEAKING.search(key) else key: child
            if _skips(path, key, node, payload=payload)
            else _rewrite(child, (*path, key), key, new, payload=payload or key in OWN)
            for key, child in node.items()
        }
    if payload and (number := _number(node, label)):
        changed = new(Leaf(path, label, number))
        return node if changed == number else changed
    return node


def _number(node: Any, label: str) -> str:
    """A number that may be a person's, as text: long ones that are no moments, and places on the map; else nothing."""
    if type(node) is int and node >= SHORTEST_NUMBER:
        moment = SECONDS[0] <= node < SECONDS[1] or MILLISECONDS[0] <= node < MILLISECONDS[1]
        return "" if moment and not _OF_PERSON.search(label) else str(node)
    return repr(node) if type(node) is float and _PLACE.search(label) else ""


def _is_data(text: str) -> bool:
    return text.startswith("data:") and _DATA_URL.match(text) is not None


def _skips(path: Path, key: str, node: dict[str, Any], *, payload: bool) -> bool:
    if payload:
        return key in ("url", "image_url", "file_data", "data") and node.get("type") in MEDIA_TYPES
    if key in SKIPPED and isinstance(node[key], str):
        return True
    if key == "name":
        return (
            any(p in NAMED_BY_CODE for p in path)
            or "arguments" in node
            or "parameters" in node
            or node.get("type") == "function"
        )
    return key in ("url", "image_url", "file_data", "data") and node.get("type") in MEDIA_TYPES


def _json_text(text: str) -> Any:
    """What a string that holds a JSON object or array says; None for any other string."""
    if text[:1] not in ("{", "[") or _depth(text) > DEEPEST:
        return None
    try:
        node = json.loads(text)
    except ValueError:
        return None
    return node if isinstance(node, (dict, list)) else None


def _depth(text: str) -> int:
    if text.count("{") + text.count("[") <= DEEPEST:
        return 0
    level = deepest = 0
    for c in text:
        level += (c in "[{") - (c in "]}")
        deepest = max(deepest, level)
    return deepest
