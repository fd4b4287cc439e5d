"""What people may ask of what is kept about them: to see it, and to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from bot.cog import Arg, Cog, Context, command
from bot.model import Role
from bot.reply import Button, File, Reply, Text
from bot.services.data_rights import DataRights, Forgotten, Held
from bot.texts import day

FORGET = Button("button-forget-me", "forget me", static=True)
SURE = Button("button-yes-forget", "forget me", {"sure": "yes"}, static=True)


class DataRightsCog(Cog):
    """No command here takes a person: everybody asks for themselves, and nobody else can."""

    def __init__(self, rights: DataRights) -> None:
        self.rights = rights

    @command("my data", needs=Role.GUEST)
    async def my_data(
        self,
        ctx: Context,
        receipt: Annotated[str, Arg("arg-receipt", max_length=100, fleeting=True)] = "",
    ) -> Reply:
        """See what I hold about you, in plain words and as a file."""
        held = await self.rights.held(ctx.group, ctx.account, receipt)
        return Reply(
            "my-data" if held.rows else "my-data-nothing",
            lines=(*_rows(held), *_post(held), Text("my-data-posts"), Text("my-data-elsewhere")),
            buttons=(FORGET,),
            files=(File("my-data.json", held.as_json()),),
        )

    @command("forget me", needs=Role.GUEST)
    async def forget_me(self, ctx: Context, sure: bool = False) -> Reply:
        """Have all that I hold about you here erased."""
        if not sure:
            return Reply("forget-me-sure", lines=(Text("forget-me-first"),), buttons=(SURE,))
        moderates = ctx.role >= Role.MODERATOR
        done = await self.rights.forget(ctx.group, ctx.account, moderates=moderates)
        return Reply(
            "forgotten" if done.gone or done.without_them else "forgotten-nothing",
            lines=(*_went(done), *_stays(done), Text("forgotten-back")),
        )


def _rows(held: Held) -> Iterator[Text]:
    for table, rows in held.rows.items():
        if table == "notes":
            yield from map(_note, rows)
        else:
            yield Text("my-data-row", {"what": _what(table), "count": len(rows)})


def _note(row: Any) -> Text:
    ends: date = row["ends"]
    category = Text(f"note-{row['category']}")
    return Text("my-data-note", {"category": category, "text": row["text"], "until": day(ends)})


def _post(held: Held) -> Iterator[Text]:
    if held.post is not None:
        written: date = held.post["day"]
        yield Text("my-data-post", {"label": held.post["pseudonym"], "at": day(written)})


def _went(done: Forgotten) -> Iterator[Text]:
    for table, count in done.gone.items():
        yield Text("forgotten-row", {"what": _what(table), "count": count})
    for table, count in done.without_them.items():
        yield Text("forgotten-without-you", {"what": _what(table), "count": count})


def _stays(done: Forgotten) -> Iterator[Text]:
    yield Text("forgotten-stays")
    for reason in done.kept:
        yield Text(reason)
    yield Text("forgotten-mark")
    yield Text("forgotten-backups")
    yield Text("forgotten-rooms")
    if not done.swept:
        yield Text("forgotten-traces")


def _what(table: str) -> Text:
    return Text(f"data-{table.replace('_', '-')}")
