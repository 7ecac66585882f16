"""What the first repositories read by one who did not write the rules had and the scan did not find, or found wrongly."""

from __future__ import annotations

import pytest

from banjia.scan.file import scan_file
from banjia.scan.tree import settled

CASES = {
    "a model is asked of the service that gives it out, where the file speaks to that one alone": (
        "ask.py",
        """import requests

requests.post("https://openrouter.ai/api/v1/chat/completions", json={"model": "openai/gpt-4o"})
""",
        {"3 http foreign_aggregator", "3 model foreign_aggregator"},
    ),
    "a key without a shape of its own is the one vendor's whose address the file has": (
        "A.java",
        """class A {
    static final String SECRET_KEY = "Ab3dE5fG7h0a1b2c3d4e0a1b2c3d4e0a";
    static final String URL = "https://qianfan.baidubce.com/v2/chat/completions";
}
""",
        {"2 secret baidu_qianfan", "3 http baidu_qianfan"},
    ),
    "an empty entry of a section is a setting, not a section": (
        "application.yml",
        "xunfei:\n  apiKey:\n  apiSecret:\ntongyi:\n  apiKey:\n\n# the end\nother: 1\n",
        {"2 config iflytek_spark", "3 config iflytek_spark", "5 config alibaba_bailian"},
    ),
    "a section whose head is named like a key is no setting": (
        "values.yml",
        "openai:\n  key:\n    secretName: keys\n  base-url: https://api.openai.com/v1\n",
        {"4 config openai"},
    ),
    "an address that is only compared does not say whose file it is": (
        "Api.php",
        """<?php
$router = str_starts_with(strtolower($url), 'https://openrouter.ai');
// This application speaks to whatever service its settings name, by the interface that most of them share. It looks at
// the address once, for what this one service calls otherwise, and at nothing else.
$answer = $this->request($user, 'chat/completions', $params);
""",
        {"2 http foreign_aggregator", "5 http openai"},
    ),
    "of two clients that a function gives the general one is meant": (
        "clients.py",
        """from openai import AzureOpenAI, OpenAI


def make(azure, key):
    if azure:
        return AzureOpenAI(api_key=key)
    return OpenAI(api_key=key)


make(False, key).chat.completions.create(messages=m)
""",
        {"1 import openai", "6 client azure_openai", "7 client openai", "10 call openai"},
    ),
    "an attribute is the one of its own class, or of the class it is made from": (
        "service.py",
        """import anthropic
import openai


class Base:
    def __init__(self):
        self.client = openai.OpenAI()


class Other:
    def __init__(self):
        self.client = anthropic.Anthropic()


class Mine(Base):
    def ask(self):
        return self.client.chat.completions.create(messages=m)
""",
        {"1 import anthropic", "2 import openai", "7 client openai", "12 client anthropic", "17 call openai"},
    ),
}


@pytest.mark.parametrize(("file", "text", "places"), CASES.values(), ids=CASES)
def test_a_place_is_found_as_it_was_read(file: str, text: str, places: set[str]) -> None:
    found = settled({file: scan_file(file, text)}, {file: text})
    assert {f"{one.line} {one.kind} {one.provider}" for one in found} == places
