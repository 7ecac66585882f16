"""Values: invented names, numbers and addresses that check as real ones do."""

from __future__ import annotations

from random import Random

SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范"
)
GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰辉鹏玲宇浩轩欣怡梓涵子墨雨桐诗琪晨曦俊熙思远佳宁文博嘉懿若彤一鸣志远国栋建民秀珍"
)
FIRST = (
    "Olivia", "Liam", "Emma", "Noah", "Charlotte", "Daniel", "Sophie", "Michael", "Hannah", "Thomas", "Laura", "Peter",
    "Rachel", "Andrew", "Julia", "Victor", "Nina", "Samuel", "Grace", "Martin", "Alice", "Robert", "Helen", "Oscar",
)  # fmt: skip
LAST = (
    "Bennett", "Fletcher", "Okafor", "Lindqvist", "Moreau", "Castellano", "Whitaker", "Nakamura", "Petrov", "Sandoval",
    "Hughes", "Ferreira", "Kowalski", "Novak", "Berger", "Marchetti", "Donovan", "Schneider", "Hollis", "Ramsey",
)  # fmt: skip
ROADS = ("解放路", "中山北路", "建设大道", "长江西路", "人民南路", "学院路", "文昌街", "新华路")
CITIES = (
    ("浙江省杭州市西湖区", "330106"), ("广东省深圳市南山区", "440305"), ("江苏省苏州市吴中区", "320506"),
    ("四川省成都市武侯区", "510107"), ("湖北省武汉市洪山区", "420111"), ("北京市海淀区", "110108"),
)  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Values:
    """One conversation's invented persons. Nothing in `made` and `names` may leave."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.made: list[str] = []  # numbers, addresses, secrets
        self.names: list[str] = []

    def name_zh(self) -> str:
        given = "".join(self._chance.sample(GIVEN, self._chance.choice((1, 2, 2, 2))))
        return self._named(self._chance.choice(SURNAMES) + given)

    def name_en(self) -> str:
        return self._named(f"{self._chance.choice(FIRST)} {self._chance.choice(LAST)}")

    def mobile(self) -> str:
        number = self._chance.choice(("135", "138", "150", "158", "177", "186", "189")) + self._digits(8)
        shape = self._chance.choice(("{}", "{}", "{}-{}-{}", "{} {} {}", "+86 {}"))
        return self._made(
            shape.format(number[:3], number[3:7], number[7:]) if shape.count("{}") == 3 else shape.format(number)
        )

    def resident_id(self) -> str:
        area = self._chance.choice(CITIES)[1]
        born = f"{self._chance.randint(1955, 2004)}{self._chance.randint(1, 12):02}{self._chance.randint(1, 28):02}"
        body = area + born + self._digits(3)
        return self._made(body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11])

    def card(self) -> str:
        body = self._chance.choice(("622848", "621700", "622202")) + self._digits(12)
        total = sum(sum(divmod(int(c) * 2, 10)) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(body)))
        number = body + str(-total % 10)
        return self._made(
            number if self._chance.random() < 0.6 else " ".join(number[i : i + 4] for i in range(0, 19, 4))
        )

    def email(self) -> str:
        word = "".join(self._chance.choice("abcdefghkmnprstuvw") for _ in range(self._chance.randint(5, 9)))
        return self._made(
            f"{word}{self._digits(2)}@{self._chance.choice(('example.com', 'mail.example.cn', 'example.org'))}"
        )

    def address(self) -> str:
        city = self._chance.choice(CITIES)[0]
        road, number = self._chance.choice(ROADS), self._chance.randint(2, 998)
        return self._made(f"{city}{road}{number}号{self._chance.randint(1, 30)}栋{self._chance.randint(101, 2806)}室")

    def plate(self) -> str:
        signs = "".join(self._chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(4))
        return self._made(
            f"{self._chance.choice('京沪粤浙苏川鄂')}{self._chance.choice('ABCDE')}{signs}{self._chance.randint(0, 9)}"
        )

    def passport(self) -> str:
        return self._made("E" + self._digits(8))

    def wechat(self) -> str:
        return self._made(
            "wx_" + "".join(self._chance.choice("abcdefghkmnprstuvw") for _ in range(6)) + self._digits(3)
        )

    def ip(self) -> str:
        return self._made(
            f"{self._chance.choice((36, 58, 113, 117))}.{self._chance.randint(1, 250)}.{self._chance.randint(1, 250)}.{self._chance.randint(1, 250)}"
        )

    def ssn(self) -> str:
        return self._made(
            f"{self._chance.randint(101, 665)}-{self._chance.randint(10, 99)}-{self._chance.randint(1000, 9999)}"
        )

    def phone_en(self) -> str:
        return self._made(f"({self._chance.choice((212, 415, 617, 312))}) 555-{self._chance.randint(1000, 9999)}")

    def secret(self) -> str:
        signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return self._made("sk-" + "".join(self._chance.choice(signs) for _ in range(40)))

    def _digits(self, count: int) -> str:
        return "".join(self._chance.choice("0123456789") for _ in range(count))

    def _made(self, value: str) -> str:
        self.made.append(value)
        return value

    def _named(self, name: str) -> str:
        self.names.append(name)
        return name
