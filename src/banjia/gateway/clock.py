"""Clock: the one place where the gateway reads the time."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, tzinfo

from banjia.ledger.tally import CHINA


class Clock:
    """`today` is the day in the zone whose days the law counts; it is worked out anew each second, and at midnight."""

    __slots__ = ("_day", "_until", "_zone", "number")

    def __init__(self, zone: tzinfo = CHINA) -> None:
        self._zone = zone
        self._until = 0.0
        self._day = date.min
        self.number = (0, 0)  # of the day and of the month, as counts keep them

    def seconds(self) -> float:
        """Since 1970, UTC."""
        return time.time()  # noqa: TID251

    def at(self) -> int:
        """Milliseconds since 1970, UTC."""
        return int(time.time() * 1000)  # noqa: TID251

    def monotonic(self) -> float:
        return time.monotonic()

    def today(self) -> date:
        now = self.seconds()
        if now >= self._until:
            local = datetime.fromtimestamp(now, UTC).astimezone(self._zone)
            day = self._day = local.date()
            midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), self._zone).timestamp()
            self._until = min(now + 1.0, midnight)
            self.number = (day.toordinal(), day.year * 12 + day.month)
        return self._day
