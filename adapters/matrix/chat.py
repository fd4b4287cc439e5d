"""MatrixChat: rooms on a homeserver as the core's `Chat`."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.matrix import said, translate
from adapters.matrix.again import until_done
from adapters.matrix.arrivals import Arrival
from adapters.matrix.asking import Asking
from adapters.matrix.client import Client
from adapters.matrix.cross_signing import Identity
from adapters.matrix.dialog import Dialog
from adapters.matrix.direct import Directs
from adapters.matrix.door import Door
from adapters.matrix.dropping import Dropping
from adapters.matrix.fading import Fading
from adapters.matrix.gate import Gate
from adapters.matrix.keys import CryptoStore
from adapters.matrix.leaking import leaks
from adapters.matrix.patience import MISSED
from adapters.matrix.removing import Removing
from adapters.matrix.rooms import Place, Rooms
from adapters.matrix.showing import Showing
from adapters.matrix.sync import Sync
from adapters.matrix.transport import path
from bot.chat import Can, Removal, Retry, Right
from bot.clock import Clock
from bot.errors import Forbidden, Gone, StartError, TryLater
from bot.events import Event, MessageEdited, MessagePosted
from bot.inbox import Inbox
from bot.model import Account, Content, Group, Message, MessageRef, Role, Room, RoomInfo
from bot.reply import Reply, Text
from bot.texts import Texts

logger = logging.getLogger(__name__)

_PAGE: Final = 100
_NOT_CONNECTED: Final = timedelta(seconds=1)


class _Connected:
    """What there is while the bot is connected: one client and all that stands on it."""

    def __init__(self, client: Client, texts: Texts, clock: Clock) -> None:
        self.client = client
        self.rooms = Rooms(client)
        self.gate = Gate(client, self.rooms)
        self.directs = Directs(client, self.rooms)
        self.showing = Showing(client, self.rooms, texts)
        self.removing = Removing(client, self.rooms)
        self.dropping = Dropping(client, clock)
        self.fading = Fading(client, clock)
        self.dialog = Dialog(client, self.rooms, self.showing, self.removing, self.fading)
        self.asking = Asking(client, self.directs, self.showing, self.dialog)
        self.door = Door(client, self.rooms, self.gate, self.directs, self.showing)


class MatrixChat:
    """One account of the bot on one homeserver. Members see no typing and no receipts of it."""

    platform = translate.PLATFORM
    can = Can.HOLD | Can.REMOVE | Can.HIDE_INPUT | Can.TELL | Can.TELL_AT_ONCE

    def __init__(self, homeserver: str, user: str, token: str, texts: Texts, clock: Clock) -> None:
        self._homeserver = homeserver
        self._user = user
        self._token = token
        self._texts = texts
        self._clock = clock
        self._on: _Connected | None = None
        self._order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    # -- connecting --------------------------------------------------------------------------

    async def run(self, inbox: Inbox) -> None:
        """Follow the homeserver until cancelled; a lost connection is taken up again."""
        store = await CryptoStore.load(inbox.memory)
        if store.user_id != self._user:
            raise StartError(
                "CIRCLEKEEPER_MATRIX_USER is another account than the one that was set up. Put "
                "the old one back, or run `circlekeeper setup matrix` again."
            )
        client = Client(self._homeserver, self._token, store)
        on = _Connected(client, self._texts, self._clock)
        on.showing.inbox = inbox
        identity = Identity(client.transport, inbox.memory)

        async def vouch() -> None:
            crypto = client.crypto
            await identity.check(client.user, crypto.device_id, crypto.identity_keys)

        async def connected() -> None:
            self._on = on
            await self._connected(on, inbox)

        async def handle(arrival: Arrival) -> None:
            await self._handle(on, inbox, arrival)

        try:
            await until_done(client.check)
            await Sync(client, inbox.memory, handle, connected, vouch).run()
        finally:
            self._on = None
            await on.door.stop()
            await on.showing.stop()
            await on.fading.stop()
            await client.close()

    async def _connected(self, on: _Connected, inbox: Inbox) -> None:
        groups = on.rooms.groups()
        if not groups:
            raise StartError(
                "the bot is in none of the group's rooms. Run `circlekeeper setup matrix`: it "
                "makes them, or takes over those that are there."
            )
        await on.door.begin(inbox, groups)
        await on.fading.begin(inbox.memory)

    async def _handle(self, on: _Connected, inbox: Inbox, arrival: Arrival) -> None:
        """Take what happened to where it belongs; returns when that is done."""
        event = arrival.event
        if "event_id" not in event:
            await on.door.invited(arrival, inbox)
            return
        place = on.rooms.place(arrival.room_id, left=True)
        if place is None:
            if "state_key" in event:
                await on.door.elsewhere(arrival, inbox)
            return
        if "state_key" in event:
            await on.door.changed(place, arrival, inbox)
        elif place.kind is None:
            await self._heard_alone(on, place, arrival)
        else:
            await self._heard_in_room(on, inbox, place, arrival)

    async def _heard_alone(self, on: _Connected, place: Place, arrival: Arrival) -> None:
        if arrival.event["type"] == MISSED:
            return
        if place.account != translate.account(arrival.event["sender"]):
            # Whoever it is, the answer would be read by whose chat this is.
            return
        if arrival.unreadable or arrival.event["type"] == "m.room.message":
            await on.dialog.heard(place, arrival.event, unreadable=arrival.unreadable)
        elif arrival.event["type"] == "m.reaction":
            await on.asking.pressed(place, arrival.event)

    async def _heard_in_room(
        self, on: _Connected, inbox: Inbox, place: Place, arrival: Arrival
    ) -> None:
        event = arrival.event
        typed = None if arrival.unreadable else on.asking.typed_in_room(event)
        if typed is not None and typed.command.private:
            if await on.asking.in_room(place, event, typed):
                return
        elif typed is not None:
            asked = asyncio.create_task(on.asking.in_room(place, event, typed))
            await self._offer(on, inbox, place, arrival)
            await asked
            return
        elif event["type"] == "m.reaction" and not arrival.unreadable:
            await on.asking.pressed(place, event)
        await self._offer(on, inbox, place, arrival)

    async def _offer(self, on: _Connected, inbox: Inbox, place: Place, arrival: Arrival) -> None:
        room = Room(place.group, on.rooms.newest(place.room_id))
        for event in translate.events(room, arrival):
            # Looking up who wrote what is edited takes a moment, in which nothing overtakes it.
            async with self._order[arrival.room_id]:
                checked = (
                    await self._rightful(on, arrival.room_id, event)
                    if isinstance(event, MessageEdited)
                    else event
                )
            await inbox.offer(checked)

    async def _rightful(self, on: _Connected, room_id: str, edit: MessageEdited) -> Event:
        """An edit by whoever wrote the message; by anybody else it is a message of their own.

        Anybody may send one that names another's message. No client shows that as theirs.
        """
        if await on.client.wrote(edit.author.handle, room_id, edit.ref.handle):
            return edit
        return translate.as_posted(edit)

    # -- Chat --------------------------------------------------------------------------------

    async def groups(self) -> Sequence[Group]:
        """The groups whose rooms the bot is in."""
        return self._now.rooms.groups()

    async def rooms(self, group: Group) -> Sequence[RoomInfo]:
        """The rooms of a group."""
        return self._now.rooms.infos(group)

    async def now(self) -> datetime | None:
        """The homeserver's time, by a fresh answer of it."""
        transport = self._now.client.transport
        await transport.request("GET", "/versions")
        return transport.server_time

    async def post(
        self, room: Room, reply: Reply, *, key: str, since: datetime | None = None
    ) -> MessageRef:
        """Post in a room."""
        on = self._now
        sent = await on.showing.send(self._place(on, room), reply, key=key, since=since)
        return MessageRef(room, sent.event_id)

    async def edit(self, ref: MessageRef, reply: Reply) -> None:
        """Change an own message."""
        on = self._now
        place = self._place(on, ref.room)
        room_id = await on.removing.locate(ref)
        found = await on.client.event(room_id, ref.handle)
        if found is None or not found.get("content"):
            raise Gone
        if found["sender"] != on.client.user:
            raise Forbidden
        await on.showing.edit(place, room_id, ref.handle, reply)

    async def pin(self, ref: MessageRef) -> None:
        """Pin an own message."""
        on = self._now
        self._place(on, ref.room)
        await on.rooms.pin(ref.room.handle, ref.handle)

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Remove messages, with what belongs to them."""
        return await self._now.removing.remove(refs)

    async def tell(
        self,
        group: Group,
        account: Account,
        reply: Reply,
        *,
        key: str,
        since: datetime | None = None,
    ) -> MessageRef:
        """Write in the direct chat with one person."""
        on = self._now
        room_id = await on.directs.open(group, account, asked=False)
        place = Place(group, room_id, None, account)
        sent = await on.showing.send(place, reply, key=key, since=since)
        return MessageRef(place.room, sent.event_id)

    async def uncollected(self, key: str) -> bool:  # noqa: ARG002
        """Never: what is told reaches everybody at once."""
        return False

    async def hold(self, group: Group, account: Account) -> None:
        """Keep an account out of the group's rooms."""
        await self._now.gate.hold(group, account)

    async def release(self, group: Group, account: Account) -> None:
        """Let an account in."""
        await self._now.gate.release(group, account)

    async def held(self, group: Group) -> Mapping[Account, bool]:
        """Who is kept out of the rooms and who is let in."""
        return await self._now.rooms.held(group)

    async def fetch(self, ref: MessageRef) -> Message | None:
        """The message as it is now. What stands in a direct chat is nobody else's to see."""
        on = self._now
        place = on.rooms.place(ref.room.handle)
        if place is None or place.kind is None:
            return None
        room_id = await on.removing.locate(ref)
        found = await on.showing.now(room_id, ref.handle)
        if found is None:
            return None
        event, content = found
        return Message(
            ref=ref,
            author=said.sender(place, event),
            author_name=on.rooms.name_of(place.group, event["sender"]),
            content=_content(event["type"], content),
            pinned=ref.handle in await on.rooms.pins(room_id),
            own=event["sender"] == on.client.user,
        )

    async def history(self, room: Room, after: MessageRef | None) -> AsyncIterator[MessagePosted]:
        """What people wrote in a room after a message."""
        on = self._now
        self._place(on, room)
        start: str | None = None
        if after is not None:
            to = path("rooms", room.handle, "context", after.handle)
            start = (await on.client.request("GET", to, query={"limit": "0"})).get("end")
        while True:
            page, start = await on.client.messages(room.handle, start, limit=_PAGE)
            for raw in page:
                opened = on.client.opened(room.handle, raw)
                unreadable = opened["type"] == "m.room.encrypted"
                if raw["sender"] == on.client.user or unreadable:
                    continue
                arrival = Arrival(room.handle, opened, live=False)
                for event in translate.events(room, arrival):
                    if isinstance(event, MessagePosted):
                        yield event
            if start is None or not page:
                return

    async def members(self, group: Group) -> Mapping[Account, Role]:
        """Everybody in the group."""
        return await self._now.rooms.members(group)

    async def role_of(self, group: Group, account: Account) -> Role:
        """The role that the rooms give right now."""
        return await self._now.rooms.role_of(group, account)

    async def name_of(self, group: Group, account: Account) -> str:
        """The name others see."""
        return self._now.rooms.name_of(group, account.handle)

    async def show_time_left(self, ref: MessageRef, due: datetime) -> None:
        """Never asked: no client shows it."""

    async def pins(self, room: Room) -> Sequence[MessageRef]:
        """The pinned messages of a room."""
        on = self._now
        self._place(on, room)
        return [MessageRef(room, event_id) for event_id in await on.rooms.pins(room.handle)]

    async def rights(self, room: Room) -> frozenset[Right]:
        """What the bot may do in a room."""
        on = self._now
        self._place(on, room)
        return await on.rooms.rights(room.handle)

    async def drop_older(self, room: Room, age: timedelta | None) -> bool:
        """Have the homeserver drop what is older, where it tells that it does."""
        on = self._now
        return await on.dropping.settle(self._place(on, room).room_id, age)

    async def open_doors(self, group: Group) -> Sequence[Text]:
        """Rooms that were adopted open, or were opened since."""
        on = self._now
        return leaks(on.client, on.rooms, group)

    # -- ------------------------------------------------------------------------------------

    @property
    def _now(self) -> _Connected:
        if self._on is None:
            raise TryLater(_NOT_CONNECTED)
        return self._on

    def _place(self, on: _Connected, room: Room) -> Place:
        place = on.rooms.place(room.handle)
        if place is None or place.group != room.group:
            raise Gone
        return place


def _content(kind: str, said: dict[str, Any]) -> Content:
    try:
        return translate.content(kind, said)
    except ValueError:
        return Content("")
