"""Embeddings in a vendor's form: planned to its limits, in order, of one width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.routes import catalogue
from banjia.routes.dialect import vector, wire
from banjia.routes.dialect.draft import VectorPlan
from banjia.routes.standin.acceptance import complaints

ROUTES = catalogue.load(plugins=False)


def provider(name):
    return ROUTES.by_id(name)


TEXTS = st.text(alphabet="ab json", max_size=12)


@pytest.mark.parametrize(
    ("name", "model", "items"),
    [("dashscope", "text-embedding-v4", 10), ("zhipu", "embedding-3", 64), ("qianfan", "tao-8k", 1)],
)
def test_embeddings_are_planned_to_the_vendors_limits(name, model, items):
    request = {"model": model, "input": ["a"] * 100, "encoding_format": "base64"}
    prepared = wire.prepare(provider(name), model, "embeddings", request)
    plan = prepared.plan.vectors
    assert (items, True) == (plan.max_items, plan.to_base64)
    for part in vector.parts(request["input"], plan):
        assert () == complaints(provider(name), model, {**prepared.request, "input": part}, "embeddings")


def test_a_width_the_model_has_is_sent_and_another_is_refused():
    def width(n):
        return wire.prepare(provider("zhipu"), "embedding-3", "embeddings", {"input": "a", "dimensions": n})

    assert 512 == width(512).request["dimensions"]
    assert width(1536).refusal is not None


def test_token_ids_are_planned_back_into_text():
    prepared = wire.prepare(provider("dashscope"), "text-embedding-v4", "embeddings", {"input": [[1, 2], [3]]})
    assert "cl100k_base" == prepared.plan.vectors.vocabulary


@given(st.lists(TEXTS, min_size=1, max_size=60), st.integers(1, 12))
def test_cutting_and_joining_keeps_order_and_count(items, most):
    calls = vector.parts(items, VectorPlan(max_items=most))
    assert items == [item for call in calls for item in call]
    assert all(len(call) <= most for call in calls)
    answers = [
        {
            "data": [{"index": i, "embedding": [float(len(t))]} for i, t in enumerate(call)][::-1],
            "usage": {"prompt_tokens": len(call)},
        }
        for call in calls
    ]
    joined = vector.joined(answers, VectorPlan(max_items=most))
    assert [[float(len(t))] for t in items] == [row["embedding"] for row in joined["data"]]
    assert list(range(len(items))) == [row["index"] for row in joined["data"]]
    assert len(items) == joined["usage"]["prompt_tokens"]


@given(st.lists(st.floats(width=32, allow_nan=False), max_size=20))
def test_base64_vectors_are_openai_s(values):
    import base64
    import struct

    assert values == list(struct.unpack(f"<{len(values)}f", base64.b64decode(vector.to_base64(values))))


def test_sensenovas_vectors_come_from_a_path_and_a_form_of_its_own():
    spoken = provider("sensenova")
    prepared = wire.prepare(spoken, "Cupido", "embeddings", {"model": "Cupido", "input": ["a", "b"]})
    shape = prepared.plan.vectors.shape
    assert prepared.plan.path == "../../v1/llm/embeddings"
    answer = {"embeddings": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [2.0]}]}
    found = vector.out_of_shape(answer, shape, "Cupido")
    assert [[1.0], [2.0]] == [row["embedding"] for row in found["data"]]


@pytest.mark.parametrize(
    ("name", "model", "most"),
    [("xinference", "bge-large-zh", 512), ("xinference", "jina-embeddings-v3", 8192), ("xinference", "another", None)],
)
def test_an_engines_vectors_have_the_limit_of_their_weights(name, model, most):
    plan = wire.prepare(provider(name), model, "embeddings", {"input": ["a"]}).plan.vectors
    assert most == (plan.max_tokens_per_item if plan is not None else None)
