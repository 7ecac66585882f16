"""Personal information in files and pipes: find it, replace it, put it back, look back over logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from banjia.privacy.engine import Engine
from banjia.privacy.lines import read_lines
from banjia.privacy.span import Reading


def detect(source: Iterable[bytes], name: str, *, reading: Reading, on: date | None = None) -> Iterator[dict[str, Any]]:
    """One result a record, in order, as the contract of `privacy detect` says."""
    engine = Engine(reading)
    day = on or today()
    for line in read_lines(source, name):
        record = engine.record(line.text, on=day)
        yield {
            "id": line.id,
            "spans": [s.as_dict() for s in record.spans],
            "class": record.data_class,
            "sensitive": list(record.sensitive),
        }


def today() -> date:
    return datetime.now(UTC).astimezone().date()
