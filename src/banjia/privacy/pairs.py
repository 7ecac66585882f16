"""Pairs: keys with their values in JSON, code, XML and YAML that stand inside a text, where the key is a short head."""

from __future__ import annotations

import re

from banjia.privacy.heads import LONGEST, meaning
from banjia.privacy.tables import LIMIT, Cell

_JOINT = re.compile(r"""\\?["']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}\\?(["'])""")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*$")
_QUOTED = {q: re.compile(rf"[^{q}\\\n]{{2,160}}") for q in "\"'"}
_ELEMENT = re.compile(r"<([A-Za-z][\w.:-]{1,31})(?:\s[^<>]{0,80})?>\s{0,4}([^<>\s][^<>\n]{0,158}[^<>\s])\s{0,4}</\1>")
_LINE = re.compile(
    r"^[ \t]*(?:- )?([A-Za-z][\w-]{1,31}):[ \t]+([^\s\"'#{\[|>&*][^#\n]{0,100}[^#\s])[ \t]*(?:#.*)?$", re.MULTILINE
)


def pairs(text: str) -> list[Cell]:
    """Values whose key says no more than `xm` or `bday`, under the label that it stands for."""
    found: list[Cell] = []
    if ":" in text or "=" in text:
        for joint in _JOINT.finditer(text):
            key = _KEY.search(text, max(0, joint.start() - LONGEST), joint.start())
            if key and (head := meaning(key.group())) and (value := _QUOTED[joint[1]].match(text, joint.end())):
                found.append(Cell(head, *value.span()))
                if len(found) > LIMIT:
                    return found
    if "</" in text:
        found += [Cell(head, *m.span(2)) for m in _ELEMENT.finditer(text) if (head := meaning(m[1]))]
    if ": " in text and "\n" in text:
        found += [Cell(head, *m.span(2)) for m in _LINE.finditer(text) if (head := meaning(m[1]))]
    return found
