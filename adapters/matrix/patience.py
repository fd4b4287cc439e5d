"""Patience: what cannot be finished is given up in the end, and does not hold up what follows.

The sync's position moves only over what is finished. One event at which the homeserver fails again
and again would pin it: everything since would be handled anew after each start, and be lost once
the homeserver forgot that position. So after an hour of trying, in which the homeserver did answer
the sync and the store could be written, moderators are told that something was not looked at.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from adapters.matrix.transport import Json

LOOK: Final = 60.0
"""Seconds between two looks at what is under way."""
LOOKS: Final = 60
"""How often something may be seen under way."""

MISSED: Final = "org.circlekeeper.missed"
"""The type of what stands for events that could not be handled, or are not told any more."""


class Work:
    """Something under way. `looks` may be set back where it is the store that keeps it waiting."""

    __slots__ = ("given_up", "looks", "task")

    def __init__(self) -> None:
        self.task: asyncio.Task[Any] | None = None
        self.looks = 0
        self.given_up = False


class Patience:
    """Looks at all that is under way, and cancels what is seen too often; it says `given_up`."""

    def __init__(self) -> None:
        self.under_way: set[Work] = set()
        self.answering = False
        """Whether the homeserver answered the last time that it was asked for news."""

    async def watch(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            if not self.answering:
                continue
            for work in list(self.under_way):
                work.looks += 1
                if work.looks > LOOKS and work.task is not None:
                    work.given_up = True
                    self.under_way.discard(work)
                    work.task.cancel()


def missed(event_id: str, at: int) -> Json:
    """What stands for something nobody looked at, at a time in milliseconds since 1970."""
    return {
        "type": MISSED,
        "event_id": f"missed {event_id}",
        "sender": "",
        "origin_server_ts": at,
        "content": {},
    }


def unhandled(event: Json) -> Json:
    """What stands for an event that was given up. A message keeps its id and its writer, so that
    its time still runs; a state event is nothing to be removed."""
    if "state_key" in event:
        return missed(event["event_id"], event["origin_server_ts"])
    return {**event, "type": MISSED, "content": {}}
