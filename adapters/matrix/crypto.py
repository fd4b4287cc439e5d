"""Crypto: matrix-nio's Olm machine, durable at every step and without a person.

What nio leaves open is closed here. What a sync brought for the device is on disk before the
sync moves on, and keys are on disk before they are published. A fallback key is published, so
that no sender runs out of keys while the bot is away. Devices whose sender could not be reached
are tried again. Room messages are opened without nio's schemas, whose warnings quote them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from time import monotonic
from typing import Any, Final

import orjson
from nio.crypto import InboundGroupSession, Olm
from nio.event_builders import RoomKeyRequestMessage
from nio.events import ToDeviceEvent
from nio.events.to_device import ForwardedRoomKeyEvent, RoomKeyEvent
from nio.responses import KeysClaimResponse, KeysQueryResponse, KeysUploadResponse, ToDeviceResponse

from adapters.matrix.again import Recent, is_written
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import Json, RefusedByServer, path
from bot.errors import TryLater

logger = logging.getLogger(__name__)

Ask = Callable[[str, str, Json], Awaitable[Json]]
"""Method, path and body to the answer; raises as `Transport.request` does."""

MEGOLM: Final = "m.megolm.v1.aes-sha2"
_MOST_ASKED: Final = 5_000
"""Keys that were asked for and did not come; of more, the oldest are not taken any more."""
_ONE_TIME: Final = "signed_curve25519"
_ROUNDS: Final = 100
"""Of some fifty names each, to get past those that are taken."""
_AT_ONCE: Final = 200
"""Users per key query; a homeserver asks others for the keys of their users meanwhile."""
_MOST_OPENED: Final = 100_000
"""Messages whose place in their session is remembered, against replays; some 40 MB. After a
restart none is."""
_AGAIN: Final = 300.0
"""Seconds until a device that could not be reached is tried again."""


@dataclass(slots=True)
class Received:
    """What a sync's part for the device brought."""

    keys: set[tuple[str, str]] = field(default_factory=set)
    """Room and session of every room key that came."""
    own_devices_changed: bool = False


class _Machine(Olm):  # type: ignore[misc]
    def create_group_session(
        self, sender_key: str, sender_fp_key: str, room_id: str, session_id: str, session_key: str
    ) -> None:
        # nio takes the last key it is told for a session, from whoever: a member could take away
        # what was readable so far.
        for owner, known in self._known(room_id, session_id):
            told = InboundGroupSession(session_key, sender_fp_key, sender_key, room_id)
            if owner != sender_key or told.first_known_index >= known.first_known_index:
                return
        super().create_group_session(sender_key, sender_fp_key, room_id, session_id, session_key)

    def _known(self, room_id: str, session_id: str) -> list[tuple[str, InboundGroupSession]]:
        of_room = self.inbound_group_store[room_id]
        return [(key, found[session_id]) for key, found in of_room.items() if session_id in found]

    def _should_accept_forward(
        self, sender: str, sender_key: str, event: ForwardedRoomKeyEvent
    ) -> bool:
        # nio takes forwards from the own user's verified devices alone. The device that made the
        # session may hand it out too: it is whom we asked.
        asked = self.outgoing_key_requests.get(event.session_id)
        if asked is not None and event.source["content"]["sender_key"] == sender_key:
            return bool(
                asked.room_id == event.room_id and asked.algorithm == event.algorithm == MEGOLM
            )
        return bool(super()._should_accept_forward(sender, sender_key, event))


class Crypto:
    """The keys of one device. Not for two processes at once."""

    def __init__(self, store: CryptoStore, ask: Ask) -> None:
        self._store = store
        self._olm = _Machine(store.user_id, store.device_id, store)
        self._request = ask
        self._sharing = asyncio.Lock()
        self._fallback_wanted = False
        self._unwritten: set[bytes] = set()
        self._asked_for = Recent(_MOST_ASKED)
        self._rest_until: dict[str, float] = {}
        self.members: Callable[[str], Iterable[str]] = lambda _room: ()
        """Who may read a room, by its id."""

    @property
    def identity_keys(self) -> dict[str, str]:
        """The device's public keys, `ed25519` and `curve25519`."""
        return dict(self._olm.account.identity_keys)

    @property
    def device_id(self) -> str:
        """The device."""
        return str(self._olm.device_id)

    def sign(self, what: Json) -> str:
        """Sign canonical JSON with the device's key."""
        return str(self._olm.sign_json(what))

    @property
    def encrypted_rooms(self) -> set[str]:
        """Rooms that were ever encrypted. None of them is ever written to in the clear."""
        return self._store.load_encrypted_rooms()

    def note_encrypted(self, room_id: str) -> None:
        """Remember that a room is encrypted; durable with the next `flush`."""
        self._store.save_encrypted_rooms({room_id})

    async def flush(self) -> None:
        """Have every change on disk. Raises what the store raises."""
        written = set(self._unwritten)
        await self._store.flush()
        self._unwritten -= written

    async def _ask(self, method: str, to: str, body: Json, *, urgent: bool = False) -> Json:
        # First on disk: what the homeserver hands out to others must not be lost by a crash.
        if urgent:
            await is_written(self.flush)
        else:
            await self.flush()
        return await self._request(method, to, body)

    # -- what a sync brings ------------------------------------------------------------------

    def receive(self, sync: Json) -> Received:
        """Take a sync's to-device messages, device lists and key counts.

        Until `flush` came back, the sync must not move on; what comes again meanwhile is known.
        """
        received = Received()
        olm = self._olm
        changed = sync.get("device_lists") or {}
        users = {*changed.get("changed", ())}
        received.own_devices_changed = olm.user_id in users
        olm.add_changed_users(users)
        for user in changed.get("left", ()):
            # No room is shared with them any more.
            olm.tracked_users.discard(user)
            olm.users_for_key_query.discard(user)
            olm.device_store._entries.pop(user, None)
        self._store.forget(changed.get("left", ()))
        if "device_one_time_keys_count" in sync:
            olm.uploaded_key_count = sync["device_one_time_keys_count"].get(_ONE_TIME, 0)
        if "device_unused_fallback_key_types" in sync:
            unused = sync["device_unused_fallback_key_types"]
            self._fallback_wanted = _ONE_TIME not in unused
        messages = (sync.get("to_device") or {}).get("events") or ()
        for message in messages:
            raw = orjson.dumps(message)
            if raw not in self._unwritten:
                self._unwritten.add(raw)
                self._take(message, received)
        olm.collect_key_requests()
        return received

    def _take(self, message: Json, received: Received) -> None:
        try:
            event = ToDeviceEvent.parse_event(message)
            if event is None:
                return
            opened = self._olm.handle_to_device_event(event)
        except Exception:
            # Whoever sends it chooses what is in it; the next one must be read all the same.
            logger.warning("a message for the device could not be read")
            return
        if isinstance(opened, RoomKeyEvent | ForwardedRoomKeyEvent):
            received.keys.add((opened.room_id, opened.session_id))

    async def upkeep(self) -> None:
        """Publish keys, learn new devices, mend broken sessions, ask for keys. Safe to repeat."""
        await self._publish()
        # Nobody compares emoji with a bot; who tries is told that it will not answer.
        self._olm.clear_verifications()
        if self._olm.users_for_key_query:
            async with self._sharing:
                await self._query(self._olm.users_for_key_query & self._in_encrypted_rooms())
        if self._olm.wedged_devices or self._olm.key_request_devices_no_session:
            wanted = self._worth_a_claim(self._olm.get_users_for_key_claiming())
            if wanted:
                await self._claim(wanted)
        await self._flush()

    def _in_encrypted_rooms(self) -> set[str]:
        rooms = self._olm.outbound_group_sessions
        return {self._olm.user_id}.union(*(self.members(room) for room in rooms))

    async def _publish(self) -> None:
        olm = self._olm
        body: Json = olm.share_keys() if olm.should_upload_keys else {}
        if self._fallback_wanted or not olm.account.shared:
            account = olm.account._account
            if not account.fallback_key:
                # Only the last and the one before open anything: none is made that is not used.
                account.generate_fallback_key()
            body["fallback_keys"] = {
                f"{_ONE_TIME}:{key_id}": self._signed({"key": key.to_base64(), "fallback": True})
                for key_id, key in account.fallback_key.items()
            }
        if not body:
            return
        answer = await self._upload(body)
        self._fallback_wanted = False
        counts = answer.get("one_time_key_counts", {})
        olm.handle_response(KeysUploadResponse(0, counts.get(_ONE_TIME, 0)))

    async def _upload(self, body: Json) -> Json:
        for _ in range(_ROUNDS):
            try:
                return await self._ask("POST", "/v3/keys/upload", body)
            except RefusedByServer:
                if "one_time_keys" not in body:
                    raise
                # An older backup was restored: other keys were published under these names since.
                # Names count up, so that some of the next are new.
                self._olm.mark_keys_as_published()
                body["one_time_keys"] = self._olm.share_keys()["one_time_keys"]
        return await self._ask("POST", "/v3/keys/upload", body)

    def _signed(self, key: Json) -> Json:
        signature = self.sign(key)
        return {**key, "signatures": {self._olm.user_id: {f"ed25519:{self.device_id}": signature}}}

    async def _flush(self) -> None:
        for message in list(self._olm.outgoing_to_device_messages):
            await self._to_device(message.type, message.as_dict())
            self._olm.handle_response(ToDeviceResponse(message))

    async def _to_device(self, kind: str, body: Json, *, urgent: bool = False) -> None:
        await self._ask("PUT", path("sendToDevice", kind, token_hex(16)), body, urgent=urgent)

    # -- reading -----------------------------------------------------------------------------

    def decrypt(self, room_id: str, event: Json) -> Json | None:
        """An encrypted event with the type and content that are in it; None without its key.

        None too for what is malformed, replayed, or was encrypted for another room.
        """
        content = event.get("content") or {}
        try:
            session_id = content["session_id"]
            found = self._olm._known(room_id, session_id)
            claimed = content.get("sender_key")
            session = next((s for key, s in found if claimed in (None, key)), None)
            if session is None:
                return None
            plaintext, index = session.decrypt(content["ciphertext"])
            inner = orjson.loads(plaintext)
            if inner["room_id"] != room_id or type(inner["content"]) is not dict:
                return None
            message = session.sender_key, session_id, index
            opened = self._olm.message_index_store
            if len(opened) >= _MOST_OPENED:
                opened.clear()
            seen = opened.setdefault(message, event["event_id"])
            if seen != event["event_id"]:
                return None
            relation = content.get("m.relates_to")
            if relation is not None and "m.relates_to" not in inner["content"]:
                inner["content"]["m.relates_to"] = relation
            return {**event, "type": str(inner["type"]), "content": inner["content"]}
        except Exception:
            # Anybody can write what cannot be read; its parts and the errors quote it.
            return None

    async def ask_for_key(self, room_id: str, event: Json) -> None:
        """Ask the sender's device, once for each session, for the key of an unreadable event."""
        content = event.get("content") or {}
        session_id, sender = content.get("session_id"), event.get("sender")
        if not isinstance(session_id, str) or not self._asked_for.is_new(session_id):
            return
        asked = self._olm.outgoing_key_requests
        while len(asked) >= _MOST_ASKED:
            # Anybody can write what no key opens.
            self._store.remove_outgoing_key_request(asked.pop(next(iter(asked))))
        body = {
            "algorithm": MEGOLM,
            "room_id": room_id,
            "session_id": session_id,
            "sender_key": content.get("sender_key", ""),
        }
        # nio finds the request again by the session.
        request = {
            "action": "request",
            "body": body,
            "request_id": session_id,
            "requesting_device_id": self.device_id,
        }
        device = content.get("device_id") or "*"
        self._olm.outgoing_to_device_messages.append(
            RoomKeyRequestMessage(
                "m.room_key_request",
                sender,
                device,
                request,
                session_id,
                session_id,
                room_id,
                MEGOLM,
            )
        )
        await self._flush()

    # -- writing -----------------------------------------------------------------------------

    def left(self, room_id: str) -> None:
        """Somebody left a room: they read nothing that is written from now on."""
        self._olm.outbound_group_sessions.pop(room_id, None)

    def joined(self, room_id: str) -> None:
        """Somebody came: the next message's key goes to them too, and none of before."""
        session = self._olm.outbound_group_sessions.get(room_id)
        if session is not None:
            session.shared = False

    async def encrypt(
        self, room_id: str, kind: str, content: Json, *, urgent: bool = False
    ) -> Json:
        """Encrypt for every device in a room, new and unverified ones too.

        Raises as `Ask` does when keys cannot be handed out, and `NotDurable` when they cannot be
        stored. An `urgent` message goes all the same: after a crash before the store is back,
        some devices could then not read the next one until they are sent new keys.
        """
        olm = self._olm
        for _ in range(5):
            if not olm.should_share_group_session(room_id):
                break
            async with self._sharing:
                if olm.should_share_group_session(room_id):
                    await self._share(room_id, list(self.members(room_id)), urgent=urgent)
        else:
            # People come and go faster than keys can be handed out.
            raise TryLater(timedelta(seconds=1))
        payload: Json = {"type": kind, "content": content}
        encrypted: Json = olm.group_encrypt(room_id, payload)
        if "m.relates_to" in content:
            encrypted["m.relates_to"] = content["m.relates_to"]
        return encrypted

    async def _share(self, room_id: str, users: Sequence[str], *, urgent: bool) -> None:
        olm = self._olm
        session = olm.outbound_group_sessions.get(room_id)
        if session is not None and session.expired:
            self.left(room_id)
        unknown = set(users) & olm.users_for_key_query | set(users) - olm.tracked_users
        await self._query(unknown, urgent=urgent)
        if missing := self._worth_a_claim(olm.get_missing_sessions(users)):
            await self._claim(missing, urgent=urgent)
        messages = list(
            olm.share_group_session_parallel(room_id, users, ignore_unverified_devices=True)
        )
        session = olm.outbound_group_sessions[room_id]
        for devices, body in messages:
            await self._to_device("m.room.encrypted", body, urgent=urgent)
            session.users_shared_with.update(devices)
        # Unless somebody came or left meanwhile.
        session.shared = set(self.members(room_id)) <= set(users)

    def _worth_a_claim(self, missing: dict[str, list[str]]) -> dict[str, list[str]]:
        now, again = monotonic(), defaultdict(list)
        for user, devices in missing.items():
            for device in devices:
                if self._rest_until.get(f"{user} {device}", now) <= now:
                    self._rest_until[f"{user} {device}"] = now + _AGAIN
                    again[user].append(device)
        return again

    async def _query(self, users: Iterable[str], *, urgent: bool = False) -> None:
        now = monotonic()
        users = [user for user in users if self._rest_until.get(user, now) <= now]
        for start in range(0, len(users), _AT_ONCE):
            asked = users[start : start + _AT_ONCE]
            body = {"device_keys": {user: [] for user in asked}, "timeout": 10_000}
            answer = await self._ask("POST", "/v3/keys/query", body, urgent=urgent)
            told = answer.get("device_keys", {})
            for user in asked:
                if user in told:
                    self._learn(user, told[user])
                else:
                    self._rest_until[user] = now + _AGAIN

    def _learn(self, user: str, devices: Any) -> None:
        olm = self._olm
        response = KeysQueryResponse({user: devices}, {})
        try:
            olm.handle_response(response)
        except Exception:
            # A device list that makes no sense is one user's; the others are still served.
            logger.warning("a device list could not be read")
            olm.users_for_key_query.discard(user)
            olm.tracked_users.add(user)
        changed = response.changed.get(user, {})
        if not changed:
            return
        gone = any(device.deleted for device in changed.values())
        for room in list(olm.outbound_group_sessions):
            if user in self.members(room):
                self.left(room) if gone else self.joined(room)

    async def _claim(self, wanted: dict[str, list[str]], *, urgent: bool = False) -> None:
        body = {
            "one_time_keys": {
                user: dict.fromkeys(devices, _ONE_TIME) for user, devices in wanted.items()
            },
            "timeout": 10_000,
        }
        answer = await self._ask("POST", "/v3/keys/claim", body, urgent=urgent)
        for user, devices in answer.get("one_time_keys", {}).items():
            for device, key in devices.items():
                try:
                    self._olm.handle_response(KeysClaimResponse({user: {device: key}}, {}))
                except Exception:
                    logger.warning("a key of a device could not be used")
