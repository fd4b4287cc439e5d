"""A store on each engine: real files, a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.model import Account, Group, MessageRef, Room
from bot.store import KeyRing, MasterKey, Store
from tests.store import empty

GROUP = Group("sandbox", "circle-1")
ROOM = Room(GROUP, "room-1")
ANA = Account("sandbox", "ana")
BEN = Account("sandbox", "ben")


def message(handle: str) -> MessageRef:
    """A message in the room."""
    return MessageRef(ROOM, handle)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    """A new key ring, apart from the database."""
    master = MasterKey.create(tmp_path / "secrets" / "master")
    return KeyRing.create(tmp_path / "ring" / "keys.json", master)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that is not there yet."""
    return f"sqlite:///{tmp_path}/data/circle.db"


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """The file behind `sqlite_url`."""
    return tmp_path / "data" / "circle.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database on each engine."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    found: str = request.getfixturevalue(name)
    return found


@pytest.fixture
async def store(url: str, keys: KeyRing, sqlite_file: Path) -> AsyncIterator[Store]:
    """An open store on each engine."""
    if url.startswith("sqlite"):
        await empty.lay(sqlite_file)
    opened = await Store.open(url, keys, busy_seconds=0.2)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str, keys: KeyRing, sqlite_file: Path) -> AsyncIterator[Store]:
    """An open store on SQLite, where only that engine has what is tested."""
    await empty.lay(sqlite_file)
    opened = await Store.open(sqlite_url, keys, busy_seconds=0.2)
    yield opened
    await opened.close()


@pytest.fixture
def every_byte(tmp_path: Path) -> Callable[[], bytes]:
    """All that is on disk but the key files: the database, its WAL, copies, backups."""

    def read() -> bytes:
        return b"".join(
            path.read_bytes()
            for path in sorted(tmp_path.rglob("*"))
            if path.is_file() and path.parent.name not in {"secrets", "ring"}
        )

    return read
