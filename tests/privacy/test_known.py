"""What is kept of texts that were seen: places, bounded, and nothing that could be read."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from banjia.privacy import known as module
from banjia.privacy.engine import Engine
from banjia.privacy.known import Known
from banjia.privacy.span import Record, Span
from banjia.privacy.treater import Treater

ENGINE = Engine()
TEXT = "客户祁小夏来电，号码13812345678"


def record(spans: int = 1) -> Record:
    return Record(tuple(Span(i, i + 1, "PERSON", "pi", 0.9) for i in range(spans)))


def asked(known: Known, *calls: tuple[str, str, str, str]) -> int:
    count = 0

    def find() -> Record:
        nonlocal count
        count += 1
        return record()

    for call in calls:
        known.record(*call, find)
    return count


def test_a_text_is_looked_into_once() -> None:
    assert asked(Known(), *[("a", "", "d", "t")] * 3) == 1


@pytest.mark.parametrize("other", [("b", "", "d", "t"), ("a", "l", "d", "t"), ("a", "", "e", "t"), ("a", "", "d", "u")])
def test_another_app_label_day_or_text_is_looked_into_by_itself(other: tuple[str, str, str, str]) -> None:
    assert asked(Known(), ("a", "", "d", "t"), other) == 2


def test_where_one_part_ends_and_the_next_begins_is_told_apart() -> None:
    assert asked(Known(), ("a", "bc", "d", "t"), ("ab", "c", "d", "t"), ("a", "b", "cd", "t")) == 3


def test_of_many_texts_those_seen_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TEXTS", 3)
    known = Known()
    asked(known, *[("", "", "", str(i)) for i in range(3)], ("", "", "", "0"), ("", "", "", "3"))
    assert asked(known, ("", "", "", "0")) == 0
    assert asked(known, ("", "", "", "1")) == 1


def test_of_many_spans_no_more_are_kept_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPANS", 10)
    known = Known()
    for i in range(5):
        known.record("", "", "", str(i), lambda: record(4))
    assert [asked(known, ("", "", "", str(i))) for i in (4, 3)] == [0, 0]
    assert asked(known, ("", "", "", "0")) == 1


def test_nothing_that_is_kept_holds_a_text() -> None:
    known = Known()
    known.record("app", "label", "day", TEXT, lambda: ENGINE.record(TEXT))
    kept, queue, seen = [], [known], set()
    while queue:
        one = queue.pop()
        if id(one) not in seen and not isinstance(one, type):
            seen.add(id(one))
            kept.append(one)
            queue += gc.get_referents(one)
    told = [one for one in kept if isinstance(one, (str, bytes))]
    assert not any(value in str(one) for one in told for value in ("祁小夏", "13812345678", "客户", "label"))


def test_a_turn_that_comes_again_is_told_as_it_was() -> None:
    body: dict[str, Any] = {"messages": [{"role": "user", "content": c} for c in (TEXT, "祁小夏的退款呢", TEXT)]}
    treater = Treater(ENGINE)
    first = treater.inspect(body, app="a")
    assert first == treater.inspect(body, app="a") == Treater(ENGINE).inspect(body, app="a")
