"""Pace: how many persons were newly counted of late, from the census of a year."""

from __future__ import annotations

from datetime import date, tzinfo

from banjia.ledger.outlook import WINDOW, Pace
from banjia.ledger.record import start_of
from banjia.ledger.tally import CHINA
from banjia.store import people
from banjia.store.store import Transaction

DAY = 24 * 3600 * 1000


def pace_of(tx: Transaction, entity: str, on: date, zone: tzinfo = CHINA) -> Pace:
    """Of the last days that lie in the year of the count; the day itself is one of them."""
    row = people.census(tx, entity, on.year)
    days = min(WINDOW, (on - date(on.year, 1, 1)).days + 1)
    if row is None:
        return Pace(days)
    return Pace(days, *people.newcomers(tx, row.id, start_of(on, zone) - (days - 1) * DAY))
