"""Checks: what a pattern alone cannot say. Each takes the matched bytes and answers whether they can be real."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from datetime import date
from operator import mul

Check = Callable[[bytes], bool]

PROVINCES = frozenset(
    b"11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
    b"50 51 52 53 54 61 62 63 64 65 71 81 82 83 91".split()
)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = b"10X98765432"
ID_ZEROS = 48 * sum(ID_WEIGHTS)  # what the code points of the digits add
USCC_ALPHABET = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_RANKS = bytes(max(USCC_ALPHABET.find(c), -1) % 256 for c in range(256))
USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
NOT_PUBLIC = (
    *(b"192.168. 169.254. 198.18. 198.19. 192.0.2. 192.0.0. 198.51.100. 203.0.113.".split()),
    *(b"100.%d." % n for n in range(64, 128)),
)
SHARED = frozenset((100, 169, 192, 198, 203))  # first numbers of which a part is not public
LONG_MONTHS = frozenset((b"01", b"03", b"05", b"07", b"08", b"10", b"12"))
TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888", "900")
ROLE_BOXES = frozenset(
    b"info support noreply no-reply donotreply admin webmaster postmaster service sales contact help hr jobs press "
    b"abuse security billing marketing newsletter feedback mailer-daemon root kefu hello team office enquiries".split()
)
NOT_TLDS = frozenset(b"png jpg jpeg gif svg webp js ts css py md json html pdf txt whl local internal invalid".split())
TAIWAN_LETTERS = b"ABCDEFGHJKLMNPQRSTUVXYWZIO"  # by their numbers, from ten on
VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
EXTENSION = re.compile("转|ext".encode())
SEPARATORS = bytes(c for c in range(256) if c not in b"0123456789Xx")
DOUBLED = bytes(48 + (2 * (c - 48) - 9 * (c > 52)) if 48 <= c <= 57 else 0 for c in range(256))


def digits(value: bytes) -> str:
    """The digits (and a final X) of a number written with separators."""
    return value.translate(None, SEPARATORS).decode("ascii", "ignore")


def luhn(number: str) -> bool:
    back = number.encode()[::-1]
    return (sum(back[::2]) + sum(back[1::2].translate(DOUBLED)) - 48 * len(back)) % 10 == 0


def day(text: str) -> date | None:
    """The calendar day of `yyyymmdd`; None where there is no such day."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def is_day(v: bytes) -> bool:
    """There is such a day; without making it, since this is asked of every run of eighteen digits."""
    month, last = v[4:6], v[6:8]
    if not b"01" <= month <= b"12" or not b"01" <= last <= b"31" or not b"1800" <= v[:4] <= b"2100":
        return False
    if last <= b"28":
        return True
    if month == b"02":
        year = int(v[:4])
        return last == b"29" and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return last != b"31" or month in LONG_MONTHS


def resident_id(value: bytes) -> bool:
    """18 digits by ISO 7064 MOD 11-2, a province code and a real day.

    The county code is not asked for: codes were given at registration, often long after birth.
    """
    v = value.translate(None, b" -")
    return v[:2] in PROVINCES and _mod_11_2(v) and is_day(v[6:14])


def resident_id_15(value: bytes) -> bool:
    v = value.translate(None, b" -")
    return len(v) == 15 and v[:2] in PROVINCES and is_day(b"19" + v[6:12])


def foreign_resident(value: bytes) -> bool:
    return value[:1] == b"9" and _mod_11_2(value) and is_day(value[6:14])


def bank_card(value: bytes) -> bool:
    """Luhn and an issuer's prefix: Luhn alone passes one random number in ten."""
    v = value.translate(None, b" -")
    size = len(v)
    match v[0]:
        case 52:  # 4
            known = size in (16, 19)  # of thirteen digits only barcodes are left
        case 54:  # 6
            known = 16 <= size <= 19 and v[1] in b"025"
        case 51:  # 3
            known = (size == 15 and v[1] in b"47") or (size == 16 and v[1] == 53)
        case 53 | 50:  # 5, 2
            known = size == 16 and (b"51" <= v[:2] <= b"55" or b"2221" <= v[:4] <= b"2720")
        case _:
            known = v[:4] == b"9558" and 16 <= size <= 19
    back = v[::-1]
    total = sum(back[::2]) + sum(back[1::2].translate(DOUBLED)) - 48 * size
    return known and total % 10 == 0 and v.count(v[:1]) < size


def luhn_only(value: bytes) -> bool:
    return luhn(digits(value))


def uscc(value: bytes) -> bool:
    """GB 32100 MOD 31."""
    ranks = value.translate(USCC_RANKS)
    return not value.isalpha() and (31 - sum(map(mul, ranks, USCC_WEIGHTS)) % 31) % 31 == ranks[17] and max(ranks) < 31


def iban(value: bytes) -> bool:
    v = bytes(c for c in value if c not in b" -").decode().upper()
    if IBAN_LENGTHS.get(v[:2]) != len(v):
        return False
    return int("".join(str(int(c, 36)) for c in v[4:] + v[:4])) % 97 == 1


def mobile_cn(value: bytes) -> bool:
    """Eleven digits, not one repeated to the end."""
    return value[-4:].count(value[-1:]) < 4 or value[-6:-4] != value[-2:]


def nanp(value: bytes) -> bool:
    """A North American number of a person: area and exchange 2-9, not N11, not toll-free."""
    v = digits(value)
    while len(v) > 10 and v[0] in "01":
        v = v[1:]
    v = v[:10]
    return len(v) == 10 and v[0] > "1" and v[3] > "1" and v[1:3] not in ("00", "11") and v[:3] not in TOLL_FREE


def landline_cn(value: bytes) -> bool:
    """A known length of area code and local number: eight digits after 010 and 02x and in the larger cities."""
    v = digits(EXTENSION.split(value)[0]).removeprefix("86")
    v = v if v[:1] == "0" else "0" + v
    area = 3 if v[1] in "12" else 4
    local = v[area:]
    return v[1] != "0" and local[:1] in tuple("2345678") and len(local) in ((8,) if area == 3 else (7, 8))


def local_number(value: bytes) -> bool:
    """What a label of telephones stands before, unless it is a day or a number of a firm's service."""
    if len(value) == 10 and value[:3] in (b"400", b"800"):
        return False
    return len(value) != 8 or not (value.startswith((b"19", b"20")) and is_day(value))


def international(value: bytes) -> bool:
    v = digits(value)
    return 8 <= len(v) <= 15 and len(set(v)) > 2


def international_00(value: bytes) -> bool:
    """As `international`, behind the two zeros that are dialled to get abroad."""
    v = digits(value)
    return 11 <= len(v) <= 17 and len(set(v)) > 3


def email(value: bytes) -> bool:
    """A box of a person: no role, no file name, a top-level domain of letters."""
    local, _, domain = value.partition(b"@")
    tld = domain[domain.rfind(b".") + 1 :].lower()
    return (
        len(tld) > 1
        and tld.isalpha()
        and tld not in NOT_TLDS
        and local.lower() not in ROLE_BOXES
        and local[-1:] != b"."
    )


def ssn(value: bytes) -> bool:
    v = digits(value)
    return v[:3] not in ("000", "666") and v[0] != "9" and v[3:5] != "00" and v[5:] != "0000"


def public_ip(value: bytes) -> bool:
    """An address of the open internet: private, loopback, link-local, documentation and mask addresses are nobody's."""
    if b":" in value:
        try:
            v6 = ipaddress.IPv6Address(value.decode().partition("%")[0])
        except ValueError:
            return False
        return not (v6.is_loopback or v6.is_link_local or v6.is_multicast or v6.is_unspecified or v6.is_private)
    first, second, _ = value.split(b".", 2)
    a = int(first)
    if a in SHARED and value.startswith(NOT_PUBLIC):
        return False
    if a == 172:
        return not 16 <= int(second) <= 31
    return 0 < a < 224 and a not in (10, 127) and not value.endswith(b".0.0")


def mac(value: bytes) -> bool:
    v = value.upper().replace(b"-", b":")
    return len(set(v.split(b":"))) > 2 and v != b"FF:FF:FF:FF:FF:FF"


def geo(value: bytes) -> bool:
    """A pair in range, in either order; within five degrees of zero on both counts there is only sea."""
    try:
        a, b = (abs(float(part)) for part in _numbers(value)[:2])
    except ValueError:
        return False
    return ((a <= 90 and b <= 180) or (b <= 90 and a <= 180)) and a != b and max(a, b) >= 5


def real_day(value: bytes) -> bool:
    """A day that some calendar has, in the orders year-month-day, month/day/year and day/month/year."""
    return birth_day(value) is not None


def birth_day(value: bytes) -> date | None:
    parts = [int(p) for p in _numbers(value, dots=False)]
    if len(parts) == 1 and len(str(parts[0])) == 8:
        return day(str(parts[0]))
    text = value.decode("utf-8", "replace").lower()
    for i, month in enumerate(MONTHS, 1):
        if month in text:
            if len(parts) != 2:
                return None
            d, y = (parts[1], parts[0]) if parts[0] > 31 else (parts[0], parts[1])
            return _day(y, i, d)
    if len(parts) == 2:
        return _day(parts[0], parts[1], 1)
    if len(parts) != 3:
        return None
    a, b, c = parts
    if a > 31:
        return _day(a, b, c)
    return _day(c, a, b) or _day(c, b, a)


def mixed(value: bytes) -> bool:
    """Enough variety to be a key and not a word or a row of stars."""
    return len(set(value)) >= 6 and not value.lower().startswith((b"example", b"your", b"xxxx", b"<"))


def password(value: bytes) -> bool:
    """Something that is no word of prose: letters with digits or signs, or a code of digits."""
    kinds = sum((any(48 <= c <= 57 for c in value), value.lower() != value, any(not chr(c).isalnum() for c in value)))
    letters = any(chr(c).isalpha() for c in value)
    core = value.strip(b".,!?:-_")
    return (
        len(set(value)) > 2
        and len(core) >= 4
        and (core.isdigit() or (letters and len(value) >= 6 and kinds > 0 and not core.isalpha()))
    )


def handle(value: bytes) -> bool:
    """A name that its owner chose: it has a digit, a line or a hyphen, or no vowel pattern of a word."""
    text = value.decode()
    return any(c.isdigit() or c in "_-" for c in text) and not text.lower().startswith(("http", "jssdk", "config"))


def taiwan_id(value: bytes) -> bool:
    """Of citizens and of foreigners: a letter's number, then weights 8 to 1, by ten."""
    first = TAIWAN_LETTERS.find(value[0]) + 10
    return (
        first > 9 and (first // 10 + first % 10 * 9 + _weighed(value[1:9], range(8, 0, -1)) + value[9] - 48) % 10 == 0
    )


def nric(value: bytes) -> bool:
    """Singapore: weights by eleven, the letter by series."""
    offset = {83: 0, 84: 4, 70: 0, 71: 4, 77: 3}[value[0]]
    rank = (_weighed(value[1:8], (2, 7, 6, 5, 4, 3, 2)) + offset) % 11
    letters = b"JZIHGFEDCBA" if value[:1] in b"ST" else b"XWUTRQPNMLK" if value[:1] in b"FG" else b"XWUTRQPNJLK"
    return letters[10 - rank if value[:1] == b"M" else rank] == value[8]


def verhoeff(value: bytes) -> bool:
    """Aadhaar: the twelve digits by the tables of the dihedral group of order ten."""
    rest = 0
    for place, c in enumerate(reversed(digits(value))):
        n = int(c)
        for _ in range(place % 8):
            n = VERHOEFF_TURN[n]
        rest = _dihedral(rest, n)
    return rest == 0


def nhs_number(value: bytes) -> bool:
    v = digits(value)
    return (_weighed(v[:9].encode(), range(10, 1, -1)) + int(v[9])) % 11 == 0


def my_number(value: bytes) -> bool:
    """Japan: weights 2 to 7 from behind, by eleven."""
    v = digits(value)
    rest = _weighed(v[:11].encode(), (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return int(v[11]) == (0 if rest < 2 else 11 - rest)


def plate(value: bytes) -> bool:
    """At least one digit, and no plain word."""
    return len(value.translate(None, b"0123456789")) < len(value) and value[3:6] != b"APP"


def vin(value: bytes) -> bool:
    v = value.decode().upper()
    return len(v) == 17 and not v.isdigit() and not v.isalpha()


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _weighed(v: bytes, weights: Iterable[int]) -> int:
    return sum((c - 48) * w for c, w in zip(v, weights, strict=True))


def _dihedral(a: int, b: int) -> int:
    """The product in the group of turns (0-4) and flips (5-9) of a pentagon."""
    turn = (a + b) % 5 if a < 5 else (a - b) % 5
    return turn + 5 * ((a < 5) != (b < 5))


def _mod_11_2(v: bytes) -> bool:
    return len(v) == 18 and ID_CHECK[(sum(map(mul, v, ID_WEIGHTS)) - ID_ZEROS) % 11] == (88 if v[17] == 120 else v[17])


def _day(year: int, month: int, day_: int) -> date | None:
    if year < 100:
        year += 1900 if year > 30 else 2000
    try:
        found = date(year, month, day_)
    except ValueError:
        return None
    return found if 1900 <= year <= 2099 else None


def _numbers(value: bytes, *, dots: bool = True) -> list[str]:
    out, current = [], ""
    for c in value.decode("utf-8", "replace") + " ":
        if (c.isascii() and c.isdigit()) or (dots and (c == "." or (c == "-" and not current))):
            current += c
        elif current:
            out.append(current)
            current = ""
    return [n for n in out if any(c.isdigit() for c in n)]


CHECKS: dict[str, Check] = {
    f.__name__: f
    for f in (
        resident_id, resident_id_15, foreign_resident, bank_card, luhn_only, uscc, iban, mobile_cn, nanp, landline_cn,
        local_number, international, international_00, email, ssn, public_ip, mac, geo, real_day, mixed, vin,
        password, handle, plate, taiwan_id, nric, verhoeff, nhs_number, my_number,
    )
}  # fmt: skip
