"""Host: which endpoint an address belongs to. The longest match wins; a look-alike matches nothing."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from banjia.errors import RouteError
from banjia.routes.provider import Endpoint, Provider
from banjia.text import Text

LONGEST_NAME = 253
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost", "host.docker.internal"})
_OWN_DOMAIN = re.compile(
    r"\\\.[a-z0-9-]+\\\.[a-z]+\$$"
)  # the expression ends in a domain of its own, as `\.example\.com$`
_REPEATED_GROUP = re.compile(r"[*+}]\)?[*+{]|\([^()]*[*+][^()]*\)[*+{]|\\\d|\(\?")


def clean(address: str) -> str:
    """The host of a host name or URL, lower case and in ASCII; "" where there is none."""
    text = unicodedata.normalize("NFKC", address.strip()).lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host = host.rstrip(".")
        if ":" not in host:
            host = host.encode("idna").decode("ascii")
    except ValueError:  # UnicodeError is one
        return ""
    if is_address(host) or (len(host) <= LONGEST_NAME and _NAME.fullmatch(host)):
        return host
    return ""


def is_address(host: str) -> bool:
    return _address(host) is not None


def is_loopback(host: str) -> bool:
    address = _address(host)
    return host in _LOOPBACK_NAMES or host.endswith(".localhost") or (address is not None and address.is_loopback)


def is_private(host: str) -> bool:
    """An address of one's own network; it says nothing of what stands behind it."""
    address = _address(host)
    return address is not None and not address.is_loopback and (address.is_private or address.is_link_local)


@dataclass(frozen=True, slots=True)
class HostTable:
    """Every endpoint of the catalogue, ready to be asked."""

    exact: dict[str, tuple[Provider, Endpoint]]
    suffixes: dict[str, tuple[Provider, Endpoint]]
    patterns: tuple[tuple[re.Pattern[str], Provider, Endpoint], ...]
    loopback: tuple[Provider, Endpoint] | None
    private: tuple[Provider, Endpoint] | None

    def find(self, address: str) -> tuple[Provider, Endpoint] | None:
        host = clean(address)
        if not host:
            return None
        if is_loopback(host):
            return self.loopback
        if is_private(host):
            return self.private
        if found := self.exact.get(host):
            return found
        for pattern, provider, endpoint in self.patterns:
            if pattern.fullmatch(host):
                return provider, endpoint
        labels = host.split(".")
        for start in range(1, len(labels)):
            if found := self.suffixes.get(".".join(labels[start:])):
                return found
        return None


def table(providers: tuple[Provider, ...]) -> HostTable:
    exact: dict[str, tuple[Provider, Endpoint]] = {}
    suffixes: dict[str, tuple[Provider, Endpoint]] = {}
    patterns: list[tuple[re.Pattern[str], Provider, Endpoint]] = []
    special: dict[str, tuple[Provider, Endpoint]] = {}
    for provider in providers:
        for endpoint in provider.endpoints:
            match = endpoint.match
            if match in ("loopback", "private"):
                special[match] = (provider, endpoint)
            elif match.startswith("re:"):
                patterns.append((_pattern(match.removeprefix("re:"), provider.id), provider, endpoint))
            elif match.startswith("*."):
                _once(suffixes, match.removeprefix("*."), provider, endpoint)
            else:
                _once(exact, match, provider, endpoint)
    patterns.sort(key=lambda p: -len(p[0].pattern))
    return HostTable(exact, suffixes, tuple(patterns), special.get("loopback"), special.get("private"))


def _once(entries: dict[str, tuple[Provider, Endpoint]], name: str, provider: Provider, endpoint: Endpoint) -> None:
    if not _NAME.fullmatch(name) or "." not in name:
        raise RouteError(
            Text("主机名写法不对", "not a host name"),
            where=f"{provider.id}: endpoints",
            expected="api.example.com, *.example.com",
            found=endpoint.match,
        )
    taken = entries.get(name)
    if taken is not None and taken[0].id != provider.id:
        raise RouteError(
            Text("两个服务商写了同一个主机", "two providers claim one host"),
            where=f"{provider.id}: endpoints",
            found=f"{name} ({taken[0].id})",
            remedy=Text("从其中一个文件删除", "remove it from one of the files"),
        )
    entries[name] = (provider, endpoint)


@lru_cache(maxsize=256)
def _pattern(expression: str, provider: str) -> re.Pattern[str]:
    where = f"{provider}: endpoints"
    anchored = expression.startswith("^") and _OWN_DOMAIN.search(expression) and "|" not in expression
    if not anchored or _REPEATED_GROUP.search(expression):
        raise RouteError(
            Text("主机表达式不安全", "the host expression is not safe"),
            where=where,
            expected=Text(
                "^……\\.example\\.com$，没有 |，没有嵌套重复",
                "^...\\.example\\.com$, without |, without nested repetition",
            ),
            found=expression,
        )
    try:
        return re.compile(expression)
    except re.error as error:
        raise RouteError(
            Text("主机表达式无法编译", "the host expression does not compile"),
            where=where,
            found=f"{expression}: {error}",
        ) from error


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
