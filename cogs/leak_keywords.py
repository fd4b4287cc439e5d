"""Leak keywords: which words and phrases moderators want to be told about."""

from __future__ import annotations

from typing import Annotated

from bot.cog import Arg, Cog, Context, command
from bot.model import Role
from bot.reply import Button, File, Reply, Text, Value
from bot.services.leaks.broad import ORDINARY, BroadKeywords
from bot.services.leaks.keywords import SUSPICIOUS, LeakKeywords

MOST_LISTED = 20
"""Longer lists of keywords come as a file."""

_BAD_LINES = {
    "too-short": "keyword-line-too-short",
    "too-long": "keyword-line-too-long",
    "no-letters": "keyword-line-no-letters",
    "bad-pattern": "keyword-line-bad-pattern",
    "too-broad": "keyword-line-too-broad",
    "duplicate": "keyword-line-duplicate",
    "broad": "keyword-line-broad",
    "full": "keyword-line-full",
}


class LeakKeywordsCog(Cog):
    """Keeping the keywords. What is typed here, and what is answered, is for the asker alone."""

    def __init__(self, keywords: LeakKeywords, broad: BroadKeywords) -> None:
        self.keywords = keywords
        self.broad = broad

    @command("keyword add", needs=Role.MODERATOR)
    async def add(
        self, ctx: Context, phrase: Annotated[str, Arg("arg-keyword", max_length=100)]
    ) -> Reply:
        """Watch for a word, a phrase or a pattern."""
        kept, share, watched = await self.broad.add(ctx.group, ctx.account, phrase)
        args: dict[str, Value] = {"phrase": kept, "share": share, "most": SUSPICIOUS}
        if not watched:
            return Reply("keyword-asks", args)
        lines = (Text("keyword-share", args),) if share else ()
        return Reply("keyword-added", {"phrase": kept}, lines=lines)

    @command("keyword look", needs=Role.MODERATOR, hidden=True)
    async def look(self, ctx: Context, asked: str) -> Reply:
        """See what another moderator would like to watch for."""
        broad = self.broad.look(ctx.group, asked)
        agree = Button("button-keyword-agree", "keyword agree", {"asked": asked})
        return Reply(
            "keyword-looked",
            {"phrase": broad.phrase, "share": broad.share},
            buttons=(agree,),
        )

    @command("keyword agree", needs=Role.MODERATOR, hidden=True)
    async def agree(self, ctx: Context, asked: str) -> Reply:
        """Agree that it is watched for."""
        kept = await self.broad.agree(ctx.group, ctx.account, asked)
        return Reply("keyword-added", {"phrase": kept})

    @command("keyword remove", needs=Role.MODERATOR)
    async def remove(
        self, ctx: Context, phrase: Annotated[str, Arg("arg-keyword", max_length=100)]
    ) -> Reply:
        """Stop watching for a word or a phrase."""
        gone = await self.keywords.remove(ctx.group, ctx.account, phrase)
        return Reply("keyword-removed", {"phrase": gone})

    @command("keyword list", needs=Role.MODERATOR)
    async def list_all(self, ctx: Context) -> Reply:
        """See the words and phrases that are watched for."""
        phrases = self.keywords.all(ctx.group)
        if not phrases:
            return Reply("keyword-none")
        if len(phrases) > MOST_LISTED:
            files = (File("keywords.txt", "\n".join(phrases)),)
            return Reply("keyword-file", {"count": len(phrases)}, files=files)
        lines = tuple(Text("keyword-line", {"phrase": phrase}) for phrase in phrases)
        return Reply("keyword-list", {"count": len(phrases)}, lines=lines)

    @command("keyword import", needs=Role.MODERATOR)
    async def take_in(
        self, ctx: Context, text: Annotated[str, Arg("arg-keyword-lines", long=True)]
    ) -> Reply:
        """Watch for many words and phrases, one on each line; lines with # are left out."""
        done = await self.keywords.take_in(ctx.group, text, self.broad.too_broad, ctx.account)
        lines = [Text(_BAD_LINES[why], {"number": number}) for number, why in done.bad]
        if len(lines) > MOST_LISTED:
            rest = len(lines) - MOST_LISTED
            lines = [*lines[:MOST_LISTED], Text("keyword-lines-more", {"count": rest})]
        if not done.bad:
            return Reply("keyword-imported", {"count": done.added})
        args = {"count": done.added, "bad": len(done.bad)}
        return Reply("keyword-imported-some", args, lines=tuple(lines))

    @command("keyword test", needs=Role.MODERATOR)
    async def try_out(
        self, ctx: Context, text: Annotated[str, Arg("arg-keyword-sample", long=True)] = ""
    ) -> Reply:
        """See what would be found in a text, or in ordinary talk. Nothing of it is kept."""
        trial = await self.keywords.try_out(ctx.group, text if text.strip() else ORDINARY)
        if not trial.phrases:
            return Reply("keyword-test-none", {"lines": trial.lines})
        lines = [
            Text("keyword-test-often", {"phrase": phrase, "share": share, "most": SUSPICIOUS})
            for phrase, share in trial.frequent()
        ]
        lines += [
            Text("keyword-test-phrase", {"phrase": phrase, "count": count})
            for phrase, count in trial.phrases
        ]
        if len(lines) > MOST_LISTED:
            rest = len(lines) - MOST_LISTED
            lines = [*lines[:MOST_LISTED], Text("keyword-lines-more", {"count": rest})]
        share = trial.flagged * 100 // max(trial.lines, 1)
        args = {"flagged": trial.flagged, "lines": trial.lines, "share": share}
        return Reply("keyword-test", args, lines=tuple(lines))
