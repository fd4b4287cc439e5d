"""Key-holders: who can open a post without a name together with another, and becoming one."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated

from bot.cog import Arg, Cog, Context, command, listens
from bot.events import GroupReady, Left
from bot.model import Account, Group, Role
from bot.reply import File, Reply, Text, Value
from bot.services.key_holders import FEWEST, KeyHolder, KeyHolders
from bot.services.sealed_authors import SealedAuthors

PAGE = "key-page.html"

Holder = Annotated[str, Arg("arg-holder", max_length=32)]


class KeyHoldersCog(Cog):
    """Shows who holds a key; two moderators are needed for each."""

    def __init__(self, holders: KeyHolders, seals: SealedAuthors) -> None:
        self.holders = holders
        self.seals = seals

    @command("key")
    async def key(self, ctx: Context) -> Reply:
        """See who can open a post without a name, two together."""
        every = await self.holders.everything(ctx.group)
        counting = await self.holders.holders(ctx.group)
        lines = [
            Text("key-line-back" if each.stands_back else "key-line", _args(each))
            for each in counting
        ]
        for each in every:
            if each.effective_at is None:
                if ctx.role >= Role.MODERATOR:
                    lines.append(Text("key-line-proposed", _args(each)))
            elif each.effective_at > ctx.at:
                lines.append(Text("key-line-later", {**_args(each), "at": each.effective_at}))
        if ctx.role >= Role.MODERATOR:
            lines.append(Text("key-how"))
        return Reply("key-holders", {"count": len(counting)}, lines=tuple(lines))

    @command("key page", needs=Role.MODERATOR)
    async def page(self, ctx: Context) -> Reply:
        """Get the key page: it makes your pair of keys on your own device."""
        whole = files("bot.sealing").joinpath("key_page.html").read_text(encoding="utf-8")
        return Reply("key-page", files=(File(PAGE, whole),))

    @command("key offer", needs=Role.MODERATOR)
    async def offer(
        self,
        ctx: Context,
        key: Annotated[str, Arg("arg-public-key", max_length=200, fleeting=True)],
    ) -> Reply:
        """Offer to hold a key, or change yours. Another moderator confirms it."""
        await self.holders.propose(ctx.group, ctx.account, key)
        return Reply("key-offered")

    @command("key confirm", needs=Role.MODERATOR, hidden=True)
    async def confirm(self, ctx: Context, holder: Holder) -> Reply:
        """Confirm the key of another moderator."""
        await self.holders.confirm(ctx.group, ctx.account, holder)
        return Reply("key-thanks")

    @command("key stop", needs=Role.MODERATOR, hidden=True)
    async def stop(self, ctx: Context, holder: Holder) -> Reply:
        """Stop a key that does not count yet."""
        await self.holders.stop(ctx.group, ctx.account, holder)
        return Reply("key-thanks")

    @command("key leave")
    async def leave(self, ctx: Context) -> Reply:
        """Hold no key any more."""
        await self.holders.leave(ctx.group, ctx.account)
        return Reply("key-thanks")

    @command("key remove", needs=Role.ADMIN)
    async def remove(self, ctx: Context, whom: Annotated[Account, Arg("arg-whom")]) -> Reply:
        """End somebody's part as a key-holder."""
        await self.holders.remove(ctx.group, ctx.account, whom)
        return Reply("key-thanks")

    @command("key conflict")
    async def conflict(self, ctx: Context, back: Annotated[bool, Arg("arg-stand-back")]) -> Reply:
        """Stand back because of a conflict of interest, or say that it is over."""
        await self.holders.stand_back(ctx.group, ctx.account, back=back)
        return Reply("key-thanks")

    @listens(GroupReady)
    async def ready(self, event: GroupReady) -> None:
        """Whoever left while the bot was away holds no key any more."""
        await self.holders.settle(event.group)

    @listens(Left)
    async def left(self, event: Left) -> None:
        """Whoever leaves holds no key any more."""
        await self.holders.gone(event.group, event.account)

    async def status(self, group: Group) -> list[Text]:
        """What `status` says: whether anybody can open a post, and what one lost key would do."""
        days = await self.seals.sealed_days(group)
        if days is None:
            return [Text("status-seal-none")]
        lines = [Text("status-seal", {"days": days})]
        holders = await self.holders.holders(group)
        back = [each for each in holders if each.stands_back]
        if back:
            lines.append(Text("status-seal-back", {"count": len(back)}))
        others = await self.holders.no_moderators(group)
        if others:
            lines.append(Text("status-seal-no-moderator", {"count": len(others)}))
        able = {each.account for each in holders} - {each.account for each in back} - others
        if len(able) < FEWEST:
            lines.append(Text("status-seal-cannot"))
        elif len(able) == FEWEST:
            lines.append(Text("status-seal-two"))
        return lines


def _args(holder: KeyHolder) -> dict[str, Value]:
    return {"who": holder.account, "fingerprint": holder.key.fingerprint}
