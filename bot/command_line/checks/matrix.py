"""Matrix: the token, the keys, the rooms and the bot's rights there. Asks, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from adapters.matrix import power, setup
from adapters.matrix.blueprints import faults
from adapters.matrix.cross_signing import Identity
from adapters.matrix.keys import CryptoStore
from adapters.matrix.setup import FoundRoom, SignedIn
from adapters.matrix.transport import Transport
from bot.chat import Right
from bot.command_line.checks.finding import Finding, do, note, ok, split
from bot.command_line.home import Home
from bot.command_line.matrix_rooms import FAULTS, PURPOSES, rooms_of_groups
from bot.errors import PlatformError, StartError, TryLater
from bot.inbox import Memory
from bot.model import RoomKind
from bot.settings import Settings
from bot.store import KeyRing, MasterKey
from bot.store.looking import memory_of

AREA: Final = "Matrix"
_AGAIN: Final = "circlekeeper setup matrix mends it; stop the bot first."
_RIGHTS: Final = {
    Right.POST: "write",
    Right.REMOVE: "remove messages",
    Right.HOLD: "invite people and take them out",
}


async def of_matrix(settings: Settings, home: Home) -> list[Finding]:
    """Everything about the bot's account on Matrix; nothing where none is configured."""
    homeserver, token = settings.matrix_homeserver, settings.matrix_token
    if homeserver is None or token is None:
        return []
    memory = await _memory(home)
    findings: list[Finding] = []
    transport = Transport(homeserver, None)
    try:
        signed_in = await setup.whose(transport, homeserver, token.get_secret_value())
        findings.append(ok(AREA, "Homeserver", "answers, and takes the bot's token"))
        findings += await _account(transport, settings, signed_in)
        if memory is not None:
            findings += await _keys(transport, signed_in, memory)
            findings.append(await _limits(memory))
        findings += await _rooms(transport, signed_in)
    except StartError as error:
        findings.append(do(AREA, "Token", *split(error)))
    except PlatformError as error:
        away = isinstance(error, TryLater)
        said = "does not answer" if away else f"did not answer as it should ({error.why})"
        todo = "Look whether it runs and whether this machine reaches it, then look again."
        findings.append(do(AREA, "Homeserver", said, todo))
    finally:
        await transport.close()
    return findings


async def _memory(home: Home) -> Memory | None:
    try:
        keys = KeyRing.load(home.ring, MasterKey.load(home.master))
    except StartError:
        # What is wrong with it is told where the key ring is looked at.
        return None
    return await memory_of(home.database, keys, "matrix", datetime.now(UTC))


async def _account(transport: Transport, settings: Settings, signed_in: SignedIn) -> list[Finding]:
    if signed_in.user != settings.matrix_user:
        said = "CIRCLEKEEPER_MATRIX_USER is another account than the token's"
        return [do(AREA, "Account", said, _AGAIN)]
    devices = (await transport.request("GET", "/v3/devices")).get("devices", [])
    others = len(devices) - 1
    if others > 0:
        said = f"{others} more than the bot's: whoever has one reads all that the bot reads"
        todo = "Sign them out: in Element, signed in as the bot, Settings, Sessions."
        return [note(AREA, "Sign-ins of the account", said, todo)]
    return [ok(AREA, "Sign-ins of the account", "the bot's alone")]


async def _keys(transport: Transport, signed_in: SignedIn, memory: Memory) -> list[Finding]:
    try:
        store = await CryptoStore.load(memory)
        if (store.user_id, store.device_id) != (signed_in.user, signed_in.device):
            raise StartError(
                "belong to another device than the token. Put the token and the database back as "
                "they belong together, or circlekeeper setup matrix."
            )
        findings = [ok(AREA, "Encryption keys", "in the database, sealed, and in its backups")]
    except StartError as error:
        return [do(AREA, "Encryption keys", *split(error))]
    account = store.load_account()
    try:
        signed = await Identity(transport, memory).vouches(
            signed_in.user, signed_in.device, account.identity_keys if account else {}
        )
    except StartError as error:
        return [*findings, do(AREA, "Identity", *split(error))]
    if not signed:
        said = "the bot's own; its device is not signed, and the next start signs it"
        return [*findings, note(AREA, "Identity", said)]
    return [*findings, ok(AREA, "Identity", "the bot's own, and it vouches for the bot's device")]


async def _limits(memory: Memory) -> Finding:
    limited = await setup.measured(memory)
    if limited is None:
        return note(AREA, "Rate limits", "not measured; circlekeeper setup matrix does it")
    if limited:
        said = "the homeserver limits the bot, so letting in and removing go slowly"
        todo = "Its admin can lift that for the bot (docs/hosts/matrix.md), then set up again."
        return note(AREA, "Rate limits", said, todo)
    return ok(AREA, "Rate limits", "none for the bot, when the set-up measured it")


async def _rooms(transport: Transport, signed_in: SignedIn) -> list[Finding]:
    rooms = await rooms_of_groups(transport, signed_in.user)
    findings = []
    for kind in (RoomKind.CIRCLE, RoomKind.MODERATORS):
        if not any(found.kind is kind for found in rooms):
            said = f"none of which the bot knows: {PURPOSES[kind]}"
            findings.append(do(AREA, "Room", said, "circlekeeper setup matrix makes one."))
    lobby = any(found.kind is RoomKind.LOBBY for found in rooms)
    for number, found in enumerate(rooms, 1):
        findings += _room(number, found, signed_in.user, knock=not lobby)
        if found.kind is RoomKind.MODERATORS:
            findings.append(await _moderators(transport, found, signed_in.user))
    return findings


def _room(number: int, found: FoundRoom, user: str, *, knock: bool) -> Iterator[Finding]:
    if found.kind is None:
        return
    # By number: the report holds no name that people gave.
    what = f"Room {number}, {PURPOSES[found.kind]}"
    rights = power.rights(found.state, user)
    lacking = [name for right, name in _RIGHTS.items() if right not in rights]
    if lacking:
        todo = "Make it an admin there (in Element: Room settings, Roles & Permissions)."
        yield do(AREA, what, f"the bot may not {', '.join(lacking)}", todo)
    wrong = [FAULTS[fault] for fault in faults(found.kind, found.state, knock=knock)]
    if wrong:
        yield do(AREA, what, "; ".join(wrong), "circlekeeper setup matrix --mend")
    if not lacking and not wrong:
        yield ok(AREA, what, "the bot has all rights, and nothing leaks")


async def _moderators(transport: Transport, found: FoundRoom, user: str) -> Finding:
    inside = await setup.inside(transport, found.room_id) - {user}
    what = "Moderators"
    if not inside:
        said = "nobody is in the moderators' room, so nobody gets an alert"
        return do(AREA, what, said, "Accept the invitation, or circlekeeper setup matrix.")
    if len(inside) == 1:
        return note(AREA, what, "one; with two, somebody is there when the other is not")
    return ok(AREA, what, f"{len(inside)} in their room")
