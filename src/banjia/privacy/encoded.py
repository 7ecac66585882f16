"""Encoded: texts that stand in base64 inside a text, so that what is wrapped once more is looked into too."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

SHORTEST = 12  # signs of base64; shorter ones are words
LONGEST = 1 << 20
_RUN = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{12,}={0,2}(?![A-Za-z0-9+/_=-])")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A run of base64 in a text, and the text that it holds."""

    start: int
    end: int
    text: str


def wrapped(text: str) -> list[Wrapped]:
    """Runs that are base64 of readable UTF-8, in either alphabet and with or without padding."""
    if len(text) < SHORTEST:
        return []
    found = []
    for run in _RUN.finditer(text):
        said = _decoded(run.group())
        if said is not None:
            found.append(Wrapped(run.start(), run.end(), said))
    return found


def _decoded(run: str) -> str | None:
    body = run.rstrip("=")
    if len(body) > LONGEST or len(body) % 4 == 1:
        return None
    plain = body.replace("-", "+").replace("_", "/")
    try:
        said = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return said if said and all(c.isprintable() or c in "\r\n\t" for c in said) else None
