"""Breaker: whether one route is tried in its turn, as this process has seen it answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["closed", "half-open", "open"]

BREAK_AFTER = 5  # failures in a row
BREAK_SECONDS = 30.0  # the first wait; each trial that fails doubles it
MOST_SECONDS = 300.0
TRIAL_SECONDS = 30.0  # a trial that is not over by then no longer holds up the next one


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """One call's way through the breaker; what comes of it counts only in the term in which it began."""

    term: object
    is_trial: bool = False


class Breaker:
    """Closed, until too many calls in a row have failed. Then open, and when its wait is over half-open:

    one call at a time is a trial. Its success closes the breaker, its failure opens it again for longer. A call that
    has nowhere else to go is let through in any state; its success closes too, and its failure changes nothing.
    A term lasts from one turn to the next.
    """

    __slots__ = ("_failures", "_plain", "_trial", "_trial_until", "_until", "wait")

    def __init__(self) -> None:
        self._failures = 0
        self.wait = 0.0  # seconds from opening to the next trial; nothing while closed
        self._until = 0.0
        self._plain = Ticket(object())  # of all calls of this term that are no trials
        self._trial: Ticket | None = None
        self._trial_until = 0.0

    def state(self, now: float) -> State:
        if not self.wait:
            return "closed"
        return "open" if now < self._until else "half-open"

    def admits(self, now: float) -> bool:
        """Whether a call that could go elsewhere is to go here in its turn."""
        return not self.wait or (now >= self._until and (self._trial is None or now >= self._trial_until))

    def enter(self, now: float) -> Ticket:
        """A call begins; it is the trial where one is due. Whoever has a ticket ends with `leave`."""
        if not self.wait or not self.admits(now):
            return self._plain
        self._trial = Ticket(self._plain.term, is_trial=True)
        self._trial_until = now + TRIAL_SECONDS
        return self._trial

    def succeeded(self, ticket: Ticket) -> bool:
        """Whether that closes the breaker."""
        if not self._failures or ticket.term is not self._plain.term:
            return False
        self._failures = 0
        closes = bool(self.wait)
        if closes:
            self._turn(0.0)
        return closes

    def failed(self, ticket: Ticket, now: float) -> bool:
        """Whether that opens the breaker."""
        if ticket.term is not self._plain.term:
            return False
        self._failures += 1
        opens = ticket.is_trial if self.wait else self._failures >= BREAK_AFTER
        if opens:
            self._turn(min(2 * self.wait, MOST_SECONDS) or BREAK_SECONDS, now)
        return opens

    def leave(self, ticket: Ticket) -> None:
        """The call is over, told or not: a trial that came to nothing makes room for the next one."""
        if ticket is self._trial:
            self._trial = None

    def _turn(self, wait: float, now: float = 0.0) -> None:
        """A new term: what began before has nothing to say of it."""
        self.wait, self._until = wait, now + wait
        self._plain, self._trial = Ticket(object()), None
