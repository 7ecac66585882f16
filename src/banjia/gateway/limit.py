"""Limits: how much one application may use in a minute, a day and a month, and at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from banjia.gateway.option import Options

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
