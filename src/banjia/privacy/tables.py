"""Tables: CSV, TSV and Markdown, read by structure, so that a column's head stands before each of its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from banjia.privacy.heads import meaning

_RULE = re.compile(r"[\s|:\-+]+")
LIMIT = 4000  # cells read of one text


@dataclass(frozen=True, slots=True)
class Cell:
    head: str
    start: int
    end: int


def cells(text: str) -> list[Cell]:
    """The cells below a head, with their places in the text; nothing where there is no table."""
    if found := _inserted(text) or _copied(text):
        return found
    if "\n" not in text or not (_HEADS.search(text) or _WORDS_ONLY.search(text)):
        return []
    for mark in ("|", "\t", ",", "，", ";"):
        if text.count(mark) >= 2:
            found = _read(text, mark)
            if found:
                return found
    return []


_INSERT = re.compile(r"(?i)\binsert\s+into\s+[\w.`\"]+\s*\(([^()]{1,800})\)\s*values\s*(?=\()")
_VALUES = re.compile(r"\s*,?\s*\(((?:'[^']{0,400}'|\"[^\"]{0,400}\"|[^()'\"]){1,2000})\)")
_COPY = re.compile(r"(?i)\bcopy\s+[\w.\"]+\s*\(([^()]{1,800})\)\s*from\s+stdin[^;]{0,80};[ \t]*\n")
_VALUE = re.compile(r"'(?P<a>[^']*)'|\"(?P<b>[^\"]*)\"|(?P<c>[^,\s'\"][^,'\"]*)")


def _inserted(text: str) -> list[Cell]:
    """Rows that SQL inserts: the columns are their heads."""
    found: list[Cell] = []
    if text.count("(") < 2:
        return found
    for m in _INSERT.finditer(text):
        heads = [_head(h.strip(' `"\n')) for h in m[1].split(",")]
        at = m.end()
        while len(found) <= LIMIT and (row := _VALUES.match(text, at)):
            values = list(_VALUE.finditer(text, row.start(1), row.end(1)))
            if len(values) == len(heads):
                found += [Cell(h, *v.span(v.lastgroup or 0)) for h, v in zip(heads, values, strict=True)]
            at = row.end()
    return found


def _copied(text: str) -> list[Cell]:
    r"""Rows that a dump of PostgreSQL copies: fields parted by tabs up to a line of `\\.`."""
    found: list[Cell] = []
    if "COPY" not in text and "copy" not in text:
        return found
    for m in _COPY.finditer(text):
        heads = [_head(h.strip(' "\n')) for h in m[1].split(",")]
        at = m.end()
        for line in text[at:].split("\n"):
            places = _split(line, "\t")
            if line.startswith("\\.") or len(found) > LIMIT:
                break
            if len(places) == len(heads):
                found += [Cell(h, at + a, at + b) for h, (a, b) in zip(heads, places, strict=True) if a < b]
            at += len(line) + 1
    return found


def _read(text: str, mark: str) -> list[Cell]:
    found: list[Cell] = []
    heads: list[str] = []
    at = 0
    for line in text.split("\n"):
        if not heads and not _HEADS.search(line) and not _WORDS_ONLY.fullmatch(line):
            at += len(line) + 1
            continue
        places = _split(line, mark)
        if len(places) < 2 or _RULE.fullmatch(line):
            if len(places) < 2:
                heads = []
        elif not heads:
            heads = [_head(line[a:b]) for a, b in places]
            if not any(_is_head(h) for h in heads):
                heads = []
        elif len(places) == len(heads):
            found += [Cell(h, at + a, at + b) for h, (a, b) in zip(heads, places, strict=True) if a < b]
        at += len(line) + 1
        if len(found) > LIMIT:
            break
    return found


def _split(line: str, mark: str) -> list[tuple[int, int]]:
    """The places of the cells of one line, without blanks, quotes and emphasis."""
    places: list[tuple[int, int]] = []
    at = 0
    for part in _quoted(line) if mark == "," and '"' in line else line.split(mark):
        core = part.strip(" \t\"'*`\r")
        start = at + part.find(core) if core else at
        places.append((start, start + len(core)))
        at += len(part) + len(mark)
    if mark == "|":
        if places and places[0][0] == places[0][1]:
            places = places[1:]
        if places and places[-1][0] == places[-1][1]:
            places = places[:-1]
    return places


def _quoted(line: str) -> list[str]:
    """The fields of a line of CSV, commas inside quotes left alone, with their quotes."""
    parts: list[str] = []
    current, inside = "", False
    for c in line:
        if c == '"':
            inside = not inside
        if c == "," and not inside:
            parts.append(current)
            current = ""
        else:
            current += c
    return [*parts, current]


_HEADS = re.compile(
    r"(?i)姓名|名字|联系人|客户|患者|员工|学生|电话|手机|邮箱|地址|住址|身份证|证件|护照|卡号|账号|微信|QQ|病历|住院号|门诊号|生日|出生|车牌|序号|编号|备注|工号"
    r"|name|phone|mobile|tel|e-?mail|address|ssn|passport|card|account|mrn|patient|customer|contact|dob|birth|id\b|plate|wechat|ip\b|note"
)


_WORDS_ONLY = re.compile(
    r"^[\"']?[A-Za-z_]\w{0,30}[\"']?(?:[ ]?[,;|\t][ ]?[\"']?[A-Za-z_]\w{0,30}[\"']?){1,80}[ \r]*$", re.MULTILINE
)


def _head(cell: str) -> str:
    return meaning(cell) or cell


def _is_head(cell: str) -> bool:
    return len(cell) < 24 and not any(c.isdigit() for c in cell) and bool(_HEADS.search(cell))
