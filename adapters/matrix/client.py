"""Client: one Matrix account on one device. What may be asked of the homeserver, and room state.

Room state is what the sync told last, kept in memory. Before the first sync, `load` fetches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from adapters.matrix.again import Recent
from adapters.matrix.crypto import Crypto
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import Json, Transport, path, transaction
from adapters.matrix.turns import Turns
from bot.errors import Forbidden, Gone, StartError, TryLater, Unknown

ENCRYPTION: Final = "m.room.encryption"
MEMBER: Final = "m.room.member"
MESSAGE: Final = "m.room.message"
_SIGNED_OUT: Final = timedelta(minutes=1)
_CLOCKS_APART: Final = timedelta(hours=1)
_MOST_PAGES: Final = 100
"""Pages of 100 events of the bot itself."""


class RoomState:
    """The state of one room: every event that counts now, by type and state key."""

    __slots__ = ("events",)

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Json]] = {}

    def put(self, event: Json) -> Json | None:
        """Take a state event; returns the one it replaces."""
        of_type = self.events.setdefault(event["type"], {})
        before = of_type.get(event["state_key"])
        of_type[event["state_key"]] = event
        return before

    def event(self, kind: str, key: str = "") -> Json | None:
        """The whole event (sender, `event_id`), or None."""
        return self.events.get(kind, {}).get(key)

    def content(self, kind: str, key: str = "") -> Json | None:
        """What it says, or None where there is no such event."""
        event = self.event(kind, key)
        return None if event is None else event["content"]

    def members(self, *memberships: str) -> dict[str, Json]:
        """Who is there with what their membership event says; `join` unless told otherwise."""
        wanted = memberships or ("join",)
        return {
            user: event["content"]
            for user, event in self.events.get(MEMBER, {}).items()
            if event["content"].get("membership") in wanted
        }


class Client:
    """What the bot does on Matrix.

    Every method that asks the homeserver may raise `TryLater` (busy, away, or the token is
    refused: the sync stops loudly over that, and what waits to be sent is not given up),
    `Forbidden`, `Gone`, and `RefusedByServer`.
    """

    def __init__(self, homeserver: str, token: str, store: CryptoStore) -> None:
        self.user = store.user_id
        self.transport = Transport(homeserver, token)
        self.crypto = Crypto(store, self.request)
        self.crypto.members = self._readers
        self._encrypted = self.crypto.encrypted_rooms
        self._turns = Turns()
        self._recent = Recent()
        self.rooms: dict[str, RoomState] = {}
        """The rooms the bot is in, by id."""

    async def check(self) -> None:
        """Ask whose the token is. Raises `StartError` when it is not that of the stored keys."""
        me = await self.transport.request("GET", "/v3/account/whoami")
        if (me.get("user_id"), me.get("device_id")) != (self.user, self.crypto.device_id):
            raise StartError(
                "the token in CIRCLEKEEPER_MATRIX_TOKEN belongs to another account or device "
                "than the stored keys. Run `circlekeeper setup matrix` again."
            )

    async def close(self) -> None:
        """Close the connections."""
        await self.transport.close()

    async def request(
        self,
        method: str,
        to: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Ask for anything. `to` is below `/_matrix/client`, quoted: see `transport.path`."""
        try:
            return await self.transport.request(method, to, body, query=query)
        except StartError:
            raise TryLater(_SIGNED_OUT) from None

    async def _in_turn(self, method: str, to: str, body: Json, *, first: bool = False) -> Json:
        """A request that makes an event, which homeservers count."""
        return await self._turns.take(lambda: self.request(method, to, body), first=first)

    async def _at_the_door(self, to: str, body: Json) -> None:
        """A request that lets somebody in or shows them out."""
        await self._turns.take_at_the_door(lambda: self.request("POST", to, body))

    async def _at_once(self, to: str, body: Json) -> Json:
        """A request that counts as an event, and has a limit of its own besides."""
        done = await self.request("POST", to, body)
        self._turns.went()
        return done

    # -- messages ----------------------------------------------------------------------------

    async def send(
        self, room_id: str, kind: str, content: Json, key: str, *, urgent: bool = False
    ) -> str:
        """Send an event and return its id; encrypted where the room is.

        The same `key` again sends nothing and answers the first event's id, also after a crash
        on either side: Synapse keeps that for a day (later, see `sent`). `urgent` goes before
        what nobody waits for, and even with the store gone: see `Crypto.encrypt`.
        """
        await self.load(room_id)
        if self.is_encrypted(room_id) and kind != "m.reaction":
            content = await self.crypto.encrypt(room_id, kind, content, urgent=urgent)
            kind = "m.room.encrypted"
        to = path("rooms", room_id, "send", kind, transaction(key))
        return str((await self._in_turn("PUT", to, content, first=urgent))["event_id"])

    async def sent(self, room_id: str, since: datetime, key: str) -> dict[str, Json]:
        """What this device sent to a room since then, and a little before, by transaction id.

        Homeservers forget which transactions were done, but tell the device that sent an event
        with which one, for as long as they keep the event. Raises `Unknown` where `key` is not
        among them and may be all the same: there is too much to look through, or something of
        which the homeserver does not say so (Matrix leaves it free to; Synapse does not of what
        another device of the account sent).
        """
        first = int((since - _CLOCKS_APART).timestamp() * 1000)
        own = {"senders": [self.user], "types": [MESSAGE, "m.room.encrypted"]}
        only, start = orjson.dumps(own).decode(), None
        found: dict[str, Json] = {}
        sure = True
        for _ in range(_MOST_PAGES):
            page, start = await self.messages(room_id, start, forward=False, only=only)
            for event in page:
                unsigned = event.get("unsigned")
                with_id = unsigned.get("transaction_id") if isinstance(unsigned, Mapping) else None
                if isinstance(with_id, str):
                    found[with_id] = event
                elif event["origin_server_ts"] >= first:
                    sure = False
            if start is None or (page and page[-1]["origin_server_ts"] < first):
                break
        else:
            sure = False
        if not sure and transaction(key) not in found:
            raise Unknown
        return found

    async def redact(self, room_id: str, event_id: str, key: str) -> str:
        """Redact an event; idempotent by `key`. `Forbidden` without the power, `Gone` without it.

        Redacting what is redacted already succeeds.
        """
        to = path("rooms", room_id, "redact", event_id, transaction(key))
        return str((await self._in_turn("PUT", to, {}))["event_id"])

    async def event(self, room_id: str, event_id: str) -> Json | None:
        """One event, decrypted where the key is here. None when there is none to be seen."""
        try:
            found = await self.request("GET", path("rooms", room_id, "event", event_id))
        except (Gone, Forbidden):
            return None
        return self.opened(room_id, found)

    async def wrote(self, user: str, room_id: str, event_id: str) -> bool:
        """Whether it was somebody who sent an event to a room. Of what the sync told lately
        nobody is asked."""
        known = self._recent.of(event_id)
        if known is not None:
            return known == f"{room_id} {user}"
        found = await self.event(room_id, event_id)
        return found is not None and found.get("sender") == user

    async def messages(
        self,
        room_id: str,
        start: str | None,
        end: str | None = None,
        *,
        forward: bool = True,
        limit: int = 100,
        only: str | None = None,
    ) -> tuple[list[Json], str | None]:
        """A page of a room's events as the homeserver has them, and where the next one starts.

        `start` and `end` are tokens of a sync or of an earlier page; None is the room's end in
        that direction. `only` is a filter, as JSON. The next start is None on the last page.
        """
        query = {"dir": "f" if forward else "b", "limit": str(limit)}
        query |= {name: value for name, value in (("from", start), ("to", end)) if value}
        if only is not None:
            query["filter"] = only
        page = await self.request("GET", path("rooms", room_id, "messages"), query=query)
        return page.get("chunk", []), page.get("end")

    def opened(self, room_id: str, event: Json) -> Json:
        """An event as its writer wrote it; as it came where it is not encrypted or no key fits."""
        if event.get("type") != "m.room.encrypted":
            return event
        return self.crypto.decrypt(room_id, event) or event

    # -- rooms -------------------------------------------------------------------------------

    def is_encrypted(self, room_id: str) -> bool:
        """Whether a room is, or ever was, encrypted."""
        return room_id in self._encrypted

    def state(self, room_id: str, kind: str, key: str = "") -> Json | None:
        """The content of a state event, or None. Of rooms that are loaded."""
        room = self.rooms.get(room_id)
        return None if room is None else room.content(kind, key)

    async def set_state(self, room_id: str, kind: str, content: Json, key: str = "") -> str:
        """Write a state event and return its id. Safe to repeat."""
        to = path("rooms", room_id, "state", kind, key)
        return str((await self._in_turn("PUT", to, content))["event_id"])

    def members(self, room_id: str, *memberships: str) -> dict[str, Json]:
        """Who is in a loaded room (`join` unless told otherwise), with their member event."""
        room = self.rooms.get(room_id)
        return {} if room is None else room.members(*memberships)

    async def load(self, room_id: str) -> None:
        """Fetch a room's state where the sync has not told it yet."""
        if room_id in self.rooms:
            return
        found = await self.request("GET", path("rooms", room_id, "state"))
        if room_id not in self.rooms:
            self.take_state(room_id, found["items"])

    async def create_room(self, settings: Json) -> str:
        """Create a room as `POST /createRoom` is told, and return its id. Not idempotent."""
        return str((await self._at_once("/v3/createRoom", settings))["room_id"])

    async def join(self, room_id: str) -> None:
        """Take an invitation. Doing it twice is doing it once."""
        await self._at_once(path("rooms", room_id, "join"), {})

    async def leave(self, room_id: str) -> None:
        """Leave a room, or refuse an invitation."""
        await self._at_once(path("rooms", room_id, "leave"), {})

    async def invite(self, room_id: str, user: str) -> None:
        """Invite somebody. `Forbidden` also where they are inside already."""
        await self._at_the_door(path("rooms", room_id, "invite"), {"user_id": user})

    async def kick(self, room_id: str, user: str, reason: str | None = None) -> None:
        """Take somebody out, or their knock or invitation back."""
        body = {"user_id": user} | ({"reason": reason} if reason else {})
        await self._at_the_door(path("rooms", room_id, "kick"), body)

    # -- what the sync tells -----------------------------------------------------------------

    def is_new(self, room_id: str, event: Json) -> bool:
        """Note what a room's timeline tells; False where it told it before, lately."""
        id = event.get("event_id")
        return id is None or self._recent.is_new(id, f"{room_id} {event['sender']}")

    def take_state(self, room_id: str, events: Sequence[Json]) -> None:
        """Take state events of a room, oldest first."""
        for event in events:
            self.take_state_event(room_id, event)

    def take_state_event(self, room_id: str, event: Json) -> Json | None:
        """Take one; returns the event that it replaces."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = RoomState()
        before = room.put(event)
        if event["type"] == ENCRYPTION and room_id not in self._encrypted:
            self.crypto.note_encrypted(room_id)
            self._encrypted.add(room_id)
        elif event["type"] == MEMBER and room_id in self._encrypted:
            self._count_readers(room_id, before, event)
        return before

    def forget(self, room_id: str) -> None:
        """The bot is not in a room any more."""
        if self.rooms.pop(room_id, None) is not None:
            self.crypto.left(room_id)

    def _count_readers(self, room_id: str, before: Json | None, now: Json) -> None:
        was = before is not None and before["content"].get("membership") in ("join", "invite")
        match now["content"].get("membership"):
            case "join" | "invite":
                self.crypto.joined(room_id)
            case _ if was:
                self.crypto.left(room_id)

    def _readers(self, room_id: str) -> Iterable[str]:
        """Who gets the key: members, and who is invited where they may read from the invitation."""
        history = self.state(room_id, "m.room.history_visibility") or {}
        if history.get("history_visibility", "shared") == "joined":
            return self.members(room_id)
        return self.members(room_id, "join", "invite")
