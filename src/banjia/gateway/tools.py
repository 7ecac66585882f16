"""Tools: what every call works with, once in each worker."""

from __future__ import annotations

from dataclasses import dataclass

from banjia.gateway.clock import Clock
from banjia.gateway.metric import Metrics
from banjia.gateway.personal import Personal
from banjia.gateway.pool import Pools
from banjia.gateway.record import Recorder
from banjia.gateway.room import Room
from banjia.gateway.router import Router
from banjia.gateway.thought import Thoughts


@dataclass(frozen=True, slots=True)
class Tools:
    pools: Pools
    recorder: Recorder
    metrics: Metrics
    clock: Clock
    personal: Personal
    router: Router
    thoughts: Thoughts
    room: Room
