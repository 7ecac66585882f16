"""Fact: one typed question about an entity, an application, a purpose or a route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from banjia.text import Text

Kind = Literal["flag", "count", "choice", "set", "text", "date"]
Scope = Literal["entity", "app", "purpose", "route"]
Who = Literal["scan", "catalogue", "ledger", "engineer", "product", "legal", "finance", "vendor"]
Form = Literal["", "country", "place"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A question, who can answer it, and what asking costs.

    `values` is the universe of a choice or a set; empty means open (texts, countries, places). `prior` says how
    plausible answers are before anybody was asked: for a flag the chance of "yes"; for a choice the chance of each
    value; for a set the chance that each element is in it (`*`: that some element it does not name is); for a count or
    a date the chance of reaching each point. Values of a choice that `prior` does not name share what is left.
    `change` says how hard it is to make the answer another one: 1 for a setting, 20 for what a company is.
    """

    id: str
    kind: Kind
    scope: Scope
    question: Text
    meaning: Text
    who: Who
    cost: float
    prior: Mapping[str, float] = field(default_factory=dict, hash=False)
    values: tuple[str, ...] = ()
    unit: str = ""
    source: tuple[str, ...] = ()
    form: Form = ""
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    change: float = 1.0
