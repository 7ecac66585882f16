"""Treatment: what the config says happens to personal information, by destination, class, field and type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from banjia.config import field as fields
from banjia.config.document import Document
from banjia.errors import ConfigError
from banjia.text import Text, same

Treatment = Literal["refuse", "home", "pseudonymise", "fake", "mask", "allow"]
TREATMENTS = frozenset(get_args(Treatment))
PLACES = frozenset({"abroad", "home"})
CLASSES = frozenset({"ordinary", "sensitive"})
UNKNOWN = Text("没有这种处理方式", "no such treatment")
DESTINATION = Text(
    "目的地应为 abroad、home、路线的 id 或两位国家（地区）代码",
    "a destination is abroad, home, a route's id or a country of two letters",
)


@dataclass(frozen=True, slots=True)
class FinerRule:
    """A treatment of its own for some fields (a path with wildcards) or for one type of information."""

    treatment: Treatment
    field: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TreatmentRule:
    """By destination and class: a route before a country before `abroad` or `home`, a class before none."""

    by: Mapping[str, Treatment] = field(
        default_factory=dict
    )  # "abroad", "abroad.sensitive", "US", "azure.ordinary" ...
    finer: tuple[FinerRule, ...] = ()

    def of(self, *, abroad: bool, data_class: str, country: str = "", route: str = "") -> Treatment | None:
        for place in (route, country, "abroad" if abroad else "home"):
            told = self.by.get(f"{place}.{data_class}") or self.by.get(place) if place else None
            if told is not None:
                return told
        return None

    def over(self, other: TreatmentRule) -> TreatmentRule:
        """Completed by another, which stands behind."""
        own = {(f.field, f.types) for f in self.finer}
        behind = [f for f in other.finer if (f.field, f.types) not in own]
        return TreatmentRule({**other.by, **self.by}, (*self.finer, *behind))


def read(doc: Document, at: tuple[Any, ...], raw: Any, routes: Iterable[str]) -> TreatmentRule:
    """Raises ConfigError with the line of what is wrong."""
    by: dict[str, Treatment] = {}
    finer: list[FinerRule] = []
    known = set(routes)
    data = fields.mapping(doc, at, {"abroad": raw} if isinstance(raw, str) else raw)
    for place, value in data.items():
        if place in ("fields", "types"):
            finer += _finer(doc, (*at, place), value, by_type=place == "types")
            continue
        if not re.fullmatch("[A-Z]{2}", str(place)):
            fields.one_of(doc, (*at, place), str(place), {*PLACES, *known}, DESTINATION)
        for kind, treatment in value.items() if isinstance(value, dict) else [("", value)]:
            spot = (*at, place, kind) if kind else (*at, place)
            if kind:
                classes = Text("类别应为 ordinary 或 sensitive", "a class is ordinary or sensitive")
                fields.one_of(doc, spot, str(kind), set(CLASSES), classes)
            by[f"{place}.{kind}".rstrip(".")] = _treatment(doc, spot, treatment)
    return TreatmentRule(by, tuple(finer))


def _finer(doc: Document, at: tuple[Any, ...], raw: Any, *, by_type: bool) -> Iterable[FinerRule]:
    for name, treatment in fields.mapping(doc, at, raw).items():
        told, spot = str(name), (*at, name)
        if by_type and not re.fullmatch("[A-Z][A-Z_]+", told):
            raise ConfigError(
                Text("这不是一种个人信息的类型", "this is no type of personal information"),
                where=doc.where(*spot),
                expected="PERSON | PHONE | ID_CN | BANK_CARD ...",
                found=same(told),
                remedy=Text("类型见 banjia privacy detect 的输出", "types are as banjia privacy detect prints them"),
            )
        how = _treatment(doc, spot, treatment)
        yield FinerRule(how, types=(told,)) if by_type else FinerRule(how, field=told)


def _treatment(doc: Document, at: tuple[Any, ...], raw: Any) -> Treatment:
    fields.one_of(doc, at, str(raw), set(TREATMENTS), UNKNOWN)
    return cast("Treatment", raw)
