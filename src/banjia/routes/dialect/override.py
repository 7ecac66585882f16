"""Override: a fact of a provider's file put right by the user's config, with a reason and an expiry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from banjia.errors import RouteError
from banjia.routes.dialect.operation import AnswerOp, RequestOp
from banjia.routes.document import convert
from banjia.routes.record import Record
from banjia.text import Text


class Override(Record, frozen=True, kw_only=True):
    """Its operations take the place of the file's on the same fields; `until` is the last day."""

    reason: str
    until: date
    models: tuple[str, ...] = ()
    request: tuple[RequestOp, ...] = ()
    answer: tuple[AnswerOp, ...] = ()
    without: tuple[str, ...] = ()  # fields on which the file's operations do not act, and operations that do not act


def overrides(raw: Iterable[Any], *, where: str, on: date) -> tuple[Override, ...]:
    """Those that hold on the day. One without a reason is refused; one that has expired is left out."""
    found = []
    for i, item in enumerate(raw):
        place = f"{where}[{i}]"
        override = convert(item, Override, place)
        if not override.reason.strip():
            raise RouteError(
                Text("改写方言须写明理由", "an override needs a reason"),
                where=f"{place}.reason",
                remedy=Text("写明来源或测试结果", "say what was read or measured"),
            )
        if on <= override.until:
            found.append(override)
    return tuple(found)
