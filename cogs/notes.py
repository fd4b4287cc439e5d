"""Moderators' short notes about a member, who can read them."""

from __future__ import annotations

from typing import Annotated

from bot.cog import Arg, Cog, Context, command
from bot.model import Account, Role
from bot.reply import Reply, Text
from bot.services.notes import LONGEST, NoteKind, Notes
from bot.services.numbered import Numbered
from bot.texts import day


class NotesCog(Cog):
    """Notes are answered in private, and never posted."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self._listed = Numbered()

    @command("note add", needs=Role.MODERATOR)
    async def add(
        self,
        ctx: Context,
        account: Account,
        category: Annotated[NoteKind, Arg("arg-note-category")],
        text: Annotated[str, Arg("arg-note", long=True, max_length=LONGEST, fleeting=True)],
    ) -> Reply:
        """Keep a short note about a member for 30 days. They can read it."""
        note = await self.notes.add(ctx.group, ctx.account, account, category, text)
        return Reply("note-added", {"who": account, "until": day(note.ends)})

    @command("note list", needs=Role.MODERATOR)
    async def list(self, ctx: Context, account: Account) -> Reply:
        """See the notes about a member."""
        notes = await self.notes.about(ctx.group, account)
        self._listed.shown(ctx.group, ctx.account, [note.id for note in notes])
        lines = tuple(
            Text(
                "note-line",
                {
                    "number": number,
                    "category": Text(f"note-{note.kind.value}"),
                    "text": note.text,
                    "until": day(note.ends),
                },
            )
            for number, note in enumerate(notes, 1)
        )
        return Reply("notes" if lines else "notes-none", {"who": account}, lines=lines)

    @command("note remove", needs=Role.MODERATOR)
    async def remove(
        self, ctx: Context, account: Account, number: Annotated[int, Arg("arg-note-number")]
    ) -> Reply:
        """Take away a note about a member."""
        note_id = self._listed.chosen(ctx.group, ctx.account, number)
        await self.notes.remove(ctx.group, ctx.account, account, note_id)
        return Reply("note-removed", {"who": account})
