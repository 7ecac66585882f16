"""Short heads of columns, keys and elements say what stands under them."""

from __future__ import annotations

import pytest

from banjia.privacy.engine import Engine
from banjia.privacy.heads import meaning

ENGINE = Engine()


def found(text):
    return [(s.type, text[s.start : s.end]) for s in ENGINE.detect(text)]


@pytest.mark.parametrize(
    ("head", "label"),
    [
        ("xm", "姓名"), ("BRXM", "姓名"), ("custNm", "姓名"), ("Patient_Name", "姓名"), ("fname", "first name"), ("LXDH", "电话"),
        ("jzrsjh", "电话"), ("mob_no", "电话"), ("csrq", "出生日期"), ("birth_dt", "出生日期"), ("jtzz", "地址"), ("ship_addr", "地址"),
        ("sfzhm", "身份证号"), ("contact.phone", "电话"),
    ],
)  # fmt: skip
def test_a_short_head_stands_for_a_label(head, label):
    assert label == meaning(head)


@pytest.mark.parametrize(
    "head", ["", "x", "file_name", "hostname", "modelName", "items", "total", "bgcolor", "姓名", "a" * 40]
)
def test_other_heads_stand_for_none(head):
    assert "" == meaning(head)


def test_columns_in_initials_of_pinyin_are_read():
    text = "bh,hzxm,zyh,csrq,jtzz\n1,裴雨桐,00731188,1979-11-02,建宁街5号院2栋301\n"
    assert [
        ("PERSON", "裴雨桐"), ("MRN", "00731188"), ("DOB", "1979-11-02"), ("ADDRESS", "建宁街5号院2栋301"),
    ] == found(text)  # fmt: skip


def test_columns_parted_by_semicolons_are_read():
    text = "cust_nm;bday\nOdalys Ferreira;1990-07-05\nTorben Aagaard;1984-01-31\n"
    assert [
        ("PERSON", "Odalys Ferreira"), ("DOB", "1990-07-05"), ("PERSON", "Torben Aagaard"), ("DOB", "1984-01-31"),
    ] == found(text)  # fmt: skip


def test_a_number_that_follows_a_comma_in_a_row_is_a_telephone():
    assert [("PHONE", "13912345678"), ("PHONE", "13898765432")] == found("7,13912345678\n8,13898765432\n")


@pytest.mark.parametrize(
    "text",
    [
        '{"pat_nm": "Odalys Ferreira", "bday": "1990-07-05"}',
        r'{"arguments": "{\"custName\": \"Odalys Ferreira\", \"birth_dt\": \"1990-07-05\"}"}',
        "<row><full_nm>Odalys Ferreira</full_nm><csrq>1990-07-05</csrq></row>",
        "owner:\n  display_name: Odalys Ferreira\n  birthdate: 1990-07-05  # checked\n",
        "UPDATE t SET rname='Odalys Ferreira', csrq='1990-07-05' WHERE id=7",
    ],
)
def test_keys_of_json_xml_yaml_and_sql_are_read(text):
    assert [("PERSON", "Odalys Ferreira"), ("DOB", "1990-07-05")] == found(text)


def test_rows_that_a_dump_copies_are_read():
    text = "COPY public.people (id, full_nm, bday) FROM stdin;\n1\tOdalys Ferreira\t1990-07-05\n\\.\nselect 1;\n"
    assert [("PERSON", "Odalys Ferreira"), ("DOB", "1990-07-05")] == found(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"givenName": "Odalys", "surname": "Ferreira", "bday": "1990-07-05"}',
        "fname='Odalys', lname='Ferreira', bday='1990-07-05'",
    ],
)
def test_the_parts_of_a_name_under_keys_of_their_own_are_one_person(text):
    assert ["PERSON", "PERSON", "DOB"] == [s.type for s in ENGINE.detect(text)]
    assert {"1"} == {s.subject for s in ENGINE.detect(text)}


def test_the_key_of_a_leaf_is_read_as_a_head():
    assert [("PERSON", "Ferreira")] == [
        (span.type, "Ferreira"[span.start : span.end]) for _, span in ENGINE.detect_json({"lname": "Ferreira"})
    ]


@pytest.mark.parametrize(
    "text",
    ["name,size,arch\nbase,12,x86\n", '{"fn": "loadData", "ph": "7.35"}', "build:\n  tel: off\n", "<sr>high</sr>"],
)
def test_a_short_head_over_something_else_finds_nothing(text):
    assert [] == found(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("寄武侯区静居寺街19号翡翠锦园3期2栋908，谢谢", "武侯区静居寺街19号翡翠锦园3期2栋908"),
        ("住莱山区迎春大街72号内5号，电话另发", "莱山区迎春大街72号内5号"),
        ("晋江市陈埭镇溪边村新厝23号是老宅", "晋江市陈埭镇溪边村新厝23号"),
        ("泸州市江阳区大山坪32号1栋502室", "泸州市江阳区大山坪32号1栋502室"),
        ("家在朝阳路与建设街交汇处向东200米书香园3号楼2单元501", "朝阳路与建设街交汇处向东200米书香园3号楼2单元501"),
        ("Room 907, 9/F, Sunshine Plaza, 353 Lockhart Road, Wan Chai", "Room 907, 9/F, Sunshine Plaza, 353 Lockhart Road, Wan Chai"),
        ("at Blk 88 Bedok North Street 4 #12-153 S460088 now", "Blk 88 Bedok North Street 4 #12-153 S460088"),
        ("Flat No. 302, Sai Residency, Banjara Hills, Hyderabad - 500034", "Flat No. 302, Sai Residency, Banjara Hills, Hyderabad - 500034"),
        ("Rose Cottage, Back Lane, Whitby YO21 3AB", "Rose Cottage, Back Lane, Whitby YO21 3AB"),
    ],
)  # fmt: skip
def test_an_address_is_found_to_its_last_door(text, address):
    assert ("ADDRESS", address) in found(text)


@pytest.mark.parametrize(
    "text", ["房租3号交，水费5号交，项目2期3栋在建", "the 3/F printer; version 2/F", "order #12345 of box 100200"]
)
def test_floors_and_counts_without_a_place_are_no_address(text):
    assert [] == found(text)
