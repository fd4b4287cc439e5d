"""How much work one text may cost, counted in steps, so that no text can hold up the others."""

from __future__ import annotations


class Budget:
    """Steps that are left for one text."""

    __slots__ = ("_left",)

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self, steps: int) -> bool:
        """Take so many; false when that was more than were left, and from then on."""
        self._left -= steps
        return self._left >= 0
