"""Budget: what an application may spend, in which currency, at which prices, and what one call needs of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

import msgspec

from banjia.errors import ConfigError
from banjia.gateway.limit import Limits, Use, read_limits
from banjia.gateway.option import Options
from banjia.gateway.unit import UnitPrices
from banjia.routes.price import Currency, Money, money
from banjia.routes.tariff import NANO, Tariff, shown
from banjia.text import Text

BUDGET = frozenset(
    {"tokens_per_day", "tokens_per_month", "per_day", "per_month", "currency", "usd_cny", "rate_on", "unpriced"}
)
CURRENCIES: tuple[Currency, ...] = ("CNY", "USD")
MOST_MONEY = 9_000_000_000.0  # of a currency: what fits where money is counted
BYTES_A_TOKEN = 3  # no text of ours has more tokens than a third of its bytes; a word of English has fewer
OVERHEAD = 16  # tokens that a vendor adds to a prompt
SPOKEN = frozenset({"chat/completions", "completions", "embeddings", "responses"})
LONGEST = 1_000_000  # tokens; a longer prompt is refused by every model, or is a picture


class Prices(Protocol):
    """What a model costs over a route: by the token, and in other units."""

    def __call__(self, route: str, model: str, currency: Currency, money: Money, /) -> Tariff | None: ...

    def units(self, route: str, model: str, currency: Currency, money: Money, /) -> UnitPrices: ...


@dataclass(frozen=True, slots=True)
class Budget:
    """One currency, and the rate by which prices in the other are turned into it."""

    currency: Currency = "CNY"
    rate: Money = field(default_factory=money)
    unpriced: Literal["refuse", "pass"] = "refuse"  # parts of the API whose price is not per token


def read_budget(raw: object, limits: object, *, where: str) -> tuple[Budget, Limits]:
    """Money is for a calendar day and month of the legal time zone. Raises ConfigError."""
    options = Options(raw, f"{where}.budget", BUDGET)
    rate = money()
    if "usd_cny" in options:
        on = raw.get("rate_on") if isinstance(raw, Mapping) else None
        if not isinstance(on, date):
            raise ConfigError(
                Text("汇率须写明是哪天的", "an exchange rate needs its day"),
                where=f"{where}.budget.rate_on",
                expected="YYYY-MM-DD",
                found=repr(on)[:40],
                remedy=Text("例如 rate_on: 2026-11-24", "for instance rate_on: 2026-11-24"),
            )
        rate = replaced(rate, options.number("usd_cny", rate.usd_cny, least=0.01, most=1000.0), on)
    elif "rate_on" in options:
        raise ConfigError(
            Text("写了日期却没有汇率", "a day without its rate"),
            where=f"{where}.budget.rate_on",
            expected="usd_cny: 7.1",
        )
    currency = options.word("currency", "CNY", among=CURRENCIES)
    unpriced = options.word("unpriced", "refuse", among=("refuse", "pass"))
    amounts = [_amount(options, name) for name in ("per_day", "per_month")]
    tokens = (options.count("tokens_per_day"), options.count("tokens_per_month"))
    return (
        Budget("USD" if currency == "USD" else "CNY", rate, "pass" if unpriced == "pass" else "refuse"),
        read_limits(limits, tokens, (amounts[0], amounts[1]), where=where),
    )


def replaced(rate: Money, usd_cny: float, on: date) -> Money:
    return msgspec.structs.replace(rate, usd_cny=usd_cny, as_of=on, sure="doc")


class _Sizes(msgspec.Struct):
    max_tokens: Any = None
    max_completion_tokens: Any = None
    max_output_tokens: Any = None
    n: Any = 1


_sizes = msgspec.json.Decoder(_Sizes)


def need_of(body: bytes, operation: str, limits: Limits, tariffs: Iterable[Tariff | None]) -> Use:
    """What a call may use: its prompt, and as much answer as it asks for, at the dearest of its routes.

    A call that does not say how long its answer may get reserves `reserve_output`, at most a tenth of each limit.
    """
    if not limits.counts_tokens or operation not in SPOKEN:
        return Use()
    read = min(len(body) // BYTES_A_TOKEN + OVERHEAD, LONGEST)
    written, says = _output(body, operation, limits)
    prices = [t for t in tariffs if t is not None]
    asked = max((t.most(read, written) for t in prices), default=0)
    if says:
        return Use(read + written, asked)
    prompt = max((t.most(read, 0) for t in prices), default=0)
    tokens = [x for x in (limits.tokens_per_minute, limits.tokens_per_day, limits.tokens_per_month) if x is not None]
    spare = min((x // 10 for x in tokens), default=written)
    amounts = [x for x in (limits.money_per_day, limits.money_per_month) if x is not None]
    purse = min((x // 10 for x in amounts), default=asked)
    return Use(read + min(written, spare), prompt + min(asked - prompt, purse))


def _output(body: bytes, operation: str, limits: Limits) -> tuple[int, bool]:
    if operation == "embeddings":
        return 0, True
    try:
        sizes = _sizes.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return limits.reserve_output, False
    count = sizes.n if _whole(sizes.n) else 1
    named = (sizes.max_completion_tokens, sizes.max_tokens, sizes.max_output_tokens)
    asked = next((x for x in named if _whole(x)), None)
    return (limits.reserve_output * count, False) if asked is None else (min(asked, LONGEST) * count, True)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _amount(options: Options, name: str) -> int | None:
    """Billionths of the currency."""
    if name not in options:
        return None
    return round(options.number(name, 0.0, least=0.01, most=MOST_MONEY) * NANO)


def costs(nano: int, currency: Currency) -> dict[str, str]:
    """What an entry of the ledger says of money; nothing where nothing is billed."""
    return {"cost": shown(nano), "currency": currency} if nano else {}
