"""Channels, threads, direct chats and webhooks.

https://discord.com/developers/docs/resources/channel
"""

from __future__ import annotations

import secrets

from tests.discord_server import guilds, messages, payloads
from tests.discord_server.errors import Refused, invalid
from tests.discord_server.gateway import Gateway
from tests.discord_server.permissions import Permission, require
from tests.discord_server.state import (
    CATEGORY,
    DIRECT,
    FORUM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    THREADS,
    Channel,
    Guild,
    Json,
    Message,
    Overwrite,
    ThreadFacts,
    User,
    Webhook,
)

CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE = 10, 11, 12
OVERWRITE_CREATE, OVERWRITE_DELETE = 13, 15
WEBHOOK_CREATE, WEBHOOK_DELETE = 50, 52


def tell(gateway: Gateway, channel: Channel, event: str) -> None:
    """Tell that a channel is new, changed or gone."""
    guild = gateway.world.guild_of(channel)
    gateway.tell(event, payloads.channel(channel), channel=channel, guild=guild)


def create(gateway: Gateway, guild: Guild, by: User, body: Json, reason: str | None) -> Channel:
    """https://discord.com/developers/docs/resources/guild#create-guild-channel"""
    world = gateway.world
    require(guild, by.id, None, world.clock.now(), Permission.MANAGE_CHANNELS)
    if not 1 <= len(body["name"]) <= 100:
        raise invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    kind = body.get("type") or TEXT
    if kind not in (TEXT, CATEGORY, FORUM):
        raise Refused(50024)
    channel = Channel(
        world.next_id(),
        kind,
        body["name"],
        guild.id,
        topic=body.get("topic"),
        position=len(guild.channels),
    )
    if body.get("parent_id"):
        channel.parent_id = int(body["parent_id"])
    channel.overwrites = guilds.overwrites(guild, by, body.get("permission_overwrites") or [])
    guild.channels[channel.id] = channel
    tell(gateway, channel, "CHANNEL_CREATE")
    messages.log(gateway, guild, CHANNEL_CREATE, by, channel.id, reason=reason)
    return channel


def change(gateway: Gateway, channel: Channel, by: User, body: Json, reason: str | None) -> None:
    """https://discord.com/developers/docs/resources/channel#modify-channel"""
    now = gateway.world.clock.now()
    guild = gateway.world.guild_of(channel)
    if guild is None:
        raise Refused(50003)
    facts = channel.thread
    if facts is not None:
        if facts.owner_id != by.id or facts.locked or "locked" in body:
            require(guild, by.id, channel, now, Permission.MANAGE_THREADS)
        channel.name = body.get("name") or channel.name
        was, facts.archived = facts.archived, bool(body.get("archived", facts.archived))
        if facts.archived != was:
            facts.archive_changed = now
        facts.locked = bool(body.get("locked", facts.locked))
        tell(gateway, channel, "THREAD_UPDATE")
        return
    require(guild, by.id, channel, now, Permission.MANAGE_CHANNELS)
    if "permission_overwrites" in body:
        require(guild, by.id, channel, now, Permission.MANAGE_ROLES)
        wanted = guilds.overwrites(guild, by, body["permission_overwrites"] or [])
        channel.overwrites = wanted
    channel.name = body.get("name") or channel.name
    channel.topic = body.get("topic", channel.topic)
    channel.position = int(body.get("position") or channel.position)
    tell(gateway, channel, "CHANNEL_UPDATE")
    messages.log(gateway, guild, CHANNEL_UPDATE, by, channel.id, reason=reason)


def delete(gateway: Gateway, channel: Channel, by: User, reason: str | None) -> None:
    """https://discord.com/developers/docs/resources/channel#deleteclose-channel"""
    guild = gateway.world.guild_of(channel)
    if guild is None:
        raise Refused(50003)
    is_thread = channel.thread is not None
    needed = Permission.MANAGE_THREADS if is_thread else Permission.MANAGE_CHANNELS
    require(guild, by.id, channel, gateway.world.clock.now(), needed)
    for inside in [each for each in guild.channels.values() if each.parent_id == channel.id]:
        if inside.thread is not None:
            del guild.channels[inside.id]
        else:
            inside.parent_id = None
    if is_thread:
        gone = {
            "id": str(channel.id),
            "guild_id": str(guild.id),
            "parent_id": str(channel.parent_id),
            "type": channel.type,
        }
        gateway.tell("THREAD_DELETE", gone, channel=channel, guild=guild)
    else:
        tell(gateway, channel, "CHANNEL_DELETE")
        messages.log(gateway, guild, CHANNEL_DELETE, by, channel.id, reason=reason)
    del guild.channels[channel.id]


def set_overwrite(
    gateway: Gateway, channel: Channel, by: User, target: int, body: Json | None, reason: str | None
) -> None:
    """Set an overwrite, or take it off where there is no body.

    https://discord.com/developers/docs/resources/channel#edit-channel-permissions
    """
    guild = gateway.world.guild_of(channel)
    if guild is None:
        raise Refused(50003)
    require(guild, by.id, channel, gateway.world.clock.now(), Permission.MANAGE_ROLES)
    if body is None:
        if target not in channel.overwrites:
            raise Refused(10009)
        del channel.overwrites[target]
    else:
        made: dict[int, Overwrite] = guilds.overwrites(guild, by, [body | {"id": target}])
        channel.overwrites |= made
    tell(gateway, channel, "CHANNEL_UPDATE")
    action = OVERWRITE_DELETE if body is None else OVERWRITE_CREATE
    messages.log(gateway, guild, action, by, channel.id, reason=reason)


def start_thread(
    gateway: Gateway, parent: Channel, by: User, body: Json, origin: Message | None = None
) -> Channel:
    """A thread, from a message, by itself, or as a post in a forum.

    https://discord.com/developers/docs/resources/channel#start-thread-without-message
    """
    world = gateway.world
    guild = world.guild_of(parent)
    if guild is None or parent.type in (*THREADS, CATEGORY):
        raise Refused(50024)
    kind = int(body.get("type") or PUBLIC_THREAD)
    kind = PUBLIC_THREAD if origin is not None or parent.type == FORUM else kind
    if parent.type == FORUM:
        needed = Permission.SEND_MESSAGES
    elif kind == PRIVATE_THREAD:
        needed = Permission.CREATE_PRIVATE_THREADS
    else:
        needed = Permission.CREATE_PUBLIC_THREADS
    require(guild, by.id, parent, world.clock.now(), needed)
    if origin is not None and origin.id in guild.channels:
        raise Refused(160004)
    # A thread that starts at a message has the message's id.
    number = origin.id if origin is not None else world.next_id()
    now = world.clock.now()
    facts = ThreadFacts(by.id, now, members={by.id: now})
    thread = Channel(number, kind, body["name"], guild.id, parent.id, thread=facts)
    guild.channels[thread.id] = thread
    told = payloads.channel(thread) | {"newly_created": True}
    gateway.tell("THREAD_CREATE", told, channel=thread, guild=guild)
    if parent.type == FORUM:
        # A forum's first message has the thread's id.
        messages.post(gateway, thread, by, body["message"], number=thread.id)
    return thread


def set_thread_member(
    gateway: Gateway, thread: Channel, by: User, user: User, *, is_in: bool
) -> None:
    """https://discord.com/developers/docs/resources/channel#add-thread-member"""
    guild = gateway.world.guild_of(thread)
    if guild is None or thread.thread is None:
        raise Refused(50024)
    now = gateway.world.clock.now()
    if is_in or by is user:
        require(guild, by.id, thread, now, Permission.VIEW_CHANNEL)
    else:
        require(guild, by.id, thread, now, Permission.MANAGE_THREADS)
    if is_in:
        thread.thread.members.setdefault(guild.member(user.id).user.id, now)
    else:
        thread.thread.members.pop(user.id, None)
    data: Json = {
        "id": str(thread.id),
        "guild_id": str(guild.id),
        "member_count": len(thread.thread.members),
    }
    if is_in:
        whole = payloads.thread_member(thread, user.id)
        data["added_members"] = [whole | {"member": payloads.member(guild.members[user.id])}]
    else:
        data["removed_member_ids"] = [str(user.id)]
    gateway.tell("THREAD_MEMBERS_UPDATE", data, channel=thread, guild=guild)


def direct(gateway: Gateway, one: User, other: User) -> Channel:
    """The chat of two, the same one each time.

    https://discord.com/developers/docs/resources/user#create-dm
    """
    world = gateway.world
    for channel in world.direct.values():
        if {each.id for each in channel.recipients} == {one.id, other.id}:
            return channel
    channel = Channel(world.next_id(), DIRECT, recipients=[one, other])
    world.direct[channel.id] = channel
    return channel


def create_webhook(
    gateway: Gateway, channel: Channel, by: User, name: str, reason: str | None
) -> Webhook:
    """https://discord.com/developers/docs/resources/webhook#create-webhook"""
    guild = gateway.world.guild_of(channel)
    if guild is None or channel.type in THREADS:
        raise Refused(50024)
    require(guild, by.id, channel, gateway.world.clock.now(), Permission.MANAGE_WEBHOOKS)
    token = secrets.token_hex(34)
    webhook = Webhook(gateway.world.next_id(), channel.id, guild.id, name, token, by)
    guild.webhooks[webhook.id] = webhook
    _tell_webhooks(gateway, guild, channel)
    messages.log(gateway, guild, WEBHOOK_CREATE, by, webhook.id, reason=reason)
    return webhook


def delete_webhook(gateway: Gateway, webhook: Webhook) -> None:
    """https://discord.com/developers/docs/resources/webhook#delete-webhook"""
    guild = gateway.world.guilds[webhook.guild_id]
    del guild.webhooks[webhook.id]
    _tell_webhooks(gateway, guild, guild.channels[webhook.channel_id])


def _tell_webhooks(gateway: Gateway, guild: Guild, channel: Channel) -> None:
    data = {"guild_id": str(guild.id), "channel_id": str(channel.id)}
    gateway.tell("WEBHOOKS_UPDATE", data, guild=guild)
