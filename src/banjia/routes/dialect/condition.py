"""Condition: whether the tests of an operation hold for a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.operation import Test

_KINDS: dict[str, tuple[type, ...]] = {"object": (dict,), "array": (list,), "string": (str,), "number": (int, float)}
_ABSENT: Any = object()


def holds(tests: Iterable[Test], request: dict[str, Any], *, thinking: bool) -> bool:
    """All tests hold; no test is always true."""
    return all(_holds(test, request, thinking=thinking) for test in tests)


def texts(request: dict[str, Any]) -> Iterable[str]:
    """Every piece of text in the messages."""
    for message in request.get("messages") or ():
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            yield content
        elif isinstance(content, list):
            for part in content:
                if isinstance(part, dict) and isinstance(part.get("text"), str):
                    yield part["text"]


def _holds(test: Test, request: dict[str, Any], *, thinking: bool) -> bool:
    if test.thinking is not None and test.thinking != thinking:
        return False
    if test.lacks_word and any(test.lacks_word.lower() in t.lower() for t in texts(request)):
        return False
    return not test.path or _value_holds(test, path.get(request, test.path, _ABSENT))


def _value_holds(test: Test, value: Any) -> bool:
    there = value is not _ABSENT and value is not None
    if test.present is not None and test.present != (there and value != []):
        return False
    if test.is_ and not (there and any(same(value, w) for w in test.is_)):
        return False
    if test.not_ and there and any(same(value, w) for w in test.not_):
        return False
    if test.kind is not None and not (there and isinstance(value, _KINDS[test.kind]) and not isinstance(value, bool)):
        return False
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if test.above is not None and not (number is not None and number > test.above):
        return False
    return test.below is None or (number is not None and number < test.below)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
