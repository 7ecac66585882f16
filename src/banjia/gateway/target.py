"""Target: one place that config names, and how to reach it."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from banjia.errors import ConfigError
from banjia.text import Text

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ADDRESS = Text("不是可用的上游地址", "not an upstream address that can be used")
NEVER = frozenset({  # where clouds answer with the machine's own credentials
    "100.100.100.200", "168.63.129.16", "169.254.169.254", "169.254.170.2", "192.0.0.192", "fd00:ec2::254",
})  # fmt: skip
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
TRANSLATED = (NAT64, ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
FORBIDDEN = Text(
    "该地址是链路本地或多播地址，云主机的元数据服务就在其中；网关不会连接",
    "a link-local or multicast address, where cloud metadata services live; the gateway does not connect to it",
)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, until the first byte of the answer, between two reads of it."""

    connect: float = 5.0
    first_byte: float = 300.0
    idle: float = 120.0
    keep_alive: float = 30.0  # an unused connection is closed after it


@dataclass(frozen=True, slots=True)
class Target:
    """Scheme, host and port; `path` is the prefix of every request. Nothing but this host is ever connected to."""

    host: str
    port: int
    tls: bool
    path: str = ""
    ca: Path | None = None
    proxy: tuple[str, int] | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    max_connections: int = 1024
    max_answer: int = 64 * 1024 * 1024
    only_public: bool = False  # a host that a caller named: no address of a private network is connected to
    networks: tuple[Network, ...] = ()  # but for those

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    def admits(self, address: str) -> bool:
        """Whether an address to which the name has led may be connected to."""
        if is_forbidden(address):
            return False
        return not self.only_public or _may_be_reached(address, self.networks)

    def context(self) -> ssl.SSLContext | None:
        """Certificates are always verified: against the system's authorities, or against `ca` alone."""
        if not self.tls:
            return None
        if self.ca is None:
            return _system_context()
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                Text("读不到证书机构文件", "the file of certificate authorities cannot be read"),
                where=str(self.ca),
                expected="PEM",
                found=str(error),
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


@lru_cache(maxsize=1)
def _system_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def parse_target(url: str, *, where: str) -> Target:
    """Read a base URL. Raises ConfigError on anything that is not plain http(s)://host[:port][/path]."""
    if any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise _wrong(url, where, Text("不含空白和控制字符", "no blanks or control characters"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong(url, where, Text("http(s)://主机[:端口][/路径]", "http(s)://host[:port][/path]")) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _wrong(url, where, Text("http(s)://主机[:端口][/路径]", "http(s)://host[:port][/path]"))
    if parts.username is not None or parts.query or parts.fragment:
        raise _wrong(url, where, Text("不含用户名、查询和片段", "no user name, query or fragment"))
    try:
        host = parts.hostname.encode("idna").decode("ascii") if not parts.hostname.isascii() else parts.hostname
        path = parts.path.rstrip("/").encode("ascii").decode("ascii")
    except UnicodeError as error:
        raise _wrong(url, where, Text("可用的主机名和路径", "a usable host and path")) from error
    if is_forbidden(host):
        raise ConfigError(FORBIDDEN, where=where, found=host)
    tls = parts.scheme == "https"
    return Target(host=host, port=port or (443 if tls else 80), tls=tls, path=path)


def parse_proxy(url: str, *, where: str) -> tuple[str, int]:
    target = parse_target(url, where=where)
    if target.tls or target.path:
        raise _wrong(url, where, Text("http://主机:端口", "http://host:port"))
    return target.host, target.port


def is_forbidden(address: str) -> bool:
    """Whether an address literal is one that no upstream has: link-local, multicast, unspecified."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_link_local or ip.is_multicast or ip.is_unspecified


def _may_be_reached(address: str, networks: tuple[Network, ...]) -> bool:
    """Public, also by what a translated address stands for; or of a network that the config names."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _embedded(ip)
    if address in NEVER or any(str(i) in NEVER for i in inner):
        return False
    if any(ip in n for n in networks) or (inner and any(i in n for i in inner for n in networks)):
        return True
    if ip in NAT64:  # the network's own way to an IPv4 host
        ip = inner[0]
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and all(i.is_global for i in inner)


def _embedded(ip: Address) -> tuple[Address, ...]:
    """The IPv4 address that an IPv6 address carries, in the forms that gateways and kernels translate."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return ()
    low = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    carries = ip.ipv4_mapped is not None or any(ip in n for n in TRANSLATED)
    found: list[Address] = [low] if carries else []
    found += [ip.sixtofour] if ip.sixtofour is not None else []
    return (*found, *(ip.teredo or ()))


def _wrong(url: str, where: str, expected: Text) -> ConfigError:
    shown = url.rsplit("@", maxsplit=1)[-1] if "@" in url else url  # what stands before an @ may be a password
    return ConfigError(ADDRESS, where=where, expected=expected, found=repr(shown[:200]))
