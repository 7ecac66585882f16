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
    begins: bool = False  # nothing has come yet that tells whether the opening tag is there
    guessed: list[str] | None = None  # what was taken for thoughts though no tag has said so yet

    @classmethod
    def of(cls, op: TagSplit) -> Splitter:
        return cls(op, inside=True, at_start_of="thought", begins=True, guessed=[]) if op.from_start else cls(op)

    def feed(self, piece: str) -> list[Part]:
        self.kept += piece
        self.said(piece)
        if self.begins and not self._began():
            return []
        return [p for p in self._parts() if p[1]]

    def said(self, piece: str) -> None:
        """A piece came; as long as no tag has shown what it is, it is remembered."""
        if self.guessed is not None:
            self.guessed.append(piece)

    def finish(self, *, stopped: bool = False) -> list[Part]:
        """What was kept back was no tag after all. What `stopped` without any tag was an answer: it is told as one."""
        rest, self.kept = self.kept, ""
        parts = [] if self.begins else [self._trimmed(rest)]
        if self.begins or (stopped and self.guessed):
            parts.append(("text", "".join(self.guessed or ())))
        self.begins, self.guessed = False, None
        return [p for p in parts if p[1]]

    def told_apart(self) -> None:
        """The server gives thoughts a field of their own: nothing of the text is one."""
        if self.guessed is not None:
            self.inside, self.begins, self.guessed, self.at_start_of = False, False, None, ""

    def _began(self) -> bool:
        """Whether it is known if the text has an opening tag of its own, which is then passed over."""
        start = self.kept.lstrip()
        if start.startswith(self.op.open):
            self.kept, self.guessed = start[len(self.op.open) :], None
        elif self.op.open.startswith(start):
            return False
        self.begins = False
        return True

    def _parts(self) -> Iterator[Part]:
        while True:
            tag = self.op.close if self.inside else self.op.open
            place = self.kept.find(tag)
            if place < 0:
                break
            self.guessed = None
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


def split_whole(op: TagSplit, text: str, *, stopped: bool = True) -> tuple[str, str]:
    """(thought, text) of a whole message; one that has not `stopped` was cut off."""
    splitter = Splitter.of(op)
    parts = splitter.feed(text)
    if stopped and splitter.guessed:
        return "", text
    parts += splitter.finish()
    return "".join(t for k, t in parts if k == "thought"), "".join(t for k, t in parts if k == "text")


def _could_start(text: str, tag: str) -> int:
    """The length of the longest end of `text` that `tag` could begin with."""
    return next((n for n in range(min(len(text), len(tag) - 1), 0, -1) if tag.startswith(text[-n:])), 0)
