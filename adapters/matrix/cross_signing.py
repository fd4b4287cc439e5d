"""The bot's identity on Matrix: keys that vouch for its device, so that clients trust it.

Clients begin to shut out devices that their owner's identity does not vouch for ("exclude
insecure devices"). So the bot has an identity of its own, made at set-up, whose private keys are
sealed in its memory. It is never made anew in silence: members' clients warn of such a change,
and rightly, since whoever runs the homeserver could be behind it.

Source: the Matrix specification, client-server API, "Cross-signing".
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from adapters.matrix.transport import Json, Transport, translated
from bot.errors import StartError
from bot.inbox import Memory

KEY: Final = "identity"
"""Where the private keys lie in the adapter's memory."""

NOT_MADE: Final = (
    "The bot has no Matrix identity of its own, so members' clients would not trust it. Run "
    "circlekeeper setup matrix. If it had one before, the database was lost: restore the backup "
    "first (circlekeeper restore)."
)
SWAPPED: Final = (
    "The identity of the bot's Matrix account is not the one that the bot made: somebody set up "
    "a new one, in another client or on the homeserver. Until you know who did that, the bot "
    "posts nothing. If it was you: circlekeeper setup matrix --new-identity, and tell the members "
    "to expect a warning. If nobody knows: change the account's password and ask whoever runs "
    "the homeserver."
)
FORGOTTEN: Final = (
    "The homeserver does not know the bot's identity any more, as after it was restored from an "
    "older backup. Run circlekeeper setup matrix: it puts the same identity back."
)
OTHER_KEYS: Final = (
    "The homeserver has other keys for the bot's device than the bot has: another program signed "
    "in with the bot's token, or an older database was restored. Run circlekeeper setup matrix: "
    "it makes a new device, which cannot read what was written before."
)

Prove = Callable[[Json], Awaitable[Json]]
"""From the homeserver's wish for a proof (a 401 answer) to the proof. May raise `StartError`."""

_ROLES: Final = ("master", "self_signing", "user_signing")


class OtherIdentity(StartError):
    """The account has an identity whose private keys are not here."""


class Identity:
    """Makes, keeps and checks the identity of one account."""

    def __init__(self, transport: Transport, memory: Memory) -> None:
        self._transport = transport
        self._memory = memory

    async def check(self, user: str, device: str, device_keys: Mapping[str, str]) -> None:
        """Raise `StartError` unless account and device are what the bot made them.

        `device_keys` are the device's own, `ed25519` and `curve25519`. To be called at a start
        and whenever the homeserver says that the bot's own devices changed. A device that is not
        signed yet is signed. Raises what `Transport.request` raises, too.
        """
        keys, there = await self._looked(user)
        await self._vouch(there, user, device, device_keys, keys)

    async def vouches(self, user: str, device: str, device_keys: Mapping[str, str]) -> bool:
        """As `check`, and changes nothing: whether the device is signed."""
        keys, there = await self._looked(user)
        found = _device(there, device, device_keys)
        return is_signed(found, user, keys["self_signing"].public_key())

    async def _looked(self, user: str) -> tuple[dict[str, Ed25519PrivateKey], _There]:
        keys = await self._load(user)
        if keys is None:
            raise StartError(NOT_MADE)
        there = await self._there(user)
        _compare(there, user, keys)
        return keys, there

    async def make(
        self,
        user: str,
        device: str,
        device_keys: Mapping[str, str],
        prove: Prove,
        *,
        replace: bool = False,
    ) -> bool:
        """Have an identity that vouches for the device; True when it was made or put back now.

        Safe to repeat, and to go on with after it was cut off anywhere. Raises `OtherIdentity`
        where the account has one that is not ours, unless `replace`.
        """
        keys = await self._load(user)
        there = await self._there(user)
        if there.master is not None and not replace:
            if keys is None:
                raise OtherIdentity(SWAPPED)
            _compare(there, user, keys)
        made = keys is None or not _is_ours(there, user, keys)
        # Synapse answers 500 to keys that it had before: another identity has keys of its own.
        if keys is None or (made and there.master is not None):
            keys = {role: Ed25519PrivateKey.generate() for role in _ROLES}
            kept = {role: _text(key.private_bytes_raw()) for role, key in keys.items()}
            # First kept, then published: an identity whose keys are lost could never sign again.
            await self._memory.put(KEY, json.dumps({"user": user, **kept}))
        if made:
            await self._publish(user, keys, prove)
            there = await self._there(user)
        await self._vouch(there, user, device, device_keys, keys)
        return made

    async def _load(self, user: str) -> dict[str, Ed25519PrivateKey] | None:
        found = await self._memory.get(KEY)
        if found is None:
            return None
        kept = json.loads(found)
        if kept["user"] != user:
            return None
        return {role: Ed25519PrivateKey.from_private_bytes(_bytes(kept[role])) for role in _ROLES}

    async def _there(self, user: str) -> _There:
        body: Json = {"device_keys": {user: []}}
        return _There(await self._transport.request("POST", "/v3/keys/query", body), user)

    async def _publish(
        self, user: str, keys: Mapping[str, Ed25519PrivateKey], prove: Prove
    ) -> None:
        body: Json = {f"{role}_key": _public(user, role, keys[role]) for role in _ROLES}
        for role in _ROLES[1:]:
            sign(body[f"{role}_key"], user, keys["master"])
        to = "/v3/keys/device_signing/upload"
        status, answer, headers = await self._transport.ask("POST", to, body)
        # Each proof may lead to the wish for another: a password, then a code, for example.
        for _ in range(3):
            if status != 401 or "flows" not in answer:
                break
            auth = {**await prove(answer), "session": answer.get("session")}
            status, answer, headers = await self._transport.ask("POST", to, {**body, "auth": auth})
        if status >= 300:
            raise translated(status, answer, headers)

    async def _vouch(
        self,
        there: _There,
        user: str,
        device: str,
        device_keys: Mapping[str, str],
        keys: Mapping[str, Ed25519PrivateKey],
    ) -> None:
        """Sign the device with the identity, unless it is signed."""
        found = _device(there, device, device_keys)
        signer = keys["self_signing"]
        if is_signed(found, user, signer.public_key()):
            return
        signed = {**found, "signatures": {}}
        signed.pop("unsigned", None)
        sign(signed, user, signer)
        to = "/v3/keys/signatures/upload"
        answer = await self._transport.request("POST", to, {user: {device: signed}})
        if answer.get("failures"):
            raise StartError(
                "The homeserver refused the signature of the bot's device, so members' clients "
                "would not trust it. Run circlekeeper setup matrix again; if that does not help, "
                "report it."
            )


class _There:
    """What the homeserver says of an account."""

    def __init__(self, answer: Json, user: str) -> None:
        self.master: Json | None = answer.get("master_keys", {}).get(user)
        self.self_signing: Json | None = answer.get("self_signing_keys", {}).get(user)
        self.devices: Mapping[str, Json] = answer.get("device_keys", {}).get(user, {})


def _device(there: _There, device: str, device_keys: Mapping[str, str]) -> Json:
    """What the homeserver says of our device. Raises unless it has our keys."""
    found = there.devices.get(device)
    mine = {f"{kind}:{device}": key for kind, key in device_keys.items()}
    if found is None or found.get("keys") != mine:
        raise StartError(OTHER_KEYS)
    return found


def _is_ours(there: _There, user: str, keys: Mapping[str, Ed25519PrivateKey]) -> bool:
    return all(
        found is not None and found.get("keys") == _public(user, role, keys[role])["keys"]
        for role, found in (("master", there.master), ("self_signing", there.self_signing))
    )


def _compare(there: _There, user: str, keys: Mapping[str, Ed25519PrivateKey]) -> None:
    """Raise unless the homeserver has our identity and no other."""
    if there.master is None:
        raise StartError(FORGOTTEN)
    if not _is_ours(there, user, keys):
        raise OtherIdentity(SWAPPED)


def canonical(what: Any) -> bytes:
    """Canonical JSON as Matrix signs it: sorted, without spaces, in UTF-8."""
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def sign(what: Json, user: str, key: Ed25519PrivateKey) -> None:
    """Add a signature to an object, beside those that it has."""
    signature = _text(key.sign(_signed_part(what)))
    name = f"ed25519:{_text(key.public_key().public_bytes_raw())}"
    what.setdefault("signatures", {}).setdefault(user, {})[name] = signature


def is_signed(what: Mapping[str, Any], user: str, key: Ed25519PublicKey) -> bool:
    """Whether an object bears a valid signature of a key."""
    name = f"ed25519:{_text(key.public_bytes_raw())}"
    signature = what.get("signatures", {}).get(user, {}).get(name)
    if not isinstance(signature, str):
        return False
    try:
        key.verify(_bytes(signature), _signed_part(what))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed_part(what: Mapping[str, Any]) -> bytes:
    return canonical({k: v for k, v in what.items() if k not in ("signatures", "unsigned")})


def _public(user: str, role: str, key: Ed25519PrivateKey) -> Json:
    public = _text(key.public_key().public_bytes_raw())
    return {"user_id": user, "usage": [role], "keys": {f"ed25519:{public}": public}}


def _text(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))
