"""Accept: findings that someone has looked at and leaves, by a remark in the line or by a baseline file.

In a line:   banjia: ignore[rule or kind] reason      (as a comment; without a reason it does not count)
A baseline:  the JSON of an earlier scan; findings with a fingerprint in it are not shown again.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from banjia.errors import ConfigError
from banjia.scan.finding import Finding
from banjia.text import Text

REMARK = re.compile(r"(?:#|//|--|;|<!--|/\*)\s*banjia:\s*ignore(?:\[([\w\-, ]+)\])?\s+(\S.*)")


def is_remarked(finding: Finding, row: str) -> bool:
    """Whether the line itself says, with a reason, that this finding is accepted."""
    found = REMARK.search(row)
    if found is None:
        return False
    names = {name.strip() for name in (found[1] or "").split(",") if name.strip()}
    return not names or bool(names & {finding.rule, finding.kind, finding.provider})


def baseline(path: Path) -> frozenset[str]:
    """The fingerprints of an earlier `banjia scan --json`."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(str(finding["fingerprint"]) for finding in document["findings"])
    except OSError as error:
        raise ConfigError(
            Text("无法读取基线文件", "the baseline cannot be read"), where=str(path), found=str(error)
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            Text("基线文件有误", "the baseline is not one"),
            where=str(path),
            expected=Text("banjia scan --json 的输出", "the output of banjia scan --json"),
            remedy=Text("重新生成：banjia scan --json > 文件", "make it again: banjia scan --json > FILE"),
        ) from error
