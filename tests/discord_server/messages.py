"""Writing, changing and deleting messages, by people and by the bot alike.

https://discord.com/developers/docs/resources/message
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tests.discord_server import contents, payloads
from tests.discord_server.errors import Refused, invalid
from tests.discord_server.gateway import Gateway
from tests.discord_server.permissions import Permission, in_channel, in_guild, require, sending
from tests.discord_server.state import (
    DIRECT,
    EPHEMERAL,
    EPOCH,
    FORUM,
    Channel,
    Guild,
    Json,
    Message,
    User,
    Webhook,
)

BULK_AGE: Final = timedelta(days=14)
BULK_LEAST: Final = 2
BULK_MOST: Final = 100
# "the past few minutes"; how many, Discord does not say.
NONCE_AGE: Final = timedelta(minutes=3)
REPLY: Final = 19
FORWARD: Final = 1
MESSAGE_DELETE, MESSAGE_BULK_DELETE = 72, 73
# https://discord.com/developers/docs/resources/message#message-snapshot-object
IN_SNAPSHOT: Final = (
    "type",
    "content",
    "embeds",
    "attachments",
    "timestamp",
    "edited_timestamp",
    "flags",
    "mentions",
    "mention_roles",
    "components",
)


def told(gateway: Gateway, message: Message) -> Json:
    """A message as the gateway tells it."""
    channel = gateway.world.channel(message.channel_id)
    guild = gateway.world.guild_of(channel)
    whole = payloads.message(message)
    if guild is None:
        return whole
    whole["guild_id"] = str(guild.id)
    member = guild.members.get(message.author.id)
    if member is not None and message.webhook_id is None:
        whole["member"] = payloads.member(member, with_user=False)
    return whole


def post(
    gateway: Gateway,
    channel: Channel,
    author: User,
    body: Json,
    *,
    webhook: Webhook | None = None,
    interaction: Json | None = None,
    only_for: int | None = None,
    number: int | None = None,
) -> Message:
    """Write a message. Rights are asked of whoever writes as a member, not of a webhook."""
    world = gateway.world
    guild = world.guild_of(channel)
    now = world.clock.now()
    if webhook is None and interaction is None:
        _may_write(gateway, channel, guild, author)
        if body.get("attachments"):
            require(guild, author.id, channel, now, Permission.ATTACH_FILES)
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > contents.NONCE_LENGTH:
        raise invalid("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    if nonce is not None and body.get("enforce_nonce"):
        for earlier in channel.messages.values():
            same = earlier.author is author and earlier.nonce == nonce
            if same and now - earlier.created < NONCE_AGE:
                return earlier
    message = Message(number or world.next_id(), channel.id, author, "", now, nonce=nonce)
    message.flags = int(body.get("flags") or 0) & contents.FLAGS_OF_SENDERS
    message.interaction, message.only_for = interaction, only_for
    if only_for is not None:
        message.flags |= EPHEMERAL
    if webhook is not None:
        message.webhook_id = webhook.id
    elif author.bot:
        message.application_id = world.application.id
    if reference := body.get("message_reference"):
        _refer(gateway, channel, message, reference)
    contents.fill(world, channel, guild, message, body)
    add(gateway, channel, message)
    return message


def add(gateway: Gateway, channel: Channel, message: Message) -> None:
    """Put a finished message into its channel and tell of it."""
    if channel.thread is not None and channel.thread.archived:
        channel.thread.archived = False
        guild = gateway.world.guild_of(channel)
        gateway.tell("THREAD_UPDATE", payloads.channel(channel), channel=channel, guild=guild)
    channel.messages[message.id] = message
    if message.only_for is None:
        _tell(gateway, channel, message, "MESSAGE_CREATE")


def _tell(gateway: Gateway, channel: Channel, message: Message, event: str) -> None:
    whole = told(gateway, message)
    if event == "MESSAGE_CREATE" and message.nonce is not None:
        whole["nonce"] = message.nonce
    guild = gateway.world.guild_of(channel)
    if guild is None:
        # https://discord.com/developers/docs/events/gateway-events#message-create
        whole["channel_type"] = DIRECT
    gateway.tell(event, whole, channel=channel, guild=guild)


def _may_write(gateway: Gateway, channel: Channel, guild: Guild | None, author: User) -> None:
    world = gateway.world
    require(guild, author.id, channel, world.clock.now(), sending(channel))
    if channel.type == FORUM:
        raise Refused(50024)
    if guild is None:
        other = next(each for each in channel.recipients if each is not author)
        shared = any(
            author.id in each.members and other.id in each.members for each in world.guilds.values()
        )
        if not (other.bot or (shared and other.direct_open)):
            raise Refused(50007)
    elif channel.thread is not None and channel.thread.locked:
        rights = in_channel(guild, guild.member(author.id), channel, world.clock.now())
        if channel.thread.archived and Permission.MANAGE_THREADS not in rights:
            raise Refused(50083)


def _refer(gateway: Gateway, channel: Channel, message: Message, reference: Json) -> None:
    """A reply, or a forward with its copy of the other message."""
    place = gateway.world.channel(int(reference.get("channel_id") or channel.id))
    original = place.messages.get(int(reference["message_id"]))
    if original is None or original.only_for is not None:
        if reference.get("fail_if_not_exists", True):
            raise invalid(
                "message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message"
            )
        return
    forward = reference.get("type") == FORWARD
    message.type = 0 if forward else REPLY
    message.reference = {
        "type": FORWARD if forward else 0,
        "channel_id": str(place.id),
        "message_id": str(original.id),
    }
    if place.guild_id is not None:
        message.reference["guild_id"] = str(place.guild_id)
    if forward:
        whole = payloads.message(original)
        message.snapshots = [{"message": {key: whole[key] for key in IN_SNAPSHOT}}]


def edit(gateway: Gateway, channel: Channel, message: Message, body: Json, by: User) -> None:
    """Change a message. Only its author may."""
    world = gateway.world
    guild = world.guild_of(channel)
    require(guild, by.id, channel, world.clock.now(), Permission.VIEW_CHANNEL)
    if message.author is not by or message.webhook_id is not None:
        raise Refused(50005)
    _must_be_open(channel)
    rewrite(gateway, channel, message, body)


def rewrite(gateway: Gateway, channel: Channel, message: Message, body: Json) -> None:
    """Change a message and tell of it, without asking who may."""
    world = gateway.world
    contents.fill(world, channel, world.guild_of(channel), message, body)
    message.edited = world.clock.now()
    if message.only_for is None:
        _tell(gateway, channel, message, "MESSAGE_UPDATE")


def delete(gateway: Gateway, channel: Channel, message: Message, by: User) -> None:
    """Delete one message: the own one, or with the right to manage messages.

    A person who deletes another's message is in the audit log; a bot that does is not.
    """
    world = gateway.world
    guild = world.guild_of(channel)
    now = world.clock.now()
    require(guild, by.id, channel, now, Permission.VIEW_CHANNEL)
    _must_be_open(channel)
    if message.author is not by:
        if guild is None:
            raise Refused(50013)
        require(guild, by.id, channel, now, Permission.MANAGE_MESSAGES)
        if not by.bot:
            options = {"channel_id": str(channel.id), "count": "1"}
            log(gateway, guild, MESSAGE_DELETE, by, message.author.id, options=options)
    forget(gateway, channel, message)


def _must_be_open(channel: Channel) -> None:
    """Whoever changes or deletes something in an archived thread opens that one first."""
    if channel.thread is not None and channel.thread.archived:
        raise Refused(50083)


def forget(gateway: Gateway, channel: Channel, message: Message) -> None:
    """Take a message out of its channel and tell of it."""
    del channel.messages[message.id]
    if message.only_for is not None:
        return
    guild = gateway.world.guild_of(channel)
    gone: Json = {"id": str(message.id), "channel_id": str(channel.id)}
    if guild is not None:
        gone["guild_id"] = str(guild.id)
    gateway.tell("MESSAGE_DELETE", gone, channel=channel, guild=guild)


def bulk_delete(gateway: Gateway, channel: Channel, ids: list[int], by: User) -> None:
    """Delete 2 to 100 messages of under 14 days at once, or none.

    https://discord.com/developers/docs/resources/message#bulk-delete-messages
    """
    world = gateway.world
    guild = world.guild_of(channel)
    if guild is None:
        raise Refused(50003)
    require(guild, by.id, channel, world.clock.now(), Permission.MANAGE_MESSAGES)
    _must_be_open(channel)
    if not BULK_LEAST <= len(ids) <= BULK_MOST:
        raise Refused(50016)
    if len(ids) != len(set(ids)):
        raise invalid("messages", "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains it.")
    oldest = world.clock.now() - BULK_AGE
    if any(EPOCH + timedelta(milliseconds=each >> 22) < oldest for each in ids):
        raise Refused(50034)
    there = [
        each for each in ids if each in channel.messages and channel.messages[each].only_for is None
    ]
    for each in there:
        del channel.messages[each]
    options = {"count": str(len(there))}
    log(gateway, guild, MESSAGE_BULK_DELETE, by, channel.id, options=options)
    gone = {
        "ids": [str(each) for each in there],
        "channel_id": str(channel.id),
        "guild_id": str(guild.id),
    }
    gateway.tell("MESSAGE_DELETE_BULK", gone, channel=channel, guild=guild)


def history(gateway: Gateway, channel: Channel, reader: User, query: dict[str, str]) -> list[Json]:
    """Messages, newest first. https://discord.com/developers/docs/resources/message#get-channel-messages"""
    world = gateway.world
    guild = world.guild_of(channel)
    require(guild, reader.id, channel, world.clock.now(), Permission.VIEW_CHANNEL)
    limit = int(query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    if guild is not None:
        rights = in_channel(guild, guild.member(reader.id), channel, world.clock.now())
        if Permission.READ_MESSAGE_HISTORY not in rights:
            return []
    found = list(channel.shown(newest_first=True))
    if "around" in query:
        middle, half = int(query["around"]), limit // 2
        newer = [each for each in found if each.id > middle][-half:] if half else []
        older = [each for each in found if each.id <= middle]
        found = [*newer, *older[: half + 1]]
    elif "after" in query:
        found = [each for each in found if each.id > int(query["after"])][-limit:]
    elif "before" in query:
        found = [each for each in found if each.id < int(query["before"])]
    return [seen(gateway, channel, each) for each in found[:limit]]


def seen(gateway: Gateway, channel: Channel, message: Message) -> Json:
    """A message as the bot gets it over HTTP: without its text where the portal's switch is off."""
    whole = payloads.message(message)
    if gateway.world.application.content_intent:
        return whole
    direct = channel.type == DIRECT
    return whole if gateway.reads_anyway(whole, direct) else payloads.without_content(whole)


def pin(gateway: Gateway, channel: Channel, message: Message, by: User, *, pinned: bool) -> None:
    """Pin a message, or take the pin off."""
    world = gateway.world
    guild = world.guild_of(channel)
    require(guild, by.id, channel, world.clock.now(), Permission.PIN_MESSAGES)
    message.pinned_at = world.clock.now() if pinned else None
    changed: Json = {"channel_id": str(channel.id)}
    if guild is not None:
        changed["guild_id"] = str(guild.id)
    gateway.tell("CHANNEL_PINS_UPDATE", changed, channel=channel, guild=guild)


def log(
    gateway: Gateway,
    guild: Guild,
    action: int,
    by: User,
    target: int | None,
    *,
    options: Json | None = None,
    reason: str | None = None,
) -> None:
    """Write into the audit log and tell of it.

    https://discord.com/developers/docs/resources/audit-log
    """
    entry: Json = {
        "id": str(gateway.world.next_id()),
        "action_type": action,
        "user_id": str(by.id),
        "target_id": str(target) if target is not None else None,
    }
    if options is not None:
        entry["options"] = options
    if reason is not None:
        entry["reason"] = reason
    guild.audit.append(entry)
    member = guild.members.get(gateway.world.application.bot.id)
    if member is not None and Permission.VIEW_AUDIT_LOG in in_guild(guild, member):
        whole = entry | {"guild_id": str(guild.id)}
        gateway.tell("GUILD_AUDIT_LOG_ENTRY_CREATE", whole, guild=guild)
