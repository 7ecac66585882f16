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


_NAMES = Entry.__struct_fields__[2:]  # all but kind and time
_values = attrgetter(*_NAMES)
_encoder = msgspec.json.Encoder(order="sorted")


def canonical(body: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and no spaces: the same body always gives the same bytes."""
    return _encoder.encode(body)


def new_id(at: int) -> str:
    """Ordered by time, and not to be guessed."""
    return f"{at:012x}{os.urandom(6).hex()}"


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


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
