"""What of a server's own doings touches the promises: open channels, other bots, AutoMod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import discord

from adapters.discord.errors import as_ours
from adapters.discord.places import Places
from adapters.discord.rooms import group_of
from adapters.discord.setup import (
    Fault,
    Seen,
    TextRoom,
    Who,
    Wrong,
    bots_that_see,
    faults,
    is_text_room,
    others_let_in,
)
from bot.errors import PlatformError
from bot.model import Room, RoomKind
from bot.reply import Text

_WRONG: Final = {
    Fault(Who.NEWCOMERS, Wrong.SEE): "discord-open-newcomers-see",
    Fault(Who.NEWCOMERS, Wrong.WRITE): "discord-open-newcomers-write",
    Fault(Who.NEWCOMERS, Wrong.CANNOT): "discord-shut-newcomers",
    Fault(Who.MEMBERS, Wrong.SEE): "discord-open-members-see",
    Fault(Who.MEMBERS, Wrong.WRITE): "discord-open-members-write",
    Fault(Who.MEMBERS, Wrong.CANNOT): "discord-shut-members",
    Fault(Who.MODERATORS, Wrong.WRITE): "discord-open-moderators-write",
    Fault(Who.MODERATORS, Wrong.CANNOT): "discord-shut-moderators",
}


async def open_doors(guild: discord.Guild, places: Places) -> list[Text]:
    """Every one of them, and what mends it. Asks for the AutoMod rules; the rest is known."""
    if None in (guild.get_role(places.member), guild.get_role(places.moderator)):
        return [Text("discord-role-gone")]
    rooms = {room.id: room for room in guild.channels if is_text_room(room)}
    seen = Seen(guild, guild.me, rooms)
    return [*_channels(seen, places), *await _automod(seen, places)]


def _channels(seen: Seen, places: Places) -> Iterator[Text]:
    for number, kind in (*places.rooms.items(), (places.write, None)):
        room = seen.rooms.get(number or 0)
        if room is None:
            continue
        shown = {"room": _shown(room)}
        if room.type is discord.ChannelType.news:
            yield Text("discord-open-announcement", shown)
        for fault in faults(seen, room, kind, places):
            if fault in _WRONG:
                yield Text(_WRONG[fault], shown)
        if kind is RoomKind.LOBBY:
            continue
        if count := len(others_let_in(seen, room, places)):
            yield Text("discord-open-others", {**shown, "count": count})
        if count := len(bots_that_see(seen, list(seen.guild.members), room)):
            yield Text("discord-open-bots", {**shown, "count": count})


async def _automod(seen: Seen, places: Places) -> list[Text]:
    """The server's AutoMod rules that act in the group's rooms.

    Listing them takes Manage Server, which the set-up does not ask for.
    https://docs.discord.com/developers/resources/auto-moderation#list-auto-moderation-rules-for-guild
    """
    if not seen.me.guild_permissions.manage_guild:
        return [Text("discord-automod-unseen")]
    try:
        with as_ours():
            rules = await seen.guild.fetch_automod_rules()
    except PlatformError:
        return [Text("discord-automod-unseen")]
    talk = set(places.of(RoomKind.CIRCLE))
    acting = [rule for rule in rules if rule.enabled and talk - rule.exempt_channel_ids]
    if not acting:
        return []
    told = [Text("discord-automod", {"count": len(acting)})]
    into = {
        action.channel_id
        for rule in acting
        for action in rule.actions
        if action.type is discord.AutoModRuleActionType.send_alert_message and action.channel_id
    }
    group = group_of(seen.guild.id)
    told += [
        Text("discord-automod-copies", {"room": Room(group, str(channel))})
        for channel in sorted(into)
    ]
    return told


def _shown(room: TextRoom) -> Room:
    return Room(group_of(room.guild.id), str(room.id))
