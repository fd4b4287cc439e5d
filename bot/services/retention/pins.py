"""What is pinned in which room: asked seldom, and forgotten when something changed.

A pinned message is never removed. To ask the platform at every removal would cost a request
each, so an answer holds until the room says that its pins changed, until the group connects
anew (what was missed meanwhile is not known), and for `HOLDS` at most: so much later than a
pinning whose event the platform lost may a message that was pinned still go.
"""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.model import Group, MessageRef, Room
from bot.services.directory import Directory

HOLDS = timedelta(minutes=10)


class Pins:
    """The pinned messages of the rooms in which something is due."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        # Until when by the steady clock, and what.
        self._known: dict[Room, tuple[float, frozenset[MessageRef]]] = {}
        self._changes = 0

    async def of(self, room: Room) -> frozenset[MessageRef]:
        """The pinned messages of a room. Raises `PlatformError` when it has to ask and cannot."""
        now = self._clock.monotonic()
        until, pinned = self._known.get(room, (0.0, frozenset()))
        return pinned if now < until else await self.ask(room)

    async def ask(self, room: Room) -> frozenset[MessageRef]:
        """The same, asked now. Raises `PlatformError`."""
        asked, changes = self._clock.monotonic(), self._changes
        pinned = frozenset(await self._directory.chat(room.group).pins(room))
        # An answer that was under way when something changed may be from before.
        if changes == self._changes:
            self._known[room] = asked + HOLDS.total_seconds(), pinned
        return pinned

    def changed(self, room: Room) -> None:
        """Somebody pinned or unpinned, or the room is gone."""
        self._changes += 1
        self._known.pop(room, None)

    def missed(self, group: Group) -> None:
        """A group connects: it may have changed unseen."""
        self._changes += 1
        self._known = {room: known for room, known in self._known.items() if room.group != group}
