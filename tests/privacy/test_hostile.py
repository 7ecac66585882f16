"""Text that is made to hurt: time stays in proportion to length."""

from __future__ import annotations

from time import process_time

import pytest

from banjia.privacy.engine import Engine
from banjia.privacy.treater import Treater

SIZE = 20_000
HOSTILE = {
    "digits": "1" * SIZE,
    "digits and hyphens": "1-" * (SIZE // 2),
    "letters before no at sign": "a" * SIZE,
    "dots": "a." * (SIZE // 2),
    "many at signs": "a@" * (SIZE // 2),
    "one long mail": "a" * SIZE + "@" + "b." * 2000,
    "colons": "a:" * (SIZE // 2),
    "ipv4 run": "1.1." * (SIZE // 4),
    "surnames": "王" * (SIZE // 3),
    "labels": "姓名" * (SIZE // 6),
    "houses": "路1号" * (SIZE // 8),
    "cities": "北京市" * (SIZE // 9),
    "han and numbers": "东1" * (SIZE // 4),
    "capitals": "Aa " * (SIZE // 3),
    "street numbers": "12 Aa " * (SIZE // 6),
    "percent": "%41" * (SIZE // 3),
    "escapes": "\\u0041" * (SIZE // 6),
    "numerals": "一" * (SIZE // 3),
    "spoken": "one " * (SIZE // 4),
    "table": "|a" * (SIZE // 2) + "\n" + "|b" * (SIZE // 2),
    "key begins": "-----BEGIN RSA PRIVATE KEY-----" * (SIZE // 31),
    "jwt": "eyJ" + "a" * SIZE,
    "quotes": '"name":"' * (SIZE // 8),
    "companies": "有限" * (SIZE // 6),
    "hyphened words": "Min-ji-" * (SIZE // 7),
    "one word of capitals": "A" * SIZE,
    "initials": "A. " * (SIZE // 3),
    "titles": "Dr. " * (SIZE // 4),
    "names before boxes": "John Smith <" * (SIZE // 12),
    "leading words": "请王" * (SIZE // 6),
    "lists of names": "王明、" * (SIZE // 9),
    "foreign names": "克尔斯" * (SIZE // 9),
    "rows of SQL": "insert into t (name) values " + "('a')," * (SIZE // 6),
    "combining marks": "王" + "\u0301" * SIZE,
    "lone surrogates": "\ud800" * SIZE + "王小明",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_bounded(name):
    engine = Engine()
    engine.detect("王小明 John Smith")
    started = process_time()
    engine.detect(HOSTILE[name])
    assert process_time() - started < 4.0


def test_a_long_text_is_cut_and_nothing_is_lost_at_the_seams(monkeypatch):
    monkeypatch.setattr("banjia.privacy.identify.LIMIT", 50_000)
    text = ("x" * 97 + " 13987651234 ") * 2000
    assert 2000 == len(Engine(names=False).detect(text))


def test_json_nested_without_end_is_read_as_text():
    nested = "[" * 50_000 + '"电话13987651234"' + "]" * 50_000
    treated = Treater(Engine(names=False)).request({"messages": [{"role": "user", "content": nested}]})
    assert "13987651234" not in treated.body["messages"][-1]["content"]
