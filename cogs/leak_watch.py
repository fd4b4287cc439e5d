"""Leak-keyword alerts: what moderators watch for, and what they do about a card."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from bot.cog import Arg, Cog, Context, Outcome, Stage, command, listens
from bot.errors import Refused
from bot.events import (
    Delivered,
    GroupReady,
    MessageEdited,
    MessagePosted,
    MessageRemoved,
    MessageUnreadable,
    RoomChange,
    RoomChanged,
    Undelivered,
)
from bot.model import Group, Role, Room
from bot.reply import Reply, Text
from bot.services.leaks import cards
from bot.services.leaks.actions import TOLD, LeakActions
from bot.services.leaks.alerts import CARD, NUDGED, Leaks
from bot.services.leaks.cards import Reason
from bot.services.leaks.keywords import LeakKeywords
from bot.services.leaks.upkeep import LeakUpkeep

SHOWN_LASTS = timedelta(minutes=10)
"""How long the answer to "Show" stays, where the platform can take it back."""
MOST_LISTED = 20
"""Alerts in one answer."""
WEEK = timedelta(days=6)


class LeakWatch(Cog):
    """Possible leaks, as moderators and authors meet them."""

    def __init__(
        self, leaks: Leaks, upkeep: LeakUpkeep, actions: LeakActions, keywords: LeakKeywords
    ) -> None:
        self.leaks = leaks
        self.upkeep = upkeep
        self.actions = actions
        self.keywords = keywords

    async def start(self) -> None:
        """Know what was raised before."""
        await self.leaks.start()

    # -- what is to be decided ---------------------------------------------------------------

    @command("alerts", needs=Role.MODERATOR)
    async def alerts(self, ctx: Context) -> Reply:
        """See what may be a leak and is not decided, and how the last 7 days were."""
        undecided = await self.leaks.undecided(ctx.group)
        figures = await self.leaks.figures(ctx.group, WEEK)
        week = Text(
            "leak-week",
            {name: figures.get(name, 0) for name in ("raised", "removed", "dismissed")},
        )
        lines = [
            Text(
                f"leak-line-{alert.state}",
                {
                    "number": number,
                    "room": alert.room,
                    "at": alert.raised_at,
                    "message": alert.messages[-1],
                    "who": cards.who(alert),
                },
            )
            for number, alert in enumerate(undecided, 1)
            if alert.messages
        ]
        if not lines:
            return Reply("leak-list-none", lines=(week,))
        rest = len(lines) - MOST_LISTED
        if rest > 0:
            lines = [*lines[:MOST_LISTED], Text("leak-lines-more", {"count": rest})]
        return Reply("leak-list", {"count": len(undecided)}, lines=(*lines, week))

    @command("alert", needs=Role.MODERATOR)
    async def alert(self, ctx: Context, number: Annotated[int, Arg("arg-leak-number")]) -> Reply:
        """See one of the open alerts with its buttons."""
        undecided = await self.leaks.undecided(ctx.group)
        if not 1 <= number <= len(undecided):
            raise Refused("leak-gone")
        return cards.card(undecided[number - 1])

    @command("leak show", needs=Role.MODERATOR, hidden=True)
    async def show(self, ctx: Context, alert: str) -> Reply:
        """See the message, for your eyes alone."""
        seen, more = await self.actions.show(ctx.group, alert)
        lines = []
        for message in seen:
            key = "leak-shown" if message.matched else "leak-shown-no-match"
            lines.append(Text(key, {"author": message.author, "text": message.text}))
            if message.cut:
                lines.append(Text("leak-shown-cut"))
        if more:
            lines.append(Text("leak-shown-more", {"count": more}))
        return Reply("leak-show", lines=tuple(lines), lifetime=SHOWN_LASTS)

    @command("leak take", needs=Role.MODERATOR, hidden=True)
    async def take(self, ctx: Context, alert: str) -> Reply:
        """Say that you look at it, so that nobody else has to."""
        await self.leaks.take(ctx.group, ctx.account, alert)
        return Reply("leak-is-yours")

    @command("leak not now", needs=Role.MODERATOR, hidden=True)
    async def not_now(self, ctx: Context, alert: str) -> Reply:
        """Let somebody else have it."""
        await self.leaks.give_back(ctx.group, ctx.account, alert)
        return Reply("leak-given-back")

    @command("leak remove", needs=Role.MODERATOR, hidden=True)
    async def take_down(
        self, ctx: Context, alert: str, reason: Annotated[Reason, Arg("arg-leak-reason")]
    ) -> Reply:
        """Take the message down; its author gets the reason and their words."""
        done = await self.actions.remove(ctx.group, ctx.account, alert, reason)
        if done.untold:
            lines = (Text("leak-author-unreachable"),)
            return Reply("leak-removing", {"count": done.count}, lines=lines)
        return Reply("leak-removing-told", {"count": done.count})

    @command("leak nudge", needs=Role.MODERATOR, hidden=True)
    async def nudge(self, ctx: Context, alert: str) -> Reply:
        """Ask the author, kindly and alone, to look at their message again."""
        count = await self.actions.nudge(ctx.group, ctx.account, alert)
        return Reply("leak-nudging", {"count": count})

    @command("leak dismiss", needs=Role.MODERATOR, hidden=True)
    async def dismiss(self, ctx: Context, alert: str, until: str = "") -> Reply:
        """Say that it is not a leak."""
        unseen = await self.actions.dismiss(ctx.group, ctx.account, alert, until)
        lines = (Text("leak-joined-since", {"count": unseen}),) if unseen else ()
        return Reply("leak-dismissed", lines=lines)

    # -- what authors may do -----------------------------------------------------------------

    # For guests too: one's own words can be taken back whatever became of the rules since.
    @command("leak take back", needs=Role.GUEST, hidden=True)
    async def take_back(self, ctx: Context, alert: str) -> Reply:
        """Take your message back now."""
        count = await self.actions.take_back(ctx.group, ctx.account, alert)
        return Reply("leak-taken-back", {"count": count})

    @command("leak look again", hidden=True)
    async def look_again(self, ctx: Context, room: Room, ask: str = "") -> Reply:
        """Ask the moderators to look again at a message of yours that went."""
        await self.actions.look_again(ctx.group, ctx.account, room, ask)
        return Reply("leak-asked-again")

    # -- what happens ------------------------------------------------------------------------

    @listens(GroupReady, stage=Stage.LEAKS)
    async def open(self, event: GroupReady) -> None:
        """Load the group's keywords; post the cards that could not be posted."""
        await self.upkeep.open(event.group)

    @listens(MessagePosted, stage=Stage.LEAKS)
    def posted(self, event: MessagePosted) -> Outcome:
        """Look at what was written."""
        return self.leaks.scan(event)

    @listens(MessageEdited, stage=Stage.LEAKS)
    def edited(self, event: MessageEdited) -> Outcome:
        """Look at what it says now."""
        return self.leaks.scan(event, edited=True)

    @listens(MessageRemoved, stage=Stage.LEAKS)
    def removed(self, event: MessageRemoved) -> Outcome:
        """The card goes when its message goes."""
        return self.leaks.removed(event.ref)

    @listens(MessageUnreadable)
    async def unreadable(self, event: MessageUnreadable) -> None:
        """What cannot be read cannot be looked at: `status` says how often."""
        self.upkeep.unreadable(event.group)

    @listens(Delivered)
    async def delivered(self, event: Delivered) -> None:
        """A card stands: remember where."""
        if event.purpose == CARD:
            await self.upkeep.delivered(event)

    @listens(Undelivered)
    async def undelivered(self, event: Undelivered) -> None:
        """Somebody could not be told; moderators hear of it. Missing cards show in `status`."""
        if event.purpose in (TOLD, NUDGED):
            await self.actions.not_reached(event.group, event.job)

    @listens(RoomChanged, stage=Stage.AFTER)
    async def room_changed(self, event: RoomChanged) -> None:
        """Cards may be possible now, or their messages gone."""
        match event.change:
            case RoomChange.RIGHTS:
                await self.upkeep.room_changed(event.room)
            case RoomChange.GONE:
                await self.upkeep.room_gone(event.room)

    async def status(self, group: Group) -> list[Text]:
        """What `status` says about this."""
        keywords = self.keywords.of(group)
        if keywords is None:
            return [Text("status-leaks-not-watched")]
        lines = [Text("status-leaks", {"count": len(keywords)})]
        missing = len(await self.upkeep.without_card(group))
        if missing:
            lines.append(Text("status-leaks-no-card", {"count": missing}))
        unreadable = self.upkeep.unreadable_today(group)
        if unreadable:
            lines.append(Text("status-leaks-unreadable", {"count": unreadable}))
        return lines
