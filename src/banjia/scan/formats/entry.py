"""Entry: one setting of a text file, with the keys above it and the line it stands on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`keys` from the outermost in; `value` is the text as written, without quotes; `start` its offset where known."""

    keys: tuple[str, ...]
    value: str
    line: int
    command: bool = False  # the value is a line of shell
    last: int = 0  # the line of the value where it is another one

    @property
    def key(self) -> str:
        return self.keys[-1] if self.keys else ""

    @property
    def dotted(self) -> str:
        return ".".join(self.keys)


def unquoted(text: str) -> str:
    """The text without its quotes and without a comment after it."""
    words = text.strip()
    if words[:1] in "\"'" and words:
        end = words.find(words[0], 1)
        return words[1:end] if end > 0 else words[1:]
    for mark in (" #", "\t#"):
        cut = words.find(mark)
        if cut >= 0:
            words = words[:cut]
    return words.strip().rstrip(",").strip()
