"""Words: many fixed strings looked for at once, without a pattern of them all, which would take seconds to compile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping


class Words:
    """At each place the longest word that stands there; what it stands for is its value."""

    __slots__ = ("_begin", "_beginnings", "_lengths", "longest", "values")

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self._beginnings: frozenset[str] | None = None
        self.longest = max(map(len, values), default=0)
        lengths: dict[str, set[int]] = {}
        for word in values:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._begin = re.compile(f"[{re.escape(''.join(self._lengths))}]" if values else r"(?!)")

    def __bool__(self) -> bool:
        return bool(self.values)

    def find(self, text: str, at: int = 0) -> Iterator[tuple[int, int, str]]:
        """Start, end and value of each word, apart from each other and in order."""
        values, begin = self.values, self._begin
        while (found := begin.search(text, at)) is not None:
            start = found.start()
            at = start + 1
            for length in self._lengths[text[start]]:
                value = values.get(text[start : start + length])
                if value is not None:
                    at = start + length
                    yield start, at, value
                    break

    def hold(self, text: str, at: int) -> int:
        """Where the longest suffix starts that may yet become a word; the end of the text where none does."""
        for start in range(max(at, len(text) - self.longest + 1), len(text)):
            if text[start:] in self._prefixes():
                return start
        return len(text)

    def _prefixes(self) -> frozenset[str]:
        """Every proper beginning of a word."""
        if self._beginnings is None:
            self._beginnings = frozenset(w[:i] for w in self.values for i in range(1, len(w)))
        return self._beginnings
