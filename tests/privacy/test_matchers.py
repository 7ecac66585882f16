"""Three engines, one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjia.errors import ConfigError
from banjia.privacy.detector import detectors
from banjia.privacy.identify import identifier
from banjia.privacy.matcher import matcher

PIECES = [t for d in detectors() for t, _ in d.hits] + [t for d in detectors() for t in d.misses]
texts = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text("0123456789-. :@abcXx订单号电话\n身份证ＱQ，", max_size=24)), max_size=8
).map("".join)


def found(engine, data):
    spans, disguised = identifier(engine).find(data)
    return [(start, end, form.type) for start, end, form in spans], disguised


@pytest.mark.parametrize("other", ["re2", "re"])
def test_the_fallbacks_find_what_hyperscan_finds_in_every_example(other):
    pytest.importorskip("hyperscan")
    if other == "re2":
        pytest.importorskip("re2")
    for text in PIECES:
        assert found("hyperscan", text.encode()) == found(other, text.encode())


@settings(max_examples=150, deadline=None)
@given(texts)
def test_engines_agree_on_any_text(text):
    pytest.importorskip("hyperscan")
    pytest.importorskip("re2")
    data = text.encode()
    assert found("hyperscan", data) == found("re", data) == found("re2", data)


def test_an_engine_that_is_not_installed_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "hyperscan", None)
    with pytest.raises(ConfigError, match="hyperscan"):
        matcher([b"a"], "hyperscan")
    assert matcher([b"a"], "re").name == "re"


def test_threads_do_not_disturb_each_other():
    pytest.importorskip("hyperscan")
    data = ("电话13987651234 卡 4111 1111 1111 1111 " * 2000).encode()
    expected = found("hyperscan", data)
    with ThreadPoolExecutor(4) as pool:
        assert [expected] * 12 == list(pool.map(lambda _: found("hyperscan", data), range(12)))
