"""What `status` says of a server's own settings: open channels, other bots, AutoMod."""

from __future__ import annotations

from adapters.discord.doors import open_doors
from bot.model import RoomKind
from bot.reply import Text
from tests.discord.host import Host
from tests.discord.test_setup import host, server
from tests.discord_server import guilds
from tests.discord_server.conftest import everything, logged_in
from tests.discord_server.permissions import Permission

__all__ = ["host", "server"]

ANNOUNCEMENT = 5
"""https://docs.discord.com/developers/resources/channel#channel-object-channel-types"""


async def said(host: Host) -> list[str]:
    """The keys of what is said, and the channels."""
    places, found = await host.places(), list[Text]()
    async for client in logged_in(host.discord, everything()):
        guild = client.get_guild(host.guild.id)
        assert guild is not None
        await guild.chunk()
        found = await open_doors(guild, places)
    return [
        " ".join([each.key, *(getattr(v, "handle", str(v)) for v in each.args.values())])
        for each in found
    ]


async def test_a_server_as_the_set_up_leaves_it_hides_only_automod(host: Host) -> None:
    await host.has_the_bot()
    assert await said(host) == ["discord-automod-unseen"]


async def test_what_somebody_opened_and_who_else_reads_is_said(host: Host) -> None:
    await host.has_the_bot()
    circle, write = await host.channel(RoomKind.CIRCLE), await host.channel(None)
    host.me.sets_overwrite(circle, host.guild.everyone, allow=Permission.VIEW_CHANNEL)
    friends = host.me.makes_role("Friends")
    host.me.sets_overwrite(write, friends, allow=Permission.VIEW_CHANNEL)
    bot = host.discord.world.new_user("musicbot", bot=True)
    guilds.join(host.discord.gateway, host.guild, bot)
    circle.type = ANNOUNCEMENT
    assert await said(host) == [
        f"discord-open-announcement {circle.id}",
        f"discord-open-newcomers-see {circle.id}",
        f"discord-open-bots {circle.id} 1",
        f"discord-open-others {write.id} 1",
        "discord-automod-unseen",
    ]


async def test_automod_rules_that_act_in_the_groups_rooms_are_counted(host: Host) -> None:
    # given a bot that may look, and a rule that spares the group's channel
    await host.has_the_bot()
    bot = host.discord.world.application.bot
    (role,) = [each for each in host.guild.roles.values() if each.bot_id == bot.id]
    host.me.changes_role(role, permissions=role.permissions | int(Permission.MANAGE_GUILD))
    circle = await host.channel(RoomKind.CIRCLE)
    block = {"type": 1, "metadata": {}}
    host.me.adds_automod_rule("Spam", block, exempt_channels=[str(circle.id)])
    host.me.adds_automod_rule("Off", block, enabled=False)
    assert await said(host) == []
    # when another does not, and copies what was written
    log = host.me.makes_channel("automod-log")
    alert = {"type": 2, "metadata": {"channel_id": str(log.id)}}
    host.me.adds_automod_rule("Names", block, alert)
    # then it is counted, and where its copies go is said
    assert await said(host) == ["discord-automod 1", f"discord-automod-copies {log.id}"]


async def test_a_role_that_is_gone_is_all_that_is_said(host: Host) -> None:
    await host.has_the_bot()
    places = await host.places()
    guilds.take_role_away(host.discord.gateway, host.guild, host.guild.roles[places.member])
    assert await said(host) == ["discord-role-gone"]
