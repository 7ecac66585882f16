"""Fakes: values of the same form from ranges that nobody can have, where form matters more than words."""

from __future__ import annotations

import re
from typing import Literal

Lang = Literal["zh", "en"]
SURNAMES = ("欧阳", "司马", "诸葛", "上官", "慕容", "尉迟", "令狐", "皇甫", "宇文", "长孙")
GIVEN = "零壹贰叁肆伍陆柒捌玖"
FIRST = ("Zephyr", "Quillon", "Ondrea", "Tamsel", "Bryndis", "Calvix", "Dorlan", "Elspar", "Farrow", "Gwendal")
LAST = (
    "Examplar",
    "Placehold",
    "Samplewood",
    "Testerly",
    "Mockridge",
    "Fictley",
    "Nonesuch",
    "Standin",
    "Dummett",
    "Voidson",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NETS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737
KINDS = frozenset({
    "PERSON", "PHONE", "EMAIL", "ADDRESS", "ID_CN", "PASSPORT", "BANK_CARD", "SSN", "IBAN", "PLATE", "IP", "MAC",
    "IMEI", "QQ", "WECHAT", "MRN",
})  # fmt: skip


def fake(kind: str, surface: str, number: int, lang: Lang) -> str | None:
    """The fake of a number, written as the surface is; None where its range is used up or the kind has none."""
    match kind:
        case "ID_CN":
            return _resident(surface, number)
        case "PHONE":
            return _phone(surface, number)
        case "BANK_CARD":  # no issuer has a number that begins with zeros
            return _shaped(surface, "000000", number, luhn=True)
        case "IMEI":
            return _shaped(surface, "00000000", number)
        case "SSN":  # area 000 is never given out
            return _shaped(surface, "000", number)
        case "QQ" | "MRN":
            return _shaped(surface, "00", number)
        case "PASSPORT":
            return _shaped(surface, "000", number)
        case "IBAN":  # no country is XX
            return "XX" + (_shaped(surface[2:], "00", number) or "") if surface[:2].isalpha() else None
        case "PLATE":
            return (
                f"无{surface[1:2] if surface[1:2].isalpha() else 'A'}{_padded(number, 5)}" if number < 100_000 else None
            )
        case "IP":
            return _address(surface, number)
        case "MAC":  # RFC 7042
            return _mac(surface, number)
        case "EMAIL":  # RFC 2606
            return f"person{_padded(number, 5)}@example.invalid"
        case "WECHAT":
            return f"wxid_nobody{_padded(number, 5)}"
        case "PERSON":
            return _name(surface, number)
        case "ADDRESS":
            if lang == "zh":
                return f"虚构省样例市示范区无名路{_padded(number, 5)}号"
            return f"{_padded(number, 5)} Nowhere Street, Exampleville, ZZ 00000"
        case _:
            return None


def aliases(kind: str, made: str) -> tuple[str, ...]:
    """Other ways in which a model may write a fake: without its separators, or one part of a name alone."""
    if kind in ("PHONE", "BANK_CARD", "SSN", "IMEI"):
        bare = re.sub(r"[^0-9]", "", made)
        return (bare,) if bare != made and len(bare) > 8 else ()
    if kind == "EMAIL":
        return (made.capitalize(),)
    return ()


def _resident(surface: str, number: int) -> str | None:
    """Province 99 does not exist; the year of birth and the sex stay."""
    signs = re.sub(r"[^0-9Xx]", "", surface)
    if number >= 1_000_000:
        return None
    if len(signs) == 18:
        sex = int(signs[16]) % 2
        body = f"99{_padded(number, 6)[:4]}{signs[6:10]}0101{_padded(number, 6)[4:]}{sex}"
        return _into(surface, body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11])
    return _shaped(surface, "99", number)


def _phone(surface: str, number: int) -> str | None:
    """Chinese mobile numbers never begin with 12, and no other number with 000."""
    signs = re.sub(r"[^0-9]", "", surface)
    mobile = re.search(r"(?:86)?1[3-9][0-9]{9}$", signs)
    if mobile is not None and len(signs) in (11, 13, 15):
        return _into(surface, signs[:-11] + "12" + _padded(number, 9)) if number < 10**9 else None
    return _shaped(surface, "000", number)


def _shaped(surface: str, head: str, number: int, *, luhn: bool = False) -> str | None:
    """Digits in the places of digits: the head, then the number, padded."""
    size = sum(c.isdigit() for c in surface)
    room = size - len(head) - luhn
    if room < 1 or number >= 10**room:
        return None
    body = head + _padded(number, room)
    if luhn:
        total = sum(sum(divmod(int(c) * 2, 10)) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(body)))
        body += str(-total % 10)
    return _into(surface, body)


def _into(surface: str, signs: str) -> str:
    """The surface with other signs in the places of its digits."""
    given = iter(signs)
    return "".join(next(given) if c.isdigit() or (c in "Xx" and i > 0) else c for i, c in enumerate(surface))


def _address(surface: str, number: int) -> str | None:
    if ":" in surface:
        return f"2001:db8::{number:x}" if number < 65536 else None  # RFC 3849
    net, host = divmod(number, 254)
    return f"{NETS[net]}.{host + 1}" if net < len(NETS) else None


def _mac(surface: str, number: int) -> str | None:
    if number > 255:
        return None
    parts = ["00", "00", "5e", "00", "53", f"{number:02x}"]
    return (surface[2:3] if surface[2:3] in ":-" else "").join(parts)


def _name(surface: str, number: int) -> str | None:
    if number >= len(SURNAMES) * 100:
        return None
    if any("\u4e00" <= c <= "\u9fff" for c in surface):
        which, rest = divmod(number, 100)
        return SURNAMES[which] + GIVEN[rest // 10] + GIVEN[rest % 10]
    if number >= len(FIRST) * len(LAST):
        return None
    first, last = divmod(number, len(LAST))
    return f"{FIRST[first]} {LAST[last]}"


def _padded(number: int, width: int) -> str:
    return f"{number:0{width}d}"
