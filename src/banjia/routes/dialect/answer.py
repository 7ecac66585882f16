"""Answer: a vendor's whole answer in OpenAI's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from banjia.routes.dialect.error import CanonicalError, error_in_answer
from banjia.routes.dialect.operation import FieldMove, FinishMap, TagSplit, UsageMove
from banjia.routes.dialect.path import get
from banjia.routes.dialect.selection import Selection
from banjia.routes.dialect.tag import split_whole
from banjia.routes.provider import Provider

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """Either an answer or the error that stood in its place."""

    response: Json
    error: CanonicalError | None = None


def answer(provider: Provider, selection: Selection, response: Json) -> Answered:
    """Never changes `response`; what needs no change is shared."""
    if error := error_in_answer(provider, response):
        return Answered(response, error)
    choices = response.get("choices")
    if not selection.answer or not isinstance(choices, list):
        return Answered(response)
    new: list[Any] = []
    for choice in choices:
        if not isinstance(choice, dict):
            new.append(choice)
            continue
        choice, broken = finish(selection, choice)
        if broken:
            return Answered(response, broken_off(broken))
        if isinstance(message := choice.get("message"), dict):
            stopped = choice.get("finish_reason") != "length"
            choice = {**choice, "message": whole_message(selection, message, stopped=stopped)}
        new.append(choice)
    return Answered(_with_usage(selection, {**response, "choices": new}))


def whole_message(selection: Selection, message: Json, *, stopped: bool = True) -> Json:
    for op in selection.answer:
        if isinstance(op, FieldMove):
            message = move(op, message)
        elif isinstance(op, TagSplit) and isinstance(message.get("content"), str):
            message = _without_tags(op, message, stopped=stopped)
    return message


def _without_tags(op: TagSplit, message: Json, *, stopped: bool) -> Json:
    if message.get(op.to):  # the server tells thoughts apart itself
        op = replace(op, from_start=False)
    if not op.from_start and op.open not in message["content"]:
        return message
    thought, text = split_whole(op, message["content"], stopped=stopped)
    if not thought and text == message["content"]:
        return message
    return {**message, "content": text, op.to: (message.get(op.to) or "") + thought}


def move(op: FieldMove, holder: Json) -> Json:
    """A value already under the new name stays; `as_list` makes a list of a single object."""
    if op.from_ not in holder:
        return holder
    value = holder[op.from_]
    if op.join:
        text = joined(op, value)
        return {**holder, op.to: text} if text and not holder.get(op.to) else holder
    if op.as_list:
        return {**holder, op.to: [value]} if isinstance(value, dict) else holder
    rest = {k: v for k, v in holder.items() if k != op.from_}
    return rest if rest.get(op.to) or value is None else {**rest, op.to: value}


def joined(op: FieldMove, value: Any) -> str:
    """The texts of a list of objects as one."""
    entries = value if isinstance(value, list) else []
    return "".join(str(e.get(op.join) or "") for e in entries if isinstance(e, dict))


def new_in(said: str, piece: str) -> str:
    """What a piece adds to what was said: some vendors repeat all of it with each piece."""
    repeats = piece.startswith(said) and (len(piece) > len(said) or len(said) > _CHANCE)
    return piece[len(said) :] if said and repeats else piece


def finish(selection: Selection, choice: Json) -> tuple[Json, str]:
    """The choice with OpenAI's finish reason, and the vendor's where it means that the answer broke off."""
    reason = choice.get("finish_reason")
    if reason == "":  # some vendors say so with each piece: nothing has ended
        return {**choice, "finish_reason": None}, ""
    for op in selection.answer:
        if isinstance(op, FinishMap) and isinstance(reason, str):
            if reason in op.errors:
                return choice, reason
            if reason in op.map:
                return {**choice, "finish_reason": op.map[reason]}, ""
    return choice, ""


def broken_off(reason: str) -> CanonicalError:
    return CanonicalError(
        status=502,
        type="server_error",
        code="upstream_interrupted",
        message=f"The provider broke off the answer ({reason}).",
        retry=True,
        raw_code=reason,
    )


def _with_usage(selection: Selection, response: Json) -> Json:
    if response.get("usage"):
        return response
    for op in selection.answer:
        if isinstance(op, UsageMove):
            for place in op.from_:
                if isinstance(found := get(response, place), dict):
                    return {**response, "usage": found}
    return response


_CHANCE = 8  # characters: a longer text is not said twice in a row by chance
