"""Grace periods: how long the version of the rules before the newest still counts.

Whether one runs stands in the store (`counts_from` of the newest rules is below its version)
until it was closed and everybody who lost their place was told. When to close, as a table:
    not due, or somebody is talking, or the clock is not to be trusted -> not yet
    due -> closed by the upkeep
    due for long when the bot starts -> closed at the start, since nobody was talking to it
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.model import Group
from bot.services.timekeeping import TrustedTime

STILL_TALKING = timedelta(minutes=30)
"""Who wrote this recently is in the middle of a conversation and not held at that moment."""
LONGEST_DEFERRAL = timedelta(hours=3)
"""And this is how long the conversation may go on."""


class Grace:
    """The grace periods that run, and who wrote lately in those groups."""

    def __init__(self, clock: Clock, time: TrustedTime) -> None:
        self._clock = clock
        self._time = time
        self.ends: dict[Group, datetime] = {}
        self._spoke: dict[Group, dict[int, datetime]] = {}
        self._unsure: dict[Group, datetime] = {}

    async def begin(self, group: Group, due_at: datetime, *, starting: bool) -> None:
        """A period begins, or goes on at a start of the bot: unless it is over for long."""
        now = self._clock.now()
        if starting:
            late = now >= due_at + STILL_TALKING
            if late and await self._time.trusted(group.platform):
                return
            # Who wrote before the start is not known: somebody may be in the middle of it.
            self._unsure[group] = min(now, due_at) + STILL_TALKING
        self.ends[group] = due_at

    def end(self, group: Group) -> None:
        """The period is over, if there was one."""
        for noted in (self.ends, self._spoke, self._unsure):
            noted.pop(group, None)

    def spoke(self, group: Group, short: int) -> None:
        """Somebody wrote just now."""
        self._spoke.setdefault(group, {})[short] = self._clock.now()

    async def over(self, group: Group) -> bool:
        """Whether a running period is to be closed now."""
        now, due_at = self._clock.now(), self.ends[group]
        if now < due_at or self._still_talking(group, now, due_at):
            return False
        return await self._time.trusted(group.platform)

    def _still_talking(self, group: Group, now: datetime, due_at: datetime) -> bool:
        if now - due_at > LONGEST_DEFERRAL:
            return False
        if group in self._unsure and now < self._unsure[group]:
            return True
        return any(now - at < STILL_TALKING for at in self._spoke.get(group, {}).values())
