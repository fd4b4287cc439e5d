"""What `circlekeeper setup discord` and `check` do on Discord: look, make, put right.

Over HTTP alone, with no gateway: nothing that people write comes in. Every step looks first at
what is there, so that a run that was cut off anywhere goes on where it was.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeGuard

import aiohttp
import discord
from discord import ForumChannel, Guild, Member, PermissionOverwrite, Permissions, Role, TextChannel

from adapters.discord.places import Places
from adapters.discord.rights import CLOSED, IN_A_CHANNEL, RULES, Rule, Rules
from bot.errors import StartError
from bot.model import RoomKind

SWITCHES: Final = {
    "Server Members Intent": ("gateway_guild_members", "gateway_guild_members_limited"),
    "Message Content Intent": ("gateway_message_content", "gateway_message_content_limited"),
}
"""The two switches that the bot needs, as the portal names them, and the flags that tell that one
is on: for applications in 100 servers or more, and for smaller ones.
https://docs.discord.com/developers/resources/application#application-object-application-flags"""

TWO_FACTOR: Final = 60003
"""The server wants two-factor authentication of whoever moderates, and the bot's owner has none.
https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""

# It would warn that it cannot speak.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

Client = discord.Client
TextRoom = TextChannel | ForumChannel
"""A channel that a group can talk in."""


class WrongToken(StartError):
    """Discord does not take the token."""


def is_text_room(channel: object) -> TypeGuard[TextRoom]:
    """Whether a group can talk in a channel."""
    return isinstance(channel, TextChannel | ForumChannel)


@contextmanager
def in_words() -> Iterator[None]:
    """What Discord refuses becomes a `StartError`, which says what to do."""
    try:
        yield
    except discord.LoginFailure:
        raise WrongToken(
            "Discord does not take that token. It may have been reset since it was copied: on the "
            "site for developers open your application, then Bot, and press Reset Token."
        ) from None
    except discord.HTTPException as error:
        if error.code == TWO_FACTOR:
            raise StartError(
                "This server wants two-factor authentication from everybody who moderates. Switch "
                "it on for the Discord account that owns the bot's application, then run this "
                "again."
            ) from None
        if isinstance(error, discord.Forbidden):
            raise StartError(
                f"Discord does not let the bot do that (error {error.code}). Look whether the "
                "bot's role has its rights, and whether a channel shuts the bot out. What was "
                "done so far stays: run this again."
            ) from None
        raise StartError(
            f"Discord did not do what it was asked (status {error.status}, error {error.code}). "
            "What was done so far stays: run this again later."
        ) from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise StartError(
            "Discord cannot be reached from this machine. Look whether it is online, then run "
            "this again: what was done so far stays."
        ) from None


@asynccontextmanager
async def signed_in(token: str) -> AsyncIterator[Client]:
    """The bot's account over HTTP. Raises `WrongToken` and `StartError`."""
    client = Client(intents=discord.Intents(guilds=True, members=True))
    try:
        with in_words():
            await client.login(token)
        yield client
    finally:
        await client.close()


def name_of(client: Client) -> str:
    """What the bot's account is called."""
    return client.user.name if client.user is not None else ""


async def application(client: Client) -> discord.AppInfo:
    """The application as it is now: its id, its switches, who may invite it."""
    with in_words():
        return await client.application_info()


def switches_off(app: discord.AppInfo) -> list[str]:
    """The switches that have to be flipped, as the portal names them."""
    return [
        name
        for name, flags in SWITCHES.items()
        if not any(getattr(app.flags, flag) for flag in flags)
    ]


async def servers(client: Client) -> list[Guild]:
    """The servers that the bot is in, by name; with little more than that."""
    with in_words():
        found = [each async for each in client.fetch_guilds()]
    return sorted(found, key=lambda guild: guild.name)


@dataclass(frozen=True)
class Seen:
    """A server as it is at one moment."""

    guild: Guild
    me: Member
    rooms: dict[int, TextRoom]
    """Its text channels and forums, also those that the bot cannot open, in their order."""

    def top(self, role: int) -> bool:
        """Whether the bot's own role is above another, so that the bot can give that one."""
        other = self.guild.get_role(role)
        return other is not None and self.me.top_role > other


async def look(client: Client, server: int) -> Seen:
    """Look at a server. Raises `StartError`."""
    with in_words():
        guild = await client.fetch_guild(server, with_counts=False)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        channels = await guild.fetch_channels()
    rooms = [each for each in channels if is_text_room(each)]
    rooms.sort(key=lambda room: (room.position, room.id))
    return Seen(guild, me, {room.id: room for room in rooms})


# Roles.


def role_called(seen: Seen, name: str) -> Role | None:
    """A role that people made, by its name. Raises `StartError` for one that nobody can give."""
    for role in seen.guild.roles:
        if role.name.casefold() == name.casefold() and not role.is_default():
            if role.managed:
                raise StartError(
                    f"The role {role.name} belongs to a bot or to Discord itself, and cannot be "
                    "given to people. Choose another name."
                )
            return role
    return None


MODERATES: Final = Permissions(manage_messages=True)
"""What Discord shows the moderators' commands for."""


async def make_role(seen: Seen, name: str, *, moderates: bool) -> Role:
    """A new role. What it opens, the channels say."""
    allows = MODERATES if moderates else Permissions.none()
    with in_words():
        return await seen.guild.create_role(name=name, permissions=allows)


def sees_commands(seen: Seen, role: int) -> bool:
    """Whether Discord shows the moderators' commands to whoever has a role."""
    found = seen.guild.get_role(role)
    has = found.permissions if found is not None else Permissions.none()
    return has.administrator or has >= MODERATES


# Channels.


def as_channel_name(typed: str) -> str:
    """A name as Discord writes it for a channel."""
    return re.sub(r"\s+", "-", typed.strip().lstrip("#").strip()).lower()


def channel_called(seen: Seen, typed: str) -> TextRoom | None:
    """A channel by its name, its number, or a link to it."""
    if number := re.fullmatch(r"<?#?(?:https://\S+/channels/\d+/)?(\d{15,21})>?", typed.strip()):
        return seen.rooms.get(int(number[1]))
    name = as_channel_name(typed)
    return next((room for room in seen.rooms.values() if room.name == name), None)


def is_ours(seen: Seen, room: TextRoom) -> bool:
    """Whether the bot has a rule of its own in a channel, as in each that a set-up made."""
    return any(getattr(target, "id", None) == seen.me.id for target in room.overwrites)


def fits(seen: Seen, room: TextRoom, kind: RoomKind | None) -> None:
    """Raises `StartError` for a channel that cannot be used for something."""
    if isinstance(room, ForumChannel) and kind is not RoomKind.CIRCLE:
        raise StartError(f"#{room.name} is a forum, and this has to be a text channel.")
    if room.type is discord.ChannelType.news:
        raise StartError(
            f"#{room.name} is an announcement channel: other servers can follow it, so what is "
            "said there does not stay there. Choose another one."
        )
    if not room.permissions_for(seen.me).view_channel:
        raise StartError(
            f"#{room.name} is shut to the bot. Let the bot's role see it, in the channel's "
            "settings under Permissions, then go on."
        )


def _overwrite(rule: Rule) -> PermissionOverwrite:
    return PermissionOverwrite.from_pair(rule.allow, rule.deny)


def _rules(seen: Seen, rules: Rules, places: Places) -> dict[Role, Rule]:
    member, moderator = (seen.guild.get_role(each) for each in (places.member, places.moderator))
    if member is None or moderator is None:
        raise StartError("A role of the group is gone. Run circlekeeper setup discord once more.")
    return {
        member: rules.member,
        moderator: rules.moderator,
        # Last: what opens a channel to those who need it comes before what shuts it.
        seen.guild.default_role: rules.everyone,
    }


async def make_channel(seen: Seen, kind: RoomKind | None, name: str, places: Places) -> int:
    """Make a channel with its rules in one request, and give its id. `kind` None: see `RULES`."""
    overwrites: dict[Role | Member | discord.Object, PermissionOverwrite] = {
        role: _overwrite(rule)
        for role, rule in _rules(seen, RULES[kind], places).items()
        if rule != Rule()
    }
    overwrites[seen.me] = _overwrite(Rule(IN_A_CHANNEL))
    with in_words():
        made = await seen.guild.create_text_channel(as_channel_name(name), overwrites=overwrites)
    return made.id


async def put_right(seen: Seen, room: TextRoom, kind: RoomKind | None, places: Places) -> None:
    """Set what a channel's kind asks for, and leave the rest of its rules as they are."""
    # First, so that the bot does not shut itself out.
    await _set(seen, room, seen.me, Rule(IN_A_CHANNEL))
    for role, rule in _rules(seen, RULES[kind], places).items():
        await _set(seen, room, role, rule)


async def close(seen: Seen, room: TextRoom, places: Places) -> None:
    """Let members and moderators alone see a channel that is none of the group's."""
    for role, rule in _rules(seen, CLOSED, places).items():
        await _set(seen, room, role, rule)


async def _set(seen: Seen, room: TextRoom, target: Role | Member, rule: Rule) -> None:
    if rule == Rule():
        return
    allow, deny = room.overwrites_for(target).pair()
    # A bot may set no right that it does not have.
    may = seen.me.guild_permissions.value
    overwrite = PermissionOverwrite.from_pair(
        Permissions((allow.value & ~rule.deny.value | rule.allow.value) & may),
        Permissions((deny.value & ~rule.allow.value | rule.deny.value) & may),
    )
    with in_words():
        await room.set_permissions(target, overwrite=overwrite)


class Who(Enum):
    """Whom a channel treats otherwise than it should."""

    NEWCOMERS = "newcomers"
    MEMBERS = "members"
    MODERATORS = "moderators"


class Wrong(Enum):
    """How."""

    SEE = "can see it"
    WRITE = "can write in it"
    CANNOT = "cannot use it"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as a channel's kind asks for."""

    who: Who
    wrong: Wrong


def faults(seen: Seen, room: TextRoom, kind: RoomKind | None, places: Places) -> list[Fault]:
    """What a channel does that its kind does not allow, for each role taken alone."""
    rules = _rules(seen, RULES[kind], places)
    people = (Who.MEMBERS, Who.MODERATORS, Who.NEWCOMERS)
    found = []
    for who, (role, rule) in zip(people, rules.items(), strict=True):
        has = room.permissions_for(role)
        if has.administrator:
            # No channel can shut an administrator out; `check` names them apart.
            continue
        too_much = Permissions(has.value & rule.deny.value)
        if too_much.view_channel:
            found.append(Fault(who, Wrong.SEE))
        elif too_much.value and has.view_channel:
            found.append(Fault(who, Wrong.WRITE))
        if rule.allow.value & ~has.value:
            found.append(Fault(who, Wrong.CANNOT))
    return found


def others_let_in(seen: Seen, room: TextRoom, places: Places) -> list[str]:
    """The roles and people, beside the group's, whom a rule of the channel lets see it. By name."""
    own = {places.member, places.moderator, seen.me.id, seen.guild.id}
    return [
        str(getattr(target, "name", "somebody"))
        for target, overwrite in room.overwrites.items()
        if overwrite.view_channel and getattr(target, "id", None) not in own
    ]


def open_to_newcomers(seen: Seen, places: Places) -> list[TextRoom]:
    """The channels, beside the group's, that everybody on the server sees."""
    everyone = seen.guild.default_role
    return [
        room
        for room in seen.rooms.values()
        if room.id not in places.rooms
        and room.id != places.write
        and room.permissions_for(everyone).view_channel
    ]


# People.


async def members(seen: Seen) -> list[Member]:
    """Everybody on the server, in requests of a thousand each. Needs the members switch."""
    with in_words():
        return [each async for each in seen.guild.fetch_members(limit=None)]


def bots_that_see(seen: Seen, people: list[Member], room: TextRoom) -> list[Member]:
    """The bots, beside this one, that can read a channel."""
    return [
        each
        for each in people
        if each.bot and each.id != seen.me.id and room.permissions_for(each).view_channel
    ]


async def give(member: Member, role: int) -> None:
    """Give somebody a role. Once is as good as twice."""
    with in_words():
        await member.add_roles(discord.Object(role))
