"""Scan: the uses of a tree, and the forms in which they are handed on."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from banjia.errors import ConfigError
from banjia.store.whole import write_whole
from banjia.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from banjia.scan.finding import Inventory
    from banjia.text import Lang


def scan(
    path: str | Path,
    *,
    since: str | None = None,
    jobs: int = 1,
    remember: bool = True,
    baseline: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Inventory:
    """Every use below `path`. `remember`: keep what was read in the user's cache. `baseline`: what is known already."""
    from banjia.scan.baseline import read_baseline
    from banjia.scan.cache import Cache, user_folder
    from banjia.scan.scan import scan as read

    known = read_baseline(Path(baseline)) if baseline else None
    cache = Cache(user_folder()) if remember else None
    return read(Path(path), since=since, jobs=jobs, cache=cache, progress=progress, known=known)


def sarif(inventory: Inventory, *, closed: set[tuple[str, str]] | frozenset[tuple[str, str]] = frozenset()) -> str:
    """SARIF 2.1.0; findings whose key is in `closed` are errors."""
    from banjia import __version__
    from banjia.scan.sarif import document

    return json.dumps(document(inventory, version=__version__, closed=frozenset(closed)), ensure_ascii=False)


def cyclonedx(inventory: Inventory, path: str | Path = ".") -> str:
    """CycloneDX 1.7, hosted APIs as services. SOURCE_DATE_EPOCH, where set, is its time."""
    from banjia import __version__
    from banjia.scan.cyclonedx import document

    name = Path(path).resolve().name or "application"
    body = document(inventory, version=__version__, name=name, time=_time())
    return json.dumps(body, ensure_ascii=False)


def page(inventory: Inventory, path: str | Path, lang: Lang) -> str:
    """One HTML page that needs nothing else."""
    from banjia.scan.page import page as written

    return written(inventory, lang, name=Path(path).resolve().name, time=_time())


def write(file: str | Path, text: str) -> None:
    """A whole file or none: it is written beside its place first."""
    try:
        write_whole(Path(file), text.encode())
    except OSError as error:
        raise ConfigError(
            Text("无法写入文件", "the file cannot be written"), where=str(file), found=str(error.strerror)
        ) from error


def write_baseline(inventory: Inventory, file: str | Path) -> None:
    """From now on these findings are known."""
    from banjia.scan.baseline import baseline_text

    write(file, baseline_text(inventory))


def _time() -> datetime:
    from banjia.desk.clock import now

    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(given), UTC) if given.isdigit() else now()
