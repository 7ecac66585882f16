"""Voice: says of a place in one file what was found there, once, and whose it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from banjia.scan.finding import Finding, Kind
from banjia.scan.lexicon import VENDORS_OWN, Hit, Lexicon, base_shape, host_of, is_own, relay_weight
from banjia.scan.resolve import Resolver
from banjia.scan.result import Pending
from banjia.scan.rule import Rule
from banjia.scan.signs import VENDOR_WORDS
from banjia.scan.syntax.node import HOLE, Node
from banjia.scan.words import WORDS


@dataclass(slots=True)
class CodeFindings:
    findings: list[Finding] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    exports: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    open_urls: list[tuple[str, int, str]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)


# A name that keys of other services of the same vendor bear too: alone it shows no use.
GENERIC = frozenset({"GOOGLE_API_KEY"})
# What a file says that speaks to OpenAI or to one of its form.
OPENAI = re.compile(r"(?i)open_?ai|chat/completions|\bgpt-\d")
# Before an address: it is held against another one, not called.
COMPARED = re.compile(
    r"(?i)(?:\b(?:str_)?(?:starts?_?with\??|contains|includes?\??|equals(?:ignorecase)?|hasprefix|indexof|strpos)\s*\(\s*(?:[^()'\"\n]*(?:\([^()\n]*\))?,\s*)?|[!=]==?\s*)"
    r"['\"`]$"
)
# A program at the network's edge that answers every request.
FORWARDS = re.compile(
    r"addEventListener\(\s*['\"]fetch|export (?:async )?(?:function|const) onRequest|"
    r"export default\s*\{\s*(?:async\s+)?fetch|Deno\.serve|serve\("
)


def named_in(path: str) -> tuple[str, ...]:
    """What a path tells of whose a use is: two paths that tell the same tell nothing else."""
    lowered = path.lower()
    title = lowered.rsplit("/", 1)[-1]
    return tuple(f"{word} {word in title}" for word, _ in VENDOR_WORDS if word in lowered or word in title)


class Voice:
    """What the readers of one file share."""

    def __init__(self, path: str, text: str, resolver: Resolver, lexicon: Lexicon, shift: int = 0) -> None:
        self.path, self.text, self.resolver, self.lexicon, self.shift = path, text, resolver, lexicon, shift
        self.out = CodeFindings()
        self.seen: set[tuple[int, Kind, str]] = set()
        self.done: set[int] = set()
        self.based: dict[int, str] = {}  # whose address a chain of calls gives its client, by where the chain begins
        self._near: dict[str, bool] = {}

    @functools.cached_property
    def forwards(self) -> bool:
        """Whether it is a program that answers every request and looks at where each was sent."""
        return ("pathname" in self.text or ".host" in self.text) and FORWARDS.search(self.text) is not None

    @functools.cached_property
    def known(self) -> bool:
        """Whether the file says whom it speaks to."""
        return self.home is not None or OPENAI.search(self.text) is not None

    @functools.cached_property
    def home(self) -> str | None:
        """The one provider this file speaks to, where it is one."""
        called = (
            hit for at, hit in self.lexicon.urls(self.text) if not COMPARED.search(self.text[max(0, at - 80) : at])
        )
        found = {hit.provider for hit in called} - {"relay"}
        found |= {
            value.provider
            for value in self.resolver.imported.values()
            if value.rule and value.provider and value.provider != "any"
        }
        found.discard("any")
        if found >= {"openai", "azure_openai"}:
            found.discard("azure_openai")
        return next(iter(found)) if len(found) == 1 else None

    def say(
        self,
        node: Node,
        kind: Kind,
        provider: str,
        rule: Rule,
        *,
        line: int | None = None,
        end: int | None = None,
        model: str | None = None,
        symbol: str | None = None,
        env: str | None = None,
        url: str | None = None,
        confidence: float = 0.9,
        pending: tuple[str | None, str] | tuple[str | None, str, bool] | None = None,
    ) -> None:
        if rule.near is not None and not self._has_near(rule.id, rule.near):
            return
        at = line or node.line
        if (at, kind, provider) in self.seen and pending is None:
            return
        if kind in ("client", "call", "http", "env") and any(
            (at, kind, other) in self.seen for other in (provider, "any")
        ):
            return
        if pending is None or len(pending) == 2:
            self.seen.add((at, kind, provider))
        if env in GENERIC:
            confidence = min(confidence, 0.65)
        shown = url.replace(HOLE, "{}") if url else None
        v1, slash = base_shape(url) if url and kind in ("client", "http", "config") else (None, None)
        finding = Finding(
            path=self.path,
            line=at + self.shift,
            end=max(at, end or node.end) + self.shift,
            kind=kind,
            provider=provider,
            rule=rule.id_of(kind),
            fix=rule.fix_of(kind),
            text=WORDS[kind].format(what=rule.text),
            model=model,
            symbol=symbol.replace("#", "") if symbol else None,
            env=env,
            url=shown,
            expects_v1=v1,
            trailing_slash=slash,
            confidence=confidence,
        ).marked(self.text[node.start : min(node.stop, node.start + 200)])
        if pending is None:
            self.out.findings.append(finding)
        else:
            self.out.pending.append(Pending(finding, *pending))

    def _has_near(self, rule_id: str, near: re.Pattern[str]) -> bool:
        known = self._near.get(rule_id)
        if known is None:
            known = self._near[rule_id] = near.search(self.text) is not None
        return known

    def pattern_rule(self, rule_id: str) -> Rule:
        return self.lexicon.named("env", rule_id)

    def by_url(self, url: str | None, provider: str) -> str:
        """The host decides the place: a relay or another vendor under this library's name."""
        if not url:
            return provider
        hit = self.lexicon.url(url)
        if hit:
            if hit.provider == "openai" and provider == "azure_openai":
                return provider
            return hit.provider
        host = host_of(url)
        if (
            host
            and not VENDORS_OWN.search(host)
            and (
                relay_weight(url, host) >= 1
                or (not is_own(host) and provider in ("openai", "anthropic", "azure_openai"))
            )
        ):
            return "relay"
        return provider

    def on_base(self, node: Node, url: str | None, provider: str) -> str:
        """Whose the address is that a chain of calls gives to the client at its beginning."""
        whose = self.by_url(url, provider)
        if url:
            self.based[node.start] = whose
        return whose

    def inherits_address(self, node: Node, path: str) -> str | None:
        """The one address of a class whose client a class that it is made from keeps: `self.client.chat(...)`."""
        if "()" not in path or len(self.resolver.classes) <= 1:
            return None
        around = [kind for kind in self.resolver.classes.values() if kind.line <= node.line <= kind.end]
        kind = max(around, key=lambda kind: kind.line, default=None)
        if kind is None or not any(base in self.resolver.classes for base, _ in kind.bind):
            return None
        found = {hit.url for _, hit in self.lexicon.urls(self.text[kind.start : kind.stop])}
        return found.pop() if len(found) == 1 else None

    def path_provider(self, hit: Hit, node: Node, stack: Sequence[Node] = ()) -> str:
        """Of a bare API path: whose the surroundings say it is; by itself the vendor that defined it."""
        if hit.provider not in ("openai", "any"):
            return hit.provider
        title = self.path.rsplit("/", 1)[-1].lower()
        if (owner := next((provider for vendor, provider in VENDOR_WORDS if vendor in title), None)) is not None:
            return owner
        if self.home:
            return self.home
        for above in reversed(stack):
            name = above.text if above.kind in ("pair", "function") else ""
            if above.kind == "assign":
                name = above.kids[0].dotted() or ""
            for vendor, provider in (*VENDOR_WORDS, ("openai", "openai")):
                if vendor in name.lower():
                    return provider
        words = self.text[max(0, node.start - 200) : node.stop] + " " + self.path
        for vendor, provider in VENDOR_WORDS:
            if vendor in words.lower():
                return provider
        return hit.provider

    def _say_env(
        self, node: Node, line: int, env: str, provider: str, rule: Rule, shape: tuple[bool | None, bool | None]
    ) -> None:
        if (line, "env", provider) in self.seen:
            return
        chosen = rule if rule.match == "env" else self.pattern_rule("env-llm")
        self.say(node, "env", provider, chosen, line=line, end=line, env=env)
        if shape[0] is not None and self.out.findings and self.out.findings[-1].env == env:
            self.out.findings[-1] = replace(self.out.findings[-1], expects_v1=shape[0], trailing_slash=shape[1])
