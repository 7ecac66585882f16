"""Pools: one upstream pool for each route that is in use; a reload keeps those that did not change."""

from __future__ import annotations

from banjia.gateway.route import RouteSettings
from banjia.gateway.target import Target
from banjia.gateway.upstream import Upstream


class Pools:
    """Pools are made on first use and never for a host that config does not name."""

    def __init__(self) -> None:
        self._pools: dict[Target, Upstream] = {}
        self._latest: dict[str, tuple[Target, Upstream]] = {}  # by route, so that a target is not hashed for each call

    def of(self, route: RouteSettings) -> Upstream:
        latest = self._latest.get(route.id)
        if latest is not None and latest[0] is route.target:
            return latest[1]
        pool = self.at(route.target)
        self._latest[route.id] = (route.target, pool)
        return pool

    def at(self, target: Target) -> Upstream:
        """The pool of a target that is no route: a service that config names."""
        pool = self._pools.get(target)
        if pool is None:
            pool = self._pools[target] = Upstream(target)
        return pool

    def keep(self, targets: set[Target]) -> None:
        """Close the pools of targets that are gone; what is under way there ends in peace."""
        self._latest.clear()
        wanted = targets
        for target in [t for t in self._pools if t not in wanted]:
            self._pools.pop(target).close()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    @property
    def in_use(self) -> int:
        return sum(p.in_use for p in self._pools.values())
