"""Writing: how a file's characters stand on the disk, so that codemods see plain text and every other byte stays."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from banjia.move.edit import Edit

MARK = "\ufeff"
WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
DECLARED = re.compile(rb"\A(?:[^\n]*\n)?[ \t]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
BEHIND = ("gb18030", "latin-1")  # the second reads every byte, and writes it back as it was


@dataclass(frozen=True, slots=True)
class Writing:
    """`mark`: the text begins with a byte order mark. `windows`: every line feed has a carriage return before it."""

    encoding: str = "utf-8"
    mark: bool = False
    windows: bool = False

    def plain(self, text: str) -> str:
        """Without the mark, each line ended by a line feed alone."""
        text = text[1:] if self.mark else text
        return text.replace("\r\n", "\n") if self.windows else text

    def placed(self, edit: Edit, plain: str) -> Edit:
        """An edit of the plain text as one of the text as it stands."""
        at = [
            offset + int(self.mark) + (plain.count("\n", 0, offset) if self.windows else 0)
            for offset in (edit.start, edit.end)
        ]
        new = edit.new.replace("\n", "\r\n") if self.windows else edit.new
        return replace(edit, start=at[0], end=at[1], new=new)


def read(data: bytes) -> tuple[str, Writing] | None:
    """The text of a file as it stands, mark and line ends included; None for what is no text."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
            exact = text.encode(encoding) == data
        except (UnicodeError, LookupError):
            continue
        if exact and "\0" not in text:
            breaks = text.count("\n")
            return text, Writing(encoding, text.startswith(MARK), bool(breaks) and breaks == text.count("\r\n"))
    return None


def _encodings(data: bytes) -> tuple[str, ...]:
    if data[:2] in WIDE:
        return (WIDE[data[:2]],)
    declared = DECLARED.match(data[:400])
    return ("utf-8", *((declared[1].decode("ascii"),) if declared else ()), *BEHIND)
