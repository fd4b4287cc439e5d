"""Breaches: something got out. What to do first, who has to know by when, and the register."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from bot.cog import Arg, Cog, Context, command
from bot.model import Role
from bot.reply import Button, File, Reply, Text, Value
from bot.services.breaches import Breach, Breaches, Kind, Outcome, Step

FIRST = {
    Kind.WORDS_OUTSIDE: Text("breach-first-words-outside"),
    Kind.ACCOUNT_TAKEN: Text("breach-first-account-taken"),
    Kind.MACHINE: Text("breach-first-machine"),
    Kind.HOST_OR_KEYS: Text("breach-first-host-or-keys"),
    Kind.BOT_FAULT: Text("breach-first-bot-fault"),
}
TODO = {
    Step.CONTAINED: Text("breach-todo-contained"),
    Step.PEOPLE: Text("breach-todo-people"),
    Step.AUTHORITY: Text("breach-todo-authority"),
    Step.PLATFORM: Text("breach-todo-platform"),
    Step.GROUP: Text("breach-todo-group"),
}
KINDS = {
    Kind.WORDS_OUTSIDE: Text("breach-kind-words-outside"),
    Kind.ACCOUNT_TAKEN: Text("breach-kind-account-taken"),
    Kind.MACHINE: Text("breach-kind-machine"),
    Kind.HOST_OR_KEYS: Text("breach-kind-host-or-keys"),
    Kind.BOT_FAULT: Text("breach-kind-bot-fault"),
}
WORDS = {
    Step.PEOPLE: "breach-words-people",
    Step.AUTHORITY: "breach-words-authority",
    Step.PLATFORM: "breach-words-platform",
    Step.GROUP: "breach-to-group",
}


class BreachCog(Cog):
    """For moderators. No answer names anybody, and no words of anybody are kept."""

    def __init__(self, breaches: Breaches) -> None:
        self.breaches = breaches

    @command("breach open", needs=Role.MODERATOR)
    async def open(
        self,
        ctx: Context,
        kind: Annotated[Kind, Arg("arg-breach-kind")],
        noticed: Annotated[timedelta, Arg("arg-breach-noticed")] = timedelta(),
    ) -> Reply:
        """Something got out: what to do first, who to tell, and by when."""
        breach = await self.breaches.open(ctx.group, ctx.account, kind, noticed)
        return Reply(
            "breach-opened",
            {"number": breach.number, "until": breach.until},
            lines=(FIRST[kind], *_left(breach)),
            buttons=_buttons(breach),
        )

    @command("breach note", needs=Role.MODERATOR)
    async def note(
        self,
        ctx: Context,
        number: Annotated[int, Arg("arg-breach-number")],
        step: Annotated[Step, Arg("arg-breach-step")],
        outcome: Annotated[Outcome, Arg("arg-breach-outcome")] = Outcome.DONE,
    ) -> Reply:
        """Note that a step is done, or that it is not needed."""
        return _shown(await self.breaches.note(ctx.group, ctx.account, number, step, outcome))

    @command("breach words", needs=Role.MODERATOR)
    async def words(self, ctx: Context, step: Annotated[Step, Arg("arg-breach-step")]) -> Reply:
        """See words for those who have to be told. They name nobody."""
        return Reply(WORDS.get(step, "breach-words-none"))

    @command("breach tell", needs=Role.MODERATOR)
    async def tell(self, ctx: Context, number: Annotated[int, Arg("arg-breach-number")]) -> Reply:
        """Tell the group that something got out. It names nobody."""
        return _shown(await self.breaches.tell_group(ctx.group, ctx.account, number))

    @command("breach list", needs=Role.MODERATOR)
    async def list(self, ctx: Context) -> Reply:
        """See all breaches of this group, with a file of the register."""
        found = await self.breaches.register(ctx.group)
        if not found:
            return Reply("breaches-none")
        return Reply(
            "breaches",
            lines=tuple(_line(breach) for breach in found),
            files=(File("breaches.csv", _register(found)),),
        )

    @command("breach close", needs=Role.MODERATOR)
    async def close(self, ctx: Context, number: Annotated[int, Arg("arg-breach-number")]) -> Reply:
        """Close a breach when every step is noted. It stays in the register."""
        breach = await self.breaches.close(ctx.group, ctx.account, number)
        return Reply("breach-closed", {"number": breach.number})


def _shown(breach: Breach) -> Reply:
    lines = _left(breach)
    key = "breach-goes-on" if lines else "breach-all-noted"
    args: dict[str, Value] = {"number": breach.number, "until": breach.until}
    return Reply(key, args, lines=lines, buttons=_buttons(breach))


def _left(breach: Breach) -> tuple[Text, ...]:
    return tuple(TODO[step] for step in breach.open_steps)


def _buttons(breach: Breach) -> tuple[Button, ...]:
    number = str(breach.number)
    if not breach.open_steps:
        return (Button("button-close-breach", "breach close", {"number": number}),)
    note = Button("button-note-step", "breach note", {"number": number})
    words = Button("button-words-to-use", "breach words")
    if Step.GROUP not in breach.open_steps:
        return (note, words)
    return (note, words, Button("button-tell-group", "breach tell", {"number": number}))


def _line(breach: Breach) -> Text:
    key = "breach-line-open" if breach.closed_at is None else "breach-line-closed"
    return Text(
        key,
        {
            "number": breach.number,
            "kind": KINDS[breach.kind],
            "noticed": breach.noticed_at,
            "left": len(breach.open_steps),
        },
    )


def _register(found: list[Breach]) -> str:
    """The register as a table that a spreadsheet opens. Times are UTC."""
    rows = ["number,kind,noticed," + ",".join(step.code for step in Step) + ",closed"]
    for breach in found:
        steps = [
            f"{breach.steps[step][0].code} {breach.steps[step][1]:%Y-%m-%d %H:%M}"
            if step in breach.steps
            else ""
            for step in Step
        ]
        closed = "" if breach.closed_at is None else f"{breach.closed_at:%Y-%m-%d %H:%M}"
        noticed = f"{breach.noticed_at:%Y-%m-%d %H:%M}"
        rows.append(",".join([str(breach.number), breach.kind.code, noticed, *steps, closed]))
    return "\n".join(rows) + "\n"
