"""When moderators are usually there. It is said where somebody asks who is awake."""

from __future__ import annotations

from typing import Annotated

from bot.cog import Arg, Cog, Context, Stage, command, listens
from bot.events import GroupReady, Left, MemberChanged
from bot.model import Role
from bot.reply import Reply, Text, Value
from bot.services.crisis.rota import Duty, Rota, shown
from bot.services.numbered import Numbered


class DutyCog(Cog):
    """Each moderator's own hours."""

    def __init__(self, rota: Rota) -> None:
        self.rota = rota
        self._listed = Numbered()

    @command("duty", needs=Role.MODERATOR)
    async def duty(self, ctx: Context) -> Reply:
        """See when each moderator is usually here."""
        duties = self.rota.all(ctx.group)
        self._listed.shown(ctx.group, ctx.account, [duty.id for duty in duties])
        lines = tuple(
            Text("duty-line", {**_args(duty), "position": position, "who": duty.account})
            for position, duty in enumerate(duties, 1)
        )
        return Reply("duty" if lines else "duty-none", lines=lines)

    @command("duty add", needs=Role.MODERATOR)
    async def add(
        self,
        ctx: Context,
        days: Annotated[str, Arg("arg-duty-days", max_length=60)],
        start: Annotated[str, Arg("arg-duty-start", max_length=5)],
        end: Annotated[str, Arg("arg-duty-end", max_length=5)],
        zone: Annotated[str, Arg("arg-duty-zone", max_length=60)] = "UTC",
    ) -> Reply:
        """Say when you are usually here."""
        duty = await self.rota.add(ctx.group, ctx.account, days, start, end, zone)
        return Reply("duty-added", _args(duty))

    @command("duty remove", needs=Role.MODERATOR)
    async def remove(self, ctx: Context, number: Annotated[int, Arg("arg-duty-number")]) -> Reply:
        """Take back hours of yours."""
        duty_id = self._listed.chosen(ctx.group, ctx.account, number)
        return Reply("duty-removed", _args(await self.rota.remove(ctx.group, ctx.account, duty_id)))

    @listens(GroupReady, stage=Stage.CRISIS)
    async def open(self, event: GroupReady) -> None:
        """Have the hours in memory before anybody asks."""
        await self.rota.load(event.group)

    @listens(GroupReady)
    async def ready(self, event: GroupReady) -> None:
        """Hours of who left, or moderates no more, while the bot was away count no more."""
        await self.rota.settle(event.group)

    @listens(Left)
    async def left(self, event: Left) -> None:
        """Nobody is told that somebody who left is there."""
        await self.rota.settle(event.group, event.account)

    @listens(MemberChanged)
    async def changed(self, event: MemberChanged) -> None:
        """Nor that somebody is there who moderates no more."""
        await self.rota.settle(event.group, event.account)


def _args(duty: Duty) -> dict[str, Value]:
    return {
        "days": duty.day_names,
        "start": shown(duty.starts),
        "end": shown(duty.ends),
        "zone": duty.zone,
    }
