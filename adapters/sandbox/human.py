"""Human: one person in the sandbox, for tests that read as a conversation. No sleeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from adapters.sandbox import seed
from adapters.sandbox.people import People
from adapters.sandbox.world import Json, World

_T = TypeVar("_T")


class Human:
    """What a person does and sees. Rooms and messages are the world's own ids."""

    def __init__(self, world: World, account: str, group: str = seed.GROUP) -> None:
        self.world = world
        self.people = People(world)
        self.account = account
        self.group = group

    @classmethod
    def arrives(cls, world: World, name: str | None = None, group: str = seed.GROUP) -> Human:
        """Somebody new, who stands in the lobby."""
        return cls(world, People(world).arrive(name, group), group)

    # -- doing -------------------------------------------------------------------------------

    def writes(self, room: str, text: str, **more: Any) -> str:
        """Write in a room; gives the message."""
        return self.people.write(self.account, room, text, **more)

    def edits(self, room: str, message: str, text: str) -> None:
        """Change an own message."""
        self.people.change(self.account, room, message, text)

    def removes(self, room: str, message: str) -> None:
        """Remove a message."""
        self.people.take_back(self.account, room, message)

    def leaves(self) -> None:
        """Leave the group."""
        self.people.leave(self.account, self.group)

    def comes_back(self) -> None:
        """Come back into the group."""
        self.people.come_back(self.account, self.group)

    async def runs(
        self,
        command: str,
        *,
        in_room: str | None = None,
        on: str | None = None,
        **fields: str | bool | timedelta,
    ) -> Json:
        """Run a command (`on` a message of a room) and give the answer.

        A field is text, as a form would send it.
        """
        asked = self.people.run(self.account, in_room or self.private, command, _typed(fields), on)
        return await self.answer_to(asked)

    async def presses(self, button: str, *, within: Json | None = None) -> Json:
        """Press the newest button with this label (or id) that is in sight; gives the answer."""
        room, message, token = await self.world.until(lambda: self._find(button, within))
        return await self.answer_to(self.people.press(self.account, room, message, token))

    async def fills(self, form: Json, **fields: str | bool | timedelta) -> Json:
        """Send a form that an answer showed; gives the answer to that."""
        room = self._room_of(form)
        asked = self.people.submit(self.account, room, form["form"]["id"], _typed(fields))
        return await self.answer_to(asked)

    async def answer_to(self, asked: int) -> Json:
        """The bot's answer to what was asked."""
        return await self.world.until(
            lambda: next((m for _, m in self._all() if m["answer_to"] == asked), None)
        )

    # -- seeing ------------------------------------------------------------------------------

    @property
    def private(self) -> str:
        """The room of the private chat with the bot."""
        return f"private:{self.group}:{self.account}"

    @property
    def rooms(self) -> list[str]:
        """The rooms that are open to this person, the private chat last."""
        self.world.room(self.private)
        return [room for room in self.world.state["rooms"] if self.may_enter(room)]

    def may_enter(self, room: str) -> bool:
        """Whether this person may read and write in a room."""
        return self.world.may_enter(self.account, room)

    def reads(self, room: str | None = None) -> list[Json]:
        """The messages in sight, in one room or in all, oldest first."""
        return [message for where, message in self._all() if room in (None, where)]

    async def sees(self, text: str, room: str | None = None) -> Json:
        """Wait until a message with this text is in sight; gives the newest."""
        return await self.when(
            lambda: next((m for m in reversed(self.reads(room)) if text in m["text"]), None)
        )

    async def sees_no(self, text: str, room: str | None = None) -> None:
        """Wait until no message in sight has this text."""
        await self.when(lambda: all(text not in m["text"] for m in self.reads(room)) or None)

    async def when(self, condition: Callable[[], _T | None]) -> _T:
        """Wait for any condition on the world and give its value."""
        return await self.world.until(condition)

    def buttons(self, room: str | None = None) -> list[str]:
        """The labels of all buttons in sight."""
        return [button["label"] for message in self.reads(room) for button in message["buttons"]]

    def _all(self) -> list[tuple[str, Json]]:
        seen = [(room, m) for room in self.rooms for m in self.world.visible(self.account, room)]
        return sorted(seen, key=lambda place: place[1]["n"])

    def _find(self, button: str, within: Json | None) -> tuple[str, str, str] | None:
        for room, message in reversed(self._all()):
            if within is not None and message["id"] != within["id"]:
                continue
            for shown in message["buttons"]:
                if button in (shown["label"], shown["id"]):
                    return room, message["id"], shown["id"]
        return None

    def _room_of(self, message: Json) -> str:
        return next(room for room, m in self._all() if m["id"] == message["id"])


def _typed(fields: dict[str, str | bool | timedelta]) -> Json:
    return {
        name: f"{int(value.total_seconds())} s" if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }
