"""Rooms: which of the bot's rooms belong to which group and for what, and who is who there.

Everything is read from the rooms' state as the sync told it last. A room counts for what the
bot's own state event in it says (`blueprints.PURPOSE`); a room that was replaced by a newer one
counts no more, and messages that stand in it are looked for there (`before`).

Who moderates is told by the moderators' room: who is in it with the power to remove messages.
Everybody else who is in a room of the group, or knocks at one, is a member.
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from adapters.matrix import power
from adapters.matrix.blueprints import DIRECT, PURPOSE
from adapters.matrix.client import Client
from adapters.matrix.translate import PLATFORM, moment
from adapters.matrix.transport import path
from bot.chat import Right
from bot.errors import Forbidden, Gone
from bot.events import (
    Event,
    GroupReady,
    Joined,
    Left,
    MemberChanged,
    RoomChange,
    RoomChanged,
)
from bot.model import Account, Group, Role, Room, RoomInfo, RoomKind

_KINDS: Final = {kind.value: kind for kind in RoomKind}
_PRESENT: Final = ("join", "knock")
_AT_THE_DOOR: Final = (*_PRESENT, "invite")
"""Without a lobby, who knocks is in front of the rooms, and still there while a room that answered
waits for them to come in."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """What one of the bot's rooms is for. Without a kind it is the chat with one person."""

    group: Group
    room_id: str
    kind: RoomKind | None
    account: Account | None = None

    @property
    def room(self) -> Room:
        """The room as the core knows it."""
        return Room(self.group, self.room_id)


class Rooms:
    """The rooms of every group, over a client's state."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # Who was in a group when its events were last offered: being in two rooms and leaving
        # one is not leaving the group.
        self._inside: dict[Group, set[str]] = {}

    # -- what rooms are for ------------------------------------------------------------------

    def place(self, room_id: str, *, left: bool = False) -> Place | None:
        """What a room is for; None where it is none of ours, or (but with `left`) not any more."""
        state = self._state(room_id)
        if not left and _membership(state, self._client.user) != "join":
            return None
        says = _own_words(power.event(state, PURPOSE), self._client.user)
        group, kind, account = says.get("group"), says.get("kind"), says.get("with")
        if not isinstance(group, str) or not group:
            return None
        of = Group(PLATFORM, group)
        if kind == DIRECT:
            known = isinstance(account, str)
            return Place(of, room_id, None, Account(PLATFORM, str(account))) if known else None
        found = _KINDS.get(kind) if isinstance(kind, str) else None
        return None if found is None else Place(of, room_id, found)

    def places(self) -> Iterator[Place]:
        """All of ours, direct chats too."""
        for room_id in list(self._client.rooms):
            if (place := self.place(room_id)) is not None:
                yield place

    def strangers(self, place: Place) -> set[str]:
        """Who is in somebody's direct chat, or invited there, beside them and the bot."""
        if place.account is None:
            return set()
        inside = self._client.members(place.room_id, "join", "invite").keys()
        return inside - {self._client.user, place.account.handle}

    def is_inside(self, room_id: str) -> bool:
        """Whether the bot is in a room, whatever it is for."""
        return _membership(self._state(room_id), self._client.user) == "join"

    def groups(self) -> list[Group]:
        """The groups that have a room."""
        return list(dict.fromkeys(p.group for p in self.places() if p.kind is not None))

    def of(self, group: Group, *kinds: RoomKind) -> list[Place]:
        """A group's rooms that are in use, of some kinds or of all."""
        return [
            place
            for place in self.places()
            if place.group == group
            and place.kind is not None
            and (not kinds or place.kind in kinds)
            and self.after(place.room_id) is None
        ]

    def infos(self, group: Group) -> list[RoomInfo]:
        """A group's rooms with their kinds and names."""
        called = self.called(group)
        return [
            RoomInfo(place.room, place.kind, called[place.room_id])
            for place in self.of(group)
            if place.kind is not None
        ]

    def called(self, group: Group) -> dict[str, str]:
        """What the rooms of a group are called. Those that share a name are numbered, the oldest
        first, so that each can be meant."""
        names = {place.room_id: self.name(place.room_id) for place in self.of(group)}
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for room_id in sorted(names, key=self._made):
            alike[" ".join(names[room_id].casefold().split())].append(room_id)
        for name, rooms in alike.items():
            if name and len(rooms) > 1:
                names |= {each: f"{names[each]} ({n})" for n, each in enumerate(rooms, 1)}
        return names

    def _made(self, room_id: str) -> tuple[int, str]:
        made = power.event(self._state(room_id), "m.room.create").get("origin_server_ts")
        return (made if isinstance(made, int) else 0, room_id)

    def name(self, room_id: str) -> str:
        """What a room is called."""
        state = self._state(room_id)
        name = power.content(state, "m.room.name").get("name")
        alias = power.content(state, "m.room.canonical_alias").get("alias")
        return next((each for each in (name, alias) if isinstance(each, str) and each), "")

    def knocks(self, group: Group) -> bool:
        """Whether people knock at the group's rooms, since it has no lobby."""
        return not self.of(group, RoomKind.LOBBY)

    def successor(self, room_id: str) -> str | None:
        """The room that is to take a room's place, whether the bot is in it or not."""
        told = power.content(self._state(room_id), "m.room.tombstone").get("replacement_room")
        return told if isinstance(told, str) and told else None

    def after(self, room_id: str) -> str | None:
        """The room of ours that took a room's place."""
        told = self.successor(room_id)
        if told is None or self.place(told) is None:
            return None
        return told if self.before(told) == room_id else None

    def before(self, room_id: str) -> str | None:
        """The room whose place a room took."""
        told = power.content(self._state(room_id), "m.room.create").get("predecessor")
        found = told.get("room_id") if isinstance(told, Mapping) else None
        return found if isinstance(found, str) else None

    def may_take_over(self, room_id: str) -> bool:
        """Whether the bot has the power to say what a room is for."""
        state = self._state(room_id)
        needs = power.needed_to_send(state, PURPOSE, as_state=True)
        return power.power(state, self._client.user) >= max(needs, power.MODERATES)

    def newest(self, room_id: str) -> str:
        """The room that has a room's place today."""
        seen = {room_id}
        while (later := self.after(room_id)) is not None and later not in seen:
            seen.add(later)
            room_id = later
        return room_id

    # -- who is who --------------------------------------------------------------------------

    def present(self, group: Group) -> set[str]:
        """Everybody who is in a group."""
        found: set[str] = set()
        for place in self.of(group):
            found |= self._client.members(place.room_id, *self._counts(group)).keys()
        return found - {self._client.user}

    def _counts(self, group: Group) -> tuple[str, ...]:
        return _AT_THE_DOOR if self.knocks(group) else _PRESENT

    async def members(self, group: Group) -> dict[Account, Role]:
        """Everybody who is in a group at this moment, with their roles."""
        inside: set[str] = set()
        for place in self.of(group):
            to = path("rooms", place.room_id, "joined_members")
            try:
                inside |= (await self._client.request("GET", to))["joined"].keys()
            except (Forbidden, Gone):
                continue
            waiting = self._counts(group)[1:]
            inside |= self._client.members(place.room_id, *waiting).keys()
        inside.discard(self._client.user)
        moderators = await self._moderators(group, inside)
        return {Account(PLATFORM, user): moderators.get(user, Role.MEMBER) for user in inside}

    async def held(self, group: Group) -> dict[Account, bool]:
        """Who is in none of the group's rooms, nor invited (True), and who is in all (False)."""
        rooms = self.of(group, RoomKind.CIRCLE)
        counts: Counter[str] = Counter()
        for place in rooms:
            to = path("rooms", place.room_id, "joined_members")
            try:
                joined = (await self._client.request("GET", to))["joined"].keys()
            except (Forbidden, Gone):
                return {}
            counts.update(joined | self._client.members(place.room_id, "invite").keys())
        return {
            Account(PLATFORM, user): not counts[user]
            for user in self.present(group)
            if counts[user] in (0, len(rooms))
        }

    async def role_of(self, group: Group, account: Account) -> Role:
        """Somebody's role at this moment."""
        if account.platform != PLATFORM or account.handle == self._client.user:
            return Role.GUEST
        moderators = await self._moderators(group, None, account.handle)
        if account.handle in moderators:
            return moderators[account.handle]
        kinds = list(RoomKind)
        for place in sorted(self.of(group), key=lambda place: kinds.index(place.kind or kinds[0])):
            now = await self.state_now(place.room_id, "m.room.member", account.handle)
            if _says(now).get("membership") in self._counts(group):
                return Role.MEMBER
        return Role.GUEST

    async def _moderators(
        self, group: Group, inside: set[str] | None, only: str | None = None
    ) -> dict[str, Role]:
        """Who moderates at this moment: of those `inside`, or of one person alone."""
        found: dict[str, Role] = {}
        for place in self.of(group, RoomKind.MODERATORS):
            levels = await self.state_now(place.room_id, "m.room.power_levels")
            state = {**self._state(place.room_id), "m.room.power_levels": {"": levels}}
            if only is None:
                users = self._client.members(place.room_id).keys() & (inside or set())
            else:
                now = await self.state_now(place.room_id, "m.room.member", only)
                users = {only} if _says(now).get("membership") == "join" else set()
            for user in users:
                has = power.power(state, user)
                if has >= power.MODERATES:
                    found[user] = Role.ADMIN if has >= power.ADMINISTERS else Role.MODERATOR
        return found

    def names(self, group: Group) -> dict[str, str]:
        """What everybody in a group is called, by account."""
        found: dict[str, str] = {}
        for place in self.of(group):
            for user, says in self._client.members(place.room_id, *_PRESENT).items():
                name = says.get("displayname")
                if isinstance(name, str) and name.strip():
                    found.setdefault(user, name)
        return found

    def name_of(self, group: Group, handle: str) -> str:
        """What somebody is called; the part of their id that they chose where that is all."""
        return self.names(group).get(handle) or handle.partition(":")[0].removeprefix("@")

    # -- what the bot may, and what is pinned ------------------------------------------------

    async def rights(self, room_id: str) -> frozenset[Right]:
        """What the bot may do in a room at this moment."""
        levels = await self.state_now(room_id, "m.room.power_levels")
        state = {**self._state(room_id), "m.room.power_levels": {"": levels}}
        return power.rights(state, self._client.user)

    async def pins(self, room_id: str) -> list[str]:
        """The ids of the messages that are pinned at this moment."""
        told = _says(await self.state_now(room_id, "m.room.pinned_events")).get("pinned")
        return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []

    async def pin(self, room_id: str, event_id: str) -> None:
        """Pin a message beside those that are pinned at this moment."""
        pinned = await self.pins(room_id)
        if event_id not in pinned:
            told = {"pinned": [*pinned, event_id]}
            await self._client.set_state(room_id, "m.room.pinned_events", told)

    async def state_now(self, room_id: str, kind: str, key: str = "") -> Json:
        """A whole state event as the homeserver has it; empty where there is none.

        What the sync told may be a moment old. Where that matters, this is asked.
        """
        to = path("rooms", room_id, "state", kind, key)
        try:
            return await self._client.request("GET", to, query={"format": "event"})
        except (Forbidden, Gone):
            return {}

    # -- what changes ------------------------------------------------------------------------

    def begin(self, group: Group) -> GroupReady:
        """A group as it is now; the event says so to the core, which then asks who is in it."""
        self._inside[group] = self.present(group)
        return GroupReady(
            id=f"ready {secrets.token_hex(8)}", group=group, at=datetime.now(UTC), live=True
        )

    def heard(self, place: Place, event: Json, before: Json | None, *, live: bool) -> list[Event]:
        """What a state event of a group's room means. Call `took` when all of it was offered."""
        at = moment(event)
        common: Json = {"group": place.group, "at": at, "live": live}
        match event.get("type"):
            case "m.room.member":
                return self._member(place, event, common)
            case "m.room.power_levels":
                return self._levels(place, event, before, common)
            case "m.room.pinned_events":
                room = place.room
                return [
                    RoomChanged(id=event["event_id"], room=room, change=RoomChange.PINS, **common)
                ]
        return []

    def invited(self, group: Group) -> list[Event]:
        """Those whom others invited past the gate, and who have not come yet: as if it was now."""
        return [
            MemberChanged(
                id=f"invited {event['event_id']}",
                group=group,
                at=moment(event),
                live=False,
                account=Account(PLATFORM, user),
            )
            for place in self.of(group, RoomKind.CIRCLE)
            for user, event in self._client.rooms[place.room_id].events["m.room.member"].items()
            if _says(event).get("membership") == "invite"
            and event.get("sender") != self._client.user
        ]

    def took(self, place: Place, event: Json) -> None:
        """The core has heard of a state event."""
        if event.get("type") == "m.room.member":
            user = str(event.get("state_key"))
            inside = self._inside.setdefault(place.group, set())
            (inside.add if user in self.present(place.group) else inside.discard)(user)

    def changed(
        self, place: Place, change: RoomChange, event_id: str, into: Room | None = None
    ) -> RoomChanged:
        """A room is gone for the bot, or another one took its place."""
        return RoomChanged(
            id=event_id,
            group=place.group,
            at=datetime.now(UTC),
            room=place.room,
            change=change,
            into=into,
        )

    def _member(self, place: Place, event: Json, common: Json) -> list[Event]:
        user = str(event.get("state_key"))
        if user == self._client.user:
            return []
        account, id = Account(PLATFORM, user), str(event["event_id"])
        was = user in self._inside.get(place.group, ())
        present = user in self.present(place.group)
        if was != present:
            kind = Joined if present else Left
            return [kind(id=id, account=account, **common)]
        now = (event.get("content") or {}).get("membership")
        # Who comes into a room may have no right to; who leaves one still is who they are.
        counts = now in _PRESENT or place.kind is RoomKind.MODERATORS
        # An invitation past the gate counts too: it is taken back before it is used.
        invited = now == "invite" and event.get("sender") != self._client.user
        if (present and counts) or invited:
            return [MemberChanged(id=id, account=account, **common)]
        return []

    def _levels(self, place: Place, event: Json, before: Json | None, common: Json) -> list[Event]:
        id = str(event["event_id"])
        now = self._state(place.room_id)
        levels = {"": {"content": before}} if before else {}
        then = {**now, "m.room.power_levels": levels}
        mine = self._client.user
        found: list[Event] = []
        if power.rights(then, mine) != power.rights(now, mine):
            change = RoomChange.RIGHTS
            found.append(RoomChanged(id=id, room=place.room, change=change, **common))
        if place.kind is RoomKind.MODERATORS:
            found += [
                MemberChanged(id=f"{id} {n}", account=Account(PLATFORM, user), **common)
                for n, user in enumerate(self._client.members(place.room_id))
                if user != mine and power.power(then, user) != power.power(now, user)
            ]
        return found

    def _state(self, room_id: str) -> power.State:
        room = self._client.rooms.get(room_id)
        return {} if room is None else room.events


def _says(event: Json) -> Mapping[str, Any]:
    content = event.get("content")
    return content if isinstance(content, Mapping) else {}


def _own_words(event: Mapping[str, Any], user: str) -> Mapping[str, Any]:
    """What somebody said in a state event, also where another one wrote over it since."""
    if event.get("sender") == user:
        return _says(dict(event))
    unsigned = event.get("unsigned")
    if not isinstance(unsigned, Mapping) or unsigned.get("prev_sender") != user:
        return {}
    return _says({"content": unsigned.get("prev_content")})


def _membership(state: power.State, user: str) -> object:
    return power.content(state, "m.room.member", user).get("membership")
