"""Tariff: what the tokens of one call cost, in whole billionths of a currency, so that sums are exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from banjia.routes.price import Currency, Money, Quote, Tokens

NANO = 1_000_000_000
PICO_OF_MILLION = 1_000_000  # a price for a million tokens, in pico-units for one token


@dataclass(frozen=True, slots=True)
class Rate:
    """Pico-units for one token, for calls with more input than `above` and more output than `output_above`."""

    input: int
    cached: int
    output: int
    above: int = -1
    output_above: int = 0


@dataclass(frozen=True, slots=True)
class Tariff:
    """List prices in one currency; the last rate that fits counts for the whole call, as in the price lists."""

    currency: Currency
    rates: tuple[Rate, ...]
    thinking: int | None = None  # pico-units for a token of output where the model thought before it answered
    as_of: str = ""
    listed_in: Currency = "CNY"

    def cost(self, read: int, written: int, *, cached: int = 0, thought: bool = False) -> int:
        """Billionths of the currency, rounded up."""
        rate = self.rates[0]
        for step in self.rates[1:]:
            if read > step.above and (not step.output_above or written > step.output_above):
                rate = step
        output = self.thinking if thought and self.thinking is not None else rate.output
        kept = min(cached, read)
        return -(-((read - kept) * rate.input + kept * rate.cached + written * output) // 1000)

    def most(self, read: int, written: int) -> int:
        """The most that a call of at most these sizes can cost."""
        outputs = [r.output for r in self.rates] + ([self.thinking] if self.thinking is not None else [])
        inputs = max(max(r.input, r.cached) for r in self.rates)
        return -(-(read * inputs + written * max(outputs)) // 1000)

    @property
    def is_free(self) -> bool:
        return not any(r.input or r.cached or r.output for r in self.rates)


def free(currency: Currency) -> Tariff:
    """Own weights on own machines: the vendor bills nothing for a token."""
    return Tariff(currency, (Rate(0, 0, 0),), listed_in=currency)


def listed(found: Quote, currency: Currency, money: Money) -> Tariff | None:
    """The printed list price, peak hours, without batch or free quotas; None where no price was read."""
    row = found.row
    if row.tokens is None or row.tokens.input is None:
        return None
    return of_tokens(
        row.tokens,
        currency,
        money,
        listed_in=found.offer.currency,
        as_of=row.as_of,
        thinking=row.thinking_output,
        steps=tuple(
            (t.above, t.output_above, Tokens(input=t.input, output=t.output, cached=t.cached)) for t in row.tiers
        ),
    )


def of_tokens(
    tokens: Tokens,
    currency: Currency,
    money: Money,
    *,
    listed_in: Currency,
    as_of: str = "",
    thinking: float | None = None,
    steps: tuple[tuple[int, int, Tokens], ...] = (),
) -> Tariff:
    def pico(price: float | None) -> int:
        """Rounded up, so that a budget is never exceeded by rounding."""
        amount = Fraction(str(price or 0)) * PICO_OF_MILLION
        if listed_in != currency:
            rate = Fraction(str(money.usd_cny))
            amount = amount * rate if listed_in == "USD" else amount / rate
        return -(-amount.numerator // amount.denominator)

    def rate(t: Tokens, above: int = -1, output_above: int = 0) -> Rate:
        fresh = pico(t.input)
        return Rate(fresh, fresh if t.cached is None else pico(t.cached), pico(t.output), above, output_above)

    rates = (rate(tokens), *(rate(t, above, beyond) for above, beyond, t in steps))
    return Tariff(currency, rates, None if thinking is None else pico(thinking), as_of, listed_in)


def shown(nano: int) -> str:
    """A decimal number without superfluous zeros."""
    whole, rest = divmod(abs(nano), NANO)
    sign = "-" if nano < 0 else ""
    return f"{sign}{whole}" + (f".{rest:09d}".rstrip("0") if rest else "")


def read_amount(text: str) -> int:
    """Billionths, of what `shown` printed."""
    return int(Fraction(text) * NANO)
