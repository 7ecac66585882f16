"""Place: each configured route against the catalogue; place follows the host, dialect follows the provider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from banjia.config.config import Config, Route
from banjia.config.located import located
from banjia.errors import ConfigError
from banjia.routes.catalogue import Catalogue
from banjia.routes.provider import Endpoint, Provider
from banjia.text import Text

LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A configured route, its provider, and its endpoint in the catalogue; None where the host is not known."""

    route: Route
    provider: Provider
    endpoint: Endpoint | None
    host: str
    loopback: bool


def place(config: Config, catalogue: Catalogue) -> tuple[Placed, ...]:
    """Every route of the config, placed. Raises ConfigError where name and host do not belong together."""
    with located(config):
        return tuple(_place(route, i, catalogue) for i, route in enumerate(config.routes))


def canonical(config: Config, catalogue: Catalogue) -> Config:
    """The config with the catalogue's id for each provider, whatever familiar name it was written with."""
    found = ((route, catalogue.find(route.provider)) for route in config.routes)
    routes = tuple(replace(route, provider=known.id) if known else route for route, known in found)
    return replace(config, routes=routes)


def _place(route: Route, i: int, catalogue: Catalogue) -> Placed:
    where = f"routes[{i}]"
    provider = catalogue.by_id(route.provider, where=f"{where}.provider")
    route = replace(route, provider=provider.id)
    host = _host(route, where)
    local = _loopback(host)
    found = catalogue.by_host(route.base_url)
    engine = provider.is_engine
    if local:
        if not engine and not route.stand_in:
            raise ConfigError(
                Text("本机地址不可能是这家服务商", "a loopback host is not this vendor"),
                where=f"{where}.base_url",
                expected=Text("服务商的主机，或 stand_in: true", "a host of the vendor, or stand_in: true"),
                found=f"{provider.id} @ {host}",
                remedy=Text(
                    "若是替身，请写 stand_in: true；台账会标明", "if it is a stand-in, say so; the ledger marks it"
                ),
            )
        return Placed(route, provider, found[1] if found and engine else None, host, local)
    _not_a_relay(route, provider, catalogue, f"{where}.base_url")
    if found is not None and not found[0].is_engine and found[0].id != provider.id:
        raise ConfigError(
            Text("主机属于另一家服务商", "the host belongs to another provider"),
            where=f"{where}.base_url",
            expected=Text(f"{provider.id} 的主机", f"a host of {provider.id}"),
            found=f"{host} = {found[0].id}",
            remedy=Text(f"写 provider: {found[0].id}", f"write provider: {found[0].id}"),
        )
    known = found is not None and (found[0].id == provider.id or engine)
    if route.country and not route.reason and not known:
        raise ConfigError(
            Text(
                "目录不认识的主机，所在地须附理由",
                "the place of a host that the catalogue does not know needs a reason",
            ),
            where=f"{where}.reason",
            expected=Text("reason: 依据", "reason: WHY"),
        )
    return Placed(route, provider, found[1] if found and known else None, host, local)


def _host(route: Route, where: str) -> str:
    try:
        parts = urlsplit(route.base_url)
        host = (parts.hostname or "").lower()
        port_ok = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        host, port_ok, parts = "", False, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or not port_ok or parts.username or parts.query:
        raise ConfigError(
            Text("base_url 写法不对", "this is no base URL"),
            where=f"{where}.base_url",
            expected="https://HOST[:PORT]/PATH",
            found=route.base_url,
            remedy=Text("密钥写在 key，不写在网址里", "a key stands in `key`, not in the URL"),
        )
    if parts.scheme == "http" and not _private(host):
        raise ConfigError(
            Text("公网主机须用 https", "a public host needs https"),
            where=f"{where}.base_url",
            expected="https://",
            found=route.base_url,
        )
    return host


def _not_a_relay(route: Route, provider: Provider, catalogue: Catalogue, where: str) -> None:
    if provider.id != "relay" and catalogue.relay_of(route.base_url) is not None:
        raise ConfigError(
            Text("这是中转站的主机，挂了厂商的名字", "this is the host of a relay under a vendor's name"),
            where=where,
            expected=Text(f"{provider.id} 的主机", f"a host of {provider.id}"),
            found=route.base_url,
            remedy=Text("停用中转；看 banjia check", "retire the relay; see `banjia check`"),
        )


def _loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _private(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return _loopback(host) or "." not in host or host.endswith((".internal", ".local", ".lan", ".svc", ".corp"))
