"""`circlekeeper setup discord`, as a host runs it, with the real discord.py."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from adapters.discord.rights import ASKED, ASKED_FOR
from bot.model import RoomKind
from tests.command_line.terminal import Terminal
from tests.discord.host import DEADLINE, LINK, Host
from tests.discord_server import guilds
from tests.discord_server.conftest import server
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer

__all__ = ["server"]


@pytest.fixture
def host(tmp_path: Path, server: DiscordServer, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host who begins: an application with the switches on, and a server without the bot."""
    return Host(tmp_path / "host", server, monkeypatch, "Wednesday")


async def test_from_a_token_to_a_circle_it_waits_for_each_thing_and_goes_on_by_itself(
    host: Host,
) -> None:
    # given an application with both switches off, and other things in the settings
    application = host.discord.world.application
    application.members_intent = application.content_intent = False
    (host.folder / ".env").write_text("# mine\nCIRCLEKEEPER_LOG_LEVEL=WARNING\n")
    (host.folder / ".env").chmod(0o644)
    ana = host.discord.human("ana", host.guild).joins()
    # when the set-up starts, it says which switches, and notices that one is on, and both
    run = host.begins_set_up(moderators="ana")
    await run.says("These are off: Server Members Intent, Message Content Intent.")
    application.members_intent = True
    await run.says("These are off: Message Content Intent.")
    application.content_intent = True
    # and then shows the link, with each right and its reason, and notices that it was used
    await run.says("Invite the bot to your server")
    await run.says("and not for Administrator")
    assert "Manage Messages: to remove messages whose time is over" in run.said
    host.opens(LINK.findall(run.said)[0])
    code = await run.ends()
    # then nothing is left to do before the start
    assert code == 0, run.said
    assert "Moderators: one; with two" in run.said
    # and the token is there, for the host's eyes only, beside what stood there
    env = host.folder / ".env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert env.read_text().startswith("# mine\nCIRCLEKEEPER_LOG_LEVEL=WARNING\n")
    assert host.env()["CIRCLEKEEPER_DISCORD_TOKEN"] == host.discord.token
    assert host.discord.token not in run.said
    # and a second run makes nothing
    before = (set(host.guild.channels), set(host.guild.roles))
    code, said = await host.sets_up()
    assert "DO    Discord" not in said
    assert "Made:" not in said
    assert "Put right:" not in said
    assert (set(host.guild.channels), set(host.guild.roles)) == before
    assert ana.member.roles == {(await host.places()).moderator}


async def test_a_group_of_patients_is_not_set_up_on_discord(host: Host) -> None:
    code, said = await host.sets_up(patients=True)
    assert code == 1
    assert "Ask a lawyer first" in said
    assert list(host.folder.iterdir()) == [], "nothing was made"


@pytest.mark.slow
async def test_at_a_terminal_slips_are_told_and_asked_again(host: Host) -> None:
    # given a server with a channel that everybody sees, and a moderator
    host.me.makes_channel("general")
    ana = host.discord.human("ana", host.guild).joins()
    urls = host.discord.url, str(host.discord.gateway.url)
    terminal = Terminal(host.folder, "tests.discord.apart", *urls, "setup", "discord")
    token = "Paste the token here (not shown)"
    # when the host pastes the wrong string, then the token, and answers what is asked
    typing = asyncio.create_task(
        asyncio.to_thread(
            terminal.types,
            [
                ("Is this group for the patients of one? [y/N]", ""),
                (token, str(host.discord.world.application.id)),
                (token, host.discord.token),
                ("The role that opens the group's channels [Circle member]", ""),
                ("The role of the moderators [Circle moderator]", "Keepers"),
                ("arrive and read the rules [start-here]", ""),
                (
                    "The channels where the group talks (with commas) [circle]",
                    "evening, small talk",
                ),
                ("buttons to post without a name [write-here]", ""),
                ("The channel of the moderators [moderators]", ""),
                ("Hide them from newcomers? [y/N]", "y"),
                ("The moderators' Discord names (with commas; Enter: nobody more)", "ana"),
            ],
        )
    )
    async with asyncio.timeout(DEADLINE):
        while "It asks for" not in terminal.shown:
            assert not typing.done(), terminal.shown
            await asyncio.sleep(0.02)
    host.opens(LINK.findall(terminal.shown)[0])
    # then the circle is there, and what is secret was never on the screen
    assert await typing == 0, terminal.shown
    assert "That is an application ID" in terminal.shown
    assert "Hidden from newcomers: #general" in terminal.shown
    assert host.discord.token not in terminal.shown
    assert ana.member.roles == {(await host.places()).moderator}
    assert {each.name for each in host.guild.channels.values()} >= {"evening", "small-talk"}


async def test_who_sees_which_channel(host: Host) -> None:
    await host.has_the_bot(close=True)
    places = await host.places()
    lobby, circle = await host.channel(RoomKind.LOBBY), await host.channel(RoomKind.CIRCLE)
    moderators, write = await host.channel(RoomKind.MODERATORS), await host.channel(None)
    general = host.named("general")
    # a newcomer sees the rules channel only, and writes nowhere
    new = host.discord.human("new", host.guild).joins()
    seen = [each.name for each in host.guild.channels.values() if new.sees_channel(each)]
    assert seen == ["start-here"]
    with pytest.raises(Exception, match="50013"):
        new.writes(lobby, "Hello?")
    # a member sees the group's, and writes where the group talks
    host.me.gives(host.guild.roles[places.member], new.member)
    assert [new.sees_channel(each) for each in (circle, write, general)] == [True] * 3
    assert not new.sees_channel(moderators)
    new.writes(circle, "Good evening")
    with pytest.raises(Exception, match="50013"):
        new.writes(write, "Hello?")
    # and a moderator their own
    ben = host.discord.human("ben", host.guild).joins()
    host.me.gives(host.guild.roles[places.moderator], ben.member)
    ben.writes(moderators, "Evening")


def test_the_link_asks_for_no_right_too_many() -> None:
    for right in ("administrator", "manage_guild", "kick_members", "ban_members", "view_audit_log"):
        assert not getattr(ASKED_FOR, right)
    assert not ASKED_FOR.mention_everyone
    assert not ASKED_FOR.manage_webhooks


def test_the_guide_tells_of_these_rights_and_no_other() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "hosts" / "discord.md").read_text()
    told = [f"      {each.label}: {each.why}\n" for each in ASKED]
    table = [f"| {each.label} | {each.why} |\n" for each in ASKED]
    assert "".join([*told, "    and not"]) in guide
    assert "".join(["|---|---|\n", *table, "\n"]) in guide
    assert f"permissions={ASKED_FOR.value}\n" in guide


async def test_cut_off_anywhere_the_next_run_goes_on(host: Host) -> None:
    # given a set-up whose connection breaks after each thing that it makes, before it hears of it
    host.opens(await _link(host))
    for template in ("/guilds/{guild_id}/roles", "/guilds/{guild_id}/channels"):
        for _ in range(2):
            host.discord.faults.plant("POST", template, lost=True)
            code, said = await host.sets_up()
            assert code == 1
            assert "Discord cannot be reached" in said
    # when nothing breaks any more
    _, said = await host.sets_up()
    # then there is one of each
    assert "DO    Discord | Channel" not in said, said
    names = sorted(each.name for each in host.guild.channels.values())
    assert names == ["circle", "general", "moderators", "start-here", "write-here"]
    roles = sorted(each.name for each in host.guild.roles.values())
    assert roles == ["@everyone", "Circle member", "Circle moderator", "circlekeeper"]


async def _link(host: Host) -> str:
    run = host.begins_set_up(server="no such server")
    await run.says("and not for Administrator")
    link: str = LINK.findall(run.said)[0]
    # It waits for a server of that name; so it gets one to end with.
    host.guild.name = "no such server"
    host.discord.faults.plant("GET", "/users/@me/guilds", status=403, code=50001)
    assert await run.ends() == 1
    host.guild.name = "Wednesday"
    return link


async def test_channels_and_roles_that_are_there_are_taken_over_when_the_host_says_so(
    host: Host,
) -> None:
    # given a channel in which a group talks already, and one role above all others
    evening = host.me.makes_channel("evening")
    friends = host.me.makes_role("Friends")
    host.me.sets_overwrite(evening, friends, allow=Permission.VIEW_CHANNEL)
    team = host.me.makes_role("Team")
    # when its plain name is given, it is not taken
    code, said = await host.has_the_bot(channels="evening", moderator_role="team")
    assert code == 1
    assert "To use that one, write #evening" in said
    # and with a # it is, and who else is let in is named
    host.me.moves_role(team, 9)
    code, said = await host.sets_up(channels="#evening, small talk", moderators="nobody-there")
    assert "Taken over: #evening" in said
    assert "Taken over: the role Team" in said or "There already: the role Team" in said
    assert "Made: #small-talk" in said
    assert "#evening: Friends can see it too" in said
    assert "Nobody on the server has the name nobody-there." in said
    assert "let in by a rule of the channel" in said
    new = host.discord.human("new", host.guild).joins()
    assert not new.sees_channel(evening)


async def test_a_member_role_above_the_bots_is_waited_for(host: Host) -> None:
    host.opens(await _link(host))
    people = host.me.makes_role("People")
    host.me.moves_role(people, 9)
    run = host.begins_set_up(member_role="People")
    await run.says("drag the role circlekeeper above it")
    host.me.moves_role(people, 1)
    await run.ends()
    assert "Order of roles: the bot's own is above" in run.said


async def test_channels_that_newcomers_see_too_are_named_and_left_alone(host: Host) -> None:
    _, said = await host.has_the_bot()
    assert "Newcomers see these channels of yours too: #general." in said
    assert host.named("general").overwrites == {}
    assert "Newcomers: see 1 more" in said
    # and what cannot be used is said
    host.me.makes_channel("stream", type=15)
    for given, wrong in (
        ({"channels": "#no-such"}, "There is no text channel or forum #no-such"),
        ({"channels": "#moderators"}, "#moderators is used already (moderators only)"),
    ):
        code, said = await host.sets_up(**given)
        assert code == 1
        assert wrong in said


async def test_what_somebody_changed_is_named_by_check_and_put_right(host: Host) -> None:
    await host.has_the_bot()
    circle, bot = await host.channel(RoomKind.CIRCLE), host.discord.world.application.bot
    # when somebody opens the circle, adds another bot, and deletes the channel with the buttons
    everyone = host.guild.everyone
    host.me.sets_overwrite(circle, everyone, allow=Permission.VIEW_CHANNEL)
    other = host.discord.world.new_user("musicbot", bot=True)
    guilds.join(host.discord.gateway, host.guild, other)
    host.me.deletes_channel(await host.channel(None))
    # then check names each, and no name
    code, said = await host.checks()
    assert code == 1
    assert "Channel 2, the group talks here: newcomers can see it" in said
    assert f"Other bots, channel 2: 1 more can read it: {other.id}" in said
    assert "is not there any more" in said
    assert "Moderators: nobody has their role" in said
    assert "musicbot" not in said
    # and the next run puts it right
    _, said = await host.sets_up()
    assert "Put right: #circle (newcomers can see it)" in said
    assert "Made: #write-here" in said
    assert "DO    Discord | Channel" not in said
    # and rights that are taken are waited for
    role = next(each for each in host.guild.roles.values() if each.bot_id == bot.id)
    rights = role.permissions
    host.me.changes_role(role, permissions=rights & ~int(Permission.MANAGE_MESSAGES))
    assert "Rights: lacking: Manage Messages" in (await host.checks())[1]
    run = host.begins_set_up()
    await run.says("The bot lacks rights there: Manage Messages.")
    host.me.changes_role(role, permissions=rights)
    await run.ends()
    assert "DO    Discord | Channel" not in run.said
    # and a moderators' role that shows them no commands is named
    moderator = host.guild.roles[(await host.places()).moderator]
    host.me.changes_role(moderator, permissions=0)
    assert "Discord does not show the moderators' commands to them" in (await host.checks())[1]
    # and Administrator is too much
    host.me.changes_role(role, permissions=rights | int(Permission.ADMINISTRATOR))
    assert "Administrator, which is too much" in (await host.checks())[1]


async def test_check_tells_a_token_that_is_revoked_and_a_bot_that_was_put_out(host: Host) -> None:
    await host.has_the_bot()
    bot = host.guild.member(host.discord.world.application.bot.id)
    host.me.kicks(bot)
    code, said = await host.checks()
    assert code == 1
    assert "Server: the bot is not in it any more" in said
    host.discord.world.application.token = "another.token.now"
    code, said = await host.checks()
    assert code == 1
    assert "Discord does not take that token" in said
    # and the set-up asks for another
    code, said = await host.sets_up(token="")
    assert code == 1
    assert "CIRCLEKEEPER_SETUP_TOKEN" in said
