"""Every identifier file finds its hits and leaves its near misses alone."""

from __future__ import annotations

import pytest

from banjia.errors import ConfigError
from banjia.privacy.detector import detectors, read
from banjia.privacy.engine import Engine

HITS = [(d.file, d.id, text, value) for d in detectors() for text, value in d.hits]
MISSES = [(d.file, d.id, text) for d in detectors() for text in d.misses]
REQUIRED = {
    "PHONE", "EMAIL", "ID_CN", "PASSPORT", "PERMIT", "BANK_CARD", "SSN", "IBAN", "DOB", "PLATE", "MRN", "IP", "MAC", "IMEI", "GEO",
    "WECHAT", "QQ", "USCC", "SECRET", "VIN", "MILITARY_ID", "NATIONAL_ID", "RESIDENCE_HKMOTW", "PERMANENT_RESIDENT",
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(names=False)


@pytest.mark.parametrize(
    ("file", "kind", "text", "value"), HITS, ids=lambda v: v if isinstance(v, str) and v.endswith(".toml") else ""
)
def test_a_hit_is_found_exactly(engine, file, kind, text, value):
    assert (kind, value) in [(s.type, text[s.start : s.end]) for s in engine.detect(text)]


@pytest.mark.parametrize(
    ("file", "kind", "text"), MISSES, ids=lambda v: v if isinstance(v, str) and v.endswith(".toml") else ""
)
def test_a_near_miss_is_left_alone(engine, file, kind, text):
    assert [] == [text[s.start : s.end] for s in engine.detect(text) if s.type == kind]


def test_every_identifier_of_the_interface_has_a_file():
    assert REQUIRED == {d.id for d in detectors()}


def test_every_file_brings_hits_and_misses():
    assert [] == [d.file for d in detectors() if not d.hits or not d.misses]


def test_the_reading_decides_the_class_of_a_resident_number():
    text = "身份证11010519491231002X"
    assert ["pi"] == [s.data_class for s in Engine("current", names=False).detect(text)]
    assert ["sensitive"] == [s.data_class for s in Engine("strict", names=False).detect(text)]


def test_a_file_with_a_field_missing_names_the_file():
    with pytest.raises(ConfigError, match=r"broken\.toml"):
        read("broken.toml", 'id = "X"\n')


def test_a_han_character_under_a_quantifier_is_refused():
    source = 'id = "X"\ntitle = {zh="x", en="x"}\ncurrent = "pi"\nstrict = "pi"\nstrength = 1\npriority = 1\n[[form]]\nanchor = "a"\npattern = "号?a"\n'
    with pytest.raises(ConfigError, match="beyond ASCII"):
        read("han.toml", source)
