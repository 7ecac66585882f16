"""Record: what every line of the catalogue is made of, and how sure we are of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

Sure = Literal["doc", "run", "peer", "mem"]
"""doc: read in the vendor's or regulator's own page; run: measured; peer: read elsewhere; mem: memory, a hypothesis."""

SURENESS: dict[str, int] = {"mem": 0, "peer": 1, "run": 2, "doc": 3}


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One frozen line of a data file; an unknown field is an error."""


class Evident(Record, frozen=True, kw_only=True):
    """A record that says where it was read, when, and how surely."""

    src: tuple[str, ...] = ()
    read: date | None = None
    sure: Sure = "peer"

    @property
    def is_memory(self) -> bool:
        return self.sure == "mem"


def weakest(*sures: Sure) -> Sure:
    """What rests on several facts is as sure as the weakest of them."""
    return min(sures, key=lambda s: SURENESS[s], default="mem")
