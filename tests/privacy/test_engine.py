"""Names, addresses, subjects and classes."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjia.privacy.engine import Engine

ENGINE = Engine()

FOUND = [
    ("PERSON", "麻烦转告欧阳若兰，会议改到三点", "欧阳若兰"),
    ("PERSON", "收件人：郑晓峰，请尽快发货", "郑晓峰"),
    ("PERSON", '{"receiver": "贺雨桐", "qty": 2}', "贺雨桐"),
    ("PERSON", "姓名,班级\n冯子轩,三班\n", "冯子轩"),
    ("PERSON", "| 患者 | 科室 |\n|---|---|\n| 丁慧敏 | 内科 |", "丁慧敏"),
    ("PERSON", "客戶陳美玲反映無法登入", "陳美玲"),
    ("PERSON", "孙经理，您好", "孙经理"),
    ("PERSON", "Please remind Margaret Doyle about the form", "Margaret Doyle"),
    ("PERSON", "Dear Dr. Osterman,", "Osterman"),
    ("PERSON", "name: Ines Falkenrath", "Ines Falkenrath"),
    ("PERSON", "联系人 \\u9648\\u7f8e\\u73b2 电话", "\\u9648\\u7f8e\\u73b2"),
    ("ADDRESS", "寄到江苏省苏州市姑苏区平江路18号3幢502室，谢谢", "江苏省苏州市姑苏区平江路18号3幢502室"),
    ("ADDRESS", "我住在海淀区知春路9号院2号楼1单元301", "海淀区知春路9号院2号楼1单元301"),
    (
        "ADDRESS",
        "Send it to 742 Evergreen Terrace, Springfield, OR 97477 today",
        "742 Evergreen Terrace, Springfield, OR 97477",
    ),
    ("ADDRESS", "Flat 2, 19 Kingsley Road, Harrow, HA1 2PQ", "Flat 2, 19 Kingsley Road, Harrow, HA1 2PQ"),
    ("ORG", "杭州云帆网络科技有限公司的合同", "杭州云帆网络科技有限公司"),
]
CLEAN = [
    "方便面和白菜哪个贵？",
    "黄山和张家界哪个更美？",
    "于是我们计划安装新的程序。",
    "孔子和李白谁更早？",
    "上海3号线几点停运？",
    "北京的冬天有多冷",
    "Compare Python with Java on Linux.",
    "The Great Wall is in China.",
    "Write to Google Support about Chrome.",
    "Will it rain in May or June?",
    "第3号文件和第12号令有什么区别",
]


@pytest.mark.parametrize(("kind", "text", "value"), FOUND)
def test_it_is_found(kind, text, value):
    found = [text[s.start : s.end] for s in ENGINE.detect(text) if s.type == kind]
    assert any(value in f or f in value for f in found), found


@pytest.mark.parametrize("text", CLEAN)
def test_a_text_about_nobody_has_no_span(text):
    assert [] == [(s.type, text[s.start : s.end]) for s in ENGINE.detect(text)]


def test_a_name_found_once_is_marked_everywhere():
    text = "联系人：葛思远。下午给思远打电话，葛思远不在的话找他同事。"
    assert 2 == sum(text[s.start : s.end] == "葛思远" for s in ENGINE.detect(text))


def test_items_belong_to_the_person_named_before_them():
    text = "李明华，电话13812345678；王建新，电话13912345678"
    assert ["1", "1", "2", "2"] == [s.subject for s in ENGINE.detect(text)]


def test_a_short_form_is_the_same_person():
    text = "王建国，王总今天到。"
    assert {"1"} == {s.subject for s in ENGINE.detect(text) if s.type == "PERSON"}


def test_two_resident_numbers_are_two_persons():
    text = "11010519491231002X 和 440524188001010014"
    assert ["1", "2"] == [s.subject for s in ENGINE.detect(text)]


def test_an_organisation_is_nobody():
    spans = ENGINE.detect("信用代码91350100M000100Y43")
    assert ["USCC"] == [s.type for s in spans]
    assert [""] == [s.subject for s in spans]


def test_a_child_makes_every_item_of_that_person_sensitive():
    text = "学生丁小雨，出生日期2015年3月9日，电话13812345678"
    assert {"sensitive"} == {s.data_class for s in ENGINE.detect(text, on=date(2026, 11, 24))}
    assert {"pi"} == {s.data_class for s in ENGINE.detect(text, on=date(2029, 3, 9))}


def test_the_day_before_the_fourteenth_birthday_still_counts():
    text = "出生日期2012年11月25日"
    assert "sensitive" == ENGINE.detect(text, on=date(2026, 11, 24))[0].data_class
    assert "pi" == ENGINE.detect(text, on=date(2026, 11, 25))[0].data_class


def test_free_text_makes_a_record_sensitive_only_with_a_person():
    assert "none" == ENGINE.record("高血压患者能吃柚子吗").data_class
    record = ENGINE.record("患者丁慧敏，确诊糖尿病")
    assert ("sensitive", ("health",)) == (record.data_class, record.sensitive)


def test_a_label_is_context_and_no_part_of_the_span():
    spans = ENGINE.record("00451210", label="住院号").spans
    assert [(0, 8, "MRN")] == [(s.start, s.end, s.type) for s in spans]


@settings(max_examples=60, deadline=None)
@given(st.text('张伟李娜，。电话138住在北京市海淀区路号室先生John Smith,.\n|:{}"1234567890 ', max_size=80))
def test_spans_are_in_order_apart_and_inside_the_text(text):
    spans = ENGINE.detect(text)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
