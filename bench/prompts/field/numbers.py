"""Numbers: identifiers in the forms in which people and machines write them, each with the check of its kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from prompts.values import Maker

SPOKEN = "零一二三四五六七八九"
RADIO = "零幺二三四五六七八九"


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def mobile(m: Maker) -> str:
    n = m.pick(("134", "138", "150", "159", "166", "173", "177", "182", "187", "191", "198")) + m.digits(8)
    return m.pick(
        (n, n, n, f"{n[:3]}-{n[3:7]}-{n[7:]}", f"{n[:3]} {n[3:7]} {n[7:]}", f"{n[:3]}.{n[3:7]}.{n[7:]}", f"+86{n}", f"+86-{n}", f"(+86){n}", f"86 {n[:3]} {n[3:7]} {n[7:]}", f"{n[:4]} {n[4:7]} {n[7:]}", f"{n[:3]}_{n[3:7]}_{n[7:]}")
    )  # fmt: skip


def plain_mobile(m: Maker) -> str:
    return m.pick(("133", "139", "151", "158", "175", "180", "186", "199")) + m.digits(8)


def fixed(m: Maker) -> str:
    area, size = m.pick(
        (
            ("010", 8),
            ("020", 8),
            ("022", 8),
            ("025", 8),
            ("0512", 8),
            ("0531", 8),
            ("0871", 8),
            ("0757", 8),
            ("0412", 7),
        )
    )
    n = m.pick("2345678") + m.digits(size - 1)
    return m.pick(
        (
            f"{area}-{n}",
            f"{area}{n}",
            f"（{area}）{n}",
            f"{area}-{n[:4]}-{n[4:]}",
            f"{area}-{n}转{m.digits(3)}",
            f"{area} {n[:4]} {n[4:]}",
            f"+86-{area[1:]}-{n}",
        )
    )


def abroad(m: Maker) -> str:
    d = m.digits
    return m.pick(
        (f"+852 9{d(3)} {d(4)}", f"+852-6{d(7)}", f"+886 9{d(2)} {d(3)} {d(3)}", f"+886-2-2{d(3)}-{d(4)}", f"+853 66{d(2)} {d(4)}", f"+81 90-{d(4)}-{d(4)}", f"+65 9{d(3)} {d(4)}", f"+82 10-{d(4)}-{d(4)}", f"+91 98{d(3)} {d(5)}", f"+44 7{d(3)} {d(6)}", f"+49 151 {d(8)}", f"+61 4{d(2)} {d(3)} {d(3)}", f"00852 5{d(3)} {d(4)}", f"+84 9{d(2)} {d(3)} {d(3)}", f"+33 6 {d(2)} {d(2)} {d(2)} {d(2)}")
    )  # fmt: skip


def us(m: Maker) -> str:
    a, b, c = (
        f"{m.pick('23456789')}1{m.pick('02345678')}",
        f"{m.pick('23456789')}{m.pick('23456789')}{m.digits(1)}",
        m.digits(4),
    )
    return m.pick(
        (
            f"({a}) {b}-{c}",
            f"{a}-{b}-{c}",
            f"{a}.{b}.{c}",
            f"{a} {b} {c}",
            f"+1 {a}-{b}-{c}",
            f"1-{a}-{b}-{c}",
            f"+1({a}){b}-{c}",
        )
    )


def resident(m: Maker) -> str:
    area = m.pick(
        (
            "320583",
            "510704",
            "420606",
            "370783",
            "130203",
            "110112",
            "310112",
            "440605",
            "350582",
            "530302",
            "230602",
            "150203",
            "652301",
            "640104",
            "500105",
        )
    )
    body = f"{area}{m.r.randrange(1952, 2006)}{m.r.randrange(1, 13):02}{m.r.randrange(1, 29):02}{m.digits(3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    n = body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]
    return m.pick(
        (
            n,
            n,
            n.lower(),
            f"{n[:6]} {n[6:14]} {n[14:]}",
            f"{n[:6]}-{n[6:14]}-{n[14:]}",
            wide(n),
            f"{n[:3]} {n[3:6]} {n[6:10]} {n[10:14]} {n[14:]}",
        )
    )


def resident_spoken(m: Maker) -> str:
    while True:
        n = resident(m)
        if n.isascii() and n.isdigit():
            return "".join(m.pick((SPOKEN, SPOKEN, RADIO))[int(c)] for c in n)


def card(m: Maker) -> str:
    n = m.luhn(
        m.pick(("621226", "622202", "623058", "621483", "622588", "625955", "436742", "356896"))
        + m.digits(m.pick((9, 12)))
    )
    return m.pick(
        (
            n,
            n,
            " ".join(n[i : i + 4] for i in range(0, len(n), 4)),
            "-".join(n[i : i + 4] for i in range(0, len(n), 4)),
            wide(n),
        )
    )


def credit(m: Maker) -> str:
    n = m.luhn(m.pick(("4", "51", "55", "2221")).ljust(4, "7") + m.digits(11))
    return m.pick((n, " ".join(n[i : i + 4] for i in range(0, 16, 4)), "-".join(n[i : i + 4] for i in range(0, 16, 4))))


def birthday(m: Maker) -> str:
    y, mo, d = m.r.randrange(1945, 2006), m.r.randrange(1, 13), m.r.randrange(1, 29)
    return m.pick(
        (
            f"{y}年{mo}月{d}日",
            f"{y}-{mo:02}-{d:02}",
            f"{y}.{mo}.{d}",
            f"{y}/{mo:02}/{d:02}",
            f"{y}{mo:02}{d:02}",
            f"{y}年{mo:02}月{d:02}日",
        )
    )


def birthday_en(m: Maker) -> str:
    y, mo, d = m.r.randrange(1945, 2006), m.r.randrange(1, 13), m.r.randrange(1, 29)
    month = date(y, mo, d).strftime("%B")
    return m.pick(
        (
            f"{month} {d}, {y}",
            f"{d} {month} {y}",
            f"{mo:02}/{d:02}/{y}",
            f"{month[:3]} {d}, {y}",
            f"{y}-{mo:02}-{d:02}",
            f"{d:02}.{mo:02}.{y}",
        )
    )


def mail(m: Maker) -> str:
    who = m.pick(("sunny", "xiaoyu", "tony.g", "m_lee", "jiang-hui", "karthik.n", "luz", "no1.fan", "dr.wei"))
    return f"{who}{m.r.randrange(1, 9999)}@{m.pick(('126.com', 'sina.cn', 'aliyun.com', 'outlook.com', 'yahoo.com.hk', 'mail.example.org', 'icloud.com'))}"


def plate(m: Maker) -> str:
    head = m.pick("京沪粤苏鲁川渝鄂豫湘皖") + m.pick("ABCDEFGHJK")
    return head + m.pick(
        (
            m.pick("ABCDEFGH") + m.digits(4),
            m.digits(5),
            "D" + m.digits(5),
            "·" + m.digits(3) + m.pick("KLMN") + m.digits(1),
            " " + m.digits(4) + m.pick("XYZ"),
            "F" + m.digits(5),
        )
    )


def _iban(m: Maker) -> str:
    country, body = m.pick(
        (
            ("DE", m.digits(18)),
            ("ES", m.digits(20)),
            ("GB", "BARC" + m.digits(14)),
            ("IT", "X" + m.digits(22)),
            ("CH", m.digits(17)),
            ("AE", m.digits(19)),
        )
    )
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    n = f"{country}{98 - number % 97:02}{body}"
    return m.pick((n, " ".join(n[i : i + 4] for i in range(0, len(n), 4))))


def _secret(m: Maker) -> str:
    def chars(n: int) -> str:
        return "".join(m.pick("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(n))

    return m.pick(
        (
            "sk-" + chars(48),
            "sk-proj-" + chars(64),
            "ghp_" + chars(36),
            "AKIA" + chars(16).upper(),
            "LTAI5t" + chars(18),
            "xoxb-" + m.digits(12) + "-" + chars(24),
            "AIza" + chars(35),
            "glpat-" + chars(20),
        )
    )


NUMBERS: dict[str, Callable[[Maker], str]] = {
    "FMOB": mobile,
    "FPLAIN": plain_mobile,
    "FWIDEMOB": lambda m: wide(plain_mobile(m)),
    "FSPOKE": lambda m: "".join(m.pick((SPOKEN, RADIO))[int(c)] for c in plain_mobile(m)),
    "FFIX": fixed,
    "FINTL": abroad,
    "FUS": us,
    "FID": resident,
    "FIDSPOKE": resident_spoken,
    "FCARD": card,
    "FCREDIT": credit,
    "FDOB": birthday,
    "FEDOB": birthday_en,
    "FMAIL": mail,
    "FWIDEMAIL": lambda m: mail(m).replace("@", "＠"),
    "FPLATE": plate,
    "FMRN": lambda m: m.pick(("", "ZY", "A", "00")) + m.digits(m.pick((6, 8, 10))),
    "FPASS": lambda m: m.pick(("E" + m.digits(8), "G" + m.digits(8), "E" + m.pick("ABCDEFGHJK") + m.digits(7))),
    "FPERM": lambda m: m.pick(("H" + m.digits(8), "M" + m.digits(8), "C" + m.digits(8), "C" + m.pick("ABC") + m.digits(7))),
    "FWX": lambda m: m.pick(("wxid_" + "".join(m.pick("abcdefghkmnp23456789") for _ in range(14)), "happy" + m.digits(4), "Tom-and-" + m.pick("xyz") + m.digits(3), "a_li_" + m.digits(5), "CC" + m.pick("abc") + m.digits(6))),
    "FQQ": lambda m: m.pick("123456789") + m.digits(m.pick((7, 8, 9))),
    "FSSN": lambda m: f"{m.r.randrange(101, 665)}-{m.r.randrange(10, 99)}-{m.r.randrange(1000, 9999)}",
    "FIBAN": _iban,
    "FSECRET": _secret,
    "FIMEI": lambda m: m.luhn("35" + m.digits(12)),
    "FMAC": lambda m: m.pick((":", "-")).join(f"{m.r.randrange(256):02X}" for _ in range(6)),
    "FIP": lambda m: f"{m.pick((14, 42, 101, 117, 124, 171, 222))}.{m.r.randrange(1, 250)}.{m.r.randrange(1, 250)}.{m.r.randrange(1, 250)}",
    "FGEO": lambda m: f"{m.r.randrange(21, 48)}.{m.digits(5)}7,{m.r.randrange(98, 124)}.{m.digits(5)}3",
    "FVIN": lambda m: "L" + m.pick(("FV", "HG", "BV")) + "".join(m.pick("ABCDEFGHJKLMNPRSTUVWXYZ23456789") for _ in range(6)) + m.digits(8),
}  # fmt: skip
