"""Discord: the token, the switches, and each channel with who can read it. It only looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import adapters.discord.setup as server
from adapters.discord import places as kept
from adapters.discord.places import Places
from adapters.discord.rights import IN_A_CHANNEL, WHILE_RUNNING, lacking
from adapters.discord.setup import Client, Seen, TextRoom
from bot.command_line.checks.finding import Finding, do, note, ok, split
from bot.command_line.discord_rooms import PURPOSES, words
from bot.command_line.home import Home
from bot.errors import StartError
from bot.model import RoomKind
from bot.settings import Settings
from bot.store import KeyRing, MasterKey
from bot.store.looking import memory_of

AREA: Final = "Discord"
_AGAIN: Final = "circlekeeper setup discord mends it; stop the bot first."


async def of_discord(settings: Settings, home: Home) -> list[Finding]:
    """Everything about the bot's account on Discord; nothing where none is configured."""
    if settings.discord_token is None:
        return []
    findings: list[Finding] = []
    try:
        async with server.signed_in(settings.discord_token.get_secret_value()) as client:
            findings.append(ok(AREA, "Token", "Discord takes it"))
            findings += await _application(client)
            findings += await _servers(client, home)
    except StartError as error:
        findings.append(do(AREA, "Token", *split(error)))
    return findings


async def _application(client: Client) -> list[Finding]:
    app = await server.application(client)
    off = server.switches_off(app)
    if off:
        todo = f"Open discord.com/developers/applications/{app.id}/bot, and switch them on."
        findings = [do(AREA, "Switches", f"off: {', '.join(off)}", todo)]
    else:
        findings = [ok(AREA, "Switches", "both are on: members, and message content")]
    if app.bot_public:
        said = "everybody can add the bot to a server of theirs"
        todo = "Switch Public Bot off, on the application's page Bot."
        findings.append(note(AREA, "Public Bot", said, todo))
    return findings


async def _servers(client: Client, home: Home) -> list[Finding]:
    try:
        keys = KeyRing.load(home.ring, MasterKey.load(home.master))
    except StartError:
        # What is wrong with it is told where the key ring is looked at.
        return []
    memory = await memory_of(home.database, keys, "discord", datetime.now(UTC))
    set_up = await kept.load(memory)
    there = {guild.id for guild in await server.servers(client)}
    findings = []
    if not set_up:
        said = "none was set up, so the bot serves nobody"
        findings.append(do(AREA, "Server", said, "circlekeeper setup discord"))
    for number, places in enumerate(set_up.values(), 1):
        area = AREA if len(set_up) == 1 else f"{AREA}, server {number}"
        if places.guild not in there:
            todo = "Invite it again: circlekeeper setup discord shows the link."
            findings.append(do(area, "Server", "the bot is not in it any more", todo))
            continue
        findings += await _server(area, await server.look(client, places.guild), places)
    return findings


async def _server(area: str, seen: Seen, places: Places) -> list[Finding]:
    findings = [_rights(area, seen), *_roles(area, seen, places)]
    if any(each.what == "Roles" for each in findings):
        return findings
    people = await server.members(seen)
    number = 0
    for number, (channel, kind) in enumerate(_channels(places), 1):
        # By number: the report holds no name that people gave.
        what = f"Channel {number}, {PURPOSES[kind]}"
        room = seen.rooms.get(channel)
        if room is None:
            findings.append(do(area, what, "is not there any more", _AGAIN))
            continue
        findings += _channel(area, what, seen, room, kind, places)
        bots = server.bots_that_see(seen, people, room)
        if bots and kind is not RoomKind.LOBBY:
            said = f"{len(bots)} more can read it: {', '.join(str(each.id) for each in bots)}"
            todo = "What they do with it nobody here can say. Take the channel from their roles."
            findings.append(note(area, f"Other bots, channel {number}", said, todo))
    open_too = server.open_to_newcomers(seen, places)
    if open_too:
        said = f"see {len(open_too)} more of the server's channels than the first"
        findings.append(note(area, "Newcomers", said, "circlekeeper setup discord --close"))
    moderators = sum(
        1 for each in people if not each.bot and each.get_role(places.moderator) is not None
    )
    findings.append(_moderators(area, moderators))
    return findings


def _channels(places: Places) -> Iterator[tuple[int, RoomKind | None]]:
    yield from places.rooms.items()
    if places.write is not None:
        yield places.write, None


def _rights(area: str, seen: Seen) -> Finding:
    has = seen.me.guild_permissions
    if has.administrator:
        said = "Administrator, which is too much: it can read every channel of the server"
        return note(area, "Rights", said, "Take that from its role in Server Settings, Roles.")
    missing = lacking(has, WHILE_RUNNING)
    if missing:
        return do(area, "Rights", f"lacking: {', '.join(missing)}", _AGAIN)
    return ok(area, "Rights", "all that the bot needs, and Administrator is not among them")


def _roles(area: str, seen: Seen, places: Places) -> Iterator[Finding]:
    if None in (seen.guild.get_role(places.member), seen.guild.get_role(places.moderator)):
        yield do(area, "Roles", "a role of the group is not there any more", _AGAIN)
    elif not seen.top(places.member):
        said = "the members' role is above the bot's, so the bot can let nobody in"
        todo = "In Server Settings, Roles, drag the bot's role above it."
        yield do(area, "Order of roles", said, todo)
    else:
        yield ok(area, "Order of roles", "the bot's own is above the one that it gives")
        if not server.sees_commands(seen, places.moderator):
            said = "Discord does not show the moderators' commands to them"
            todo = "Give their role Manage Messages, in Server Settings, Roles."
            yield do(area, "Moderators' commands", said, todo)


def _channel(
    area: str, what: str, seen: Seen, room: TextRoom, kind: RoomKind | None, places: Places
) -> Iterator[Finding]:
    missing = lacking(room.permissions_for(seen.me), IN_A_CHANNEL)
    if missing:
        yield do(area, what, f"the bot lacks there: {', '.join(missing)}", _AGAIN)
    wrong = server.faults(seen, room, kind, places)
    if wrong:
        yield do(area, what, words(wrong), _AGAIN)
    others = len(server.others_let_in(seen, room, places)) if kind is not RoomKind.LOBBY else 0
    if others:
        said = f"{others} more roles or people are let in by a rule of the channel"
        yield note(area, what, said, "Look at its permissions.")
    if not missing and not wrong and not others:
        yield ok(area, what, "the bot has its rights, and nobody sees it who should not")


def _moderators(area: str, count: int) -> Finding:
    what = "Moderators"
    if not count:
        said = "nobody has their role, so nobody gets an alert"
        return do(area, what, said, "Give it to people: Server Settings, Members.")
    if count == 1:
        return note(area, what, "one; with two, somebody is there when the other is not")
    return ok(area, what, f"{count} have their role")
