"""Successor: which models stand in for an old name, by the work that it did."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from banjia.routes import document
from banjia.routes.record import Record
from banjia.text import Text

HERE = Path(__file__).parent


class Stand(Record, frozen=True, kw_only=True):
    """Old names, what they were used for, and candidates as `provider@site:model`."""

    names: tuple[str, ...]
    work: str
    context_min: int | None = None
    thinking: Literal["off", "wanted", ""] = ""
    images: Literal["always", "often", "sometimes", ""] = ""
    candidates: tuple[str, ...]


class Successors(Record, frozen=True, kw_only=True):
    successors: tuple[Stand, ...]
    work: dict[str, Text]


@dataclass(frozen=True, slots=True)
class Candidate:
    provider: str
    site: str
    model: str


def of(model: str) -> Stand | None:
    """The entry of an old name; a dated id falls back to the name it begins with."""
    best: tuple[int, Stand] | None = None
    for stand in load().successors:
        for name in stand.names:
            if (model == name or model.startswith(f"{name}-")) and (best is None or len(name) > best[0]):
                best = (len(name), stand)
    return best[1] if best else None


def candidates(stand: Stand) -> tuple[Candidate, ...]:
    found = []
    for ref in stand.candidates:
        place, _, model = ref.partition(":")
        provider, _, site = place.partition("@")
        found.append(Candidate(provider, site, model))
    return tuple(found)


@lru_cache(maxsize=1)
def load() -> Successors:
    return document.read(HERE / "successors.toml", Successors)
