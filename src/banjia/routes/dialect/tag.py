"""Tag: thinking that a vendor puts between tags inside the text, taken apart; whole or in pieces, with one result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from banjia.routes.dialect.operation import TagSplit

Part = tuple[Literal["text", "thought"], str]


@dataclass(slots=True)
class Splitter:
    """Takes the text piece by piece. What may be the start of a tag is kept back until it is decided."""

    op: TagSplit
    inside: bool = False
    kept: str = ""
    at_start_of: Literal["", "thought", "text"] = ""  # line breaks next to a tag belong to neither part

    def feed(self, piece: str) -> list[Part]:
        self.kept += piece
        return [p for p in self._parts() if p[1]]

    def finish(self) -> list[Part]:
        """What was kept back was no tag after all."""
        rest, self.kept = self.kept, ""
        part = self._trimmed(rest)
        return [part] if part[1] else []

    def _parts(self) -> Iterator[Part]:
        while True:
            tag = self.op.close if self.inside else self.op.open
            place = self.kept.find(tag)
            if place < 0:
                break
            yield self._trimmed(self.kept[:place])
            self.kept = self.kept[place + len(tag) :]
            self.inside = not self.inside
            self.at_start_of = "thought" if self.inside else "text"
        back = _could_start(self.kept, tag)
        ready, self.kept = self.kept[: len(self.kept) - back], self.kept[len(self.kept) - back :]
        yield self._trimmed(ready)

    def _trimmed(self, text: str) -> Part:
        kind: Literal["text", "thought"] = "thought" if self.inside else "text"
        if self.at_start_of:
            text = text.lstrip("\n")
            if text:
                self.at_start_of = ""
        return kind, text


def split_whole(op: TagSplit, text: str) -> tuple[str, str]:
    """(thought, text) of a whole message."""
    splitter = Splitter(op)
    parts = [*splitter.feed(text), *splitter.finish()]
    return "".join(t for k, t in parts if k == "thought"), "".join(t for k, t in parts if k == "text")


def _could_start(text: str, tag: str) -> int:
    """The length of the longest end of `text` that `tag` could begin with."""
    return next((n for n in range(min(len(text), len(tag) - 1), 0, -1) if tag.startswith(text[-n:])), 0)
