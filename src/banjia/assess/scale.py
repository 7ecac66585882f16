"""Scale: how likely a set of worlds is, by the priors of the facts that one frame leaves open."""

from __future__ import annotations

from banjia.logic.frame import Column, Frame


class Scale:
    """Weighs masks of one frame; equal parts are weighed once."""

    def __init__(self, frame: Frame) -> None:
        self._columns: list[Column] = sorted(frame.columns.values(), key=lambda column: column.stride)
        self._weighed: dict[tuple[int, int], float] = {}
        self._whole = self._share(frame.alive, len(self._columns)) or 1.0

    def share(self, mask: int) -> float:
        """The chance of these worlds among those that are alive."""
        return self._share(mask, len(self._columns)) / self._whole

    def _share(self, mask: int, depth: int) -> float:
        if not mask:
            return 0.0
        if not depth:
            return 1.0
        column = self._columns[depth - 1]
        if mask == (1 << column.stride * len(column.cells)) - 1:
            return 1.0
        found = self._weighed.get((depth, mask))
        if found is None:
            inner = (1 << column.stride) - 1
            found = sum(
                cell.weight * self._share(mask >> i * column.stride & inner, depth - 1)
                for i, cell in enumerate(column.cells)
            )
            self._weighed[depth, mask] = found
        return found
