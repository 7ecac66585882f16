"""A route's name and host must belong together."""

import pytest

from banjia.config.place import place
from banjia.config.reader import read
from banjia.errors import ConfigError, RouteError
from banjia.routes.catalogue import load


def placed(tmp_path, route):
    path = tmp_path / "banjia.yaml"
    path.write_text(f"routes:\n  - {{id: r, {route}}}\n", encoding="utf-8")
    return place(read(path), load())[0]


@pytest.mark.parametrize(
    ("route", "provider", "country"),
    [
        ("provider: qwen, base_url: 'https://dashscope.aliyuncs.com/compatible-mode/v1'", "alibaba_bailian", "CN"),
        ("provider: azure, base_url: 'https://acme.openai.azure.com'", "azure_openai", None),
        ("provider: llama.cpp, base_url: 'http://127.0.0.1:8081/v1'", "llamacpp", None),
        ("provider: deepseek, base_url: 'http://127.0.0.1:1/v1', stand_in: true", "deepseek", None),
        ("provider: vllm, base_url: 'http://gpu.internal/v1'", "vllm", None),
    ],
)
def test_a_familiar_name_is_answered_with_the_id_and_place_follows_the_host(tmp_path, route, provider, country):
    found = placed(tmp_path, route)
    assert provider == found.route.provider
    if country:
        assert found.endpoint is not None
        assert country == found.endpoint.store


@pytest.mark.parametrize(
    ("route", "says"),
    [
        ("provider: deepseek, base_url: 'http://127.0.0.1:8081/v1'", "stand_in: true"),
        ("provider: openai, base_url: 'https://api.chatanywhere.tech/v1'", "relay"),
        ("provider: openai, base_url: 'https://dashscope.aliyuncs.com/compatible-mode/v1'", "alibaba_bailian"),
        ("provider: openai, base_url: 'http://api.openai.com/v1'", "https"),
        ("provider: openai, base_url: 'ftp://api.openai.com'", "https://HOST"),
        ("provider: openai, base_url: 'https://sk-key@api.openai.com'", "stands in `key`"),
        ("provider: vllm, base_url: 'https://llm.example.org/v1', country: CN", "reason"),
    ],
)
def test_a_name_on_the_wrong_host_is_refused_with_a_remedy(tmp_path, route, says):
    with pytest.raises(ConfigError) as caught:
        placed(tmp_path, route)
    assert says in caught.value.say("en")


def test_an_unknown_provider_names_the_nearest(tmp_path):
    with pytest.raises(RouteError, match="did you mean deepseek"):
        placed(tmp_path, "provider: deepseak, base_url: 'https://api.deepseek.com'")
