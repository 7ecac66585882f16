"""Each provider has a page in both languages, written from its file, with a config that loads."""

import re
from pathlib import Path

import pytest

from banjia.config.lifetime import require_alive
from banjia.config.place import place
from banjia.config.reader import read
from banjia.gateway.provided import check_options
from banjia.routes import catalogue
from banjia.routes.guide import guide

ROOT = Path(__file__).resolve().parents[2]
ROUTES = catalogue.load(plugins=False)
PROVIDERS = list(ROUTES.providers.values())
FOLDERS = {"en": ROOT / "docs" / "en" / "providers", "zh": ROOT / "docs" / "zh-CN" / "providers"}


def page(provider, lang):
    return guide(provider, lang, routes=ROUTES, on=provider.read)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p.id)
def test_the_page_is_what_the_file_says(provider, lang):
    written = (FOLDERS[lang] / f"{provider.id}.md").read_text("utf-8")
    assert page(provider, lang) == written, "run scripts/provider_pages.py"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_page_stands_without_its_provider(lang):
    assert sorted(ROUTES.ids()) == sorted(p.stem for p in FOLDERS[lang].glob("*.md") if p.stem != "index")


@pytest.mark.parametrize("provider", [p for p in PROVIDERS if "```yaml" in page(p, "en")], ids=lambda p: p.id)
def test_the_config_of_the_page_loads_and_its_host_belongs_to_the_provider(provider, tmp_path, monkeypatch):
    for name in ("HELPDESK_KEY", "LOCAL_KEY", *provider.key.env):
        monkeypatch.setenv(name, "a-key-of-the-test")
    block = re.search(r"```yaml\n(.*?)```", page(provider, "en"), re.DOTALL)[1]
    (tmp_path / "banjia.yaml").write_text(block, "utf-8")
    config = read(tmp_path / "banjia.yaml")
    placed = place(config, ROUTES)
    assert provider.id == placed[0].provider.id
    check_options(config, provider.read)
    require_alive(config, ROUTES, provider.read)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p.id)
def test_a_page_says_what_rests_on_memory(provider):
    if any(op.is_memory for op in provider.dialect.request) or any(m.is_memory for m in provider.models):
        assert "**memory**" in page(provider, "en")
        assert "**凭记忆**" in page(provider, "zh")


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p.id)
def test_every_row_of_a_table_has_the_cells_of_its_head(provider):
    for lang in ("en", "zh"):
        width = 0
        for line in page(provider, lang).splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert not (width and cells) or cells == width, line
            width = cells
