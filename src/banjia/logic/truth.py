"""Truth: in which worlds a condition holds, and in which it does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """Bit w of `yes`: true in world w; of `no`: false in world w; of neither: not known there."""

    yes: int
    no: int

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> Truth:
        return Truth(self.no, self.yes)


def always(full: int) -> Truth:
    """True in every world of *full*."""
    return Truth(full, 0)


def never(full: int) -> Truth:
    """False in every world of *full*."""
    return Truth(0, full)
