"""Region: whom a vendor says it serves, from which day, by which list."""

from __future__ import annotations

from datetime import date
from typing import Literal

from banjia.routes.provider import Offer, Provider, RegionRule
from banjia.routes.record import Evident, Record, Sure
from banjia.text import Text


class Edition(Evident, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The list as it was seen; `from` is the first day on which this edition was known."""

    from_: date
    codes: tuple[str, ...] = ()  # listed places
    absent: tuple[str, ...] = ()  # known not to be listed, where the list was not read whole
    whole: bool = True
    observed: str = ""


class RegionList(Record, frozen=True, kw_only=True):
    """An allow-list: the vendor publishes no list of excluded places."""

    id: str
    title: Text
    editions: tuple[Edition, ...]
    partial: dict[str, Text] = {}  # noqa: RUF012

    def has(self, code: str, on: date) -> bool | None:
        """Whether the place is listed on that day; None where the editions do not settle it."""
        answers = [_listed(e, code) for e in self.editions]
        if len(set(answers)) == 1:
            return answers[0]
        known = [a for e, a in zip(self.editions, answers, strict=True) if e.from_ <= on]
        later = [a for e, a in zip(self.editions, answers, strict=True) if e.from_ > on]
        if not known:
            return None
        return known[-1] if not later or later[0] == known[-1] else None

    def on(self, day: date) -> Edition:
        """The last edition known on that day, else the first."""
        return next((e for e in reversed(self.editions) if e.from_ <= day), self.editions[0])


class Ownership(Evident, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A rule that excludes by who owns the customer. The operator belongs to the rule: `>` is not `>=`."""

    id: str
    from_: date | None = None
    operator: Literal[">", ">="] = ">"
    percent: int = 50
    says: Text


class Regions(Record, frozen=True, kw_only=True):
    lists: tuple[RegionList, ...]
    ownership: tuple[Ownership, ...] = ()

    def list(self, id: str) -> RegionList | None:  # noqa: A002
        return next((r for r in self.lists if r.id == id), None)


class Served(Record, frozen=True, kw_only=True):
    """The vendor's own answer for one place on one day."""

    answer: Offer
    rule: RegionRule | None = None
    list: str = ""
    sure: Sure = "mem"
    src: tuple[str, ...] = ()


def policy(provider: Provider, on: date) -> RegionRule | None:
    """The region rule that holds on that day."""
    return next((r for r in provider.regions if r.holds(on)), None)


def serves(provider: Provider, country: str, on: date, regions: Regions, *, individual: bool = False) -> Served:
    """Whether the vendor serves that place on that day. Unknown is an answer; it is never turned into yes."""
    if provider.closed is not None and on >= provider.closed:
        return Served(answer="no", sure=provider.sure, src=provider.src)
    rule = policy(provider, on)
    if rule is None:
        return Served(answer="yes" if provider.is_engine else "unknown")
    stated = {"CN": rule.mainland, "HK": rule.hk, "MO": rule.macau}.get(country, "unknown")
    if country == "CN" and individual and rule.individuals_cn != "unknown":
        stated = rule.individuals_cn
    listed = regions.list(rule.list) if rule.list else None
    if stated == "unknown" and listed is not None:
        has = listed.has(country, on)
        answer: Offer = "unknown" if has is None else "yes" if has else "no"
        return Served(answer=answer, rule=rule, list=rule.list, sure=listed.on(on).sure, src=listed.on(on).src)
    return Served(answer=stated, rule=rule, list=rule.list, sure=rule.sure, src=rule.src)


def _listed(edition: Edition, code: str) -> bool | None:
    if code in edition.codes:
        return True
    return False if edition.whole or code in edition.absent else None
