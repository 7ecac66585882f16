"""Clock: the one place where a verb learns the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def today() -> date:
    """The legal day in mainland China: dates in force and calendar years begin there."""
    return now().astimezone(BEIJING).date()
