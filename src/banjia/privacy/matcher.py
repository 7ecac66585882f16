"""Matchers: one pass over the bytes that says where an anchor ends. Three engines, one answer."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

from banjia.errors import ConfigError
from banjia.text import Text

EngineName = Literal["auto", "hyperscan", "re2", "re"]
Hit = tuple[int, int]  # (offset of the anchor's end, number of the anchor)


class Matcher(Protocol):
    """Finds where anchors end; may report an end twice, and in any order."""

    name: str

    def hits(self, data: bytes) -> list[Hit]: ...


def matcher(anchors: Sequence[bytes], engine: EngineName = "auto") -> Matcher:
    """The fastest engine that this machine has, or the one that was named."""
    if engine in ("auto", "hyperscan"):
        try:
            return Hyperscan(anchors)
        except ImportError:
            if engine == "hyperscan":
                raise _absent(engine) from None
    if engine in ("auto", "re2"):
        try:
            return Re2(anchors)
        except ImportError:
            if engine == "re2":
                raise _absent(engine) from None
    return Plain(anchors)


class Hyperscan:
    name = "hyperscan"

    def __init__(self, anchors: Sequence[bytes]) -> None:
        import hyperscan  # noqa: PLC0415

        self._database = hyperscan.Database()
        self._database.compile(
            expressions=list(anchors),
            ids=list(range(len(anchors))),
            elements=len(anchors),
            flags=[hyperscan.HS_FLAG_DOTALL] * len(anchors),
        )
        self._fresh: Callable[[Any], Any] = hyperscan.Scratch
        self._own = threading.local()  # a scan in progress holds its scratch: each thread has one

    def hits(self, data: bytes) -> list[Hit]:
        found: list[Hit] = []
        add = found.append

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add((end, number))

        scratch = getattr(self._own, "scratch", None)
        if scratch is None:
            scratch = self._own.scratch = self._fresh(self._database)
        self._database.scan(data, match_event_handler=on_match, scratch=scratch)
        return found


class Plain:
    """Python's own `re`: one pass per anchor, each start tried once by look-ahead."""

    name = "re"

    def __init__(self, anchors: Sequence[bytes]) -> None:
        self._patterns = [re.compile(b"(?=(" + a + b"))", re.DOTALL) for a in anchors]

    def hits(self, data: bytes) -> list[Hit]:
        return [(m.end(1), n) for n, p in enumerate(self._patterns) for m in p.finditer(data)]


class Re2:
    """google-re2 names the anchors that occur; their places are then found by `re`."""

    name = "re2"

    def __init__(self, anchors: Sequence[bytes]) -> None:
        import re2  # noqa: PLC0415

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.dot_nl = True
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for anchor in anchors:
            self._set.Add(anchor)
        self._set.Compile()
        self._places: list[Callable[[bytes], list[int]]] = [_places(a) for a in anchors]

    def hits(self, data: bytes) -> list[Hit]:
        return [(end, n) for n in self._set.Match(data) or () for end in self._places[n](data)]


def _places(anchor: bytes) -> Callable[[bytes], list[int]]:
    pattern = re.compile(b"(?=(" + anchor + b"))", re.DOTALL)
    return lambda data: [m.end(1) for m in pattern.finditer(data)]


def _absent(engine: str) -> ConfigError:
    return ConfigError(
        Text(f"本机没有 {engine}", f"{engine} is not installed"),
        remedy=Text("安装它，或改用 auto", "install it, or use auto"),
    )
