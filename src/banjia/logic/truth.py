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

    @property
    def everywhere(self) -> bool | None:
        """True or False where it holds in all worlds or in none; None where worlds differ or are not known."""
        if not self.no and self.yes:
            return True
        return False if not self.yes and self.no else None
