"""The classes that a text speaks of are the same with and without the first look at its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.privacy import sensitive as words
from banjia.privacy.sensitive import sensitive

ENTRIES = [entry for c in words._vocabulary().values() for entries in c.values() for entry in entries]
AGES = [
    f"{n}{tail}" for n in ("8", "他8", "13 ") for tail in ("岁", "\u3000周岁", "歲", "-year-old", " years old", "yo")
]


def without_gate(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_gate", lambda: None)
        return sensitive(text)


@pytest.mark.parametrize("form", ["{}", "{}s", "x{}", "他{}了", "The {}, then", "3{}-4", "_{}_"])
def test_no_word_of_a_class_is_lost_at_the_gate(form):
    for entry in ENTRIES + AGES:
        for word in (entry.rstrip("*"), entry.rstrip("*").upper(), entry.rstrip("*").replace("-", " ")):
            text = form.format(word)
            assert without_gate(text) == sensitive(text), text


@given(st.lists(st.sampled_from([*ENTRIES, *AGES, " ", "-", "，", "订单", "a", "9"]), max_size=6).map("".join))
def test_texts_of_several_words_are_told_alike(text):
    assert without_gate(text) == sensitive(text)


SAID = {
    "My son Amir is seven and won't read": "minor_u14",
    "our niece turned just twelve": "minor_u14",
    "侄女十一个月大了，不肯睡": "minor_u14",
    "他早上八点从家出门，八点四十到地铁口": "whereabouts",
    "8:05上车，8:40下车": "whereabouts",
    "She left at 8:10, was at the bank at 9:20": "whereabouts",
}


@pytest.mark.parametrize(("text", "told"), SAID.items())
def test_ages_and_tracks_pass_the_gate(text, told):
    assert (told,) == sensitive(text) == without_gate(text)


LIKE = {
    "老何挂了神经内科的号": "health",
    "大夫催他去办手续": "health",
    "他膝盖一到阴天就疼": "health",
    "她的右手举不起来": "health",
    "他每晚要服两片": "health",
    "she couldn't swallow this morning": "health",
    "now at stage iii": "health",
    "20 mg twice, then rest": "health",
    "去年挣了8万": "finance",
    "还差人家3万块没还，赌桌上输了5万": "finance",
    "手头只剩700块": "finance",
    "he makes $4,200 there": "finance",
    "her card was declined": "finance",
    "每周五晚上9点坐车回县里": "whereabouts",
    "he jogs along the canal every morning": "whereabouts",
    "G7012到站，入住城东旅馆": "whereabouts",
    "把他的手掌录进系统以外的库": "biometric",
    "the lock reads her palm": "biometric",
    "recovering from a splenectomy": "health",
    "put on ramipril": "health",
    "导出上周全部打车": "whereabouts",
    "show me where he slept": "whereabouts",
    "she did two years for theft": "specific_identity",
    "关了三个月": "specific_identity",
    "三（4）班要带水彩笔": "minor_u14",
    "she enters grade 2 soon": "minor_u14",
    "22时许出来，23时10分返回": "whereabouts",
    "bank 9:10, bar 12:40": "whereabouts",
}


@pytest.mark.parametrize(("text", "told"), LIKE.items())
def test_what_no_single_word_says_is_told_by_its_pattern(text, told):
    assert (told,) == sensitive(text) == without_gate(text)


@given(st.lists(st.sampled_from([*LIKE, " ", "，", "到", "7点", "8:10"]), max_size=4).map("".join))
def test_patterns_and_their_gate_agree(text):
    assert without_gate(text) == sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        "主讲糖尿病防治手册",
        "人脸识别项目的招标",
        "《抑郁症患者的一天》",
        "在征信公司做销售",
        "a diabetes app",
        "the church architecture guide",
    ],
)
def test_a_word_that_is_the_subject_of_a_thing_is_nobody_s(text):
    assert () == sensitive(text) == without_gate(text)


@pytest.mark.parametrize("text", ["得了糖尿病，还在写手册", "diabetes; the app is new"])
def test_a_stop_parts_a_word_from_a_thing(text):
    assert ("health",) == sensitive(text)


@pytest.mark.parametrize(
    "text",
    ["8点到10点开会", "standup 9:30, demo 15:00", "住址不变，编号K1234567", "值中班", "age 40", "in april", "academia"],
)
def test_hours_numbers_and_shifts_are_no_matter(text):
    assert () == sensitive(text)
