"""The rooms and the people of `setup matrix`, and what the homeserver allows the bot there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from adapters.matrix import power, setup
from adapters.matrix.blueprints import Fault, faults
from adapters.matrix.setup import FoundRoom, PatientTransport, SignedIn
from adapters.matrix.transport import Transport
from bot.command_line import answers
from bot.command_line.answers import several
from bot.command_line.console import complain, say
from bot.errors import Forbidden, StartError
from bot.inbox import Memory
from bot.model import RoomKind

_FULL_NAME: Final = re.compile(r"@[^\s:@]+:\S+")
_KINDS: Final = tuple(RoomKind)

PURPOSES: Final = {
    RoomKind.LOBBY: "newcomers arrive here",
    RoomKind.CIRCLE: "the group talks here",
    RoomKind.MODERATORS: "moderators only",
}
FAULTS: Final = {
    Fault.HISTORY: "who joins later can read what was written before",
    Fault.ANYBODY_READS: "it can be read by people who are not in it",
    Fault.ANYBODY_JOINS: "everybody can join, past the gate",
    Fault.MEMBERS_INVITE: "every member can bring somebody in past the gate, or open it",
    Fault.NOT_ENCRYPTED: "it is not encrypted",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What was given on the command line or in the environment; None is asked for."""

    homeserver: str | None = None
    user: str | None = None
    group: str | None = None
    lobby: str | None = None
    rooms: str | None = None
    moderators_room: str | None = None
    admin: str | None = None
    moderators: str | None = None
    knock: bool = False
    mend: bool = False
    new_identity: bool = False
    patients: bool = False


async def rooms_of_groups(transport: Transport, user: str) -> list[FoundRoom]:
    """The rooms that the bot keeps for groups: lobby, the group's, the moderators'; by name."""
    found = (await setup.rooms(transport, user)).values()
    kept = [(_KINDS.index(each.kind), each.name, each) for each in found if each.kind]
    return [each for _, _, each in sorted(kept, key=lambda key: key[:2])]


def override_command(homeserver: str, user: str) -> str:
    """What a Synapse admin types to lift the rate limits for the bot."""
    to = f"{homeserver}/_synapse/admin/v1/users/{quote(user)}/override_ratelimit"
    body = '{"messages_per_second": 0, "burst_count": 0}'
    return f"  curl -X POST -H 'Authorization: Bearer ADMIN_TOKEN' -d '{body}' {to}"


class Rooms:
    """The rooms and the people of one group."""

    def __init__(self, transport: PatientTransport, signed_in: SignedIn, given: Given) -> None:
        self._transport = transport
        self._signed_in = signed_in
        self._given = given
        self._group = ""
        self._admins: list[str] = []

    async def make(self) -> None:
        """Have a lobby, the group's rooms and the moderators' room, and name what leaks."""
        there = await rooms_of_groups(self._transport, self._signed_in.user)
        groups = {found.group for found in there if found.group}
        if len(groups) > 1:
            raise StartError(
                "The bot has rooms of several groups. Set-up serves one group for each account; "
                "take the bot out of the rooms of the other one."
            )
        self._group = groups.pop() if groups else setup.new_group()
        for found in there:
            say(f"There already: {_with_purpose(found.name, found.kind)}")
        wanted = self._wanted(there)
        if any(setup.address_of(name) is None for _, name in wanted):
            self._admins = await self._asked_for_admins()
        for kind, name in wanted:
            await self._one(kind, name)
        await self._leaks()

    def _wanted(self, there: list[FoundRoom]) -> list[tuple[RoomKind, str]]:
        given, kinds = self._given, {found.kind for found in there}
        needed = {RoomKind.CIRCLE, RoomKind.MODERATORS}
        if not given.knock:
            needed.add(RoomKind.LOBBY)
        title = ""
        if missing := needed - kinds:
            say("Each can be new, by a name, or one that is there, by its address (#room:server).")
            named = answers.text("What the group is called", "--group", given.group, "Our circle")
            title = f"{named}: "
        wanted = []
        if RoomKind.LOBBY in missing:
            what = "The room where newcomers arrive (everybody with its link can come in)"
            name = answers.text(what, "--lobby", given.lobby, f"{title}Start here")
            wanted.append((RoomKind.LOBBY, name))
        what, usual = "More rooms for the group (with commas; Enter: none)", ""
        if RoomKind.CIRCLE in missing:
            what, usual = "The rooms where the group talks (with commas)", f"{title}Circle"
        names = {found.name for found in there} | {found.room_id for found in there}
        for name in several(answers.text(what, "--rooms", given.rooms, usual)):
            if name not in names:
                wanted.append((RoomKind.CIRCLE, name))
        if RoomKind.MODERATORS in missing:
            what = "The room of the moderators"
            usual = f"{title}Moderators"
            name = answers.text(what, "--moderators-room", given.moderators_room, usual)
            wanted.append((RoomKind.MODERATORS, name))
        return wanted

    async def _asked_for_admins(self) -> list[str]:
        say("A person who is an admin beside the bot keeps the rooms, should the bot be lost.")
        what = "Your own Matrix name, such as @you:example.org (Enter: nobody)"
        typed = answers.text(what, "--admin", self._given.admin, "")
        return await self._names(typed, "--admin")

    async def _one(self, kind: RoomKind, name: str) -> None:
        given, transport, user = self._given, self._transport, self._signed_in.user
        address = setup.address_of(name)
        if address is None:
            await setup.create(
                transport,
                kind,
                group=self._group,
                name=name,
                bot=user,
                admins=self._admins,
                knock=given.knock,
            )
            say(f"Made: {_with_purpose(name, kind)}")
            return
        room_id = await setup.enter(transport, address)
        found = (await setup.rooms(transport, user)).get(room_id)
        if found is None:
            raise StartError(f"The room {address} was replaced by another one. Name that one.")
        if found.kind is not None:
            # Taken over by an earlier run.
            return
        await setup.adopt(transport, found, kind, self._group)
        say(f"Taken over: {_with_purpose(found.name, kind)}")
        others = len(await setup.inside(transport, room_id)) - 1
        if kind is RoomKind.CIRCLE and others > 0:
            complain(
                f"There are people in it: {others}. When the bot starts it takes out whoever is"
            )
            complain(
                "no moderator, and invites them again when they have agreed to the ground rules."
            )
            complain("Tell them before, and give them the link at the end of this.")

    async def _leaks(self) -> None:
        knock = self._given.knock
        leaking = []
        for found in await rooms_of_groups(self._transport, self._signed_in.user):
            wrong = faults(found.kind, found.state, knock=knock) if found.kind else []
            for fault in wrong:
                complain(f"{found.name}: {FAULTS[fault]}.")
            if wrong:
                leaking.append(found)
        if not leaking:
            return
        say("What could be read so far stays readable, and encryption cannot be taken back.")
        if not answers.yes("Mend all of that?", given=self._given.mend):
            say("Not mended. To do it later: circlekeeper setup matrix --mend")
            return
        for found in leaking:
            try:
                await setup.mend(self._transport, found, knock=knock)
                say(f"Mended: {found.name}")
            except Forbidden:
                complain(f"{found.name}: the bot lacks the right. Make it an admin there.")

    async def bring_people(self) -> None:
        """Invite the first moderators, and who is an admin."""
        what = "The moderators' Matrix names (with commas; Enter: nobody more)"
        typed = answers.text(what, "--moderators", self._given.moderators, "")
        room = await self._moderators_room()
        bot, admins = self._signed_in.user, self._admins
        if await setup.inside(self._transport, room.room_id) == {bot}:
            # A run that was cut off named them, and did not come as far as this.
            admins = sorted(power.admins(room.state) - {bot})
        names = [*admins, *await self._names(typed, "--moderators")]
        for name in dict.fromkeys(names):
            if await setup.invite(self._transport, room.room_id, name):
                say(f"Invited to {room.name}: {name}")
            else:
                say(f"Invited or there already: {name}")
        say(f"Whoever is in {room.name} is a moderator. Only its admins can invite there.")

    async def _names(self, typed: str, option: str) -> list[str]:
        """Full Matrix names, each known to its server. Asks again where one is not."""
        server = self._signed_in.user.partition(":")[2]
        while True:
            names = [n if ":" in n else f"@{n.lstrip('@')}:{server}" for n in several(typed)]
            wrong = [name for name in names if not await self._is_known(name)]
            if not wrong:
                return names
            said = f"No account is known by the name {wrong[0]}. Look for a slip in it."
            if not answers.at_terminal():
                raise StartError(f"{said} It was given with {option}.")
            complain(said)
            typed = answers.text("Once more (with commas)", option, None, "")

    async def _is_known(self, name: str) -> bool:
        return bool(_FULL_NAME.fullmatch(name)) and await setup.is_known(self._transport, name)

    async def measure(self, memory: Memory) -> None:
        """Say whether the homeserver's limits hold for the bot, and what cannot be known."""
        room = await self._moderators_room()
        if await setup.is_limited(self._transport, self._signed_in, room, memory):
            complain("It limits how much the bot may do: after the first ten, letting somebody in")
            complain("or removing a message takes several seconds each. Ask its admin to lift that")
            complain("for the bot alone. On Synapse:")
            complain(override_command(self._signed_in.homeserver, self._signed_in.user))
        else:
            say("It does not limit the bot.")
        say("How long it keeps the text of what was removed cannot be asked: 7 days, unless its")
        say("admin changed that. docs/hosts/matrix.md says what to have set.")

    async def show_links(self) -> None:
        """The links for people who want to join."""
        entrance = RoomKind.CIRCLE if self._given.knock else RoomKind.LOBBY
        server = self._signed_in.user.partition(":")[2]
        say()
        say("The link for people who want to join. Give it to whom you like:")
        for found in await rooms_of_groups(self._transport, self._signed_in.user):
            if found.kind is entrance:
                say(f"  https://matrix.to/#/{quote(found.room_id)}?via={server}", "bold")

    async def _moderators_room(self) -> FoundRoom:
        there = await rooms_of_groups(self._transport, self._signed_in.user)
        return next(found for found in there if found.kind is RoomKind.MODERATORS)


def _with_purpose(name: str, kind: RoomKind | None) -> str:
    return f"{name} ({PURPOSES[kind]})" if kind else name
