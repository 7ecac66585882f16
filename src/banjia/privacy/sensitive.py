"""Sensitive classes of free text, told for the record as a whole: health, religion, finance, whereabouts, minors ..."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources

from banjia.privacy.matcher import Hyperscan

MINOR = "minor_u14"
TRACK = "whereabouts"
ADULT_AT = 14  # PIPL art. 28: items of a person under fourteen are sensitive
# A digit first, which is quickly looked for; then that none stands before it.
_AGES = re.compile(r"([0-9](?<![0-9.][0-9])[0-9]?)(?:\s?(?:周岁|岁|歲)|[ -]years?[ -]old|[ -]?y/?o\b)")
_MONTHS = "个月大"
_SPOKEN_AGE = re.compile(
    "(?<![一二三四五六七八九十百几])(?:[一二两三四五六七八九]|十[一二三]?)岁(?!月)|[0-9一二三四五六七八九十]" + _MONTHS
)
_TURNED = (
    "(?:is|turned|turns|turning|aged) (?:only |just )?"
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen)"
)
_CHILD = re.compile(rf"\b(?:son|daughter|kid|child|nephew|niece|boy|girl|baby|toddler)\b.{{0,40}}\b{_TURNED}\b")
# an hour of the day, and that somebody came or went then: twice, it is a track
_CAME_ZH = (
    "(?:出门|出来|返回|进入|待到|到(?![0-9一二三四五六七八九十两了])|"
    "进(?![行度展])|出发|上车|下车|到家|到站|到达|到单位|到公司|到学校|到地铁|离开|回家|才回|路过|经过)"
)
_CAME_EN = "(?:left|leaves|was at|arrived|arrives|gets (?:on|off)|got (?:on|off)|home by|takes the) "
_PLACE_EN = (
    "(?:home|office|work|gym|school|bank|bar|pub|church|mosque|temple|hotel|motel|station|airport|store|shop|mall|"
    "clinic|hospital|pharmacy|court|restaurant|cafe|park|library|garage)"
)
_PASSING = re.compile(
    "(?:[0-9]{1,2}[:：][0-9]{2}|[0-9一二三四五六七八九十两]{1,3}[点时](?:半|许|[0-9一二三四五六七八九十]{1,3}分?)?)"
    f"[^。！？\\n]{{0,8}}?{_CAME_ZH}|{_CAME_EN}[^.!?]{{0,24}}?(?:[0-9]{{1,2}}(?::[0-9]{{2}})|midnight|noon)"
    f"|[0-9]{{1,2}}:[0-9]{{2}}[^.!?\\n]{{0,8}}?(?:left|arrived|reached|got home)"
    f"|{_PLACE_EN} (?:at )?[0-9]{{1,2}}:[0-9]{{2}}"
)
_DONE = "录存进入传到采给在了着过得不"  # somebody did something with it, so it is no subject
_WORDS = re.compile(r"[a-z]+(?:-[0-9]+)?")
Class = str
PLAIN = 20_000
AGES, TRACKS = 6, 3  # anchors of the gate that tell of ages and of ways
_plain: set[str] = set()  # English words that are known to be of no class


def sensitive(text: str) -> tuple[Class, ...]:
    """The classes that the words of the text speak of, in the order of their list."""
    lower = text.lower()
    gate, likes = _gate(), _likes()
    near: Sequence[int] = range(len(likes))
    spoken = aged = moved = True
    if gate is not None:
        hits = [n - len(likes) for _, n in gate.hits(b"\n%b\n" % lower.encode("utf-8", "surrogatepass"))]
        if not hits:
            return ()
        near = sorted({n + len(likes) for n in hits if n < 0})
        aged = any(0 <= n < AGES for n in hits)
        moved = sum(AGES <= n < AGES + TRACKS for n in hits) > 1
        spoken = max(hits) >= AGES + TRACKS
    found: set[Class] = set()
    after, before = _matters()
    for like, name in [likes[n][1:] for n in near]:
        if name not in found and any(not after.match(lower, m.end()) for m in like.finditer(lower)):
            found.add(name)
    if aged and (
        any(int(m[1]) < ADULT_AT for m in _AGES.finditer(text)) or _SPOKEN_AGE.search(text) or _CHILD.search(lower)
    ):
        found.add(MINOR)
    if moved and TRACK not in found and len(_PASSING.findall(text)) > 1:
        found.add(TRACK)
    if spoken:
        found |= _spoken(text, lower, after, before)
    return tuple(name for name in _vocabulary() if name in found)


def _spoken(text: str, lower: str, after: re.Pattern[str], before: re.Pattern[str]) -> set[Class]:
    """The classes of single words and phrases."""
    found: set[Class] = set()
    for word in {m[0] for m in _chinese().finditer(text) if not after.match(text, m.end())}:
        found.update(_of_chinese(word))
    lower = before.sub(" ", lower)
    said = set(_WORDS.findall(lower))
    for word in said - _plain:
        if classes := _of_english(word):
            found.update(classes)
        elif len(_plain) < PLAIN:
            _plain.add(word)
    phrases = _phrases()
    for first in said & phrases.keys():
        for core, pattern, name in phrases[first]:
            if name not in found and core in lower and pattern.search(lower):
                found.add(name)
    return found


@cache
def _vocabulary() -> dict[Class, dict[str, list[str]]]:
    raw = tomllib.loads((resources.files("banjia.privacy") / "data" / "sensitive.toml").read_text(encoding="utf-8"))
    raw = {name: words for name, words in raw.items() if name not in ("like", "matter")}
    return {name: {lang: entries.split() for lang, entries in words.items()} for name, words in raw.items()}


@cache
def _matters() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What follows a Chinese word that is but the subject of a thing; an English thing with the words before it."""
    text = (resources.files("banjia.privacy") / "data" / "sensitive.toml").read_text(encoding="utf-8")
    matter = tomllib.loads(text)["matter"]
    zh, en = ("|".join(sorted(matter[lang].split(), key=len, reverse=True)) for lang in ("zh", "en"))
    return (
        re.compile(f"(?:[^》《\n]{{0,12}}》|(?<![{_DONE}])(?:(?![{_DONE}])[\u4e00-\u9fff]){{0,4}}?(?:{zh}))"),
        re.compile(rf"\b[a-z]+(?:['’]s)?[ -](?:(?!and\b|or\b|for\b|with\b)[a-z]+[ -])?(?:{en})\b"),
    )


@cache
def _likes() -> tuple[tuple[str, re.Pattern[str], Class], ...]:
    """What a text without single words may say: what stands in its bytes then, the pattern, the class."""
    text = (resources.files("banjia.privacy") / "data" / "sensitive.toml").read_text(encoding="utf-8")
    return tuple(
        (each["near"], re.compile(each["like"], re.IGNORECASE), each["class"]) for each in tomllib.loads(text)["like"]
    )


@cache
def _gate() -> Hyperscan | None:
    """Where nothing of it occurs, no class is spoken of; most texts go no further."""
    clock = "(?:[0-9]|一|二|两|三|四|五|六|七|八|九|十)(?:点|时|:[0-9]|：[0-9])"
    anchors = [near for near, _, _ in _likes()]
    anchors += ["岁", "歲", "years?[ -]old", "[0-9][ -]?y/?o", _MONTHS, _TURNED]  # AGES of them
    anchors += [_CAME_EN, f"{_PLACE_EN} (?:at )?[0-9]", clock]  # TRACKS of them
    anchors += [re.escape(w.lower()) for c in _vocabulary().values() for w in c["zh"]]
    for c in _vocabulary().values():
        for entry in c["en"]:
            core = re.escape(entry.rstrip("*")).replace(r"\-", "[ -]")
            anchors.append(f"[^a-z]{core}" + ("[^a-z]" if entry[-1].isalpha() else ""))
    try:
        return Hyperscan([a.encode() for a in anchors])
    except ImportError:
        return None


@cache
def _chinese() -> re.Pattern[str]:
    """One pass for the words of all classes."""
    return _alternatives(w for c in _vocabulary().values() for w in c["zh"])


@lru_cache(maxsize=4096)
def _of_chinese(word: str) -> tuple[Class, ...]:
    """The longest word that was found may hold words of several classes."""
    return tuple(name for name, c in _vocabulary().items() if any(w in word for w in c["zh"]))


@lru_cache(maxsize=20_000)
def _of_english(word: str) -> tuple[Class, ...]:
    return tuple(name for name, (whole, stems) in _english().items() if word in whole or word.startswith(stems))


@cache
def _english() -> dict[Class, tuple[frozenset[str], tuple[str, ...]]]:
    """Per class the single words, and the beginnings of those that may end in any way."""
    return {
        name: (
            frozenset(w for w in c["en"] if _WORDS.fullmatch(w)),
            tuple(w[:-1] for w in c["en"] if w.endswith("*") and _WORDS.fullmatch(w[:-1])),
        )
        for name, c in _vocabulary().items()
    }


@cache
def _phrases() -> dict[str, list[tuple[str, re.Pattern[str], Class]]]:
    """Entries of several words by the first of them: what is in each that is found, all of it, the class."""
    found: dict[str, list[tuple[str, re.Pattern[str], Class]]] = {}
    for name, c in _vocabulary().items():
        for entry in c["en"]:
            core = entry.rstrip("*")
            if not _WORDS.fullmatch(core):
                tail = "" if entry == core else "[a-z]*"
                pattern = re.compile(rf"\b{re.escape(core)}{tail}(?![a-z])".replace(r"\-", "[ -]"))
                found.setdefault(re.split("[^a-z]", core)[0], []).append((core.split("-")[0], pattern, name))
    return found


def _alternatives(entries: Iterable[str]) -> re.Pattern[str]:
    """The longest of the entries that begin at a place; parted by their first sign, which is quickly looked for."""
    rest: dict[str, list[str]] = {}
    for word in sorted(entries, key=len, reverse=True):
        rest.setdefault(word[0], []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(ends)})" for first, ends in rest.items()))
