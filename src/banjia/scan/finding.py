"""Finding: one place that uses an AI service; Inventory: all of them, in a fixed order."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from banjia.text import Text

Kind = Literal[
    "dependency",
    "import",
    "client",
    "call",
    "http",
    "env",
    "config",
    "model",
    "tokenizer",
    "embed_dim",
    "state",
    "proxy",
    "secret",
]
Fix = Literal["auto", "config", "manual", "none"]

KINDS: tuple[Kind, ...] = (
    "proxy",
    "secret",
    "http",
    "client",
    "config",
    "env",
    "state",
    "tokenizer",
    "embed_dim",
    "model",
    "call",
    "import",
    "dependency",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One use at one place. `line` is 1-based; a secret's value is in no field."""

    path: str
    line: int
    end: int
    kind: Kind
    provider: str
    rule: str
    fix: Fix
    text: Text
    model: str | None = None
    symbol: str | None = None  # what is used there: openai.OpenAI, OPENAI_BASE_URL
    env: str | None = None
    url: str | None = None
    expects_v1: bool | None = None  # whether the base URL written here carries /v1 itself
    trailing_slash: bool | None = None
    confidence: float = 0.9
    why: Text | None = None
    fingerprint: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it is and where: two files may say the same."""
        return (self.path, self.fingerprint)

    @property
    def order(self) -> tuple[str, int, int, str, str, str]:
        return (self.path, self.line, self.end, self.kind, self.rule, self.provider)

    def marked(self, snippet: str) -> Finding:
        """With its fingerprint: rule and what stands there, but neither in which file nor on which line."""
        words = " ".join(snippet.split())
        words_of = "\x1f".join((self.rule, self.kind, self.model or "", words))
        mark = hashlib.sha256(words_of.encode()).hexdigest()[:20]
        return replace(self, url=without_credentials(self.url) if self.url else None, fingerprint=mark)

    def to_json(self) -> dict[str, Any]:
        """The fields of contracts.md always, the others where they say something."""
        fixed = {
            "path": self.path,
            "line": self.line,
            "end": self.end,
            "kind": self.kind,
            "provider": self.provider,
            "model": self.model,
            "rule": self.rule,
            "fix": self.fix,
            "text": self.text.as_dict(),
            "confidence": self.confidence,
            "fingerprint": self.fingerprint,
        }
        more = {
            "symbol": self.symbol,
            "env": self.env,
            "url": self.url,
            "expects_v1": self.expects_v1,
            "trailing_slash": self.trailing_slash,
            "why": self.why.as_dict() if self.why else None,
        }
        return fixed | {name: value for name, value in more.items() if value is not None}


CREDENTIALS = re.compile(
    r"(?<=//)[^/?#@\s]+:[^/?#@\s]+(?=@)"
    r"|(?<=[?&;])(?P<name>(?:api[_-]?|access[_-]?)?(?:key|token)|secret|sig|signature|password|code)=[^&;#\s{}]+",
    re.IGNORECASE,
)


def without_credentials(url: str) -> str:
    """The address with whatever opens a door replaced by `***`."""
    return CREDENTIALS.sub(lambda found: f"{found['name']}=***" if found["name"] else "***", url)


@dataclass(frozen=True, slots=True)
class Remarked:
    """A line that asks to be ignored and gives no reason; it is reported as if the remark were not there."""

    path: str
    line: int

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "line": self.line, "text": NO_REASON.as_dict()}


NO_REASON = Text(
    "banjia: ignore 没有写理由，不予采纳",
    "banjia: ignore without a reason does not count",
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why; or a file read only in part."""

    path: str
    reason: str
    text: Text

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "reason": self.reason, "text": self.text.as_dict()}


@dataclass(frozen=True, slots=True)
class OpenUrl:
    """A base URL that the code leaves to its surroundings: a fact that someone has to state."""

    name: str
    path: str
    line: int
    provider: str
    question: Text

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"question": self.question.as_dict()}


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a tree uses."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    files: int
    open_urls: tuple[OpenUrl, ...] = ()
    suppressed: int = 0
    remarks: tuple[Remarked, ...] = ()

    @property
    def summary(self) -> dict[str, Any]:
        def count(name: str) -> dict[str, int]:
            tally: dict[str, int] = {}
            for finding in self.findings:
                key = str(getattr(finding, name))
                tally[key] = tally.get(key, 0) + 1
            return dict(sorted(tally.items()))

        return {
            "files": self.files,
            "findings": len(self.findings),
            "kinds": count("kind"),
            "providers": count("provider"),
            "fixes": count("fix"),
            "models": sorted({finding.model for finding in self.findings if finding.model}),
            "open": [url.to_json() for url in self.open_urls],
            "suppressed": self.suppressed,
            "remarks": [remark.to_json() for remark in self.remarks],
            "skipped": len(self.skipped),
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "summary": self.summary,
            "skipped": [skipped.to_json() for skipped in self.skipped],
        }
