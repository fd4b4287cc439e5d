"""What is looked for beside keywords: moderators choose, kind by kind."""

from __future__ import annotations

from typing import Annotated

from bot.chat import Can
from bot.cog import Arg, Cog, Context, command
from bot.detection import Kind
from bot.model import Group, Role
from bot.reply import Reply, Text
from bot.services.directory import Directory
from bot.services.leaks.cards import kind_text
from bot.services.leaks.kinds import Choice, LeakKinds, Watch


class LeakKindsCog(Cog):
    """Choosing what raises an alert, and whether its author is asked to look again."""

    def __init__(self, kinds: LeakKinds, directory: Directory) -> None:
        self.kinds = kinds
        self.directory = directory

    @command("watch", needs=Role.MODERATOR)
    async def watch(self, ctx: Context) -> Reply:
        """See what I look for, and what I do when I find it."""
        wanted = self.kinds.of(ctx.group)
        lines = [
            Text(
                f"watch-line-{wanted.of(Kind(choice.value)).value}",
                {"name": choice.value, "kind": kind_text(Kind(choice.value))},
            )
            for choice in Choice
        ]
        if wanted.countries:
            lines.append(Text("watch-countries", {"choices": ", ".join(wanted.countries)}))
        else:
            lines.append(Text("watch-countries-none"))
        return Reply("watch", lines=(*lines, *self._cannot_ask(ctx.group)))

    @command("watch set", needs=Role.MODERATOR)
    async def choose(
        self,
        ctx: Context,
        kind: Annotated[Choice, Arg("arg-watch-kind")],
        what: Annotated[Watch, Arg("arg-watch-what")],
    ) -> Reply:
        """Choose what happens when something of a kind is found."""
        await self.kinds.choose(ctx.group, ctx.account, kind, what)
        asks = self._cannot_ask(ctx.group) if what is Watch.NUDGE else ()
        args = {"name": kind.value, "kind": kind_text(Kind(kind.value))}
        return Reply(f"watch-line-{what.value}", args, lines=asks)

    @command("watch countries", needs=Role.MODERATOR)
    async def countries(
        self, ctx: Context, codes: Annotated[str, Arg("arg-watch-countries", max_length=300)] = ""
    ) -> Reply:
        """Choose whose identity numbers and phone numbers I know."""
        chosen = await self.kinds.choose_countries(ctx.group, ctx.account, codes)
        if not chosen:
            return Reply("watch-countries-none")
        return Reply("watch-countries", {"choices": ", ".join(chosen)})

    def _cannot_ask(self, group: Group) -> tuple[Text, ...]:
        if Can.TELL in self.directory.chat(group).can:
            return ()
        return (Text("watch-cannot-ask"),)
