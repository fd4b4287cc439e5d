"""The key ring: every key of a circle, in one small file apart from the database.

Each key in the file is wrapped under the master key, which lives somewhere else again. A stolen
database says nothing without the ring, and a stolen ring nothing without the master key. The
ring is never part of a backup of the database, and deleting a key in it makes everything under
that key unreadable in every copy of the database there is.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import NotDurable, StartError
from bot.model import Account
from bot.store.columns import ROW_ID_BYTES, SealedBox, to_microseconds
from bot.store.masterkey import KEY_BYTES, NONCE_BYTES, MasterKey, write_ring
from bot.store.ringfile import as_state, coming, epoch_in, read_ring

EPOCH_SECONDS: Final = 7 * 24 * 3600
"""A tag key serves one group for seven days."""

TAG_BYTES: Final = 16
_HASH_BYTES: Final = 16
# Texts are padded to whole steps, so that a box's size does not tell one Matrix id from another.
_STEP: Final = 32
_PADDING: Final = [b"\x80" + bytes(-(length + 1) % _STEP) for length in range(_STEP)]
_NUMBER: Final = struct.Struct(">H")
_ENCODING: Final = "surrogatepass"


class KeyDestroyed(Exception):
    """The key that this would need was destroyed, as promised. There is no way back."""


class CannotOpen(Exception):
    """A box does not belong to this column and row, or was sealed under another ring."""


class KeyRing:
    """Seals, opens and blinds. Made by `create` once per circle, by `load` ever after.

    Not for several threads: the event loop's alone. What changes the ring (a first tag of an
    epoch, a silence) writes the file before it returns, some milliseconds, and raises
    `NotDurable` when it cannot; then nothing has changed.
    """

    def __init__(
        self, path: Path, master: MasterKey, keys: Mapping[str, bytes], state: Any
    ) -> None:
        # Names: "column/1", "blind/1", "tag/<group>/<epoch>", "epoch/<group>/<epoch>",
        # "silence/<number>", "guard/<group>", "erasure".
        self.path = path
        self._master = master
        self._wrapped: dict[str, str] = dict(state["keys"])
        self._no_tags_before: int = state["no_tags_before"]
        self._last_silence: int = state["last_silence"]
        self._keys = dict(keys)
        self._prefixes: dict[object, bytes] = {}
        self._use_column_keys()
        self._scopes: dict[str, Any] = {}
        self._account_scopes: dict[bytes, str] = {}
        self._blind_numbers = sorted(_numbered(keys, "blind"), reverse=True)
        self._blind_prefix = _NUMBER.pack(self._blind_numbers[0])

    @classmethod
    def create(cls, path: Path, master: MasterKey) -> KeyRing:
        """Make a new ring in a new file (mode 0600).

        Raises `StartError` when there is one already: a ring is never made anew in silence.
        """
        if path.exists():
            raise StartError(
                f"{path} exists already. A key ring is never overwritten: what was sealed with it "
                "would be lost. Move the file away if you are sure."
            )
        keys = {name: os.urandom(KEY_BYTES) for name in ("column/1", "blind/1")}
        state = {
            "keys": {name: master.wrap(name, key) for name, key in keys.items()},
            "no_tags_before": 0,
            "last_silence": 0,
        }
        ring = cls(path, master, keys, state)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_ring(path, ring._state())
        except OSError as error:
            raise StartError(
                f"The key ring cannot be written to {path}: {error.strerror}."
            ) from None
        return ring

    @classmethod
    def load(cls, path: Path, master: MasterKey) -> KeyRing:
        """Read a ring. Raises `StartError` when it is missing, damaged or of another master key."""
        state, keys = read_ring(path, master)
        return cls(path, master, keys, state)

    def _use_column_keys(self) -> None:
        columns = sorted(_numbered(self._keys, "column"))
        self._boxes = {n: AESGCM(self._keys[f"column/{n}"]) for n in columns}
        self._seal_number = _NUMBER.pack(columns[-1])
        self._seal_key = self._boxes[columns[-1]]

    # Changing keys. The steps in between are in `bot/store/rotating.py`.

    @property
    def column_keys(self) -> int:
        """How many keys columns are sealed under: one, or two while they are changed."""
        return len(self._boxes)

    def new_column_key(self) -> None:
        """Seal columns under a new key from now on; what the old one sealed still opens."""
        self._add(f"column/{max(self._boxes) + 1}")
        self._use_column_keys()

    def is_old(self, box: SealedBox) -> bool:
        """Whether a box is under another key than the newest."""
        return not box.data.startswith(self._seal_number)

    def destroy_old_column_keys(self) -> None:
        """Destroy all but the newest: what is still under them, in old backups too, is lost."""
        newest = max(self._boxes)
        if old := [f"column/{number}" for number in self._boxes if number != newest]:
            self._change(drop=old)
            self._use_column_keys()

    def write_under(self, master: MasterKey, path: Path) -> None:
        """Write the whole ring to another file, under another master key. Raises `OSError`."""
        wrapped = {name: master.wrap(name, key) for name, key in self._keys.items()}
        write_ring(path, {**self._state(), "keys": wrapped})

    # Sealing and blinding: the hot path.

    def seal(self, column: object, row_id: bytes, text: str) -> SealedBox:
        """Seal a text for one column of one row.

        `column` is "table.column" or the column itself. About 2 us. Any text can be sealed, lone
        surrogates too; the caller limits its length.
        """
        return self.seal_all(column, [(row_id, text)])[0]

    def seal_all(self, column: object, texts: Sequence[tuple[bytes, str]]) -> list[SealedBox]:
        """`seal` for each row id and text. About 3 us of the first, and 2 us of each more."""
        prefix, number, encrypt = self._prefix(column), self._seal_number, self._seal_key.encrypt
        # One question to the system: it takes half as long as sealing does.
        random = os.urandom(NONCE_BYTES * len(texts))
        boxes = []
        at = 0
        for row_id, text in texts:
            # A row id has one length, so no two pairs of column and row look alike.
            if len(row_id) != ROW_ID_BYTES:
                raise TypeError("a row id is 16 bytes")
            nonce = random[at : at + NONCE_BYTES]
            at += NONCE_BYTES
            plain = _utf8(text)
            plain += _PADDING[len(plain) % _STEP]
            boxes.append(SealedBox(number + nonce + encrypt(nonce, plain, prefix + row_id)))
        return boxes

    def open(self, column: object, row_id: bytes, box: SealedBox) -> str:
        """The text in a box. Raises `CannotOpen` for a box of another column, row or ring."""
        data = box.data
        try:
            key = self._boxes[_NUMBER.unpack_from(data)[0]]
            plain = key.decrypt(data[2:14], data[14:], self._prefix(column) + row_id)
        except (InvalidTag, KeyError, ValueError, struct.error):
            # Raised anew below, outside, so that no traceback leads to a key.
            plain = None
        if plain is None:
            raise CannotOpen(f"{column}: this box was sealed for another row or by another ring")
        return plain[: plain.rindex(b"\x80")].decode("utf-8", _ENCODING)

    def _prefix(self, column: object) -> bytes:
        prefix = self._prefixes.get(column)
        if prefix is None:
            name = str(column)
            if name.count(".") != 1:
                raise ValueError("a column is named table.column")
            prefix = self._prefixes[column] = name.encode() + b"\0"
        return prefix

    def blind(self, scope: str, value: str) -> bytes:
        """A keyed hash to look `value` up by, under the newest key. About 1 us.

        The same value has unrelated hashes in different scopes.
        """
        hasher = self._scope(scope).copy()
        hasher.update(_utf8(value))
        return self._blind_prefix + hasher.digest()  # type: ignore[no-any-return]

    def blinder(self, scope: str, prefix: str) -> Callable[[str], bytes]:
        """`blind` for values that begin alike: what it gives takes the rest of each."""
        number, begun = self._blind_prefix, self._scope(scope).copy()
        begun.update(_utf8(prefix))

        def blind(rest: str) -> bytes:
            hasher = begun.copy()
            hasher.update(_utf8(rest))
            return number + hasher.digest()  # type: ignore[no-any-return]

        return blind

    def _scope(self, scope: str) -> Any:
        hasher = self._scopes.get(scope)
        if hasher is None:
            hasher = self._scopes[scope] = self._hasher(self._blind_numbers[0], scope)
        return hasher

    def blinds(self, scope: str, value: str) -> tuple[bytes, ...]:
        """The hash of `value` under every live key, newest first: for `IN (...)` look-ups."""
        found = []
        for number in self._blind_numbers:
            hasher = self._hasher(number, scope)
            hasher.update(_utf8(value))
            found.append(_NUMBER.pack(number) + hasher.digest())
        return tuple(found)

    def _hasher(self, number: int, scope: str) -> Any:
        if "\0" in scope:
            raise ValueError("a scope holds no NUL")
        hasher = hashlib.blake2b(key=self._keys[f"blind/{number}"], digest_size=_HASH_BYTES)
        hasher.update(scope.encode() + b"\0")
        return hasher

    def short(self, scope: str, value: str) -> int:
        """64 bits of `blind`, for large sets in memory. Equals `short_of(blind(...))`."""
        return short_of(self.blind(scope, value))

    def account_blind(self, group_id: bytes, account: Account) -> bytes:
        """The blind of an account within one group: two groups' rows cannot be matched."""
        scope = self._account_scopes.get(group_id)
        if scope is None:
            scope = self._account_scopes[group_id] = f"account {group_id.hex()}"
        return self.blind(scope, f"{account.platform} {account.handle}")

    def account_blinds(self, group_id: bytes, account: Account) -> tuple[bytes, ...]:
        """`account_blind` under every live key, newest first."""
        return self.blinds(f"account {group_id.hex()}", _account(account))

    def guard_key(self, group_id: bytes) -> bytes:
        """The key of a group's guard words. The first call makes it.

        Raises `NotDurable` when a new key cannot be kept.
        """
        name = f"guard/{group_id.hex()}"
        if name not in self._keys:
            self._add(name)
        return self._keys[name]

    @property
    def marks_erasures(self) -> bool:
        """Whether it has the key of the erasure ledger's marks."""
        return "erasure" in self._keys

    def erasure_mark(self, blind: bytes) -> bytes:
        """What stands in the erasure ledger for a blind. The first call makes the key.

        Raises `NotDurable` when the new key cannot be kept.
        """
        if not self.marks_erasures:
            self._add("erasure")
        return hmac.digest(self._keys["erasure"], blind, "sha256")[:TAG_BYTES]

    # Epoch keys: what lies around the sealed authors of a group that are over on the same day.
    # Their epochs are those days, counted as `date.toordinal` does.

    def epoch_key(self, group_id: bytes, epoch: int) -> bytes:
        """The key that seals until the end of an epoch. The first call makes it.

        Raises `NotDurable` when a new key cannot be kept.
        """
        name = f"epoch/{group_id.hex()}/{epoch}"
        if name not in self._keys:
            self._add(name)
        return self._keys[name]

    def kept_epoch_key(self, group_id: bytes, epoch: int) -> bytes:
        """The key of an epoch, to open with. Raises `KeyDestroyed`."""
        name = f"epoch/{group_id.hex()}/{epoch}"
        if name not in self._keys:
            raise KeyDestroyed("what was sealed in that time opens no more")
        return self._keys[name]

    def destroy_epoch_keys(self, before: int) -> None:
        """Destroy the keys of all epochs before `before`, in every group, for good."""
        over = [n for n in self._keys if n.startswith("epoch/") and epoch_in(n) < before]
        if over:
            self._change(drop=over)

    # Tags: recognise an author for a while without knowing who it is.

    @staticmethod
    def epoch_of(at: datetime) -> int:
        """The number of the seven days that `at` falls into, for tags."""
        return to_microseconds(at) // (EPOCH_SECONDS * 1_000_000)

    def tag(self, group_id: bytes, epoch: int, account: Account) -> bytes:
        """The tag of an account in a group and epoch, 16 bytes. The first makes the epoch's key.

        Raises `KeyDestroyed` for an epoch whose keys are gone, `NotDurable` when a new key
        cannot be kept.
        """
        if epoch < self._no_tags_before:
            raise KeyDestroyed("the tags of that time are gone")
        name = f"tag/{group_id.hex()}/{epoch}"
        if name not in self._keys:
            self._add(name)
        return self._tag(name, account)

    def destroy_tags_before(self, epoch: int) -> None:
        """Destroy the tag keys of all epochs before `epoch`, in every group, for good."""
        old = [name for name in self._keys if name.startswith("tag/") and epoch_in(name) < epoch]
        if old or epoch > self._no_tags_before:
            self._change(drop=old, no_tags_before=max(epoch, self._no_tags_before))

    def keep_for_silence(self, group_id: bytes, epoch: int) -> int:
        """Keep a copy of one epoch's tag key for a silence; gives the silence's number.

        `silence_tag` under that number equals `tag` in that epoch, also after the epoch's own
        key was destroyed. Raises `KeyDestroyed` when it was destroyed before this.
        """
        key = self._keys.get(f"tag/{group_id.hex()}/{epoch}")
        if key is None:
            raise KeyDestroyed("the tags of that time are gone")
        number = self._last_silence + 1
        name = f"silence/{number}"
        self._add(name, key, last_silence=number)
        return number

    def silences(self) -> set[int]:
        """The numbers of all silences whose keys are kept."""
        return set(_numbered(self._keys, "silence"))

    def silence_tag(self, number: int, account: Account) -> bytes:
        """The tag of an account under one silence's key. Raises `KeyDestroyed` after its end."""
        name = f"silence/{number}"
        if name not in self._keys:
            raise KeyDestroyed("that silence has ended")
        return self._tag(name, account)

    def destroy_silence_key(self, number: int) -> None:
        """Destroy the key of one silence. Destroying it twice is destroying it once."""
        name = f"silence/{number}"
        if name in self._keys:
            self._change(drop=[name])

    def _tag(self, name: str, account: Account) -> bytes:
        digest = hmac.digest(
            self._keys[name], _account(account).encode("utf-8", _ENCODING), "sha256"
        )
        return digest[:TAG_BYTES]

    # The file.

    def _add(self, name: str, key: bytes | None = None, *, last_silence: int | None = None) -> None:
        key = key or os.urandom(KEY_BYTES)
        wrapped = {**self._wrapped, name: self._master.wrap(name, key)}
        self._save(wrapped, self._no_tags_before, last_silence or self._last_silence)
        self._keys[name] = key

    def _change(self, drop: list[str], no_tags_before: int | None = None) -> None:
        gone = set(drop)
        wrapped = {name: box for name, box in self._wrapped.items() if name not in gone}
        floor = self._no_tags_before if no_tags_before is None else no_tags_before
        self._save(wrapped, floor, self._last_silence)
        for name in gone:
            del self._keys[name]

    def _save(self, wrapped: dict[str, str], floor: int, last_silence: int) -> None:
        # First the file, then memory: when the disk refuses, nothing has happened.
        try:
            write_ring(self.path, as_state(wrapped, floor, last_silence))
            # Of a change of the master key that was cut off: it lacks what is written here.
            coming(self.path).unlink(missing_ok=True)
        except OSError:
            raise NotDurable("the key ring could not be written") from None
        self._wrapped = wrapped
        self._no_tags_before, self._last_silence = floor, last_silence

    def _state(self) -> dict[str, Any]:
        return as_state(self._wrapped, self._no_tags_before, self._last_silence)

    def __repr__(self) -> str:
        return "<key ring>"


def short_of(blind: bytes) -> int:
    """64 bits of a blind as a number, for large sets in memory."""
    return int.from_bytes(blind[2:10], "big")


def _utf8(text: str) -> bytes:
    # Most handles are ASCII, and naming an error handler costs more than encoding them.
    return text.encode() if text.isascii() else text.encode("utf-8", _ENCODING)


def _account(account: Account) -> str:
    return f"{account.platform} {account.handle}"


def _numbered(keys: Mapping[str, bytes], kind: str) -> list[int]:
    return [int(name.split("/")[1]) for name in keys if name.startswith(f"{kind}/")]
