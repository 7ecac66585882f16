"""Values: what stands in a prompt in place of a mark. Every draw comes from one seeded source.

Names are drawn from syllables and lists that the engine does not hold as well as from common ones, so that a gazetteer
alone does not score; numbers carry the checks of their kind.
"""

from __future__ import annotations

import random
from typing import Any

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵"
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "尉迟", "慕容", "皇甫", "东方", "夏侯", "司徒")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志海燕梅鑫宇浩轩子涵欣怡诗雨梓萱佳琪思远嘉豪晨曦文博天翔雪莹晓东俊峰雅婷美玲春花秋月永福德胜长青瑞雪若冰羽凡沐辰亦菲锦程泽楷书瑶婉清慕白知夏景行望舒"
EN_GIVEN = (
    "Margaret", "Ottoline", "Wystan", "Ysolt", "Corwin", "Thessaly", "Brynmor", "Lysander",
    "Sabriel", "Hezekiah", "Bartholomew", "Ambrose", "Emily", "Joshua", "Karen", "Dennis",
    "Monica", "Trevor", "Latoya", "Gregory", "Natalie", "Derek", "Samantha", "Curtis",
    "Vanessa", "Travis", "Brenda", "Shawn", "Alicia", "Victor", "Denise", "Marcus",
    "Tanya", "Keith", "Bianca", "Ronald", "Meghan", "Oscar", "Paula", "Wesley",
)  # fmt: skip
EN_LAST = (
    "Haverbrook", "Castellanos", "Wintergate", "Okonkwo", "Fairbrother", "Lindqvist", "Pemberley", "Stanislav",
    "Thistlewood", "Abernathy", "Miller", "Johnson", "Garcia", "Thompson", "Hughes", "Patterson", "Bennett",
    "Foster", "Ramirez", "Sullivan", "Delacroix", "Marchetti", "Brannigan", "Holloway", "Whitcombe", "Vasquez",
    "Nakagawa", "Osterman", "Kilpatrick", "Drummond", "Sandhu", "Mbeki",
)  # fmt: skip
CITIES = (
    ("江苏省", "苏州市", "吴中区"), ("浙江省", "绍兴市", "越城区"), ("四川省", "绵阳市", "涪城区"), ("", "上海市", "虹口区"), ("", "北京市", "丰台区"),
    ("湖北省", "宜昌市", "西陵区"), ("广东省", "佛山市", "禅城区"), ("福建省", "泉州市", "安溪县"), ("山东省", "烟台市", "福山区"), ("云南省", "大理白族自治州", "祥云县"),
    ("广西壮族自治区", "柳州市", "鱼峰区"), ("", "重庆市", "渝北区"), ("湖南省", "岳阳市", "平江县"), ("河南省", "洛阳市", "瀍河区"), ("辽宁省", "大连市", "沙河口区"),
)  # fmt: skip
ROADS = (
    "望江", "听涛", "梧桐", "建新", "学府", "福民", "翠竹", "龙腾", "锦绣", "文昌", "朝晖", "凤鸣", "银杏", "枫林", "兴业", "东环", "和睦", "清河",
    "石板", "丹桂",
)  # fmt: skip
COMPOUNDS = (
    "碧桂园", "阳光里", "翡翠湾", "水岸新城", "锦绣家园", "康乐小区", "金色年华", "梧桐苑", "幸福里", "天鹅堡", "观澜国际", "云栖小筑",
)  # fmt: skip
STREETS = (
    "Maple", "Oakridge", "Juniper", "Harbour", "Sycamore", "Wellington", "Copperfield", "Larkspur", "Meadowbrook",
    "Kingsley",
)  # fmt: skip
TOWNS = (
    "Brookhaven", "Fairmont", "Ashby", "Milltown", "Kirkdale", "Westerly", "Lakewood", "Harrow",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Maker:
    """Draws values; every draw comes from one seeded source."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)

    def pick(self, items: Any) -> Any:
        return self.r.choice(items)

    def digits(self, n: int) -> str:
        return "".join(self.r.choice("0123456789") for _ in range(n))

    def zh_name(self) -> str:
        surname = self.pick(COMPOUND) if self.r.random() < 0.06 else self.pick(SURNAMES)
        return surname + "".join(self.pick(GIVEN) for _ in range(1 if self.r.random() < 0.22 else 2))

    def en_name(self) -> str:
        return f"{self.pick(EN_GIVEN)} {self.pick(EN_LAST)}"

    def mobile(self) -> str:
        n = self.pick(("13", "15", "17", "18", "19")) + self.digits(9)
        n = n[:3] + "2468"[self.r.randrange(4)] + n[4:]
        return self.pick((n, n, f"{n[:3]}-{n[3:7]}-{n[7:]}", f"{n[:3]} {n[3:7]} {n[7:]}", f"+86 {n}"))

    def id_cn(self) -> str:
        area = self.pick(("330602", "510703", "370611", "440604", "350524", "110106", "420502"))
        body = f"{area}{self.r.randrange(1950, 2005)}{self.r.randrange(1, 13):02}{self.r.randrange(1, 29):02}{self.digits(3)}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]

    def luhn(self, body: str) -> str:
        total = 0
        for i, c in enumerate(reversed(body)):
            d = int(c) * (2 if i % 2 == 0 else 1)
            total += d - 9 if d > 9 else d
        return body + str(-total % 10)

    def card(self) -> str:
        n = self.luhn(self.pick(("621700", "622848", "625912", "603265")) + self.digits(12))
        return self.pick((n, " ".join(n[i : i + 4] for i in range(0, len(n), 4))))

    def visa(self) -> str:
        n = self.luhn("4" + self.digits(14))
        return self.pick((n, "-".join(n[i : i + 4] for i in range(0, 16, 4))))

    def email(self) -> str:
        return f"{self.pick(('kiki', 'w.zhou', 'amy', 'jsmith', 'liu.yang', 'tj'))}{self.r.randrange(10, 9999)}@{self.pick(('163.com', 'foxmail.com', 'mail.example.net', 'hotmail.com'))}"

    def zh_address(self) -> str:
        province, city, county = self.pick(CITIES)
        head = self.pick((province + city + county, city + county, county))
        road = f"{self.pick(ROADS)}{self.pick(('路', '街', '大道', '巷'))}{self.r.randrange(1, 900)}号"
        flat = self.pick(
            (
                f"{self.r.randrange(1, 30)}幢{self.r.randrange(1, 5)}单元{self.r.randrange(101, 2900)}室",
                f"{self.r.randrange(1, 30)}栋{self.r.randrange(101, 2900)}",
                f"{self.r.randrange(1, 30)}号楼{self.r.randrange(2, 30)}层",
                f"{self.r.randrange(1, 30)}-{self.r.randrange(1, 4)}-{self.r.randrange(101, 2900)}",
            )
        )
        shape = self.r.randrange(5)
        if shape == 0:
            return head + road
        if shape == 1:
            return head + self.pick(COMPOUNDS) + flat
        if shape == 2:
            return (
                head
                + self.pick(("石桥镇", "柳林乡", "新塘街道"))
                + self.pick(("东升", "双河", "大王庄"))
                + f"村{self.r.randrange(1, 12)}组{self.r.randrange(1, 200)}号"
            )
        return head + road + self.pick(COMPOUNDS) + flat

    def en_address(self) -> str:
        street = f"{self.r.randrange(3, 9999)} {self.pick(STREETS)} {self.pick(('Street', 'Ave', 'Lane', 'Drive', 'Court', 'Blvd'))}"
        unit = self.pick(("", f", Apt {self.r.randrange(1, 99)}", f" Suite {self.r.randrange(100, 999)}"))
        return self.pick(
            (
                f"{street}{unit}, {self.pick(TOWNS)}, {self.pick(('OH', 'TX', 'CA', 'NY'))} {self.digits(5)}",
                f"{street}{unit}, {self.pick(TOWNS)}",
                f"{self.r.randrange(1, 200)} {self.pick(STREETS)} Road, {self.pick(TOWNS)}, SW{self.r.randrange(1, 9)}A 2PQ",
            )
        )

    def us_phone(self) -> str:
        a, b, c = (
            f"{self.r.randrange(2, 10)}0{self.r.randrange(1, 10)}",
            f"{self.r.randrange(2, 10)}{self.digits(2)}",
            self.digits(4),
        )
        a, b = a.replace("800", "802").replace("900", "902"), (b[:1] + "3" + b[2:])
        return self.pick((f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"+1 {a} {b} {c}"))

    def date(self) -> tuple[int, int, int]:
        return self.r.randrange(1948, 2004), self.r.randrange(1, 13), self.r.randrange(1, 29)

    def zh_date(self) -> str:
        y, m, d = self.date()
        return self.pick((f"{y}年{m}月{d}日", f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}"))

    def en_date(self) -> str:
        y, m, d = self.date()
        return self.pick(
            (f"{MONTHS[m - 1]} {d}, {y}", f"{m:02}/{d:02}/{y}", f"{d} {MONTHS[m - 1][:3]} {y}", f"{y}-{m:02}-{d:02}")
        )

    def plate(self) -> str:
        return (
            self.pick("浙苏川闽鲁粤")
            + self.pick("ABCEK")
            + self.pick(("", "·"))
            + self.pick(("D", ""))
            + self.digits(5)
        )

    def ip(self) -> str:
        return f"{self.pick((36, 58, 113, 120, 183, 203, 91))}.{self.r.randrange(1, 250)}.{self.r.randrange(1, 250)}.{self.r.randrange(1, 250)}"

    def bad(self, number: str) -> str:
        return number[:-1] + self.pick([c for c in "0123456789" if c != number[-1]])
