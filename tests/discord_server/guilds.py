"""Guilds and who is in them: roles, members, bans.

https://discord.com/developers/docs/resources/guild
"""

from __future__ import annotations

from datetime import datetime

from tests.discord_server import payloads
from tests.discord_server.errors import Refused
from tests.discord_server.gateway import Gateway
from tests.discord_server.messages import log
from tests.discord_server.permissions import (
    EVERYONE,
    Permission,
    in_guild,
    require,
    require_above_member,
    require_above_role,
)
from tests.discord_server.state import TEXT, Channel, Guild, Json, Member, Overwrite, Role, User

KICK, BAN, UNBAN, MEMBER_UPDATE, MEMBER_ROLES = 20, 22, 23, 24, 25
ROLE_CREATE, ROLE_UPDATE, ROLE_DELETE = 30, 31, 32


def new_guild(gateway: Gateway, name: str, owner: User) -> Guild:
    """A server with one channel, without the bot."""
    world = gateway.world
    guild = Guild(world.next_id(), name, owner.id)
    guild.roles[guild.id] = Role(guild.id, "@everyone", int(EVERYONE), 0)
    world.guilds[guild.id] = guild
    guild.members[owner.id] = Member(owner, world.clock.now())
    channel = Channel(world.next_id(), TEXT, "general", guild.id)
    guild.channels[channel.id] = channel
    return guild


def install(gateway: Gateway, guild: Guild, rights: Permission) -> Role:
    """The host invites the bot with these rights: it comes with a role of its own."""
    world = gateway.world
    bot = world.application.bot
    role = new_role(gateway, guild, bot.name, rights)
    role.bot_id = bot.id
    guild.members[bot.id] = Member(bot, world.clock.now(), {role.id})
    gateway.tell("GUILD_CREATE", payloads.guild_create(world, guild), guild=guild)
    return role


def new_role(gateway: Gateway, guild: Guild, name: str, rights: int) -> Role:
    """A role just above everybody's; those above move up."""
    for other in guild.roles.values():
        other.position += 1 if other.position >= 1 else 0
    role = Role(gateway.world.next_id(), name, int(rights), 1)
    guild.roles[role.id] = role
    tell_role(gateway, guild, role, "GUILD_ROLE_CREATE")
    return role


def tell_role(gateway: Gateway, guild: Guild, role: Role, event: str) -> None:
    """Tell of a role that is new or changed."""
    data = {"guild_id": str(guild.id), "role": payloads.role(role)}
    gateway.tell(event, data, guild=guild)


def join(gateway: Gateway, guild: Guild, user: User) -> Member:
    """Somebody comes into the guild."""
    if user.id in guild.bans:
        raise Refused(40007)
    member = Member(user, gateway.world.clock.now())
    guild.members[user.id] = member
    data = payloads.member(member) | {"guild_id": str(guild.id)}
    gateway.tell("GUILD_MEMBER_ADD", data, guild=guild)
    return member


def leave(gateway: Gateway, guild: Guild, user: User) -> None:
    """Somebody goes, or is made to go. When it is the bot, the guild is gone for it."""
    del guild.members[user.id]
    if user is gateway.world.application.bot:
        gateway.tell("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)
        return
    data = {"guild_id": str(guild.id), "user": payloads.user(user)}
    gateway.tell("GUILD_MEMBER_REMOVE", data, guild=guild)


def tell_member(gateway: Gateway, guild: Guild, member: Member) -> None:
    """Tell that a member changed."""
    data = payloads.member(member) | {"guild_id": str(guild.id)}
    gateway.tell("GUILD_MEMBER_UPDATE", data, guild=guild)


def create_role(gateway: Gateway, guild: Guild, by: User, body: Json, reason: str | None) -> Role:
    """https://discord.com/developers/docs/resources/guild#create-guild-role"""
    _may(gateway, guild, by, Permission.MANAGE_ROLES)
    rights = int(body.get("permissions", guild.everyone.permissions))
    _may_give(guild, by, rights)
    role = new_role(gateway, guild, body.get("name") or "new role", rights)
    log(gateway, guild, ROLE_CREATE, by, role.id, reason=reason)
    return role


def change_role(
    gateway: Gateway, guild: Guild, by: User, role: Role, body: Json, reason: str | None
) -> None:
    """https://discord.com/developers/docs/resources/guild#modify-guild-role"""
    _may(gateway, guild, by, Permission.MANAGE_ROLES)
    require_above_role(guild, by.id, role.position)
    if body.get("permissions") is not None:
        rights = int(body["permissions"])
        # Only what is new must be the bot's own to give.
        _may_give(guild, by, rights & ~role.permissions)
        role.permissions = rights
    role.name = body.get("name") or role.name
    tell_role(gateway, guild, role, "GUILD_ROLE_UPDATE")
    log(gateway, guild, ROLE_UPDATE, by, role.id, reason=reason)


def move_roles(gateway: Gateway, guild: Guild, by: User, moves: list[Json]) -> None:
    """https://discord.com/developers/docs/resources/guild#modify-guild-role-positions"""
    _may(gateway, guild, by, Permission.MANAGE_ROLES)
    for move in moves:
        role = guild.role(int(move["id"]))
        require_above_role(guild, by.id, max(role.position, int(move["position"])))
    for move in moves:
        role = guild.role(int(move["id"]))
        role.position = int(move["position"])
        tell_role(gateway, guild, role, "GUILD_ROLE_UPDATE")


def delete_role(gateway: Gateway, guild: Guild, by: User, role: Role, reason: str | None) -> None:
    """https://discord.com/developers/docs/resources/guild#delete-guild-role"""
    _may(gateway, guild, by, Permission.MANAGE_ROLES)
    require_above_role(guild, by.id, role.position)
    if role.bot_id is not None or role.id == guild.id:
        raise Refused(50028)
    take_role_away(gateway, guild, role)
    log(gateway, guild, ROLE_DELETE, by, role.id, reason=reason)


def take_role_away(gateway: Gateway, guild: Guild, role: Role) -> None:
    """The role is gone, from everybody who had it."""
    del guild.roles[role.id]
    for member in guild.members.values():
        member.roles.discard(role.id)
    data = {"guild_id": str(guild.id), "role_id": str(role.id)}
    gateway.tell("GUILD_ROLE_DELETE", data, guild=guild)


def set_role(
    gateway: Gateway,
    guild: Guild,
    by: User,
    member: Member,
    role: Role,
    *,
    has: bool,
    reason: str | None = None,
) -> None:
    """Give a role or take it. Nothing is told where nothing changes.

    https://discord.com/developers/docs/resources/guild#add-guild-member-role
    """
    _may(gateway, guild, by, Permission.MANAGE_ROLES)
    require_above_role(guild, by.id, role.position)
    if role.bot_id is not None or role.id == guild.id:
        raise Refused(50028)
    if (role.id in member.roles) == has:
        return
    if has:
        member.roles.add(role.id)
    else:
        member.roles.discard(role.id)
    tell_member(gateway, guild, member)
    log(gateway, guild, MEMBER_ROLES, by, member.user.id, reason=reason)


def change_member(
    gateway: Gateway, guild: Guild, by: User, member: Member, body: Json, reason: str | None
) -> None:
    """https://discord.com/developers/docs/resources/guild#modify-guild-member"""
    if "roles" in body:
        _may(gateway, guild, by, Permission.MANAGE_ROLES)
        wanted = {guild.role(int(each)).id for each in body["roles"] or []}
        for changed in wanted ^ member.roles:
            require_above_role(guild, by.id, guild.roles[changed].position)
            if guild.roles[changed].bot_id is not None:
                raise Refused(50028)
    if "nick" in body:
        own = member.user is by
        _may(gateway, guild, by, *([Permission.MANAGE_NICKNAMES] if not own else []))
        if not own:
            require_above_member(guild, by.id, member)
    if "communication_disabled_until" in body:
        _may(gateway, guild, by, Permission.MODERATE_MEMBERS)
        require_above_member(guild, by.id, member)
        if Permission.ADMINISTRATOR in in_guild(guild, member):
            raise Refused(50013)
    if "roles" in body:
        member.roles = {int(each) for each in body["roles"] or []}
    if "nick" in body:
        member.nick = body["nick"] or None
    if "communication_disabled_until" in body:
        until = body["communication_disabled_until"]
        member.timeout_until = datetime.fromisoformat(until) if until else None
    tell_member(gateway, guild, member)
    log(gateway, guild, MEMBER_UPDATE, by, member.user.id, reason=reason)


def kick(gateway: Gateway, guild: Guild, by: User, member: Member, reason: str | None) -> None:
    """https://discord.com/developers/docs/resources/guild#remove-guild-member"""
    _may(gateway, guild, by, Permission.KICK_MEMBERS)
    require_above_member(guild, by.id, member)
    leave(gateway, guild, member.user)
    log(gateway, guild, KICK, by, member.user.id, reason=reason)


def ban(gateway: Gateway, guild: Guild, by: User, user: User, reason: str | None) -> None:
    """https://discord.com/developers/docs/resources/guild#create-guild-ban"""
    _may(gateway, guild, by, Permission.BAN_MEMBERS)
    if user.id in guild.members:
        require_above_member(guild, by.id, guild.members[user.id])
        leave(gateway, guild, user)
    guild.bans[user.id] = reason
    data = {"guild_id": str(guild.id), "user": payloads.user(user)}
    gateway.tell("GUILD_BAN_ADD", data, guild=guild)
    log(gateway, guild, BAN, by, user.id, reason=reason)


def unban(gateway: Gateway, guild: Guild, by: User, user: User, reason: str | None) -> None:
    """https://discord.com/developers/docs/resources/guild#remove-guild-ban"""
    _may(gateway, guild, by, Permission.BAN_MEMBERS)
    if user.id not in guild.bans:
        raise Refused(10026)
    del guild.bans[user.id]
    data = {"guild_id": str(guild.id), "user": payloads.user(user)}
    gateway.tell("GUILD_BAN_REMOVE", data, guild=guild)
    log(gateway, guild, UNBAN, by, user.id, reason=reason)


def add_automod_rule(gateway: Gateway, guild: Guild, by: User, body: Json) -> None:
    """A rule of AutoMod's. It is only listed here, and acts on nothing.

    https://discord.com/developers/docs/resources/auto-moderation#create-auto-moderation-rule
    """
    _may(gateway, guild, by, Permission.MANAGE_GUILD)
    guild.automod.append(
        {
            "id": str(gateway.world.next_id()),
            "guild_id": str(guild.id),
            "creator_id": str(by.id),
            "event_type": 1,
            "trigger_type": 1,
            "trigger_metadata": {"keyword_filter": [], "regex_patterns": [], "allow_list": []},
            "enabled": True,
            "exempt_roles": [],
            "exempt_channels": [],
        }
        | body
    )


def overwrites(guild: Guild, by: User, told: list[Json]) -> dict[int, Overwrite]:
    """Overwrites of a request. Only rights that one has oneself can be given or denied."""
    made = {}
    for each in told:
        allow, deny = int(each.get("allow") or 0), int(each.get("deny") or 0)
        _may_give(guild, by, allow | deny)
        made[int(each["id"])] = Overwrite(int(each["id"]), int(each["type"]), allow, deny)
    return made


def _may(gateway: Gateway, guild: Guild, by: User, *rights: Permission) -> None:
    require(guild, by.id, None, gateway.world.clock.now(), *rights)


def _may_give(guild: Guild, by: User, rights: int) -> None:
    member = guild.member(by.id)
    known = rights & int(sum(Permission))
    if known & ~int(in_guild(guild, member)):
        raise Refused(50013)
