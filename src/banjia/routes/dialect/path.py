"""Path: reading and writing places inside JSON. Writing copies along the path and leaves the rest shared."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

Step = str | int
EACH = "[]"
_ABSENT: Any = object()


def get(value: Any, path: str, default: Any = None) -> Any:
    """What stands at the path; a path with `[]` gives the list of all that stand there."""
    found = values(value, path)
    if EACH in path:
        return found
    return found[0] if found else default


def values(value: Any, path: str) -> list[Any]:
    """Everything that stands at the path, in order."""
    found = [value]
    for step in steps(path):
        following: list[Any] = []
        for item in found:
            if step == EACH:
                following += item if isinstance(item, list) else []
            elif (child := _child(item, step)) is not _ABSENT:
                following.append(child)
        found = following
    return found


def put(value: Any, path: str, new: Any) -> Any:
    """The same with `new` at the path; objects that are missing on the way are made."""
    return change(value, path, lambda _: new, create=True)


def remove(value: Any, path: str) -> Any:
    """The same without what stands at the path."""
    return change(value, path, lambda _: _ABSENT)


def change(value: Any, path: str, function: Callable[[Any], Any], *, create: bool = False) -> Any:
    """The same with `function` applied to everything at the path; what does not change is not copied."""
    return _change(value, steps(path), function, create=create)


@lru_cache(maxsize=512)
def steps(path: str) -> tuple[Step, ...]:
    found: list[Step] = []
    for part in path.split("."):
        name, *indexes = part.split("[")
        if name:
            found.append(name)
        found += [EACH if i == "]" else int(i.removesuffix("]")) for i in indexes]
    return tuple(found)


def _child(item: Any, step: Step) -> Any:
    if isinstance(step, int):
        return item[step] if isinstance(item, list) and -len(item) <= step < len(item) else _ABSENT
    return item.get(step, _ABSENT) if isinstance(item, dict) else _ABSENT


def _change(value: Any, rest: tuple[Step, ...], function: Callable[[Any], Any], *, create: bool) -> Any:
    if not rest:
        return function(value)
    step, below = rest[0], rest[1:]
    if step == EACH:
        if not isinstance(value, list):
            return value
        items = [_change(item, below, function, create=create) for item in value]
        kept = [item for item in items if item is not _ABSENT]
        return value if len(kept) == len(value) and all(a is b for a, b in zip(kept, value, strict=True)) else kept
    if isinstance(step, int):
        if _child(value, step) is _ABSENT:
            return value
        new = _change(value[step], below, function, create=create)
        return value if new is value[step] else [*value[:step], *([] if new is _ABSENT else [new]), *value[step + 1 :]]
    return _change_key(value, step, below, function, create=create)


def _change_key(value: Any, key: str, below: tuple[Step, ...], function: Callable[[Any], Any], *, create: bool) -> Any:
    if not isinstance(value, dict):
        return value
    old = value.get(key, _ABSENT)
    if old is _ABSENT or (create and below and old is None):
        if not create:
            return value
        old = {} if below else _ABSENT
    new = _change(old, below, function, create=create)
    if new is old and key in value:
        return value
    if new is _ABSENT:
        return {k: v for k, v in value.items() if k != key}
    return {**value, key: new}
