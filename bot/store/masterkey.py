"""The master key, and how the file of the keys under it is replaced."""

from __future__ import annotations

import base64
import binascii
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import StartError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class MasterKey:
    """The 32 bytes under which the ring is kept. Never beside the database or its backups."""

    __slots__ = ("_wrap", "readable_by_others")

    def __init__(self, key: bytes, *, readable_by_others: bool = False) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a master key is 32 bytes")
        self._wrap = AESGCM(key)
        self.readable_by_others = readable_by_others
        """The key file's mode lets other users of the machine read it: worth a warning."""

    @classmethod
    def create(cls, path: Path) -> MasterKey:
        """Make a key in a new file, for its owner alone (mode 0600).

        Raises `StartError` when there is a file already, or none can be written.
        """
        key = os.urandom(KEY_BYTES)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(key) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            sync_folder(path.parent)
        except FileExistsError:
            raise StartError(
                f"{path} exists already. A master key is never overwritten: what was sealed "
                "with it would be lost. Move the file away if you are sure."
            ) from None
        except OSError as error:
            raise StartError(
                f"The master key cannot be written to {path}: {error.strerror}."
            ) from None
        return cls(key)

    @classmethod
    def load(cls, path: Path) -> MasterKey:
        """Read a key as `create` writes it. Raises `StartError` with what to do."""
        try:
            written = path.read_bytes()
            mode = path.stat().st_mode
        except FileNotFoundError:
            raise StartError(
                f"There is no master key at {path}. Put the file back from where you keep its "
                "copy, or correct the setting. Without it nothing that is stored can be read."
            ) from None
        except OSError as error:
            raise StartError(f"The master key {path} cannot be read: {error.strerror}.") from None
        try:
            key = base64.b64decode(written.strip(), validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            raise StartError(
                f"{path} does not hold a master key (one line of 44 characters). "
                "Put the file back from where you keep its copy."
            )
        return cls(key, readable_by_others=bool(mode & (stat.S_IRGRP | stat.S_IROTH)))

    def wrap(self, name: str, key: bytes) -> str:
        """A key for the file, bound to its name there."""
        nonce = os.urandom(NONCE_BYTES)
        boxed = nonce + self._wrap.encrypt(nonce, key, name.encode())
        return base64.b64encode(boxed).decode()

    def unwrap(self, name: str, wrapped: str) -> bytes:
        """The reverse of `wrap`. Raises `InvalidTag` or `ValueError`."""
        boxed = base64.b64decode(wrapped, validate=True)
        return self._wrap.decrypt(boxed[:NONCE_BYTES], boxed[NONCE_BYTES:], name.encode())

    def __repr__(self) -> str:
        return "<master key>"


def write_ring(path: Path, state: dict[str, Any]) -> None:
    """Replace the file as one step, on disk before this returns; wipe what it held before."""
    new = path.with_name(path.name + ".new")
    handle = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(state, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        old: int | None = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        old = None
    try:
        os.replace(new, path)
        sync_folder(path.parent)
        # A destroyed key is wrapped, but the blocks of the old file need not keep it either. The
        # new file stands by now, so a failure here changes nothing; a hard link is a host's copy.
        if old is not None and os.fstat(old).st_nlink == 0:
            with suppress(OSError):
                os.pwrite(old, bytes(os.fstat(old).st_size), 0)
                os.fsync(old)
    finally:
        if old is not None:
            os.close(old)


def sync_folder(folder: Path) -> None:
    """Have a folder's entries on disk, so that a file made in it survives a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
