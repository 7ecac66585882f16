"""Records on a pipe: JSON Lines in the contract's form, in order, with the number of a line that is wrong."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from banjia.errors import ConfigError
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    id: str | int | None
    text: str


def read_lines(source: Iterable[bytes], name: str) -> Iterator[Line]:
    """Each line is `{"id": ..., "text": ...}`; empty lines are passed over. Raises ConfigError with `name:line`."""
    decode = msgspec.json.Decoder().decode
    for number, raw in enumerate(source, 1):
        if number == 1:
            raw = raw.removeprefix(BOM_UTF8)  # of exports from Windows
        if not raw.strip():
            continue
        try:
            record = decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            record = _slowly(name, number, raw)
        if not isinstance(record, dict) or not isinstance(record.get("text"), str):
            raise _wrong(name, number, _shape(record))
        yield Line(number, record.get("id"), record["text"])


def _slowly(name: str, number: int, raw: bytes) -> object:
    """As Python reads it, which takes halves of surrogate pairs too."""
    try:
        return json.loads(raw)
    except ValueError as error:
        raise _wrong(name, number, str(error)) from error


def _shape(record: object) -> str:
    return f"keys: {', '.join(map(str, record))}" if isinstance(record, dict) else type(record).__name__


def _wrong(name: str, number: int, found: str) -> ConfigError:
    return ConfigError(
        Text("这一行不是一条记录", "this line is not a record"),
        where=f"{name}:{number}",
        expected='{"id": "1", "text": "..."}',
        found=found,
        remedy=Text(
            "修正这一行后重新运行；整篇文字用 --plain", "mend the line and run again; for one whole text use --plain"
        ),
    )
