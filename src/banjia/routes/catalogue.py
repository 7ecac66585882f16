"""Catalogue: every provider, found by id, familiar name or host; relays, region lists, licences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from banjia.errors import RouteError
from banjia.routes import bundle, document, host, plugin, region
from banjia.routes.licence import Licences
from banjia.routes.provider import Endpoint, Provider
from banjia.routes.record import Record
from banjia.routes.region import Regions, Served
from banjia.routes.relay import RelayHost, Relays, RelayTable
from banjia.text import Text

HERE = Path(__file__).parent
MAINLAND = "cn_mainland"


class Source(Record, frozen=True, kw_only=True):
    ref: str = ""
    as_of: str = ""


class Sources(Record, frozen=True, kw_only=True):
    sources: dict[str, Source]


@dataclass(frozen=True)
class Catalogue:
    providers: dict[str, Provider]

    @cached_property
    def names(self) -> dict[str, str]:
        """Familiar name -> id; ids answer to themselves."""
        return {n: p.id for p in self.providers.values() for n in p.aliases} | {i: i for i in self.providers}

    @cached_property
    def hosts(self) -> host.HostTable:
        return host.table(tuple(self.providers.values()))

    @cached_property
    def regions(self) -> Regions:
        return document.read(HERE / "regions.toml", Regions)

    @cached_property
    def relays(self) -> RelayTable:
        return RelayTable(document.read(HERE / "relays.toml", Relays))

    @cached_property
    def licences(self) -> Licences:
        return document.read(HERE / "licences.toml", Licences)

    @cached_property
    def sources(self) -> dict[str, Source]:
        return document.read(HERE / "sources.toml", Sources).sources

    def ids(self) -> tuple[str, ...]:
        return tuple(self.providers)

    def find(self, name: str) -> Provider | None:
        known = self.names.get(name) or self.names.get(name.strip().lower())
        return self.providers[known] if known else None

    def by_id(self, name: str, *, where: str = "") -> Provider:
        """The provider of an id or a familiar name; an unknown one names the nearest."""
        if found := self.find(name):
            return found
        import difflib  # noqa: PLC0415  (only a wrong name pays for it)

        near = difflib.get_close_matches(name.lower(), list(self.names), n=1)
        hint = Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else Text("", "")
        raise RouteError(
            Text("没有这个服务商", "no such provider"),
            where=where,
            expected=Text("`banjia routes` 列出的 id", "an id that `banjia routes` lists"),
            found=name,
            remedy=hint,
        )

    def by_host(self, address: str) -> tuple[Provider, Endpoint] | None:
        """The provider and endpoint of a host or URL; place follows the host. None: the catalogue does not know it."""
        return self.hosts.find(address)

    def relay_of(self, address: str) -> RelayHost | None:
        """The relay family of a host that no provider's file claims."""
        return None if self.by_host(address) else self.relays.known(address)

    def serves(self, provider: Provider, country: str, on: date, *, individual: bool = False) -> Served:
        return region.serves(provider, country, on, self.regions, individual=individual)

    def kinds(self, provider: Provider, endpoint: Endpoint | None = None) -> tuple[str, ...]:
        """The route kinds that provider and host leave open; two where only the filing decides."""
        if provider.id in _KINDS:
            return (_KINDS[provider.id],)
        side = provider.side_of(endpoint)
        if side == "self_hosted":
            return ("self-hosted-open-weights",)
        if side == MAINLAND:
            return ("domestic-filed-api", "domestic-unfiled-api")
        if side == "mixed":
            return ("domestic-filed-api", "domestic-unfiled-api", "foreign-api")
        return ("foreign-api",)


_KINDS = {
    "openai": "openai-direct",
    "azure_openai": "azure-openai-global",
    "azure_21vianet": "azure-21vianet",
    "relay": "reverse-proxy",
}


@lru_cache(maxsize=8)
def load(folders: tuple[Path, ...] = (), *, plugins: bool = True) -> Catalogue:
    """The catalogue, once. Installed packages add providers; files of `folders` may also replace one of the same id."""
    found = {p.id: p for p in bundle.providers()}
    ours = tuple(found)
    added: list[Provider] = []
    for folder in plugin.folders() if plugins else ():
        added += [_new(p, ours, folder) for p in _read_folder(folder)]
    for folder in folders:
        added += _read_folder(folder)
    catalogue = Catalogue(found | {p.id: p for p in added})
    _check_names(catalogue)
    if added:
        _check_hosts(catalogue, added)
    return catalogue


def by_id(name: str) -> Provider:
    return load().by_id(name)


def by_host(address: str) -> tuple[Provider, Endpoint] | None:
    return load().by_host(address)


def _read_folder(folder: Path) -> tuple[Provider, ...]:
    if not folder.is_dir():
        raise RouteError(
            Text("没有这个文件夹", "no such folder"),
            where=str(folder),
            expected=Text("存放服务商 .toml 文件的文件夹", "a folder of provider .toml files"),
        )
    read = []
    for path in sorted(folder.glob("*.toml")):
        provider = document.read(path, Provider)
        if provider.id != path.stem:
            raise RouteError(
                Text("id 与文件名不一致", "the id differs from the file name"),
                where=f"{path}: id",
                expected=path.stem,
                found=provider.id,
                remedy=Text("两者写成一样", "make them the same"),
            )
        host.table((provider,))
        read.append(provider)
    return tuple(read)


def _new(provider: Provider, ours: tuple[str, ...], folder: Path) -> Provider:
    if provider.id in ours:
        raise RouteError(
            Text("安装包不能改写已有的服务商", "an installed package cannot replace a provider"),
            where=str(folder),
            found=provider.id,
            remedy=Text("换一个 id，或用 --providers", "choose another id, or use --providers"),
        )
    return provider


def _check_hosts(catalogue: Catalogue, added: list[Provider]) -> None:
    """No host twice, and no relay under the name of a provider."""
    _ = catalogue.hosts
    for provider in added:
        for endpoint in provider.endpoints:
            if catalogue.relays.known(endpoint.match.removeprefix("*.")):
                raise RouteError(
                    Text("这个主机是已知的中转", "this host is known as a relay"),
                    where=f"{provider.id}: endpoints",
                    found=endpoint.match,
                )


def _check_names(catalogue: Catalogue) -> None:
    taken: dict[str, str] = {}
    for provider in catalogue.providers.values():
        for name in (provider.id, *provider.aliases):
            if taken.setdefault(name, provider.id) != provider.id:
                raise RouteError(
                    Text("两个服务商用了同一个名称", "two providers use one name"),
                    where=f"{provider.id}: aliases",
                    found=f"{name} ({taken[name]})",
                    remedy=Text("从其中一个文件删除", "remove it from one of the files"),
                )
