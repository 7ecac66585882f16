"""Unescape: the escapes of JSON read in whole blocks of bytes, at every depth at once, for a first look at a log."""

from __future__ import annotations

import warnings
from codecs import unicode_escape_decode

import numpy as np

ESCAPES = {ord("n"): b"\n", ord("r"): b"\r", ord("t"): b"\t", ord('"'): b'"', ord("/"): b"/"}
BACKSLASH, LETTER, SPACE = 92, ord("u"), 32
DEEPEST = 7  # backslashes before one escape, as in JSON inside JSON inside JSON
_HEX = np.full(256, 16, dtype=np.uint16)
for _sign in b"0123456789abcdefABCDEF":
    _HEX[_sign] = int(chr(_sign), 16)


def unescaped(text: bytes, stop: int) -> bytes:
    """No byte becomes `stop`, which parts the lines."""
    if b"\\u" in text:
        if text.isascii():
            text = _outermost(text, stop)
        if b"\\" in text and b"\\u" in text:  # one byte is found many times faster than two
            text = _characters(text, stop)
    if b"\\" not in text:
        return text
    first, *others = text.split(b"\\")
    parts = [first]
    for part in others:
        if part:
            known = ESCAPES.get(part[0])
            parts += (b"\\", part) if known is None else (known, part[1:])
    return b"".join(parts)


def _outermost(text: bytes, stop: int) -> bytes:
    """The escapes of the first depth, read by Python's own decoder; the text as it is where that cannot read it."""
    try:
        with warnings.catch_warnings():  # it leaves what it does not know, as the stroke of JSON, and says so
            warnings.simplefilter("ignore", DeprecationWarning)
            read, _ = unicode_escape_decode(text)
    except UnicodeDecodeError:
        return text
    if read.count(chr(stop)) != np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == stop):
        return text
    try:
        return read.encode()
    except UnicodeEncodeError:  # halves of pairs, which are joined first
        joined = read.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return joined.encode("utf-8", "surrogatepass")


def _characters(text: bytes, stop: int) -> bytes:
    """Characters that are written by their numbers; half of a pair becomes what a disguised letter begins with."""
    signs = np.frombuffer(text, dtype=np.uint8)
    at = np.flatnonzero((signs[:-5] == BACKSLASH) & (signs[1:-4] == LETTER))
    digits = [_HEX[signs[at + i]] for i in range(2, 6)]
    right = (digits[0] | digits[1] | digits[2] | digits[3]) < 16
    at = at[right]
    a, b, c, d = (each[right] for each in digits)
    value = (a << 12) | (b << 8) | (c << 4) | d
    value[value == stop] = SPACE
    out, kept = signs.copy(), np.ones(len(signs), dtype=bool)
    for i in range(1, 6):
        kept[at + i] = False
    one, two = value < 0x80, (value >= 0x80) & (value < 0x800)
    pair = (value >= 0xD800) & (value < 0xE000)
    three = (value >= 0x800) & ~pair
    out[at[one]] = value[one]
    _put(out, kept, at[two], (0xC0 | value[two] >> 6, 0x80 | value[two] & 63))
    _put(out, kept, at[three], (0xE0 | value[three] >> 12, 0x80 | value[three] >> 6 & 63, 0x80 | value[three] & 63))
    high = pair & (value < 0xDC00)
    _put(out, kept, at[high], (0xF0, 0x9D, 0x90))  # an anchor of the disguises: the line is looked into
    kept[at[pair & ~high]] = False
    for _ in range(DEEPEST):
        at = at[at > 0] - 1
        at = at[signs[at] == BACKSLASH]
        kept[at] = False
    return out[kept].tobytes()


def _put(out: np.ndarray, kept: np.ndarray, at: np.ndarray, values: tuple[np.ndarray | int, ...]) -> None:
    for i, value in enumerate(values):
        out[at + i] = value
        kept[at + i] = True
