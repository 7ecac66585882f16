"""said(...): the finding of one line of text, as its rule words it."""

from __future__ import annotations

from banjia.scan.finding import Finding, Fix, Kind
from banjia.scan.rule import Rule
from banjia.scan.words import WORDS


def said(
    path: str,
    line: int,
    kind: Kind,
    provider: str,
    rule: Rule,
    snippet: str,
    *,
    fix: Fix,
    end: int = 0,
    model: str | None = None,
    symbol: str | None = None,
    env: str | None = None,
    url: str | None = None,
    confidence: float = 0.9,
) -> Finding:
    """`snippet` goes into the fingerprint only; of an address no password is kept."""
    return Finding(
        path=path,
        line=line,
        end=max(line, end),
        kind=kind,
        provider=provider,
        rule=rule.id_of(kind),
        fix=fix,
        text=WORDS[kind].format(what=rule.text),
        model=model,
        symbol=symbol,
        env=env,
        url=url,
        confidence=confidence,
    ).marked(snippet)
