"""Price: what a model costs at one site, as printed on a day; never converted from one site's list to another's."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from banjia.routes import document
from banjia.routes.record import Evident, Record, Sure, weakest
from banjia.text import Text, same

Site = Literal["cn_mainland", "intl", "overseas"]
Currency = Literal["CNY", "USD"]
HERE = Path(__file__).parent
MILLION = 1_000_000
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class Tokens(Record, frozen=True, kw_only=True):
    """Money for a million tokens."""

    input: float | None = None
    output: float | None = None
    cached: float | None = None


class Tier(Record, frozen=True, kw_only=True):
    """Takes the place of the price for more input than `above`; the last that fits counts for the whole request."""

    above: int
    output_above: int = 0
    input: float
    output: float
    cached: float | None = None


class Row(Evident, frozen=True, kw_only=True):
    model: str
    version: str = ""
    tokens: Tokens | None = None  # None: sold, but no price was read
    per: dict[str, float] = {}  # noqa: RUF012  (other units, which spell themselves)
    tiers: tuple[Tier, ...] = ()
    off_peak: Tokens | None = None
    thinking_output: float | None = None
    as_of: str = ""  # as printed by the source: a day, a month or a year

    def at(self, input_length: int, output_length: int) -> Tokens | None:
        fitting = [
            t for t in self.tiers if input_length > t.above and (not t.output_above or output_length > t.output_above)
        ]
        if fitting:
            tier = fitting[-1]
            return Tokens(input=tier.input, output=tier.output, cached=tier.cached)
        return self.tokens


class Offer(Record, frozen=True, kw_only=True):
    """The list of one provider at one site."""

    site: Site
    currency: Currency
    batch_factor: float | None = None
    batch_sure: Sure = "peer"
    note: Text | None = None
    rows: tuple[Row, ...] = ()


class Offers(Record, frozen=True, kw_only=True):
    offers: tuple[Offer, ...]


class Money(Record, frozen=True, kw_only=True):
    usd_cny: float
    sure: Sure
    as_of: date
    stale_after_days: int
    blend: Blend

    def convert(self, amount: float, source: Currency, target: Currency) -> float:
        if source == target:
            return amount
        return amount * self.usd_cny if source == "USD" else amount / self.usd_cny


class Blend(Record, frozen=True, kw_only=True):
    """Tokens in and out that stand for a single figure when no traffic was recorded."""

    input: int
    output: int


@dataclass(frozen=True, slots=True)
class Quote:
    offer: Offer
    row: Row


@dataclass(frozen=True, slots=True)
class Cost:
    """Money a month at list price."""

    amount: float | None
    currency: Currency
    listed_in: Currency
    as_of: str
    src: tuple[str, ...]
    sure: Sure
    is_stale: bool
    note: Text | None = None

    @property
    def is_firm(self) -> bool:
        """A price from memory, none, or a free offer whose limits are not known does not decide."""
        return bool(self.amount) and self.sure != "mem"

    def to_json(self) -> dict[str, object]:
        return {
            "amount": None if self.amount is None else round(self.amount, 2),
            "currency": self.currency,
            "listed_in": self.listed_in,
            "as_of": self.as_of,
            "sources": list(self.src),
            "certainty": self.sure,
            "stale": self.is_stale,
        }

    def say(self) -> Text:
        if self.amount is None:
            return Text("价格待确认", "price to be confirmed")
        words = same(f"{self.amount:,.2f} {self.currency} ({self.as_of}, {'/'.join(self.src)})")
        if self.sure == "mem":
            words += Text("，凭记忆，待确认", ", from memory, to be confirmed")
        elif self.is_stale:
            words += Text("，超过 60 天，需重新查看", ", over 60 days old, look again")
        return words


@dataclass(frozen=True, slots=True)
class Volume:
    """Use of a month."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0

    @property
    def input_length(self) -> int:
        return self.input_tokens // self.requests if self.requests else 0

    @property
    def output_length(self) -> int:
        return self.output_tokens // self.requests if self.requests else 0


@lru_cache(maxsize=64)
def offers(provider: str) -> tuple[Offer, ...]:
    """The lists of one provider; () where none was read."""
    file = HERE / "prices" / f"{provider}.toml"
    return document.read(file, Offers).offers if file.exists() else ()


@lru_cache(maxsize=1)
def money() -> Money:
    return document.read(HERE / "money.toml", Money)


def quote(provider: str, model: str, site: Site) -> Quote | None:
    for offer in offers(provider):
        if offer.site == site:
            for row in offer.rows:
                if row.model == model:
                    return Quote(offer, row)
    return None


def monthly(
    found: Quote | None, volume: Volume, *, on: date, currency: Currency = "CNY", rate: Money | None = None
) -> Cost:
    """The month's bill at list price, without batch, off-peak or free quotas."""
    rate = rate or money()
    if found is None:
        return Cost(None, currency, currency, "", (), "mem", is_stale=True)
    row, offer = found.row, found.offer
    price = row.at(volume.input_length, volume.output_length)
    amount = None
    if price is not None and price.input is not None:
        fresh = max(0, volume.input_tokens - volume.cached_tokens)
        cached = volume.cached_tokens * (price.cached if price.cached is not None else price.input)
        amount = (fresh * price.input + cached + volume.output_tokens * (price.output or 0)) / MILLION
        amount = rate.convert(amount, offer.currency, currency)
    sure = row.sure if offer.currency == currency or not amount else weakest(row.sure, "peer")
    return Cost(
        amount, currency, offer.currency, row.as_of, row.src, sure, is_stale=stale(row.as_of, on, rate), note=offer.note
    )


def stale(as_of: str, on: date, rate: Money | None = None) -> bool:
    """Prices move fast: what is older than the limit needs a second look."""
    found = _DAY.search(as_of)
    if found is None:
        return True
    year, month = int(found[1]), int(found[2] or 12)
    day = int(found[3]) if found[3] else calendar.monthrange(year, month)[1]
    return (on - date(year, month, day)).days > (rate or money()).stale_after_days
