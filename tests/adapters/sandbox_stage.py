"""The sandbox as a stage: its world in this process, and in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from adapters.sandbox import seed
from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.link import LocalLink
from adapters.sandbox.people import People
from adapters.sandbox.remote import Director, RemoteLink
from adapters.sandbox.world import Json, Refusal, World
from bot.chat import Chat, Right
from bot.model import Account, Group, MessageRef, Role, Room
from tests.adapters.fakes import PlainTexts
from tests.adapters.stage import Seen, Stage

_T = TypeVar("_T")

GROUP = Group("sandbox", seed.GROUP)


class SandboxStage(Stage):
    """What both ways share. A copy of the world is enough to say who sees what."""

    group = GROUP
    lobby = Room(GROUP, seed.LOBBY)
    circle = Room(GROUP, seed.EVENING)
    other = Room(GROUP, seed.WINS)
    moderators = Room(GROUP, seed.MODERATORS)
    moderator = Account("sandbox", "ana")
    member = Account("sandbox", "juniper")
    second = Account("sandbox", "basil")

    async def do(self, what: str, **given: Any) -> Any:
        raise NotImplementedError

    async def until(self, condition: Callable[[World], _T | None]) -> _T:
        raise NotImplementedError

    async def connected(self) -> None:
        await self.until(lambda world: world.followers > 0 or None)

    async def joins(self, name: str) -> Account:
        return Account("sandbox", await self.do("arrive", name=name))

    async def leaves(self, who: Account) -> None:
        await self.do("leave", account=who.handle)

    async def comes_back(self, who: Account) -> None:
        await self.do("come_back", account=who.handle)

    async def writes(self, who: Account, room: Room, text: str) -> MessageRef:
        said = await self.do("write", account=who.handle, room=room.handle, text=text)
        return MessageRef(room, said)

    async def may_write(self, who: Account, room: Room) -> bool:
        try:
            await self.writes(who, room, "May I?")
        except Refusal:
            return False
        return True

    async def edits(self, who: Account, ref: MessageRef, text: str) -> None:
        await self.do("change", **_at(who, ref), text=text)

    async def removes(self, who: Account, ref: MessageRef) -> None:
        await self.do("take_back", **_at(who, ref))

    async def pins(self, who: Account, ref: MessageRef) -> None:
        await self.do("pin", **_at(who, ref), pinned=True)

    async def presses(self, who: Account, ref: MessageRef, label: str) -> None:
        message = await self.until(lambda world: world.message(ref.room.handle, ref.handle))
        (token,) = [button["id"] for button in message["buttons"] if button["label"] == label]
        await self.forges(who, ref, token)

    async def forges(self, who: Account, ref: MessageRef, token: str) -> None:
        await self.do("press", **_at(who, ref), button=token)

    async def runs(
        self,
        who: Account,
        room: Room,
        command: str,
        /,
        message: MessageRef | None = None,
        **fields: str,
    ) -> None:
        asked = {"account": who.handle, "room": room.handle, "command": command, "fields": fields}
        await self.do("run", **asked, message=message.handle if message else None)

    async def fills(self, who: Account, ref: MessageRef, **fields: str) -> None:
        shown = await self.until(lambda world: world.message(ref.room.handle, ref.handle))
        form = shown["form"]["id"]
        room = ref.room.handle
        await self.do("submit", account=who.handle, room=room, form=form, fields=fields)

    async def sees(self, who: Account, text: str) -> Seen:
        return await self.until(
            lambda world: next((seen for seen in _seen(world, who) if text in seen.text), None)
        )

    async def all_seen(self, who: Account, room: Room | None = None) -> list[Seen]:
        seen = await self.until(lambda world: _seen(world, who))
        return [one for one in seen if room in (None, one.ref.room)]

    async def give_role(self, who: Account, role: Role) -> None:
        await self.do("give_role", account=who.handle, role=role.name.lower())

    async def deny(self, room: Room, right: Right) -> None:
        await self.do("allow", room=room.handle, right=right.value, allowed=False)


def _at(who: Account, ref: MessageRef) -> Json:
    return {"account": who.handle, "room": ref.room.handle, "message": ref.handle}


def _seen(world: World, who: Account) -> list[Seen]:
    return [
        Seen(
            text=message["text"],
            buttons=tuple(button["label"] for button in message["buttons"]),
            ref=MessageRef(Room(GROUP, room), message["id"]),
            fields=tuple(field["name"] for field in (message["form"] or {"fields": ()})["fields"]),
        )
        for room in world.state["rooms"]
        for message in world.visible(who.handle, room)
    ]


class LocalStage(SandboxStage):
    """A world in this process."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    async def new_chat(self) -> Chat:
        return SandboxChat(LocalLink(self.world), PlainTexts(), self.clock)

    async def do(self, what: str, **given: Any) -> Any:
        return People(self.world).do(what, given)["done"]

    async def until(self, condition: Callable[[World], _T | None]) -> _T:
        return await self.world.until(lambda: condition(self.world))


class RemoteStage(SandboxStage):
    """A world in a process of its own, which serves one test after another."""

    def __init__(self, address: str, key: str) -> None:
        super().__init__()
        self._links: list[RemoteLink] = []
        self._door = (address, key)
        self.director = Director(address, key)

    async def open(self) -> None:
        """Begin with an empty circle."""
        await self.director.do("start_over")

    async def new_chat(self) -> Chat:
        self._links.append(RemoteLink(*self._door))
        return SandboxChat(self._links[-1], PlainTexts(), self.clock)

    async def do(self, what: str, **given: Any) -> Any:
        return await self.director.do(what, **given)

    async def until(self, condition: Callable[[World], _T | None]) -> _T:
        def on(told: Json) -> _T | None:
            copy = World(told["state"])
            copy.followers = told["followers"]
            return condition(copy)

        return await self.director.until(on)

    async def disconnect(self) -> None:
        await super().disconnect()
        for link in self._links:
            await link.close()
        self._links.clear()
        await self.until(lambda world: world.followers == 0 or None)

    async def close(self) -> None:
        await super().close()
        await self.director.close()


@contextmanager
def apart(*arguments: str) -> Iterator[Json]:
    """The sandbox's platform in a process of its own; gives the line that it prints."""
    command = [sys.executable, "-m", "adapters.sandbox.server", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()
