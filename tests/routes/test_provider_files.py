"""Every provider file keeps the rules of the folder. A new file is covered by being there."""

import re
from datetime import date
from urllib.parse import urlsplit

import pytest

from banjia.routes import catalogue, filings, host
from banjia.routes.dialect.operation import Conditional, Op
from banjia.routes.lifecycle import life
from banjia.routes.provider import CHINA

ROUTES = catalogue.load(plugins=False)
PROVIDERS = list(ROUTES.providers.values())
HOSTED = [p for p in PROVIDERS if p.endpoints and not p.is_engine]
PLACES = {"EU", "SELF", "REGION", "?"}
SCOPES = PLACES | {"GLOBAL", "GLOBAL_EX_CN", "ZONE_US", "ZONE_EU"}
COUNTRY = re.compile(r"[A-Z]{2}")
ADDRESS = re.compile(r"^https?://|^[\w.-]+/[\w.-]+:|^github:|^projects quoting|^public repositories")
CONTRACT = [
    "openai", "azure_openai", "azure_21vianet", "anthropic", "aws_bedrock", "google_gemini_api", "google_vertex",
    "mistral", "xai", "alibaba_bailian", "baidu_qianfan", "zhipu", "deepseek", "moonshot", "volcengine_ark",
    "tencent", "iflytek_spark", "baichuan", "minimax", "lingyiwanwu", "stepfun", "siliconflow", "sensenova",
    "qihoo_360", "cn_aggregators", "self_hosted", "foreign_aggregator", "vllm", "sglang", "ollama", "llamacpp",
    "xinference", "relay",
]  # fmt: skip
FAMILIAR = {
    "dashscope": "alibaba_bailian", "bailian": "alibaba_bailian", "qwen": "alibaba_bailian", "qianfan": "baidu_qianfan",
    "ernie": "baidu_qianfan", "ark": "volcengine_ark", "doubao": "volcengine_ark", "tokenhub": "tencent",
    "hunyuan": "tencent", "spark": "iflytek_spark", "yi": "lingyiwanwu", "glm": "zhipu", "kimi": "moonshot",
    "azure": "azure_openai", "gemini": "google_gemini_api", "llama.cpp": "llamacpp",
}  # fmt: skip


def every(provider=None):
    return pytest.mark.parametrize("provider", provider or PROVIDERS, ids=lambda p: p.id)


def operations(provider):
    def walk(ops):
        for op in ops:
            yield op
            if isinstance(op, Conditional):
                yield from walk((*op.then, *op.otherwise))

    yield from walk(provider.dialect.request)
    yield from provider.dialect.answer
    yield from provider.dialect.catalogue


def test_the_contract_and_the_folder_name_the_same_providers():
    assert sorted(CONTRACT) == sorted(ROUTES.ids())


@pytest.mark.parametrize(("name", "id_"), FAMILIAR.items())
def test_a_familiar_name_is_answered_with_the_id(name, id_):
    assert id_ == ROUTES.by_id(name).id


@every()
def test_names_are_written_in_both_languages(provider):
    assert provider.name.zh
    assert provider.name.en


@every(HOSTED)
def test_every_endpoint_says_where_content_rests_and_runs(provider):
    for endpoint in provider.endpoints:
        assert endpoint.store in PLACES or COUNTRY.fullmatch(endpoint.store), endpoint.match
        assert endpoint.infer, endpoint.match
        assert all(i in SCOPES or COUNTRY.fullmatch(i) for i in endpoint.infer), endpoint.match


@every(HOSTED)
def test_an_endpoint_that_may_run_anywhere_in_the_world_is_not_pinned(provider):
    for endpoint in provider.endpoints:
        if "GLOBAL" in endpoint.infer:
            assert not endpoint.pinned, endpoint.match


@every(HOSTED)
def test_a_mainland_side_stores_in_china_or_is_not_known_to_store_anywhere(provider):
    for endpoint in provider.endpoints:
        if provider.side_of(endpoint) == "cn_mainland":
            assert endpoint.store == "CN" or (endpoint.store == "?" and not endpoint.pinned), endpoint.match


@every(HOSTED)
def test_a_side_abroad_is_never_said_to_store_in_the_mainland(provider):
    for endpoint in provider.endpoints:
        if provider.side_of(endpoint) == "overseas" and provider.id not in {"azure_21vianet", "aws_bedrock"}:
            assert endpoint.store != "CN", endpoint.match


@every(HOSTED)
def test_a_base_url_leads_back_to_its_endpoint(provider):
    for endpoint, base in provider.bases():
        host_name = re.sub(r"\{[^}]*\}", "x", urlsplit(base.url).netloc.replace("{region}", "us-east-1"))
        found = ROUTES.by_host(host_name)
        assert found is not None, base.url
        assert (provider.id, endpoint.match) == (found[0].id, found[1].match)


@every([p for p in PROVIDERS if p.side == "mixed"])
def test_a_provider_on_both_sides_says_the_side_of_each_host(provider):
    assert all(e.side is not None for e in provider.endpoints)


@every([p for p in PROVIDERS if not p.is_engine])
def test_the_region_policy_has_no_gap_and_no_overlap(provider):
    assert provider.regions
    for before, after in zip(provider.regions, provider.regions[1:], strict=False):
        assert before.until is not None
        assert after.from_ is not None
        assert 1 == (after.from_ - before.until).days


@every()
def test_every_fact_names_a_source_that_the_catalogue_knows(provider):
    found = [*provider.regions, *provider.endpoints, *provider.models, *operations(provider)]
    found += [e for m in provider.models for e in m.ends] + list(provider.dialect.errors) + list(provider.assurances)
    for fact in found:
        for source in fact.src:
            assert source in ROUTES.sources or ADDRESS.match(source), (provider.id, source)


@every()
def test_what_rests_on_memory_says_so(provider):
    for fact in [*provider.models, *operations(provider), *provider.dialect.errors]:
        if fact.src and set(fact.src) <= {"mem", "memory"}:
            assert fact.is_memory, (provider.id, fact)


@every()
def test_a_model_id_stands_once_per_version(provider):
    keys = [(m.id, m.version) for m in provider.models]
    assert len(keys) == len(set(keys))


@every()
def test_an_embedding_model_states_its_widths_and_a_default_among_them(provider):
    for model in provider.models:
        if model.kind == "embedding" and model.default_dims is not None:
            assert model.width(model.default_dims), model.id


@every()
def test_an_end_never_lies_before_the_release(provider):
    for model in provider.models:
        for end in model.ends:
            assert model.released is None or model.released < end.on, model.id


@every()
def test_filing_numbers_are_rows_of_the_register(provider):
    register = filings.load()
    for row in provider.filing.rows:
        found = register.look_up(row.number)
        assert found is not None, row.number
        assert (found.seq, found.entity) == (row.seq, row.entity)


@every()
def test_a_reading_of_the_register_points_at_rows_of_the_file(provider):
    numbered = {r.seq for r in provider.filing.rows}
    for covers in provider.filing.covers:
        assert set(covers.rows) <= numbered


@every()
def test_algorithm_numbers_have_their_form(provider):
    for algorithm in provider.filing.algorithms:
        for number in filter(None, (algorithm.number, algorithm.consumer_number)):
            assert "algorithm" == filings.load().kind_of(number)


@every([p for p in PROVIDERS if p.operator is not None and p.operator.headquarters in CHINA])
def test_a_domestic_chat_seller_maps_a_refusal_by_content_check_or_says_that_none_is_known(provider):
    if provider.dialect.errors:
        assert (
            any(e.safety for e in provider.dialect.errors)
            or not provider.dialect.safety
            or all(s.when == "during-output" for s in provider.dialect.safety)
        )


@every()
def test_no_retry_is_promised_on_a_refusal_or_on_arrears(provider):
    for error in provider.dialect.errors:
        if error.safety or error.to.code in {"content_filter", "insufficient_quota", "invalid_api_key"}:
            assert not error.retry, error


@every()
def test_a_refusal_is_always_the_one_canonical_event(provider):
    for error in provider.dialect.errors:
        if error.safety:
            assert (400, "content_filter") == (error.to.http, error.to.code)


@every()
def test_successors_named_at_the_same_provider_live_on(provider):
    day = date(2026, 11, 23)
    known = {m.id for m in provider.models}
    for model in provider.models:
        for successor in model.replaced_by:
            if successor in known:
                assert life(provider, successor, day).state != "retired", (model.id, successor)


@every()
def test_hosts_are_written_as_they_are_matched(provider):
    for endpoint in provider.endpoints:
        match = endpoint.match
        if not match.startswith("re:") and match not in {"loopback", "private"}:
            assert host.clean(match.removeprefix("*.")) == match.removeprefix("*.")


@every()
def test_operations_that_lose_something_can_say_what(provider):
    for op in operations(provider):
        assert isinstance(op, Op)
        assert op.note is None or (op.note.zh and op.note.en)
