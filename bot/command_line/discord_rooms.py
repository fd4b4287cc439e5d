"""The roles, the channels and the people of `setup discord`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import adapters.discord.setup as server
from adapters.discord import places as kept
from adapters.discord.places import Places
from adapters.discord.setup import Client, Fault, Seen, TextRoom
from bot.command_line import answers
from bot.command_line.answers import several
from bot.command_line.console import complain, say
from bot.errors import StartError
from bot.inbox import Memory
from bot.model import RoomKind

PATIENCE: Final = timedelta(minutes=30)
"""How long the set-up waits for something that only the host can do."""

PURPOSES: Final[dict[RoomKind | None, str]] = {
    RoomKind.LOBBY: "newcomers arrive here",
    RoomKind.CIRCLE: "the group talks here",
    None: "the standing buttons",
    RoomKind.MODERATORS: "moderators only",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What was given on the command line or in the environment; None is asked for."""

    server: str | None = None
    rules_channel: str | None = None
    channels: str | None = None
    write_channel: str | None = None
    moderators_channel: str | None = None
    member_role: str | None = None
    moderator_role: str | None = None
    moderators: str | None = None
    close: bool = False
    patients: bool = False


@dataclass
class Desk:
    """Discord, and a host who is told what to do there, once for each thing."""

    client: Client
    every: timedelta
    _told: tuple[str, ...] = ()

    def tells(self, *lines: str) -> None:
        """Say what the host has to do, unless it was said last."""
        if lines != self._told:
            for line in lines:
                say(line)
        self._told = lines

    async def until(self, done: Callable[[], Awaitable[bool]]) -> None:
        """Look again and again. Raises `StartError` after `PATIENCE`."""
        left = PATIENCE
        while not await done():
            left -= max(self.every, timedelta(milliseconds=1))
            if left < timedelta():
                raise StartError(
                    "Nothing changed for half an hour, so the set-up stops here. What was done so "
                    "far stays: run circlekeeper setup discord again, and it goes on from there."
                )
            await asyncio.sleep(self.every.total_seconds())


def words(found: list[Fault]) -> str:
    """What is wrong with a channel, as a part of a sentence."""
    return "; ".join(f"{fault.who.value} {fault.wrong.value}" for fault in found)


class Rooms:
    """The roles and channels of one server, and who moderates there."""

    def __init__(self, desk: Desk, memory: Memory, guild: int, given: Given) -> None:
        self._desk = desk
        self._memory = memory
        self._guild = guild
        self._given = given

    async def _look(self) -> Seen:
        return await server.look(self._desk.client, self._guild)

    async def make(self) -> None:
        """Have two roles and at least four channels, each as its purpose wants it."""
        places = await self._roles()
        places = await self._forget_what_is_gone(places)
        places = await self._channels(places)
        seen = await self._look()
        await self._put_right(seen, places)
        await self._others(places)

    # Roles.

    async def _roles(self) -> Places:
        before = (await kept.load(self._memory)).get(self._guild)
        member = await self._role(
            before.member if before else None,
            "The role that opens the group's channels",
            "--member-role",
            self._given.member_role,
            "Circle member",
            moderates=False,
        )
        moderator = await self._role(
            before.moderator if before else None,
            "The role of the moderators",
            "--moderator-role",
            self._given.moderator_role,
            "Circle moderator",
            moderates=True,
        )
        if member == moderator:
            raise StartError("Members and moderators need two different roles.")
        now = before or Places(self._guild, member, moderator)
        places = replace(now, member=member, moderator=moderator)
        await kept.save(self._memory, places)
        await self._above(member)
        return places

    async def _role(
        self,
        before: int | None,
        what: str,
        option: str,
        given: str | None,
        usual: str,
        *,
        moderates: bool,
    ) -> int:
        seen = await self._look()
        known = seen.guild.get_role(before) if before is not None else None
        if known is not None:
            say(f"There already: the role {known.name}")
            return known.id
        name = answers.text(what, option, given, usual) or usual
        found = server.role_called(seen, name)
        if found is not None:
            say(f"Taken over: the role {found.name}")
            return found.id
        made = await server.make_role(seen, name, moderates=moderates)
        say(f"Made: the role {made.name}")
        return made.id

    async def _above(self, member: int) -> None:
        async def done() -> bool:
            seen = await self._look()
            if seen.top(member):
                return True
            role = seen.guild.get_role(member)
            self._desk.tells(
                f"The role {role.name if role else 'of the members'} is above the bot's own, so "
                "the bot cannot give it.",
                f"In Server Settings, Roles, drag the role {seen.me.top_role.name} above it. I am",
                "checking, and I will go on by myself.",
            )
            return False

        await self._desk.until(done)

    # Channels.

    async def _forget_what_is_gone(self, places: Places) -> Places:
        there = (await self._look()).rooms
        rooms = {room: kind for room, kind in places.rooms.items() if room in there}
        write = places.write if places.write in there else None
        for room, kind in rooms.items():
            say(f"There already: #{there[room].name} ({PURPOSES[kind]})")
        if write is not None:
            say(f"There already: #{there[write].name} ({PURPOSES[None]})")
        return replace(places, rooms=rooms, write=write)

    async def _channels(self, places: Places) -> Places:
        given = self._given
        needed: list[tuple[RoomKind | None, str, str, str | None, str]] = []
        if not places.of(RoomKind.LOBBY):
            what = "The channel where newcomers arrive and read the rules"
            usual = "start-here"
            needed.append((RoomKind.LOBBY, what, "--rules-channel", given.rules_channel, usual))
        what, usual = "More channels for the group (with commas; Enter: none)", ""
        if not places.of(RoomKind.CIRCLE):
            what, usual = "The channels where the group talks (with commas)", "circle"
        needed.append((RoomKind.CIRCLE, what, "--channels", given.channels, usual))
        if places.write is None:
            what = "The channel with the buttons to post without a name"
            needed.append((None, what, "--write-channel", given.write_channel, "write-here"))
        if not places.of(RoomKind.MODERATORS):
            what, usual = "The channel of the moderators", "moderators"
            option, name = "--moderators-channel", given.moderators_channel
            needed.append((RoomKind.MODERATORS, what, option, name, usual))
        if len(needed) > 1:
            say("Each can be new, by a name, or one that is there, with a # before its name.")
        for kind, what, option, name, usual in needed:
            places = await self._of_a_kind(places, kind, what, option, name, usual)
        return places

    async def _of_a_kind(
        self,
        places: Places,
        kind: RoomKind | None,
        what: str,
        option: str,
        given: str | None,
        usual: str,
    ) -> Places:
        found = None
        while found is None:
            typed = answers.text(what, option, given, usual)
            names = several(typed) if kind is RoomKind.CIRCLE else [typed or usual]
            seen = await self._look()
            try:
                found = [self._meant(seen, places, kind, name) for name in names]
            except StartError as error:
                if given is not None or not answers.at_terminal():
                    raise StartError(f"{error} It was given with {option}.") from None
                complain(str(error))
        for name, room in found:
            places = await self._one(places, kind, name, room)
        return places

    def _meant(
        self, seen: Seen, places: Places, kind: RoomKind | None, name: str
    ) -> tuple[str, TextRoom | None]:
        """A name with the channel that is meant by it; None where one is to be made."""
        room = server.channel_called(seen, name)
        if room is None:
            if name.startswith(("#", "<", "https:")):
                raise StartError(f"There is no text channel or forum {name}. Look for a slip.")
            return name, None
        used = places.rooms.get(room.id)
        if (used or room.id == places.write) and used is not kind:
            raise StartError(f"#{room.name} is used already ({PURPOSES[used]}). Choose another.")
        if not name.startswith(("#", "<", "https:")) and not server.is_ours(seen, room):
            raise StartError(
                f"There is a channel #{room.name} already. To use that one, write #{room.name}; "
                "for a new one choose another name."
            )
        server.fits(seen, room, kind)
        return name, room

    async def _one(
        self, places: Places, kind: RoomKind | None, name: str, room: TextRoom | None
    ) -> Places:
        seen = await self._look()
        if room is not None and room.id in (*places.rooms, places.write):
            # Named again in a second run.
            return places
        if room is None:
            number = await server.make_channel(seen, kind, name, places)
            say(f"Made: #{server.as_channel_name(name)} ({PURPOSES[kind]})")
        else:
            number = room.id
            if not server.is_ours(seen, room):
                say(f"Taken over: #{room.name} ({PURPOSES[kind]})")
                if kind is RoomKind.CIRCLE:
                    complain("Whoever has not agreed to the ground rules does not see it any more,")
                    complain("until they have. Tell the people in it before you start the bot.")
        if kind is None:
            places = replace(places, write=number)
        else:
            places = replace(places, rooms={**places.rooms, number: kind})
        await kept.save(self._memory, places)
        return places

    async def _put_right(self, seen: Seen, places: Places) -> None:
        """Give each channel the rules of its kind, and say what nobody but the host can mend."""
        for number, kind in (*places.rooms.items(), (places.write, None)):
            room = seen.rooms.get(number or 0)
            if room is None:
                continue
            found = server.faults(seen, room, kind, places)
            if found or not server.is_ours(seen, room):
                await server.put_right(seen, room, kind, places)
                say(f"Put right: #{room.name}" + (f" ({words(found)})" if found else ""))
        await kept.save(self._memory, places)

    async def _others(self, places: Places) -> None:
        """Name who else sees the group's channels, and what newcomers see beside the first."""
        seen = await self._look()
        for number, kind in (*places.rooms.items(), (places.write, None)):
            room = seen.rooms.get(number or 0)
            if room is None or kind is RoomKind.LOBBY:
                continue
            if left := server.faults(seen, room, kind, places):
                complain(f"#{room.name}: {words(left)}. Look at its permissions.")
            for name in server.others_let_in(seen, room, places):
                complain(f"#{room.name}: {name} can see it too. If that is not meant, take it out")
                complain("in the channel's settings, under Permissions.")
        open_too = server.open_to_newcomers(seen, places)
        if not open_too:
            return
        names = ", ".join(f"#{room.name}" for room in open_too)
        say(f"Newcomers see these channels of yours too: {names}.")
        if not answers.yes("Hide them from newcomers?", given=self._given.close):
            say("They stay as they are. To hide them later: circlekeeper setup discord --close")
            return
        for room in open_too:
            await server.close(seen, room, places)
            say(f"Hidden from newcomers: #{room.name}")

    # People.

    async def bring_people(self) -> None:
        """Give the first moderators their role."""
        places = (await kept.load(self._memory))[self._guild]
        seen = await self._look()
        role = seen.guild.get_role(places.moderator)
        called = role.name if role else "of the moderators"
        what = "The moderators' Discord names (with commas; Enter: nobody more)"
        names = several(answers.text(what, "--moderators", self._given.moderators, ""))
        people = await server.members(seen) if names else []
        for name in names:
            wanted = name.lstrip("@").casefold()
            found = [each for each in people if wanted in (each.name, str(each.id))]
            if not found:
                complain(f"Nobody on the server has the name {name}. It is the one in small")
                complain("letters, without spaces; not the one that others see.")
            elif not seen.top(places.moderator):
                complain(f"The role {called} is above the bot's, so give it to {name} yourself.")
            else:
                await server.give(found[0], places.moderator)
                say(f"{name} has the role {called}.")
        say(f"Whoever has the role {called} is a moderator. Give it in Server Settings, Members.")
        lobby = places.of(RoomKind.LOBBY)
        if lobby and (room := seen.rooms.get(lobby[0])):
            say()
            say(f"Invite people to #{room.name}, once the bot runs: that is where they begin.")
