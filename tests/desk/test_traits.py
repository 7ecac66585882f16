"""What an application asks of its models is read off the code of its calls, and its volume off the ledger."""

from __future__ import annotations

from datetime import date

import pytest

from banjia.desk import clock
from banjia.desk.advise import advised, text, use, with_volumes
from banjia.desk.assess import Request
from banjia.desk.ledger import Place
from banjia.desk.traits import traits_of, volumes_of
from banjia.errors import ConfigError
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.record import start_of
from banjia.ledger.tally import CHINA
from banjia.routes.price import Volume
from banjia.store.store import open_store

DAY = date(2026, 11, 24)
APP = """
from openai import OpenAI

client = OpenAI()

def ask(q, tools):
    return client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": q}}]}],
        CALL
    )

def embed(q):
    return client.embeddings.create(model="text-embedding-3-large", input=q)
"""


def traits(tmp_path, call: str):
    (tmp_path / "app.py").write_text(APP.replace("CALL", call))
    return traits_of(tmp_path)


@pytest.mark.parametrize(
    ("call", "feature"),
    [
        ("tools=tools,", "tools"),
        ('tools=tools, tool_choice="required",', "forced_tools"),
        ('response_format={"type": "json_schema", "json_schema": {}},', "json_schema"),
        ('response_format={"type": "json_object"},', "json_object"),
        ("stream=True,", "streams"),
        ("n=3,", "several_answers"),
    ],
)
def test_a_feature_is_seen_where_it_is_used(tmp_path, call, feature):
    found = traits(tmp_path, call)
    assert found.seen[feature].startswith("app.py:")
    assert found.features - {"images", "tools"} == {feature} - {"images", "tools"}


def test_models_images_and_widths_are_seen(tmp_path):
    found = traits(tmp_path, "")
    assert set(found.models) == {"gpt-4o", "text-embedding-3-large"}
    assert found.features == {"images"}
    assert found.widths == {"text-embedding-3-large": 3072}


def ledger(tmp_path, monkeypatch) -> Place:
    monkeypatch.setattr(clock, "today", lambda: DAY)
    store = open_store(f"sqlite:///{tmp_path}/s.db")
    noon = start_of(DAY, CHINA) + 12 * 3600 * 1000
    journal = Journal.open(store, tmp_path / "keys", "gateway/0", clock=lambda: noon, terms=Terms(entity="acme"))
    for asked, tokens in (("gpt-4o", 100), ("gpt-4o", 50), ("gpt-4o-mini", 10)):
        more = {"status": 200, "input": tokens, "output": tokens}
        journal.note(Entry("decision", noon, app="a", route="r", model="m", asked=asked, more=more))
    journal.close()
    store.close()
    return Place(store=f"sqlite:///{tmp_path}/s.db", keys=tmp_path / "keys", entity="acme")


def test_the_last_days_of_the_ledger_stand_for_a_month(tmp_path, monkeypatch):
    found = volumes_of(ledger(tmp_path, monkeypatch), days=10)
    assert found == {"gpt-4o": Volume(6, 450, 450), "gpt-4o-mini": Volume(3, 30, 30)}


def test_each_model_is_priced_at_its_own_volume(tmp_path):
    volumes = tmp_path / "v.csv"
    volumes.write_text("model,requests,input_tokens,output_tokens\ngpt-4o,1000,1000000,0\ngpt-4o-mini,2000,2000000,0\n")
    answer = advised(with_volumes(use([]), volumes), Request(on=DAY))
    prices: dict[str, dict[str, float]] = {}
    for o in answer.advice.options:
        if o.cost.amount:
            prices.setdefault(f"{o.model} {o.way.route}", {})[o.old] = o.cost.amount
    pairs = [p for p in prices.values() if len(p) == 2]
    assert pairs
    assert all(p["gpt-4o-mini"] == pytest.approx(2 * p["gpt-4o"]) for p in pairs)


def test_every_old_name_has_its_own_ranking(tmp_path):
    answer = advised(use(["gpt-4o", "text-embedding-3-small"], widths=["text-embedding-3-small=1536"]), Request(on=DAY))
    said = text(answer, "en")
    assert said.index("in place of gpt-4o") < said.index("in place of text-embedding-3-small [1536 dims]")
    assert said.count(" 1. ") == 2


@pytest.mark.parametrize("row", ["gpt-4o,x,1,1", "gpt-4o,1,1", "gpt-4o,-1,1,1", ",1,1,1"])
def test_a_wrong_line_of_volumes_says_which(tmp_path, row):
    volumes = tmp_path / "v.csv"
    volumes.write_text(f"model,requests,input_tokens,output_tokens\n{row}\n")
    with pytest.raises(ConfigError, match=r"v.csv:2"):
        with_volumes(use([]), volumes)
