"""Guard words: members ask to have their own name, street or number watched for."""

from __future__ import annotations

from typing import Annotated

from bot.cog import Arg, Cog, Context, command
from bot.reply import Reply, Text
from bot.services.leaks.guards import MOST_EACH, Guards


class GuardsCog(Cog):
    """What is typed here is for nobody: not even the one who typed it sees it again."""

    def __init__(self, guards: Guards) -> None:
        self.guards = guards

    @command("guard")
    async def guard(self, ctx: Context) -> Reply:
        """See how many words of your own are watched for."""
        count = self.guards.count(ctx.group, ctx.account)
        return Reply("guard", {"count": count}, lines=(Text("guard-how"),))

    @command("guard add")
    async def add(
        self, ctx: Context, text: Annotated[str, Arg("arg-guard", max_length=80, fleeting=True)]
    ) -> Reply:
        """Have your own name, street, number or handle watched for."""
        count = await self.guards.add(ctx.group, ctx.account, text)
        args = {"count": count, "most": MOST_EACH}
        return Reply("guard-added", args, lines=(Text("guard-honest"),))

    @command("guard forget")
    async def forget(
        self,
        ctx: Context,
        text: Annotated[str, Arg("arg-guard-forget", max_length=80, fleeting=True)] = "",
    ) -> Reply:
        """Forget one of yours, typed again, or all of them."""
        count = await self.guards.forget(ctx.group, ctx.account, text)
        return Reply("guard-forgotten", {"count": count})
