"""Accept: a use that someone has looked at and leaves, by a remark beside it.

    # banjia: ignore[rule, kind or provider] reason

stands in a comment on the line or alone on the line before. Without a reason it does not count, and that is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from banjia.scan.finding import Finding

REMARK = re.compile(r"(?:#|//|--|;|<!--|/\*|\{/\*|^\s*\*)\s*banjia:\s*ignore\b(?:\[([\w\-., ]*)\])?(.*)")
CLOSING = re.compile(r"(?:-->|\*/\}?)\s*$")


@dataclass(frozen=True, slots=True)
class Remark:
    names: frozenset[str]  # rules, kinds or providers; none: whatever stands there
    reason: str

    def covers(self, finding: Finding) -> bool:
        return not self.names or bool(self.names & {finding.rule, finding.kind, finding.provider})


def remark(row: str) -> Remark | None:
    """The remark in a line, with a reason or without."""
    found = REMARK.search(row)
    if found is None:
        return None
    reason = CLOSING.sub("", found[2]).strip(" \t:-")
    return Remark(
        names=frozenset(name.strip() for name in (found[1] or "").split(",") if name.strip()),
        reason=reason if re.search(r"\w", reason) else "",
    )


def is_remarked(finding: Finding, rows: list[str]) -> bool:
    """Whether the line, or a comment alone on the line before, accepts this finding with a reason."""
    said = remark(rows[finding.line - 1]) if finding.line <= len(rows) else None
    if said is None and finding.line >= 2 and _stands_alone(rows[finding.line - 2]):
        said = remark(rows[finding.line - 2])
    return said is not None and bool(said.reason) and said.covers(finding)


def without_reason(rows: list[str]) -> list[int]:
    """Lines whose remark gives no reason."""
    return [number for number, row in enumerate(rows, 1) if (said := remark(row)) is not None and not said.reason]


def _stands_alone(row: str) -> bool:
    found = REMARK.search(row)
    return found is not None and not row[: found.start()].strip(" \t\"',")
