# ruff: noqa: ASYNC240  (tests look at files while nobody else waits)
"""An empty database of the newest schema, migrated once and copied.

The migrations take most of the time of a first opening, and have tests of their own.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store import migrations

_made: list[bytes] = []


async def lay(path: Path) -> None:
    """Put it where no database is yet; nothing was sealed in it."""
    if not _made:
        with TemporaryDirectory() as folder:
            await migrations.migrate(f"sqlite:///{folder}/empty.sqlite3")
            _made.append(Path(folder, "empty.sqlite3").read_bytes())
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(_made[0])
        path.chmod(0o600)
