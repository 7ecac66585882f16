"""Log files: rows of JSON Lines, JSON, CSV and Parquet, plain or compressed, one after the other."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from banjia.errors import ConfigError
from banjia.text import Text

Row = dict[str, Any]
LINES = (".jsonl", ".ndjson", ".log")  # one row a line
KINDS = (*LINES, ".json", ".csv", ".tsv", ".parquet")
Bad = Callable[[int, str], None]  # the number of a line that is no JSON, and why
CELL = 64 << 20  # the longest field of a CSV file


class NeedsExtra(ConfigError):  # noqa: N818 - as its parent's names: what is wrong
    """A kind of file that only an extra reads."""


def files(paths: list[str]) -> list[Path]:
    """The log files named, and those inside the folders named, in a fixed order."""
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and kind(p))
        elif path.is_file():
            found.append(path)
        else:
            raise ConfigError(Text("没有这个文件或目录", "there is no such file or folder"), where=name)
    if not found:
        raise ConfigError(
            Text("目录里没有日志", "there is no log in the folder"),
            where=" ".join(paths),
            expected=f"*{', *'.join(KINDS)} (.gz, .zst)",
        )
    return found


def passed_over(paths: list[str], found: list[Path]) -> int:
    """How many files the folders named hold that are no logs."""
    return sum(1 for p in paths if Path(p).is_dir() for f in Path(p).rglob("*") if f.is_file()) - sum(
        1 for f in found if str(f) not in paths
    )


def kind(path: Path) -> str:
    """`.jsonl`, `.csv` ... without the compression; "" for what is no log."""
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    return next((k for k in KINDS if name.endswith(k)), "")


def rows(path: Path, bad: Bad) -> Iterator[tuple[int, Row]]:
    """Each row with its number, from 1; of a line that is no JSON `bad` is told. Raises ConfigError naming the file."""
    match kind(path):
        case ".parquet":
            yield from _parquet(path)
        case ".csv" | ".tsv" as which:
            with _text(path) as lines:
                csv.field_size_limit(min(CELL, sys.maxsize))
                reader = csv.DictReader(lines, delimiter="\t" if which == ".tsv" else ",")
                yield from enumerate(({k: v for k, v in row.items() if k} for row in reader), 1)
        case ".json":
            with _text(path) as stream:
                yield from enumerate(_whole(path, stream.read()), 1)
        case _:
            with opened(path) as stream_of_lines:
                for number, line in enumerate(stream_of_lines, 1):
                    if line.strip() and (row := parsed(number, line, bad)) is not None:
                        yield number, row


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Raises ConfigError where the file breaks off or is not what its name says."""
    try:
        yield
    except Exception as error:
        outside = type(error).__module__.partition(".")[0] in ("pyarrow", "zstandard")
        if not outside and not isinstance(error, (EOFError, zlib.error, gzip.BadGzipFile, csv.Error)):
            raise
        raise ConfigError(
            Text("文件不完整，或与其后缀不符", "the file breaks off, or is not what its name says"),
            where=str(path),
            found=str(error),
            remedy=Text("换一份完整的文件，或把它移出目录", "take a whole copy, or leave it out"),
        ) from error


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def parsed(number: int, line: bytes, bad: Bad) -> Row | None:
    """One line of JSON Lines; None where it is no JSON, as the last one of a program that was killed."""
    try:
        row = _fast(line)
    except msgspec.DecodeError:
        try:
            row = json.loads(line)  # as Python reads it, which takes lone surrogates too
        except ValueError as error:
            bad(number, str(error))
            return None
    return row if isinstance(row, dict) else {"text": row}


_fast = msgspec.json.Decoder().decode


def _whole(path: Path, text: str) -> list[Row]:
    try:
        node = json.loads(text)
    except ValueError as error:
        raise ConfigError(Text("文件不是 JSON", "the file is no JSON"), where=str(path), found=str(error)) from error
    items = node if isinstance(node, list) else next((v for v in node.values() if isinstance(v, list)), [node])
    return [item if isinstance(item, dict) else {"text": item} for item in items]


def opened(path: Path) -> IO[bytes]:
    """The bytes of a log, decompressed."""
    if path.name.endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.name.endswith(".zst"):
        try:
            import zstandard  # noqa: PLC0415
        except ImportError as error:
            raise _needs("zstd", path) from error
        raw: IO[bytes] = zstandard.open(path, "rb")
        return cast("IO[bytes]", io.BufferedReader(cast("Any", raw)))
    return path.open("rb")


def _text(path: Path) -> IO[str]:
    return io.TextIOWrapper(opened(path), encoding="utf-8-sig", errors="replace", newline="")


def _parquet(path: Path) -> Iterator[tuple[int, Row]]:
    try:
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise _needs("parquet", path) from error
    number = 0
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1024):
            for row in batch.to_pylist():
                number += 1
                yield number, row


def _needs(extra: str, path: Path) -> NeedsExtra:
    return NeedsExtra(
        Text("读这种文件需要附加组件", "this kind of file needs an extra"),
        where=str(path),
        remedy=f"pip install 'banjia[{extra}]'",
    )
