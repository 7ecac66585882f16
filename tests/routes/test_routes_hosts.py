"""Place follows the host, and a look-alike is not the host."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.errors import RouteError
from banjia.routes import catalogue, host
from banjia.routes.provider import Endpoint, Provider
from banjia.text import same

ROUTES = catalogue.load(plugins=False)


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("api.openai.com", "openai"),
        ("https://api.openai.com/v1", "openai"),
        ("API.OPENAI.COM.", "openai"),
        ("api.openai.com:443", "openai"),
        ("eu.api.openai.com", "openai"),
        ("res.openai.azure.com", "azure_openai"),
        ("res.openai.azure.cn", "azure_21vianet"),
        ("bedrock-runtime.us-east-1.amazonaws.com", "aws_bedrock"),
        ("europe-west4-aiplatform.googleapis.com", "google_vertex"),
        ("ws1.cn-beijing.maas.aliyuncs.com", "alibaba_bailian"),
        ("ark.ap-southeast.bytepluses.com", "volcengine_ark"),
        ("127.0.0.1:8081", "self_hosted"),
        ("http://[::1]:8000/v1", "self_hosted"),
        ("localhost", "self_hosted"),
        ("192.168.3.4", "self_hosted"),
        ("172.31.0.9", "self_hosted"),
        ("ollama.com", "ollama"),
        ("openrouter.ai", "foreign_aggregator"),
    ],
)
def test_a_known_host_belongs_to_its_provider(address, provider):
    found = ROUTES.by_host(address)
    assert found is not None
    assert provider == found[0].id


@pytest.mark.parametrize(
    "address",
    [
        "api.openai.com.evil.example",
        "https://evil.example/api.openai.com",
        "https://api.openai.com@evil.example/v1",
        "https://evil.example#api.openai.com",
        "evilapi.openai.com",
        "api.opеnai.com",  # a Cyrillic е
        "api-openai.com",
        "openai.com",
        "xopenai.azure.com",
        "openai.azure.com.evil.example",
        "bedrock-runtime.us-east-1.amazonaws.com.evil.example",
        "minimaxm2.io",
        "172.32.0.1",
        "8.8.8.8",
        "127.0.0.1.evil.example",
        "",
        "http://",
        "a b.example",
        "x" * 300 + ".openai.azure.com",
    ],
)
def test_a_look_alike_belongs_to_nobody(address):
    assert ROUTES.by_host(address) is None


def test_the_longest_match_wins():
    assert "*.openai.azure.cn" == ROUTES.by_host("a.openai.azure.cn")[1].match
    assert "*.azure.cn" == ROUTES.by_host("a.search.azure.cn")[1].match
    assert "cn-hongkong.dashscope.aliyuncs.com" == ROUTES.by_host("cn-hongkong.dashscope.aliyuncs.com")[1].match


def test_two_sides_of_one_maker_are_told_apart_by_host():
    home = ROUTES.by_host("tokenhub.tencentcloudmaas.com")
    abroad = ROUTES.by_host("tokenhub-intl.tencentcloudmaas.com")
    assert ("cn_mainland", "overseas") == (home[0].side_of(home[1]), abroad[0].side_of(abroad[1]))


@pytest.mark.parametrize("address", ["api2d.net", "https://openai.api2d.net/v1", "free.v36.cm", "x.aihubmix.com"])
def test_a_relay_is_known_with_every_name_below_it(address):
    assert ROUTES.relay_of(address) is not None


@pytest.mark.parametrize("address", ["api.openai.com", "notapi2d.net", "api2d.net.evil.example", "openrouter.ai"])
def test_what_is_no_relay_is_not_called_one(address):
    assert ROUTES.relay_of(address) is None


def test_a_foreign_brand_in_an_unknown_host_is_a_sign_and_in_the_vendors_own_host_is_not():
    assert ROUTES.relays.signs("my-openai-proxy.top")
    assert not ROUTES.relays.signs("api.openai.com")


@given(st.text(max_size=80))
def test_no_text_breaks_the_look_up(text):
    ROUTES.by_host(text)
    ROUTES.relay_of(text)


@given(
    st.sampled_from([e.match for p in ROUTES.providers.values() for e in p.endpoints if e.match[0].isalnum()]),
    st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True),
)
def test_a_known_name_inside_a_foreign_name_proves_nothing(known, foreign):
    found = ROUTES.by_host(f"{known}.{foreign}")
    assert found is None


@pytest.mark.parametrize(
    "expression",
    [
        "re:api.example.com",
        "re:^(a+)+$",
        "re:^(a|b*)*x$",
        "re:^([a-z$",
        "re:^.*$",
        r"re:^.*\.com$",
        r"re:^.*|x\.a\.com$",
        "*.com",
        "com",
    ],
)
def test_an_unsafe_host_expression_is_refused(expression):
    endpoint = Endpoint(match=expression, store="CN", infer=("CN",), pinned=True)
    with pytest.raises(RouteError):
        host.table((Provider(id="mine", name=same("mine"), side="overseas", endpoints=(endpoint,)),))


def test_two_providers_cannot_claim_one_host():
    endpoint = Endpoint(match="api.example.com", store="CN", infer=("CN",), pinned=True)
    both = tuple(Provider(id=i, name=same(i), side="overseas", endpoints=(endpoint,)) for i in ("one", "two"))
    with pytest.raises(RouteError, match="two providers claim one host"):
        host.table(both)
