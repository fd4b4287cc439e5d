"""Consulting: a case put to colleagues or to the supervisor, with nobody in it."""

from __future__ import annotations

from typing import Annotated

from bot.cog import Arg, Cog, Context, command
from bot.model import Role
from bot.reply import Button, Form, Reply, Text
from bot.services.consulting import LONGEST_CASE, Consulting, Seen, Whom

Draft = Annotated[str, Arg("arg-draft", max_length=100, fleeting=True)]


class Consult(Cog):
    """For moderators who would like a second head."""

    def __init__(self, consulting: Consulting) -> None:
        self.consulting = consulting

    @command("consult", needs=Role.MODERATOR)
    async def consult(
        self,
        ctx: Context,
        text: Annotated[
            str, Arg("arg-consult-text", long=True, max_length=LONGEST_CASE, fleeting=True)
        ],
    ) -> Reply:
        """Ask colleagues or the supervisor about a case, without names. You see it first."""
        return _shown(await self.consulting.submit(ctx.group, ctx.account, text))

    @command("consult send", needs=Role.MODERATOR, hidden=True)
    async def send(
        self, ctx: Context, draft: Draft, whom: Annotated[Whom, Arg("arg-consult-whom")]
    ) -> Reply:
        """Send it, to the moderators' room or to the supervisor."""
        seen = await self.consulting.send(ctx.group, ctx.account, draft, whom)
        return Reply("consult-sent") if seen is None else _shown(seen)

    @command("consult change", needs=Role.MODERATOR, hidden=True)
    async def change(self, ctx: Context, draft: Draft) -> Form:
        """Change it; the form opens with your words in it."""
        return Form("consult", filled={"text": self.consulting.draft(ctx.account, draft).text})

    @command("consult cancel", needs=Role.MODERATOR, hidden=True)
    async def cancel(self, ctx: Context, draft: Draft) -> Reply:
        """Forget what you wrote."""
        self.consulting.cancel(ctx.account, draft)
        return Reply("consult-cancelled")


def _shown(seen: Seen) -> Reply:
    args = {"draft": seen.draft.id}
    change = Button("button-change", "consult change", args, static=True)
    cancel = Button("button-cancel-post", "consult cancel", args, static=True)
    words = Text("consult-your-words", {"text": seen.draft.text})
    if seen.found:
        lines = [Text("consult-found", {"kind": it.kind, "found": it.shown}) for it in seen.found]
        return Reply("consult-held", lines=(*lines, words), buttons=(change, cancel))
    maybe = (Text("consult-maybe", {"words": ", ".join(seen.maybe)}),) if seen.maybe else ()
    return Reply(
        "consult-preview",
        {"text": seen.draft.text},
        lines=(*maybe, Text("consult-cannot-see")),
        buttons=(
            _send("button-ask-moderators", seen, Whom.COLLEAGUES),
            _send("button-ask-supervisor", seen, Whom.SUPERVISOR),
            change,
            cancel,
        ),
    )


def _send(label: str, seen: Seen, whom: Whom) -> Button:
    return Button(label, "consult send", {"draft": seen.draft.id, "whom": whom.value}, static=True)
