"""Call: the shape of one request, never its content; two runs of an application are compared by these shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

AZURE = re.compile(r"^/openai/deployments/[^/]+/")
ENGINE = re.compile(r"^(?:/v\d+)?/engines/[^/]+/")
VERSION = re.compile(r"^(?:/openai)?/v\d+(?=/|$)")
OWN = re.compile(
    r"/(?:(?:asst|thread|run|msg|resp|file|vs|batch|ftjob|ft|chatcmpl|conv)[-_][A-Za-z0-9:_-]+|[0-9a-f-]{24,})(?=/|$)"
)


@dataclass(frozen=True, slots=True)
class Call:
    """Method, path without query, and the names of the body's fields; `host` is who was asked."""

    method: str
    path: str
    keys: tuple[str, ...]
    host: str = ""

    @property
    def kind(self) -> str:
        """The operation behind the path: no version, no deployment, no ids."""
        path = AZURE.sub("/", self.path)
        path = ENGINE.sub("/", path) if path == self.path else path
        return OWN.sub("/{id}", VERSION.sub("", path)).strip("/") or "/"

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        return (self.method, self.kind, self.keys)

    def to_json(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path, "kind": self.kind, "keys": list(self.keys), "host": self.host}

    def without(self, keys: frozenset[str]) -> Call:
        return replace(self, keys=tuple(k for k in self.keys if k not in keys)) if keys else self

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Call:
        return cls(row["method"], row["path"], tuple(row["keys"]), row["host"])


def difference(before: Iterable[Call], after: Iterable[Call], less: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What one run asked and the other did not, each with its count; the order of concurrent calls says nothing.

    `less`: fields that are not looked at, by the user's word.
    """
    was, now = Counter(c.without(less).shape for c in before), Counter(c.without(less).shape for c in after)
    rows = [("-", shape, n) for shape, n in (was - now).items()] + [("+", s, n) for s, n in (now - was).items()]
    return tuple(f"{sign} {n} x {m} {kind} [{', '.join(keys)}]" for sign, (m, kind, keys), n in rows)
