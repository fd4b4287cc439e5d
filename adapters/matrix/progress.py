"""Progress: the position in the sync moves only over answers of which nothing is left to do."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from adapters.matrix.again import until_written
from bot.inbox import Memory

UNFINISHED: Final = 20_000
"""How many events may be read and not finished before reading on waits."""
_POSITION: Final = "sync position"


@dataclass(slots=True)
class Batch:
    """One sync answer: the position after it, and how much of it is unfinished."""

    position: str
    open: int = 0


class Progress:
    """Notes the position after the longest finished row of answers.

    `flush` has on disk what the answers brought for the device; it comes before each note.
    """

    def __init__(self, memory: Memory, flush: Callable[[], Awaitable[None]]) -> None:
        self._memory = memory
        self._flush = flush
        self._batches: deque[Batch] = deque()
        self._finished = asyncio.Event()
        self._open = 0
        self._less = asyncio.Event()
        self._position: str | None = None

    async def load(self) -> str | None:
        """The position that was noted last."""
        self._position = await self._memory.get(_POSITION)
        return self._position

    def begin(self, batch: Batch) -> None:
        """All that an answer brought has been entered."""
        self._batches.append(batch)
        if batch.open == 0:
            self._finished.set()

    def enter(self, batch: Batch, count: int = 1) -> None:
        """So much more of an answer is to be done."""
        batch.open += count
        self._open += count

    def done(self, batch: Batch) -> None:
        """One thing is done."""
        batch.open -= 1
        self._open -= 1
        self._less.set()
        if batch.open == 0:
            self._finished.set()

    async def room_for_more(self) -> None:
        """Wait while too much is unfinished."""
        while self._open > UNFINISHED:
            self._less.clear()
            await self._less.wait()

    async def note(self) -> None:
        """Note positions until cancelled."""
        while True:
            await self._finished.wait()
            self._finished.clear()
            position = self._position
            while self._batches and self._batches[0].open == 0:
                position = self._batches.popleft().position
            if position is not None and position != self._position:
                await until_written(lambda: self._save(position))  # noqa: B023
                self._position = position

    async def _save(self, position: str) -> None:
        # What brought a key must be asked for again as long as the key is not on disk.
        await self._flush()
        await self._memory.put(_POSITION, position)
