"""Roles, members, channels, threads, webhooks and the audit log, as discord.py uses them."""

from __future__ import annotations

from datetime import timedelta

import discord
import pytest

from tests.discord_server.conftest import RIGHTS, Client, until
from tests.discord_server.errors import Refused
from tests.discord_server.human import Human
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import FORUM, Channel, Guild


@pytest.fixture
def host(server: DiscordServer, guild: Guild) -> Human:
    """Who owns the guild."""
    return server.host(guild)


@pytest.fixture
def cora(server: DiscordServer, guild: Guild) -> Human:
    """A member."""
    return server.human("cora", guild).joins()


def text_channel(client: Client, room: Channel) -> discord.TextChannel:
    found = client.get_channel(room.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_the_bot_gives_only_roles_below_its_own(
    client: Client, guild: Guild, host: Human, cora: Human
) -> None:
    low, high = host.makes_role("low"), host.makes_role("high")
    host.moves_role(high, 9)
    member = await client.guilds[0].fetch_member(cora.user.id)
    await member.add_roles(discord.Object(low.id))
    assert cora.member.roles == {low.id}
    await until(lambda: client.heard("member_update"))
    with pytest.raises(discord.Forbidden) as refused:
        await member.add_roles(discord.Object(high.id))
    assert refused.value.code == 50013
    await member.remove_roles(discord.Object(low.id))
    assert cora.member.roles == set()
    with pytest.raises(discord.NotFound) as unknown:
        await member.add_roles(discord.Object(1))
    assert unknown.value.code == 10011


async def test_nobody_gives_rights_that_they_lack(
    client: Client, guild: Guild, room: Channel
) -> None:
    known = client.guilds[0]
    made = await known.create_role(permissions=discord.Permissions(manage_messages=True))
    assert guild.roles[made.id].permissions == Permission.MANAGE_MESSAGES
    for giving in (
        known.create_role(permissions=discord.Permissions(ban_members=True)),
        text_channel(client, room).set_permissions(known.default_role, manage_webhooks=True),
    ):
        with pytest.raises(discord.Forbidden) as refused:
            await giving
        assert refused.value.code == 50013


async def test_overwrites_of_everybody_roles_and_members_come_in_this_order(
    client: Client, guild: Guild, room: Channel, host: Human, cora: Human
) -> None:
    circle = host.makes_role("circle")
    host.gives(circle, cora.member)
    view = Permission.VIEW_CHANNEL
    host.sets_overwrite(room, guild.everyone, deny=view)
    assert not cora.sees_channel(room)
    host.sets_overwrite(room, circle, allow=view)
    assert cora.sees_channel(room)
    host.sets_overwrite(room, cora.member, deny=view)
    assert not cora.sees_channel(room)
    # Administrators and the owner pass by all of them.
    host.changes_role(circle, permissions=int(Permission.ADMINISTRATOR))
    assert cora.sees_channel(room)
    assert host.sees_channel(room)


async def test_a_role_that_is_deleted_is_taken_from_everybody(
    client: Client, guild: Guild, host: Human, cora: Human
) -> None:
    made = await client.guilds[0].create_role(name="brief")
    host.gives(guild.roles[made.id], cora.member)
    await made.delete()
    assert cora.member.roles == set()
    await until(lambda: client.heard("guild_role_delete"))


async def test_somebody_in_timeout_reads_and_does_not_write(
    client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    role = next(each for each in guild.roles.values() if each.bot_id)
    member = await client.guilds[0].fetch_member(cora.user.id)
    with pytest.raises(discord.Forbidden):
        await member.timeout(timedelta(hours=1))
    role.permissions |= Permission.MODERATE_MEMBERS
    await member.timeout(timedelta(hours=1))
    assert cora.sees_channel(room)
    with pytest.raises(Refused, match="50013"):
        cora.writes(room, "hello?")


async def test_who_is_not_there_is_unknown(
    server: DiscordServer, client: Client, guild: Guild
) -> None:
    stranger = server.human("stranger", guild)
    with pytest.raises(discord.NotFound) as refused:
        await client.guilds[0].fetch_member(stranger.user.id)
    assert refused.value.code == 10007


async def test_threads_and_forum_posts_are_told_and_private_ones_to_their_members_alone(
    client: Client, guild: Guild, room: Channel, host: Human, cora: Human
) -> None:
    forum = host.makes_channel("forum", type=FORUM)
    post = cora.starts_thread(forum, "a question", message={"content": "what now?"})
    # A forum's first message has the thread's own id.
    assert list(post.messages) == [post.id]
    hidden = host.starts_thread(room, "quiet", type=12)
    host.writes(hidden, "unseen")
    host.writes(post, "seen")
    await until(lambda: len(client.heard("message")) == 2)
    assert [each.content for each in client.heard("message")] == ["what now?", "seen"]
    assert [each.name for each in client.heard("thread_create")] == ["a question"]
    active = await client.guilds[0].active_threads()
    assert [each.id for each in active] == [post.id]
    assert not cora.sees_channel(hidden)


async def test_a_thread_tells_when_it_was_archived(
    server: DiscordServer, guild: Guild, room: Channel, client: Client
) -> None:
    host = server.host(guild)
    thread = host.starts_thread(room, "Wednesday")
    server.world.clock.passes(hours=2)
    host.archives(thread)
    seen = await client.fetch_channel(thread.id)
    assert isinstance(seen, discord.Thread)
    assert seen.archived
    assert seen.created_at is not None
    assert seen.archive_timestamp - seen.created_at > timedelta(hours=1)


async def test_writing_wakes_an_archived_thread_but_not_a_locked_one(
    client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    thread = cora.starts_thread(room, "aside")
    assert thread.thread is not None
    thread.thread.archived = True
    cora.writes(thread, "still here")
    assert not thread.thread.archived
    thread.thread.archived = thread.thread.locked = True
    with pytest.raises(Refused, match="50083"):
        cora.writes(thread, "and now?")


async def test_nothing_in_an_archived_thread_is_edited_or_deleted(
    client: Client, room: Channel, host: Human, cora: Human
) -> None:
    thread = cora.starts_thread(room, "aside")
    said = [cora.writes(thread, word) for word in ("one", "two", "three")]
    host.archives(thread)
    with pytest.raises(Refused, match="50083"):
        cora.edits(said[0], "changed")
    there = await client.fetch_channel(thread.id)
    assert isinstance(there, discord.Thread)
    for some in (said[:1], said):
        with pytest.raises(discord.HTTPException) as refused:
            await there.delete_messages([discord.Object(each.id) for each in some])
        assert refused.value.code == 50083
    said.append(cora.writes(thread, "four"))
    await there.delete_messages([discord.Object(each.id) for each in said])
    assert not cora.reads(thread)


async def test_a_webhook_writes_under_its_own_name_until_it_is_deleted(
    client: Client, guild: Guild, room: Channel, cora: Human
) -> None:
    channel = text_channel(client, room)
    with pytest.raises(discord.Forbidden):
        await channel.create_webhook(name="relay")
    role = next(each for each in guild.roles.values() if each.bot_id)
    role.permissions = int(RIGHTS | Permission.MANAGE_WEBHOOKS)
    hook = await channel.create_webhook(name="relay")
    assert [each.id for each in await channel.webhooks()] == [hook.id]
    sent = await hook.send("from elsewhere", username="Quiet Fox", wait=True)
    assert [each.author.name for each in cora.sees(room)] == ["Quiet Fox"]
    await sent.edit(content="changed")
    assert cora.reads(room) == ["changed"]
    known = guild.webhooks[hook.id]
    token, known.token = known.token, "another"
    with pytest.raises(discord.HTTPException) as wrong:
        await hook.send("wrong token", wait=True)
    assert (wrong.value.status, wrong.value.code) == (401, 50027)
    known.token = token
    del guild.webhooks[hook.id]
    with pytest.raises(discord.NotFound) as gone:
        await hook.send("gone", wait=True)
    assert gone.value.code == 10015


async def test_the_audit_log_says_who_did_what_and_why(
    client: Client, guild: Guild, room: Channel, host: Human, cora: Human
) -> None:
    host.deletes(cora.writes(room, "oh"))
    made = await client.guilds[0].create_role(name="circle", reason="set-up, für alle")
    entries = [each async for each in client.guilds[0].audit_logs(limit=5)]
    assert [each.action for each in entries] == [
        discord.AuditLogAction.role_create,
        discord.AuditLogAction.message_delete,
    ]
    assert entries[0].reason == "set-up, für alle"
    assert entries[0].target is not None
    assert entries[0].target.id == made.id
    await until(lambda: len(client.heard("audit_log_entry_create")) == 2)
    role = next(each for each in guild.roles.values() if each.bot_id)
    role.permissions &= ~Permission.VIEW_AUDIT_LOG
    with pytest.raises(discord.Forbidden):
        assert not [each async for each in client.guilds[0].audit_logs()]


async def test_automod_rules_need_manage_server_to_be_listed(
    client: Client, guild: Guild, host: Human
) -> None:
    host.adds_automod_rule("Names", {"type": 1, "metadata": {}})
    seen = client.get_guild(guild.id)
    assert seen is not None
    with pytest.raises(discord.Forbidden, match="50013"):
        await seen.fetch_automod_rules()
    (role,) = [each for each in guild.roles.values() if each.bot_id]
    host.changes_role(role, permissions=role.permissions | int(Permission.MANAGE_GUILD))
    (rule,) = await seen.fetch_automod_rules()
    assert (rule.name, rule.enabled, rule.exempt_channel_ids) == ("Names", True, set())
