"""Readiness: whether every worker has loaded what its calls need. A gateway that was ready stays so."""

from __future__ import annotations

from pathlib import Path

STARTING = "another worker is still starting"


class Readiness:
    """Workers leave a mark in their common `folder`, so that any of them can answer for all.

    The marks outlive a worker: one that is started again while the others serve does not close the gateway.
    """

    def __init__(self, folder: Path | None = None, worker: int = 0, workers: int = 1) -> None:
        self._marks = [] if folder is None else [folder / f"loaded-{number}" for number in range(workers)]
        self._own = None if folder is None else self._marks[worker]
        self._reached = False
        self.waits_for = ""  # what this worker is still loading, or could not load

    def done(self) -> None:
        """All that is needed here is loaded."""
        self.waits_for = ""
        if self._own is not None:
            self._own.touch()

    @property
    def reason(self) -> str:
        """Why the gateway may not serve yet; nothing where it may."""
        if self._reached:
            return ""
        if self.waits_for and not (self._own is not None and self._own.exists()):
            return self.waits_for
        if not all(mark.exists() for mark in self._marks):
            return STARTING
        self._reached = True
        return ""
