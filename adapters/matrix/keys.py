"""The bot's encryption keys, where the rest of what it remembers is: sealed, in the database.

matrix-nio's own store is a file of its own that names every member in the clear, is in no backup,
and is written while nothing else can run. This one gives nio what it asks from memory and writes
what changed as sealed rows, so that `backup`, `restore` and PostgreSQL cover it as they stand.

The device is made by `circlekeeper setup matrix` and by nothing else: a start without its keys
says what to do. A device made in silence would be one that no member's client trusts.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from nio.crypto import (
    DeviceStore,
    GroupSessionStore,
    InboundGroupSession,
    OlmAccount,
    OlmDevice,
    OutgoingKeyRequest,
    Session,
    SessionStore,
    TrustState,
)

from bot.errors import StartError
from bot.inbox import Memory

START: Final = "crypto "
"""Every key of ours in the adapter's memory begins with it."""
MESSAGE_KEYS_LAST: Final = timedelta(days=90)
"""How long the keys that open members' messages are kept after they came, or asked for. Longer
than a message is looked at again; shorter than for good, since they open what the homeserver still
has."""

_OWN: Final = f"{START}own"
_ACCOUNT: Final = f"{START}account"
_ROOMS: Final = f"{START}rooms"
_OLM: Final = f"{START}olm "
_MEGOLM: Final = f"{START}megolm "
_DEVICES: Final = f"{START}devices "
_REQUEST: Final = f"{START}request "
_FADING: Final = (_MEGOLM, _REQUEST)

LOST: Final = (
    "The keys of the bot's Matrix device are not in this database, so it can neither read nor "
    "write in encrypted rooms. If the database was lost or replaced, restore the backup "
    "(circlekeeper restore). If there is none, or this is the first time: circlekeeper setup "
    "matrix. It makes a new device, which cannot read what was written before."
)
_DAMAGED: Final = (
    "The keys of the bot's Matrix device cannot be read: the stored ones are damaged. Restore the "
    "backup (circlekeeper restore)."
)


class CryptoStore:
    """What nio calls a store, over the adapter's memory. Made by `create`, then by `load`.

    nio's calls are answered from memory at once. What they change is on disk when `flush` comes
    back: to be awaited before a request leaves, so that nobody gets what was made with a key that
    a crash takes back, and before the checkpoint moves over what brought a key.
    """

    def __init__(self, memory: Memory, found: Mapping[str, str]) -> None:
        own = json.loads(found[_OWN])
        self.user_id: str = own["user"]
        self.device_id: str = own["device"]
        self._pickle_key: str = own["pickle_key"]
        self._memory = memory
        self._found = dict(found)
        self._account: OlmAccount | None = None
        self._account_written = found.get(_ACCOUNT)
        self._rooms: set[str] = set(json.loads(found.get(_ROOMS, "[]")))
        self._devices: dict[str, dict[str, OlmDevice]] = {}
        self._changed: dict[str, Callable[[], str]] = {}
        self._dropped: set[str] = set()
        self._writing = asyncio.Lock()

    @classmethod
    async def load(cls, memory: Memory) -> CryptoStore:
        """The keys as they were left. Raises `StartError` when they are not there, or damaged."""
        found = await memory.find(START)
        if _OWN not in found or _ACCOUNT not in found:
            raise StartError(LOST)
        try:
            store = cls(memory, found)
            store.load_account()
        except Exception:
            # vodozemac's errors have no family; without the cause, which may quote a key.
            raise StartError(_DAMAGED) from None
        return store

    @classmethod
    async def create(cls, memory: Memory, user_id: str, device_id: str) -> CryptoStore:
        """New keys for a device that has none, on disk when this returns. For the set-up alone.

        Called again for the same device it gives the keys that are there. For another device the
        old one's own keys go; keys that open messages stay, so that what came before can be read.
        """
        found = dict(await memory.find(START))
        if _OWN in found and _ACCOUNT in found:
            there = await cls.load(memory)
            if (there.user_id, there.device_id) == (user_id, device_id):
                return there
        kept = json.loads(found[_OWN])["pickle_key"] if _OWN in found else os.urandom(32).hex()
        for key in found:
            if not key.startswith(_MEGOLM):
                await memory.drop(key)
        own = json.dumps({"user": user_id, "device": device_id, "pickle_key": kept})
        store = cls(memory, {_OWN: own})
        account = store._as_account(OlmAccount())
        await memory.put_many({_OWN: own, _ACCOUNT: account})
        return await cls.load(memory)

    async def flush(self) -> None:
        """Have on disk what changed. Raises `NotDurable`; what was not written stays to be."""
        async with self._writing:
            # nio does not tell when it makes one-time keys; published and forgotten after a
            # crash, they would cost the first message of everybody who took one.
            account = self._as_account(self._account) if self._account else None
            changed, self._changed = self._changed, {}
            dropped, self._dropped = self._dropped, set()
            try:
                rows = {key: made() for key, made in changed.items()}
                if account is not None and account != self._account_written:
                    rows[_ACCOUNT] = account
                lasting = {key: row for key, row in rows.items() if not key.startswith(_FADING)}
                fading = {key: row for key, row in rows.items() if key.startswith(_FADING)}
                # The key before the session that it came through: cut off in between, it comes
                # again and can be opened again. The other way round it would be lost for good.
                if fading:
                    await self._memory.put_many(fading, MESSAGE_KEYS_LAST)
                if lasting:
                    await self._memory.put_many(lasting)
                for key in dropped:
                    await self._memory.drop(key)
            except BaseException:
                self._changed = changed | self._changed
                self._dropped |= dropped
                raise
            if account is not None:
                self._account_written = account

    def forget(self, users: Iterable[str]) -> None:
        """Forget the devices of accounts that share no room with the bot any more."""
        for user in users:
            self._devices.pop(user, None)
            self._drop(f"{_DEVICES}{user}")

    # What nio asks, in its order and under its names.

    def load_account(self) -> OlmAccount | None:
        """The device's own keys."""
        if self._account is None and self._account_written is not None:
            row = json.loads(self._account_written)
            self._account = OlmAccount.from_pickle(
                row["pickle"].encode(), self._pickle_key, row["shared"]
            )
        return self._account

    def save_account(self, account: OlmAccount) -> None:
        """`flush` looks at it each time."""
        self._account = account

    def load_sessions(self) -> SessionStore:
        """The sessions with other devices."""
        sessions = SessionStore()
        for key, row in self._taken(_OLM):
            session = Session.from_pickle(
                row["pickle"].encode(),
                datetime.fromisoformat(row["made"]),
                self._pickle_key,
                datetime.fromisoformat(row["used"]),
            )
            sessions.add(key.removeprefix(_OLM).split(" ")[0], session)
        return sessions

    def save_session(self, curve_key: str, session: Session) -> None:
        """A session moved on, or is new."""
        self._change(f"{_OLM}{curve_key} {session.id}", lambda: self._as_session(session))

    def load_inbound_group_sessions(self) -> GroupSessionStore:
        """The keys that open members' messages."""
        sessions = GroupSessionStore()
        for _, row in self._taken(_MEGOLM):
            sessions.add(
                InboundGroupSession.from_pickle(
                    row["pickle"].encode(),
                    row["signing_key"],
                    row["sender_key"],
                    row["room"],
                    self._pickle_key,
                    row["chain"],
                )
            )
        return sessions

    def save_inbound_group_session(self, session: InboundGroupSession) -> None:
        """A key came."""
        name = f"{_MEGOLM}{session.room_id} {session.sender_key} {session.id}"
        self._change(name, lambda: self._as_group_session(session))

    def load_device_keys(self) -> DeviceStore:
        """Everybody's devices."""
        devices = DeviceStore()
        for key, row in self._taken(_DEVICES):
            user = key.removeprefix(_DEVICES)
            for name, (keys, deleted) in row.items():
                device = OlmDevice(user, name, keys, deleted=deleted)
                devices.add(device)
                self._devices.setdefault(user, {})[name] = device
        return devices

    def save_device_keys(self, device_keys: Mapping[str, Mapping[str, OlmDevice]]) -> None:
        """Devices are new, or gone."""
        for user, devices in device_keys.items():
            mine = self._devices.setdefault(user, {})
            mine.update(devices)
            self._change(f"{_DEVICES}{user}", partial(_as_devices, mine))

    def load_encrypted_rooms(self) -> set[str]:
        """The rooms in which nothing may be sent in the clear."""
        return set(self._rooms)

    def save_encrypted_rooms(self, rooms: Iterable[str]) -> None:
        """More of them."""
        self._rooms_are(self._rooms | set(rooms))

    def delete_encrypted_room(self, room: str) -> None:
        """The bot left one of them."""
        self._rooms_are(self._rooms - {room})

    def load_outgoing_key_requests(self) -> dict[str, OutgoingKeyRequest]:
        """What was asked for and did not come yet."""
        return {row["request_id"]: OutgoingKeyRequest(**row) for _, row in self._taken(_REQUEST)}

    def add_outgoing_key_request(self, key_request: OutgoingKeyRequest) -> None:
        """A key is asked for."""
        row = json.dumps(vars(key_request))
        self._change(f"{_REQUEST}{key_request.request_id}", lambda: row)

    def remove_outgoing_key_request(self, key_request: OutgoingKeyRequest) -> None:
        """It came."""
        self._drop(f"{_REQUEST}{key_request.request_id}")

    # The bot talks to whoever is in the room, on all their devices; it verifies nobody. So trust
    # is what nio needs to be told again in each run, and none of it is kept.

    def ignore_devices(self, devices: Iterable[OlmDevice]) -> None:
        """Send to these devices, which nobody verified."""
        for device in devices:
            device.trust_state = TrustState.ignored

    def ignore_device(self, device: OlmDevice) -> bool:
        """Send to this device, which nobody verified."""
        return _trust(device, TrustState.ignored)

    def unignore_device(self, device: OlmDevice) -> bool:
        """Back to not knowing."""
        return _trust(device, TrustState.unset)

    def verify_device(self, device: OlmDevice) -> bool:
        """Somebody compared its keys."""
        return _trust(device, TrustState.verified)

    def unverify_device(self, device: OlmDevice) -> bool:
        """Back to not knowing."""
        return _trust(device, TrustState.unset)

    def blacklist_device(self, device: OlmDevice) -> bool:
        """Send nothing to it."""
        return _trust(device, TrustState.blacklisted)

    def unblacklist_device(self, device: OlmDevice) -> bool:
        """Back to not knowing."""
        return _trust(device, TrustState.unset)

    def is_device_verified(self, device: OlmDevice) -> bool:
        """Whether somebody compared its keys."""
        return bool(device.verified)

    def is_device_blacklisted(self, device: OlmDevice) -> bool:
        """Whether nothing is sent to it."""
        return bool(device.blacklisted)

    def is_device_ignored(self, device: OlmDevice) -> bool:
        """Whether it is sent to although nobody verified it."""
        return bool(device.ignored)

    def _taken(self, start: str) -> list[tuple[str, Any]]:
        """The rows that begin so, which are let go of: nio has them from here on."""
        keys = [key for key in self._found if key.startswith(start)]
        return [(key, json.loads(self._found.pop(key))) for key in keys]

    def _change(self, key: str, made: Callable[[], str]) -> None:
        self._dropped.discard(key)
        self._changed[key] = made

    def _drop(self, key: str) -> None:
        self._changed.pop(key, None)
        self._dropped.add(key)

    def _rooms_are(self, rooms: set[str]) -> None:
        if rooms != self._rooms:
            self._rooms = rooms
            self._change(_ROOMS, lambda: json.dumps(sorted(self._rooms)))

    def _as_account(self, account: OlmAccount) -> str:
        pickled = account.pickle(self._pickle_key).decode()
        return json.dumps({"shared": account.shared, "pickle": pickled})

    def _as_session(self, session: Session) -> str:
        return json.dumps(
            {
                "made": session.creation_time.isoformat(),
                "used": session.use_time.isoformat(),
                "pickle": session.pickle(self._pickle_key).decode(),
            }
        )

    def _as_group_session(self, session: InboundGroupSession) -> str:
        return json.dumps(
            {
                "room": session.room_id,
                "sender_key": session.sender_key,
                "signing_key": session.ed25519,
                "chain": session.forwarding_chain,
                "pickle": session.pickle(self._pickle_key).decode(),
            }
        )


def _as_devices(devices: Mapping[str, OlmDevice]) -> str:
    # Without what the device calls itself: it often holds a person's name.
    return json.dumps({name: [device.keys, device.deleted] for name, device in devices.items()})


def _trust(device: OlmDevice, state: TrustState) -> bool:
    changed = device.trust_state is not state
    device.trust_state = state
    return changed
