"""An item is added to the config, and every other byte stays."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.config.addition import add
from banjia.config.reader import read
from banjia.errors import ConfigError

HEAD = "# ours\nentity: {id: a}   # who\napps: [{id: x, key: 'env:K'}]\nroutes: [{id: r, provider: vllm, base_url: 'http://127.0.0.1:1/v1'}]\n"
ONE = "  - {number: Beijing-A-202404280016, models: [m], routes: [r], from: vendor, evidence: 'sha256:%s', by: d, on: 2026-01-01}\n"
ITEM = {
    "number": "Beijing-B-202404280017",
    "models": ("m", "n-*"),
    "routes": ("r",),
    "from": "vendor",
    "evidence": "sha256:" + "a" * 64,
    "by": "法务",
    "on": date(2026, 11, 1),
}
TAILS = ["", "\n", "\n\n# the end\n", "auto_approve: true\n", "\n# next\nlabels: {implicit: on}\n"]


def numbers(path):
    return [f.number for f in read(path).filings]


@pytest.mark.parametrize("tail", TAILS)
def test_a_list_that_is_not_there_is_opened_and_the_rest_stays(tmp_path, tail):
    path = tmp_path / "banjia.yaml"
    path.write_text(HEAD + tail, encoding="utf-8")
    line = add(path, "filings", ITEM)
    assert path.read_text(encoding="utf-8").startswith(HEAD + tail)
    assert line in path.read_text(encoding="utf-8")
    found = read(path).filings[0]
    assert (found.number, found.models, found.by, found.on) == (ITEM["number"], ("m", "n-*"), "法务", date(2026, 11, 1))


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("indent", ["", "  ", "      "])
def test_an_item_goes_after_the_last_one_at_its_indentation(tmp_path, tail, indent):
    path = tmp_path / "banjia.yaml"
    before = HEAD + "filings:\n" + indent + (ONE % ("b" * 64)).lstrip()
    path.write_text(before + tail, encoding="utf-8")
    add(path, "filings", ITEM)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(before)
    assert text.endswith(tail)
    assert numbers(path) == ["Beijing-A-202404280016", "Beijing-B-202404280017"]


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_file_without_a_last_line_feed_is_taken_as_well(tmp_path, ending):
    path = tmp_path / "banjia.yaml"
    path.write_text(HEAD + "filings:\n" + (ONE % ("b" * 64)).rstrip() + ending, encoding="utf-8")
    add(path, "filings", ITEM)
    assert len(numbers(path)) == 2


@pytest.mark.parametrize(
    "section", ["filings: []\n", "filings:\n", f"filings: [{(ONE % (64 * 'c')).strip('- ' + chr(10))}]\n"]
)
def test_a_list_in_one_line_is_refused_with_the_line_to_add(tmp_path, section):
    path = tmp_path / "banjia.yaml"
    path.write_text(HEAD + section, encoding="utf-8")
    with pytest.raises(ConfigError, match="add it by hand") as refused:
        add(path, "filings", ITEM)
    assert "banjia.yaml:5" in str(refused.value)
    assert path.read_text(encoding="utf-8") == HEAD + section


def test_an_item_that_would_not_load_changes_nothing(tmp_path):
    path = tmp_path / "banjia.yaml"
    path.write_text(HEAD, encoding="utf-8")
    with pytest.raises(ConfigError, match="no such route"):
        add(path, "filings", ITEM | {"routes": ("q",)})
    assert path.read_text(encoding="utf-8") == HEAD
    assert [p.name for p in tmp_path.iterdir()] == ["banjia.yaml"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_any_words_come_back_as_they_were_said(tmp_path_factory, said):
    path = tmp_path_factory.mktemp("any") / "banjia.yaml"
    path.write_text(HEAD, encoding="utf-8")
    add(path, "filings", ITEM | {"by": said})
    assert read(path).filings[0].by == said.strip()
