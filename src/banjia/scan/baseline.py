"""Baseline: what was known before; only what came since is reported.

A finding is known by what stands there and by its file. Of a file that is gone what it held is known in other files, as
often as it held it: a file may be moved. The baseline is JSON with one finding a line, in the order of the paths, so
that a change of it reads well in a review. The output of `banjia scan --json` is one too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from banjia.errors import ConfigError
from banjia.scan.finding import Finding, Inventory
from banjia.text import Text

SCHEMA = 2


@dataclass(frozen=True, slots=True)
class Known:
    """Findings by file and fingerprint, each as often as it was found: one more of the same is new."""

    counts: Counter[tuple[str, str]]

    def fresh(self, findings: Iterable[Finding], is_there: Callable[[str], bool]) -> list[Finding]:
        """Those that are new, in their order. `is_there`: whether the tree still has a file."""
        left = Counter(self.counts)
        stray: list[Finding] = []
        for finding in findings:
            if left[finding.key] > 0:
                left[finding.key] -= 1
            else:
                stray.append(finding)
        moved: Counter[str] = Counter()
        if stray:
            gone = {path for path, _ in left if not is_there(path)}
            for (path, mark), count in left.items():
                moved[mark] += count if path in gone else 0
        fresh: list[Finding] = []
        for finding in stray:
            if moved[finding.fingerprint] > 0:
                moved[finding.fingerprint] -= 1
            else:
                fresh.append(finding)
        return fresh


def read_baseline(path: Path) -> Known:
    """What a baseline file makes known."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Known(Counter(_keys(document)))
    except OSError as error:
        raise ConfigError(
            Text("无法读取基线文件", "the baseline cannot be read"),
            where=str(path),
            found=str(error.strerror),
            remedy=Text("先生成：banjia scan --write-baseline FILE", "make one: banjia scan --write-baseline FILE"),
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            Text("不是这一版的基线文件", "this is no baseline of this version"),
            where=str(path),
            expected=Text(
                f"schema {SCHEMA}，findings 列表，各有 path 与 fingerprint",
                f"schema {SCHEMA} and a list findings, each with a path and a fingerprint",
            ),
            remedy=Text("重新生成：banjia scan --write-baseline FILE", "make one: banjia scan --write-baseline FILE"),
        ) from error


def _keys(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if document.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(document["schema"])
    for finding in document["findings"]:
        path, mark = finding["path"], finding["fingerprint"]
        if not isinstance(path, str) or not isinstance(mark, str) or not mark:
            raise ValueError(mark)
        yield path, mark


def baseline_text(inventory: Inventory) -> str:
    """The file that makes these findings known. It holds no line numbers: they move."""
    rows = sorted((finding.path, finding.rule, finding.fingerprint) for finding in inventory.findings)
    lines = [
        json.dumps({"path": path, "rule": rule, "fingerprint": mark}, ensure_ascii=False) for path, rule, mark in rows
    ]
    body = "\n    " + ",\n    ".join(lines) + "\n  " if lines else ""
    return f'{{\n  "schema": {SCHEMA},\n  "findings": [{body}]\n}}\n'
