"""Removing: a message goes with what would go on saying it.

Redacting a message on Matrix leaves its edits, which hold its words in full, the reactions to it,
the messages that hold its files, and replies that quote it. All of these go with it where the
homeserver names them, or where they stand close behind it. What stays are the event's sender and
its time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from adapters.matrix.client import Client
from adapters.matrix.rooms import Rooms
from adapters.matrix.transport import path
from bot.chat import Removal, Retry
from bot.errors import Forbidden, Gone, PlatformError, TryLater
from bot.model import MessageRef

logger = logging.getLogger(__name__)

AT_ONCE: Final = 4
"""Redactions under way: Synapse does 36 a second one by one, 59 with four, and no bot may hold up
the people who write there."""
_LONG_ENOUGH: Final = 5.0
"""Seconds after which a call begins no more redactions. Where the homeserver lets through one in
five seconds, what is done must not wait to be written down until all is done."""
_LOOKED_BEHIND: Final = 100
"""How many events around a message are looked at for replies that quote it."""
EDITS: Final = frozenset({"m.replace"})
_WITH_IT: Final = EDITS | {"m.annotation", "m.reference"}
_PINNED: Final = "m.room.pinned_events"

Json = dict[str, Any]


class Removing:
    """Redacts messages, each with what belongs to it."""

    def __init__(self, client: Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Remove messages, oldest first. After the first that has to wait, the others wait too.

        What was not begun within some seconds may be asked for again at once.
        """
        done: dict[MessageRef, Removal | Retry] = {}
        later: Retry | None = None
        waiting = list(reversed(refs))
        now = asyncio.get_running_loop().time
        ends = now() + _LONG_ENOUGH

        async def work() -> None:
            nonlocal later
            while waiting and later is None and now() < ends:
                ref = waiting.pop()
                try:
                    done[ref] = await self._remove(ref)
                except TryLater as error:
                    later = done[ref] = Retry(error.after)

        await asyncio.gather(*(work() for _ in range(min(AT_ONCE, len(refs)))))
        await self._unpin([ref for ref, what in done.items() if what is Removal.GONE])
        return {ref: done.get(ref) or later or Retry(timedelta()) for ref in refs}

    async def locate(self, ref: MessageRef) -> str:
        """The room in which a message stands: the one it is told in, or one that this replaced."""
        room_id: str | None = ref.room.handle
        seen: set[str] = set()
        while room_id is not None and room_id not in seen:
            seen.add(room_id)
            before = self._rooms.before(room_id)
            if before is None or before not in self._client.rooms:
                return room_id
            if await self._client.event(room_id, ref.handle) is not None:
                return room_id
            room_id = before
        return ref.room.handle

    async def _remove(self, ref: MessageRef) -> Removal:
        try:
            room_id = await self.locate(ref)
            related = await self._related(room_id, ref.handle)
            await self._redact(room_id, ref.handle)
        except TryLater:
            raise
        except Gone:
            return Removal.GONE
        except Forbidden:
            return Removal.FORBIDDEN
        except PlatformError:
            # It cannot be redacted because it is not there, or the homeserver forbids it.
            there = await self._client.event(ref.room.handle, ref.handle)
            return Removal.GONE if there is None else Removal.FORBIDDEN
        for event_id in related:
            try:
                await self._redact(room_id, event_id)
            except TryLater:
                raise
            except PlatformError as error:
                logger.info("what belongs to a message stays", extra={"why": error.why})
        return Removal.GONE

    async def _redact(self, room_id: str, event_id: str) -> None:
        # The same each time: after a crash the homeserver answers what it answered before.
        await self._client.redact(room_id, event_id, f"remove {event_id}")

    async def _related(self, room_id: str, event_id: str) -> list[str]:
        """Edits, reactions, files and quoting replies of a message."""
        found = await self.relations(room_id, event_id, _WITH_IT)
        try:
            to = path("rooms", room_id, "context", event_id)
            around = await self._client.request("GET", to, query={"limit": str(_LOOKED_BEHIND)})
        except (Gone, Forbidden):
            return found
        for event in around.get("events_after", ()):
            opened = self._client.opened(room_id, event)
            if _quotes(opened, event_id) and opened["event_id"] not in found:
                found.append(opened["event_id"])
        return found

    async def relations(self, room_id: str, event_id: str, kinds: frozenset[str]) -> list[str]:
        """The events that belong to another in one of these ways, by whomever."""
        found: list[str] = []
        start: str | None = ""
        while start is not None:
            to = "/v1" + path("rooms", room_id, "relations", event_id).removeprefix("/v3")
            query = {"limit": "100"} | ({"from": start} if start else {})
            try:
                page = await self._client.request("GET", to, query=query)
            except (Gone, Forbidden):
                return found
            for event in page.get("chunk", ()):
                if _relation(event).get("rel_type") in kinds:
                    found.append(str(event["event_id"]))
            start = page.get("next_batch")
        return found

    async def _unpin(self, refs: Sequence[MessageRef]) -> None:
        """A pin of what is gone leads nowhere."""
        for room_id in {ref.room.handle for ref in refs}:
            gone = {ref.handle for ref in refs if ref.room.handle == room_id}
            try:
                pinned = await self._rooms.pins(room_id)
                left = [event_id for event_id in pinned if event_id not in gone]
                if left != pinned:
                    await self._client.set_state(room_id, _PINNED, {"pinned": left})
            except PlatformError as error:
                logger.info("a pin of what is gone stays", extra={"why": error.why})


def _relation(event: Mapping[str, Any]) -> Mapping[str, Any]:
    content = event.get("content")
    about = content.get("m.relates_to") if isinstance(content, Mapping) else None
    return about if isinstance(about, Mapping) else {}


def _quotes(event: Json, event_id: str) -> bool:
    """Whether a message is a reply that repeats the words of the one it replies to."""
    above = _relation(event).get("m.in_reply_to")
    if not isinstance(above, Mapping) or above.get("event_id") != event_id:
        return False
    content = event.get("content", {})
    body, rich = content.get("body"), content.get("formatted_body")
    return (isinstance(body, str) and body.startswith("> ")) or (
        isinstance(rich, str) and "<mx-reply>" in rich
    )
