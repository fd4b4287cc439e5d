"""What helps the writer of a post without a name, from moderators who do not know them."""

from __future__ import annotations

from typing import Annotated

from bot.cog import Arg, Cog, Context, command
from bot.model import MessageRef, Role
from bot.reply import Button, Reply, Text
from bot.services.anonymity.replies import LONGEST_REPLY, BlindReplies


class BlindRepliesCog(Cog):
    """Words and helplines for somebody whom nobody knows."""

    def __init__(self, replies: BlindReplies) -> None:
        self.replies = replies

    @command("anon care", needs=Role.MODERATOR)
    async def care(self, ctx: Context, message: MessageRef) -> Reply:
        """See what helps the writer of a post without a name."""
        args = {"post": await self.replies.post_of(ctx.group, message)}
        return Reply(
            "anon-care",
            lines=(Text("anon-care-last"),),
            buttons=(
                Button("button-write-to-author", "anon reply", args),
                Button("button-helplines-below", "anon helplines", args),
                Button("button-hide-post", "anon hide", {"message": message}),
                Button("button-life-in-danger", "break-glass request", args),
            ),
        )

    @command("anon reply", needs=Role.MODERATOR, hidden=True)
    async def reply(
        self,
        ctx: Context,
        post: Annotated[str, Arg("arg-post", max_length=32)],
        text: Annotated[str, Arg("arg-blind-reply", long=True, max_length=LONGEST_REPLY)],
    ) -> Reply:
        """Write to the writer of a post. They read it with their receipt."""
        await self.replies.write(ctx.group, ctx.account, post, text)
        return Reply("blind-reply-done")

    @command("anon helplines", needs=Role.MODERATOR, hidden=True)
    async def helplines(
        self, ctx: Context, post: Annotated[str, Arg("arg-post", max_length=32)]
    ) -> Reply:
        """Put the helplines below a post, for everybody who reads it."""
        await self.replies.helplines(ctx.group, ctx.account, post)
        return Reply("helplines-below-done")
