"""Numbered lists: a number means what stood under it when its reader last saw the list.

Between looking and choosing others end, add and take away, and what moved up would be chosen in
its place. In memory alone: after a restart a list is to be looked at once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.model import Account, Group

NOTHING: Final = b""
"""No row's id."""


class Numbered:
    """What each reader last saw of one kind of list, by the ids of its rows."""

    def __init__(self) -> None:
        self._seen: dict[tuple[Group, Account], tuple[bytes, ...]] = {}

    def shown(self, group: Group, reader: Account, ids: Iterable[bytes]) -> None:
        """A reader is shown a list, numbered from 1."""
        self._seen[group, reader] = tuple(ids)

    def chosen(self, group: Group, reader: Account, number: int) -> bytes:
        """The id under a number; `NOTHING` where the reader saw no such number."""
        seen = self._seen.get((group, reader), ())
        return seen[number - 1] if 1 <= number <= len(seen) else NOTHING
