"""Stage B: names, addresses and organisations, by rules and tagger, in one text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from banjia.privacy import address_en, address_zh, names_en, names_zh
from banjia.privacy.addressed_zh import addressed
from banjia.privacy.checks import birth_day
from banjia.privacy.cued_en import NAME
from banjia.privacy.cues_en import WORD
from banjia.privacy.cues_zh import KEYS, labelled
from banjia.privacy.gazetteer import in_simplified, letters, lexicon, words
from banjia.privacy.latin_part import LatinPart
from banjia.privacy.names_zh import Heard
from banjia.privacy.organisation import organisations
from banjia.privacy.small_tagger import small_tagger
from banjia.privacy.starts_zh import candidates, settled
from banjia.privacy.tables import Cell
from banjia.privacy.tagger import TaggerName, tagger

Named = tuple[int, int, str, float]  # start, end, type, score

_STOP = re.compile(r"[。！？!?；;\n]+")
_HAN = re.compile("[\u4e00-\u9fff]")
_CAPITAL = re.compile("[A-Z][A-Za-z]")
BORN_BY = 2015  # a later day after a name is more often a day of business
_BIRTHDAY = re.compile(
    r"\s*[,，(（|、]\s*(?:[男女MF]\s*[,，、|]\s*)?("
    r"(?:19|20)[0-9]{2}[-/.][01]?[0-9][-/.][0-3]?[0-9]|(?:19|20)[0-9]{2}年[01]?[0-9]月(?:[0-3]?[0-9]日)?|[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:19|20)[0-9]{2}"
    r"|(?:[0-3]?[0-9] )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|"
    r"Dec)[a-z]{0,6}\.? (?:[0-3]?[0-9],? )?(?:19|20)[0-9]{2})"
    r"(?=\s*(?:[,，)）;；|。、]|出生|生|$|\n))"
)
_BORN_THEN = re.compile(
    "[^。！？；\\n]{0,14}?[，,、 ]((?:19|20)[0-9]{2}(?:[-/.][01]?[0-9][-/.][0-3]?[0-9]|年[01]?[0-9]月[0-3]?[0-9]日))"
    "(?:的|生|出生)(?=[，,。、；）)]|$)"
)
LONGEST = 44  # characters that the tagger reads at once
ROW = 24  # characters of a row of short pieces
DOUBTFUL = 0.7  # a name no surer than this is none inside the name of a firm
BEFORE, AFTER = 4, 7  # characters of context around the place where a name may begin
NAME_HEADS = re.compile(
    r"(?i)^(?:.{0,6}(?:姓名|名字|联系人|收件人|收货人|患者|病人|客户|会员|员工|学生|负责人|经办人|户名|持卡人|"
    r"申请人|车主|乘客|家长|监护人)(?:姓名)?|(?:full|first|last|customer|patient|user|contact|employee|student|"
    r"real)?[ _]?name|contact|customer|patient|buyer|holder|owner|recipient|employee|manager|student|teacher|doctor|"
    r"agent|driver|guest|tenant|member|assignee|reporter|author|xm)$"
)
_PART_HEADS = re.compile(r"(?i)^(?:first|last|given|family|middle|sur)[ _]?name$")
_PART = re.compile(WORD)
ADDRESS_HEADS = re.compile(r"(?i)地址|住址|住所|address|ship.?to")
_KEYED = re.compile(
    rf"(?i)[\"'<]?\b((?:[a-z]+[_-]?)?name|user|author|operator|{KEYS})[\"']?\s*[:=>：]\s*[\"']?"
    "([\u4e00-\u9fff]{2,4}(?:[·•][\u4e00-\u9fff]{1,6})?)(?=[\"'\\s,，;；}&|<)]|$)"
)

_HAN_VALUE = re.compile("[A-Za-z][\"']?\\s*[:=>：]\\s*[\"']?[\u4e00-\u9fff]")


def named(
    text: str, taken: Sequence[tuple[int, int]], table: Sequence[Cell] = (), *, by: TaggerName = "lac"
) -> list[Named]:
    """Names, addresses and organisations outside the places that identifiers hold; they may overlap each other.

    `table` are the cells of the text, where it has any; `by` is the tagger that reads Chinese sentences.
    """
    found: list[Named] = []
    has_han = bool(_HAN.search(text))
    if has_han:
        text = in_simplified(text)
    has_latin = bool(_CAPITAL.search(text))
    places = address_zh.addresses(text) if has_han else []
    if has_latin:
        places += address_en.addresses(text)
    found += [(s, e, "ADDRESS", p) for s, e, p in places]
    people: list[tuple[int, int, float]] = []
    if has_han:
        labels = list(labelled().finditer(text))
        anchors = sorted([*(s for s, _ in taken), *(s for s, _, _ in places)])
        told = names_zh.firm(text, anchors, labels) + _keyed(text) + _in_tables(text, table)
        spoken_to = addressed(text)
        behind = {m.start(2) for m in labels if not m[1]}.union(s for s, _ in spoken_to)
        heard = _tagged(text, [*taken, *((s, e) for s, e, _ in places)], told, by, behind)
        orgs = heard.orgs
        people += names_zh.names(text, heard, told, labels, anchors, spoken_to)
        firms = organisations(text, orgs)
        people = [p for p in people if not _of_a_firm(text, p, firms)]
        found += [(s, e, "ORG", p) for s, e, p in firms]
    elif has_latin:
        found += [(s, e, "ORG", p) for s, e, p in organisations(text, ())]
    if has_latin:
        part = LatinPart(text) if has_han else None
        people += part.back(names_en.names(part.text)) if part else names_en.names(text)
    elif not has_han:
        people += names_en.small_names(text)
    if not has_han:
        people += _in_tables(text, table)
    found += _addresses_in_tables(text, table)
    found += [(s, e, "PERSON", p) for s, e, p in people]
    found += _birthdays(text, people)
    return found + _again(text, people)


def _of_a_firm(text: str, name: tuple[int, int, float], firms: Sequence[tuple[int, int, float]]) -> bool:
    """A doubtful name that is a part of what a firm is called: 沃德 in 沃德金融服务有限公司."""
    start, end, score = name
    doubtful = score <= DOUBTFUL or (end - start == 2 and all(c in letters("foreign_zh") for c in text[start:end]))
    return doubtful and any(s <= start and end <= e for s, e, _ in firms)


def _tagged(
    text: str,
    taken: Sequence[tuple[int, int]],
    told: Sequence[tuple[int, int, float]],
    by: TaggerName,
    behind: Collection[int],
) -> Heard:
    """Persons and organisations that the tagger marks around the places where a name not yet told may begin.

    `behind` are places where a word may be a name, as one is told to follow.
    """
    masked = _masked(text, taken)
    starts = candidates(masked, settled(text, told), behind)
    rows = _packed([_compact(masked[a:b], a) for a, b in _windows(masked, starts)])
    heard = Heard([], [], starts, {})
    if rows:
        reader = small_tagger() if by == "small" else tagger()
        for (_, offsets), reading in zip(rows, reader.read([chars for chars, _ in rows]), strict=True):
            for start, end, kind in reading.words:
                place = (offsets[start], offsets[end - 1] + 1)
                if kind == "PERSON":
                    heard.persons.append(place)
                elif kind == "ORG":
                    heard.orgs.append(place)
            heard.odds.update(zip(offsets, zip(reading.begins, reading.goes_on, strict=True), strict=True))
    return heard


def _packed(pieces: list[tuple[str, list[int]]]) -> list[tuple[str, list[int]]]:
    """Short pieces put together, parted by a stop: rows of like length cost the tagger least."""
    rows: list[tuple[str, list[int]]] = []
    for chars, offsets in pieces:
        if rows and len(rows[-1][0]) + len(chars) < ROW:
            last, places = rows[-1]
            rows[-1] = f"{last}。{chars}", [*places, -1, *offsets]
        else:
            rows.append((chars, offsets))
    return rows


def _windows(text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """The part of each sentence around its candidates: enough for the tagger, and no more, since it is what costs."""
    windows: list[tuple[int, int]] = []
    for at in starts:
        start, end = max(0, at - BEFORE), min(len(text), at + AFTER)
        stop = [m.end() for m in _STOP.finditer(text, start, at)]
        start = stop[-1] if stop else start
        stop_after = _STOP.search(text, at, end)
        if stop_after:  # a stop tells the tagger where the sentence ends, a line break misleads it
            end = stop_after.start() if text[stop_after.start()] == "\n" else stop_after.end()
        if windows and start <= windows[-1][1] and end - windows[-1][0] <= LONGEST:
            windows[-1] = windows[-1][0], max(end, windows[-1][1])
        else:
            windows.append((start, end))
    return windows


def _masked(text: str, taken: Sequence[tuple[int, int]]) -> str:
    """Identifiers and addresses read as one sign each to the tagger."""
    if not taken:
        return text
    chars = list(text)
    for start, end in taken:
        chars[start:end] = ["\x00"] * (end - start)
    return "".join(chars)


def _compact(piece: str, at: int) -> tuple[str, list[int]]:
    """Runs of masked, Latin and digit signs shrink to one, as they cost time and tell the tagger little."""
    kept: list[str] = []
    offsets: list[int] = []
    last = ""
    for i, c in enumerate(piece, at):
        kind = "\x00" if c == "\x00" else "0" if c.isascii() and c.isalnum() else ""
        if kind and kind == last:
            continue
        last = kind
        kept.append("0" if kind == "\x00" else c)
        offsets.append(i)
    return "".join(kept), offsets


def _keyed(text: str) -> list[tuple[int, int, float]]:
    """`"buyer": "..."`: a key that says whose name its value is."""
    if _HAN_VALUE.search(text) is None:
        return []
    return [
        (m.start(2), m.end(2), 0.93)
        for m in _KEYED.finditer(text)
        if m[2][0] in _family_names() or m[2][:2] in words("compound_surnames") or "·" in m[2]
    ]


@cache
def _family_names() -> frozenset[str]:
    return letters("surnames") | letters("surnames_rare")


def _in_tables(text: str, table: Sequence[Cell]) -> list[tuple[int, int, float]]:
    found: list[tuple[int, int, float]] = []
    for cell in table:
        if not NAME_HEADS.search(in_simplified(cell.head.strip())):
            continue
        value = text[cell.start : cell.end]
        if re.fullmatch(
            f"[\u4e00-\u9fff]{{2,4}}|[\u4e00-\u9fff·•]{{4,14}}|[A-Z][a-z'’-]+(?: [A-Z][a-z'’.-]*){{1,3}}|{NAME}", value
        ) or (_PART_HEADS.search(cell.head.strip()) and _PART.fullmatch(value)):
            found.append((cell.start, cell.end, 0.95))
    return found


def _addresses_in_tables(text: str, table: Sequence[Cell]) -> list[Named]:
    return [
        (c.start, c.end, "ADDRESS", 0.9)
        for c in table
        if ADDRESS_HEADS.search(c.head) and any(ch.isdigit() for ch in text[c.start : c.end]) and c.end - c.start > 7
    ]


def _birthdays(text: str, people: Sequence[tuple[int, int, float]]) -> list[Named]:
    """A day that follows a name in a list of a person's particulars."""
    found: list[Named] = []
    for _, end, _ in people:
        m = _BIRTHDAY.match(text, end) or _BORN_THEN.match(text, end)
        if m is not None and (born := birth_day(m[1].encode())) is not None and born.year <= BORN_BY:
            found.append((m.start(1), m.end(1), "DOB", 0.8))
    return found


def _again(text: str, people: Sequence[tuple[int, int, float]]) -> list[Named]:
    """A name found once is marked wherever it stands."""
    starts = {s for s, _, _ in people}
    found: list[Named] = []
    for name in {text[s:e] for s, e, p in people if p >= 0.8}:
        if len(name) < 2 or not _HAN.search(name) or (len(name) == 2 and name in lexicon()):
            continue
        at = text.find(name)
        while at >= 0:
            if at not in starts:
                found.append((at, at + len(name), "PERSON", 0.85))
            at = text.find(name, at + len(name))
    return found
