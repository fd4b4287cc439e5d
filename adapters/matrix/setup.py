"""What `circlekeeper setup matrix` does on the homeserver: sign in, keys, rooms, people.

Every step looks first at what is there, so that a run that was cut off anywhere goes on where it
was. What is made is marked in the rooms themselves (see `blueprints`), not here.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import choice, token_hex
from typing import Any, Final
from urllib.parse import unquote

from adapters.matrix import power
from adapters.matrix.blueprints import PURPOSE, faults, mending, purpose, room
from adapters.matrix.cross_signing import OTHER_KEYS, Identity, Prove
from adapters.matrix.crypto import Crypto
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import Json, Transport, path
from bot.errors import Forbidden, Gone, StartError, TryLater
from bot.inbox import Memory
from bot.model import RoomKind

DEVICE_NAME: Final = "Circlekeeper"
"""What the bot's device is called in the account's list of sessions."""
PATIENCE: Final = timedelta(minutes=10)
"""How long one request is tried again while the homeserver asks to wait or does not answer."""

_CREATE: Final = "/v3/createRoom"
_DEVICE: Final = "setup device"
_PROBE: Final = "org.circlekeeper.limits"
_MEASURED: Final = "setup limits"
_AT_ONCE: Final = 15
"""Writes in a row that Synapse's default limits do not allow: 10, then one in five seconds."""
_SHORTEST: Final = timedelta(seconds=1)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STATE_TYPES: Final = (
    "m.room.create",
    "m.room.name",
    "m.room.canonical_alias",
    "m.room.power_levels",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.encryption",
    "m.room.tombstone",
    PURPOSE,
)


class PatientTransport(Transport):
    """Waits as long as the homeserver asks, and a while for one that does not answer."""

    def __init__(
        self, homeserver: str, token: str | None, waits: Callable[[timedelta], None]
    ) -> None:
        super().__init__(homeserver, token)
        self._waits = waits
        self.was_limited = False
        """The homeserver asked to wait at least once."""

    async def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **how: Any
    ) -> tuple[int, Json, Mapping[str, str]]:
        """As `Transport.ask`; gives up with `StartError` after `PATIENCE`."""
        left = PATIENCE
        while True:
            try:
                status, answer, headers = await super().ask(method, path, body, **how)
            except TryLater as error:
                if path == _CREATE:
                    # Asked twice, it may be made twice.
                    raise StartError(
                        "The connection was lost while a room was made. Run this again: it finds "
                        "out whether the room is there."
                    ) from None
                wait = error.after
            else:
                if status != 429 and status < 500:
                    return status, answer, headers
                self.was_limited |= status == 429
                asked = answer.get("retry_after_ms", 5_000)
                wait = timedelta(milliseconds=asked if isinstance(asked, int) else 5_000)
            wait = max(wait, _SHORTEST)
            left -= wait
            if left < timedelta():
                raise StartError(
                    "The homeserver did not answer in time. What was done so far stays: run "
                    "circlekeeper setup matrix again later, and it goes on from there."
                )
            self._waits(wait)
            await asyncio.sleep(wait.total_seconds())


@dataclass(frozen=True)
class SignedIn:
    """A token, and whose it is."""

    homeserver: str
    user: str
    device: str
    token: str = field(repr=False)


class WrongPassword(StartError):
    """The homeserver does not take this name with this password."""


async def whose(transport: Transport, homeserver: str, token: str) -> SignedIn:
    """Whose a token is. Raises `StartError` when it counts no more, or stands for no device."""
    transport.token = token
    me = await transport.request("GET", "/v3/account/whoami")
    if not me.get("device_id"):
        raise StartError(
            "That token belongs to no device, as those of bridges do, so it cannot be used for "
            "encryption. Sign in with a password, or make a token by signing in."
        )
    return SignedIn(homeserver, me["user_id"], me["device_id"], token)


async def sign_in(
    transport: Transport, homeserver: str, user: str, password: str, memory: Memory
) -> SignedIn:
    """Sign in with a device of our own choosing, so that a second try gets the same device."""
    flows = (await transport.request("GET", "/v3/login")).get("flows", [])
    if not any(flow.get("type") == "m.login.password" for flow in flows):
        raise StartError(
            "This homeserver does not let programs sign in with a password. Get an access token "
            "for the bot's account from whoever runs the homeserver, and set it as "
            "CIRCLEKEEPER_SETUP_TOKEN. It must be one that does not run out."
        )
    device = await memory.get(_DEVICE)
    if device is None:
        device = await another_device(memory)
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user},
        "password": password,
        "device_id": device,
        "initial_device_display_name": DEVICE_NAME,
    }
    try:
        answer = await transport.request("POST", "/v3/login", body)
    except Forbidden:
        raise WrongPassword(
            "The homeserver does not know that name with that password. Nothing was changed."
        ) from None
    transport.token = answer["access_token"]
    return SignedIn(homeserver, answer["user_id"], answer["device_id"], answer["access_token"])


async def another_device(memory: Memory) -> str:
    """Choose a device for the next sign-in, and remember it before it is used."""
    device = "CIRCLEKEEPER" + "".join(choice(_LETTERS) for _ in range(6))
    await memory.put(_DEVICE, device)
    return device


async def has_foreign_keys(transport: Transport, signed_in: SignedIn, memory: Memory) -> bool:
    """Whether the device has keys that are not here: made elsewhere, or lost with a database."""
    there = await _published_keys(transport, signed_in)
    if there is None:
        return False
    try:
        store = await CryptoStore.load(memory)
    except StartError:
        return True
    account = store.load_account()
    mine = account.identity_keys["curve25519"] if account else None
    return bool(there.get("keys", {}).get(f"curve25519:{signed_in.device}") != mine)


async def _published_keys(transport: Transport, signed_in: SignedIn) -> Json | None:
    body: Json = {"device_keys": {signed_in.user: []}}
    answer = await transport.request("POST", "/v3/keys/query", body)
    found: Json | None = answer.get("device_keys", {}).get(signed_in.user, {}).get(signed_in.device)
    return found


async def make_keys(
    transport: Transport,
    signed_in: SignedIn,
    memory: Memory,
    prove: Prove,
    *,
    new_identity: bool = False,
) -> bool:
    """The device's keys and the account's identity, made and published where they are not yet.

    True when the identity was made now. Raises `OtherIdentity` and `StartError`.
    """
    if await has_foreign_keys(transport, signed_in, memory):
        raise StartError(OTHER_KEYS)
    store = await CryptoStore.create(memory, signed_in.user, signed_in.device)
    account = store.load_account()
    if account is not None and await _published_keys(transport, signed_in) is None:
        # New, or signed out meanwhile: then the homeserver has forgotten what it was told.
        account.shared = False
    crypto = Crypto(store, transport.request)
    await crypto.upkeep()
    await store.flush()
    identity = Identity(transport, memory)
    return await identity.make(
        signed_in.user, signed_in.device, crypto.identity_keys, prove, replace=new_identity
    )


# Rooms.


@dataclass(frozen=True)
class FoundRoom:
    """A room that the bot is in."""

    room_id: str
    state: power.State
    kind: RoomKind | None
    """What it is for; None for a direct chat and for what is no room of a group."""
    group: str | None

    @property
    def name(self) -> str:
        """What people call it."""
        name = power.content(self.state, "m.room.name").get("name")
        alias = power.content(self.state, "m.room.canonical_alias").get("alias")
        return str(name or alias or self.room_id)


async def rooms(transport: Transport, user: str) -> dict[str, FoundRoom]:
    """Every room that the bot is in, with what it is for; those that were replaced left out."""
    only = {
        "presence": {"types": []},
        "account_data": {"types": []},
        "room": {
            # Synapse answers a question that it had a moment ago as it did then, for two minutes;
            # so each one names another room, which there is not.
            "not_rooms": [f"!{token_hex(8)}:nowhere.invalid"],
            "ephemeral": {"types": []},
            "account_data": {"types": []},
            "state": {"types": list(_STATE_TYPES)},
            # Not 0: some homeservers take that for "as many as you like".
            "timeline": {"limit": 1, "types": list(_STATE_TYPES)},
        },
    }
    query = {"filter": json.dumps(only), "timeout": "0"}
    answer = await transport.request("GET", "/v3/sync", query=query)
    found = {}
    for room_id, told in answer.get("rooms", {}).get("join", {}).items():
        state: dict[str, dict[str, Json]] = {"m.room.member": {user: _joined(user)}}
        for event in [*told["state"]["events"], *told["timeline"]["events"]]:
            if "state_key" in event:
                state.setdefault(event["type"], {})[event["state_key"]] = event
        if "m.room.tombstone" not in state:
            found[room_id] = _found(room_id, state, user)
    return found


def _joined(user: str) -> Json:
    return {"sender": user, "content": {"membership": "join"}}


def _found(room_id: str, state: power.State, user: str) -> FoundRoom:
    told = power.content(state, PURPOSE)
    if power.event(state, PURPOSE).get("sender") != user:
        return FoundRoom(room_id, state, None, None)
    kinds = {kind.value: kind for kind in RoomKind}
    group = told.get("group")
    kind = kinds.get(str(told.get("kind")))
    return FoundRoom(room_id, state, kind, group if isinstance(group, str) else None)


def new_group() -> str:
    """A name for a group, for machines alone."""
    return token_hex(8)


async def create(
    transport: Transport,
    kind: RoomKind,
    *,
    group: str,
    name: str,
    bot: str,
    admins: Collection[str],
    knock: bool,
) -> str:
    """Make a room, and give its id. It is marked in the same request, so it is never lost."""
    told = await transport.request("GET", "/v3/capabilities")
    version = told.get("capabilities", {}).get("m.room_versions", {}).get("default", "11")
    body = room(kind, group=group, name=name, bot=bot, admins=admins, version=version, knock=knock)
    return str((await transport.request("POST", _CREATE, body))["room_id"])


def address_of(typed: str) -> str | None:
    """A room's address or id in what somebody typed, a matrix.to link too; None for a name."""
    link = re.fullmatch(r"https://matrix\.to/#/([^?]+)(?:\?.*)?", typed.strip())
    plain = unquote(link[1]) if link else typed.strip()
    return plain if re.fullmatch(r"[#!]\S+", plain) else None


async def enter(transport: Transport, address: str) -> str:
    """Go into a room that is there, and give its id. Raises `StartError`."""
    try:
        return str((await transport.request("POST", path("join", address), {}))["room_id"])
    except Forbidden:
        raise StartError(
            f"The bot is not let into {address}. Invite it there first, then run this again."
        ) from None
    except Gone:
        raise StartError(f"There is no room {address}. Look for a slip in it.") from None


async def adopt(transport: Transport, found: FoundRoom, kind: RoomKind, group: str) -> None:
    """Mark a room that others made as one of the group's. Raises `StartError` without the power."""
    user = next(iter(found.state["m.room.member"]))
    needs = max(
        power.needed_to_send(found.state, "m.room.power_levels", as_state=True), power.ADMINISTERS
    )
    if power.power(found.state, user) < needs:
        raise StartError(
            f"In the room {found.name} the bot is not an admin, so it could keep no promise there. "
            "Give it the role Admin (in Element: Room settings, Roles & Permissions), then run "
            "this again."
        )
    levels = dict(power.content(found.state, "m.room.power_levels"))
    levels["events"] = {**levels.get("events", {}), PURPOSE: power.ADMINISTERS}
    # First the lock, then the mark: nobody else can ever say what the room is for.
    await _put(transport, found.room_id, "m.room.power_levels", levels)
    await _put(transport, found.room_id, PURPOSE, purpose(group, kind))


async def mend(transport: Transport, found: FoundRoom, *, knock: bool) -> None:
    """Close every leak of an adopted room that can be closed. Raises `Forbidden`."""
    if found.kind is not None:
        for fault in faults(found.kind, found.state, knock=knock):
            await _put(transport, found.room_id, *mending(fault, found.state, knock=knock))


async def _put(transport: Transport, room_id: str, kind: str, content: Mapping[str, Any]) -> None:
    await transport.request("PUT", path("rooms", room_id, "state", kind, ""), content)


async def is_known(transport: Transport, user: str) -> bool:
    """Whether the homeserver knows an account of that name."""
    try:
        await transport.request("GET", path("profile", user))
    except Gone:
        return False
    except Forbidden:
        # Some homeservers show profiles to nobody who shares no room.
        return True
    return True


async def invite(transport: Transport, room_id: str, user: str) -> bool:
    """Invite somebody; False when they are there or invited already."""
    try:
        member = path("rooms", room_id, "state", "m.room.member", user)
        told = await transport.request("GET", member)
        if told.get("membership") in ("join", "invite"):
            return False
    except (Gone, Forbidden):
        pass
    await transport.request("POST", path("rooms", room_id, "invite"), {"user_id": user})
    return True


async def inside(transport: Transport, room_id: str) -> set[str]:
    """Everybody who is in a room, the bot too."""
    told = await transport.request("GET", path("rooms", room_id, "joined_members"))
    return set(told.get("joined", {}))


# What the homeserver allows.


async def is_limited(
    transport: PatientTransport, signed_in: SignedIn, found: FoundRoom, memory: Memory
) -> bool:
    """Whether the homeserver's rate limits hold for the bot, and remembers it for `check`.

    An ordinary account cannot ask. So it writes some state that no client shows, in a row; the
    homeserver does not count what changes nothing.
    """
    plain = Transport(signed_in.homeserver, signed_in.token)
    limited = transport.was_limited
    try:
        to = path("rooms", found.room_id, "state", _PROBE, "")
        for number in range(_AT_ONCE):
            if limited:
                break
            limited = (await plain.ask("PUT", to, {"number": number}))[0] == 429
    finally:
        await plain.close()
    await memory.put(_MEASURED, "limited" if limited else "free")
    return limited


async def measured(memory: Memory) -> bool | None:
    """What `is_limited` found last; None before it was asked."""
    found = await memory.get(_MEASURED)
    return None if found is None else found == "limited"
