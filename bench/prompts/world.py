"""World: further values, among them names of many origins and papers of several countries."""

from __future__ import annotations

from collections.abc import Callable

from prompts.values import CITIES, COMPOUNDS, ROADS, SURNAMES, Maker

# Each row: given names, family names. Any pair of one row is an invented person.
ORIGINS = (
    (("Oluwaseun", "Chiamaka", "Ifeoma", "Emeka", "Adaobi"), ("Adebayo", "Nwosu", "Okafor", "Balogun", "Eze")),
    (("Priyanka", "Rajesh", "Anjali", "Vikram", "Sunita"), ("Chatterjee", "Krishnan", "Deshmukh", "Iyer", "Banerjee")),
    (("Tomasz", "Agnieszka", "Wojciech", "Katarzyna"), ("Wisniewski", "Kowalczyk", "Zielinska", "Nowak")),
    (("Siobhan", "Declan", "Niamh", "Cormac"), ("O'Rourke", "Gallagher", "McCarthy", "Fitzgerald")),
    (("Mohammed", "Fatima", "Yusuf", "Layla"), ("Al-Rashid", "Hassan", "Mansour", "El-Sayed")),
    (("Dmitri", "Svetlana", "Aleksei", "Olga"), ("Volkov", "Sokolova", "Morozov", "Kuznetsova")),
    (("Hyun-woo", "Min-ji", "Seo-yeon", "Jae-sung"), ("Park", "Choi", "Kang", "Yoon")),
    (("Giulia", "Matteo", "Chiara", "Lorenzo"), ("Ferrari", "Esposito", "Bianchi", "Ricci")),
    (("Alejandro", "Valentina", "Santiago", "Camila"), ("Guerrero", "Fuentes", "Ibarra", "Del Toro")),
    (("Jürgen", "Annika", "Lukas", "Sabine"), ("Schneider", "Hoffmann", "Krüger", "Weiss")),
    (("Haruto", "Yuki", "Sakura", "Kenji"), ("Tanaka", "Watanabe", "Kobayashi", "Yamamoto")),
    (("Deborah", "Kyle", "Shannon", "Wayne", "Leslie"), ("Carpenter", "Whitaker", "Ellison", "Prescott", "Hargrove")),
    (("Nguyen", "Linh", "Thuy", "Minh"), ("Tran", "Pham", "Hoang", "Dang")),
    (("Pierre", "Camille", "Bastien", "Élodie"), ("Dubois", "Lefèvre", "Moreau", "Girard")),
)
SYLLABLES = (
    "zi", "han", "yu", "chen", "xin", "yi", "hao", "ran", "jia", "qi", "wen", "bo", "ming", "hui", "li", "na", "guo",
    "qiang", "xiao", "dong", "ying",
)  # fmt: skip
FAMILY = (
    "Zhang",
    "Wang",
    "Liu",
    "Chen",
    "Yang",
    "Zhao",
    "Huang",
    "Zhou",
    "Xu",
    "Sun",
    "Guo",
    "Lin",
    "Luo",
    "Zheng",
    "Liang",
)
HANT = "陳張劉黃吳楊趙鄭鄧許蔡馮蔣謝葉蘇賴簡"
HANT_GIVEN = "偉國華麗慧鳳儀嘉寶怡穎傑彥廷俊豪雅婷淑芬建宏美玲志強詠詩樂賢"
# further surnames and signs of given names, rarer ones among them
WIDE_SURNAMES = "仇佟车衣苑宓冼麦区窦柴晏戚冉尚焦燕鄂楼占寇原农游阙闻边卓郁房麻相池蓝阎党代屈冀桑于和平幸应展战商揭辛巫敖牧那洛冒庾终步居明水国来丛帅宁"
WIDE_GIVEN = (
    "岚卉萍翠珠凤仙莲菊芹芸芬芝琼瑛琳珍瑾瑜璇玥珊珂琬瑗钰铭锋钧锐铎镇均垚坤城基堂培墨壮夏多奕奇娴婕婵媛孜宁宏宗定宪宸容宽宾富寒寅尧岩岭崇崧川州巍巧帆帅庆康庚庭延弘"
    "弦彤彪影彻忆念怀恩恺悦惠愉慈慧懿成才扬承振捷政敦斌斐旭旺昂昊昌昕昱晔晗晟晴智暖曜朋朔朗本权来松柏柯柱栋根格桓梧棋森楠榕樱欢正毅民汉江汝沛河治泉泓波洁津洪洲济浩浪润淑淼清温湘滔漫澄澜灏灵灿炜炎炳烁烈焕焱煜熠熙燃爽牧献玄玮"
)
DOTS = (
    ("阿卜杜", "艾合买提", "古丽", "扎西", "次仁", "玛丽亚", "安德烈"),
    ("买买提", "热合曼", "多吉", "卓玛", "伊万诺夫", "费尔南德斯", "科瓦奇"),
)


def _name(m: Maker) -> str:
    given, family = m.pick(ORIGINS)
    middle = f"{m.pick('ABCDEFGHJKLMR')}. " if m.r.random() < 0.12 else ""
    return f"{m.pick(given)} {middle}{m.pick(family)}"


def _wide(m: Maker) -> str:
    surname = m.pick(WIDE_SURNAMES if m.r.random() < 0.3 else SURNAMES)
    return surname + "".join(m.pick(WIDE_GIVEN) for _ in range(1 if m.r.random() < 0.25 else 2))


def _pinyin(m: Maker) -> str:
    given = "".join(m.pick(SYLLABLES) for _ in range(m.pick((1, 2, 2)))).capitalize()
    return f"{given} {m.pick(FAMILY)}" if m.r.random() < 0.6 else f"{m.pick(FAMILY)} {given}"


def _iban(m: Maker) -> str:
    country, body = m.pick(
        (("GB", "WEST" + m.digits(14)), ("DE", m.digits(18)), ("FR", m.digits(23)), ("NL", "ABNA" + m.digits(10)))
    )
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    return f"{country}{98 - number % 97:02}{body}"


def _uk_phone(m: Maker) -> str:
    return m.pick(
        (f"+44 7{m.digits(3)} {m.digits(6)}", f"07{m.digits(3)} {m.digits(6)}", f"+44 20 7{m.digits(3)} {m.digits(4)}")
    )


def _landline(m: Maker) -> str:
    area, size = m.pick((("010", 8), ("021", 8), ("0571", 8), ("0755", 8), ("0792", 7), ("028", 8)))
    n = m.pick("2345678") + m.digits(size - 1)
    return m.pick((f"{area}-{n}", f"({area}){n}", f"{area} {n}"))


def _uk_address(m: Maker) -> str:
    street = f"{m.r.randrange(1, 180)} {m.pick(('Ashgrove', 'Priory', 'Mulberry', 'Fernleigh'))} {m.pick(('Road', 'Close', 'Gardens', 'Lane'))}"
    flat = m.pick(("", f"Flat {m.r.randrange(1, 30)}, "))
    return f"{flat}{street}, {m.pick(('Leeds', 'Bristol', 'Norwich', 'Glasgow'))} {m.pick(('LS', 'BS', 'NR'))}{m.r.randrange(1, 19)} {m.r.randrange(1, 9)}{m.pick('ABDE')}{m.pick('FGHL')}"


def _short(m: Maker) -> str:
    """As people write it to someone who knows the town."""
    return m.pick(
        (
            f"{m.pick(ROADS)}{m.pick(('路', '街'))}{m.r.randrange(1, 900)}弄{m.r.randrange(1, 60)}号{m.r.randrange(101, 999)}室",
            f"{m.pick(COMPOUNDS)}{m.r.randrange(1, 30)}号楼{m.r.randrange(1, 5)}单元{m.r.randrange(101, 2900)}",
            f"{m.pick(CITIES)[2]}{m.pick(ROADS)}路{m.r.randrange(1, 900)}号",
        )
    )


def _emrn(m: Maker) -> str:
    return m.pick((m.digits(8), f"{m.pick('ABHM')}{m.digits(7)}", f"MR{m.digits(6)}"))


WORLD: dict[str, Callable[[Maker], str]] = {
    "NAME": _name,
    "WIDE": _wide,
    "LAST": lambda m: m.pick(m.pick(ORIGINS)[1]),
    "PINYIN": _pinyin,
    "HANT": lambda m: m.pick(HANT) + "".join(m.pick(HANT_GIVEN) for _ in range(m.pick((1, 2, 2, 2)))),
    "DOTTED": lambda m: f"{m.pick(DOTS[0])}·{m.pick(DOTS[1])}",
    "FAMILIAR": lambda m: m.pick(("小", "老", "阿")) + m.pick(SURNAMES),
    "IBAN": _iban,
    "LANDLINE": _landline,
    "UKPHONE": _uk_phone,
    "UKADDR": _uk_address,
    "SHORTADDR": _short,
    "HANTADDR": lambda m: m.pick(("台北市大安區", "新北市板橋區", "高雄市左營區", "香港九龍")) + m.pick(("仁愛路", "文化路", "中山路", "彌敦道")) + f"{m.r.randrange(1, 400)}號{m.r.randrange(2, 20)}樓",
    "AMEX": lambda m: m.luhn("37" + m.digits(12)),
    "IPV6": lambda m: ":".join(["2409", *(f"{m.r.randrange(1, 65536):x}" for _ in range(7))]),
    "GEO": lambda m: f"{m.r.randrange(22, 45)}.{m.digits(5)}1, {m.r.randrange(100, 122)}.{m.digits(5)}1",
    "EMRN": _emrn,
    "TWPERMIT": lambda m: "0" + m.digits(7),
    "USPASSPORT": lambda m: m.pick(("5", "4", "C", "X")) + m.digits(8),
    "BOOK": lambda m: m.pick("EG") + m.digits(8),
    "VIN": lambda m: "LSV" + m.pick("ABCDEFGH") + m.digits(1) + m.pick("ABCDEFGH") + m.digits(1) + m.pick("ABCDEFGH") + m.pick("CDEFGHJK") + m.digits(8),
    "MILITARY_ID": lambda m: m.pick("军武士") + f"字第{m.digits(7)}号",
}  # fmt: skip
