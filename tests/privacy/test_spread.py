"""What is found in one text of a request is found in all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from banjia.privacy.engine import Engine
from banjia.privacy.span import Record, Span
from banjia.privacy.spread import spread
from banjia.privacy.treater import Treater

ENGINE = Engine()
PIECES = ["祁小夏", "祁小", "13812345678", "a@b.cn", "9", "x", "，", "的"]


def said(*contents: str) -> list[list[str]]:
    """The persons of each message."""
    body = {"messages": [{"role": "user", "content": c} for c in contents]}
    seen = Treater(ENGINE).inspect(body)
    return [[t[s.start : s.end] for s in r.spans if s.type == "PERSON"] for t, r in seen.records.values()]


def test_a_name_that_only_one_text_tells_is_found_in_the_others() -> None:
    assert [["祁小夏"], ["祁小夏"]] == said("姓名：祁小夏", "那就照祁小夏那份改")


def test_a_name_is_found_in_the_other_script_too() -> None:
    assert [["谭远图"], ["譚遠圖"]] == said("姓名：谭远图", "照譚遠圖那份改")


def test_a_latin_name_is_found_by_its_parts() -> None:
    assert [["Hannah Okafor"], ["Okafor"]] == said("Name: Hannah Okafor", "does Okafor's form need a stamp")


def test_a_name_that_is_a_word_too_is_found_where_it_stands_apart() -> None:
    assert [["高强"], []] == said("查一下客户高强，手机13812345678", "要高强度的材料")
    assert [["高强"], ["高强"]] == said("查一下客户高强，手机13812345678", "高强")


def plainly(texts: list[str], places: list[tuple[int, int, int, str]]) -> list[set[tuple[int, int]]]:
    """The definition: each value at each place that is free and no part of a longer word, the longest value first."""
    taken = [{(s, e) for n, s, e, _ in places if n == i} for i in range(len(texts))]
    values = {texts[n][s:e] for n, s, e, _ in places}
    for value in sorted(values, key=lambda v: -len(v)):
        for text, held in zip(texts, taken, strict=True):
            at = text.find(value)
            while at >= 0:
                end = at + len(value)
                run = [text[at - 1 : at], text[end : end + 1]]
                inside = value.isascii() and any(c.isascii() and c.isalnum() for c in run)
                if not inside and not any(s < end and at < e for s, e in held):
                    held.add((at, end))
                at = text.find(value, end)
    return taken


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8), min_size=1, max_size=4), st.data())
def test_a_value_is_marked_at_every_free_place(rows: list[list[str]], data: st.DataObject) -> None:
    texts = ["".join(row) for row in rows]
    places = []
    for i, text in enumerate(texts):
        for value in data.draw(st.lists(st.sampled_from(PIECES[:4]), max_size=2, unique=True)):
            at = text.find(value)
            if at >= 0 and not any(n == i and s < at + len(value) and at < e for n, s, e, _ in places):
                places.append((i, at, at + len(value), "PHONE" if value[0] == "1" else "PERSON"))
    records = {
        (i,): (text, Record(tuple(sorted(_spans(places, i), key=lambda s: s.start)))) for i, text in enumerate(texts)
    }
    spread(records, lambda _, spans: list(spans))
    assert plainly(texts, places) == [{(s.start, s.end) for s in r.spans} for _, r in records.values()]


def _spans(places: list[tuple[int, int, int, str]], number: int) -> list[Span]:
    return [Span(s, e, kind, "pi", 0.95) for n, s, e, kind in places if n == number]
