"""Door: what happens to rooms and to who is in them, and who comes to the bot by themselves.

what happens                        what the bot does
a room is upgraded                  goes on in the new one, which keeps the old one's purpose;
                                    without the power there, the core hears that it cannot
the bot is taken out of a room      the core hears that the room is gone
the bot has less power              the core hears that its rights changed
somebody invites the bot            declines; of the group: opens its own chat with them
somebody says a room is not ours    says again what it is for
an admin invites it to a room       waits: `circlekeeper setup matrix` may take the room over
somebody else is in a direct chat   puts them out, or leaves it where it cannot
somebody comes, or knocks           they get a chat with the bot, and the way in stands there
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from adapters.matrix.again import until_done
from adapters.matrix.arrivals import Arrival
from adapters.matrix.blueprints import PURPOSE, purpose
from adapters.matrix.client import Client
from adapters.matrix.direct import Directs
from adapters.matrix.gate import Gate
from adapters.matrix.greeting import Greeting
from adapters.matrix.rooms import Place, Rooms
from adapters.matrix.showing import Showing
from adapters.matrix.translate import PLATFORM
from bot.errors import PlatformError
from bot.events import Joined, Left, RoomChange
from bot.inbox import Inbox
from bot.model import Account, Group, Role

logger = logging.getLogger(__name__)


class Door:
    """Hears of rooms and memberships."""

    def __init__(
        self, client: Client, rooms: Rooms, gate: Gate, directs: Directs, showing: Showing
    ) -> None:
        self._client = client
        self._gate = gate
        self._rooms = rooms
        self._greeting = Greeting(client, directs, showing)
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, inbox: Inbox, groups: Sequence[Group]) -> None:
        """Offer the groups to the core, and do what was left undone when the bot stopped."""
        await self._greeting.begin(inbox.memory)
        for direct in list(self._rooms.places()):
            self._keep_alone(direct)
        for group in groups:
            self._start(self._ready(inbox, group))
            for place in self._rooms.of(group):
                successor = self._rooms.successor(place.room_id)
                if successor is not None:
                    self._start(self._upgraded(place, successor, inbox))
            if self._rooms.knocks(group):
                knocking = {
                    user
                    for place in self._rooms.of(group)
                    for user in self._client.members(place.room_id, "knock")
                }
                for user in knocking:
                    await self._greeting.greet(group, Account(PLATFORM, user))

    async def stop(self) -> None:
        """Let go of what nothing waits for."""
        await self._greeting.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def changed(self, place: Place, arrival: Arrival, inbox: Inbox) -> None:
        """A state event of one of our rooms; returns when the core knows."""
        event = arrival.event
        if event["type"] == "m.room.member" and event["state_key"] == self._client.user:
            if event["content"].get("membership") in ("leave", "ban") and place.kind is not None:
                await inbox.offer(self._rooms.changed(place, RoomChange.GONE, event["event_id"]))
            return
        if place.kind is None:
            self._keep_alone(place)
            if place.account is not None and event["state_key"] == place.account.handle:
                came = event["content"].get("membership") == "join"
                if event["type"] == "m.room.member" and came:
                    await self._greeting.came(place)
            return
        match event["type"]:
            case "m.room.tombstone":
                await self._upgraded(place, event["content"].get("replacement_room"), inbox)
                return
            case kind if kind == PURPOSE:
                if event["sender"] == self._client.user:
                    await inbox.offer(self._rooms.begin(place.group))
                else:
                    await self._insist(place)
                return
        told = self._rooms.heard(place, event, arrival.before, live=arrival.live)
        for each in told:
            await inbox.offer(each)
            if isinstance(each, Joined):
                await self._greeting.greet(place.group, each.account)
            elif isinstance(each, Left):
                self._start(self._shut(place.group, each.account))
        self._rooms.took(place, event)

    async def invited(self, arrival: Arrival, inbox: Inbox) -> None:
        """Somebody invites the bot."""
        account = Account(PLATFORM, arrival.event["sender"])
        direct = bool(arrival.event["content"].get("is_direct"))
        for place in list(self._rooms.places()):
            if self._rooms.successor(place.room_id) == arrival.room_id:
                await self._upgraded(place, arrival.room_id, inbox)
                return
        for group in self._rooms.groups():
            role = await self._rooms.role_of(group, account)
            if role is Role.ADMIN and not direct:
                await self._come_in(arrival.room_id, inbox)
                return
        try:
            await self._client.leave(arrival.room_id)
        except PlatformError as error:
            logger.info("an invitation could not be declined", extra={"why": error.why})
        for group in self._rooms.groups():
            if account.handle in self._rooms.present(group):
                await self._greeting.greet(group, account, asked=True)

    def _keep_alone(self, place: Place) -> None:
        """Only a homeserver's own admins can bring somebody into a direct chat past the bot."""
        if self._rooms.is_inside(place.room_id):
            for user in self._rooms.strangers(place):
                self._start(self._put_out(place.room_id, user))

    async def _put_out(self, room_id: str, user: str) -> None:
        try:
            await until_done(lambda: self._client.kick(room_id, user))
        except PlatformError:
            now = await until_done(lambda: self._rooms.state_now(room_id, "m.room.member", user))
            if (now.get("content") or {}).get("membership") in ("join", "invite"):
                logger.warning("the bot leaves a direct chat in which somebody else is")
                await self._leave(room_id)

    async def _shut(self, group: Group, account: Account) -> None:
        """Take back what would let somebody in who left: they come through the lobby again."""
        try:
            await until_done(lambda: self._gate.hold(group, account))
        except PlatformError as error:
            logger.warning("an invitation could not be taken back", extra={"why": error.why})

    async def _insist(self, place: Place) -> None:
        """Somebody else says what a room of the group is for: what the bot said stands."""
        if place.kind is None:
            return
        says = purpose(place.group.handle, place.kind)
        try:
            await until_done(lambda: self._client.set_state(place.room_id, PURPOSE, says))
        except PlatformError as error:
            logger.warning("a room was given another purpose", extra={"why": error.why})

    async def _come_in(self, room_id: str, inbox: Inbox) -> None:
        """Take an admin's invitation. A room that was the group's is so again."""
        try:
            await until_done(lambda: self._client.join(room_id))
            await until_done(lambda: self._client.load(room_id))
            for kind in (PURPOSE, "m.room.member"):
                key = self._client.user if kind == "m.room.member" else ""
                now = await self._rooms.state_now(room_id, kind, key)
                if now:
                    self._client.take_state_event(room_id, now)
        except PlatformError as error:
            logger.warning("an invitation could not be taken", extra={"why": error.why})
            return
        place = self._rooms.place(room_id)
        if place is not None:
            await until_done(lambda: inbox.offer(self._rooms.begin(place.group)))

    async def _ready(self, inbox: Inbox, group: Group) -> None:
        await until_done(lambda: inbox.offer(self._rooms.begin(group)))
        for invited in self._rooms.invited(group):
            await until_done(partial(inbox.offer, invited))

    async def _upgraded(self, place: Place, successor: object, inbox: Inbox) -> None:
        """A newer room takes this one's place: the core goes on there with all it knows.

        Until the bot is in there the old room stays the group's; an invitation to the new one is
        taken. Which room a new one succeeds can be read inside alone: where that is another one,
        the bot leaves again.
        """
        if not isinstance(successor, str) or place.kind is None:
            return
        was_there = self._rooms.is_inside(successor)
        try:
            await until_done(lambda: self._client.join(successor))
            await until_done(lambda: self._client.load(successor))
        except PlatformError as error:
            logger.warning("an upgraded room cannot be entered", extra={"why": error.why})
            await self._shut_out(place, successor, inbox)
            return
        if self._rooms.before(successor) != place.room_id:
            if not was_there:
                await self._leave(successor)
            await self._shut_out(place, successor, inbox)
            return
        if not self._rooms.may_take_over(successor):
            await self._shut_out(place, successor, inbox)
            return
        event_id = f"upgraded {place.room_id} {successor}"
        into = Place(place.group, successor, place.kind)
        told = self._rooms.changed(place, RoomChange.UPGRADED, event_id, into.room)
        await inbox.offer(told)
        says = purpose(place.group.handle, place.kind)
        try:
            await until_done(lambda: self._client.set_state(successor, PURPOSE, says))
        except PlatformError as error:
            logger.warning("an upgraded room cannot be taken over", extra={"why": error.why})
            return
        # The sync tells of it in a moment; what is asked before that must know it too.
        mark = await until_done(lambda: self._rooms.state_now(successor, PURPOSE))
        self._client.take_state_event(successor, mark)
        await inbox.offer(self._rooms.begin(place.group))

    async def _leave(self, room_id: str) -> None:
        try:
            await until_done(lambda: self._client.leave(room_id))
        except PlatformError as error:
            logger.warning("a room could not be left", extra={"why": error.why})
        self._client.forget(room_id)

    async def _shut_out(self, place: Place, successor: str, inbox: Inbox) -> None:
        """Moderators hear of it: the bot can do nothing in the new room."""
        event_id = f"shut out {place.room_id} {successor}"
        await inbox.offer(self._rooms.changed(place, RoomChange.UPGRADED, event_id))

    async def elsewhere(self, arrival: Arrival, inbox: Inbox) -> None:
        """A state event of a room that is not the group's yet: it may let the bot take it over."""
        if arrival.event["type"] != "m.room.power_levels":
            return
        before = self._rooms.before(arrival.room_id)
        for place in list(self._rooms.places()):
            if self._rooms.successor(place.room_id) == arrival.room_id and before == place.room_id:
                await self._upgraded(place, arrival.room_id, inbox)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
