"""Help now, before the gate and for everyone: it asks nothing and stores nothing."""

from __future__ import annotations

from typing import Annotated

from bot.cog import Arg, Cog, Context, Stage, command, listens
from bot.events import GroupReady
from bot.model import Role
from bot.reply import HELP_NOW, Button, Reply, Text, Value
from bot.services.crisis.answering import CrisisAnswering
from bot.services.crisis.words import WRITE_TO_GROUP, CrisisWords, line_args
from bot.services.group_settings import GroupSettings
from bot.services.helplines import Helpline, Helplines, MaySend, Mode
from bot.services.numbered import Numbered
from bot.texts import day


def _static(label: str, command: str) -> Button:
    return Button(label, command, static=True)


class Crisis(Cog):
    """The way to help that stands before the gate. Every button here works with the store gone."""

    def __init__(
        self,
        helplines: Helplines,
        settings: GroupSettings,
        words: CrisisWords,
        answering: CrisisAnswering,
    ) -> None:
        self.helplines = helplines
        self.settings = settings
        self.words = words
        self.answering = answering
        self._listed = Numbered()

    @command("help now", needs=Role.GUEST, at_once=True)
    async def help_now(self, ctx: Context) -> Reply:
        """Get the emergency number and the helplines. Nothing is stored."""
        return self.words.help_now(ctx.group)

    @command("help now awake", needs=Role.GUEST, at_once=True)
    async def awake(self, ctx: Context) -> Reply:
        """See if someone of the team is usually here now."""
        return Reply(
            "awake", lines=(self.words.awake(ctx.group),), buttons=(HELP_NOW, WRITE_TO_GROUP)
        )

    @command("help now tell", needs=Role.GUEST)
    async def tell(self, ctx: Context) -> Reply:
        """Let the moderators know that you would like one of them to write to you."""
        told = await self.answering.tell(ctx.group, ctx.account)
        return Reply("crisis-told", lines=(Text(f"crisis-told-{told.value}"),), buttons=(HELP_NOW,))

    @command("help now tried", needs=Role.GUEST, hidden=True, at_once=True)
    async def tried(self, ctx: Context) -> Reply:
        """Say what got in the way; the answer is not kept."""
        return Reply(
            "help-tried",
            buttons=(
                _static("button-cannot-talk", "help now text"),
                _static("button-waited", "help now others"),
                _static("button-did-not-help", "help now others"),
                _static("button-police", "help now police"),
                _static("button-no-helpline", "help now company"),
            ),
        )

    @command("help now text", needs=Role.GUEST, hidden=True, at_once=True)
    async def text(self, ctx: Context) -> Reply:
        """Lines that need no talking."""
        lines = self.words.lines(ctx.group, (Mode.TEXT, Mode.CHAT))
        return self._branch("help-text-only" if lines else "help-text-only-none", lines)

    @command("help now others", needs=Role.GUEST, hidden=True, at_once=True)
    async def others(self, ctx: Context) -> Reply:
        """Other ways, when a line kept you waiting or did not help."""
        return self._branch("help-others", self.words.lines(ctx.group))

    @command("help now police", needs=Role.GUEST, hidden=True, at_once=True)
    async def police(self, ctx: Context) -> Reply:
        """Which lines may send somebody."""
        lines = tuple(_may_send(line) for line in self.helplines.shown(ctx.group))
        return self._branch("help-police", lines)

    @command("help now company", needs=Role.GUEST, hidden=True, at_once=True)
    async def company(self, ctx: Context) -> Reply:
        """Small things that help some people get to morning."""
        return self._branch("help-company", ())

    def _branch(self, key: str, lines: tuple[Text, ...]) -> Reply:
        return Reply(key, lines=lines, buttons=(HELP_NOW, WRITE_TO_GROUP))

    @command("helplines", needs=Role.MODERATOR)
    async def list_lines(self, ctx: Context) -> Reply:
        """See the helplines, with their numbers for the other commands."""
        lines = self.helplines.all(ctx.group)
        self._listed.shown(ctx.group, ctx.account, [line.id for line in lines])
        if not lines:
            return Reply("helplines-none")
        shown = tuple(
            Text(
                "helplines-line",
                {
                    **line_args(line),
                    "position": position,
                    "checked": day(line.checked_on),
                    "source": line.source or "unknown",
                },
            )
            for position, line in enumerate(lines, 1)
        )
        return Reply("helplines-list", {"count": len(lines)}, lines=shown)

    @command("helpline add", needs=Role.MODERATOR)
    async def add(
        self,
        ctx: Context,
        name: Annotated[str, Arg("arg-helpline-name", max_length=80)],
        mode: Annotated[Mode, Arg("arg-helpline-mode")],
        contact: Annotated[str, Arg("arg-helpline-contact", max_length=200)],
        hours: Annotated[str, Arg("arg-helpline-hours", max_length=80)],
        may_send: Annotated[MaySend, Arg("arg-helpline-may-send")] = MaySend.UNKNOWN,
    ) -> Reply:
        """Add a helpline that you have just tried yourself."""
        line = await self.helplines.add(
            ctx.group, name, mode, contact, hours, may_send, ctx.account
        )
        return Reply("helpline-added", line_args(line))

    @command("helpline about", needs=Role.MODERATOR)
    async def describe(
        self,
        ctx: Context,
        number: Annotated[int, Arg("arg-helpline-number")],
        language: Annotated[str, Arg("arg-helpline-language", max_length=60)],
        source: Annotated[str, Arg("arg-helpline-source", max_length=200)],
    ) -> Reply:
        """Say in which language a helpline answers, and where you found it."""
        line_id = self._listed.chosen(ctx.group, ctx.account, number)
        line = await self.helplines.describe(ctx.group, ctx.account, line_id, language, source)
        return Reply("helpline-described", line_args(line))

    @command("helpline confirm", needs=Role.MODERATOR)
    async def confirm(
        self, ctx: Context, number: Annotated[int, Arg("arg-helpline-number")]
    ) -> Reply:
        """Say that a helpline is still right."""
        line_id = self._listed.chosen(ctx.group, ctx.account, number)
        line = await self.helplines.confirm(ctx.group, ctx.account, line_id)
        return Reply("helpline-confirmed", line_args(line))

    @command("helpline remove", needs=Role.MODERATOR)
    async def remove(
        self, ctx: Context, number: Annotated[int, Arg("arg-helpline-number")]
    ) -> Reply:
        """Take a helpline away."""
        line_id = self._listed.chosen(ctx.group, ctx.account, number)
        line = await self.helplines.remove(ctx.group, ctx.account, line_id)
        return Reply("helpline-removed", line_args(line))

    @listens(GroupReady, stage=Stage.CRISIS)
    async def open(self, event: GroupReady) -> None:
        """Have the lines in memory before anybody asks."""
        await self.settings.load(event.group)
        await self.helplines.load(event.group)


def _may_send(line: Helpline) -> Text:
    name: dict[str, Value] = {"name": line.name, "checked": day(line.checked_on)}
    return Text(f"help-may-send-{line.may_send.value.replace(' ', '-')}", name)
