"""Unit: what a call of the parts that are not billed by the token used, in the unit that the vendor bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import msgspec

from banjia.routes.price import Currency, Money, Quote

Kind = Literal["image", "character", "byte", "second", "text_token", "image_token", "output_token"]
Json = dict[str, Any]

NANO = 1_000_000_000
MOST_READ = 4 * 1024 * 1024  # bytes of an answer that are looked into
LISTED: dict[str, tuple[Kind, int]] = {  # the price lists' words -> the unit, and how many of it the price is for
    "per_1m_characters": ("character", 1_000_000),
    "per_1m_utf8_bytes": ("byte", 1_000_000),
    "per_audio_minute": ("second", 60),
    "per_audio_second": ("second", 1),
    "image_input": ("image_token", 1_000_000),
    "image_output": ("output_token", 1_000_000),
}
OWN: dict[str, tuple[Kind, int]] = {
    "image": ("image", 1),
    "characters": ("character", 1_000_000),
    "second": ("second", 1),
}


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """Billionths of a currency for one of each unit, exact."""

    currency: Currency
    of: Mapping[Kind, Fraction]

    def cost(self, used: Mapping[Kind, Fraction]) -> int | None:
        """Rounded up; None where a unit that was used has no price. Bytes and characters are of the same text."""
        priced = {k: n for k, n in used.items() if k not in {"byte", "character"} or k in self.of}
        if not priced or any(k not in self.of for k in priced):
            return None
        amount = sum((n * self.of[k] for k, n in priced.items()), Fraction())
        return -(-amount.numerator // amount.denominator)


def listed(found: Quote, currency: Currency, money: Money) -> UnitPrices:
    """As the vendor's list has them; a price from memory is none."""
    row = found.row
    if row.sure == "mem":
        return UnitPrices(currency, {})
    amounts = {LISTED[name]: price for name, price in row.per.items() if name in LISTED}
    if row.tokens is not None and row.tokens.input is not None:
        amounts[("text_token", 1_000_000)] = row.tokens.input
        if row.tokens.output is not None:
            amounts[("output_token", 1_000_000)] = row.tokens.output
    return priced(amounts, currency, money, listed_in=found.offer.currency)


def priced(
    amounts: Mapping[tuple[Kind, int], float], currency: Currency, money: Money, *, listed_in: Currency
) -> UnitPrices:
    rate = Fraction(1)
    if listed_in != currency:
        rate = Fraction(str(money.usd_cny)) if listed_in == "USD" else 1 / Fraction(str(money.usd_cny))
    return UnitPrices(currency, {kind: Fraction(str(v)) * NANO * rate / many for (kind, many), v in amounts.items()})


def asked(operation: str, body: bytes) -> dict[Kind, Fraction]:
    """What a request alone tells: the text that is to be spoken."""
    if operation != "audio/speech":
        return {}
    text = _object(body).get("input")
    if not isinstance(text, str):
        return {}
    return {"character": Fraction(len(text)), "byte": Fraction(len(text.encode("utf-8", "surrogatepass")))}


def answered(operation: str, request: bytes, answer: bytes) -> dict[Kind, Fraction]:
    """What an answer tells: tokens and seconds as the vendor counts them, else the pictures that are in it."""
    said = _object(answer)
    told = said.get("usage")
    usage: Json = told if isinstance(told, dict) else {}
    if operation.startswith("images/"):
        tokens = _tokens(usage)
        if tokens:
            return tokens
        data = said.get("data")
        count = len(data) if isinstance(data, list) else _object(request).get("n", 1 if request[:1] == b"{" else None)
        return {"image": Fraction(count)} if isinstance(count, int) and 0 < count < 1000 else {}
    if operation in {"audio/transcriptions", "audio/translations"}:
        seconds = _number(usage.get("seconds")) or _number(said.get("duration"))
        return _tokens(usage) or ({"second": seconds} if seconds else {})
    return {}


def _tokens(usage: Any) -> dict[Kind, Fraction]:
    read, written = (_number(usage.get(name)) for name in ("input_tokens", "output_tokens"))
    if not read and not written:
        return {}
    details = usage.get("input_tokens_details")
    pictures = _number(details.get("image_tokens")) if isinstance(details, dict) else Fraction()
    pictures = min(pictures, read)
    found: dict[Kind, Fraction] = {"text_token": read - pictures, "image_token": pictures, "output_token": written}
    return {kind: count for kind, count in found.items() if count}


def _number(value: Any) -> Fraction:
    whole = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 10**9
    return Fraction(str(value)) if whole else Fraction()


def _object(body: bytes) -> Json:
    if body[:1] not in {b"{", b" ", b"\n"}:
        return {}
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
