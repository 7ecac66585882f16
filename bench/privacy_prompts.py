"""Invented prompts with known personal information: Chinese, mixed, English, look-alikes and disguises.

No person, number or place here is real. Names are drawn from syllables and lists that the engine does not hold as well
as from common ones, so that a gazetteer alone does not score.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Value = tuple[str, str, str]  # type, text, subject

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
EN_LAST = [
    "Haverbrook",
    "Castellanos",
    "Wintergate",
    "Okonkwo",
    "Fairbrother",
    "Lindqvist",
    "Pemberley",
    "Stanislav",
    "Thistlewood",
    "Abernathy",
    "Miller",
    "Johnson",
    "Garcia",
    "Thompson",
    "Hughes",
    "Patterson",
    "Bennett",
    "Foster",
    "Ramirez",
    "Sullivan",
    "Delacroix",
    "Marchetti",
    "Brannigan",
    "Holloway",
    "Whitcombe",
    "Vasquez",
    "Nakagawa",
    "Osterman",
    "Kilpatrick",
    "Drummond",
    "Sandhu",
    "Mbeki",
]
CITIES = (
    ("江苏省", "苏州市", "吴中区"), ("浙江省", "绍兴市", "越城区"), ("四川省", "绵阳市", "涪城区"), ("", "上海市", "虹口区"), ("", "北京市", "丰台区"),
    ("湖北省", "宜昌市", "西陵区"), ("广东省", "佛山市", "禅城区"), ("福建省", "泉州市", "安溪县"), ("山东省", "烟台市", "福山区"), ("云南省", "大理白族自治州", "祥云县"),
    ("广西壮族自治区", "柳州市", "鱼峰区"), ("", "重庆市", "渝北区"), ("湖南省", "岳阳市", "平江县"), ("河南省", "洛阳市", "瀍河区"), ("辽宁省", "大连市", "沙河口区"),
)  # fmt: skip
ROADS = [
    "望江",
    "听涛",
    "梧桐",
    "建新",
    "学府",
    "福民",
    "翠竹",
    "龙腾",
    "锦绣",
    "文昌",
    "朝晖",
    "凤鸣",
    "银杏",
    "枫林",
    "兴业",
    "东环",
    "和睦",
    "清河",
    "石板",
    "丹桂",
]
COMPOUNDS = [
    "碧桂园",
    "阳光里",
    "翡翠湾",
    "水岸新城",
    "锦绣家园",
    "康乐小区",
    "金色年华",
    "梧桐苑",
    "幸福里",
    "天鹅堡",
    "观澜国际",
    "云栖小筑",
]
FIRMS = ["宏图", "瑞丰", "海川", "众诚", "远景", "德润"]
STREETS = [
    "Maple",
    "Oakridge",
    "Juniper",
    "Harbour",
    "Sycamore",
    "Wellington",
    "Copperfield",
    "Larkspur",
    "Meadowbrook",
    "Kingsley",
]
TOWNS = ["Brookhaven", "Fairmont", "Ashby", "Milltown", "Kirkdale", "Westerly", "Lakewood", "Harrow"]


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
        months = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
        return self.pick(
            (f"{months[m - 1]} {d}, {y}", f"{m:02}/{d:02}/{y}", f"{d} {months[m - 1][:3]} {y}", f"{y}-{m:02}-{d:02}")
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

    def trap(self) -> tuple[str, str]:
        return self.pick(
            (
                ("order", self.digits(1).replace("0", "2") + "7" + self.digits(14)),
                ("date8", f"2026{self.r.randrange(1, 13):02}{self.r.randrange(1, 29):02}"),
                ("bad_card", self.bad(self.luhn("622848" + self.digits(12)))),
                ("bad_id", self.bad(self.id_cn())),
                ("hotline", f"400-{self.digits(3)}-{self.digits(4)}"),
                ("money", f"{self.r.randrange(1, 99)},{self.digits(3)},{self.digits(3)}.00"),
                ("version", f"v{self.r.randrange(1, 9)}.{self.r.randrange(1, 20)}.{self.r.randrange(1, 20)}"),
                ("private_ip", f"192.168.{self.r.randrange(1, 250)}.{self.r.randrange(1, 250)}"),
                ("hash", "".join(self.pick("0123456789abcdef") for _ in range(40))),
                ("epoch", "17" + self.digits(8)),
                ("isbn", "978-7-" + self.digits(3) + "-" + self.digits(5) + "-" + self.digits(1)),
            )
        )

    def bad(self, number: str) -> str:
        return number[:-1] + self.pick([c for c in "0123456789" if c != number[-1]])


def render(template: str, maker: Maker) -> Row:
    """Fill `{TYPE.subject}` marks; `{trap}` marks are look-alikes. A mark used twice keeps its value."""
    text, spans, traps, kept = "", [], [], {}
    at = 0
    while True:
        a = template.find("{", at)
        if a < 0:
            break
        b = template.index("}", a)
        text += template[at:a]
        mark = template[a + 1 : b]
        if mark.startswith("trap"):
            kind, value = maker.trap()
            traps.append({"start": len(text), "end": len(text) + len(value), "kind": kind, "text": value})
        else:
            kind, subject = mark.split(".")
            value = kept.setdefault(mark, VALUES[kind](maker))
            spans.append(
                {
                    "start": len(text),
                    "end": len(text) + len(value),
                    "type": TYPES.get(kind, kind),
                    "text": value,
                    "subject": subject,
                }
            )
        text += value
        at = b + 1
    text += template[at:]
    return {"text": text, "spans": spans, "traps": traps}


VALUES: dict[str, Callable[[Maker], str]] = {
    "ZH": Maker.zh_name, "EN": Maker.en_name, "PHONE": Maker.mobile, "ID_CN": Maker.id_cn, "BANK_CARD": Maker.card, "EMAIL": Maker.email,
    "ADDR": Maker.zh_address, "EADDR": Maker.en_address, "USPHONE": Maker.us_phone, "DOB": Maker.zh_date, "EDOB": Maker.en_date, "PLATE": Maker.plate,
    "IP": Maker.ip, "VISA": Maker.visa,
    "MRN": lambda m: m.pick(("ZY", "MZ", "", "H")) + m.digits(8),
    "PASSPORT": lambda m: "E" + m.pick("ABCDFGHJ") + m.digits(7),
    "PERMIT": lambda m: m.pick("CH") + m.digits(8),
    "WECHAT": lambda m: m.pick(("moon", "lucky", "qq_", "wx-")) + m.pick("abcxyz") + m.digits(5),
    "QQ": lambda m: m.pick("123456789") + m.digits(m.pick((6, 7, 8, 9))),
    "SSN": lambda m: f"{m.r.randrange(100, 650)}-{m.r.randrange(10, 99)}-{m.r.randrange(1000, 9999)}",
    "SECRET": lambda m: "sk-" + "".join(m.pick("abcdefghijkmnpqrstuvwxyzABCDEFGH23456789") for _ in range(40)),
    "IMEI": lambda m: m.luhn("86" + m.digits(12)),
    "MAC": lambda m: ":".join(f"{m.r.randrange(256):02x}" for _ in range(6)),
    "TITLED": lambda m: m.pick(SURNAMES) + m.pick(("总", "先生", "女士", "老师", "医生", "经理", "主任")),
    "EGIVEN": lambda m: m.pick([n for n in EN_GIVEN if n not in ("Ottoline", "Wystan", "Lysander", "Ambrose", "Bartholomew")]),
}  # fmt: skip
TYPES = {
    "ZH": "PERSON",
    "EN": "PERSON",
    "TITLED": "PERSON",
    "EGIVEN": "PERSON",
    "ADDR": "ADDRESS",
    "EADDR": "ADDRESS",
    "USPHONE": "PHONE",
    "EDOB": "DOB",
    "VISA": "BANK_CARD",
}
SENSITIVE = {"ID_CN", "PASSPORT", "PERMIT", "BANK_CARD", "MRN", "SSN", "IBAN", "SECRET"}

ZH = [
    "帮我给{ZH.1}写一封催款邮件，他的手机是{PHONE.1}，发到{EMAIL.1}。",
    "昨天{TITLED.1}来电，说孩子发烧三天，想改约{ZH.2}大夫的号，回电{PHONE.1}。",
    "把下面这段会议纪要整理成要点：{ZH.1}认为预算偏高，{ZH.2}建议延期，{ZH.3}负责对接供应商。",
    "快递单：收件人{ZH.1}，{PHONE.1}，{ADDR.1}。寄件方为门店，运单{trap}。",
    "我叫{ZH.1}，身份证{ID_CN.1}，想办理落户，需要准备什么？",
    "请核对工资卡信息：{ZH.1} {BANK_CARD.1}，{ZH.2} {BANK_CARD.2}。",
    "{ZH.1}和{ZH.2}下周三去深圳出差，酒店订在会展中心附近，报销单号{trap}。",
    "患者{ZH.1}，门诊号{MRN.1}，主诉胸闷气短两周，既往有糖尿病史，请给出鉴别诊断。",
    "病历摘要：{ZH.1}，女，{DOB.1}出生，因乳腺结节入院，住院号{MRN.1}，联系人{ZH.2}（丈夫）{PHONE.2}。",
    "房屋租赁合同：出租人{ZH.1}（身份证号{ID_CN.1}），承租人{ZH.2}（身份证号{ID_CN.2}），房屋坐落于{ADDR.1}。帮我找出不利条款。",
    "投诉工单：车牌{PLATE.1}在小区门口乱停，业主{ZH.1}多次反映无果，电话{PHONE.1}，请生成回复话术。",
    "小区群里{ZH.1}说他家漏水，地址是{ADDR.1}，物业怎么处理比较合适？",
    "简历优化：{ZH.1}，手机{PHONE.1}，邮箱{EMAIL.1}，现居{ADDR.1}，五年后端经验。",
    "登录异常：账号在{IP.1}尝试了12次，设备MAC {MAC.1}，版本{trap}，请分析原因。",
    "加我微信{WECHAT.1}，或者QQ {QQ.1}，备注一下是{ZH.1}推荐的就行。",
    "{TITLED.1}您好，附件是修改后的报价单，请查收。如有疑问请致电{PHONE.2}，{ZH.2}敬上。",
    "翻译成英文：尊敬的{ZH.1}老师，感谢您上周对论文的指导。学生{ZH.2}",
    "SELECT * FROM orders WHERE mobile='{PHONE.1}' AND receiver='{ZH.1}'; 这条语句为什么慢？",
    '{{"customer": "{ZH.1}", "tel": "{PHONE.1}", "addr": "{ADDR.1}", "order_no": "{trap}"}} 转成 YAML。',
    "姓名,手机,邮箱\n{ZH.1},{PHONE.1},{EMAIL.1}\n{ZH.2},{PHONE.2},{EMAIL.2}\n把这个表转成 JSON",
    "| 姓名 | 身份证 | 入职日期 |\n|---|---|---|\n| {ZH.1} | {ID_CN.1} | 2021-03-01 |\n| {ZH.2} | {ID_CN.2} | 2022-07-15 |\n谁的工龄更长？",
    "客服：您好，请问贵姓？\n用户：我姓{TITLED.1}。\n客服：请提供手机号。\n用户：{PHONE.1}\n总结一下这段对话。",
    "护照{PASSPORT.1}，持有人{ZH.1}，签证被拒了应该如何申诉？",
    "港澳通行证{PERMIT.1}过期，{ZH.1}能不能在异地换发？",
    "{ZH.1}今年八岁，在读二年级，最近总是注意力不集中，家长{ZH.2}很着急，电话{PHONE.2}。",
    "写一首生日祝福诗送给我妈妈{ZH.1}，她出生于{DOB.1}。",
    "庭审记录：原告{ZH.1}诉称被告{ZH.2}拖欠货款，证人{ZH.3}当庭作证。",
    "绑定手机IMEI：{IMEI.1}，机主{ZH.1}，号码{PHONE.1}，为什么收不到短信？",
    "export OPENAI_API_KEY={SECRET.1}\n脚本报401，邮箱{EMAIL.1}，哪里错了",
    "昨晚和{ZH.1}吃饭的时候听说{ZH.2}要离职了，你觉得我该不该去问问人事？",
    "请根据以下信息生成邀请函：嘉宾{ZH.1}，{ADDR.1}，活动时间另行通知。",
    "{ZH.1}的快递又送错了！我住{ADDR.1}，不是隔壁那栋。",
    "值班表：周一{ZH.1}，周二{ZH.2}，周三{ZH.3}，请排下个月的班。",
    "保单号{trap}，投保人{ZH.1}，受益人{ZH.2}，理赔款打到{BANK_CARD.2}。",
    "微信聊天里她说“我是{ZH.1}的同学，电话{PHONE.1}”，这会不会是骗子？",
    "导师{ZH.1}让我把初稿发到{EMAIL.1}，邮件正文怎么写？",
    "司机{ZH.1}驾驶{PLATE.1}在高速上追尾，交警让提供驾驶证复印件，该怎么应对？",
    "家庭住址变更：原{ADDR.1}，现{ADDR.2}，申请人{ZH.1}。",
    "体检报告显示{ZH.1}的甲状腺有结节，需要复查吗？报告编号{trap}",
    "面试评价：候选人{ZH.1}逻辑清晰，但经验不足，建议由{ZH.2}再面一轮。",
]
ZH_CLEAN = [
    "高血压病人能不能吃柚子？安全剂量是多少？",
    "白天的温度和黄昏的温度差多少？江南一带什么时候入梅？",
    "订单{trap}和{trap}都没到账，金额{trap}，客服{trap}一直占线。",
    "解释一下马尔可夫链和蒙特卡洛方法的关系，再用程序实现一个例子。",
    "苏轼和辛弃疾的词风有何不同？鲁迅的《故乡》表达了什么？",
    "时间戳{trap}转成北京时间是多少？哈希{trap}是MD5吗？",
    "方案一和方案二哪个成本更低？麦当劳和肯德基哪家门店多？",
    "上海到北京的高铁几个小时？南京路步行街附近有什么好吃的？",
    "版本{trap}修复了什么问题？内网地址{trap}怎么ping不通？",
    "于是项目组决定，从下周起全部改用新的流程，计划书由市场部统一提交。",
    "ISBN {trap} 是哪本书？国标号GB/T 22239怎么查？",
    "张家界和黄山哪个更适合秋天去？金庸的小说哪本最好看？",
]
MIXED = [
    "Please translate: {ZH.1}下周到访，接待人 {EN.2}，phone {USPHONE.2}。",
    "{EN.1} 发来的邮件说 {ZH.2} 的 offer 还没批，cc {EMAIL.1}。",
    "会议 notes: owner {ZH.1}, backup {EN.2}, deadline 周五。",
    "user_name={ZH.1}&mobile={PHONE.1}&city=hangzhou 解析这个 query string",
]
EN = [
    "Draft an apology to {EN.1} for the late shipment to {EADDR.1}.",
    "My name is {EN.1} and my SSN is {SSN.1}. Am I eligible for the credit?",
    "Patient: {EN.1}\nDOB: {EDOB.1}\nMRN: {MRN.1}\nComplains of chest pain and asthma. Write a discharge note.",
    "Hi {EGIVEN.1},\n\nCould you send the signed lease to {EMAIL.2}?\n\nThanks,\n{EN.2}",
    "Summarize: {EN.1} met {EN.2} on Tuesday to discuss the merger; {EN.3} joined by phone ({USPHONE.3}).",
    "Charge {VISA.1} for {EN.1}, billing address {EADDR.1}.",
    '{{"employee": "{EN.1}", "email": "{EMAIL.1}", "salary": 84000, "ticket": "{trap}"}} convert to XML',
    "The witness, {EN.1}, told Officer {EN.2} that the car left at 9 pm.",
    "name,email,phone\n{EN.1},{EMAIL.1},{USPHONE.1}\n{EN.2},{EMAIL.2},{USPHONE.2}\nSort by name",
    "Is {EN.1} related to {EN.2}? They both live at {EADDR.1}.",
    "Ask {EGIVEN.1} whether the invoice {trap} was paid.",
    "Write a reference letter for {EN.1}, who worked under me from 2015 to 2021.",
    "Failed login for {EMAIL.1} from {IP.1}, build {trap}, host {trap}.",
    "Passport {PASSPORT.1} belongs to {EN.1}; renewal form sent to {EADDR.1}.",
    "{EN.1} was diagnosed with epilepsy in 2019 and takes valproate. Suggest questions for the neurologist.",
    'Rewrite politely: "{EGIVEN.1} never answers the phone, try {USPHONE.1}."',
    "Emergency contact for {EN.1}: {EN.2}, {USPHONE.2}.",
    "Dear Mr. {EN.1}, your appointment is confirmed.",
    "Our tenant {EN.1} ({USPHONE.1}) hasn't paid rent since March.",
    "export OPENAI_API_KEY={SECRET.1} # owner {EMAIL.1}",
]
EN_CLEAN = [
    "Compare Kant with Hegel, then Newton and Einstein in two lines.",
    "What is the difference between a Toyota Camry and a Honda Accord?",
    "Order {trap} totals {trap}; hash {trap}; released in {trap}.",
    "May I park on Grant Street in April? Will Austin be hot in June?",
    "Explain how Ruby on Rails compares with Django and Spring Boot.",
    "The Johnson & Johnson share price fell while Morgan Stanley stayed flat.",
    "Timestamp {trap} and private host {trap} appear in the log.",
    "Write a Python function that merges two sorted lists. Use Jenkins for CI.",
]
HARD = [
    ("zero-width", lambda s, m: "\u200b".join(s) if len(s) > 6 else s),
    ("full-width", lambda s, m: "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" else c for c in s)),
    ("spoken", lambda s, m: "".join("零幺二三四五六七八九"[int(c)] if c.isdigit() else c for c in s)),
    ("spaced", lambda s, m: " ".join(c for c in s if c.isdigit())),
    ("broken", lambda s, m: s.replace("-", "").replace(" ", "")[:6] + "\n" + s.replace("-", "").replace(" ", "")[6:]),
    ("escaped", lambda s, m: json.dumps(s)[1:-1]),
]


def prompts(seed: int, count: int) -> list[Row]:
    """`count` prompts of each kind, in a fixed order for one seed."""
    rows: list[Row] = []
    for lang, templates, clean in (("zh", ZH, ZH_CLEAN), ("mixed", MIXED, []), ("en", EN, EN_CLEAN)):
        pool = templates * 2 + clean
        for i in range(count if lang != "mixed" else count // 5):
            maker = Maker(seed * 100_003 + i * 7 + len(lang))
            row = render(pool[i % len(pool)].replace("{{", "\x01").replace("}}", "\x02"), maker)
            row["text"] = row["text"].replace("\x01", "{").replace("\x02", "}")
            row["sensitive"] = any(s["type"] in SENSITIVE for s in row["spans"])
            rows.append({"id": f"{lang}-{i}", "lang": lang, **row})
    return rows


def disguised(seed: int, count: int) -> list[Row]:
    """Identifiers and names under escapes, widths, breaks, spoken digits and traditional signs."""
    rows: list[Row] = []
    for i in range(count):
        m = Maker(seed * 7919 + i)
        shape = i % 10
        name, phone = m.zh_name(), "".join(c for c in m.mobile().removeprefix("+86 ") if c.isdigit())
        values: list[Value]
        if shape < 6:
            how, change = HARD[shape]
            hidden = change(name if how == "escaped" else phone, m)
            values = [("PERSON" if how == "escaped" else "PHONE", hidden, "1")]
            text = f'{{"note": "客户 {hidden} 请回访"}}' if how == "escaped" else f"麻烦回个电话给我：{hidden} ，谢谢"
        elif shape == 6:
            number = m.id_cn()
            values = [("ID_CN", number[:6] + " " + number[6:14] + " " + number[14:], "1")]
            text = f"证件是{values[0][1]}，帮忙登记"
        elif shape == 7:
            mail = m.email()
            values = [("EMAIL", mail.replace("@", "%40"), "1")]
            text = f"https://example.com/u?mail={values[0][1]}&from=app"
        elif shape == 8:
            values = [("PERSON", name, "1"), ("PHONE", phone, "1")]
            text = f"| 聯絡人 | 電話 |\n|---|---|\n| {name} | {phone} |"
        else:
            values = [("PERSON", name, "1"), ("PHONE", phone, "1")]
            text = f"客戶{name}反映無法登錄，手機號碼{phone}，請協助處理。"
        at, spans = 0, []
        for kind, value, subject in values:
            at = text.index(value, at)
            spans.append({"start": at, "end": at + len(value), "type": kind, "text": value, "subject": subject})
            at += len(value)
        rows.append({"id": f"hard-{i}", "lang": "zh", "text": text, "spans": spans, "traps": [], "sensitive": False})
    return rows
