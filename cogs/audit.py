"""The audit, as moderators see it: what each of them did, and whether somebody changed that."""

from __future__ import annotations

from bot.cog import Cog, Context, command, listens
from bot.events import Delivered
from bot.model import Account, Role
from bot.reply import Button, Reply, Text, Value
from bot.services import standing
from bot.services.anchors import Anchors
from bot.services.audit import Audit

SHOWN = 15


class AuditCog(Cog):
    """Shows the audit to those whom it is about."""

    def __init__(self, audit: Audit, anchors: Anchors) -> None:
        self.audit = audit
        self.anchors = anchors

    @command("audit", needs=Role.MODERATOR)
    async def show(self, ctx: Context) -> Reply:
        """See what moderators did last."""
        lines = []
        for entry in await self.audit.latest(ctx.group, SHOWN):
            what = Text(f"audit-{entry.kind}")
            args: dict[str, Value] = {"number": entry.number, "at": entry.at, "what": what}
            if entry.by is None:
                lines.append(Text("audit-line-nobody", args))
            else:
                who = Account(ctx.group.platform, entry.by)
                lines.append(Text("audit-line", {**args, "who": who}))
        return Reply("audit" if lines else "audit-none", lines=tuple(lines))

    @command("audit check", needs=Role.MODERATOR)
    async def check(self, ctx: Context) -> Reply:
        """See whether somebody changed the record of what moderators did."""
        verdict = await self.anchors.check(ctx.group)
        if verdict.damage is None:
            key = "audit-whole" if verdict.anchored else "audit-whole-no-mark"
            return Reply(key, {"anchor": str(verdict.head)})
        anew = Button("button-audit-anew", "audit anew")
        key = f"audit-wrong-{verdict.damage.value}"
        return Reply(key, {"number": verdict.at}, buttons=(anew,))

    @command("audit anew", needs=Role.MODERATOR, hidden=True)
    async def anew(self, ctx: Context) -> Reply:
        """Put up a new mark, because you know why the old one does not fit."""
        await self.anchors.begin_anew(ctx.group, ctx.account)
        return Reply("audit-begun-anew")

    @listens(Delivered)
    async def delivered(self, event: Delivered) -> None:
        """Pin the mark once it is there."""
        if event.purpose == standing.PURPOSE:
            await self.anchors.delivered(event)
