"""Where a circle's things are, and the key ring that is made once and never again in silence."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import StartError
from bot.settings import DATABASE_NAME, Settings
from bot.store import KeyRing, MasterKey
from bot.store.engines import place
from bot.store.ledger import LEDGER_NAME
from bot.store.looking import has_tables

RING_NAME: Final = "ring.json"
MASTER_NAME: Final = "master.key"
BACKUP_MARK: Final = ".last-backup"
"""Ends the name of the file beside the database that says when it was last backed up."""
_FIRST_START: Final = "first-start"
"""A mark beside the ring, from before the ring is made until its database stands. Without it a
start that was cut off in between would look like a database that was lost."""


@dataclass(frozen=True, slots=True)
class Home:
    """The places of one circle: the real one's, or the sandbox's."""

    name: str
    """As a sentence calls it."""
    database: str
    """The address, with its driver. May hold a password: never show it."""
    folder: Path
    keys: Path
    ring: Path
    master: Path
    is_sandbox: bool

    @property
    def file(self) -> Path | None:
        """The database file; None on PostgreSQL."""
        return place(self.database).path

    @property
    def place(self) -> str:
        """The database as it may be shown."""
        return str(self.file or repr(place(self.database)))

    @property
    def exists(self) -> bool:
        """Whether a start was made here. On PostgreSQL the key ring tells."""
        return self.ring.exists() if self.file is None else self.file.exists()


def real_home(settings: Settings) -> Home:
    """The circle's own places."""
    return Home(
        "the circle",
        settings.database,
        settings.data_folder,
        settings.keys_folder,
        settings.keys_folder / RING_NAME,
        settings.master_key,
        is_sandbox=False,
    )


def sandbox_home(settings: Settings) -> Home:
    """The sandbox's places: all in its one folder, since nothing in it is anybody's."""
    folder = settings.sandbox_folder
    keys = folder / "keys"
    return Home(
        "the sandbox",
        f"sqlite+aiosqlite:///{folder / DATABASE_NAME}",
        folder,
        keys,
        keys / RING_NAME,
        keys / MASTER_NAME,
        is_sandbox=True,
    )


def make_folder(folder: Path) -> None:
    """Make a folder for its owner alone, where there is none."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise StartError(
            f"{folder} is a file, and a folder is needed there. Move it away, or name another "
            "folder in the settings."
        ) from None
    except OSError as error:
        raise StartError(
            f"The folder {folder} cannot be made: {error.strerror}. Let the bot's user write "
            "there, or name another folder in the settings."
        ) from None


async def open_keys(home: Home) -> KeyRing:
    """The key ring; made with its master key when neither ring nor database are there yet.

    Raises `StartError` when one of the two is missing: another ring could read nothing, and an
    empty database would silently take the place of one that is on a disk not mounted today.
    """
    mark = home.keys / _FIRST_START
    stored = await has_tables(home.database)
    if home.ring.exists():
        if not stored and not mark.exists():
            raise StartError(
                f"There is a key ring ({home.ring}) and no database at {home.place}. If the "
                "database is on another disk, connect that first. If it is lost, restore a "
                f"backup (circlekeeper restore). To begin anew, move what is in {home.keys} away."
            )
        return KeyRing.load(home.ring, MasterKey.load(home.master))
    if stored:
        # Says what to put back; never makes a new one.
        return KeyRing.load(home.ring, MasterKey.load(home.master))
    make_folder(home.folder)
    make_folder(home.keys)
    try:
        mark.touch(mode=0o600)
    except OSError as error:
        raise StartError(
            f"Nothing can be written in {home.keys}: {error.strerror}. Let the bot's user write "
            "there, or name another folder in the settings."
        ) from None
    there = home.master.exists()
    master = MasterKey.load(home.master) if there else MasterKey.create(home.master)
    return KeyRing.create(home.ring, master)


def settled(home: Home) -> None:
    """The database stands: from now on ring and database belong together."""
    (home.keys / _FIRST_START).unlink(missing_ok=True)


def forget(home: Home) -> None:
    """Remove the sandbox's database and keys: what was played cannot be read by anyone any more."""
    file = home.file
    if file is None or not home.is_sandbox:
        raise ValueError("only the sandbox begins again")
    # The mark first: cut off anywhere below, the next start makes what is missing.
    (home.keys / _FIRST_START).touch(mode=0o600)
    for rest in ("", "-wal", "-shm", "-journal", BACKUP_MARK):
        file.with_name(file.name + rest).unlink(missing_ok=True)
    # Before the ring: a list that fits no ring would stop every start.
    home.ring.with_name(LEDGER_NAME).unlink(missing_ok=True)
    home.ring.unlink(missing_ok=True)
    home.master.unlink(missing_ok=True)


class AlreadyRunning(StartError):
    """Another process has this folder."""


class FolderLock:
    """One process in a folder. The system lets go of it when the process ends, however it ends.

    The store has a lease of its own; the sandbox needs more, since "start over" closes its store
    and opens a new one.
    """

    NAME: Final = "running.lock"

    def __init__(self, folder: Path) -> None:
        try:
            self._handle = os.open(folder / self.NAME, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise StartError(
                f"Nothing can be written in {folder}: {error.strerror}. Let the bot's user write "
                "there, or name another folder in the settings."
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise AlreadyRunning(f"Another process is running in {folder}.") from None

    def release(self) -> None:
        """Let the next one start."""
        os.close(self._handle)
