"""Fakes have the form of what they stand for, can be nobody's, and come back as the original."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.privacy.checks import bank_card, resident_id
from banjia.privacy.engine import Engine
from banjia.privacy.fake import KINDS, fake
from banjia.privacy.surrogate import Surrogates
from banjia.privacy.treater import Treater

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from crossing.talk import talk

ENGINE = Engine()
DAY = date(2026, 11, 24)
SAMPLES = {
    "PERSON": ["欧小明", "Olivia Bennett"],
    "PHONE": ["13812345678", "138-1234-5678", "+86 138 1234 5678", "(212) 555-0199", "010-62345678"],
    "EMAIL": ["a.b@example.com"],
    "ADDRESS": ["浙江省杭州市西湖区学院路8号"],
    "ID_CN": ["110101199003077512", "11010119900307003X", "110101900307751"],
    "PASSPORT": ["E12345678"],
    "BANK_CARD": ["6228480402564890018", "6228 4804 0256 4890 018"],
    "SSN": ["123-45-6789"],
    "IBAN": ["DE89370400440532013000"],
    "PLATE": ["京A12345"],
    "IP": ["36.12.4.9", "2400:da00::1"],
    "MAC": ["3c:22:fb:01:02:03"],
    "IMEI": ["490154203237518"],
    "QQ": ["123456789"],
    "WECHAT": ["wx_someone1"],
    "MRN": ["12345678"],
}
ALL = [(kind, s) for kind, found in SAMPLES.items() for s in found]


def test_every_kind_with_a_fake_has_a_sample():
    assert set(SAMPLES) == KINDS


@pytest.mark.parametrize(("kind", "surface"), ALL)
@given(number=st.integers(1, 90))
def test_a_fake_is_written_as_the_original_and_differs_by_number(kind, surface, number):
    made, other = fake(kind, surface, number, "zh"), fake(kind, surface, number + 1, "zh")
    assert made != other
    assert made != surface
    if kind in ("PHONE", "BANK_CARD", "SSN", "IMEI", "QQ", "MRN", "PASSPORT"):
        assert re.sub("[0-9]", "0", surface) == re.sub("[0-9]", "0", made)


def test_a_fake_is_nobodys():
    made = fake("ID_CN", "110101199003077512", 7, "zh")
    assert made.startswith("99")
    assert (made[6:10], int(made[16]) % 2) == ("1990", 1)
    assert not resident_id(made.encode())  # province 99 is none
    assert re.fullmatch("12[0-9]{9}", fake("PHONE", "13812345678", 7, "zh"))
    assert fake("PHONE", "+86 138-1234-5678", 7, "zh").startswith("+86 12")
    assert not bank_card(fake("BANK_CARD", "6228480402564890018", 7, "zh").encode())
    assert fake("SSN", "123-45-6789", 7, "en").startswith("000-")
    assert fake("EMAIL", "a@b.cn", 7, "en").endswith("@example.invalid")
    assert fake("IP", "36.12.4.9", 7, "en").startswith("192.0.2.")


def test_where_a_range_is_used_up_a_token_stands_in():
    kept = Surrogates("k7qz")
    made = [kept.fake("MAC", f"3c:22:fb:01:{n // 256:02x}:{n % 256:02x}", "en") for n in range(300)]
    assert 300 == len(set(made))
    assert any(m.startswith("⟦MAC") for m in made)
    assert all(kept.originals[m].startswith("3c:22") for m in made)


def test_a_fake_that_stands_in_the_text_already_is_passed_over():
    kept = Surrogates("k7qz")
    kept.avoid = ["call 12000000001 now"]
    assert "12000000002" == kept.fake("PHONE", "13812345678", "zh")


def test_fakes_survive_being_kept():
    kept = Surrogates("k7qz")
    made = kept.fake("PHONE", "13812345678", "zh"), kept.fake("PERSON", "贺雨桐", "zh"), kept.token("QQ", "12345", "zh")
    again = Surrogates.load(kept.save())
    assert kept.originals == again.originals
    assert made[0] == again.fake("PHONE", "13812345678", "zh")
    assert again.fake("PHONE", "13912345678", "zh") not in made


def test_treated_talks_hold_no_number_and_come_back():
    treater = Treater(ENGINE)
    for number in range(40):
        one = talk(number, 3)
        treated = treater.request(one.request, "fake", on=DAY)
        sent = json.dumps(treated.body, ensure_ascii=False)
        assert [] == [v for v in one.values if v in sent]
        said, was = str(treated.body["messages"][-1]["content"]), str(one.request["messages"][-1]["content"])
        assert was == treated.restorer().text(said)


def test_a_schema_of_the_form_still_holds():
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": '{"mail": "ouyang@example.com", "ip": "36.12.4.9"}'}],
    }
    said = json.loads(Treater(ENGINE).request(body, "fake", on=DAY).body["messages"][-1]["content"])
    assert re.fullmatch(r"[\w.]+@[\w.]+", said["mail"])
    assert re.fullmatch(r"[0-9.]+", said["ip"])
