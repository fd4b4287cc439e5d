"""The gate: newcomers read the essentials and the limits, and are let in."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from bot.chat import Can
from bot.cog import HALT, Arg, Cog, Context, Outcome, Stage, command, listens
from bot.errors import Refused
from bot.events import (
    Delivered,
    GroupReady,
    Joined,
    MemberChanged,
    MessagePosted,
    RoomChange,
    RoomChanged,
    Undelivered,
)
from bot.model import Group, Role, RoomKind
from bot.outbox import Post
from bot.reply import HELP_NOW, JOIN, Button, File, Reply, Text, Value
from bot.services.acknowledgement import Acknowledgement, Current
from bot.services.directory import Directory
from bot.services.holding import HOLDING, RELEASING
from bot.services.retention.keeping import Retention
from bot.services.sealed_authors import SealedAuthors
from bot.services.standing import PURPOSE, StandingPosts
from bot.texts.pack import Section

MAY_WRITE = Button("button-may-write", "messages allow", static=True)
MY_CONSENTS = Button("button-my-consents", "my consents", static=True)
MY_DATA = Button("button-my-data", "my data", static=True)
READ_FIRST = Button("button-read-first", "rules", static=True)


class GroundRulesCog(Cog):
    """Ground-rule acknowledgement, as people meet it."""

    def __init__(
        self,
        acknowledgement: Acknowledgement,
        directory: Directory,
        retention: Retention,
        standing: StandingPosts,
        seals: SealedAuthors,
    ) -> None:
        self.acknowledgement = acknowledgement
        self.directory = directory
        self.retention = retention
        self.standing = standing
        self.seals = seals

    @command("join", needs=Role.GUEST)
    async def join(self, ctx: Context) -> Reply:
        """Join the group: three rules and the limits, about a minute."""
        if self.acknowledgement.up_to_date(ctx.group, ctx.account):
            return Reply("join-already", buttons=(Button("button-my-rules", "my rules"), HELP_NOW))
        current, page = await self.acknowledgement.begin(ctx.group, ctx.account)
        if page is not None:
            return _page(current, page, joining=True)
        return Reply(
            "join-essentials",
            {"essentials": current.rules.section(Section.ESSENTIALS)},
            buttons=(
                Button("button-agree", "join agree"),
                Button("button-read-rules", "rules", {"page": 1}),
                HELP_NOW,
            ),
        )

    @command("join agree", needs=Role.GUEST, hidden=True)
    async def agree(self, ctx: Context) -> Reply:
        """Agree to the essentials; the limits come next."""
        await self.acknowledgement.agree(ctx.group, ctx.account)
        return Reply(
            "join-limits",
            lines=(await self._seal(ctx),),
            buttons=(
                Button("button-understand", "join finish"),
                Button("button-read-limits", "limits"),
                HELP_NOW,
            ),
        )

    @command("join page", needs=Role.GUEST, hidden=True)
    async def page(self, ctx: Context, page: int) -> Reply:
        """Go on reading the rules on the way in."""
        current = await self.acknowledgement.turn_page(ctx.group, ctx.account, page - 1)
        return _page(current, page - 1, joining=True)

    @command("join finish", needs=Role.GUEST, hidden=True)
    async def finish(self, ctx: Context) -> Reply:
        """Say that you understand the limits, and come in."""
        current = await self.acknowledgement.finish(ctx.group, ctx.account, ctx.language)
        return Reply(
            "join-in",
            {"version": current.version},
            buttons=(
                Button("button-post-anonymously", "anon"),
                Button("button-what-can-i-do", "help"),
                *self._asks_to_tell(ctx.group),
                HELP_NOW,
            ),
            files=(current.rules.as_file(current.version),),
        )

    def _asks_to_tell(self, group: Group) -> tuple[Button, ...]:
        """Where private words wait unless somebody allowed them, they are asked on the way in."""
        can = self.directory.chat(group).can
        waits = Can.TELL in can and Can.TELL_AT_ONCE not in can
        return (MAY_WRITE,) if waits else ()

    @command("rules", needs=Role.GUEST)
    async def rules(self, ctx: Context, page: int = 1) -> Reply:
        """Read the ground rules, page by page."""
        current = self.acknowledgement.current(ctx.group)
        return _page(current, page - 1, joining=False)

    @command("limits", needs=Role.GUEST)
    async def limits(self, ctx: Context) -> Reply:
        """Read what cannot be kept confidential, in full."""
        section = self._section(ctx, Section.LIMITS)
        return replace(section, lines=(await self._seal(ctx),))

    async def _seal(self, ctx: Context) -> Text:
        days = await self.seals.sealed_days(ctx.group)
        return Text("limits-not-sealed") if days is None else Text("limits-sealed", {"days": days})

    @command("boundaries", needs=Role.GUEST)
    async def boundaries(self, ctx: Context) -> Reply:
        """Read what may be said outside the group."""
        return self._section(ctx, Section.OUTSIDE)

    @command("privacy", needs=Role.GUEST)
    async def privacy(self, ctx: Context) -> Reply:
        """Read what the bot keeps, for how long, and who can see it."""
        return self._section(ctx, Section.KEEPS, MY_DATA, MY_CONSENTS)

    def _section(self, ctx: Context, section: Section, *buttons: Button) -> Reply:
        text = self.acknowledgement.current(ctx.group).rules.section(section)
        return Reply("rules-section", {"text": text}, buttons=(*buttons, HELP_NOW))

    @command("my rules", needs=Role.GUEST)
    async def my_rules(self, ctx: Context) -> Reply:
        """Get your copy of the rules, and see when you agreed to them."""
        current = self.acknowledgement.current(ctx.group)
        known = await self.acknowledgement.acknowledged_version(ctx.group, ctx.account)
        files = (current.rules.as_file(current.version),)
        if known is None:
            return Reply("rules-copy-guest", buttons=(JOIN, HELP_NOW), files=files)
        args: dict[str, Value] = {"version": known.version, "at": known.at, "hash": known.hash[:12]}
        if known.version < current.version:
            args["due"] = current.row.due_at
            return Reply("rules-copy-new-version", args, buttons=(JOIN,), files=files)
        return Reply("rules-copy", args, files=files)

    @command("rules withdraw")
    async def withdraw(self, ctx: Context, sure: bool = False) -> Reply:
        """Take your agreement back; the group's rooms close for you."""
        if not sure:
            yes = Button("button-yes-withdraw", "rules withdraw", {"sure": True})
            return Reply("rules-withdraw-sure", buttons=(yes,))
        await self.acknowledgement.withdraw(ctx.group, ctx.account)
        return Reply("rules-withdrawn", buttons=(JOIN, HELP_NOW))

    @command("rules publish", needs=Role.ADMIN)
    async def publish(
        self, ctx: Context, text: Annotated[str, Arg("arg-rules-text", long=True)]
    ) -> Reply:
        """Put a new version of the ground rules in force; everyone is asked again."""
        rooms = [known.room for known in self.directory.rooms(ctx.group, RoomKind.CIRCLE)]

        def announce(due: datetime) -> list[Post]:
            reply = Reply("join-new-version", {"due": due}, buttons=(JOIN, READ_FIRST, HELP_NOW))
            return [Post(room, reply) for room in rooms]

        current = await self.acknowledgement.publish(
            ctx.group, ctx.account, text, ctx.language, announce
        )
        args: dict[str, Value] = {"version": current.version, "due": current.row.due_at}
        return Reply("rules-published", args, files=(current.rules.as_file(current.version),))

    @command("rules source", needs=Role.MODERATOR)
    async def source(self, ctx: Context) -> Reply:
        """Get the ground rules as the text you would change and publish."""
        rules = self.acknowledgement.current(ctx.group).rules
        return Reply("rules-source", files=(File("ground-rules.md", rules.text),))

    @listens(GroupReady, stage=Stage.GATE)
    async def open(self, event: GroupReady) -> None:
        """Load the group and settle who is held."""
        await self.directory.refresh(event.group)
        await self.acknowledgement.open(event.group)
        for lobby in self.directory.rooms(event.group, RoomKind.LOBBY):
            await self.standing.keep(lobby.room, "join-card", join_card())

    @listens(RoomChanged)
    async def rights_changed(self, event: RoomChanged) -> None:
        """Do what a right may have been missing for: hold, let in, put up the join card."""
        if event.change is not RoomChange.RIGHTS:
            return
        await self.acknowledgement.holding.try_again(event.group)
        known = self.directory.known.get(event.room)
        if known is not None and known.kind is RoomKind.LOBBY:
            await self.standing.keep(event.room, "join-card", join_card())

    @listens(Delivered)
    async def done(self, event: Delivered) -> None:
        """Remember where the join card is, and who could be held or let in after all."""
        if event.purpose == PURPOSE:
            await self.standing.delivered(event)
        elif event.purpose in (HOLDING, RELEASING):
            self.acknowledgement.holding.done(event)

    @listens(Undelivered)
    async def not_done(self, event: Undelivered) -> None:
        """Remember whom the platform did not hold or let in."""
        if event.purpose in (HOLDING, RELEASING):
            self.acknowledgement.holding.undone(event)

    @listens(Joined, stage=Stage.GATE)
    async def joined(self, event: Joined) -> None:
        """Hold a newcomer, or let somebody back in who acknowledged before or moderates."""
        await self.acknowledgement.holding.settle_one(event.group, event.account)

    @listens(MemberChanged, stage=Stage.GATE)
    async def changed(self, event: MemberChanged) -> None:
        """Let in who moderates now; hold who no longer does and has not acknowledged."""
        await self.acknowledgement.holding.settle_one(event.group, event.account)

    @listens(MessagePosted, stage=Stage.GATE, waits=True)
    def gate(self, event: MessagePosted) -> Awaitable[Outcome] | None:
        """Stop what a guest wrote in the group's rooms, should they get that far."""
        if event.automated or self.acknowledgement.wrote(event.group, event.author):
            return None
        return self._stop(event)

    async def _stop(self, event: MessagePosted) -> Outcome:
        known = self.directory.known.get(event.ref.room)
        if known is None:
            await self.directory.refresh(event.group)
            known = self.directory.known.get(event.ref.room)
        if known is None or known.kind is not RoomKind.CIRCLE:
            return None
        role = await self.directory.chat(event.group).role_of(event.group, event.author)
        if role >= Role.MODERATOR:
            return None
        await self.retention.remove_now([event.ref])
        await self.acknowledgement.holding.settle(event.group, {event.author: role})
        return HALT


def join_card() -> Reply:
    """The card that stands in the lobby. Its buttons work after any restart."""
    return Reply("join-start", buttons=(HELP_NOW, JOIN, READ_FIRST))


def _page(current: Current, index: int, *, joining: bool) -> Reply:
    pages = current.rules.pages()
    if not 0 <= index < len(pages):
        raise Refused("rules-no-such-page", {"pages": len(pages)})
    last = index == len(pages) - 1
    buttons = []
    if not last:
        command_name = "join page" if joining else "rules"
        buttons.append(Button("button-next-page", command_name, {"page": index + 2}))
    elif joining:
        buttons.append(Button("button-agree", "join agree"))
    else:
        buttons.append(JOIN)
    args: dict[str, Value] = {"text": pages[index], "page": index + 1, "pages": len(pages)}
    return Reply("rules-page", args, buttons=(*buttons, HELP_NOW))
