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
