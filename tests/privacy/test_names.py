"""Names in running text, and what only looks like one."""

from __future__ import annotations

import pytest

from banjia.privacy.engine import Engine
from banjia.privacy.tables import cells

ENGINE = Engine()

NAMED = [
    ("老板让我转告谭雪枫，合同周五前签好。", "谭雪枫"),
    ("想邀请黎晓岚教授来做讲座", "黎晓岚"),
    ("样品周五发出。\n——殷志恒", "殷志恒"),
    ("抄送：樊晓琪；褚向晨；卓一鸣", "卓一鸣"),
    ("接待人：柏文昭，地点一楼", "柏文昭"),
    ("出院小结：上官清月，女，52岁", "上官清月"),
    ("“齐长远你好，资料已收到”", "齐长远"),
    ("玛格丽塔在会上同意了这个方案", "玛格丽塔"),
    ("INSERT INTO t (name, mrn) VALUES ('贺青书', '00451210')", "贺青书"),
    ("<receiver>曲行远</receiver>", "曲行远"),
    ("Minutes: present were Priyanka Iyer, Lukas Hoffmann and Olga Volkov.", "Lukas Hoffmann"),
    ("Minister Iyad Karimi spoke first.", "Iyad Karimi"),
    ("a painter named W. H. Koerner", "W. H. Koerner"),
    ("Haddad said the plan would change.", "Haddad"),
    ('"Lenhart, Matthew"', "Lenhart, Matthew"),
    ("Why would Seo-yeon Park object?", "Seo-yeon Park"),
    ("Yes, see you at 22 Maple Court, Lakewood.\nCamila Fuentes", "Camila Fuentes"),
]
NOBODY = [
    "由于北方降温，和平区的供暖提前了。",
    "各位老师好，请按时提交材料。",
    "帮我写张温馨提示贴在门上",
    "孩子归我，房子归她，有坑吗？",
    "此致\n敬礼",
    "周黑鸭和王老吉哪个好卖？",
    "张掖和马鞍山离得远吗？",
    "巴伐利亚的冬天冷吗？",
    "Does Wells Fargo or Charles Schwab pay more?",
    "Kitchen Sink Repair in five steps.",
    "When is Labor Day, and is Good Friday a bank holiday?",
    "Date: Tue Mar 3",
    "U.S. Steel and General Motors rose.",
]


@pytest.mark.parametrize(("text", "name"), NAMED)
def test_somebody_is_named(text, name):
    assert name in [text[s.start : s.end] for s in ENGINE.detect(text) if s.type == "PERSON"]


@pytest.mark.parametrize("text", NOBODY)
def test_nobody_is_named(text):
    assert [] == [text[s.start : s.end] for s in ENGINE.detect(text) if s.type == "PERSON"]


def test_a_brand_is_a_person_where_a_label_says_so():
    text = "联系人：李宁，电话13912345678"
    assert "李宁" in [text[s.start : s.end] for s in ENGINE.detect(text)]


def test_an_estate_is_told_by_building_and_door():
    text = "师傅到翡翠湾19号楼1单元1093修水管"
    assert ["翡翠湾19号楼1单元1093"] == [text[s.start : s.end] for s in ENGINE.detect(text) if s.type == "ADDRESS"]


def test_columns_of_an_insert_are_heads():
    text = "insert into p(name, note) values ('a', 'b'), ('c', 7)"
    assert [("name", "a"), ("note", "b"), ("name", "c"), ("note", "7")] == [
        (c.head, text[c.start : c.end]) for c in cells(text)
    ]


def test_word_forms_tell_the_class_of_a_record():
    assert ("health",) == ENGINE.record("Nadia Haddad was hospitalized twice for her arrhythmias").sensitive
    assert ("finance",) == ENGINE.record("Nadia Haddad went bankrupt; her bank statements follow").sensitive


@pytest.mark.parametrize("text", ["agent Chrome/120.0.6099.109", "upgrade from 9.1.4.7 to 9.2.0.133", "内核5.10.4.12"])
def test_a_version_is_no_address_of_a_machine(text):
    assert [] == ENGINE.detect(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("提醒彭栋先生下午来取", "彭栋"),
        ("员工姚明的 laptop 坏了", "姚明"),
        ("客户汪洋 (mobile) 来电", "汪洋"),
        ("客户高峰，男，投诉三次", "高峰"),
        ("寄给谢发的快递丢了", "谢发"),
        ("佐藤阳菜さん的邮件怎么回", "佐藤阳菜"),
        ("牧民旦增罗布的补贴怎么查", "旦增罗布"),
        ("贺有彪今天没接电话", "贺有彪"),
        ("户名：黑超生", "黑超生"),
    ],
)
def test_a_name_that_is_a_word_or_of_a_rare_kind_is_found(text: str, name: str) -> None:
    assert name in [text[s.start : s.end] for s in ENGINE.detect(text) if s.type == "PERSON"]


@pytest.mark.parametrize(
    "text",
    [
        "客户关系的维护",
        "员工权益，男女平等",
        "学生时代的回忆",
        "作者鲁迅的文章",
        "方式和那边都行",
        "用户权限的设置（管理员）",
    ],
)
def test_a_word_behind_a_label_is_nobody(text: str) -> None:
    assert [s for s in ENGINE.detect(text) if s.type == "PERSON"] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("乘客 Grace Castellano 的行李没到", "Grace Castellano"),
        ("房东 Eilidh Trevelyan 说要涨租", "Eilidh Trevelyan"),
        ("can u text amira benali and ask her", "amira benali"),
        ("our adjuster Nkechi Uzoma will visit", "Nkechi Uzoma"),
        ("Reservation under Lebedeva, party of six", "Lebedeva"),
        ("Attendees:\n- Hsu Chih-wei\n- others", "Hsu Chih-wei"),
        ("first_name,last_name,email\nEilidh,Montoya,a@b.co", "Montoya"),
        ("PATIENT NAME: ZOYA SHEVCHUK   DOB: Jan 14, 2003", "ZOYA SHEVCHUK"),
    ],
)
def test_a_latin_name_is_told_by_what_stands_around_it(text: str, name: str) -> None:
    assert name in [text[s.start : s.end] for s in ENGINE.detect(text) if s.type == "PERSON"]


@pytest.mark.parametrize(
    "text",
    [
        "the server Red Hat runs",
        "is rose gold nicer",
        "add the Sign-up Form",
        "from Elm Park every day",
        "客户 Visual Studio 装不上",
    ],
)
def test_latin_words_that_name_a_thing_are_nobody(text: str) -> None:
    assert [text[s.start : s.end] for s in ENGINE.detect(text) if s.type == "PERSON"] == []
