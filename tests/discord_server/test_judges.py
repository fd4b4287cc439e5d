"""Others judge what goes over the wire; and planted faults show that they bite."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from tests import needs
from tests.discord_server.call import Exchange
from tests.discord_server.conftest import Client, until
from tests.discord_server.gateway import EVENTS
from tests.discord_server.judges import openapi, types_of_gateway
from tests.discord_server.permissions import ALL, Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import FORUM, PRIVATE_THREAD, Channel, Guild, Json


@pytest.fixture
def types() -> None:
    """Skips the test where the types cannot be fetched."""
    if not types_of_gateway.is_there():
        pytest.skip(str(needs.NPM))


@pytest.fixture
def judge() -> openapi.OpenApi:
    return openapi.judge()


async def evening(server: DiscordServer, client: Client, guild: Guild, room: Channel) -> None:
    """A bit of everything: each event that the stand-in can tell happens at least once."""
    role = next(each for each in guild.roles.values() if each.bot_id)
    role.permissions = int(ALL & ~Permission.ADMINISTRATOR)
    host = server.host(guild)
    cora = server.human("cora", guild).joins()

    @app_commands.command(description="Find a topic.")
    async def find(
        interaction: discord.Interaction, topic: str, who: discord.Member | None = None
    ) -> None:
        await interaction.response.send_modal(Form())

    @find.autocomplete("topic")
    async def offers(interaction: Any, so_far: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name="sleep", value="sleep")]

    async def take(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message("taken", view=Buttons())

    place = discord.Object(guild.id)
    client.tree.add_command(find, guild=place)
    client.tree.add_command(app_commands.ContextMenu(name="Take", callback=take), guild=place)
    await client.tree.sync(guild=place)
    await cora.types(room, "find", "topic", "s")
    await cora.fills(await cora.runs(room, "find", topic="x", who=cora.member), "words")
    taken = await cora.picks("Take", cora.writes(room, "take this"))
    assert taken.message is not None
    assert not (await cora.presses(taken.message, "Press")).failed

    first = cora.writes(room, "hello")
    cora.writes(room, "yes", reply_to=first)
    cora.forwards(first, room)
    cora.edits(first, "hello!")
    cora.writes(cora.direct(), "just us")
    thread = cora.starts_thread(room, "aside")
    cora.writes(thread, "in there")
    forum = host.makes_channel("forum", type=FORUM)
    cora.starts_thread(forum, "a question", message={"content": "what now?"})
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    private = await channel.create_thread(name="quiet", type=discord.ChannelType.private_thread)
    assert guild.channels[private.id].type == PRIVATE_THREAD
    await private.add_user(discord.Object(cora.user.id))
    await private.edit(archived=True)
    await private.delete()
    hook = await channel.create_webhook(name="relay")
    await hook.send("from elsewhere", wait=True)
    sent = await channel.send("bye", embed=discord.Embed(title="t", description="d"))
    await sent.pin()
    await client.http.delete_messages(room.id, [sent.id, first.id])
    cora.deletes(cora.writes(room, "oh"))

    circle = host.makes_role("circle")
    host.gives(circle, cora.member)
    host.changes_role(circle, name="inner circle")
    known = client.guilds[0]
    await known.me.edit(nick="Keeper")
    await channel.set_permissions(known.default_role, add_reactions=False)
    extra = await known.create_text_channel("extra")
    await extra.delete()
    await (await known.create_role(name="short-lived")).delete()
    member = await known.fetch_member(cora.user.id)
    await member.ban(reason="a test", delete_message_seconds=0)
    await known.unban(discord.Object(cora.user.id))
    assert [each async for each in known.audit_logs(limit=5)]
    server.human("dana", guild).joins().leaves()
    server.gateway.drop()
    await until(lambda: server.gateway.resumed)
    host.kicks(guild.members[server.world.application.bot.id])
    await until(lambda: client.heard("guild_remove"))


class Form(discord.ui.Modal, title="In your words"):
    """One field."""

    words: discord.ui.TextInput[Form] = discord.ui.TextInput(label="What is it?")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Answer whoever filled it."""
        await interaction.response.send_message("thanks", ephemeral=True)


class Buttons(discord.ui.View):
    """One button."""

    @discord.ui.button(label="Press")
    async def press(
        self, interaction: discord.Interaction, button: discord.ui.Button[Buttons]
    ) -> None:
        """Change the message."""
        await interaction.response.edit_message(content="pressed")


@pytest.mark.slow
async def test_every_event_that_can_be_told_has_the_types_of_others(
    server: DiscordServer,
    client: Client,
    guild: Guild,
    room: Channel,
    types: None,
    tmp_path: Path,
) -> None:
    await evening(server, client, guild, room)
    assert {each["t"] for each in server.gateway.told} == EVENTS
    found = types_of_gateway.complaints(server.gateway.told, tmp_path)
    assert not found, "\n".join(found)


@pytest.mark.slow
async def test_the_judge_of_types_bites(
    server: DiscordServer, client: Client, room: Channel, types: None, tmp_path: Path
) -> None:
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("hello")
    good = next(each for each in server.gateway.told if each["t"] == "MESSAGE_CREATE")
    misspelt: Json = copy.deepcopy(good)
    misspelt["d"]["contents"] = misspelt["d"].pop("content")
    number = copy.deepcopy(good)
    number["d"]["id"] = 5
    extra = copy.deepcopy(good)
    extra["d"]["unheard_of"] = True
    unknown = good | {"t": "MESSAGE_VANISH"}

    found = types_of_gateway.complaints([misspelt, number, extra, unknown, good], tmp_path)

    assert len(found) == 4
    assert all(each.startswith("MESSAGE_") for each in found)


async def test_every_exchange_of_an_evening_is_in_discords_own_document(
    server: DiscordServer, client: Client, guild: Guild, room: Channel, judge: openapi.OpenApi
) -> None:
    await evening(server, client, guild, room)
    assert len({(each.method, each.template) for each in server.exchanges}) > 20
    found = [each for one in server.exchanges for each in judge.complaints(one)]
    assert not found, "\n".join(found)


async def test_the_judge_of_http_bites(
    server: DiscordServer, client: Client, room: Channel, judge: openapi.OpenApi
) -> None:
    channel = client.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("hello")
    good = next(each for each in server.exchanges if each.method == "POST")
    assert judge.complaints(good) == []

    def without(key: str) -> Any:
        return {name: value for name, value in good.answer.items() if name != key}

    wrong: list[Exchange] = [
        replace(good, answer=without("author")),
        replace(good, answer=good.answer | {"id": 5}),
        replace(good, answer=None),
        replace(good, status=302),
        replace(good, status=400, answer={"oops": 1}),
        replace(good, request={"content": ["not", "text"]}),
        replace(good, query={"unheard": "of"}),
        replace(good, template="/channels/{channel_id}/unheard-of"),
    ]
    assert [bool(judge.complaints(each)) for each in wrong] == [True] * len(wrong)
