"""Who may do what, computed as Discord writes it down.

https://discord.com/developers/docs/topics/permissions
"""

from __future__ import annotations

from datetime import datetime
from enum import IntFlag

from tests.discord_server.errors import Refused
from tests.discord_server.state import DIRECT, PRIVATE_THREAD, THREADS, Channel, Guild, Member


class Permission(IntFlag):
    """The rights that the stand-in knows, by Discord's names."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


ALL = Permission(sum(Permission))
EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_APPLICATION_COMMANDS
)
ABOVE_ALL = 1 << 31
IN_TIMEOUT = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY


def in_guild(guild: Guild, member: Member) -> Permission:
    """The rights that the roles give, before any channel says otherwise."""
    if member.user.id == guild.owner_id:
        return ALL
    rights = Permission(guild.everyone.permissions)
    for role in member.roles:
        rights |= Permission(guild.roles[role].permissions)
    return ALL if Permission.ADMINISTRATOR in rights else rights


def in_channel(guild: Guild, member: Member, channel: Channel, now: datetime) -> Permission:
    """The rights in a channel. A thread has those of the channel it is in."""
    rights = in_guild(guild, member)
    if Permission.ADMINISTRATOR in rights:
        return rights
    place = channel
    if channel.type in THREADS and channel.parent_id is not None:
        place = guild.channels[channel.parent_id]
    if everyone := place.overwrites.get(guild.id):
        rights = _with(rights, everyone.allow, everyone.deny)
    of_roles = [place.overwrites[role] for role in member.roles if role in place.overwrites]
    allow = deny = 0
    for overwrite in of_roles:
        allow |= overwrite.allow
        deny |= overwrite.deny
    rights = _with(rights, allow, deny)
    if own := place.overwrites.get(member.user.id):
        rights = _with(rights, own.allow, own.deny)
    if member.timeout_until is not None and member.timeout_until > now:
        rights &= IN_TIMEOUT
    return _implied(rights, channel, member)


def _with(rights: Permission, allow: int, deny: int) -> Permission:
    return Permission((rights & ~deny) | (allow & ALL))


def _implied(rights: Permission, channel: Channel, member: Member) -> Permission:
    """What is lost with another right."""
    if channel.type == PRIVATE_THREAD and Permission.MANAGE_THREADS not in rights:
        assert channel.thread is not None
        if member.user.id not in channel.thread.members:
            return Permission(0)
    if Permission.VIEW_CHANNEL not in rights:
        return Permission(0)
    return rights


def require(
    guild: Guild | None, account: int, channel: Channel | None, now: datetime, *needed: Permission
) -> None:
    """Raises 50001 where the account cannot see the channel, 50013 where it sees and may not."""
    if guild is None:
        assert channel is not None
        assert channel.type == DIRECT
        if account not in [each.id for each in channel.recipients]:
            raise Refused(50001)
        return
    if account not in guild.members:
        raise Refused(50001)
    member = guild.members[account]
    if channel is None:
        rights = in_guild(guild, member)
    else:
        rights = in_channel(guild, member, channel, now)
        if Permission.VIEW_CHANNEL not in rights:
            raise Refused(50001)
    if any(each not in rights for each in needed):
        raise Refused(50013)


def sees(guild: Guild | None, account: int, channel: Channel, now: datetime) -> bool:
    """Whether an account sees a channel at all."""
    try:
        require(guild, account, channel, now, Permission.VIEW_CHANNEL)
    except Refused:
        return False
    return True


def sending(channel: Channel) -> Permission:
    """The right that writing in a channel needs."""
    if channel.type in THREADS:
        return Permission.SEND_MESSAGES_IN_THREADS
    return Permission.SEND_MESSAGES


def highest(guild: Guild, member: Member) -> int:
    """The position of the member's highest role; the owner is above all of them."""
    if member.user.id == guild.owner_id:
        return ABOVE_ALL
    return max((guild.roles[role].position for role in member.roles), default=0)


def require_above_role(guild: Guild, account: int, position: int) -> None:
    """Raises 50013 where a role is not below the account's highest one."""
    if highest(guild, guild.member(account)) <= position:
        raise Refused(50013)


def require_above_member(guild: Guild, account: int, other: Member) -> None:
    """Raises 50013 where the other member is as high or owns the guild."""
    require_above_role(guild, account, highest(guild, other))
