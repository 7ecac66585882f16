"""Restoring: tokens become again what they stand for, in whole answers and in text that arrives in pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from banjia.privacy.surrogate import CLOSE, OPEN

DROPPED = frozenset({"logprobs", "top_logprobs"})  # they spell out the tokens of treated text
JSON_IN_TEXT = frozenset({"arguments", "partial_json"})  # strings that hold a JSON document


class Restorer:
    """What the tokens of one request stand for, ready to be found. Immutable; share it among all channels."""

    __slots__ = ("_escaped", "_escaped_pattern", "_escaped_prefixes", "_pattern", "_prefixes", "_words", "json_output")

    def __init__(self, originals: Mapping[str, str], *, json_output: bool = False) -> None:
        self.json_output = json_output  # the answer's text is itself a JSON document
        self._words = _with_cores(originals)
        self._escaped: dict[str, str] = {}
        for token, value in self._words.items():
            inside = json.dumps(value, ensure_ascii=False)[1:-1]
            self._escaped[token] = inside
            ascii_form = json.dumps(token)[1:-1]
            self._escaped[ascii_form] = inside
            self._escaped[re.sub(r"u([0-9a-f]{4})", lambda m: "u" + m[1].upper(), ascii_form)] = inside
        self._pattern = _any_of(self._words)
        self._escaped_pattern = _any_of(self._escaped)
        self._prefixes = _prefixes(self._words)
        self._escaped_prefixes = _prefixes(self._escaped)

    def __bool__(self) -> bool:
        return bool(self._words)

    def text(self, text: str, *, in_json: bool = False) -> str:
        """A whole text restored; `in_json` where it is (part of) a JSON document."""
        pattern, words = (self._escaped_pattern, self._escaped) if in_json else (self._pattern, self._words)
        return pattern.sub(lambda m: words[m[0]], text) if words else text

    def answer(self, node: Any) -> Any:
        """A whole JSON answer restored, without its log-probabilities."""
        return self._node(node, "")

    def pieces(self, *, in_json: bool = False) -> Pieces:
        if in_json:
            return Pieces(self._escaped_pattern, self._escaped, self._escaped_prefixes)
        return Pieces(self._pattern, self._words, self._prefixes)

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

    __slots__ = ("_held", "_longest", "_pattern", "_prefixes", "_words")

    def __init__(self, pattern: re.Pattern[str], words: Mapping[str, str], prefixes: frozenset[str]) -> None:
        self._pattern = pattern
        self._words = words
        self._prefixes = prefixes
        self._longest = max(map(len, words), default=0) - 1
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be said now."""
        if not self._words:
            return piece
        text = self._held + piece
        out: list[str] = []
        at = 0
        hold = self._hold(text, 0)
        while (match := self._pattern.search(text, at)) is not None and match.start() < hold:
            out += (text[at : match.start()], self._words[match[0]])
            at = match.end()
            hold = self._hold(text, at)
        out.append(text[at:hold])
        self._held = text[hold:]
        return "".join(out)

    def end(self) -> str:
        """The rest: a token that never came to its end is passed as it is."""
        rest, self._held = self._held, ""
        return self._pattern.sub(lambda m: self._words[m[0]], rest) if self._words else rest

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


def _any_of(words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) or r"(?!)")


def _prefixes(words: Mapping[str, str]) -> frozenset[str]:
    return frozenset(w[:i] for w in words for i in range(1, len(w)))
