"""Schema: whether an answer meets the JSON Schema that the caller gave."""

from __future__ import annotations

from json import JSONDecoder
from typing import Any

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry

from banjia.gateway.refusal import bad_request
from banjia.text import Text

NO_JSON = "it is not JSON"


def validator_of(schema: Any, param: str = "response_format") -> Draft202012Validator:
    """Raises Refusal, naming the field `param` of the request, for what is no schema."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        text = Text(f"json_schema 无效：{error.message}", f"the json_schema is not valid: {error.message}")
        raise bad_request("invalid_json_schema", text, param=param) from error
    return Draft202012Validator(schema, registry=Registry())  # a reference to elsewhere is never fetched


def valid(content: str, validator: Draft202012Validator) -> tuple[str, str | None]:
    """The JSON within the answer, and what is wrong with it."""
    text = content.strip()
    if text.startswith("```"):
        text = text.split("\n", 1)[-1].rsplit("```", 1)[0].strip()
    fault = _fault(text, validator)
    if fault == NO_JSON and (inner := _within(text)) and _fault(inner, validator) is None:
        return inner, None
    return text, fault


def _fault(text: str, validator: Draft202012Validator) -> str | None:
    try:
        validator.validate(msgspec.json.decode(text))
    except (msgspec.MsgspecError, RecursionError):
        return NO_JSON
    except ValidationError as error:
        return f"{error.json_path}: {error.message}"[:300]
    except Exception as error:  # noqa: BLE001 - a reference that leads nowhere, a pattern that does not compile
        return f"the schema cannot be applied: {error}"[:300]
    return None


def _within(text: str) -> str:
    """The first JSON value between words, as models like to introduce what they were asked for."""
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0:
        return ""
    try:
        _, end = JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return ""
    return text[start:end]
