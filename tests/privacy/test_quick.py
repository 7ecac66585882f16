"""Quick ways to an answer against the plain ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.privacy import cues_zh, organisation, person
from banjia.privacy.gazetteer import in_simplified, letters, simplified, words
from banjia.privacy.shadow import shadow

SIGNS = st.sampled_from([*"王欧阳司马李明天的公有限责任银行大学院分支在 A（12·，", "有限公司", "支行", "集团", "先生"])
TEXTS = st.lists(SIGNS, max_size=60).map("".join)


@given(TEXTS)
def test_organisations_are_those_of_the_pattern_tried_everywhere(text: str) -> None:
    wanted = [m.span() for m in organisation._ZH.finditer(text)]
    assert wanted == [m.span() for m in organisation._in_chinese(text)]


@given(TEXTS)
def test_a_surname_is_the_longest_of_the_list(text: str) -> None:
    compound = sorted(words("compound_surnames"), key=len, reverse=True)
    plain = re.compile(f"(?:{'|'.join(compound)}|[{''.join(letters('surnames'))}])")
    assert [m.span() for m in plain.finditer(text)] == [m.span() for m in re.finditer(cues_zh.surname(), text)]


@given(st.text("王說話開门a1，", max_size=12))
def test_simplified_writing_is_that_of_the_table(text: str) -> None:
    assert text.translate(simplified()) == in_simplified(text)


@given(st.text("王明一二三AB'.one e-，", max_size=14))
@pytest.mark.parametrize("kind", ["PERSON", "ADDRESS", "PHONE", "EMAIL", "WECHAT"])
def test_a_plain_value_is_read_as_its_shadow_is(kind: str, value: str) -> None:
    if person._is_plain(kind, value):
        assert person.normal(kind, shadow(value).text.strip()) == person.normal(kind, value)
