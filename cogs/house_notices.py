"""Tells moderators what the bot could not do or say, and shows it in `status` while it lasts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cog import Cog, listens
from bot.errors import Gone, Unknown
from bot.events import Delivered, RoomChange, RoomChanged, Undelivered
from bot.model import Group, Room
from bot.reply import Text
from bot.services import breaches, consulting, holding, key_holders, notices, standing
from bot.services.acknowledgement import ANNOUNCING, Acknowledgement
from bot.services.anonymity import replies
from bot.services.break_glass import counts, telling
from bot.services.directory import Directory
from bot.services.notices import Notices
from bot.services.standing import StandingPosts

ABOUT_SOMEBODY = {
    holding.HOLDING: "notice-not-held",
    holding.RELEASING: "notice-not-let-in",
    holding.TELLING: "notice-not-told",
}
NOT_SAID = {
    breaches.TO_GROUP: "notice-breach-not-said",
    consulting.PURPOSE: "notice-case-not-sent",
    counts.PURPOSE: "notice-counts-not-said",
    key_holders.PURPOSE: "notice-key-holder-not-told",
    replies.HELPLINES: "notice-helplines-not-put",
    telling.STEP: "notice-key-holder-not-told",
}
"""What somebody was told is done, or the group was promised: not to say it would be a lie."""

WITH_ROOM = {
    ANNOUNCING: "notice-not-announced",
    standing.PURPOSE: "notice-no-card",
}


class HouseNotices(Cog):
    """What moderators must know about the bot itself when a job was given up."""

    def __init__(
        self,
        acknowledgement: Acknowledgement,
        directory: Directory,
        notices: Notices,
        standing: StandingPosts,
    ) -> None:
        self.acknowledgement = acknowledgement
        self.directory = directory
        self.notices = notices
        self.standing = standing

    @listens(Undelivered)
    async def undelivered(self, event: Undelivered) -> None:
        """Say what was not done or said, and where. Never about a notice: that would not end."""
        if event.purpose == notices.PURPOSE:
            self.notices.unheard.add(event.group)
        elif event.why == Unknown.why:
            await self.notices.tell(event.group, "notice-unknown")
        elif event.purpose in ABOUT_SOMEBODY:
            # Somebody who left has nothing to miss.
            if event.why != Gone.why:
                await self.notices.tell(event.group, ABOUT_SOMEBODY[event.purpose])
        elif event.purpose in NOT_SAID:
            await self.notices.tell(event.group, NOT_SAID[event.purpose])
        elif event.purpose in WITH_ROOM:
            room = self._room(event)
            if room is not None:
                key = WITH_ROOM[event.purpose]
                about = self.directory.known[room].id.hex()
                await self.notices.tell(event.group, key, {"room": room}, about=about)

    @listens(RoomChanged)
    async def room_gone(self, event: RoomChanged) -> None:
        """A room is not the bot's to look after any more: whoever took it out may not know."""
        match event.change:
            case RoomChange.GONE:
                key = "notice-room-gone"
            case RoomChange.UPGRADED if event.into is None:
                key = "notice-room-replaced"
            case _:
                return
        await self.notices.tell(event.group, key, {"room": event.room}, about=event.room.handle)

    @listens(Delivered)
    async def delivered(self, event: Delivered) -> None:
        """The moderators can be told again."""
        if event.purpose == notices.PURPOSE:
            self.notices.unheard.discard(event.group)

    def _room(self, event: Undelivered) -> Room | None:
        if event.purpose == standing.PURPOSE:
            return self.standing.room_of(event.group, event.job)
        known = self.directory.by_id(bytes.fromhex(event.job.rpartition(" ")[2]))
        return None if known is None else known.room

    async def status(self, group: Group) -> Sequence[Text]:
        """What waits, and what could not be done."""
        lines = []
        failed = self.acknowledgement.holding.failed(group)
        if failed:
            lines.append(Text("status-gate-failed", {"count": failed}))
        if group in self.notices.unheard:
            lines.append(Text("status-notice-failed"))
        waiting = await self.notices.waiting(group)
        if waiting:
            lines.append(Text("status-waiting", {"count": waiting}))
        return lines
