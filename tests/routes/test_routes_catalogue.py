"""The catalogue loads fast, names the nearest, and takes a user's own files."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.errors import RouteError
from banjia.routes import bundle, catalogue, document, plugin
from banjia.routes.provider import Provider

ROUTES = catalogue.load(plugins=False)
MINE = """
id = "mine"
name = { zh = "我的", en = "mine" }
aliases = ["my-own"]
side = "overseas"
endpoints = [{match = "llm.example.com", store = "SG", infer = ["SG"], pinned = true}]
"""


def test_the_bundle_is_what_the_files_compile_to():
    assert bundle.is_fresh(), "run `python -m banjia.routes.bundle`"


def test_a_changed_file_is_read_anew_without_the_bundle(tmp_path):
    text = (bundle.FOLDER / "xai.toml").read_text("utf-8").replace("xAI API", "changed")
    (tmp_path / "xai.toml").write_text(text, "utf-8")
    assert ["changed"] == [p.name.en for p in bundle.providers(tmp_path)]


def test_a_missing_or_broken_bundle_costs_time_and_nothing_else(tmp_path):
    (tmp_path / "broken.gz").write_bytes(b"nothing of the kind")
    for file in (tmp_path / "none.gz", tmp_path / "broken.gz"):
        assert tuple(ROUTES.providers.values()) == bundle.providers(file=file)


def test_everything_loads_within_50_ms_on_first_use():
    code = (
        "import time, banjia.routes.catalogue as c\n"
        "t = time.process_time(); r = c.load(); r.by_host('api.openai.com'); r.names\n"
        "print(time.process_time() - t)"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    assert min(float(run.stdout) for run in runs) < 0.050


def test_an_unknown_provider_names_the_nearest():
    with pytest.raises(RouteError, match="did you mean deepseek"):
        ROUTES.by_id("deepseak")


def test_a_users_own_file_adds_a_provider(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE, "utf-8")
    routes = catalogue.load((tmp_path,), plugins=False)
    assert "mine" == routes.by_id("my-own").id
    assert "mine" == routes.by_host("llm.example.com")[0].id
    assert "openai" == routes.by_id("openai").id


def test_a_users_own_file_replaces_the_one_of_the_same_id(tmp_path):
    (tmp_path / "xai.toml").write_text(MINE.replace('"mine"', '"xai"', 1).replace('["my-own"]', "[]"), "utf-8")
    assert "mine" == catalogue.load((tmp_path,), plugins=False).by_id("xai").name.en


def test_an_id_that_differs_from_the_file_name_is_refused(tmp_path):
    (tmp_path / "other.toml").write_text(MINE, "utf-8")
    with pytest.raises(RouteError, match="the id differs"):
        catalogue.load((tmp_path,), plugins=False)


def test_a_name_of_another_provider_cannot_be_taken(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE.replace("my-own", "qwen"), "utf-8")
    with pytest.raises(RouteError, match="two providers use one name"):
        catalogue.load((tmp_path,), plugins=False)


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(RouteError, match="no such folder"):
        catalogue.load((tmp_path / "none",), plugins=False)


def test_an_installed_package_brings_its_folder_without_being_run(tmp_path, monkeypatch):
    package = tmp_path / "some_llm_pack"
    (package / "providers").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('was run')", "utf-8")
    (package / "providers" / "mine.toml").write_text(MINE, "utf-8")
    info = tmp_path / "some_llm_pack-1.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nx = a:b\n[banjia.providers]\nmine = some_llm_pack:providers\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert (package / "providers",) == plugin.folders([str(tmp_path)])


def test_a_relay_cannot_be_claimed_by_a_file(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE.replace("llm.example.com", "*.aihubmix.com"), "utf-8")
    with pytest.raises(RouteError, match="known as a relay"):
        catalogue.load((tmp_path,), plugins=False)


def test_a_host_of_a_vendor_cannot_be_claimed_by_a_file(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE.replace("llm.example.com", "api.openai.com"), "utf-8")
    with pytest.raises(RouteError, match="two providers claim one host"):
        catalogue.load((tmp_path,), plugins=False)


def test_an_installed_package_cannot_replace_a_provider(tmp_path, monkeypatch):
    (tmp_path / "xai.toml").write_text(MINE.replace('"mine"', '"xai"', 1).replace('["my-own"]', "[]"), "utf-8")
    monkeypatch.setattr(plugin, "folders", lambda: (tmp_path,))
    with pytest.raises(RouteError, match="cannot replace"):
        catalogue.load.__wrapped__()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('side = "overseas"', 'side = "oversea"'), ["side", "oversea"]),
        (('side = "overseas"', ""), ["side", "missing"]),
        (('store = "SG"', "store = 3"), ["endpoints[0].store", "str", "int"]),
        (("pinned = true", "pinend = true"), ["endpoints[0]"]),
        (('id = "mine"', 'id = "mine'), [":2"]),
        (('id = "mine"', 'id = "mine"\nid = "mine"'), [":3"]),
    ],
)
def test_a_fault_names_its_place_and_what_was_found(change, words):
    with pytest.raises(RouteError) as caught:
        document.parse(MINE.replace(*change).encode(), Provider, "mine.toml")
    said = caught.value.say("en")
    assert said.startswith("mine.toml")
    for word in words:
        assert word in said


def test_an_operation_outside_the_vocabulary_is_refused():
    text = MINE + '\n[dialect]\nrequest = [{op = "clampp", field = "n"}]\n'
    with pytest.raises(RouteError, match=r"dialect\.request\[0\]\.op"):
        document.parse(text.encode(), Provider, "mine.toml")


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"x" * (document.LARGEST + 1), b"a = " + b"[" * 5000])
def test_bytes_that_are_no_document_are_refused_in_words(raw):
    with pytest.raises(RouteError):
        document.parse(raw, Provider, "mine.toml")


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path):
    with pytest.raises(RouteError, match="cannot be read"):
        document.read(tmp_path, Provider)


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("provider", "country", "on", "answer"),
    [
        ("openai", "CN", DAY, "no"),
        ("openai", "HK", DAY, "no"),
        ("openai", "MO", date(2023, 6, 1), "no"),
        ("openai", "SG", DAY, "yes"),
        ("openai", "VN", date(2026, 1, 1), "yes"),
        ("openai", "VN", date(2024, 7, 9), "unknown"),  # absent in 2023, listed in 2026
        ("anthropic", "ET", DAY, "no"),
        ("azure_openai", "CN", date(2024, 10, 20), "yes"),
        ("azure_openai", "CN", date(2024, 10, 21), "enterprise-only"),
        ("google_gemini_api", "JP", DAY, "yes"),
        ("google_gemini_api", "BR", DAY, "unknown"),  # the list was not read whole
        ("mistral", "CN", DAY, "unknown"),
        ("alibaba_bailian", "CN", DAY, "yes"),
        ("lingyiwanwu", "CN", date(2026, 8, 24), "yes"),
        ("lingyiwanwu", "CN", date(2026, 8, 25), "no"),
        ("vllm", "CN", DAY, "yes"),
    ],
)
def test_the_vendors_own_answer_for_a_place_on_a_day(provider, country, on, answer):
    assert answer == ROUTES.serves(ROUTES.by_id(provider), country, on).answer


def test_individuals_in_the_mainland_lost_azure_when_enterprises_kept_it():
    azure = ROUTES.by_id("azure_openai")
    assert "no" == ROUTES.serves(azure, "CN", date(2024, 10, 21), individual=True).answer


def test_the_lists_have_the_lengths_that_were_counted():
    lists = {r.id: [len(e.codes) for e in r.editions] for r in ROUTES.regions.lists}
    assert {"openai_api": [163, 188], "anthropic_api": [175], "gemini_developer_api": [3]} == lists


def test_ownership_operators_are_data():
    assert [(">", 50)] == [(o.operator, o.percent) for o in ROUTES.regions.ownership if o.id == "anthropic"]


@pytest.mark.parametrize(
    ("host", "kinds"),
    [
        ("api.openai.com", ("openai-direct",)),
        ("x.openai.azure.com", ("azure-openai-global",)),
        ("x.azure.cn", ("azure-21vianet",)),
        ("api.anthropic.com", ("foreign-api",)),
        ("dashscope.aliyuncs.com", ("domestic-filed-api", "domestic-unfiled-api")),
        ("dashscope-intl.aliyuncs.com", ("foreign-api",)),
        ("127.0.0.1", ("self-hosted-open-weights",)),
    ],
)
def test_the_route_kind_follows_the_host(host, kinds):
    assert kinds == ROUTES.kinds(*ROUTES.by_host(host))


@pytest.mark.parametrize(
    ("model", "licence"),
    [
        ("llama-4-scout", "llama-community-multimodal"),
        ("minimax-m2.7", "minimax-m27"),
        ("MiniMaxAI/MiniMax-M2.5", "mit"),
        ("Qwen/Qwen3.6-27B", "apache-2.0"),
        ("hy-mt1.5", "tencent-community"),
        ("hy-mt2", "apache-2.0"),
        ("gpt-oss-20b", "apache-2.0"),
        ("moonshotai/Kimi-K2.6", "kimi-modified-mit"),
        ("deepseek-r1", "mit"),
    ],
)
def test_a_licence_belongs_to_the_checkpoint(model, licence):
    assert licence == ROUTES.licences.of(model).id


def test_a_licence_that_was_not_read_is_not_guessed():
    assert ROUTES.licences.of("moonshotai/Kimi-K3") is None
    assert ROUTES.licences.of("somebody/own-model") is None


SAMPLE = (bundle.FOLDER / "minimax.toml").read_bytes()


@given(st.integers(0, len(SAMPLE) - 1), st.binary(max_size=3), st.integers(0, 40))
def test_a_damaged_file_is_a_provider_or_a_fault_in_words(place, patch, cut):
    damaged = SAMPLE[:place] + patch + SAMPLE[place + cut :]
    try:
        document.parse(damaged, Provider, "minimax.toml")
    except RouteError as fault:
        assert fault.say("zh").startswith("minimax.toml")
        assert fault.say("en") != fault.say("zh")
