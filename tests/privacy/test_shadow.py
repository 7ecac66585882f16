"""Disguises are read, and every span leads back to the exact place in the original."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjia.privacy.engine import Engine
from banjia.privacy.shadow import shadow

PHONE = "13987651234"
HIDDEN = [
    ("zero-width", "\u200b".join(PHONE)),
    ("soft hyphen", "139\u00ad8765\u00ad1234"),
    ("full width", "１３９８７６５１２３４"),
    ("mathematical", "".join(chr(0x1D7CE + int(c)) for c in PHONE)),
    ("spoken", "幺三九八七六五一二三四"),
    ("capitals", "壹叁玖捌柒陆伍壹贰叁肆"),
    ("spoken with stops", "一三九，八七六五，一二三四"),
    ("words", "one three nine eight seven six five one two three four"),
    ("doubled words", "one three nine eight seven six five double one three four"),
    ("broken", "139876\n51234"),
    ("broken and quoted", "139876\r\n> 51234"),
    ("spelt", "1 3 9 8 7 6 5 1 2 3 4"),
    ("dashes", "139–8765–1234"),
    ("entities", "".join(f"&#{ord(c)};" for c in PHONE)),
    ("percent", "".join(f"%{ord(c):02X}" for c in PHONE)),
    ("escaped", "".join(f"\\u{ord(c):04x}" for c in PHONE)),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(names=False)


@pytest.mark.parametrize(("how", "hidden"), HIDDEN)
def test_a_disguised_number_is_found_in_its_exact_place(engine, how, hidden):
    text = f"请联系 {hidden} ，多谢"
    assert [(4, 4 + len(hidden), "PHONE")] == [(s.start, s.end, s.type) for s in engine.detect(text)]


@settings(max_examples=200, deadline=None)
@given(
    before=st.text("客户电话是，。abc \u200b％１", max_size=12),
    hidden=st.sampled_from(HIDDEN),
    after=st.text("，。请回abc \u200b", max_size=12),
)
def test_offsets_are_exact_whatever_surrounds_the_number(before, hidden, after):
    if hidden[0] in ("words", "doubled words"):
        before += "。"
        after = "。" + after
    text = f"{before}。 {hidden[1]} 。{after}"
    start = len(before) + 2
    spans = [(s.start, s.end) for s in Engine(names=False).detect(text) if s.type == "PHONE"]
    assert (start, start + len(hidden[1])) in spans


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_every_character_of_the_shadow_comes_from_the_original_in_order(text):
    seen = shadow(text)
    places = [seen.span(i, i + 1) for i in range(len(seen.text))]
    assert all(0 <= a <= b <= len(text) for a, b in places)
    assert places == sorted(places)


@settings(max_examples=100, deadline=None)
@given(st.text("张三李四王五abc123", min_size=1, max_size=20))
def test_escapes_are_read_back(text):
    assert text == shadow(json.dumps(text)[1:-1]).text
    assert text == shadow(quote(text)).text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_no_text_makes_detection_fail(text):
    for span in Engine(names=False).detect(text):
        assert 0 <= span.start < span.end <= len(text)


def test_a_lone_surrogate_does_not_break_detection(engine):
    assert ["PHONE"] == [s.type for s in engine.detect("\ud800 电话13987651234")]


def test_two_numbers_on_two_lines_are_not_joined(engine):
    text = "13987651234\n13987651235"
    assert [(0, 11), (12, 23)] == [(s.start, s.end) for s in engine.detect(text)]


def test_a_card_printed_apart_is_read_as_it_is_meant():
    text = "姓 名 柳 如 眉\n性 别 女 民 族 汉\n出 生 1992 年 11 月 3 日\n住 址 湖北省宜昌市夷陵区平湖大道 1 8 号 3 栋 2 0 1 室"
    assert [
        ("PERSON", "柳 如 眉"), ("DOB", "1992 年 11 月 3 日"), ("ADDRESS", "湖北省宜昌市夷陵区平湖大道 1 8 号 3 栋 2 0 1 室"),
    ] == [(s.type, text[s.start : s.end]) for s in Engine().detect(text)]  # fmt: skip
