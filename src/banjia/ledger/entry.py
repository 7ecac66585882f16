"""Entry: one thing that happened, without a word of any prompt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import msgspec

from banjia.errors import StoreError
from banjia.ledger.tree import leaf_hash
from banjia.text import Text, same

SALT_BYTES = 32
NOTHING: Mapping[str, Any] = MappingProxyType({})
LONGEST = 512  # characters of one value: ids, hashes and counts fit, prompts do not


class Entry(msgspec.Struct, frozen=True):
    """`at` is in milliseconds since 1970, UTC. Empty fields are left out; `more` holds further ids, hashes and counts.

    Kinds in use: decision, refusal, outcome (`about` names the decision), and those of the ledger itself: open, close,
    gap, erasure, retention. Other rooms may add their own (approval, reload ...).
    """

    kind: str
    at: int
    entity: str = ""
    app: str = ""
    purpose: str = ""
    route: str = ""
    provider: str = ""
    country: str = ""
    abroad: bool = False
    stand_in: bool = False
    asked: str = ""  # the model asked for
    model: str = ""  # the model that answers
    data_class: str = ""
    decision: str = ""  # pass | refuse
    verdict: str = ""
    treatment: str = ""
    rule: str = ""
    cites: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    policy: str = ""  # hash of the policy that decided
    law_date: str = ""
    about: str = ""  # id of the entry that this one completes
    persons: Mapping[str, int] = NOTHING  # class -> how many in this call
    tally: Mapping[str, Any] = NOTHING  # measured, after this entry
    more: Mapping[str, Any] = NOTHING

    def body(self) -> dict[str, Any]:
        """What is kept beside id, time and kind. Raises StoreError where a value is long enough to be a prompt."""
        found = {name: value for name, value in zip(_NAMES, _values(self), strict=True) if value}
        for name, value in found.items():
            if not (value is True or (type(value) is str and len(value) <= LONGEST)):
                _check(value, name)
        return found


class Form:
    """Many entries that differ in time and `more` alone: what they share is checked and encoded once."""

    __slots__ = ("_after", "_before", "kind")

    def __init__(self, entry: Entry, entity: str = "") -> None:
        """`entry` without `more`; `entity` where it names none. Raises StoreError where a value is too long."""
        body = entry.body()
        if entity:
            body.setdefault("entity", entity)
        mark = os.urandom(16).hex()
        self.kind = entry.kind
        self._before, _, self._after = canonical({**body, "more": mark}).partition(b'"%b"' % mark.encode())

    def encoded(self, more: Mapping[str, Any]) -> bytes:
        """The canonical body with this `more`, which is not empty."""
        for name, value in more.items():
            if type(value) is not int:
                _check(value, f"more.{name}")
        return b"%b%b%b" % (self._before, _encoder.encode(more), self._after)


_NAMES = Entry.__struct_fields__[2:]  # all but kind and time
_values = attrgetter(*_NAMES)
_encoder = msgspec.json.Encoder(order="sorted")


def canonical(body: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and no spaces: the same body always gives the same bytes."""
    return _encoder.encode(body)


def new_id(at: int) -> str:
    """Ordered by time, and not to be guessed."""
    try:
        chance = _drawn.pop()
    except IndexError:
        text = os.urandom(6 * 512).hex()
        chance, *rest = [text[i : i + 12] for i in range(0, len(text), 12)]
        _drawn.extend(rest)
    return f"{at:012x}{chance}"


def new_salts(count: int) -> list[bytes]:
    drawn = os.urandom(SALT_BYTES * count)
    return [drawn[i : i + SALT_BYTES] for i in range(0, len(drawn), SALT_BYTES)]


_drawn: list[str] = []  # chance for ids, drawn many at a time
os.register_at_fork(after_in_child=_drawn.clear)  # what was drawn before a fork is never shared


def leaf(log: int, index: int, id: str, at: int, kind: str, salt: bytes, body: bytes) -> bytes:  # noqa: A002
    """The leaf hash of a row: over a salted commitment, which nobody can guess, to all it holds and to its place."""
    place = f"banjia entry 1\n{log} {index} {id} {at} {kind}\n".encode()
    return leaf_hash(sha256(salt + place + body).digest())


def _check(value: object, where: str) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise StoreError(
                Text("台账条目不收长文本", "an entry of the ledger holds no long text"),
                where=f"entry.{where}",
                expected=Text(f"至多 {LONGEST} 个字符", f"at most {LONGEST} characters"),
                found=same(str(len(value))),
                remedy=Text("只写编号、摘要和计数", "write ids, hashes and counts only"),
            )
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _check(name, where)
            _check(inner, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            _check(inner, f"{where}[{i}]")
