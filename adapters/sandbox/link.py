"""How the bot reaches a world: in its own process, or over loopback in another one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, Final, Protocol

from adapters.sandbox.world import Json, Refusal, World
from bot.errors import CannotReach, Forbidden, Gone, PlatformError, TryLater

OPERATIONS: Final = frozenset(
    {
        *("hello", "offer_commands", "ack", "rooms", "people", "describe", "pins", "rights"),
        *("post", "tell", "answer", "edit", "remove", "hold", "fetch", "history", "time_left"),
        "held",
        "pin",
    }
)
"""What a bot may ask of a world; nothing else is reachable through a link."""


class Link(Protocol):
    """One connection to a world. `call` raises what the platform raises, or `TryLater`."""

    async def call(self, operation: str, *args: Any) -> Any:
        """Ask the world for something, by the name of one of `OPERATIONS`."""

    def events(self, after: int) -> AsyncGenerator[Json, None]:
        """What happened after a number, oldest first, without end. `TryLater` when cut off."""

    async def close(self) -> None:
        """Let go of the connection."""


def refused(code: str, after: float) -> PlatformError:
    """A world's refusal as what the core understands."""
    match code:
        case "forbidden":
            return Forbidden()
        case "gone":
            return Gone()
        case "cannot-reach":
            return CannotReach()
        case "later":
            return TryLater(timedelta(seconds=after))
    return PlatformError()


class LocalLink:
    """A world in this very process."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def call(self, operation: str, *args: Any) -> Any:
        """Ask the world."""
        if operation not in OPERATIONS:
            raise PlatformError
        try:
            return getattr(self.world, operation)(*args)
        except Refusal as refusal:
            raise refused(refusal.code, refusal.after) from None

    async def events(self, after: int) -> AsyncGenerator[Json, None]:
        """Follow the world's log."""
        self.world.follow(1)
        try:
            while True:
                batch = self.world.events(after)
                for event in batch:
                    after = event["seq"]
                    yield event
                if not batch:
                    await self.world.changed()
        finally:
            self.world.follow(-1)

    async def close(self) -> None:
        """Nothing to let go of."""
