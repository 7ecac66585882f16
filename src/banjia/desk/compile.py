"""Desk of the compiler: one config file in, the gateway's table out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from banjia.assess.compile import compile_policy
from banjia.assess.compiled import Compiled
from banjia.assess.declared import check_declared
from banjia.config.lifetime import require_alive
from banjia.config.place import place
from banjia.config.reader import read
from banjia.gateway.provided import check_options
from banjia.law.corpus import load as load_law
from banjia.policy.policy import Policy
from banjia.routes.catalogue import load as load_routes


def compiled(config_path: Path, *, on: date) -> Policy:
    """The policy of that day; a ConfigError with exit code 3 where open facts close every route of an application."""
    return compile_config(config_path, on=on).require_open()


def compile_config(config_path: Path, *, on: date, keep_ended: bool = False) -> Compiled:
    """Raises ConfigError for a model that has ended; with `keep_ended` the policy refuses it instead."""
    config = read(config_path)
    routes = load_routes()
    place(config, routes)
    check_options(config, on)
    if not keep_ended:
        require_alive(config, routes, on)
    folders = [config.path.parent / name for name in config.packs if "/" in name or name.startswith(".")]
    law = load_law(folders)
    check_declared(config, law)
    return compile_policy(config, law=law, routes=routes, on=on)
