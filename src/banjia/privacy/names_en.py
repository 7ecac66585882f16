"""English names (and names in pinyin): given names and surnames, titles, labels, greetings and signatures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache

from banjia.privacy.cued_en import cued
from banjia.privacy.cues_en import (
    ADDRESSED,
    AFTER_ONE,
    AMBIGUOUS,
    AND_NAME,
    BEFORE_ONE,
    BOXED,
    COMPANY,
    INFORMAL,
    INITIALS,
    LABELLED,
    PERSON_AFTER,
    PERSON_BEFORE,
    RELATED,
    RUN,
    SAID_BY,
    SAYS,
    SPOKEN_TO,
    SURNAME_FIRST,
    THING,
    TITLED,
)
from banjia.privacy.gazetteer import words
from banjia.privacy.taken import Taken
from banjia.privacy.told_en import small, told

Place = tuple[int, int, float]
FULL = 2  # words of a name, and characters that a part of one has at least more
NO_INITIALS = frozenset(
    ("U.S.", "U.K.", "U.N.", "E.U.", "D.C.", "P.S.", "P.O.", "A.M.", "P.M.", "L.A.", "N.Y.", "I.T.", "E.")
)


def names(text: str) -> list[Place]:
    """Names in Latin letters; a name found whole is then known by each of its parts."""
    found: list[Place] = []
    for m in RUN.finditer(text):
        found += _in_run(text, m)
    for m in TITLED.finditer(text):
        if place := _with_title(text, m):
            found.append(place)
    for m in SPOKEN_TO.finditer(text):
        kind = m.lastgroup or "n"
        if not any(_fold(w) in words("words_en") for w in m[kind].split()) and not _is_thing(text, *m.span(kind)):
            found.append((*m.span(kind), 0.85))
    for m in RELATED.finditer(text):
        if _fold(m["n"].split()[0]) not in words("words_en") and not _is_thing(text, m.start("n"), m.end("n")):
            found.append((m.start("n"), m.end("n"), 0.85))
    for m in LABELLED.finditer(text):
        place = _labelled(text, m)
        if place:
            found.append(place)
    found += _by_form(text)
    told_by = told(text, given=is_given, last=is_last, common=is_common, fold=_fold)
    cued_by = cued(text, given=is_given, last=is_last, common=is_common, fold=_fold)
    found += [p for p in cued_by if not _is_public(text[p[0] : p[1]])]
    found += [p for p in told_by if not _is_thing(text, p[0], p[1]) and not _is_public(text[p[0] : p[1]])]
    found += [(m.start("n"), m.end("n"), 0.9) for m in BOXED.finditer(text) if _plain(m["n"].split()[0].rstrip(","))]
    found += [(m.start("n"), m.end("n"), 0.85) for m in INFORMAL.finditer(text) if _both_known(m["n"])]
    found = _whole(found)
    return _again(text, found + _joined(text, found))


def small_names(text: str) -> list[Place]:
    """Names in a text without any capital."""
    return small(text, given=is_given, last=is_last, common=is_common)


def _with_title(text: str, m: re.Match[str]) -> Place | None:
    """The name after a title, as far as its words are no common ones."""
    name = m["n"].split(" ")
    first, second = _fold(name[0]), _fold(name[-1])
    whole_name = len(name) > 1 and is_given(first) and is_last(second) and not is_common(second)  # Mr. Grace Moreau
    if not whole_name and (not _plain(name[0]) or (is_common(first) and not is_last(first))):
        return None
    while len(name) > 1 and is_common(_fold(name[-1])) and _fold(name[-1]) not in words("surnames_en"):
        name.pop()
    start = m.start("n")
    end = start + len(" ".join(name))
    whole = f"{m[0][: m.start('n') - m.start()]}{name[0]}"
    if _is_thing(text, start, end) or " ".join(map(_fold, name)) in _public() or whole in _public():
        return None
    return start, end, 0.93


def _by_form(text: str) -> list[Place]:
    """Names told by their form or by what they do: J. R. Miller; Miller, John; Miller added that."""
    found: list[Place] = []
    for m in INITIALS.finditer(text):
        initials = m["n"][: m.start("l") - m.start("n")].replace(" ", "")
        if initials not in NO_INITIALS and is_last(_fold(m["l"])) and not _is_thing(text, *m.span("n")):
            found.append((*m.span("n"), 0.8))
    for m in SURNAME_FIRST.finditer(text):
        last, first = _fold(m["l"]), _fold(m["f"])
        if is_given(first) and not is_common(last) and (is_last(last) or first in words("given_en")):
            found.append((*m.span("n"), 0.8))
    for m in SAYS.finditer(text):
        name = _fold(m["n"])
        if (is_last(name) or is_given(name)) and not is_common(name) and name not in AMBIGUOUS and len(name) > 2:
            found.append((*m.span("n"), 0.7))
    for m in SAID_BY.finditer(text):
        said = [_fold(w) for w in m["n"].split()]
        if not any(map(is_common, said)) and any(is_last(w) or is_given(w) for w in said):
            found.append((*m.span("n"), 0.75))
    return found


def _joined(text: str, found: list[Place]) -> list[Place]:
    """Two capitalised words that "and" joins to a name are a name as well."""
    more: list[Place] = []
    taken = Taken((s, e) for s, e, _ in found)
    for _, end, _ in found:
        m = AND_NAME.match(text, end)
        if m is not None and not any(_fold(w) in words("words_en") for w in m["n"].split()):
            start = m.start("n")
            if not _is_thing(text, start, m.end("n")) and taken.add(start, m.end("n")):
                more.append((start, m.end("n"), 0.75))
    return more


def _both_known(name: str) -> bool:
    first, *_, last = (w.capitalize() for w in name.split())
    return first in words("given_en") and last in words("surnames_en")


def _in_run(text: str, m: re.Match[str]) -> list[Place]:
    """Names among a run of capitalised words."""
    tokens = [(t.start() + m.start(), t.group()) for t in re.finditer(r"[^\s,]+", m.group())]
    found: list[Place] = []
    i = 0
    while i < len(tokens):
        size, score = _name_at(text, tokens, i)
        if size and score:
            start = tokens[i][0]
            end = tokens[i + size - 1][0] + len(tokens[i + size - 1][1])
            if not _is_thing(text, start, end):
                found.append((start, end, score))
        i += max(size, 1)
    return found


def _name_at(text: str, tokens: list[tuple[int, str]], i: int) -> tuple[int, float]:
    first = _fold(tokens[i][1])
    second_at = i + 1
    while second_at < len(tokens) and _is_middle(tokens[second_at][1]):
        second_at += 1
    if second_at < len(tokens):
        second = _fold(tokens[second_at][1])
        joined = text[tokens[i][0] : tokens[second_at][0]]
        size = second_at - i + 1
        if f"{first} {second}" in _public():
            return size, 0.0
        if "," not in joined:
            score = _pair(text, tokens[i][0], first, second)
            if score:
                return _longer(tokens, i, size), score
        elif first in words("surnames_en") and second in words("given_en") and first not in words("given_en"):
            return size, 0.85
    return (1, 0.75) if _stands_alone(text, tokens, i, first) else (0, 0.0)


def _pair(text: str, start: int, first: str, second: str) -> float:
    given, surnames = words("given_en"), words("surnames_en")
    known_last, last = second in surnames, is_last(second)
    if second in words("things_en") and not (known_last and first in given and first not in AMBIGUOUS):
        if not (known_last and re.fullmatch(r"[A-Z][a-z]+-[a-z]+", first)):
            return 0.0
        return 0.85  # Min-ji Park
    if first in given and (last or not is_common(second)):
        if first in AMBIGUOUS and not known_last:
            return 0.7 if BEFORE_ONE.search(text[max(0, start - 24) : start]) else 0.0
        if first in ("Will", "May", "Mark", "Bill", "Grant") and _opens(text, start) and second in given:
            return 0.0
        return 0.95 if known_last else 0.88
    if is_common(first):
        return 0.0
    end = start + len(first) + len(second) + 1
    after = text[end : end + 24]
    opens = _opens(text, start) and not PERSON_AFTER.match(after)
    if first in words("given_more_en") and first not in surnames and (last or not is_common(second)):
        return 0.85 if last else 0.7
    if last and first not in surnames and not (opens and is_common(second)):
        return 0.75
    if _pinyin(first) and _pinyin(second) and (known_last or first in surnames):
        return 0.85
    if not is_common(second) and first not in AMBIGUOUS and _in_company(text, start, f"{first} {second}"):
        return 0.7
    if first in surnames and known_last and not _opens(text, start):
        return 0.75
    return 0.0


def _in_company(text: str, start: int, name: str) -> bool:
    """Two unknown words that stand where a person is spoken of."""
    before, after = text[max(0, start - 32) : start], text[start + len(name) : start + len(name) + 24]
    return bool(PERSON_BEFORE.search(before)) or bool(PERSON_AFTER.match(after))


def _longer(tokens: list[tuple[int, str]], i: int, size: int) -> int:
    """A third word that is a surname, or a suffix, belongs to the name."""
    following = tokens[i + size][1] if i + size < len(tokens) else ""
    if following in ("Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "MD", "PhD", "DDS", "DVM", "Esq"):
        return size + 1
    folded = _fold(following)
    if not folded or folded in words("words_en"):
        return size
    last_is_given = _fold(tokens[i + size - 1][1]) in words("given_en")
    surname = folded in words("surnames_en") and folded not in words("given_en")
    return size + 1 if surname or (last_is_given and following[:1].isupper()) else size


def _stands_alone(text: str, tokens: list[tuple[int, str]], i: int, first: str) -> bool:
    start, token = tokens[i]
    if first not in words("given_en") or (token.isupper() and len(token) < 4):
        return False
    before, after = text[max(0, start - 24) : start], text[start + len(token) : start + len(token) + 16]
    following = _fold(tokens[i + 1][1]) if i + 1 < len(tokens) and after.startswith(" ") else ""
    if following and following in words("words_en"):
        return False
    cued = bool(BEFORE_ONE.search(before))
    if first in AMBIGUOUS:
        return cued and bool(AFTER_ONE.match(after)) and ADDRESSED.search(before) is not None
    alone = i == 0 or _fold(tokens[i - 1][1]) in words("words_en")
    return cued or (alone and not re.match(r"[-–/][A-Z]", after))


def _labelled(text: str, m: re.Match[str]) -> Place | None:
    label = text[m.start() : m.start("n")]
    name = m["n"].split(" ")
    strong = bool(re.search(r"[:=|]", label))
    common, surnames, given = words("words_en"), words("surnames_en"), words("given_en")
    while (
        name
        and (_fold(name[-1]) in common or (name[-1].isupper() and len(name[-1]) < 3))
        and _fold(name[-1]) not in surnames
    ):
        name.pop()
    if not name or (_fold(name[0]) in common and _fold(name[0]) not in given):
        return None
    start = m.start("n")
    end = start + len(" ".join(name))
    known = any(_fold(n) in given or _fold(n) in surnames for n in name)
    if not known and not (strong and len(name) >= 2):
        return None
    if len(name) == 1 and (not strong or name[0] in AMBIGUOUS) and _fold(name[0]) not in given - AMBIGUOUS:
        return None
    if _is_thing(text, start, end) or " ".join(_fold(n) for n in name[:2]) in _public():
        return None
    if len(name) > 1 and _fold(name[-1]) in words("things_en") and _fold(name[0]) not in given and "-" not in name[0]:
        return None
    if not strong and len(name) > 1 and not (_fold(name[0]) in given or _fold(name[-1]) in surnames):
        return None
    return start, end, 0.9 if strong else 0.8


def parts(name: str) -> set[str]:
    """By what else a full name is known: its first and its last word, but for those that are words."""
    found = name.replace(",", "").split()
    if len(found) < FULL:
        return set()
    ends = (found[0], found[-1])
    return {n for n in ends if len(n) > FULL and n not in AMBIGUOUS and _fold(n) not in words("words_en")}


def bearing(text: str, known: Collection[str]) -> list[tuple[int, int]]:
    """Where one of these words stands by itself and names no thing."""
    longest_first = "|".join(re.escape(p) for p in sorted(known, key=len, reverse=True))
    places = re.finditer(rf"(?<![A-Za-z0-9@._-])(?:{longest_first})(?![A-Za-z0-9@_-])", text)
    return [m.span() for m in places if not _is_thing(text, *m.span())]


def _again(text: str, found: list[Place]) -> list[Place]:
    """Every further place of the parts of a full name."""
    known = set().union(*(parts(text[s:e]) for s, e, _ in found))
    if not known:
        return found
    taken = Taken((s, e) for s, e, _ in found)
    return found + [(s, e, 0.85) for s, e in bearing(text, known) if taken.add(s, e)]


def _whole(found: list[Place]) -> list[Place]:
    """The longest of those that overlap."""
    taken = Taken()
    return [p for p in sorted(found, key=lambda p: (p[0] - p[1], -p[2])) if taken.add(p[0], p[1])]


def _is_thing(text: str, start: int, end: int) -> bool:
    """A firm, a street or a work that bears a name."""
    after = text[end : end + 40]
    if COMPANY.match(after) or THING.match(after):
        return True
    if re.match(r"-[A-Z][a-z]+\b|, [A-Z][a-z]+ and [A-Z][a-z]+\b(?! [A-Z])", after):
        return True
    whole = " " in text[start:end]  # a firm is called by family names alone: Kim, Collins and Smith
    before = text[max(0, start - 24) : start]
    if re.search(r"(?<![A-Za-z])(?:St\.?|San|Santa|Saint|Mount|Fort|Port|Lake|Camp|Hurricane|Hyatt|Hotel) $", before):
        return True
    return bool(re.search(r"(?:[0-9] |[A-Z][a-z]+, |[A-Z][a-z]+-|and )$", before)) and bool(
        re.search(r"[0-9] $|-$", before)
        or (not whole and re.search(r"[A-Z][a-z]+, (?:[A-Z][a-z]+ and )?$", before) and re.match(r" and ", after))
    )


def _opens(text: str, start: int) -> bool:
    """At the start of a sentence, where any word is capitalised."""
    at = start
    while at and text[at - 1] in " \"'([*_>-":
        at -= 1
    return not at or bool(
        re.search(r"[.!?:;\n\u3002\uff01\uff1f\uff1a][\s\"'(*_>-]*$", text[max(0, start - 6) : start])
    )


def is_common(word: str) -> bool:
    """A word of the language, or one that stands in capitals wherever it stands."""
    return word in words("words_en") or word.lower() in words("common_en")


def is_given(word: str) -> bool:
    return word in words("given_en") or word in words("given_more_en")


def is_last(word: str) -> bool:
    return word in words("surnames_en") or word in words("surnames_more_en")


def _plain(word: str) -> bool:
    return _fold(word) not in words("words_en") or _fold(word) in words("surnames_en")


def _fold(word: str) -> str:
    """As the lists have it: without accents, dots and possessives, one capital at the front."""
    word = word.rstrip(".").removesuffix("'s").removesuffix("’s")
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    if word.isupper() and len(word) > 2:
        return word.capitalize()
    if word not in words("surnames_en") and word.startswith(("Mc", "Mac", "De")):
        return word[:1] + word[1:].lower()
    return word


def _is_middle(word: str) -> bool:
    return bool(
        re.fullmatch(r"[A-Z]\.?|(?:[Vv][ao]n|[Dd](?:e|a|i|el|os|er|en)|[Ll]a|[Bb]in|[Ii]bn|[Bb]int|[Aa]l|[Ee]l)", word)
    )


_SYLLABLE = (
    "(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:a|o|e|i|u|ai|ei|ao|ou|an|en|ang|eng|ong|ia|ie|iao|iu|ian|in|iang|ing|"
    "iong|ua|uo|uai|ui|uan|un|uang|ue|er)"
)
_PINYIN = re.compile(f"(?:{_SYLLABLE}){{1,2}}")


def _pinyin(word: str) -> bool:
    return bool(_PINYIN.fullmatch(word.lower().replace("-", ""))) and word not in words("words_en")


def _is_public(name: str) -> bool:
    return " ".join(map(_fold, name.split())) in _public()


@cache
def _public() -> frozenset[str]:
    return words("public_en")
