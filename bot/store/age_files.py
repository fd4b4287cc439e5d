"""Backups as age files, which every age tool opens: https://age-encryption.org/v1.

The key that opens them is its owner's, and never the bot's: the bot knows the recipient alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

import pyrage

from bot.errors import StartError

_HEADER: Final = b"age-encryption.org/v1\n"


def is_age(path: Path) -> bool:
    """Whether a file is an age file."""
    with path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


def new_key() -> tuple[str, str]:
    """A new key for backups: what opens them (secret), and the recipient they are made for."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def is_recipient(text: str) -> bool:
    """Whether a text is the recipient of an age key."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def encrypt(source: Path, to: Path, recipient: str) -> None:
    """Write `source` as an age file. Raises `StartError` for what is no recipient, `OSError`."""
    try:
        whom = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise StartError(
            "CIRCLEKEEPER_BACKUP_RECIPIENT is not the recipient of an age key: a line that begins "
            "with age1. circlekeeper backup-key makes one."
        ) from None
    with source.open("rb") as plain, _for_its_owner(to) as closed:
        pyrage.encrypt_io(plain, closed, [whom])
        closed.flush()
        os.fsync(closed.fileno())


def decrypt(source: Path, to: Path, key: Path) -> None:
    """Write what an age file holds. `key` is a file as `backup-key` or age-keygen makes it.

    Raises `StartError` for another key and for a damaged file, `OSError`.
    """
    lines = key.read_text(encoding="utf-8").splitlines()
    try:
        keys = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in lines
            if line.startswith("AGE-SECRET-KEY-")
        ]
    except pyrage.IdentityError:
        keys = []
    if not keys:
        raise StartError(f"{key} holds no age key (a line that begins with AGE-SECRET-KEY-).")
    try:
        with source.open("rb") as closed, _for_its_owner(to) as plain:
            pyrage.decrypt_io(closed, plain, keys)
    except pyrage.DecryptError:
        raise StartError(
            f"{key} does not open {source}, or the file is damaged. Nothing was changed."
        ) from None


def _for_its_owner(path: Path) -> BinaryIO:
    """A new file of mode 0600."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
