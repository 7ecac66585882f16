"""What is not billed by the token is counted and priced in the unit that the vendor bills, exactly."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, http, play, write

from banjia.config.config import Route
from banjia.errors import ConfigError
from banjia.gateway.pricing import prices
from banjia.gateway.unit import answered, asked
from banjia.routes.price import money
from house import config, house, open_cells, policy, route

PICTURES = {"created": 1, "data": [{"b64_json": ""}, {"b64_json": ""}]}
TOKENS = {"input_tokens": 50, "output_tokens": 4160, "input_tokens_details": {"text_tokens": 10, "image_tokens": 40}}


@pytest.mark.parametrize(
    ("operation", "request_", "answer", "used"),
    [
        ("images/generations", {"n": 2}, PICTURES, {"image": 2}),
        ("images/generations", {"prompt": "x"}, {}, {"image": 1}),
        (
            "images/generations",
            {"n": 2},
            PICTURES | {"usage": TOKENS},
            {"text_token": 10, "image_token": 40, "output_token": 4160},
        ),
        ("audio/speech", {"input": "你好, you"}, b"RIFF....", {"character": 7, "byte": 11}),
        (
            "audio/transcriptions",
            b"--form",
            {"text": "x", "usage": {"type": "duration", "seconds": 61}},
            {"second": 61},
        ),
        ("audio/transcriptions", b"--form", {"text": "x", "duration": 8.47}, {"second": Fraction("8.47")}),
        (
            "audio/transcriptions",
            b"--form",
            {"usage": {"input_tokens": 14, "output_tokens": 45}},
            {"text_token": 14, "output_token": 45},
        ),
        ("moderations", {"input": "x"}, {"results": []}, {}),
        ("files", b"--form", {"id": "file-1"}, {}),
    ],
)
def test_a_call_is_counted_in_the_unit_that_is_billed(operation, request_, answer, used):
    raw, said = (x if isinstance(x, bytes) else json.dumps(x).encode() for x in (request_, answer))
    assert used == (asked(operation, raw) or answered(operation, raw, said))


@given(st.sampled_from(["images/edits", "audio/speech", "audio/transcriptions"]), st.binary(), st.binary())
def test_no_bytes_are_too_odd_to_be_counted(operation, request_, answer):
    for raw in (request_, b"{" + request_):
        assert all(n > 0 for n in (asked(operation, raw) or answered(operation, raw, b"{" + answer)).values())


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.recursive(st.none() | st.booleans() | FINITE | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_no_usage_is_too_odd_to_be_counted(usage):
    for said in (
        {"usage": usage},
        {"usage": {"seconds": usage, "input_tokens": usage}, "duration": usage, "data": usage},
    ):
        for operation in ("images/generations", "audio/transcriptions"):
            assert all(n > 0 for n in answered(operation, b"{}", json.dumps(said).encode()).values())


@pytest.mark.parametrize(
    ("provider", "url", "model", "used", "cost"),
    [
        ("openai", "https://api.openai.com/v1", "whisper-1", {"second": 90}, 9_000_000),  # 0.006 a minute
        ("openai", "https://api.openai.com/v1", "tts-1", {"character": 1000, "byte": 3000}, 15_000_000),
        (
            "openai",
            "https://api.openai.com/v1",
            "gpt-image-1",
            {"text_token": 10, "image_token": 40, "output_token": 4160},
            166_850_000,
        ),
        ("openai", "https://api.openai.com/v1", "dall-e-3", {"image": 1}, None),  # that price is from memory
    ],
)
def test_the_list_prices_a_unit_unless_it_is_from_memory(tmp_path, provider, url, model, used, cost):
    listed = prices(config(tmp_path, [Route("r", provider, url)]))
    assert listed.units("r", model, "USD", money()).cost({k: Fraction(n) for k, n in used.items()}) == cost


def test_config_prices_a_unit_and_takes_nothing_else_for_it(tmp_path):
    own = {"prices": {"cogview": {"image": 0.06, "currency": "CNY"}}}
    listed = prices(config(tmp_path, [route("r", "http://127.0.0.1:9/v1", options=own)]))
    units = listed.units("r", "cogview", "CNY", money())
    assert units.cost({"image": Fraction(3)}) == 180_000_000
    assert units.cost({"second": Fraction(3)}) is None
    with pytest.raises(ConfigError, match=r"prices\.cogview.*price is missing"):
        prices(config(tmp_path, [route("r", "http://127.0.0.1:9/v1", options={"prices": {"cogview": {"output": 1}}})]))


def test_pictures_stand_in_metrics_and_ledger_with_their_cost(tmp_path):
    async def handler(seen, writer):
        await write(writer, http(PICTURES))

    async def main():
        async with Scripted(handler) as up:
            one = route("local", up.url, options={"prices": {"*": {"image": 0.06}}})
            async with house(tmp_path, [one], policy(open_cells("local")), apis={"local": frozenset({"images"})}) as h:
                answer = await h.post("/v1/images/generations", body={"model": "painter", "prompt": "x", "n": 2})
                told = (await h.get("/metrics")).body.decode()
            return answer.status, told, h.entries()

    status, told, entries = play(main())
    assert status == 200
    assert 'banjia_units_total{app="helpdesk",route="local",model="painter",unit="image"} 2\n' in told
    assert 'banjia_cost_total{app="helpdesk",route="local",model="painter",currency="CNY"} 0.12\n' in told
    assert 'banjia_requests_total{app="helpdesk",route="local",operation="images/generations",status="200"} 1\n' in told
    [outcome] = [body["more"] for kind, body in entries if kind == "decision"]
    assert (outcome["units"], outcome["cost"], outcome["currency"]) == ({"image": 2}, "0.12", "CNY")
