"""Limits: how much one application may use in a minute, a day and a month, and at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from banjia.gateway.option import Options
from banjia.gateway.refusal import Refusal
from banjia.routes.tariff import shown
from banjia.text import Text

LIMITS = frozenset({"in_flight", "requests_per_minute", "tokens_per_minute", "reserve_output"})

Which = Literal["in_flight", "requests", "tokens", "day", "month", "money_day", "money_month"]

RESERVED_OUTPUT = 1024  # tokens that are kept free for the answer of a call that does not say how long it may get


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. Money is in billionths of the application's currency."""

    in_flight: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None
    tokens_per_month: int | None = None
    money_per_day: int | None = None
    money_per_month: int | None = None
    reserve_output: int = RESERVED_OUTPUT

    counts_money: bool = field(init=False, compare=False)
    counts_tokens: bool = field(init=False, compare=False)  # or money, which follows from them
    none: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        money = self.money_per_day is not None or self.money_per_month is not None
        limits = (self.tokens_per_minute, self.tokens_per_day, self.tokens_per_month)
        counts = money or any(limit is not None for limit in limits)
        object.__setattr__(self, "counts_money", money)
        object.__setattr__(self, "counts_tokens", counts)
        object.__setattr__(self, "none", self.in_flight is None and self.requests_per_minute is None and not counts)


def read_limits(
    limits: object, tokens: tuple[int | None, int | None], money: tuple[int | None, int | None], *, where: str
) -> Limits:
    """`tokens` and `money` are the budget's, for a day and a month."""
    rate = Options(limits, f"{where}.limits", LIMITS)
    return Limits(
        in_flight=rate.count("in_flight"),
        requests_per_minute=rate.count("requests_per_minute"),
        tokens_per_minute=rate.count("tokens_per_minute"),
        tokens_per_day=tokens[0],
        tokens_per_month=tokens[1],
        money_per_day=money[0],
        money_per_month=money[1],
        reserve_output=rate.count("reserve_output", least=0, default=RESERVED_OUTPUT),
    )


@dataclass(frozen=True, slots=True)
class Use:
    """What a call may use at most, or has used."""

    tokens: int = 0
    money: int = 0


NOTHING = Use()


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Which limit stops the call, and after how many seconds it is worth another try; None: it never fits."""

    which: Which
    limit: int
    wait: float | None
    used: int = 0  # already, of a budget
    asked: int = 0  # what this call may use


def over_limit(exceeded: Exceeded, currency: str = "") -> Refusal:
    names = {
        "in_flight": Text("同时进行的请求", "requests in flight"),
        "requests": Text("每分钟请求数", "requests a minute"),
        "tokens": Text("每分钟词元数", "tokens a minute"),
        "day": Text("当日词元预算", "tokens a day"),
        "month": Text("当月词元预算", "tokens a month"),
        "money_day": Text("当日费用预算", "to be spent a day"),
        "money_month": Text("当月费用预算", "to be spent a month"),
    }
    is_money = exceeded.which in {"money_day", "money_month"}
    limit = f"{currency} {shown(exceeded.limit)}" if is_money else str(exceeded.limit)
    text = Text("应用已达上限：{name} {limit}", "the application has reached its limit of {limit} {name}").format(
        name=names[exceeded.which], limit=limit
    )
    if exceeded.asked and exceeded.used < exceeded.limit:
        used, asked = (shown(n) if is_money else str(n) for n in (exceeded.used, exceeded.asked))
        text += Text(
            f"（已用 {used}，这次调用至多 {asked}；减小 max_tokens 可少预留）",
            f" ({used} is used, this call may use up to {asked}; a lower max_tokens reserves less)",
        )
    budget = exceeded.wait is None and exceeded.which != "tokens"
    return Refusal(
        429,
        "insufficient_quota" if budget else "rate_limit_error",
        "insufficient_quota" if budget else "rate_limit_exceeded",
        text,
        retry=exceeded.wait is not None,
        wait=exceeded.wait,
    )
