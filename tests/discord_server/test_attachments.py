"""Files below messages, and forms in which something is picked, as discord.py sends them."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import discord
import pytest

from tests.discord_server.conftest import Client
from tests.discord_server.human import NotThere
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import Channel, Guild
from tests.discord_server.test_interactions import answering, registered


def file(name: str, words: str) -> discord.File:
    return discord.File(BytesIO(words.encode()), name)


async def test_files_come_with_a_message_and_an_edit_keeps_those_it_lists(
    client: Client, room: Channel
) -> None:
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(files=[file("a.txt", "one"), file("b.txt", "two")])
    message = room.messages[sent.id]
    assert message.files == {"a.txt": b"one", "b.txt": b"two"}
    assert [each.size for each in sent.attachments] == [3, 3]

    await sent.edit(attachments=[sent.attachments[1], file("c.txt", "three")])
    assert message.files == {"b.txt": b"two", "c.txt": b"three"}

    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="", attachments=[])
    assert refused.value.code == 50006


async def test_files_need_their_right(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    bot = server.world.application.bot
    host = server.host(guild)
    host.sets_overwrite(room, guild.member(bot.id), deny=Permission.ATTACH_FILES)
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send("with a file", file=file("a.txt", "one"))
    assert refused.value.code == 50013
    await channel.send("without")


async def test_an_answer_brings_files_that_only_its_reader_has(
    client: Client, guild: Guild, room: Channel, server: DiscordServer
) -> None:
    cora = server.human("cora", guild).joins()

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(file=file("a.txt", "one"), ephemeral=True)
        await interaction.followup.send("more", file=file("b.txt", "two"), ephemeral=True)

    await registered(client, guild, answering("copy", answer))
    shown = await cora.runs(room, "copy")
    assert shown.message is not None
    assert shown.message.files == {"a.txt": b"one"}
    while not shown.interaction.followups:
        await asyncio.sleep(0.01)
    assert shown.interaction.followups[0].files == {"b.txt": b"two"}


async def test_in_a_form_an_option_a_person_and_a_channel_are_picked(
    client: Client, guild: Guild, room: Channel, server: DiscordServer
) -> None:
    cora = server.human("cora", guild).joins()
    told: list[Any] = []

    async def answer(interaction: discord.Interaction) -> None:
        modal = discord.ui.Modal(title="Pick", timeout=60)
        when = [discord.SelectOption(label="Soon", value="s"), discord.SelectOption(label="Late")]
        parts: tuple[discord.ui.Item[Any], ...] = (
            discord.ui.Select(custom_id="when", options=when),
            discord.ui.UserSelect(custom_id="who", required=True),
            discord.ui.ChannelSelect(
                custom_id="where", channel_types=[discord.ChannelType.text], required=False
            ),
            discord.ui.TextInput(custom_id="why", default="because"),
        )
        for part in parts:
            modal.add_item(discord.ui.Label(text="What", component=part))

        async def submitted(sent: discord.Interaction) -> None:
            told.extend([part.values for part in parts[:3]])  # type: ignore[attr-defined]
            told.append(parts[3].value)  # type: ignore[attr-defined]
            await sent.response.send_message("thank you", ephemeral=True)

        modal.on_submit = submitted  # type: ignore[method-assign]
        await interaction.response.send_modal(modal)

    await registered(client, guild, answering("pick", answer))
    form = await cora.runs(room, "pick")
    with pytest.raises(NotThere):
        await cora.fills(form, when="Never", who=cora.member)
    with pytest.raises(NotThere):
        await cora.fills(form, when="Soon")
    shown = await cora.fills(form, when="Soon", who=cora.member, where=room)
    assert shown.text == "thank you"
    assert told[0] == ["s"]
    assert [each.id for each in told[1]] == [cora.user.id]
    assert [each.id for each in told[2]] == [room.id]
    assert told[3] == "because"
