"""The routes about the bot itself, guilds, channels, roles, members and the audit log."""

from __future__ import annotations

from typing import Any

from tests.discord_server import channels, guilds, payloads
from tests.discord_server.call import Call, Created, Handler
from tests.discord_server.errors import Refused, invalid
from tests.discord_server.permissions import Permission, in_guild, require, sees

# What an audit log can point at and the stand-in has none of.
EMPTY = (
    "integrations",
    "webhooks",
    "guild_scheduled_events",
    "threads",
    "application_commands",
    "auto_moderation_rules",
)


async def _me(call: Call) -> Any:
    return payloads.current_user(call.bot)


async def _application(call: Call) -> Any:
    count = sum(call.bot.id in each.members for each in call.world.guilds.values())
    return payloads.application(call.world.application, count)


async def _gateway(call: Call) -> Any:
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return {"url": call.gateway.url, "shards": 1, "session_start_limit": limit}


async def _my_guilds(call: Call) -> Any:
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(in_guild(each, each.members[call.bot.id]))),
            "features": [],
        }
        for each in call.world.guilds.values()
        if call.bot.id in each.members
    ]


async def _leave(call: Call) -> Any:
    guilds.leave(call.gateway, call.guild, call.bot)


async def _direct(call: Call) -> Any:
    other = call.world.user(int(call.json["recipient_id"]))
    return payloads.channel(channels.direct(call.gateway, call.bot, other))


async def _guild(call: Call) -> Any:
    return payloads.guild(call.guild)


async def _channels(call: Call) -> Any:
    found = [each for each in call.guild.channels.values() if each.thread is None]
    return [payloads.channel(each) for each in found]


async def _new_channel(call: Call) -> Any:
    made = channels.create(call.gateway, call.guild, call.bot, call.json, call.reason)
    return Created(payloads.channel(made))


async def _channel(call: Call) -> Any:
    channel = call.channel
    guild = call.world.guild_of(channel)
    now = call.world.clock.now()
    require(guild, call.bot.id, channel, now, Permission.VIEW_CHANNEL)
    return payloads.channel(channel)


async def _change_channel(call: Call) -> Any:
    channel = call.channel
    channels.change(call.gateway, channel, call.bot, call.json, call.reason)
    return payloads.channel(channel)


async def _delete_channel(call: Call) -> Any:
    channel = call.channel
    channels.delete(call.gateway, channel, call.bot, call.reason)
    return payloads.channel(channel)


async def _overwrite(call: Call) -> Any:
    target = int(call.ids["overwrite_id"])
    channels.set_overwrite(call.gateway, call.channel, call.bot, target, call.json, call.reason)


async def _no_overwrite(call: Call) -> Any:
    target = int(call.ids["overwrite_id"])
    channels.set_overwrite(call.gateway, call.channel, call.bot, target, None, call.reason)


async def _roles(call: Call) -> Any:
    return [payloads.role(each) for each in call.guild.roles.values()]


async def _new_role(call: Call) -> Any:
    made = guilds.create_role(call.gateway, call.guild, call.bot, call.json, call.reason)
    return payloads.role(made)


async def _move_roles(call: Call) -> Any:
    guild = call.guild
    guilds.move_roles(call.gateway, guild, call.bot, call.body)
    return [payloads.role(each) for each in guild.roles.values()]


async def _change_role(call: Call) -> Any:
    role = call.guild.role(int(call.ids["role_id"]))
    guilds.change_role(call.gateway, call.guild, call.bot, role, call.json, call.reason)
    return payloads.role(role)


async def _delete_role(call: Call) -> Any:
    role = call.guild.role(int(call.ids["role_id"]))
    guilds.delete_role(call.gateway, call.guild, call.bot, role, call.reason)


async def _members(call: Call) -> Any:
    guild = call.guild
    if not call.world.application.members_intent:
        raise Refused(50001)
    limit, after = int(call.query.get("limit", 1)), int(call.query.get("after", 0))
    if not 1 <= limit <= 1000:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.")
    found = sorted(each for each in guild.members if each > after)[:limit]
    return [payloads.member(guild.members[each]) for each in found]


async def _member(call: Call) -> Any:
    return payloads.member(call.guild.member(call.user.id))


async def _change_member(call: Call) -> Any:
    guild = call.guild
    member = guild.member(call.user.id if "user_id" in call.ids else call.bot.id)
    guilds.change_member(call.gateway, guild, call.bot, member, call.json, call.reason)
    return payloads.member(member)


async def _kick(call: Call) -> Any:
    member = call.guild.member(call.user.id)
    guilds.kick(call.gateway, call.guild, call.bot, member, call.reason)


def _set_role(call: Call, *, has: bool) -> None:
    guild = call.guild
    member, role = guild.member(call.user.id), guild.role(int(call.ids["role_id"]))
    guilds.set_role(call.gateway, guild, call.bot, member, role, has=has, reason=call.reason)


async def _give_role(call: Call) -> Any:
    _set_role(call, has=True)


async def _take_role(call: Call) -> Any:
    _set_role(call, has=False)


async def _bans(call: Call) -> Any:
    guild = call.guild
    require(guild, call.bot.id, None, call.world.clock.now(), Permission.BAN_MEMBERS)
    return [
        {"user": payloads.user(call.world.user(each)), "reason": why}
        for each, why in guild.bans.items()
    ]


async def _ban(call: Call) -> Any:
    guilds.ban(call.gateway, call.guild, call.bot, call.user, call.reason)


async def _unban(call: Call) -> Any:
    guilds.unban(call.gateway, call.guild, call.bot, call.user, call.reason)


async def _active_threads(call: Call) -> Any:
    guild, now = call.guild, call.world.clock.now()
    found = [
        each
        for each in guild.channels.values()
        if each.thread is not None
        and not each.thread.archived
        and sees(guild, call.bot.id, each, now)
    ]
    threads = [payloads.channel(each) for each in found]
    return {"threads": threads, "members": [], "has_more": False}


async def _audit_log(call: Call) -> Any:
    guild = call.guild
    require(guild, call.bot.id, None, call.world.clock.now(), Permission.VIEW_AUDIT_LOG)
    entries = [
        each
        for each in reversed(guild.audit)
        if call.query.get("action_type", str(each["action_type"])) == str(each["action_type"])
        and call.query.get("user_id", each["user_id"]) == each["user_id"]
        and int(each["id"]) < int(call.query.get("before", 1 << 63))
    ][: int(call.query.get("limit", 50))]
    people = {int(each["user_id"]) for each in entries}
    return {
        "audit_log_entries": entries,
        "users": [payloads.user(call.world.users[each]) for each in sorted(people)],
    } | {key: [] for key in EMPTY}


async def _automod(call: Call) -> Any:
    require(call.guild, call.bot.id, None, call.world.clock.now(), Permission.MANAGE_GUILD)
    return call.guild.automod


_G = "/guilds/{guild_id}"
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/users/@me", _me),
    ("GET", "/oauth2/applications/@me", _application),
    ("GET", "/applications/@me", _application),
    ("GET", "/gateway/bot", _gateway),
    ("GET", "/users/@me/guilds", _my_guilds),
    ("DELETE", "/users/@me/guilds/{guild_id}", _leave),
    ("POST", "/users/@me/channels", _direct),
    ("GET", _G, _guild),
    ("GET", f"{_G}/channels", _channels),
    ("POST", f"{_G}/channels", _new_channel),
    ("GET", "/channels/{channel_id}", _channel),
    ("PATCH", "/channels/{channel_id}", _change_channel),
    ("DELETE", "/channels/{channel_id}", _delete_channel),
    ("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", _overwrite),
    ("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}", _no_overwrite),
    ("GET", f"{_G}/roles", _roles),
    ("POST", f"{_G}/roles", _new_role),
    ("PATCH", f"{_G}/roles", _move_roles),
    ("PATCH", f"{_G}/roles/{{role_id}}", _change_role),
    ("DELETE", f"{_G}/roles/{{role_id}}", _delete_role),
    ("GET", f"{_G}/members", _members),
    ("PATCH", f"{_G}/members/@me", _change_member),
    ("GET", f"{_G}/members/{{user_id}}", _member),
    ("PATCH", f"{_G}/members/{{user_id}}", _change_member),
    ("DELETE", f"{_G}/members/{{user_id}}", _kick),
    ("PUT", f"{_G}/members/{{user_id}}/roles/{{role_id}}", _give_role),
    ("DELETE", f"{_G}/members/{{user_id}}/roles/{{role_id}}", _take_role),
    ("GET", f"{_G}/bans", _bans),
    ("PUT", f"{_G}/bans/{{user_id}}", _ban),
    ("DELETE", f"{_G}/bans/{{user_id}}", _unban),
    ("GET", f"{_G}/threads/active", _active_threads),
    ("GET", f"{_G}/audit-logs", _audit_log),
    ("GET", f"{_G}/auto-moderation/rules", _automod),
]
