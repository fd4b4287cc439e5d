"""Writing `.env`: what stands there stays, and nobody else reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import set_key

from bot.errors import StartError


def make_private(file: Path) -> None:
    """Have the file there, for its owner alone (mode 600), before a secret comes into it.

    Raises `StartError` when it cannot be written.
    """
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        file.chmod(0o600)
    except OSError as error:
        raise StartError(
            f"{file} cannot be written: {error.strerror}. Call the command in the folder that the "
            "bot runs in, as the user who runs it."
        ) from None


def write(file: Path, values: Mapping[str, str]) -> None:
    """Set names in the file, all of them or none. Raises `StartError`, which repeats no value."""
    make_private(file)
    file = file.resolve()
    new = file.with_name(f"{file.name}.new")
    try:
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as copy:
            copy.write(file.read_bytes())
        for name, value in values.items():
            set_key(new, name, value, quote_mode="never")
        os.replace(new, file)
    except OSError as error:
        raise StartError(f"{file} cannot be written: {error.strerror}.") from None
