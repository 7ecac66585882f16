"""Lexicon: what a single literal is: host, API path, name of a setting, model id, key, id kept by a provider."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from banjia.routes.catalogue import load
from banjia.scan.hosts import catalogue_host
from banjia.scan.rule import Match, Rule, Rules, rules
from banjia.scan.syntax.node import HOLE
from banjia.scan.vendors import vendor_of_model

URL = re.compile(
    r"(?:(?:https?|wss?)://)((?:[\w.\-]|\0|\$\{?[\w.]+\}?|\{\w*\})+)(?::(?:\d+|\0))?((?:/[^\s\"'`<>|)]*)?)"
)
SCHEMES = ("https", "http", "wss", "ws")
BARE_HOST = re.compile(r"^((?:[\w\-]+|\0)(?:\.[\w\-]+)+)(?::\d+)?(/[^\s]*)?$")
SETTING = re.compile(r"^[A-Za-z_][\w.:\-]{3,80}$")
PLACEHOLDER = re.compile(
    r"(?i)x{4,}|\*{3,}|your|\.\.\.|<|>|\bhere\b|placeholder|example|dummy|changeme|1234567890|abcdef0123|foobar|sk-test$|fake|redacted"
)
VENDORS_OWN = re.compile(
    r"(?i)(?:^|\.)(?:openai\.com|chatgpt\.com|anthropic\.com|claude\.(?:ai|com)|google\.com|googleapis\.com|azure\.(?:com|cn)|windows\.net|"
    r"azureedge\.net|microsoft\.com|amazonaws\.com|github(?:usercontent)?\.(?:com|io)|readthedocs\.io|npmjs\.com|pypi\.org|youtube\.com)$"
)
KEY_LENGTH = 20
# Hosts that serve pages beside their API: without `/api` or `/v1` it is a page.
SITE = re.compile(
    r"(?i)//(?:openrouter\.ai|ollama\.com|ai\.gitee\.com|atlascloud\.ai|modelscope\.cn)/(?!api\b|v1\b)\w|//open\.bigmodel\.cn/(?:usercenter|dev|console|login)|//api\.ppio\.com/(?:docs|user)"
)
OWN = re.compile(r"(?i)(?:^|\.)(?:localhost|local|internal|lan|intranet|svc|cluster\.local|docker\.internal)$")


@dataclass(frozen=True, slots=True)
class Hit:
    rule: Rule
    provider: str
    found: str
    url: str | None = None


class Lexicon:
    """The single-literal rules, each kind tried in the order of the rule ids."""

    def __init__(self, source: Rules) -> None:
        self.of: dict[Match, tuple[Rule, ...]] = {
            match: source.of(match)
            for match in ("host", "path", "env", "model", "key", "state", "line", "width", "switch")
        }
        # The narrower name wins: Azure's settings before OpenAI's, `any` last.
        self.of["env"] = tuple(
            sorted(self.of["env"], key=lambda rule: (rule.provider == "any", "azure" not in rule.id, rule.id))
        )
        # OpenAI's paths are the general ones: what another vendor's path contains of them decides nothing.
        self.of["path"] = tuple(sorted(self.of["path"], key=lambda rule: (rule.provider == "openai", rule.id)))
        self._any = {match: either(self.of[match]) for match in ("path", "model", "key", "state", "env")}
        self.host = functools.lru_cache(4096)(self._host)
        self.env = functools.lru_cache(4096)(self._env)
        self.model = functools.lru_cache(4096)(self._model)

    def _host(self, name: str) -> Hit | None:
        host = re.sub(r"\$\{?[\w.]+\}?|\{\w*\}", HOLE, name).lower().rstrip(".")
        for rule in self.of["host"]:
            if rule.pattern and rule.pattern.search(host):
                return Hit(rule, rule.provider, host)
        if (provider := catalogue_host(host)) is not None:
            return Hit(self.named("host", "host-catalogue"), provider, host)
        return None

    def named(self, match: Match, rule_id: str) -> Rule:
        return next(rule for rule in self.of[match] if rule.id == rule_id)

    def url(self, text: str) -> Hit | None:
        """A known service in a text that is an address as a whole, not in prose."""
        words = text.strip().strip("\"'")
        if not words or len(words.split(None, 1)) > 1:
            return None
        found = URL.search(words) if "://" in words else None
        if found is None:
            found = BARE_HOST.match(words)
            if found is None:
                return None
        elif found.start() > 8:
            return None
        hit = self.host(found.group(1).rsplit("@", 1)[-1])
        if hit is None or (hit.rule.context and not hit.rule.context.search(words)) or SITE.search(words):
            return None
        return Hit(hit.rule, hit.provider, hit.found, words)

    def urls(self, text: str) -> Iterator[tuple[int, Hit]]:
        """Every known service named by a URL in a text, with its offset: for scripts and templates."""
        for found in _urls(text):
            hit = self.host(found.group(1))
            if (
                hit
                and not SITE.search(found.group(0))
                and not (hit.rule.context and not hit.rule.context.search(found.group(0)))
            ):
                yield found.start(), Hit(hit.rule, hit.provider, hit.found, found.group(0))

    def path(self, text: str) -> Hit | None:
        words = text.strip()
        if not words or len(words) > 300 or len(words.split(None, 1)) > 1:
            return None
        bare = words.split("?")[0]
        if not self._any["path"].search(bare) and not self._any["path"].search(words):
            return None
        for rule in self.of["path"]:
            if rule.pattern and (rule.pattern.search(bare) or rule.pattern.search(words)):
                return Hit(rule, rule.provider, words)
        return None

    def _env(self, name: str) -> Hit | None:
        if not SETTING.match(name) or not self._any["env"].search(name):
            return None
        for rule in self.of["env"]:
            if rule.pattern and rule.pattern.search(name):
                return Hit(rule, rule.provider, name)
        return None

    def _model(self, text: str) -> Hit | None:
        words = text.strip()
        if not 2 < len(words) < 80:
            return None
        if not self._any["model"].match(words):
            routed = (":" in words or "/" in words) and vendor_of_model(words) is not None
            # As a router writes it: `google_genai:gemini-2.5-pro`.
            return self.model(re.split(r"[:/]", words, maxsplit=1)[1]) if routed else None
        for rule in self.of["model"]:
            if rule.pattern and rule.pattern.match(words):
                return Hit(rule, rule.provider, words)
        return None

    def models(self, text: str) -> Hit | None:
        """A model id, or a list of them and nothing else."""
        if hit := self.model(text):
            return hit
        parts = [part for part in re.split(r"[,;|\s]+", text.strip()) if part]
        if 1 < len(parts) < 60 and all(self.model(part.lstrip("+-").split("=")[0].split("@")[0]) for part in parts):
            return self.model(parts[0].lstrip("+-").split("=")[0].split("@")[0])
        return None

    def key(self, text: str, around: Callable[[], str]) -> Hit | None:
        """A literal key. `around`: what stands near it, asked for only where a rule needs it."""
        if len(text) < KEY_LENGTH or not self._any["key"].search(text):
            return None
        for rule in self.of["key"]:
            found = rule.pattern.search(text) if rule.pattern else None
            if found is None or PLACEHOLDER.search(found.group(0)) or len(set(found.group(0))) <= 8:
                continue
            if rule.context is None or rule.context.search(around()):
                return Hit(rule, rule.provider, "")
        return None

    def state(self, text: str) -> Hit | None:
        words = text.strip()
        if not self._any["state"].match(words):
            return None
        for rule in self.of["state"]:
            if rule.pattern and rule.pattern.match(words):
                return Hit(rule, rule.provider, words)
        return None

    def says(self, text: str) -> bool:
        """Whether a literal may be a key, an address or a path, a model or an id that a provider keeps."""
        return bool(
            (len(text) >= KEY_LENGTH and self._any["key"].search(text))
            or "://" in text
            or self.url(text)
            or self.path(text)
            or self.state(text)
            or self.models(text)
        )

    def line(self, text: str) -> Hit | None:
        for rule in self.of["line"]:
            if rule.pattern and rule.pattern.search(text):
                return Hit(rule, rule.provider, text.strip())
        return None


def _urls(text: str) -> Iterator[re.Match[str]]:
    """What `URL.finditer` finds: most texts hold no `://`, and looking for that alone is fast."""
    last, place = 0, text.find("://")
    while place >= 0:
        scheme = next((scheme for scheme in SCHEMES if text.endswith(scheme, last, place)), None)
        found = URL.match(text, place - len(scheme)) if scheme else None
        if found is not None:
            yield found
            last = found.end()
        place = text.find("://", max(place + 1, last))


def either(of: tuple[Rule, ...]) -> re.Pattern[str]:
    """One pattern that finds something where any of these rules' patterns does: most texts are asked about once."""
    parts = []
    for pattern in (rule.pattern for rule in of if rule.pattern):
        body = pattern.pattern.removeprefix("(?i)")
        parts.append(f"(?i:{body})" if pattern.flags & re.IGNORECASE else f"(?:{body})")
    return re.compile("|".join(parts) or r"(?!)")


@functools.cache
def lexicon() -> Lexicon:
    return Lexicon(rules())


def host_of(text: str) -> str | None:
    """The host a text names, if it is an address."""
    found = URL.search(text.strip())
    return found.group(1).lower() if found else None


def is_own(host: str) -> bool:
    """A host of one's own machines or network, or one that only a variable names."""
    if HOLE in host or "$" in host or "{" in host or "." not in host or OWN.search(host):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def relay_weight(url: str, host: str) -> int:
    """Signals of the dated list that an unknown host forwards a foreign service; from 2 on it is suspected."""
    if is_own(host) or VENDORS_OWN.search(host):
        return 0
    return sum(sign.weight for sign in load().relays.signs(url if "://" in url else f"https://{url}"))


def base_shape(url: str) -> tuple[bool, bool]:
    """Of a base URL: whether it carries /v1 itself, and whether it ends with a slash."""
    return bool(re.search(r"/v\d+(?:beta)?/?$", url)), url.endswith("/")
