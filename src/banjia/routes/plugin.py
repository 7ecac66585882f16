"""Plugin: folders of provider files that installed packages bring by an entry point of the group `banjia.providers`.

The entry points are read from the installed metadata directly: importlib.metadata costs more than the whole catalogue.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path

GROUP = "banjia.providers"


def folders(search: Iterable[str] | None = None) -> tuple[Path, ...]:
    """`name = package` or `name = package:folder`. The package is located, never run."""
    found = []
    for value in _values(sys.path if search is None else search):
        module, _, inside = value.partition(":")
        top, *below = module.strip().split(".")
        spec = importlib.util.find_spec(top)
        if spec is not None and spec.submodule_search_locations:
            found.append(Path(next(iter(spec.submodule_search_locations)), *below, *inside.strip().split("/")))
    return tuple(found)


def _values(search: Iterable[str]) -> list[str]:
    values = []
    for place in search:
        for file in sorted(Path(place or ".").glob("*.dist-info/entry_points.txt")):
            text = file.read_text("utf-8", errors="replace")
            if GROUP in text:
                values += _of_group(text)
    return values


def _of_group(text: str) -> list[str]:
    values: list[str] = []
    inside = False
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            inside = line == f"[{GROUP}]"
        elif inside and "=" in line and not line.startswith(("#", ";")):
            values.append(line.partition("=")[2].strip())
    return values
