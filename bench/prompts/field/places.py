"""Places: addresses of many shapes, from the flat to the village, mainland, Hong Kong, Macau, Taiwan and abroad."""

from __future__ import annotations

from collections.abc import Callable

from prompts.values import Maker

TOWNS = (
    "江苏省苏州市吴江区", "苏州市昆山市", "四川省绵阳市涪城区", "成都市武侯区", "湖北省襄阳市樊城区", "武汉市洪山区", "山东省潍坊市寿光市", "青岛市市北区", "河北省唐山市路北区", "北京市通州区",
    "北京海淀", "上海市闵行区", "上海浦东新区", "广东省佛山市南海区", "深圳市龙华区", "广州市番禺区", "福建省泉州市晋江市", "厦门市思明区", "云南省曲靖市麒麟区", "昆明市盘龙区", "黑龙江省大庆市萨尔图区",
    "哈尔滨市道里区", "内蒙古包头市昆都仑区", "新疆维吾尔自治区昌吉回族自治州昌吉市", "西藏自治区拉萨市城关区", "宁夏银川市兴庆区", "重庆市江北区", "天津市南开区", "山西省大同市平城区", "江西省九江市浔阳区",
)  # fmt: skip
RURAL = (
    "河南省周口市太康县", "安徽省阜阳市颍上县", "湖南省邵阳市隆回县", "贵州省毕节市织金县", "广西玉林市博白县", "甘肃省定西市临洮县", "四川省凉山彝族自治州昭觉县", "陕西省渭南市蒲城县", "山东省菏泽市曹县", "广东省湛江市徐闻县",
)  # fmt: skip
STREETS = (
    "人民", "中山", "解放", "建国", "新华", "和平", "胜利", "长江", "黄海", "科苑", "学院", "站前", "环城", "金沙", "莲花", "松江", "凤凰", "花溪", "云龙", "白塔",
    "东风", "湖滨", "丰泽", "广场", "双井", "栖霞",
)  # fmt: skip
ESTATES = (
    "万科城", "龙湖天街", "保利香槟", "绿地新都会", "中海锦城", "恒大绿洲", "金地格林", "书香门第", "丽景花园", "祥和小区", "机械厂宿舍", "供电局家属院", "向阳里", "五一新村", "海棠湾", "御景台", "春江花园", "锦绣华庭",
)  # fmt: skip
VILLAGES = ("李家庄", "张集", "大王庙", "下河", "石桥", "杨树沟", "桃花", "牛角湾", "上坪", "后寨", "新民", "红星")
ROADS = (
    "Chestnut",
    "Riverbend",
    "Willow",
    "Magnolia",
    "Cedar Hill",
    "Lincoln",
    "Pemberton",
    "Orchard",
    "Highland",
    "Fulton",
    "Bayview",
    "Cypress",
)
CITIES = (
    ("Austin", "TX"),
    ("Columbus", "OH"),
    ("Portland", "OR"),
    ("Fresno", "CA"),
    ("Raleigh", "NC"),
    ("Buffalo", "NY"),
    ("Tampa", "FL"),
    ("Boulder", "CO"),
)


def _flat(m: Maker) -> str:
    n = m.r.randrange
    return m.pick(
        (
            f"{n(1, 40)}栋{n(1, 5)}单元{n(101, 3200)}",
            f"{n(1, 40)}号楼{n(1, 5)}单元{n(2, 30)}楼{m.pick('东西')}户",
            f"{n(1, 40)}幢{n(101, 3200)}室",
            f"{m.pick('ABCDE')}座{n(101, 3200)}",
            f"{n(1, 20)}#{n(101, 2600)}",
            f"{n(1, 40)}-{n(1, 5)}-{n(101, 2600)}",
            f"{m.pick('一二三四五六七八')}栋{m.pick('一二三')}单元{n(101, 999)}室",
        )
    )


def full(m: Maker) -> str:
    n = m.r.randrange
    street = m.pick(STREETS) + m.pick(("路", "街", "大道", "东路", "南街", "巷", "一路", "胡同", "北路"))
    rest = m.pick(
        (
            f"{street}{n(1, 2000)}号",
            f"{street}{n(1, 999)}号{m.pick(ESTATES)}{_flat(m)}",
            f"{m.pick(ESTATES)}{_flat(m)}",
            f"{street}{n(1, 200)}弄{n(1, 60)}号{n(101, 999)}室",
            f"{street}与{m.pick(STREETS)}路交叉口{m.pick(ESTATES)}{_flat(m)}",
            f"{street}{n(1, 500)}号院{n(1, 20)}号楼{n(1, 9)}层{n(101, 999)}",
            f"{m.pick(('长安', '红旗', '西桥', '城南'))}街道{street}{n(1, 500)}号",
            f"{street}{n(1, 300)}号附{n(1, 20)}号",
        )
    )
    return m.pick(TOWNS) + rest


def short(m: Maker) -> str:
    n = m.r.randrange
    return m.pick(
        (
            f"{m.pick(ESTATES)}{_flat(m)}",
            f"{m.pick(STREETS)}路{n(1, 999)}号{_flat(m)}",
            f"{m.pick(STREETS)}街{n(1, 400)}弄{n(1, 60)}号{n(101, 999)}",
        )
    )


def village(m: Maker) -> str:
    n = m.r.randrange
    head = m.pick((m.pick(RURAL), m.pick(RURAL) + m.pick(("城关镇", "柳河乡", "马桥镇", "三里镇"))))
    return (
        head
        + m.pick(VILLAGES)
        + m.pick(
            (
                f"村{n(1, 20)}组{n(1, 200)}号",
                f"村{n(1, 12)}队",
                f"村委会{n(1, 9)}社{n(1, 90)}号",
                f"村{n(1, 300)}号",
                f"屯{n(1, 90)}号",
            )
        )
    )


def hongkong(m: Maker) -> str:
    n = m.r.randrange
    return m.pick(("香港九龍旺角", "香港新界沙田", "九龍觀塘", "香港灣仔", "新界荃灣")) + m.pick(
        (
            f"彌敦道{n(1, 900)}號{m.pick(('富麗', '金輝', '海景'))}大廈{n(1, 40)}樓{m.pick('ABCDEF')}室",
            f"德福花園{m.pick('ABCDEF')}座{n(1, 40)}樓{n(1, 12)}室",
            f"康樂邨{m.pick(('榮華', '麗景'))}樓{n(101, 3900)}室",
        )
    )


def taiwan(m: Maker) -> str:
    n = m.r.randrange
    return (
        m.pick(
            (
                "台北市中山區",
                "臺中市西屯區",
                "高雄市三民區",
                "新北市中和區",
                "桃園市中壢區",
                "台南市東區",
                "新竹縣竹北市",
            )
        )
        + m.pick(("民生東路", "中正路", "建國北路", "文心路", "成功路", "光復路"))
        + m.pick(("", "一段", "二段", "三段"))
        + m.pick(("", f"{n(1, 300)}巷", f"{n(1, 300)}巷{n(1, 40)}弄"))
        + f"{n(1, 400)}號"
        + m.pick(("", f"{n(2, 20)}樓", f"{n(2, 20)}樓之{n(1, 9)}"))
    )


def english(m: Maker) -> str:
    n, (city, state) = m.r.randrange, m.pick(CITIES)
    street = f"{n(3, 9900)} {m.pick(('', '', 'N. ', 'SW '))}{m.pick(ROADS)} {m.pick(('St', 'Street', 'Ave.', 'Rd', 'Ln', 'Parkway', 'Drive', 'Ct.', 'Terrace', 'Way'))}"
    unit = m.pick(("", "", f" Apt {n(1, 40)}{m.pick('ABC')}", f", Unit {n(1, 400)}", f" #{n(1, 400)}"))
    return m.pick(
        (
            f"{street}{unit}, {city}, {state} {m.digits(4)}1",
            f"{street}{unit}, {city} {state}",
            f"{street}{unit}",
            f"{n(1, 90)} {m.pick(ROADS)} {m.pick(('Close', 'Mews', 'Crescent', 'Grove'))}, {m.pick(('Sheffield', 'Cardiff', 'Exeter'))} {m.pick(('S', 'CF', 'EX'))}{n(1, 19)} {n(1, 9)}{m.pick('ABD')}{m.pick('JLN')}",
            f"Flat {n(1, 60)}, {n(1, 40)}/F, {m.pick(('Harbour', 'Jade', 'Silver'))} Court, {n(1, 300)} {m.pick(('Nathan', 'Argyle', 'Prince Edward'))} Road, Kowloon, Hong Kong",
            f"P.O. Box {n(100, 9999)}, {city}, {state} {m.digits(4)}1",
        )
    )


PLACES: dict[str, Callable[[Maker], str]] = {
    "FADDR": full,
    "FSHORT": short,
    "FVILL": village,
    "FHKADDR": hongkong,
    "FTWADDR": taiwan,
    "FMOADDR": lambda m: f"澳門{m.pick(('新馬路', '高士德大馬路', '氹仔孫逸仙博士大馬路'))}{m.r.randrange(1, 300)}號{m.pick(('海洋花園', '金利', '怡景'))}{m.r.randrange(2, 30)}樓{m.pick('ABCD')}",
    "FEADDR": english,
}  # fmt: skip
