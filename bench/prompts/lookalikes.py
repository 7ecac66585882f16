"""Look-alikes: numbers and words that are nobody's, though something about them looks like personal information."""

from __future__ import annotations

from collections.abc import Callable

from prompts.values import Maker


def _hex(m: Maker, n: int) -> str:
    return "".join(m.pick("0123456789abcdef") for _ in range(n))


def _order16(m: Maker) -> str:
    return m.pick("23456789") + "7" + m.digits(14)


def _uuid(m: Maker) -> str:
    return f"{_hex(m, 8)}-{_hex(m, 4)}-4{_hex(m, 3)}-a{_hex(m, 3)}-{_hex(m, 12)}"


LOOKALIKES: dict[str, Callable[[Maker], str]] = {
    "order": _order16,
    "order14": lambda m: f"2026{m.r.randrange(1, 13):02}{m.r.randrange(1, 29):02}" + m.digits(6),
    "order_us": lambda m: f"{m.digits(3)}-{m.digits(7)}-{m.digits(7)}",
    "like_phone": lambda m: "1" + m.pick("35789") + m.digits(9),  # behind a label that says what it is
    "date8": lambda m: f"2026{m.r.randrange(1, 13):02}{m.r.randrange(1, 29):02}",
    "bad_card": lambda m: m.bad(m.luhn("622848" + m.digits(12))),
    "bad_visa": lambda m: m.bad(m.luhn("4" + m.digits(14))),
    "bad_id": lambda m: m.bad(m.id_cn()),
    "bad_ssn": lambda m: f"{m.pick(('000', '666', '9' + m.digits(2)))}-{m.r.randrange(10, 99)}-{m.r.randrange(1000, 9999)}",
    "hotline": lambda m: f"400-{m.digits(3)}-{m.digits(4)}",
    "tollfree": lambda m: f"1-800-{m.r.randrange(200, 999)}-{m.digits(4)}",
    "money": lambda m: f"{m.r.randrange(1, 99)},{m.digits(3)},{m.digits(3)}.00",
    "version": lambda m: f"v{m.r.randrange(1, 9)}.{m.r.randrange(1, 20)}.{m.r.randrange(1, 20)}",
    "version4": lambda m: f"{m.r.randrange(1, 20)}.{m.r.randrange(0, 20)}.{m.r.randrange(0, 9)}.{m.r.randrange(100, 255)}",
    "private_ip": lambda m: f"192.168.{m.r.randrange(1, 250)}.{m.r.randrange(1, 250)}",
    "loopback": lambda m: m.pick(("127.0.0.1", "0.0.0.0", "::1", "255.255.255.0", "10.0.12.7")),
    "hash": lambda m: _hex(m, 40),
    "digest": lambda m: _hex(m, 64),
    "uuid": _uuid,
    "epoch": lambda m: "17" + m.digits(8),
    "epoch_ms": lambda m: "17" + m.digits(11),
    "isbn": lambda m: "978-7-" + m.digits(3) + "-" + m.digits(5) + "-" + m.digits(1),
    "sku": lambda m: f"{m.pick(('KX', 'HD', 'ABZ', 'WM'))}-{m.digits(4)}-{m.digits(6)}",
    "part": lambda m: f"PN {m.digits(3)}-{m.digits(5)}",
    "waybill": lambda m: m.pick(("SF", "YT", "JD", "EMS")) + "1" + m.digits(12),
    "flight": lambda m: m.pick(("CA", "MU", "CZ", "HU")) + m.digits(4),
    "train": lambda m: m.pick("GDK") + m.digits(4),
    "standard": lambda m: f"GB/T {m.r.randrange(10000, 40000)}-20{m.r.randrange(10, 26)}",
    "document": lambda m: f"〔20{m.r.randrange(10, 26)}〕{m.r.randrange(1, 99)}号",
    "doi": lambda m: f"10.{m.digits(4).replace('0', '1')}/s{m.digits(5)}-0{m.digits(2)}-{m.digits(5)}-{m.digits(1)}",
    "ratio": lambda m: f"{m.r.randrange(1, 99)}.{m.digits(2)}%",
    "size": lambda m: f"{m.r.randrange(100, 999)}x{m.r.randrange(100, 999)}x{m.r.randrange(10, 99)}mm",
    "postcode": lambda m: m.pick("23456") + m.digits(5),
    "role_box": lambda m: m.pick(("support", "info", "noreply", "sales")) + "@example.com",
    "short_geo": lambda m: f"{m.r.randrange(20, 40)}.{m.digits(1)}, {m.r.randrange(100, 120)}.{m.digits(1)}",
    "port": lambda m: f":{m.r.randrange(2000, 60000)}",
    "brand": lambda m: m.pick(("李宁", "王老吉", "张小泉", "马应龙", "周黑鸭", "老干妈", "陈李济", "周大福", "安踏", "方太", "雷士", "苏泊尔")),
    "brand_en": lambda m: m.pick(
        ("Wells Fargo", "Charles Schwab", "Ralph Lauren", "Harley Davidson", "Johnson Controls", "Warner Bros", "Calvin Klein", "Tommy Hilfiger")
    ),
    "place": lambda m: m.pick(("张家口", "黄石", "金华", "常州", "连云港", "马鞍山", "高邮", "安阳")),
    "place_en": lambda m: m.pick(("San Diego", "Jackson Hole", "Austin", "Charlotte", "Madison Square Garden", "St. Louis")),
    "public": lambda m: m.pick(("鲁迅", "李白", "苏轼", "牛顿", "达尔文", "贝多芬", "莎士比亚", "曹雪芹")),
    "public_en": lambda m: m.pick(("Albert Einstein", "Jane Austen", "Isaac Newton", "Charles Darwin", "Ada Lovelace", "Shakespeare")),
}  # fmt: skip
ANY = (
    "order", "date8", "bad_card", "bad_id", "hotline", "money", "version", "private_ip", "hash", "epoch", "isbn",
)  # fmt: skip


def lookalike(maker: Maker, kind: str = "") -> tuple[str, str]:
    """The kind and the text; of a kind drawn from `ANY` where none is named."""
    kind = kind or maker.pick(ANY)
    return kind, LOOKALIKES[kind](maker)
