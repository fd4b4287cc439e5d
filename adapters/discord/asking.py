"""Asking: what people type, press and fill in, as the core's `Invoked`, and its answer.

    what a person did            how it is answered
    a command, a menu, a press   a message that only they see (or the room, where it is no secret)
    the same, values missing     a form; Discord opens one only as the first answer
    a form sent                  a message; where values still miss, with a button that asks again
    what takes long              "thinking" in time, in whose place the answer comes

An answer tells everybody who sees it who asked. So a post without a name is never one: the core
posts it later by itself, with `Chat.post`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any, Final

import discord

from adapters import rendering
from adapters.discord import buttons, forms, render
from adapters.discord.again import until_done
from adapters.discord.buttons import read
from adapters.discord.client import Client
from adapters.discord.commands import Asked, Offered
from adapters.discord.fading import Fading
from adapters.discord.posting import Posting
from adapters.discord.private_words import READ, PrivateWords
from adapters.discord.render import Render
from adapters.discord.rooms import Rooms, account, group_of
from adapters.discord.standing import Standing
from bot.clock import Clock
from bot.errors import PlatformError
from bot.events import Invoked
from bot.inbox import Inbox
from bot.model import Group, MessageRef, Room
from bot.reply import Answer, Args, Button, Form, Reply, Text

logger = logging.getLogger(__name__)

PATIENCE: Final = 1.8
"""Seconds until somebody is told to wait. Discord lets go of who is not answered within 3."""

_Kind = discord.InteractionType


class Turn:
    """One request: who asked, where, and how far its answer is."""

    def __init__(self, interaction: discord.Interaction, group: Group, room: Room | None) -> None:
        self.interaction = interaction
        self.group = group
        self.room = room
        self.account = account(interaction.user)
        self.private = True

    @property
    def direct(self) -> bool:
        """Whether it was asked in the direct chat."""
        return self.interaction.guild_id is None


class Asking:
    """Answers interactions."""

    def __init__(
        self,
        client: Client,
        rooms: Rooms,
        render: Render,
        private_words: PrivateWords,
        posting: Posting,
        inbox: Inbox,
        clock: Clock,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._rooms = rooms
        self._render = render
        self._private_words = private_words
        self._inbox = inbox
        self._patience = patience
        own = private_words.commands()
        self._own = {command.name for command in own}
        self._by_name = {command.name: command for command in (*inbox.commands, *own)}
        self._offered = Offered(self._by_name.values(), render.texts)
        self._fading = Fading(client, inbox.memory, clock)
        self._standing = Standing(client, rooms, render, posting, inbox.memory, self._offered)
        self._putting: dict[int, asyncio.Task[None]] = {}
        client.add_dynamic_items(buttons.TokenButton)

    async def interaction(self, interaction: discord.Interaction) -> None:
        """Somebody asked for something. Runs in a task of its own; raises nothing."""
        try:
            match interaction.type:
                case _Kind.application_command:
                    await self._used(interaction)
                case _Kind.autocomplete:
                    await self._typing(interaction)
                case _Kind.component:
                    await self._pressed(interaction)
                case _Kind.modal_submit:
                    await self._sent(interaction)
        except discord.HTTPException as error:
            # Too late, or answered already: nobody is left to tell.
            logger.info("an answer reaches nobody", extra={"code": error.code})
        except Exception:
            logger.exception("an answer failed")

    async def ready(self, guild: discord.Guild) -> None:
        """A group can be served: its commands and its standing buttons are put. Nothing waits."""
        if guild.id not in self._putting or self._putting[guild.id].done():
            self._putting[guild.id] = asyncio.create_task(self._put(guild))

    async def _put(self, guild: discord.Guild) -> None:
        try:
            await self._fading.begin()
            await until_done(lambda: self._standing.put(guild))
        except PlatformError as error:
            logger.warning("commands or standing buttons are missing", extra={"why": error.why})
        except Exception:
            logger.exception("commands or standing buttons are missing")

    async def left(self, guild_id: int) -> None:
        """The bot is out of a server."""
        await self._standing.left(guild_id)

    async def stop(self) -> None:
        """Let go of what nothing waits for."""
        tasks = list(self._putting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fading.stop()

    # -- what came in ------------------------------------------------------------------------

    async def _used(self, interaction: discord.Interaction) -> None:
        turn = self._turn(interaction)
        asked = self._asked(interaction)
        if turn is None or asked is None:
            await self._say(interaction, Reply("unknown-command"))
            return
        if asked.asks and asked.args:
            await self._show(turn, Form(asked.command.name, asked.args))
            return
        if asked.command.on_message is not None and not asked.args:
            await self._show(turn, Reply("bad-message", {"name": Text("arg-message")}))
            return
        await self._run(turn, asked.command.name, asked.args)

    async def _typing(self, interaction: discord.Interaction) -> None:
        language = self._language(interaction)
        offered = self._offered.choices(_data(interaction), language)
        choices = [discord.app_commands.Choice(name=name, value=value) for name, value in offered]
        await interaction.response.autocomplete(choices)

    async def _pressed(self, interaction: discord.Interaction) -> None:
        id, group = read(str(_data(interaction).get("custom_id")))
        turn, button = await self._behind(interaction, id, group)
        if turn is not None and isinstance(button, Button):
            await self._run(turn, button.command, button.args)
        elif isinstance(button, Reply):
            await self._say(interaction, button)

    async def _sent(self, interaction: discord.Interaction) -> None:
        id, group = read(str(_data(interaction).get("custom_id")))
        turn, button = await self._behind(interaction, id, group)
        if isinstance(button, Reply):
            await self._say(interaction, button)
            return
        command = None if button is None else self._by_name.get(button.command)
        if turn is None or button is None or command is None:
            await self._say(interaction, Reply("unknown-command"))
            return
        given = forms.filled(
            command,
            _data(interaction).get("components", []),
            lambda number: Room(turn.group, str(number)),
            lambda number: account(discord.Object(number)),
        )
        await self._run(turn, command.name, {**button.args, **given})

    async def _behind(
        self, interaction: discord.Interaction, id: str, group: Group | None
    ) -> tuple[Turn | None, Button | Reply | None]:
        """The request behind an id; a sentence where there is none, or none for the asker."""
        turn = self._turn(interaction, group)
        if turn is None or not id:
            return None, Reply("button-too-old")
        try:
            found = await self._render.find(id)
        except Exception:
            logger.exception("a press could not be looked up")
            return turn, Reply("not-stored")
        if found is None:
            return turn, Reply("button-too-old")
        if found.only_for not in (None, turn.account):
            return turn, Reply("only-for-other")
        return turn, found

    def _turn(self, interaction: discord.Interaction, group: Group | None = None) -> Turn | None:
        """The request; None where nothing says which group it is about."""
        if interaction.guild_id is None:
            return None if group is None else Turn(interaction, group, None)
        return Turn(interaction, group_of(interaction.guild_id), self._room(interaction))

    def _room(self, interaction: discord.Interaction) -> Room | None:
        """The room it was asked in. A thread that is archived is known from what came in alone."""
        channel = interaction.channel
        if not isinstance(channel, discord.Thread):
            return self._rooms.room_of(interaction.guild_id, interaction.channel_id or 0)
        return self._rooms.room(interaction.guild_id, channel)

    def _asked(self, interaction: discord.Interaction) -> Asked | None:
        guild, channel = interaction.guild_id, interaction.channel_id
        if guild is None or channel is None:
            return None

        def message(number: int) -> MessageRef | None:
            room = self._room(interaction)
            return None if room is None else self._rooms.ref(room, channel, number)

        return self._offered.asked(
            _data(interaction),
            lambda number: Room(group_of(guild), str(number)),
            lambda number: account(discord.Object(number)),
            message,
        )

    # -- what goes out -----------------------------------------------------------------------

    async def _run(self, turn: Turn, name: str, args: Args) -> None:
        command = self._by_name.get(name)
        turn.private = command is None or command.private
        asked: Awaitable[Answer]
        if name in self._own:
            asked = self._private_words.answer(name, turn.group, turn.account)
        else:
            asked = self._inbox.invoke(
                Invoked(
                    id=str(turn.interaction.id),
                    group=turn.group,
                    at=turn.interaction.created_at,
                    command=name,
                    account=turn.account,
                    args=args,
                    room=turn.room,
                    private=turn.private,
                    language=self._language(turn.interaction),
                )
            )
        answer = await self._in_time(turn, asked)
        await self._show(turn, answer)
        if name == READ:
            await self._hand_out(turn)

    async def _in_time(self, turn: Turn, asked: Awaitable[Answer]) -> Answer:
        """What the core answers; whoever waits is told so before Discord lets go of them."""
        answering = asyncio.ensure_future(asked)
        try:
            done, _ = await asyncio.wait([answering], timeout=self._patience)
            if not done:
                await turn.interaction.response.defer(ephemeral=turn.private, thinking=True)
            return await answering
        except discord.HTTPException:
            await answering
            raise
        except asyncio.CancelledError:
            answering.cancel()
            raise

    async def _show(self, turn: Turn, answer: Answer) -> None:
        if isinstance(answer, Form):
            await self._open(turn, answer)
            return
        language = self._language(turn.interaction)
        rendered = await self._render.rendered(
            turn.group,
            answer,
            language=language,
            lasts=render.ANSWER_BUTTONS_LAST,
            answering=True,
            direct=turn.direct,
        )
        for told in rendered.to_answer():
            message_id = await _send(turn, told)
            if answer.lifetime is not None:
                await self._fading.keep(turn.interaction, message_id, answer.lifetime)

    async def _open(self, turn: Turn, answer: Form) -> None:
        command = self._by_name.get(answer.command)
        if command is None:
            await self._show(turn, Reply("unknown-command"))
            return
        form = rendering.storable(command, answer)
        button = Button("discord-button-form", form.command, form.args, static=not form.args)
        late = turn.interaction.response.is_done()
        if late or turn.interaction.type is _Kind.modal_submit:
            await self._show(turn, Reply("discord-form-later", buttons=(button,)))
            return
        try:
            (id,) = await self._render.keep([button], forms.LASTS)
        except Exception:
            logger.exception("a form could not be kept")
            await self._show(turn, Reply("not-stored"))
            return
        if turn.direct:
            id = buttons.in_direct(id, turn.group)
        language = self._language(turn.interaction)
        modal = forms.modal(id, command, form, self._render.texts, language)
        await turn.interaction.response.send_modal(modal)

    async def _hand_out(self, turn: Turn) -> None:
        """Show somebody the words that wait for them; what they were shown is gone from here."""
        for waiting in await self._private_words.waiting(turn.group, turn.account):
            await self._show(turn, waiting.reply)
            await self._private_words.collected(turn.group, turn.account, [waiting.id])

    async def _say(self, interaction: discord.Interaction, reply: Reply) -> None:
        """A sentence of ours, which has no buttons and needs no group."""
        words = self._render.texts.say(reply.text, self._language(interaction), render.show)
        await interaction.response.send_message(
            words, ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
        )

    def _language(self, interaction: discord.Interaction) -> str:
        return self._render.texts.language(interaction.locale.value)


async def _send(turn: Turn, told: dict[str, Any]) -> int:
    """Send one message of an answer, and return its id."""
    if not turn.interaction.response.is_done():
        sent = await turn.interaction.response.send_message(**told, ephemeral=turn.private)
        return sent.message_id or 0
    # The first one takes the place of "thinking", where that stands.
    message = await turn.interaction.followup.send(**told, ephemeral=turn.private, wait=True)
    return message.id


def _data(interaction: discord.Interaction) -> dict[str, Any]:
    """What was given, as Discord sent it."""
    return dict(interaction.data or {})
