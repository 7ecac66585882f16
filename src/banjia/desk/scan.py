"""Scan: the uses of a tree, and the forms in which they are handed on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

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
    """Every use below `path`. `remember`: keep what was read in the user's cache. `baseline`: an earlier scan."""
    from banjia.scan.accept import baseline as accepted
    from banjia.scan.cache import Cache, user_folder
    from banjia.scan.scan import scan as read

    known = accepted(Path(baseline)) if baseline else frozenset()
    cache = Cache(user_folder()) if remember else None
    return read(Path(path), since=since, jobs=jobs, cache=cache, progress=progress, known=known)


def sarif(inventory: Inventory, *, closed: set[str] | frozenset[str] = frozenset()) -> str:
    """SARIF 2.1.0; findings whose fingerprint is in `closed` are errors."""
    from banjia import __version__
    from banjia.scan.sarif import document

    return json.dumps(document(inventory, version=__version__, closed=frozenset(closed)), ensure_ascii=False)


def cyclonedx(inventory: Inventory) -> str:
    """CycloneDX 1.7, hosted APIs as services."""
    from banjia import __version__
    from banjia.scan.cyclonedx import document

    return json.dumps(document(inventory, version=__version__), ensure_ascii=False)


def html(inventory: Inventory, lang: Lang) -> str:
    """One page that needs nothing else."""
    from banjia.scan.page import page

    return page(inventory, lang)
