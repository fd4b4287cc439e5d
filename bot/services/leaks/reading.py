"""Reading alerts: what is open, who has what, and why somebody cannot have it."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.detection import Kind
from bot.errors import Refused
from bot.model import Account, Group, MessageRef
from bot.services.directory import Directory
from bot.services.leaks.cards import CLAIMED, OPEN, Alert, who
from bot.store import Store, alert_rows

UNDECIDED = (OPEN, CLAIMED)


class LeakReading:
    """Alerts as they stand, opened for showing. Changes nothing."""

    def __init__(self, store: Store, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock
        self.ends: dict[str, list[tuple[Kind, str]]] = {}
        """The last two digits of numbers that alerts are about; in memory alone."""

    async def look(self, group: Group, alert_id: str) -> Alert:
        """An alert of a group. Raises `Refused`."""
        try:
            row_id = bytes.fromhex(alert_id)
        except ValueError:
            row_id = b""
        group_id = await self._store.group_id(group)
        row = None
        if len(row_id) == 16:
            async with self._store.read() as conn:
                row = await alert_rows.one(conn, self._store.keys, group_id, row_id)
        alert = None if row is None else self.shown(row)
        if alert is None:
            raise Refused("leak-gone")
        return alert

    async def refusal(self, group: Group, account: Account, alert_id: str) -> Refused:
        """Why somebody cannot have or decide an alert now."""
        try:
            alert = await self.look(group, alert_id)
        except Refused as gone:
            return gone
        since = alert.claimed_at or alert.raised_at
        at = alert.decided_at or alert.raised_at
        match alert.state:
            case "claimed" if alert.holder == account:
                return Refused("leak-yours", {"since": since})
            case "claimed":
                return Refused("leak-taken", {"who": who(alert), "since": since})
            case "removed":
                return Refused("leak-was-removed", {"who": who(alert), "at": at})
            case "dismissed":
                return Refused("leak-was-dismissed", {"who": who(alert), "at": at})
        return Refused("leak-not-yours")

    def shown(self, row: alert_rows.AlertRow) -> Alert | None:
        """A row as it is shown; None when its room is gone."""
        known = self._directory.by_id(row.room_id)
        if known is None:
            return None
        platform = known.room.group.platform
        return Alert(
            id=row.id.hex(),
            room=known.room,
            state=row.state,
            raised_at=row.raised_at,
            messages=tuple(MessageRef(known.room, each.message) for each in row.messages),
            kinds=tuple(map(Kind, row.kind.split())),
            ends=tuple(self.ends.get(row.id.hex(), ())),
            holder=None if row.holder is None else Account(platform, row.holder),
            claimed_at=row.claimed_at,
            decided_at=row.decided_at,
            nudged=sum(each.nudged for each in row.messages),
            until=row.messages[-1].at if row.messages else None,
        )

    async def undecided(self, group: Group) -> list[Alert]:
        """What nobody decided yet, the oldest first."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            rows = await alert_rows.in_states(conn, self._store.keys, group_id, UNDECIDED)
        return [alert for row in rows if (alert := self.shown(row)) is not None]

    async def figures(self, group: Group, since: timedelta) -> dict[str, int]:
        """How many messages were raised, removed and dismissed."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            return await alert_rows.counts(conn, group_id, (self._clock.now() - since).date())
