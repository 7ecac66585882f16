"""Baseline: what was known before, by fingerprint; only what came since is reported.

The file is JSON with one finding a line, in the order of the paths, so that a change of it reads well in a review. The
output of `banjia scan --json` is one too.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from banjia.errors import ConfigError
from banjia.scan.finding import Inventory
from banjia.text import Text

SCHEMA = 1


def read_baseline(path: Path) -> Counter[str]:
    """The fingerprints in a baseline file, each as often as it was found: one more of the same is new."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Counter(_mark(finding) for finding in document["findings"])
    except OSError as error:
        raise ConfigError(
            Text("无法读取基线文件", "the baseline cannot be read"),
            where=str(path),
            found=str(error.strerror),
            remedy=Text("先生成：banjia scan --write-baseline FILE", "make one: banjia scan --write-baseline FILE"),
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            Text("不是基线文件", "this is no baseline"),
            where=str(path),
            expected=Text("findings 列表，各有 fingerprint", "a list findings, each with a fingerprint"),
            remedy=Text("重新生成：banjia scan --write-baseline FILE", "make one: banjia scan --write-baseline FILE"),
        ) from error


def _mark(finding: dict[str, object]) -> str:
    mark = finding["fingerprint"]
    if not isinstance(mark, str) or not mark:
        raise ValueError(mark)
    return mark


def baseline_text(inventory: Inventory) -> str:
    """The file that makes these findings known. It holds no line numbers: they move."""
    rows = sorted((finding.path, finding.rule, finding.fingerprint) for finding in inventory.findings)
    lines = [
        json.dumps({"path": path, "rule": rule, "fingerprint": mark}, ensure_ascii=False) for path, rule, mark in rows
    ]
    body = "\n    " + ",\n    ".join(lines) + "\n  " if lines else ""
    return f'{{\n  "schema": {SCHEMA},\n  "findings": [{body}]\n}}\n'
