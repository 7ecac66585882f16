"""Located: errors about a place in the config say its file and line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from banjia.config.config import Config
from banjia.errors import ConfigError, RouteError


@contextmanager
def located(config: Config) -> Iterator[None]:
    """A place that an error from within names, as `apps[0].limits.rpm`, becomes `banjia.yaml:12 apps[0].limits.rpm`."""
    try:
        yield
    except (ConfigError, RouteError) as error:
        if error.where and not error.where.startswith(f"{config.path.name}:"):
            error.where = config.at(error.where.removeprefix(f"{config.path.name} "))
            error.args = (error.say("en"),)
        raise
