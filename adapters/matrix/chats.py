"""Chats: what stands open in each direct chat, read from the chat itself after a restart."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.matrix import render
from adapters.matrix.again import until_done
from adapters.matrix.client import MESSAGE, Client
from adapters.matrix.forms import Pending
from adapters.matrix.rooms import Place
from adapters.matrix.showing import buttons_of
from bot.cog import Command
from bot.errors import PlatformError

_LOOKED_AT: Final = 30
"""How far back a chat is read after a restart, in events."""
_REMEMBERED: Final = 200
"""Answered requests that a chat knows as such: what comes again came a moment ago."""
_KEPT: Final = 2_000
"""Chats that are kept in memory; the others are read again."""

Json = dict[str, Any]


@dataclass(slots=True, repr=False)
class Chat:
    """What stands open in one direct chat."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    known: bool = False
    message: str = ""
    """The newest message with buttons."""
    buttons: tuple[tuple[str, str], ...] = ()
    form: Pending | None = None
    answered: dict[str, Sequence[str]] = field(default_factory=dict)
    """The last requests that have their answer, with the events to be taken away after it."""

    def note(self, asked: str, takes: Sequence[str]) -> None:
        """A request has its answer."""
        self.answered[asked] = takes
        if len(self.answered) > _REMEMBERED:
            del self.answered[next(iter(self.answered))]


class Chats:
    """Every direct chat in which something was asked."""

    def __init__(self, client: Client, command: Callable[[str], Command | None]) -> None:
        self._client = client
        self._command = command
        self._chats: OrderedDict[str, Chat] = OrderedDict()

    def of(self, place: Place) -> Chat:
        """The chat in a room."""
        chat = self._chats.get(place.room_id)
        if chat is None:
            chat = self._chats[place.room_id] = Chat()
            idle = next(iter(self._chats))
            if len(self._chats) > _KEPT and not self._chats[idle].lock.locked():
                del self._chats[idle]
        self._chats.move_to_end(place.room_id)
        return chat

    async def recall(self, chat: Chat, place: Place) -> None:
        """Read what stands open, once after a restart."""
        if chat.known:
            return

        async def read() -> list[Json]:
            page, _ = await self._client.messages(
                place.room_id, None, forward=False, limit=_LOOKED_AT
            )
            return page

        try:
            events = await until_done(read)
        except PlatformError:
            events = []
        newest = True
        for event in events:
            if event.get("sender") != self._client.user:
                continue
            opened = self._client.opened(place.room_id, event)
            content = opened["content"]
            ours = content.get(render.OURS)
            if opened.get("type") != MESSAGE or not isinstance(ours, Mapping):
                continue
            if not chat.message and (buttons := buttons_of(content)):
                chat.message, chat.buttons = event["event_id"], buttons
            if "answers" in ours:
                chat.answered.setdefault(str(ours["answers"]), list(ours.get("takes", ())))
                if newest and chat.form is None and "form" in ours:
                    chat.form = Pending.from_json(ours["form"], self._command, event["event_id"])
                newest = False
        chat.known = True
