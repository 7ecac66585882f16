"""Line: the gateway's log as JSON, one object a line, without a word of what was said in a call."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from banjia.gateway.attempt import Attempt
    from banjia.gateway.call import Call
    from banjia.gateway.refusal import Refusal

FIELDS = "fields"  # of a record: further fields of its line

calls = logging.getLogger("banjia.call")


class JsonLines(logging.Formatter):
    """An error is told by its type and the places it came through; its message may quote what it could not read."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["through"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)


def tell_call(attempt: Attempt, outcome: dict[str, Any]) -> None:
    """One call on one route and what came of it."""
    call, route = attempt.call, attempt.candidate.route
    fields = {
        "app": call.app.id,
        "purpose": call.purpose,
        "operation": call.operation,
        "route": route.id,
        "provider": route.provider,
        "abroad": route.abroad,
        "asked": call.asked,
        "model": attempt.candidate.model,
        "stream": call.stream,
        "data_class": attempt.contents.data_class,
        "treatment": attempt.decision.treatment,
        "decision": attempt.entry,
        **outcome,
    }
    calls.info("call", extra={FIELDS: fields})


def tell_refusal(call: Call, refusal: Refusal) -> None:
    fields = {"app": call.app.id, "operation": call.operation, "asked": call.asked}
    calls.info("refusal", extra={FIELDS: {**fields, "status": refusal.status, "code": refusal.code}})
