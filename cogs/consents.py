"""What people said yes to, on one screen: each off until chosen, and taken back as easily."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from bot.chat import Can
from bot.cog import Arg, Cog, Context, command
from bot.model import Role
from bot.reply import Answer, Button, Form, Reply, Text
from bot.services.acknowledgement import Acknowledgement
from bot.services.consents import VERSIONS, Consents, Purpose
from bot.services.directory import Directory
from bot.services.leaks.guards import Guards
from bot.texts import day

MY_CONSENTS = Button("button-my-consents", "my consents", static=True)
MY_DATA = Button("button-my-data", "my data", static=True)
TAKE_RULES_BACK = Button("button-take-rules-back", "rules withdraw", static=True)
WATCH = Button("button-watch-words", "guard add", static=True)

AskedPurpose = Annotated[Purpose, Arg("arg-purpose")]


class ConsentsCog(Cog):
    """One line for each purpose that this bot has, with what stops when it is taken back."""

    def __init__(
        self,
        consents: Consents,
        acknowledgement: Acknowledgement,
        guards: Guards,
        directory: Directory,
    ) -> None:
        self.consents = consents
        self.acknowledgement = acknowledgement
        self.guards = guards
        self.directory = directory

    @command("my consents", needs=Role.GUEST)
    async def my_consents(self, ctx: Context) -> Reply:
        """See what you said yes to, and change it."""
        rules = await self.acknowledgement.acknowledged_version(ctx.group, ctx.account)
        watched = self.guards.count(ctx.group, ctx.account)
        alerts = await self.consents.since(ctx.group, ctx.account, Purpose.CRISIS_ALERTS)
        lines = [
            Text("consent-rules-none")
            if rules is None
            else Text("consent-rules", {"version": rules.version, "at": rules.at}),
            await self._line(ctx, Purpose.GUARD_WORDS, on=watched > 0),
            await self._line(ctx, Purpose.CRISIS_ALERTS, on=alerts is not None),
            Text("consent-posts"),
            *self._private_words(ctx),
        ]
        buttons = (
            *([] if rules is None else [TAKE_RULES_BACK]),
            _stop(Purpose.GUARD_WORDS) if watched else WATCH,
            _stop(Purpose.CRISIS_ALERTS) if alerts else _give(Purpose.CRISIS_ALERTS),
            MY_DATA,
        )
        return Reply("my-consents", lines=tuple(lines), buttons=buttons)

    @command("consent give", hidden=True)
    async def give(self, ctx: Context, purpose: AskedPurpose) -> Answer:
        """Say yes to one purpose."""
        if purpose is Purpose.GUARD_WORDS:
            # The first word is the yes.
            return Form("guard add")
        await self.consents.give(ctx.group, ctx.account, purpose)
        return Reply("consent-given", lines=(_words(purpose),), buttons=(MY_CONSENTS,))

    @command("consent stop", needs=Role.GUEST, hidden=True)
    async def stop(self, ctx: Context, purpose: AskedPurpose) -> Reply:
        """Take one yes back."""
        if purpose is Purpose.GUARD_WORDS:
            if self.guards.count(ctx.group, ctx.account):
                await self.guards.forget(ctx.group, ctx.account, "")
        else:
            await self.consents.withdraw(ctx.group, ctx.account, purpose)
        return Reply(f"consent-stopped-{purpose.value}", buttons=(MY_CONSENTS,))

    async def _line(self, ctx: Context, purpose: Purpose, *, on: bool) -> Text:
        what, stops = _words(purpose), Text(f"consent-stops-{purpose.value}")
        if not on:
            return Text("consent-off", {"what": what})
        since = await self.consents.since(ctx.group, ctx.account, purpose)
        if since is None:
            return Text("consent-on", {"what": what, "stops": stops})
        return Text("consent-on-since", {"what": what, "stops": stops, "at": day(since)})

    def _private_words(self, ctx: Context) -> Iterator[Text]:
        can = self.directory.chat(ctx.group).can
        if Can.TELL in can and Can.TELL_AT_ONCE not in can:
            yield Text("consent-private-words")


def _words(purpose: Purpose) -> Text:
    return Text(f"consent-{purpose.value}-{VERSIONS[purpose]}")


def _give(purpose: Purpose) -> Button:
    return Button(
        f"button-give-{purpose.value}", "consent give", {"purpose": purpose.value}, static=True
    )


def _stop(purpose: Purpose) -> Button:
    return Button(
        f"button-stop-{purpose.value}", "consent stop", {"purpose": purpose.value}, static=True
    )
