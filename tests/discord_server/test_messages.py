"""Messages as discord.py sends, edits and deletes them, and what Discord refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord
import pytest

from tests.discord_server.conftest import Client, until
from tests.discord_server.errors import Refused
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import EPOCH, Channel, Guild


def text_channel(client: Client, room: Channel) -> discord.TextChannel:
    found = client.get_channel(room.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_the_bot_writes_edits_and_deletes_and_people_see_it(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    sent = await text_channel(client, room).send("Hello")
    assert cora.reads(room) == ["Hello"]
    await sent.edit(content="Hello, all")
    assert cora.reads(room) == ["Hello, all"]
    await sent.delete()
    assert cora.reads(room) == []
    await until(lambda: client.heard("raw_message_delete"))
    assert len(client.heard("message")) == len(client.heard("raw_message_edit")) == 1


async def test_an_id_holds_the_time(server: DiscordServer, client: Client, room: Channel) -> None:
    server.world.clock.passes(days=400)
    sent = await text_channel(client, room).send("later")
    told: datetime = sent.created_at
    assert abs((discord.utils.snowflake_time(sent.id) - told).total_seconds()) < 1
    assert told > discord.utils.utcnow()
    assert discord.utils.snowflake_time(0) == EPOCH


async def test_2000_characters_fit_and_2001_do_not(client: Client, room: Channel) -> None:
    channel = text_channel(client, room)
    await channel.send("x" * 2000)
    with pytest.raises(discord.HTTPException) as refused:
        await channel.send("x" * 2001)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert "content: Must be 2000 or fewer in length." in str(refused.value)


async def test_an_empty_message_is_refused(client: Client, room: Channel) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await text_channel(client, room).send("")
    assert refused.value.code == 50006


async def test_without_the_right_to_send_50013_without_seeing_50001(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    host, bot = server.host(guild), guild.members[server.world.application.bot.id]
    host.sets_overwrite(room, bot, deny=Permission.SEND_MESSAGES)
    with pytest.raises(discord.Forbidden) as refused:
        await text_channel(client, room).send("no")
    assert refused.value.code == 50013
    host.sets_overwrite(room, bot, deny=Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden) as refused:
        await text_channel(client, room).send("no")
    assert refused.value.code == 50001


async def test_what_is_gone_is_unknown(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    channel = text_channel(client, room)
    sent = await channel.send("brief")
    server.host(guild).deletes(room.messages[sent.id])
    with pytest.raises(discord.NotFound) as refused:
        await sent.delete()
    assert refused.value.code == 10008
    server.host(guild).deletes_channel(room)
    with pytest.raises(discord.NotFound) as refused:
        await channel.send("gone")
    assert refused.value.code == 10003


async def test_anothers_message_is_deleted_with_the_right_and_never_edited(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    role = next(each for each in guild.roles.values() if each.bot_id)
    first, second = cora.writes(room, "one"), cora.writes(room, "two")
    channel = text_channel(client, room)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.get_partial_message(first.id).edit(content="changed")
    assert refused.value.code == 50005
    await channel.get_partial_message(first.id).delete()
    # A bot's own deletes of single messages are not in the audit log.
    assert guild.audit == []
    role.permissions &= ~Permission.MANAGE_MESSAGES
    with pytest.raises(discord.Forbidden) as refused:
        await channel.get_partial_message(second.id).delete()
    assert refused.value.code == 50013


async def test_bulk_delete_takes_2_to_100_messages_under_14_days(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    old = [cora.writes(room, "old") for _ in range(2)]
    server.world.clock.passes(days=15)
    new = [cora.writes(room, "new") for _ in range(101)]

    async def bulk(ids: Sequence[int]) -> int:
        try:
            await client.http.delete_messages(room.id, list(ids))
        except discord.HTTPException as refused:
            return refused.code
        return 0

    assert await bulk([new[0].id]) == 50016
    assert await bulk([each.id for each in new]) == 50016
    assert await bulk([new[0].id, new[0].id]) == 50035
    assert await bulk([old[0].id, new[0].id, new[1].id]) == 50034
    assert len(room.messages) == 103
    # Ids that are not there (any more) count, and do no harm.
    assert await bulk([each.id for each in new[:99]] + [server.world.next_id()]) == 0
    assert len(room.messages) == 4
    await until(lambda: client.heard("raw_bulk_message_delete"))
    assert len(client.heard("raw_bulk_message_delete")[0].message_ids) == 99
    # Old ones go one at a time.
    await text_channel(client, room).get_partial_message(old[0].id).delete()


async def test_the_same_nonce_makes_one_message(
    server: DiscordServer, client: Client, room: Channel
) -> None:
    body = {"content": "once", "nonce": "key-1", "enforce_nonce": True}
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=room.id)
    first = await client.http.request(route, json=body)
    again = await client.http.request(route, json=body)
    assert first["id"] == again["id"]
    assert len(room.messages) == 1
    server.world.clock.passes(minutes=10)
    assert (await client.http.request(route, json=body))["id"] != first["id"]


async def test_mentions_notify_only_whom_they_may(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    text = f"<@{cora.user.id}> @everyone"
    channel = text_channel(client, room)
    quiet = await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    loud = await channel.send(text)
    assert room.messages[quiet.id].mentions == []
    assert room.messages[loud.id].mentions == [cora.user]
    # The bot lacks the right to mention everyone.
    assert not room.messages[loud.id].mention_everyone
    # An edit that does not say so again is as permissive as Discord's default.
    await client.http.edit_message(
        room.id, quiet.id, params=discord.http.handle_message_parameters(text)
    )
    assert room.messages[quiet.id].mentions == [cora.user]


async def test_history_comes_in_pages(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    written = [cora.writes(room, str(number)) for number in range(250)]
    channel = text_channel(client, room)
    after = discord.Object(written[9].id)
    texts = [each.content async for each in channel.history(after=after, limit=None)]
    assert texts == [str(number) for number in range(10, 250)]
    newest = [each.content async for each in channel.history(limit=2)]
    assert newest == ["249", "248"]
    around = channel.history(around=discord.Object(written[100].id), limit=3)
    assert sorted([each.content async for each in around]) == ["100", "101", "99"]


async def test_without_the_right_history_is_empty_and_a_message_is_refused(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    host, bot = server.host(guild), guild.members[server.world.application.bot.id]
    written = host.writes(room, "earlier")
    host.sets_overwrite(room, bot, deny=Permission.READ_MESSAGE_HISTORY)
    channel = text_channel(client, room)
    assert [each async for each in channel.history()] == []
    with pytest.raises(discord.Forbidden):
        await channel.fetch_message(written.id)


async def test_over_http_too_the_text_is_missing_without_the_intent(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    written = server.host(guild).writes(room, "private matters")
    server.world.application.content_intent = False
    assert (await text_channel(client, room).fetch_message(written.id)).content == ""


async def test_a_forward_keeps_a_copy_when_the_first_one_goes(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora = server.human("cora", guild).joins()
    first = cora.writes(room, "between us")
    cora.forwards(first, room)
    cora.deletes(first)
    heard = (await until(lambda: client.heard("message")[1:]))[0]
    assert heard.content == ""
    assert heard.message_snapshots[0].content == "between us"


async def test_a_direct_message_reaches_who_takes_them(
    server: DiscordServer, client: Client, guild: Guild
) -> None:
    cora = server.human("cora", guild).joins()
    user = await until(lambda: client.get_user(cora.user.id))
    await user.send("only you")
    assert cora.reads(cora.direct()) == ["only you"]
    cora.user.direct_open = False
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("again")
    assert refused.value.code == 50007


async def test_people_are_held_to_their_rights_too(
    server: DiscordServer, client: Client, guild: Guild, room: Channel
) -> None:
    cora, dana = (server.human(name, guild).joins() for name in ("cora", "dana"))
    written = cora.writes(room, "mine")
    with pytest.raises(Refused, match="50013"):
        dana.deletes(written)
    server.host(guild).sets_overwrite(room, guild.everyone, deny=Permission.VIEW_CHANNEL)
    assert dana.reads(room) == []
    with pytest.raises(Refused, match="50001"):
        dana.writes(room, "hello?")


async def test_pins_are_kept_and_told(client: Client, room: Channel) -> None:
    channel = text_channel(client, room)
    sent = await channel.send("the rules")
    await sent.pin()
    assert [each.id async for each in channel.pins()] == [sent.id]
    await sent.unpin()
    assert [each.id async for each in channel.pins()] == []
