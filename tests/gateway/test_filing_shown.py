"""The application learns the confirmed filing number of the model that answers it, and null where there is none."""

from datetime import date

from scripted import play

from banjia.config.confirmation import Confirmation
from house import house, open_cells, policy, route

NUMBER = "Beijing-DeepseekChat-202404280016"


def test_the_models_list_shows_a_confirmed_number_and_null_without_one(tmp_path):
    filing = Confirmation(NUMBER, ("m1",), ("local",), "vendor", "sha256:" + "a" * 64, "dpo", date(2026, 11, 1))

    async def main():
        routes = [route("local", "http://127.0.0.1:1/v1", models={"gpt-4o": "m1", "gpt-4": "m2"})]
        held = {"filings": {("local", "m1"): filing}}
        async with house(tmp_path, routes, policy(open_cells("local")), settings=held) as h:
            return await h.get("/v1/models")

    listed = play(main()).json["data"]
    assert {m["id"]: m["filing"] for m in listed} == {
        "gpt-4o": {"number": NUMBER, "confirmed_on": "2026-11-01"},
        "gpt-4": None,
    }
