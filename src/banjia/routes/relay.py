"""Relay: hosts of unofficial forwarders, and the weaker signs of one. Dated data, never a verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from banjia.routes.host import clean
from banjia.routes.record import Evident, Record
from banjia.text import Text


class RelayHost(Evident, frozen=True, kw_only=True):
    host: str  # this name and every name below it
    also: tuple[str, ...] = ()


class HostPattern(Record, frozen=True, kw_only=True):
    """A weak sign, tried only on hosts that the catalogue does not know; weights add up."""

    expression: str
    over: Literal["host", "url"]
    weight: int
    why: Text


class Relays(Record, frozen=True, kw_only=True):
    hosts: tuple[RelayHost, ...]
    patterns: tuple[HostPattern, ...]
    foreign_models: tuple[str, ...]  # expressions over a model name


@dataclass(frozen=True)
class RelayTable:
    data: Relays

    @cached_property
    def names(self) -> dict[str, RelayHost]:
        return {name: relay for relay in self.data.hosts for name in (relay.host, *relay.also)}

    def known(self, address: str) -> RelayHost | None:
        """The relay family that the address belongs to."""
        labels = clean(address).split(".")
        for start in range(len(labels) - 1):
            if found := self.names.get(".".join(labels[start:])):
                return found
        return None

    def signs(self, address: str) -> tuple[HostPattern, ...]:
        """Weak signs on a host that is in no provider's file."""
        host = clean(address)
        return tuple(
            p for p in self.data.patterns if _compiled(p.expression).search(host if p.over == "host" else address)
        )

    def is_foreign_model(self, model: str) -> bool:
        return any(_compiled(e).match(model) for e in self.data.foreign_models)


@lru_cache(maxsize=64)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)
