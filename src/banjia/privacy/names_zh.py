"""Chinese names: what the tagger marks, what labels, titles and neighbours give away; public figures left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from banjia.privacy.addressed_zh import courteous
from banjia.privacy.after_label_zh import behind_label
from banjia.privacy.cues_zh import (
    CALLED,
    ENDS_IN_LABEL,
    LONGEST_LABEL,
    NICKNAME,
    OF_PERSON,
    PARTICULARS,
    SIGNED,
    SPACED,
    SPEAKS,
    acting,
    alone,
    enumerated,
    familiar,
    foreign,
    full_titled,
    labelled_rare,
    named_after,
    spaced,
    titled,
)
from banjia.privacy.gazetteer import letters, lexicon, words
from banjia.privacy.peoples_zh import japanese, of_two_words
from banjia.privacy.public_zh import private
from banjia.privacy.starts_zh import LEADING
from banjia.privacy.taken import Taken
from banjia.privacy.transliteration import THING, foreign_place, transliterated
from banjia.privacy.unknown_zh import GRAMMAR, LEAST_CUED, Odds, likelihood, unknown

Place = tuple[int, int, float]  # start, end, score
OF_A_WORD, OF_A_CITY = 0.8, 1.0  # the least odds by which a tagger makes somebody of one
SURE = 0.9  # so sure is the tagger of a name whose surname nobody has listed
SOFT = letters("soft_zh")
COMMON = letters("common_zh")  # surnames that are words of every day
PRONOUNS = "我你他她它您们"
COUNTS = frozenset("张位支包双封群层段章曲句家块门口匹项集班")  # surnames that things are counted by
COUNTED = frozenset("一二两三四五六七八九十几这那每哪写发来贴画拍找要做买换")
MEASURES = (
    "各",
    "诸",
    "两",
    "几",
    "三",
    "四",
    "五",
    "这",
    "那",
    "每",
    "一",
    "哪",
    "首",
)  # before 位, which is a surname too


def firm(text: str, anchors: Sequence[int], labels: Sequence[re.Match[str]]) -> list[Place]:
    """Names that a label, a title, a cell or what they do leaves no doubt about: the tagger need not be asked.

    `anchors` are the starts of identifiers: a cell that is a name beside one counts. `labels` match `labelled`.
    """
    known = lexicon()
    found: list[Place] = of_two_words(text)
    for m in labels:
        name = m[2]
        if not m[1] and _is_whole(text, *m.span(2)) and _fits_name(name, text[m.end(2) : m.end(2) + 1]):
            found.append((m.start(2), m.end(2), 0.9))
        if m[1].strip() and not _han(text[m.end(2) : m.end(2) + 1]) and name not in known:
            longest = 4 if name[:2] in words("compound_surnames") else 3
            if len(name) <= longest and not (_PARTED.search(m[1]) and _odd(name)):
                found.append((m.start(2), m.end(2), 0.96))
    for m in labelled_rare().finditer(text):
        label = text[max(0, m.start() - LONGEST_LABEL) : m.start()]
        if m[1] not in known and not _odd(m[1]) and ENDS_IN_LABEL.search(label):
            found.append((*m.span(1), 0.85))
    if SPACED.search(text):
        found += [(m.start(1), m.end(1), 0.9) for m in spaced().finditer(text)]
    found += [(m.start(1), m.end(1), 0.8) for m in NICKNAME.finditer(text)]
    found += [(m.start(), m.end(), 0.9) for m in titled().finditer(text) if _is_title(text, m)]
    for m in familiar().finditer(text):
        if text[m.start() : m.end()] not in known:
            found.append((m.start(), m.end(), 0.8))
    for m in alone().finditer(text):
        if _cell_is_name(text, m, anchors):
            found.append((m.start(1), m.end(1), 0.85))
    for m in acting().finditer(text):
        name = m[1]
        if name not in known and not _holds_word(name):
            found.append((m.start(1), m.end(1), 0.8))
    return found


def _holds_word(name: str) -> bool:
    """A word of the language is part of a longer name; a surname of two characters is none."""
    first = 2 if name[:2] in words("compound_surnames") else 0
    return len(name) > 2 and any(name[i : i + 2] in lexicon() for i in range(first, len(name) - 1))


LEAST_SIZE = 2  # characters of a name
HALF = 0.05  # a word of the language behind a label without a mark that says so
_TOLD = re.compile("[:：=＝|｜>]")
_PARTED = re.compile("[|,、<]")  # between a label and what stands in another cell


def _odd(name: str) -> bool:
    return any(c in letters("not_given") for c in name[1:])


@dataclass(frozen=True, slots=True)
class Heard:
    """What the tagger says of one text: places of persons and organisations, and the odds at the candidates."""

    persons: list[tuple[int, int]]
    orgs: list[tuple[int, int]]
    starts: list[int]
    odds: dict[int, tuple[float, float]]


def names(
    text: str,
    heard: Heard,
    found: list[Place],
    labels: Sequence[re.Match[str]],
    anchors: Sequence[int],
    spoken_to: Sequence[tuple[int, int]],
) -> list[Place]:
    """The names `found` already and those by the tagger, by it and a rule together, and by their company.

    `anchors` are the starts of identifiers, `spoken_to` what `addressed` tells.
    """
    by_start = dict(heard.persons)
    found = found + [place for s, e in heard.persons if (place := _from_tagger(text, s, e, heard.odds))]
    found += japanese(text, heard.odds)
    found += behind_label(text, [m.span(2) for m in labels if not m[1]], heard.odds, anchors)
    known = {s for s, _, _ in found}
    for m in labels:
        start = m.start(2)
        if start in known:
            continue
        end = by_start.get(start, start)
        if end - start < LEAST_SIZE:  # the tagger has the surname alone, or nothing
            end = _end(text, start, m.end(2), tight=not m[1]) or start
        if text[start:end] in lexicon() and not _TOLD.search(m[1]) and likelihood(heard.odds, start, end) < HALF:
            continue
        if end - start >= LEAST_SIZE and not (_PARTED.search(m[1]) and _odd(text[start:end])):
            found.append((start, end, 0.96 if m[1] else 0.85))
    if any(c in text for c in "·•‧・"):
        found += [_trimmed(text, m) for m in foreign().finditer(text)]
    found += _in_lists(text, found)
    for m in named_after().finditer(text):
        stop = _after_cue(text, m)
        if stop and likelihood(heard.odds, m.start(1), stop) >= LEAST_CUED:
            found.append((m.start(1), stop, 0.75))
    for m in full_titled().finditer(text):
        if likelihood(heard.odds, *m.span(1)) >= LEAST_CUED and _is_whole(text, *m.span(1)):
            found.append((m.start(1), m.end(1), 0.75))
    found += courteous(text, spoken_to, heard.odds)
    taken = Taken((s, e) for s, e, _ in found)
    found += [p for p in unknown(text, heard.starts, heard.odds) if taken.add(p[0], p[1])]
    return private(text, [p for p in found if not any(c in PRONOUNS for c in text[p[0] : p[1]])])


def _after_cue(text: str, m: re.Match[str]) -> int | None:
    """Where a name after a leading word ends; None where the characters make words of the language."""
    name, start, known, never = m[1], m.start(1), lexicon(), letters("not_given")
    surname = 2 if name[:2] in words("compound_surnames") else 1
    if surname == 1 and text[start - 1 : start + 1] in known:
        return None  # the surname ends a word: 由于, 和平
    if start - m.start() == 1 and text[max(0, m.start() - 1) : start] in known:
        return None  # the leading sign ends a word: 自由, 共和
    for size in (surname + 2, surname + 1):
        part = text[start : start + size]
        if len(part) < size or not all(map(_han, part)) or any(c in never or c in SOFT for c in part[surname:]):
            continue
        if part in known or (any(part[i : i + 2] in known for i in range(size - 1)) and surname == 1):
            continue
        following = text[start + size : start + size + 1]
        if name[0] in COMMON and _han(following) and following not in SOFT:
            continue
        if _stops(text, start + size):
            return start + size
    return None


def _is_whole(text: str, start: int, end: int) -> bool:
    """No word of the language inside, nor one made by its front and the character before."""
    name, known = text[start:end], lexicon()
    if name in known or any(c in letters("not_given") or c in SOFT for c in name[1:]):
        return False
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    return not any(p in known and p not in words("compound_surnames") for p in pairs) and (
        not start or text[start - 1 : start + 1] not in known
    )


def _stops(text: str, end: int) -> bool:
    """What follows is no part of a name: a stop, a word of grammar, or a word of the language."""
    following = text[end : end + 1]
    return not _han(following) or following in SOFT or text[end : end + 2] in lexicon()


def _in_lists(text: str, found: Sequence[Place]) -> list[Place]:
    """What stands in one enumeration with a name, and could be one, is a name."""
    known = {(s, e) for s, e, _ in found}
    never = letters("not_given")
    more: list[Place] = []
    for m in enumerated().finditer(text):
        items = [(m.start() + i.start(), m.start() + i.end()) for i in re.finditer(r"[^、,，/ ]+", m.group())]
        if any(item in known for item in items):
            more += [
                (s, e, 0.8)
                for s, e in items
                if (s, e) not in known and text[s:e] not in lexicon() and not never.intersection(text[s + 1 : e])
            ]
    return more


def _from_tagger(text: str, start: int, end: int, odds: Odds) -> Place | None:
    start, end = _mended(text, start, end)
    name = text[start:end]
    while end - start > 2 and name.endswith(("先生", "女士", "小姐", "老师", "医生")):
        end -= 2
        name = text[start:end]
    if len(name) > 4 and not any(c in "·•‧・" for c in name):
        return None
    if not all("\u4e00" <= c <= "\u9fff" or c in "·•‧・" for c in name):
        return None
    if len(name) < 2 or len(name) > 12:
        return None
    full = _is_surname(text, start)
    before = text[start - 1 : start]
    if any(c in PRONOUNS for c in name[1:]) or (name[0] in COUNTS and before in COUNTED and name[1:] in lexicon()):
        return None  # "归我"; "写张温馨的"
    if name[0] in GRAMMAR and _han(before) and before not in SOFT and before not in LEADING:
        return None  # "停于丹佛": no surname but a word of grammar
    if len(name) == 2 and foreign_place(text, start, end):
        return None
    if transliterated(text, start, end):
        return start, end, 0.8
    if (name in lexicon() or name in words("cities")) and likelihood(odds, start, end) < (
        OF_A_CITY if name in words("cities") else OF_A_WORD
    ):
        return None  # a place or a word of every day, and no more than half believed
    if not full and (
        name in lexicon()
        or not (
            any(c in "·•‧・" for c in name)
            or _spoken_of(text, start, end)
            or (len(name) < 4 and likelihood(odds, start, end) >= SURE and not THING.match(text, end))
        )
    ):
        return None
    if full and len(name) == 2 and name in lexicon() and name[1] in SOFT:
        return None
    return start, end, 0.9 if full else 0.75


def _mended(text: str, start: int, end: int) -> tuple[int, int]:
    """A surname that the tagger left outside, or a word before it that it took in."""
    if _is_surname(text, start) or not 2 <= end - start <= 4 or not all(map(_han, text[start:end])):
        return start, end
    if _is_surname(text, start + 1) and end - start > 2 and text[start : start + 2] not in lexicon():
        return start + 1, end
    before = text[max(0, start - 1) : start]
    if end - start == 2 and before in letters("surnames") and before + text[start] not in lexicon():
        return start - 1, end
    return start, end


def _is_surname(text: str, at: int) -> bool:
    return text[at] in letters("surnames") or text[at : at + 2] in words("compound_surnames")


def _trimmed(text: str, m: re.Match[str]) -> Place:
    """A name in dots without the words that lead to it and follow it."""
    start, end = m.start(), m.end()
    while start < end - 3 and (text[start] in SOFT or text[start] in "找让帮叫问"):
        start += 1
    last = max(text.rfind(c, start, end) for c in "·•‧・") + 1
    known = lexicon()
    for at in range(last + 2, end):
        if text[at] in SOFT or text[at : at + 2] in known:
            return start, at, 0.8
    return start, end, 0.8


def _spoken_of(text: str, start: int, end: int) -> bool:
    """A name without a surname is one where somebody is called, told or speaks."""
    before, after = text[max(0, start - 5) : start], text[end : end + 3]
    return bool(CALLED.search(before)) or bool(SPEAKS.match(after))


def _end(text: str, start: int, end: int, *, tight: bool) -> int | None:
    """Where a name of two to four characters after a label stops."""
    surname = 2 if text[start : start + 2] in words("compound_surnames") else 1
    longest = min(end, start + surname + 2)
    following = text[longest : longest + 1]
    known = lexicon()
    if tight and surname == 1 and text[start : start + 2] in known and not _fits_name(text[start:longest], following):
        return None  # "客户方面": a label that runs into a word
    third = start + surname + 1
    if third >= longest:
        return longest if not tight or not _han(following) or following in SOFT else None
    c = text[third]
    if c in SOFT or text[third : third + 2] in known:
        name_end = third
    elif not _han(following) or following in SOFT or text[longest : longest + 2] in known:
        name_end = longest
    else:
        name_end = longest if not tight else third
    if tight and text[start:name_end] in known:
        return None
    return name_end if text[start:name_end] not in known or not tight else None


def _fits_name(name: str, following: str) -> bool:
    """Three characters up to a stop, of which the last two are such as given names have."""
    never = letters("not_given")
    return len(name) == 3 and not _han(following) and name not in lexicon() and not any(c in never for c in name[1:])


def _is_title(text: str, m: re.Match[str]) -> bool:
    """As in 陈总, but not in 方总结 or 高工资."""
    before, after = text[max(0, m.start() - 1) : m.start()], text[m.end() : m.end() + 1]
    if m[1] == "任" and _han(before):
        return False  # "首任校长"
    if m[1] == "位" and (before in MEASURES or before.isdigit()):
        return False  # "各位老师"
    if m[1] == "班" and m[2].startswith("主任"):
        return False  # an office
    if len(m[2]) > 1:
        return text[m.start() - 1 : m.start() + 1] not in lexicon() or m.start() == 0
    if m[0] in lexicon() or m[2] + after in lexicon() or (before and before + m[1] in lexicon()):
        return False
    return not _han(after) or after in SOFT


def _cell_is_name(text: str, m: re.Match[str], anchors: Sequence[int]) -> bool:
    name = m[1]
    if _is_quoted(text, m) and name not in lexicon() and any(abs(a - m.end(1)) <= 8 for a in anchors):
        return True
    if name in lexicon():
        return False
    after = text[m.end() : m.end() + 12].lstrip(" ,，、|\"'：:")
    if OF_PERSON.match(after) and not _odd(name):
        return True
    if _holds_word(name):
        return False
    if PARTICULARS.match(after):
        return True
    before = text[max(0, m.start() - 8) : m.start()]
    if SIGNED.search(before):
        return True
    return any(0 <= a - m.end() <= 3 for a in anchors)


def _is_quoted(text: str, m: re.Match[str]) -> bool:
    before, after = text[max(0, m.start(1) - 1) : m.start(1)], text[m.end(1) : m.end(1) + 1]
    return before == after and before in ("'", '"', "`", "*")


def _han(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff"
