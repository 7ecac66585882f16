"""Room: how many bytes of requests and answers a worker holds at once."""

from __future__ import annotations

from typing import Protocol

from banjia.gateway.refusal import SPENT


class Holder(Protocol):
    """A call; `holds` is the room's to change."""

    holds: int


class Room:
    """Nobody waits for room: what finds none is refused at once, and whoever holds some gives it back at its end."""

    __slots__ = ("held", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0

    def take(self, holder: Holder, size: int) -> None:
        """Raises Refusal where the sum of all that is held would be more than `most`."""
        if self.held + size > self.most:
            raise SPENT
        self.held += size
        holder.holds += size

    def give_back(self, holder: Holder, *, keeping: int = 0) -> None:
        """All that a holder has, or what goes beyond what it keeps."""
        self.held -= holder.holds - keeping
        holder.holds = keeping
