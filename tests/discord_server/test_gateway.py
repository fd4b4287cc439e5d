"""The gateway as discord.py meets it: login, intents, resume, close codes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest

from tests.discord_server.conftest import Client, everything, logged_in, until
from tests.discord_server.errors import Refused
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import Channel, Guild


@pytest.fixture
async def plain_client(server: DiscordServer, guild: Guild) -> AsyncIterator[Client]:
    """A client without the privileged intents."""
    async for each in logged_in(server, discord.Intents.default()):
        yield each


async def test_the_real_client_logs_in_and_knows_the_guild(client: Client, guild: Guild) -> None:
    assert client.user is not None
    assert client.user.name == "circlekeeper"
    known = client.guilds[0]
    assert known.name == guild.name
    assert [each.name for each in known.text_channels] == ["general"]
    assert known.me.guild_permissions.manage_messages
    assert not known.me.guild_permissions.administrator
    # GUILD_CREATE lists the bot alone; the owner came by chunk, which discord.py asked for.
    assert known.owner is not None


async def test_a_message_is_heard_with_its_text(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    cora.writes(room, "good evening")

    heard = (await until(lambda: client.heard("message")))[0]

    assert (heard.content, heard.author.name, heard.guild.id) == ("good evening", "cora", guild.id)


async def test_without_the_intent_a_message_comes_without_its_text(
    server: DiscordServer, plain_client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    bot = server.world.application.bot.id
    cora.writes(room, "private matters")
    cora.writes(room, f"<@{bot}> hello")
    cora.writes(cora.direct(), "just us")

    await until(lambda: len(plain_client.heard("message")) == 3)

    texts = [each.content for each in plain_client.heard("message")]
    assert texts == ["", f"<@{bot}> hello", "just us"]
    assert plain_client.heard("member_join") == []


async def test_messages_of_a_channel_that_the_bot_cannot_see_are_not_told(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    host = server.host(guild)
    hidden = host.makes_channel("hosts")
    host.sets_overwrite(hidden, guild.everyone, deny=Permission.VIEW_CHANNEL)
    host.writes(hidden, "unseen")
    host.writes(room, "seen")

    await until(lambda: client.heard("message"))

    assert [each.content for each in client.heard("message")] == ["seen"]


async def test_after_a_drop_what_was_missed_comes_with_the_resume(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    host = server.host(guild)
    server.gateway.drop()
    host.writes(room, "while you were away")

    await until(lambda: client.heard("message"))

    assert server.gateway.resumed == 1
    assert server.gateway.identified == 1


async def test_asked_to_reconnect_the_client_resumes(server: DiscordServer, client: Client) -> None:
    server.gateway.ask_to_reconnect()
    await until(lambda: server.gateway.resumed)
    assert server.gateway.identified == 1


async def test_an_invalid_session_is_identified_anew_and_events_are_lost(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    host = server.host(guild)
    server.gateway.forget_sessions()
    host.writes(room, "lost")
    await until(lambda: server.gateway.identified == 2 and server.gateway.connected)
    host.writes(room, "heard")

    await until(lambda: client.heard("message"))

    assert [each.content for each in client.heard("message")] == ["heard"]
    assert server.gateway.resumed == 0


async def test_events_can_be_lost_with_the_connection_up(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    host = server.host(guild)
    server.gateway.losing = lambda event, data: data.get("content") == "lost"
    host.writes(room, "lost")
    host.writes(room, "heard")

    await until(lambda: client.heard("message"))

    assert [each.content for each in client.heard("message")] == ["heard"]


@pytest.mark.parametrize("switch", ["members_intent", "content_intent"])
async def test_an_intent_that_is_off_in_the_portal_closes_with_4014(
    server: DiscordServer, guild: Guild, switch: str
) -> None:
    setattr(server.world.application, switch, False)
    client = Client(everything())
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(server.token)
    await client.close()


async def test_an_unknown_intent_closes_with_4013(server: DiscordServer, guild: Guild) -> None:
    client = Client(discord.Intents._from_value(1 << 30 | 1))
    with pytest.raises(discord.ConnectionClosed) as closed:
        await client.start(server.token)
    assert closed.value.code == 4013
    await client.close()


async def test_a_wrong_token_is_refused(server: DiscordServer) -> None:
    client = Client(everything())
    with pytest.raises(discord.LoginFailure):
        await client.start("wrong.token.here")
    await client.close()


async def test_a_token_that_is_reset_while_running_closes_with_4004(
    server: DiscordServer, guild: Guild
) -> None:
    client = Client(everything())
    await client.login(server.token)
    server.world.application.token = "another.token.now"
    with pytest.raises(discord.ConnectionClosed) as closed:
        await client.connect()
    assert closed.value.code == 4004
    await client.close()


async def test_members_come_in_chunks_of_a_thousand(server: DiscordServer, guild: Guild) -> None:
    for number in range(1200):
        server.human(f"m{number}", guild).joins()
    async for client in logged_in(server, everything()):
        assert len(client.guilds[0].members) == 1202
    chunks = [each for each in server.gateway.told if each["t"] == "GUILD_MEMBERS_CHUNK"]
    assert [len(each["d"]["members"]) for each in chunks] == [1000, 202]


async def test_who_comes_and_goes_is_told(
    server: DiscordServer, client: Client, guild: Guild
) -> None:
    server.human("late", guild).joins().leaves()
    await until(lambda: client.heard("raw_member_remove"))
    assert [each.name for each in client.heard("member_join")] == ["late"]


async def test_who_is_banned_cannot_come_back(server: DiscordServer, guild: Guild) -> None:
    cora = server.human("cora", guild)
    guild.bans[cora.user.id] = None
    with pytest.raises(Refused):
        cora.joins()


async def test_a_bot_that_is_kicked_loses_the_guild(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    host = server.host(guild)
    host.kicks(guild.members[server.world.application.bot.id])
    await until(lambda: client.heard("guild_remove"))
    with pytest.raises(discord.Forbidden) as refused:
        await client.http.send_message(
            room.id, params=discord.http.handle_message_parameters("still here?")
        )
    assert refused.value.code == 50001
