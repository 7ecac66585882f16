"""The small tagger: a network of our own that reads Chinese names faster, chosen by name."""

from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.errors import ConfigError
from banjia.gateway.personal import read_privacy
from banjia.privacy.engine import Engine
from banjia.privacy.small_tagger import KINDS, _best_paths, small_tagger

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("客服您好，我叫欧阳静怡，订单还没有发货。", "欧阳静怡"),
        ("今天下午汪建业主任带我们去参观。", "汪建业"),
        ("请把合同寄给夏雨薇，谢谢。", "夏雨薇"),
    ],
)
def test_it_finds_names_that_stand_in_no_list(text, name):
    [words] = small_tagger().tag([text])
    assert name in [text[s:e] for s, e, kind in words if kind == "PERSON"]


@pytest.mark.parametrize(
    "text", ["周末包月套餐可以任意选。", "黄金价格上涨，马上又要调整。", "高兴的是问题终于解决了。"]
)
def test_words_that_begin_like_names_are_no_names(text):
    [words] = small_tagger().tag([text])
    assert not [w for w in words if w[2] == "PERSON"]


def test_the_engine_reads_with_it_when_told_to():
    text = "患者胡晓岚因头痛三天入院，由家属胡建军陪同。"
    found = {text[s.start : s.end] for s in Engine(tagger="small").detect(text) if s.type == "PERSON"}
    assert found == {"胡晓岚", "胡建军"}


def test_config_chooses_it_and_an_unknown_name_is_refused():
    assert read_privacy({"tagger": "small"}).tagger == "small"
    assert read_privacy({}).tagger == "lac"
    with pytest.raises(ConfigError, match="privacy"):
        read_privacy({"tagger": "large"})


@given(st.lists(HAN, max_size=40))
def test_every_sentence_gets_its_own_words_in_order_and_inside_it(sentences):
    found = small_tagger().tag(sentences)
    assert len(found) == len(sentences)
    for sentence, words in zip(sentences, found, strict=True):
        ends = 0
        for start, end, kind in words:
            assert ends <= start < end <= len(sentence)
            assert kind in KINDS
            ends = end


@given(st.lists(HAN, min_size=2, max_size=6, unique=True))
def test_company_in_a_batch_changes_no_answer(sentences):
    together = small_tagger().tag(sentences)
    assert together == [small_tagger().tag([s])[0] for s in sentences]


@given(st.integers(1, 20), st.integers(0, 2**31))
def test_the_best_path_beats_every_path_tried_by_hand(steps, seed):
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((1, steps, 7)).astype(np.float32)
    [path] = _best_paths(logits, [steps])
    assert all(
        label % 2 or not label or before in {label, label - 1} for before, label in zip([0, *path], path, strict=False)
    )
    score = logits[0, np.arange(steps), path].sum()
    for _ in range(50):
        other = rng.integers(0, 7, steps).tolist()
        for i, label in enumerate(other):
            before = other[i - 1] if i else 0
            if label and not label % 2 and before not in {label, label - 1}:
                other[i] = 0
        assert logits[0, np.arange(steps), other].sum() <= score + 1e-4


def test_it_is_small_and_carries_its_own_vocabulary():
    data = (resources.files("banjia.privacy") / "data" / "small_tagger.onnx").read_bytes()
    assert 2_000_000 <= len(data) <= 5_000_000
