"""Public figures, products and brands called like persons: names of the list, unless a label says whose it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from banjia.privacy.after_label_zh import is_behind_label
from banjia.privacy.cues_zh import DOTS, KEYS, LABELS, WARES
from banjia.privacy.gazetteer import letters, lexicon, words
from banjia.privacy.taken import Taken

Place = tuple[int, int, float]
SOFT = letters("soft_zh")
_AFTER_LABEL = re.compile(f"{LABELS}[\\s:：\"'=]{{1,4}}$")

_AFTER_KEY = re.compile(rf"(?i)\b{KEYS}[\"']?\s*[:=：]\s*[\"']?$")
_TOLD = re.compile("(?:提醒|转告|告知|通知|告诉|致电|联系|回复|抄送|[发寄转交]给)$")  # an errand to somebody one knows
_COURTESY = re.compile("先生|女士|小姐")


def private(text: str, found: Sequence[Place]) -> list[Place]:
    """Those of the names found that are of nobody on the list."""
    if not found:
        return []
    public, famous = words("public_zh"), Taken(_listed(text))
    return [
        (s, e, p)
        for s, e, p in found
        if (
            re.sub(DOTS, "", text[s:e]) not in public
            and (not famous.meets(s, e) or _is_longer(text, s, e))
            and not WARES.match(text, e)
        )
        or _AFTER_LABEL.search(text[max(0, s - 14) : s])
        or is_behind_label(text, s, e)
        or _AFTER_KEY.search(text[max(0, s - 32) : s])
        or (_COURTESY.match(text, e) and _TOLD.search(text[max(0, s - 2) : s]))
        or (text[e : e + 1] in SOFT and is_behind_label(text, s, e, whole=False))
    ]


def _listed(text: str) -> list[tuple[int, int]]:
    """Where names of the list stand; a longer name is none of them."""
    return [
        m.span()
        for m in _pattern().finditer(text)
        if not (len(m[0]) == 2 and m[0][0] in letters("surnames") and _goes_on(text, m.end()))
        and not _is_given(text, m)
    ]


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted((w for w in words("public_zh") if len(w) > 1), key=len, reverse=True)
    return re.compile(f"(?=[{''.join(sorted({w[0] for w in names}))}])(?:{'|'.join(map(re.escape, names))})")


def _is_given(text: str, m: re.Match[str]) -> bool:
    """The given name of somebody else: 小明 in 王小明."""
    surnames = letters("surnames")
    return len(m[0]) == 2 and m[0][0] not in surnames and text[max(0, m.start() - 1) : m.start()] in surnames


def _is_longer(text: str, start: int, end: int) -> bool:
    """A surname and a given name that is on the list: 墨子 in 董墨子."""
    return end - start == 3 and text[start] in letters("surnames") and text[start + 1 : end] in words("public_zh")


def _goes_on(text: str, end: int) -> bool:
    """What follows a name of two characters makes it one of three: 李宁 in 李宁远说."""
    c = text[end : end + 1]
    if not "\u4e00" <= c <= "\u9fff" or c in SOFT or c in letters("not_given"):
        return False
    return text[end : end + 2] not in lexicon()
