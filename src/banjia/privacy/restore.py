"""Restoring: tokens become again what they stand for, in whole answers and in text that arrives in pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from banjia.privacy.marks import OPENINGS, Marks
from banjia.privacy.words import Words

DROPPED = frozenset({"logprobs", "top_logprobs"})  # they spell out the tokens of treated text
JSON_IN_TEXT = frozenset({"arguments", "partial_json"})  # strings that hold a JSON document


class Restorer:
    """What the tokens of one request stand for, ready to be found. Immutable; share it among all channels."""

    __slots__ = ("_escaped", "_plain", "json_output")

    def __init__(self, originals: Mapping[str, str], *, json_output: bool = False) -> None:
        self.json_output = json_output  # the answer's text is itself a JSON document
        self._plain = _Places(originals)
        escaped: dict[str, str] = {}
        for token, value in originals.items():
            inside = json.dumps(value, ensure_ascii=False)[1:-1]
            ascii_form = json.dumps(token)[1:-1]
            upper = re.sub(r"u([0-9a-f]{4})", lambda m: "u" + m[1].upper(), ascii_form)
            escaped |= {token: inside, ascii_form: inside, upper: inside}
        self._escaped = _Places(escaped)

    def __bool__(self) -> bool:
        return bool(self._plain)

    def text(self, text: str, *, in_json: bool = False) -> str:
        """A whole text restored; `in_json` where it is (part of) a JSON document."""
        return (self._escaped if in_json else self._plain).replaced(text)

    def answer(self, node: Any) -> Any:
        """A whole JSON answer restored, without its log-probabilities."""
        return self._node(node, "")

    def pieces(self, *, in_json: bool = False) -> Pieces:
        return Pieces(self._escaped if in_json else self._plain)

    def _node(self, node: Any, key: str) -> Any:
        if isinstance(node, str):
            return self.text(node, in_json=key in JSON_IN_TEXT or (self.json_output and key in ("content", "text")))
        if isinstance(node, list):
            return [self._node(child, key) for child in node]
        if isinstance(node, dict):
            return {self.text(k): _silent(v) if k in DROPPED else self._node(v, k) for k, v in node.items()}
        return node


class Pieces:
    """One channel of a stream. At most the longest beginning of a token is held back."""

    __slots__ = ("_held", "_places")

    def __init__(self, places: _Places) -> None:
        self._places = places
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be said now."""
        if not self._places:
            return piece
        text = self._held + piece
        out: list[str] = []
        at = 0
        hold = self._places.hold(text, 0)
        for start, end, value in self._places.find(text):
            if start >= hold:
                break
            out += (text[at:start], value)
            at = end
            hold = self._places.hold(text, at)
        out.append(text[at:hold])
        self._held = text[hold:]
        return "".join(out)

    def end(self) -> str:
        """The rest: a token that never came to its end is passed as it is."""
        rest, self._held = self._held, ""
        return self._places.replaced(rest)


class _Places:
    """Where tokens stand, as models write them, and fakes, as they are."""

    __slots__ = ("_fakes", "_marks")

    def __init__(self, originals: Mapping[str, str]) -> None:
        tokens = {k: v for k, v in originals.items() if k.startswith(OPENINGS)}
        self._marks = Marks(tokens) if tokens else None
        self._fakes = Words({k: v for k, v in originals.items() if k not in tokens})

    def __bool__(self) -> bool:
        return self._marks is not None or bool(self._fakes)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and value of each, apart from each other and in order."""
        if self._marks is None:
            yield from self._fakes.find(text)
            return
        if not self._fakes:
            yield from self._marks.find(text)
            return
        last = 0
        for found in sorted([*self._marks.find(text), *self._fakes.find(text)]):
            if found[0] >= last:
                last = found[1]
                yield found

    def hold(self, text: str, at: int) -> int:
        """Where the longest suffix starts that may yet become one."""
        by_fakes = self._fakes.hold(text, at)
        return by_fakes if self._marks is None else min(by_fakes, self._marks.hold(text, at))

    def replaced(self, text: str) -> str:
        parts: list[str] = []
        last = 0
        for start, end, value in self.find(text):
            parts += (text[last:start], value)
            last = end
        return "".join([*parts, text[last:]]) if parts else text


def _silent(log_probabilities: Any) -> Any:
    return [] if isinstance(log_probabilities, list) else None
