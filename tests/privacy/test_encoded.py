"""What stands in base64, or as the name of a field, is looked into as any other text is."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.privacy.encoded import wrapped
from banjia.privacy.engine import Engine
from banjia.privacy.treater import Treater

ENGINE = Engine()
DAY = date(2026, 11, 24)
PHONE, NAME = "13812345678", "贺雨桐"


def sent(content):
    body = {"model": "m", "messages": [{"role": "tool", "tool_call_id": "1", "content": content}]}
    treated = Treater(ENGINE).request(body, on=DAY)
    return treated, treated.body["messages"][-1]["content"]


def wrap(text, urlsafe=False):
    return (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(text.encode()).decode()


@pytest.mark.parametrize("urlsafe", [False, True])
@pytest.mark.parametrize("padded", [True, False])
def test_a_run_of_base64_that_holds_a_person_is_replaced_whole_and_comes_back(urlsafe, padded):
    run = wrap(json.dumps({"name": NAME, "mobile": PHONE}, ensure_ascii=False), urlsafe)
    run = run if padded else run.rstrip("=")
    treated, content = sent(f"payload: {run} end")
    assert run not in content
    assert f"payload: {run} end" == treated.restorer().text(content)


def test_a_person_in_base64_is_the_same_person_as_in_clear():
    treated, _ = sent(f"客户{NAME}，手机{PHONE}；原文 {wrap(f'手机{PHONE}')}")
    assert [("PHONE", PHONE)] == [key for person in treated.persons for key in person.strong]


def test_what_is_no_text_in_base64_is_left_alone():
    for run in (
        base64.b64encode(bytes(range(200, 250))).decode(),
        "averyveryverylongidentifierofcode",
        wrap("nothing here, nobody"),
    ):
        assert run == sent(run)[1]


def test_a_secret_in_base64_never_comes_back():
    run = wrap("service key sk-" + "a1B2c3D4e5" * 4)
    treated, content = sent(f"header {run}")
    assert run not in content
    assert run not in treated.restorer().text(content)


def test_the_names_of_fields_are_looked_into():
    treated, content = sent(json.dumps({PHONE: {"state": "open"}, "state": 1}))
    assert PHONE not in content
    assert {PHONE: {"state": "open"}, "state": 1} == json.loads(treated.restorer().text(content, in_json=True))


@given(st.text(max_size=60), st.sampled_from(["", " ", "。"]))
def test_every_run_stands_where_it_says_and_says_what_it_holds(text, gap):
    run = wrap(text)
    for found in wrapped(f"x{gap}{gap and run}"):
        assert run == f"x{gap}{run}"[found.start : found.end]
        assert text == found.text
