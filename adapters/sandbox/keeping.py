"""Keeping a world in a file: written a second after a change and at the end, never half."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from adapters.sandbox.world import World
from bot.errors import StartError

_PAUSE = 1.0
"""Seconds between a change and writing it down."""


def save(world: World, path: Path) -> None:
    """Write the world so that a crash leaves the old file or the new one, never a broken one."""
    half = path.with_name(f".{path.name}.new")
    data = json.dumps(world.state, ensure_ascii=False, separators=(",", ":")).encode()
    # What people typed is in here: for the owner's eyes alone.
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def load(path: Path) -> World:
    """The world in the file, or a fresh one where there is no file yet."""
    try:
        state = json.loads(path.read_bytes())
    except FileNotFoundError:
        return World()
    except (OSError, ValueError) as error:
        raise StartError(
            f"The sandbox's rooms in {path} cannot be read. Move that file away to start afresh."
        ) from error
    if not isinstance(state, dict) or state.get("version") != 1:
        raise StartError(
            f"The sandbox's rooms in {path} come from another version. Move that file away."
        )
    return World(state)


class Keeper:
    """Writes a world down a moment after it changed. `close` writes what is left."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._timer: asyncio.TimerHandle | None = None
        self._written = -1
        world.watch(self._later)
        self._later()

    def _later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._write)

    def _write(self) -> None:
        self._timer = None
        if self._written != self._world.version:
            self._written = self._world.version
            save(self._world, self._path)

    def close(self) -> None:
        """Write what is not written yet."""
        if self._timer is not None:
            self._timer.cancel()
        self._write()
