"""Restoring: tokens become again what they stand for, in whole answers and in text that arrives in pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from banjia.privacy.surrogate import CLOSE, OPEN
from banjia.privacy.words import Words

DROPPED = frozenset({"logprobs", "top_logprobs"})  # they spell out the tokens of treated text
JSON_IN_TEXT = frozenset({"arguments", "partial_json"})  # strings that hold a JSON document


class Restorer:
    """What the tokens of one request stand for, ready to be found. Immutable; share it among all channels."""

    __slots__ = ("_escaped", "_prefixes", "_words", "json_output")

    def __init__(self, originals: Mapping[str, str], *, json_output: bool = False) -> None:
        self.json_output = json_output  # the answer's text is itself a JSON document
        self._words = Words(_with_cores(originals))
        escaped: dict[str, str] = {}
        for token, value in self._words.values.items():
            inside = json.dumps(value, ensure_ascii=False)[1:-1]
            ascii_form = json.dumps(token)[1:-1]
            upper = re.sub(r"u([0-9a-f]{4})", lambda m: "u" + m[1].upper(), ascii_form)
            escaped |= {token: inside, ascii_form: inside, upper: inside}
        self._escaped = Words(escaped)
        self._prefixes: dict[bool, frozenset[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._words)

    def text(self, text: str, *, in_json: bool = False) -> str:
        """A whole text restored; `in_json` where it is (part of) a JSON document."""
        return (self._escaped if in_json else self._words).replaced(text)

    def answer(self, node: Any) -> Any:
        """A whole JSON answer restored, without its log-probabilities."""
        return self._node(node, "")

    def pieces(self, *, in_json: bool = False) -> Pieces:
        words = self._escaped if in_json else self._words
        prefixes = self._prefixes.get(in_json)
        if prefixes is None:
            prefixes = self._prefixes[in_json] = words.prefixes()
        return Pieces(words, prefixes)

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

    __slots__ = ("_held", "_longest", "_prefixes", "_words")

    def __init__(self, words: Words, prefixes: frozenset[str]) -> None:
        self._words = words
        self._prefixes = prefixes
        self._longest = words.longest - 1
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be said now."""
        if not self._words:
            return piece
        text = self._held + piece
        out: list[str] = []
        at = 0
        hold = self._hold(text, 0)
        for start, end, value in self._words.find(text):
            if start >= hold:
                break
            out += (text[at:start], value)
            at = end
            hold = self._hold(text, at)
        out.append(text[at:hold])
        self._held = text[hold:]
        return "".join(out)

    def end(self) -> str:
        """The rest: a token that never came to its end is passed as it is."""
        rest, self._held = self._held, ""
        return self._words.replaced(rest)

    def _hold(self, text: str, at: int) -> int:
        """Where the longest suffix starts that may yet become a token."""
        for start in range(max(at, len(text) - self._longest), len(text)):
            if text[start:] in self._prefixes:
                return start
        return len(text)


def _silent(log_probabilities: Any) -> Any:
    return [] if isinstance(log_probabilities, list) else None


def _with_cores(originals: Mapping[str, str]) -> dict[str, str]:
    """Tokens, and each without its brackets, which models like to change."""
    return {**originals, **{t.removeprefix(OPEN).removesuffix(CLOSE): v for t, v in originals.items()}}
