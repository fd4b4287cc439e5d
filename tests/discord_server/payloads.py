"""The JSON of everything, as Discord sends it.

https://discord.com/developers/docs/resources/message#message-object and its neighbours.
"""

from __future__ import annotations

from datetime import datetime

from tests.discord_server import permissions
from tests.discord_server.state import (
    DIRECT,
    FORUM,
    THREADS,
    Application,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Role,
    User,
    Webhook,
    World,
)


def when(time: datetime) -> str:
    """A time as Discord writes it."""
    return time.isoformat()


def user(user: User) -> Json:
    """https://discord.com/developers/docs/resources/user#user-object"""
    told: Json = {
        "id": str(user.id),
        "username": user.name,
        "global_name": user.shown or user.name.title(),
        "discriminator": "0000" if user.bot else "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    return told | ({"bot": True} if user.bot else {})


def current_user(bot: User) -> Json:
    """The account that asks, with what only it sees."""
    return user(bot) | {
        "mfa_enabled": True,
        "locale": "en-US",
        "premium_type": 0,
        "email": None,
        "verified": True,
    }


def member(member: Member, *, with_user: bool = True) -> Json:
    """https://discord.com/developers/docs/resources/guild#guild-member-object"""
    told: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": member.timeout_until and when(member.timeout_until),
        "deaf": False,
        "flags": 0,
        "joined_at": when(member.joined_at),
        "mute": False,
        "nick": member.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role) for role in sorted(member.roles)],
    }
    return told | ({"user": user(member.user)} if with_user else {})


def role(role: Role) -> Json:
    """https://discord.com/developers/docs/topics/permissions#role-object"""
    told: Json = {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.bot_id is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return told | ({"tags": {"bot_id": str(role.bot_id)}} if role.bot_id is not None else {})


def channel(channel: Channel) -> Json:
    """https://discord.com/developers/docs/resources/channel#channel-object"""
    last = channel.last_message_id
    told: Json = {
        "id": str(channel.id),
        "type": channel.type,
        "flags": 0,
        "last_message_id": str(last) if last is not None else None,
        "last_pin_timestamp": None,
    }
    if channel.type == DIRECT:
        others = [each for each in channel.recipients if not each.bot]
        return told | {"recipients": [user(each) for each in others]}
    told |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id is not None else None,
        "rate_limit_per_user": 0,
    }
    if channel.thread is not None:
        return told | _thread(channel)
    if channel.type == FORUM:
        told |= {
            "available_tags": [],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return told | {
        "topic": channel.topic,
        "position": channel.position,
        "nsfw": False,
        "permission_overwrites": [
            {
                "id": str(each.id),
                "type": each.type,
                "allow": str(int(each.allow)),
                "deny": str(int(each.deny)),
            }
            for each in channel.overwrites.values()
        ],
    }


def _thread(channel: Channel) -> Json:
    facts = channel.thread
    assert facts is not None
    count = sum(1 for _ in channel.shown())
    return {
        "owner_id": str(facts.owner_id),
        "message_count": count,
        "total_message_sent": count,
        "member_count": len(facts.members),
        "thread_metadata": {
            "archived": facts.archived,
            "archive_timestamp": when(facts.archive_changed or facts.created),
            "auto_archive_duration": 1440,
            "locked": facts.locked,
            "create_timestamp": when(facts.created),
            "invitable": True,
        },
    }


def thread_member(channel: Channel, account: int) -> Json:
    """https://discord.com/developers/docs/resources/channel#thread-member-object"""
    assert channel.thread is not None
    return {
        "id": str(channel.id),
        "user_id": str(account),
        "join_timestamp": when(channel.thread.members[account]),
        "flags": 0,
    }


def message(message: Message) -> Json:
    """https://discord.com/developers/docs/resources/message#message-object"""
    told: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "type": message.type,
        "author": user(message.author),
        "content": message.content,
        "timestamp": when(message.created),
        "edited_timestamp": message.edited and when(message.edited),
        "tts": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [user(each) for each in message.mentions],
        "mention_roles": [str(each) for each in message.mention_roles],
        "attachments": message.attachments,
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned_at is not None,
        "flags": message.flags,
    }
    if message.webhook_id is not None:
        told["webhook_id"] = str(message.webhook_id)
    if message.application_id is not None:
        told["application_id"] = str(message.application_id)
    if message.reference is not None:
        told["message_reference"] = message.reference
    if message.snapshots:
        told["message_snapshots"] = message.snapshots
    if message.interaction is not None:
        told["interaction_metadata"] = message.interaction
    return told


def without_content(told: Json) -> Json:
    """A message as an application without the message content intent gets it."""
    empty: Json = {"content": "", "embeds": [], "components": [], "attachments": []}
    if "message_snapshots" in told:
        empty["message_snapshots"] = [
            {"message": each["message"] | empty} for each in told["message_snapshots"]
        ]
    return told | empty


def guild(guild: Guild) -> Json:
    """https://discord.com/developers/docs/resources/guild#guild-object"""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(guild.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 1,
        "roles": [role(each) for each in guild.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(world: World, told: Guild) -> Json:
    """https://discord.com/developers/docs/events/gateway-events#guild-create"""
    bot = world.application.bot.id
    now = world.clock.now()
    channels = [each for each in told.channels.values() if each.thread is None]
    threads = [
        each
        for each in told.channels.values()
        if each.thread is not None
        and not each.thread.archived
        and permissions.sees(told, bot, each, now)
    ]
    # What only answers over HTTP hold.
    whole = guild(told)
    del whole["nsfw"], whole["home_header"]
    return whole | {
        "joined_at": when(told.members[bot].joined_at),
        "large": len(told.members) > 250,
        "unavailable": False,
        "member_count": len(told.members),
        "voice_states": [],
        "hub_type": None,
        # Without the presence intent the list of members holds the bot alone.
        "members": [member(told.members[bot])],
        "channels": [channel(each) for each in channels if each.type not in THREADS],
        "threads": [channel(each) for each in threads],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_flags(application: Application) -> int:
    """Which intents are switched on, for an application in fewer than 100 guilds.

    https://discord.com/developers/docs/resources/application#application-object-application-flags
    """
    members = 1 << 15 if application.members_intent else 0
    return members | (1 << 19 if application.content_intent else 0)


def application(application: Application, guilds: int) -> Json:
    """https://discord.com/developers/docs/resources/application#application-object"""
    flags = application_flags(application)
    return {
        "id": str(application.id),
        "name": application.bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(application.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(application.owner),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def webhook(webhook: Webhook) -> Json:
    """https://discord.com/developers/docs/resources/webhook#webhook-object"""
    return {
        "id": str(webhook.id),
        "type": 1,
        "channel_id": str(webhook.channel_id),
        "guild_id": str(webhook.guild_id),
        "name": webhook.name,
        "avatar": None,
        "application_id": None,
        "token": webhook.token,
        "user": user(webhook.owner),
    }
