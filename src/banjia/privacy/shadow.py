"""Shadow: the text as a reader sees it (escapes read, widths folded, numbers joined), and the way back."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from banjia.privacy.checks import bank_card, resident_id

NUMERALS = {
    c: str(i)
    for i, row in enumerate(
        ("零〇洞", "一壹幺么弌", "二贰貳两兩", "三叁參叄", "四肆", "五伍", "六陆陸", "七柒拐", "八捌", "九玖勾")
    )
    for c in row
}
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SPOKEN = {w: str(i) for i, w in enumerate(_WORDS)} | {"oh": "0"}
_N = "[" + "".join(NUMERALS) + "]"
_W = "(?:" + "|".join(SPOKEN) + ")"
_NB = b"(?:" + b"|".join(c.encode() for c in NUMERALS) + b")"
_WB = b"(?i:" + "|".join(SPOKEN).encode() + b"|double|triple)"
# Signs one by one: as classes behind 0xEF 0xBC they are looked at for each comma of Chinese text.
_WIDE = ((0xFF0D, 0xFF0E), (0xFF10, 0xFF19), (0xFF20, 0xFF3A), (0xFF41, 0xFF5A), (0x2460, 0x2468))

# Anchors for the one pass over the bytes: a text in which none occurs is its own shadow.
DISGUISES: tuple[bytes, ...] = (
    rb"\xe2\x80[\x80-\x8f\xaa-\xaf]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf|\xc2[\xad\xa0]|\xe1\xa0\x8e|\xe3\x80\x80",
    b"|".join(chr(c).encode() for a, b in _WIDE for c in range(a, b + 1)) + rb"|\xf0\x9d[\x90-\x9f]",
    rb"[0-9](?:\xe2\x80[\x90-\x95]|\xe2\x88\x92|\xc2\xb7|\xe3\x83\xbb)[0-9]",
    rb"\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2}|&#[0-9xX]|\\\x22",
    _NB + rb"{3}(?:[ -]|\xe3\x80\x81|\xef\xbc\x8c)?" + _NB + b"{2}",
    (_NB + rb"(?:[ -]|\xe3\x80\x81|\xef\xbc\x8c)") * 3 + _NB,
    rb"[0-9](?:[ ._*/-][0-9]){5}",
    rb"[0-9][ \t]{0,4}\r?\n[ \t>|*]{0,8}[0-9]|[0-9]\\n[0-9]",
    _WB + rb"[ ,-]{1,2}" + _WB + rb"[ ,-]{1,2}" + _WB + rb"[ ,-]{1,2}",
    "(?:姓 {1,6}名|性 {1,6}别|民 {1,6}族|出 {1,6}生|住 {1,6}址)".encode(),
)

_ESCAPE = re.compile(
    r"(?:\\{1,2}u[dD][89abAB][0-9a-fA-F]{2}\\{1,2}u[dD][c-fC-F][0-9a-fA-F]{2})|\\{1,2}u[0-9a-fA-F]{4}"
    r"|(?:%[0-9a-fA-F]{2})+|&#(?:[0-9]{2,7}|[xX][0-9a-fA-F]{2,6});|\\\"|\\[/]"
    r"|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u180e]"
    r"|[\u00a0\u2000-\u200a\u202f\u3000]|[\uff0d\uff0e\uff10-\uff19\uff20-\uff3a\uff41-\uff5a\uff08\uff09]"
    r"|[\U0001d400-\U0001d7ff\u2460-\u2468]"
)
_SPOKEN = re.compile(rf"{_N}(?:[ 、，,\-]?{_N}){{6,24}}")
_SAID = re.compile(rf"(?i)\b(?:(?:double|triple) )?{_W}\b(?:[ ,\-]{{1,2}}(?:(?:double|triple) )?{_W}\b){{5,24}}")
_WORD = re.compile(rf"(?i)(?:(double|triple) )?({_W})")
_DASH = re.compile(r"(?<=[0-9])[\u2010-\u2015\u2212\u00b7\u30fb](?=[0-9])")
_LOOSE = re.compile(r"(?<![0-9])[0-9](?:(?:[ \t]{0,4}\r?\n[ \t>|*]{0,8}|\\n|[ ._*/\-]{1,2})?[0-9Xx]){9,40}(?![0-9])")
_MOBILE = re.compile(rb"1[3-9][0-9]{9}")
# Labels of cards and forms are printed apart, and read so; of an address there all that follows may be.
_PARTED = re.compile(
    "(?<=姓) {1,6}(?=名)|(?<=性) {1,6}(?=别)|(?<=民) {1,6}(?=族)|(?<=出) {1,6}(?=生)|(?<=住) {1,6}(?=址)"
)
_HOME = re.compile("住 {1,6}址[^\n]{4,60}")
_GAP = re.compile("(?<=[\u4e00-\u9fff0-9]) {1,2}(?=[\u4e00-\u9fff0-9])")
_BROKEN = re.compile(r"\n|[0-9][ ._*/-][0-9][ ._*/-][0-9][ ._*/-][0-9]|\\n")

Edit = tuple[int, int, str]  # these characters are read as that text


class Shadow:
    """`text` is what is searched; `span` gives the code points of the original for a span of it."""

    __slots__ = ("_ends", "_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: array[int] | range = range(len(text))
        self._ends: array[int] | range = range(1, len(text) + 1)

    def span(self, start: int, end: int) -> tuple[int, int]:
        return (self._starts[start], self._ends[end - 1]) if end > start else (start, start)

    def read(self, edits: Iterable[Edit]) -> None:
        """Apply edits, given in order and apart from each other."""
        parts: list[str] = []
        starts, ends = array("I"), array("I")
        at = 0
        for a, b, new in edits:
            parts += (self.text[at:a], new)
            starts.extend(self._starts[at:a])
            ends.extend(self._ends[at:a])
            if len(new) == b - a:
                starts.extend(self._starts[a:b])
                ends.extend(self._ends[a:b])
            elif new:
                starts.extend([self._starts[a]] * len(new))
                ends.extend([self._ends[b - 1]] * len(new))
            at = b
        if at == 0 and not parts:
            return
        parts.append(self.text[at:])
        starts.extend(self._starts[at:])
        ends.extend(self._ends[at:])
        self.text, self._starts, self._ends = "".join(parts), starts, ends


def shadow(text: str) -> Shadow:
    """Read every disguise of one text."""
    s = Shadow(text)
    s.read(_escapes(s.text))
    s.read((m.start(), m.end(), "-") for m in _DASH.finditer(s.text))
    s.read(_numerals(s.text))
    s.read(_said(s.text))
    s.read(_joined(s.text))
    s.read(_printed_apart(s.text))
    return s


def _printed_apart(text: str) -> list[Edit]:
    places = {m.span() for m in _PARTED.finditer(text)}
    places.update(m.span() for home in _HOME.finditer(text) for m in _GAP.finditer(text, *home.span()))
    last, edits = 0, []
    for start, end in sorted(places):
        if start >= last:
            edits.append((start, end, ""))
            last = end
    return edits


def _escapes(text: str) -> list[Edit]:
    edits: list[Edit] = []
    for m in _ESCAPE.finditer(text):
        token = m.group()
        if token[0] == "%":
            edits += _percent(m.start(), token)
        else:
            edits.append((m.start(), m.end(), _one(token)))
    return edits


def _one(token: str) -> str:
    if token[0] == "\\":
        if token[-1] in '"/' and len(token) == 2:
            return token[1]
        units = [int(u[:4], 16) for u in token.split("u")[1:]]
        if len(units) == 2:
            return chr(0x10000 + ((units[0] - 0xD800) << 10) + units[1] - 0xDC00)
        return chr(units[0]) if not 0xD800 <= units[0] < 0xE000 else " "
    if token[0] == "&":
        number = int(token[3:-1], 16) if token[2] in "xX" else int(token[2:-1])
        return chr(number) if 31 < number < 0xD800 or 0xDFFF < number < 0x110000 else " "
    folded = unicodedata.normalize("NFKC", token)
    return "" if unicodedata.category(token) == "Cf" else folded


def _percent(at: int, token: str) -> list[Edit]:
    """Each character of a percent-encoded run by itself, so that offsets stay exact; what is no UTF-8 is left."""
    raw = unquote_to_bytes(token)
    edits: list[Edit] = []
    i = 0
    while i < len(raw):
        size = 1 if raw[i] < 0x80 else 2 if raw[i] >> 5 == 6 else 3 if raw[i] >> 4 == 14 else 4
        try:
            char = raw[i : i + size].decode()
        except UnicodeDecodeError:
            i += 1
            continue
        edits.append((at + 3 * i, at + 3 * (i + size), char if char.isprintable() or char == "\n" else " "))
        i += size
    return edits


def _numerals(text: str) -> list[Edit]:
    edits: list[Edit] = []
    for m in _SPOKEN.finditer(text):
        for i, c in enumerate(m.group(), m.start()):
            edits.append((i, i + 1, NUMERALS.get(c, "")))
    return edits


def _said(text: str) -> list[Edit]:
    edits: list[Edit] = []
    for run in _SAID.finditer(text):
        at = run.start()
        said = [
            (m, SPOKEN[m[2].lower()] * {"double": 2, "triple": 3}.get((m[1] or "").lower(), 1))
            for m in _WORD.finditer(text, run.start(), run.end())
        ]
        ten = sum(len(digits) for _, digits in said) == 10  # written as such numbers are: 415-555-2671
        count = 0
        for m, digits in said:
            if at < m.start():
                edits.append((at, m.start(), ""))
            edits.append((m.start(), m.end(), f"-{digits}" if ten and count in (3, 6) else digits))
            count += len(digits)
            at = m.end()
    return edits


def _joined(text: str) -> list[Edit]:
    """Numbers broken over lines or spelt digit by digit are joined, if the whole is then a number that checks."""
    edits: list[Edit] = []
    for m in _LOOSE.finditer(text):
        run = m.group()
        if not _BROKEN.search(run):
            continue
        number = re.sub(r"\\n|[^0-9Xx]", "", run).encode()
        if _MOBILE.fullmatch(number) or resident_id(number) or bank_card(number):
            edits += [(m.start() + g.start(), m.start() + g.end(), "") for g in re.finditer(r"\\n|[^0-9Xx]+", run)]
    return edits
