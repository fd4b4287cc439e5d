"""What is known of pins, when the platform answers while they change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

from bot.chat import Chat
from bot.clock import Clock
from bot.model import Group, MessageRef, Room
from bot.services.directory import Directory
from bot.services.retention.pins import Pins

GROUP = Group("here", "group")
ROOM = Room(GROUP, "room")
MESSAGE = MessageRef(ROOM, "message")


class Slow:
    """A platform that reads its pins at once and answers when it is let."""

    def __init__(self) -> None:
        self.pinned: list[MessageRef] = []
        self.asked = 0
        self.reading = asyncio.Event()
        self.answer = asyncio.Event()

    async def pins(self, _: Room) -> Sequence[MessageRef]:
        self.asked += 1
        found = tuple(self.pinned)
        self.reading.set()
        await self.answer.wait()
        return found


class Rooms:
    """The one room there is."""

    def __init__(self, chat: Slow) -> None:
        self._chat = chat

    def chat(self, _: Group) -> Chat:
        return cast("Chat", self._chat)


def known() -> tuple[Slow, Pins]:
    chat = Slow()
    return chat, Pins(cast("Directory", Rooms(chat)), Clock())


async def test_an_answer_from_before_a_change_is_not_kept() -> None:
    chat, pins = known()
    asking = asyncio.create_task(pins.of(ROOM))
    await chat.reading.wait()
    chat.pinned.append(MESSAGE)
    pins.changed(ROOM)
    chat.answer.set()
    await asking
    assert await pins.of(ROOM) == {MESSAGE}


async def test_an_answer_is_kept_until_the_group_connects_anew() -> None:
    chat, pins = known()
    chat.answer.set()
    await pins.of(ROOM)
    await pins.of(ROOM)
    assert chat.asked == 1
    pins.missed(GROUP)
    await pins.of(ROOM)
    assert chat.asked == 2
