"""Presidio's programs get our spans under their names."""

from __future__ import annotations

import sys
import types

import pytest

from banjia.errors import ConfigError
from banjia.privacy.engine import Engine
from banjia.privacy.presidio import entities, recognizer, results

TEXT = "联系人：贺雨桐，电话13812345678，邮箱he@example.com，身份证110101199003077512"


def test_spans_go_by_presidios_names_in_their_places():
    found = {r.entity_type: TEXT[r.start : r.end] for r in results(Engine(), TEXT)}
    assert {
        "PERSON": "贺雨桐",
        "PHONE_NUMBER": "13812345678",
        "EMAIL_ADDRESS": "he@example.com",
        "CN_RESIDENT_ID": "110101199003077512",
    } == found
    assert ["PHONE_NUMBER"] == [r.entity_type for r in results(Engine(), TEXT, ["PHONE_NUMBER"])]
    assert set(found) <= set(entities())


def test_without_presidio_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(ConfigError, match="presidio"):
        recognizer()


def test_a_recognizer_answers_as_presidio_asks(monkeypatch):
    class Base:
        def __init__(self, supported_entities, name=None, supported_language="en"):
            self.supported_entities, self.name, self.supported_language = supported_entities, name, supported_language
            self.id = f"{name}_1"
            self.load()

    class Found:
        RECOGNIZER_NAME_KEY, RECOGNIZER_IDENTIFIER_KEY = "recognizer_name", "recognizer_identifier"

        def __init__(self, **given):
            self.__dict__ |= given

    module = types.ModuleType("presidio_analyzer")
    module.EntityRecognizer, module.RecognizerResult = Base, Found
    monkeypatch.setitem(sys.modules, "presidio_analyzer", module)
    made = recognizer("zh")
    assert "zh" == made.supported_language
    found = made.analyze(TEXT, ["PERSON"], None)
    assert [("PERSON", 4, 7, "Banjia")] == [
        (f.entity_type, f.start, f.end, f.recognition_metadata["recognizer_name"]) for f in found
    ]
