"""Desk of a worker's supply: its settings and its journal, made in the process that uses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from banjia.config.config import Config
from banjia.config.located import located
from banjia.config.place import canonical
from banjia.config.reader import read as read_config
from banjia.desk import clock
from banjia.desk.ledger import checkpoint_file, elsewhere_of
from banjia.gateway.pricing import prices
from banjia.gateway.settings import Settings, build_settings
from banjia.ledger.journal import Journal, Terms
from banjia.policy.file import read as read_policy
from banjia.routes.catalogue import load as load_routes
from banjia.store.store import open_store
from banjia.text import Lang


@dataclass(frozen=True, slots=True)
class Request:
    config: Path
    policy: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8420
    workers: int = 1
    lang: Lang = "en"


def settings_of(request: Request, state: Path) -> Callable[[], Settings]:
    def build() -> Settings:
        from banjia.gateway.provided import apis, check_places, endings, filings, key_headers, translators

        config = canonical(read_config(request.config), load_routes())
        policy = read_policy(state / "policy.json")
        day = clock.today()
        with located(config):
            check_places(config, policy, day)
            spoken = translators(config, day)
            priced = prices(config)
        return build_settings(
            config,
            policy,
            auth=key_headers(config),
            translators=spoken,
            apis=apis(config),
            endings=endings(config, day),
            filings=filings(config, day),
            lang=request.lang,
            on=day,
            prices=priced,
        )

    return build


def journal_of(config: Config, number: int, workers: int = 1) -> Callable[[], Journal]:
    def open_journal() -> Journal:
        store = open_store(config.store)
        terms = Terms(
            entity=config.entity.id,
            elsewhere=elsewhere_of(config),
            outside=checkpoint_file(config),
            processes=workers,
        )
        return Journal.open(store, config.keys, f"gateway/{number}", clock=_at, terms=terms)

    return open_journal


def _at() -> int:
    return int(clock.now().timestamp() * 1000)
