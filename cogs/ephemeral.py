"""Ephemeral messages: a lifetime for each room, and one's own messages sooner."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from bot import arguments
from bot.cog import Arg, Cog, Context, Outcome, Stage, command, listens
from bot.events import (
    Delivered,
    GroupReady,
    MessagePosted,
    MessageRemoved,
    MessageUnreadable,
    RoomChange,
    RoomChanged,
)
from bot.model import MessageRef, Role, Room
from bot.reply import Reply, Text
from bot.services.directory import Directory
from bot.services.retention.dropping import Dropping
from bot.services.retention.keeping import Retention
from bot.services.retention.removing import WITH_LIFETIME, Removals
from bot.services.standing import PURPOSE as STANDING
from bot.texts import day

NOW = timedelta()


class Ephemeral(Cog):
    """What goes, and when."""

    def __init__(
        self, retention: Retention, removals: Removals, dropping: Dropping, directory: Directory
    ) -> None:
        self.retention = retention
        self._removals = removals
        self._dropping = dropping
        self.directory = directory

    @command("lifetime", needs=Role.MODERATOR)
    async def lifetime(
        self, ctx: Context, room: Room, lifetime: Annotated[str, Arg("arg-lifetime")] = ""
    ) -> Reply:
        """See or set how long new messages stay in a room ("12 h", "7 days", "off")."""
        if lifetime.strip():
            off = lifetime.strip().lower() in {"off", "none", "never"}
            span = None if off else arguments.duration(lifetime)
            await self.retention.set_lifetime(room, span, ctx.account)
        span = self.retention.lifetime(room)
        if span is None:
            return Reply("lifetime-off", {"room": room})
        return Reply("lifetime-is", {"room": room, "lifetime": span})

    @command("lifetimes")
    async def lifetimes(self, ctx: Context) -> Reply:
        """See how long messages stay in each room, and what "removed" means."""
        lines = tuple(
            Text("lifetimes-off", {"room": known.room})
            if known.lifetime is None
            else Text("lifetimes-line", {"room": known.room, "lifetime": known.lifetime})
            for kind in WITH_LIFETIME
            for known in self.directory.rooms(ctx.group, kind)
        )
        return Reply("lifetimes", lines=lines)

    @command("let go")
    async def let_go(
        self,
        ctx: Context,
        message: MessageRef,
        after: Annotated[timedelta, Arg("arg-after")] = NOW,
    ) -> Reply:
        """Take a message of yours back now, or let it go after a while."""
        due = await self.retention.let_go(ctx.account, ctx.role, message, after)
        if after == NOW:
            return Reply("let-go-now")
        return Reply("let-go-later", {"due": due})

    @command("pins", needs=Role.MODERATOR)
    async def pins(self, ctx: Context, room: Room) -> Reply:
        """List pinned messages whose time is over; the bot leaves those alone."""
        refs = await self._removals.left_alone(room)
        if not refs:
            return Reply("pins-none", {"room": room})
        lines = tuple(Text("pins-line", {"message": ref}) for ref in refs)
        return Reply("pins-left", {"room": room, "count": len(refs)}, lines=lines)

    @command("removals", needs=Role.MODERATOR)
    async def removals(self, ctx: Context) -> Reply:
        """See how many messages were removed in the last week, and what could not be."""
        since = ctx.at.date() - timedelta(days=6)
        counts = await self._removals.counts(ctx.group, since)
        lines = tuple(
            Text(
                f"removals-{count.outcome}",
                {"room": room, "day": day(count.day), "count": count.count},
            )
            for room, count in counts
        )
        if not lines:
            return Reply("removals-none")
        return Reply("removals", lines=lines)

    @listens(GroupReady, stage=Stage.RETENTION)
    async def open(self, event: GroupReady) -> None:
        """Catch up with what fell due while the bot was away."""
        await self._removals.open(event.group)

    @listens(MessagePosted, stage=Stage.RETENTION)
    def keep_time(self, event: MessagePosted) -> Outcome:
        """Write down when a message goes."""
        return self.retention.keep_time(event.ref, event.at)

    @listens(MessageUnreadable, stage=Stage.RETENTION)
    def keep_time_unread(self, event: MessageUnreadable) -> Outcome:
        """The members can read what the bot cannot, so it goes too."""
        if event.author is None:
            # No message: it stands for some that the platform does not tell any more.
            return None
        return self.retention.keep_time(event.ref, event.at)

    @listens(Delivered, stage=Stage.RETENTION)
    def keep_time_of_own(self, event: Delivered) -> Outcome:
        """What the bot posts in a room goes like everything else there, but the join card."""
        if event.ref is None or event.purpose == STANDING:
            return None
        return self.retention.keep_time(event.ref, event.at)

    @listens(MessageRemoved, stage=Stage.RETENTION)
    def removed(self, event: MessageRemoved) -> Outcome:
        """Somebody else removed it; nothing is left to do."""
        return self.retention.forget(event.ref)

    @listens(RoomChanged, stage=Stage.RETENTION)
    async def room_changed(self, event: RoomChanged) -> None:
        """Try again what a change may have made possible."""
        match event.change:
            case RoomChange.PINS:
                await self._removals.pins_changed(event.room)
                await self._dropping.pins_changed(event.room)
            case RoomChange.RIGHTS:
                await self._removals.rights_changed(event.room)
            case RoomChange.GONE:
                await self._removals.room_gone(event.room)
                await self.directory.refresh(event.group)
            case RoomChange.UPGRADED if event.into is not None:
                await self.directory.moved(event.room, event.into)
