"""Columns: the head of a table is the label of each of its cells."""

from __future__ import annotations

import pytest

from banjia.privacy.engine import Engine
from banjia.privacy.tables import cells

ENGINE = Engine()

TABLES = {
    "csv": "姓名,住院号,生日\n丁慧敏,00451210,1984-03-09\n何志远,00451211,1990-02-28",
    "tsv": "姓名\t住院号\t生日\n丁慧敏\t00451210\t1984-03-09\n何志远\t00451211\t1990-02-28",
    "markdown": "| 姓名 | 住院号 | 生日 |\n|---|:---:|---|\n| **丁慧敏** | 00451210 | 1984-03-09 |\n| 何志远 | `00451211` | 1990-02-28 |",
    "quoted": '"姓名","住院号","生日"\n"丁慧敏","00451210","1984-03-09"\n"何志远","00451211","1990-02-28"',
}


@pytest.mark.parametrize("kind", TABLES)
def test_what_only_the_head_makes_known_is_found(kind):
    text = TABLES[kind]
    found = [(s.type, text[s.start : s.end], s.subject) for s in ENGINE.detect(text)]
    assert [
        ("PERSON", "丁慧敏", "1"), ("MRN", "00451210", "1"), ("DOB", "1984-03-09", "1"),
        ("PERSON", "何志远", "2"), ("MRN", "00451211", "2"), ("DOB", "1990-02-28", "2"),
    ] == found  # fmt: skip


def test_cells_know_their_place():
    text = 'name,note\n"Li, Na","a ""b"""\n'
    assert [("name", "Li, Na")] == [(c.head, text[c.start : c.end]) for c in cells(text)][:1]


@pytest.mark.parametrize("text", ["好的,\n谢谢,再见", "a|b\nc|d", "one line, of text"])
def test_what_has_no_head_is_no_table(text):
    assert [] == cells(text)


def test_json_is_walked_by_structure():
    found = ENGINE.detect_json({"customer": {"name": "贺雨桐", "phones": ["13912345678"]}, "model": "13912345678"})
    assert [(("customer", "name"), "PERSON"), (("customer", "phones", 0), "PHONE")] == [(p, s.type) for p, s in found]
