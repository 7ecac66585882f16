"""Export: entries of a span of time as JSON Lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from banjia.errors import StoreError, cause
from banjia.ledger.record import Record
from banjia.text import Text

Format = Literal["jsonl", "csv", "parquet"]
BATCH = 10_000

# one column for each field of an entry; what is nested stands as JSON
COLUMNS = (
    "id",
    "at",
    "log",
    "index",
    "kind",
    "entity",
    "app",
    "purpose",
    "route",
    "provider",
    "country",
    "abroad",
    "stand_in",
    "asked",
    "model",
    "data_class",
    "decision",
    "verdict",
    "treatment",
    "rule",
    "cites",
    "duties",
    "policy",
    "law_date",
    "about",
    "persons",
    "tally",
    "more",
)
NUMBERS = {"log", "index"}
FLAGS = {"abroad", "stand_in"}


def lines(records: Iterable[Record]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    for record in records:
        yield encode(record) + b"\n"


def table(records: Iterable[Record]) -> Iterator[bytes]:
    """CSV with a heading. A value that a spreadsheet would take for a formula is quoted with an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerow([_cell(record.get(name)) for name in COLUMNS])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def parquet(records: Iterable[Record], path: Path) -> int:
    """Write a Parquet file and answer how many rows it has. The file appears only when it is whole."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise StoreError(
            Text("缺少 Parquet 支持", "Parquet support is missing"),
            where="--format parquet",
            remedy="pip install 'banjia[parquet]'",
        ) from error
    kinds = {**dict.fromkeys(NUMBERS, pa.int64()), **dict.fromkeys(FLAGS, pa.bool_())}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    partial = path.with_name(path.name + ".part")
    count = 0
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for batch in _batches(records):
                columns = {name: [_value(record.get(name), name) for record in batch] for name in COLUMNS}
                writer.write_table(pa.table(columns, schema))
                count += len(batch)
        partial.replace(path)
    except OSError as error:
        raise StoreError(
            Text("无法写出文件", "the file cannot be written"),
            where=str(path),
            found=cause(error),
            remedy=Text("检查路径、权限和磁盘空间", "check the path, its permissions and the disk's space"),
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _value(value: Any, name: str) -> Any:
    if name in NUMBERS:
        return value
    if name in FLAGS:
        return bool(value)
    return None if value is None else _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _cell(value: Any) -> str:
    text = "" if value is None else _plain(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
