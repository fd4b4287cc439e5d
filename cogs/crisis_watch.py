"""When somebody may be in danger: the author hears first, and moderators answer."""

from __future__ import annotations

from datetime import timedelta

from bot.cog import Cog, Context, Outcome, Stage, command, listens
from bot.events import (
    Delivered,
    GroupReady,
    Left,
    MemberChanged,
    MessageEdited,
    MessagePosted,
    Undelivered,
)
from bot.model import Group, Role
from bot.reply import Button, Reply, Text
from bot.services.anonymity.changes import PURPOSE as WITHOUT_NAME
from bot.services.crisis.answering import HELLO, CrisisAnswering
from bot.services.crisis.ladder import CARD, Ladder

SHOWN_LASTS = timedelta(minutes=10)
LONGEST_SHOWN = 1_500


class CrisisWatch(Cog):
    """Looks before the gate does, and keeps the cards until somebody answers."""

    def __init__(self, answering: CrisisAnswering, ladder: Ladder) -> None:
        self.answering = answering
        self.ladder = ladder

    @command("crisis take", needs=Role.MODERATOR, hidden=True)
    async def take(self, ctx: Context, card: str) -> Reply:
        """Say that you reply."""
        await self.ladder.take(ctx.group, ctx.account, card)
        return _phrases(card)

    @command("crisis phrases", needs=Role.MODERATOR, hidden=True)
    async def phrases(self, ctx: Context, card: str) -> Reply:
        """See words that you can use."""
        await self.ladder.holds(ctx.group, ctx.account, card)
        return _phrases(card)

    @command("crisis cannot", needs=Role.MODERATOR, hidden=True)
    async def cannot(self, ctx: Context, card: str) -> Reply:
        """Say that you cannot now. Nobody sees it."""
        await self.ladder.cannot(ctx.group, ctx.account, card)
        return Reply("crisis-cannot")

    @command("crisis show", needs=Role.MODERATOR, hidden=True)
    async def show(self, ctx: Context, card: str) -> Reply:
        """See the message, for your eyes alone."""
        found = await self.ladder.show(ctx.group, card)
        args = {"author": found.author_name, "text": found.content.text[:LONGEST_SHOWN]}
        return Reply("crisis-shown", args, lifetime=SHOWN_LASTS)

    @command("crisis buddy", needs=Role.MODERATOR, hidden=True)
    async def buddy(self, ctx: Context, card: str) -> Reply:
        """Ask another moderator to be beside you."""
        await self.ladder.buddy(ctx.group, ctx.account, card)
        return Reply("crisis-buddy")

    @command("crisis next", needs=Role.MODERATOR, hidden=True)
    async def next_step(self, ctx: Context, card: str) -> Reply:
        """Think of three plain things. What you press is not kept."""
        await self.ladder.holds(ctx.group, ctx.account, card)
        args = {"card": card}
        return Reply(
            "crisis-check",
            lines=tuple(Text(f"crisis-check-{each}") for each in ("plan", "means", "time")),
            buttons=(
                Button("button-crisis-yes", "crisis danger", args),
                Button("button-crisis-no", "crisis phrases", args),
                Button("button-crisis-unknown", "crisis danger", args),
            ),
        )

    @command("crisis danger", needs=Role.MODERATOR, hidden=True)
    async def danger(self, ctx: Context, card: str) -> Reply:
        """See what to do where it may be urgent. It opens nothing, and calls nobody."""
        nameless = await self.ladder.nameless(ctx.group, ctx.account, card)
        lines = [self.answering.words.emergency(ctx.group)]
        buttons = [Button("button-crisis-phrases", "crisis phrases", {"card": card})]
        if nameless is not None:
            lines.append(Text("crisis-danger-nameless"))
            buttons.insert(0, Button("button-crisis-nameless", "anon care", {"message": nameless}))
        return Reply("crisis-danger", lines=tuple(lines), buttons=tuple(buttons))

    @command("crisis others", needs=Role.MODERATOR, hidden=True)
    async def others(self, ctx: Context, card: str) -> Reply:
        """Ask the room to be kind, once. It names nobody."""
        await self.ladder.to_the_others(ctx.group, ctx.account, card)
        return Reply("crisis-others-done")

    @command("crisis company", needs=Role.MODERATOR, hidden=True)
    async def company(self, ctx: Context) -> Reply:
        """Let the other moderators know that you would like a word with one of them."""
        await self.ladder.company(ctx.group, ctx.account)
        return Reply("crisis-buddy")

    @command("crisis close", needs=Role.MODERATOR, hidden=True)
    async def close(self, ctx: Context, card: str) -> Reply:
        """Say that it is over. Nothing of it is kept."""
        await self.ladder.close(ctx.group, ctx.account, card)
        return Reply("crisis-closed")

    @listens(GroupReady)
    async def open(self, event: GroupReady) -> None:
        """Go on with the cards that are open, once it is known which rooms there are."""
        await self.ladder.open(event.group)
        await self.ladder.settle(event.group)

    @listens(Left)
    async def left(self, event: Left) -> None:
        """Whoever leaves answers no card any more."""
        await self.ladder.settle(event.group)

    @listens(MemberChanged)
    async def changed(self, event: MemberChanged) -> None:
        """Whoever moderates no more answers no card."""
        await self.ladder.settle(event.group)

    @listens(MessagePosted, stage=Stage.CRISIS)
    def posted(self, event: MessagePosted) -> Outcome:
        """Look before the gate: it never swallows a call for help."""
        return self.answering.look(event)

    @listens(MessageEdited, stage=Stage.CRISIS)
    def edited(self, event: MessageEdited) -> Outcome:
        """Look at what it says now."""
        return self.answering.look(event)

    @listens(MessagePosted, stage=Stage.AFTER)
    def answered(self, event: MessagePosted) -> Outcome:
        """A moderator who writes in the room holds the claim."""
        return self.ladder.wrote(event)

    @listens(Delivered)
    async def delivered(self, event: Delivered) -> None:
        """A card stands; or a post without a name does, and is looked at like any other."""
        if event.purpose == CARD:
            await self.ladder.delivered(event)
        elif event.purpose == WITHOUT_NAME:
            await self.answering.posted_without_a_name(event)

    @listens(Undelivered)
    async def undelivered(self, event: Undelivered) -> None:
        """The author could not be written to alone: the room has its line instead."""
        if event.purpose == HELLO:
            await self.answering.not_reached(event)

    async def status(self, group: Group) -> list[Text]:
        """What `status` says about this: how many cards are open."""
        count = await self.ladder.open_count(group)
        return [Text("status-crisis-open", {"count": count})] if count else []


def _phrases(card: str) -> Reply:
    args = {"card": card}
    return Reply(
        "crisis-phrases",
        lines=(Text("crisis-phrases-not"),),
        buttons=(
            Button("button-crisis-next", "crisis next", args),
            Button("button-crisis-buddy", "crisis buddy", args),
            Button("button-crisis-others", "crisis others", args),
            Button("button-crisis-cannot", "crisis cannot", args),
            Button("button-crisis-close", "crisis close", args),
        ),
    )
