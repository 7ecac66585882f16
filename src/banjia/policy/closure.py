"""Closure: an operator shuts every route abroad at once, whatever the law allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from banjia.policy.policy import Policy
from banjia.text import Text

RULE = "operator-closed"
REASON = Text(
    "所有境外路线已由运营者关闭：{reason}",
    "an operator has closed all routes abroad: {reason}",
)


@dataclass(frozen=True, slots=True)
class Closure:
    """Who closed the routes abroad, why and when (milliseconds since 1970, UTC)."""

    by: str
    reason: str
    at: int


def shut(policy: Policy, closure: Closure) -> Policy:
    """The policy with every cell of a route abroad refusing; a route whose place is not known counts as abroad."""
    home = {r.id for r in policy.routes if not r.abroad}
    reason = REASON.format(reason=closure.reason)
    cells = tuple(
        c
        if c.route in home or c.decision == "refuse"
        else replace(c, decision="refuse", rule=RULE, reason=reason, cites=(), duties=())
        for c in policy.cells
    )
    return replace(policy, cells=cells)
