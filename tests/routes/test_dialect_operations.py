"""Each operation of the dialects' vocabulary does what its name says, once and twice."""

import math

import pytest
from asked_of_openai import MESSAGES
from hypothesis import given
from hypothesis import strategies as st

from banjia.routes import catalogue
from banjia.routes.dialect import parameter, path, schema, wire
from banjia.routes.dialect.draft import Draft
from banjia.routes.dialect.operation import (
    Clamp,
    Default,
    Drop,
    Fix,
    FlattenParts,
    MapValue,
    MergeSystem,
    RequestOp,
    RoleRewrite,
    Scale,
    SchemaRewrite,
    StripField,
)
from banjia.routes.dialect.translator import OPERATIONS, apply

PROVIDERS = catalogue.load(plugins=False)
NUMBERS = st.floats(-10, 10, allow_nan=False).map(lambda x: round(x, 3))


def applied(op, request):
    deepseek = PROVIDERS.by_id("deepseek")
    work = Draft(request=dict(request), provider=deepseek, model=None, operation="chat", thinking=False)
    apply(op, work)
    return work


@given(NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.booleans())
def test_clamp_ends_inside_the_range(value, low, width, min_open, max_open):
    op = Clamp(field="x", min=low, max=low + abs(width) + 1, min_open=min_open, max_open=max_open)
    result = parameter.within(op, value)
    assert op.min < result if min_open else op.min <= result
    assert result < op.max if max_open else result <= op.max


@given(NUMBERS)
def test_clamp_leaves_what_fits(value):
    op = Clamp(field="x", min=-10, max=10)
    work = applied(op, {"x": value})
    assert {"x": value} == work.request
    assert not work.warnings


@given(NUMBERS)
def test_clamp_twice_is_clamp_once(value):
    op = Clamp(field="x", min=0, max=1, min_open=True)
    once = applied(op, {"x": value}).request
    assert once == applied(op, once).request


@pytest.mark.parametrize("value", [None, "0.5", True, math.nan, math.inf])
def test_clamp_does_not_touch_what_is_no_number(value):
    work = applied(Clamp(field="x", min=0, max=1), {"x": value})
    assert value is work.request["x"]


def test_clamp_keeps_an_integer_an_integer():
    assert isinstance(applied(Clamp(field="x", min=1, max=6), {"x": 9}).request["x"], int)


@given(st.floats(0, 2))
def test_scale_ends_in_the_target_and_keeps_order(value):
    op = Scale(field="x", source=(0, 2), target=(0, 1))
    result = applied(op, {"x": value}).request["x"]
    assert 0 <= result <= 1
    assert result <= applied(op, {"x": 2}).request["x"]


@given(MESSAGES)
def test_merging_system_messages_twice_is_once_and_loses_no_other_message(messages):
    for position in ("head", "first-user"):
        op = MergeSystem(position=position)
        once = applied(op, {"messages": messages}).request
        assert once == applied(op, once).request
        roles = [m["role"] for m in once["messages"]]
        assert roles.count("system") <= (1 if position == "head" else 0)
        others = [m for m in messages if m["role"] == "assistant"]
        assert others == [m for m in once["messages"] if m["role"] == "assistant"]


@given(MESSAGES)
def test_roles_are_rewritten_and_nothing_else(messages):
    new = applied(RoleRewrite(map={"developer": "system"}), {"messages": messages}).request["messages"]
    assert [m["content"] for m in messages] == [m["content"] for m in new]
    assert "developer" not in [m["role"] for m in new]


@given(MESSAGES)
def test_stripping_a_field_leaves_the_rest_shared(messages):
    new = applied(StripField(fields=("messages[].name",)), {"messages": messages}).request["messages"]
    assert all("name" not in m for m in new)
    for before, after in zip(messages, new, strict=True):
        assert before is after or "name" in before


def test_flattening_takes_text_parts_only():
    text = {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    image = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}
    new = applied(FlattenParts(), {"messages": [text, image]}).request["messages"]
    assert ["a\nb", image["content"]] == [m["content"] for m in new]


def test_small_operations_do_what_their_names_say():
    assert {"b": 1} == wire.prepare(PROVIDERS.by_id("xai"), "m", "chat", {"b": 1}).request
    assert {"x": 1} == applied(Fix(field="x", value=1), {"x": 0.2}).request
    assert {} == applied(Fix(field="x", value=1), {}).request
    assert {"x": 0.7} == applied(Default(field="x", value=1), {"x": 0.7}).request
    assert {"x": 1} == applied(Default(field="x", value=1), {}).request
    assert {"x": ["a"]} == applied(MapValue(field="x", wrap=True), {"x": "a"}).request
    assert not applied(Drop(field="x", same_as_absent=(0,)), {"x": 0}).warnings
    assert applied(Drop(field="x", same_as_absent=(0,)), {"x": 1}).warnings


def test_every_operation_of_the_vocabulary_is_carried_out():
    assert set(RequestOp.__args__) == set(OPERATIONS)


DEFS = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/A"}, "title": {"type": "string"}},
    "$defs": {
        "A": {"type": "object", "properties": {"b": {"$ref": "#/$defs/B"}}},
        "B": {"type": "array", "items": {"$ref": "#/$defs/A"}},
    },
}


def test_inlined_definitions_leave_no_reference_even_where_they_are_recursive():
    new = schema.inlined(DEFS)
    assert "$ref" not in str(new)
    assert "$defs" not in new
    assert "object" == path.get(new, "properties.a.type")


def test_a_property_called_like_a_keyword_survives():
    op = SchemaRewrite(unsupported=("title",))
    assert "title" in schema.rewritten(DEFS, op)["properties"]
