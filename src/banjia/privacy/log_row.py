"""Log rows: what was sent, on which day, to where, in the tables of OpenAI clients, LiteLLM and one-api alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

BEIJING = timezone(timedelta(hours=8))  # calendar years of the count begin there
DAYS = (
    "startTime",
    "start_time",
    "created_at",
    "created",
    "timestamp",
    "@timestamp",
    "time",
    "date",
    "ts",
    "request_time",
)
HOSTS = ("api_base", "base_url", "url", "endpoint", "host", "upstream")
NAMES = ("custom_llm_provider", "provider", "channel_name", "channel", "channel_id", "model_name", "model")
ANSWERS = frozenset(
    {"response", "completion", "completions", "output", "outputs", "choices", "answer", "response_body"}
)
FRAME = frozenset(
    {
        *DAYS,
        *HOSTS,
        *NAMES,
        "id",
        "request_id",
        "api_key",
        "spend",
        "quota",
        "endTime",
        "end_time",
        "call_type",
        "status",
    }
)
TALKS = ("conversation_id", "conversation", "session_id", "thread_id", "trace_id", "request_id", "custom_id", "id")


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that a log recorded. `talk` names the conversation in which a bare name means one person."""

    day: date | None
    destination: str
    talk: str
    body: Any


def sent(row: dict[str, Any], where: str) -> Sent:
    """Read a row; only what was sent counts, not what was answered."""
    flat = {**_inner(row.get("request")), **row}
    body = {k: v for k, v in row.items() if k not in ANSWERS and k not in FRAME}
    talk = next((str(flat[k]) for k in TALKS if flat.get(k)), where)
    return Sent(_day(flat), _destination(flat), talk, body)


def _day(row: dict[str, Any]) -> date | None:
    for key in DAYS:
        value = row.get(key)
        if value not in (None, ""):
            found = _read_day(value)
            if found is not None:
                return found
    return None


def _read_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(BEIJING).date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if len(text) <= 10:
            return moment.date()
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(BEIJING).date()
    if number > 1e17:
        number /= 1e9
    elif number > 1e11:
        number /= 1e3
    if not 1e9 < number < 1e10:
        return None
    return datetime.fromtimestamp(number, UTC).astimezone(BEIJING).date()


def _destination(row: dict[str, Any]) -> str:
    for key in HOSTS:
        value = row.get(key)
        if isinstance(value, str) and value:
            host = urlsplit(value if "//" in value else f"//{value}").hostname
            if host and "." in host:
                return host
    return next((str(row[k]) for k in NAMES if row.get(k) not in (None, "")), "")


def _inner(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}
