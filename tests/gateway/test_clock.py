"""The gateway's day turns at midnight where the law counts it, not a moment later."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from banjia.gateway.clock import Clock
from banjia.ledger.tally import CHINA

MIDNIGHT = datetime(2026, 12, 1, tzinfo=CHINA).timestamp()


class Set(Clock):
    """A clock that a test sets."""

    now = MIDNIGHT

    def seconds(self):
        return self.now


@pytest.mark.parametrize("before", [0.001, 0.4, 0.999, 3600.0])
def test_a_day_that_was_asked_for_just_before_midnight_is_over_at_midnight(before):
    clock = Set()
    clock.now = MIDNIGHT - before
    assert clock.today() == date(2026, 11, 30)
    clock.now = MIDNIGHT
    assert clock.today() == date(2026, 12, 1)
    assert clock.number == (date(2026, 12, 1).toordinal(), 2026 * 12 + 12)
