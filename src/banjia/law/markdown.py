"""Statute files as sections and fences; every part knows its line. Input is untrusted: sizes and counts are limited."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from banjia.errors import LawError
from banjia.text import Text

MAX_BYTES = 1_000_000
MAX_LINES = 20_000
MAX_FENCES = 2_000

# Lines come stripped on the right: neither expression then looks twice at the same blank.
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([A-Za-z0-9_-]*)")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block; `line` is the line of its first body line, `before` the paragraph that leads to it."""

    kind: str
    body: str
    line: int
    before: str = ""


@dataclass(slots=True)
class Section:
    """A heading and what stands below it up to the next heading."""

    level: int
    heading: str
    line: int
    paragraphs: list[str] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)


def sections(text: str, *, where: str) -> list[Section]:
    """Split a Markdown document; a section of level 0 holds what stands before the first heading."""
    lines = text.split("\n")
    if len(text) > MAX_BYTES or len(lines) > MAX_LINES:
        raise LawError(
            Text("法条文件太大", "the statute file is too large"),
            where=f"{where}:1",
            expected=Text(
                f"至多 {MAX_BYTES} 字符、{MAX_LINES} 行", f"at most {MAX_BYTES} characters and {MAX_LINES} lines"
            ),
            found=Text(f"{len(text)} 字符、{len(lines)} 行", f"{len(text)} characters, {len(lines)} lines"),
        )
    found = [Section(0, "", 1)]
    paragraph: list[str] = []
    before = ""  # the last paragraph since the last fence or heading
    count = 0
    i = 0
    while i < len(lines):
        line = lines[i].rstrip()
        if mark := _FENCE.fullmatch(line):
            before = _flush(found[-1], paragraph) or before
            close = _closing(lines, i + 1, mark.group(1))
            if close is None:
                raise LawError(
                    Text(f"围栏 {mark.group(2)} 没有结束", f"the fence `{mark.group(2)}` is never closed"),
                    where=f"{where}:{i + 1}",
                    expected=Text(f"一行 {mark.group(1)}", f"a line {mark.group(1)}"),
                )
            body = "\n".join(part.rstrip("\r") for part in lines[i + 1 : close])
            found[-1].fences.append(Fence(mark.group(2), body, i + 2, before))
            before = ""
            count += 1
            if count > MAX_FENCES:
                raise LawError(
                    Text("围栏太多", "too many fences"),
                    where=f"{where}:{i + 1}",
                    expected=Text(f"每个文件至多 {MAX_FENCES} 个", f"at most {MAX_FENCES} in one file"),
                )
            i = close + 1
            continue
        if heading := _HEADING.match(line):
            _flush(found[-1], paragraph)
            before = ""
            words = line[heading.end() :].rstrip("#").rstrip()
            found.append(Section(len(heading.group(1)), words, i + 1))
        elif line.strip():
            paragraph.append(line.strip())
        else:
            before = _flush(found[-1], paragraph) or before
        i += 1
    _flush(found[-1], paragraph)
    return found


def bilingual(paragraphs: list[str]) -> Text:
    """The first Chinese and the first other paragraph of a section."""
    zh = next((p for p in paragraphs if chinese(p)), "")
    en = next((p for p in paragraphs if not chinese(p)), "")
    return Text(zh or en, en or zh)


def halves(heading: str) -> Text:
    """`中文 / English` as two languages; a heading without the mark is the same in both."""
    zh, mark, en = heading.partition(" / ")
    return Text(zh.strip(), en.strip()) if mark else Text(heading.strip(), heading.strip())


def chinese(words: str) -> bool:
    ideographs = sum("\u4e00" <= c <= "\u9fff" for c in words)
    return ideographs * 4 > len(words)


def _flush(section: Section, paragraph: list[str]) -> str:
    words = " ".join(paragraph)
    if words:
        section.paragraphs.append(words)
    paragraph.clear()
    return words


def _closing(lines: list[str], start: int, mark: str) -> int | None:
    for i in range(start, len(lines)):
        line = lines[i].strip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return i
    return None
