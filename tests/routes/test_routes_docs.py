"""The guide for authors names what there is, and its example is a provider that works."""

import re
from pathlib import Path

import pytest

from banjia.routes import catalogue, document
from banjia.routes.dialect import wire
from banjia.routes.dialect.operation import AnswerOp, CatalogueOp, RequestOp
from banjia.routes.provider import Provider

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [DOCS / "en" / "providers.md", DOCS / "zh-CN" / "providers.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.parent.name)
def test_every_operation_of_the_vocabulary_is_named_once(page):
    named = re.findall(
        r"`([a-z0-9_]+)`", "\n".join(line for line in page.read_text("utf-8").splitlines() if line.startswith("|"))
    )
    tags = [op.__struct_config__.tag for kind in (RequestOp, AnswerOp, CatalogueOp) for op in kind.__args__]
    assert sorted(tags) == sorted(named)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.parent.name)
def test_the_example_is_a_provider_that_works(page, tmp_path):
    text = re.search(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)[1]
    document.parse(text.encode(), Provider, "mine.toml")
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    mine = catalogue.load((tmp_path,), plugins=False).by_id("my-llm")
    prepared = wire.prepare(mine, "mine-large", "chat", {"messages": [], "temperature": 0, "max_completion_tokens": 5})
    assert {"messages": [], "temperature": 0.01, "max_tokens": 5} == prepared.request
    assert wire.map_error(mine, 451, {}).safety
