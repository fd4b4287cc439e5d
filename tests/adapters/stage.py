"""Stage: a real platform with people on it, for the contract that every adapter keeps.

One subclass for each platform plays the people through the platform's own means; the contract in
`test_contract.py` knows no platform.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass

from bot.chat import Chat, Right
from bot.clock import Clock
from bot.model import Account, Group, MessageRef, Role, Room
from tests.adapters.fakes import Core, Shelf


@dataclass(frozen=True)
class Seen:
    """A message as one person sees it."""

    text: str
    buttons: tuple[str, ...]
    ref: MessageRef
    fields: tuple[str, ...] = ()
    """The names of the fields, where a form is shown."""


class Stage(ABC):
    """A group with a lobby, two circle rooms and a moderators' room; one moderator, two members."""

    group: Group
    lobby: Room
    circle: Room
    other: Room
    moderators: Room
    moderator: Account
    member: Account
    second: Account

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.clock = Clock()
        self._running: asyncio.Task[None] | None = None
        self._chat: Chat | None = None

    # -- the bot -----------------------------------------------------------------------------

    @abstractmethod
    async def new_chat(self) -> Chat:
        """A fresh adapter, as after a restart of the bot."""

    @abstractmethod
    async def connected(self) -> None:
        """Return when the bot follows what happens."""

    async def connect(self, core: Core) -> Chat:
        """Start the bot's side with a core. A second time is a restart: memory is kept."""
        core.memory = self.shelf
        self._chat = await self.new_chat()
        self._running = asyncio.create_task(self._chat.run(core))
        await self.connected()
        return self._chat

    def is_served(self, chat: Chat, running: asyncio.Task[None]) -> None:
        """Something else runs the bot's side: a whole circle, in place of `connect`."""
        self._chat, self._running = chat, running

    async def disconnect(self) -> None:
        """Take the bot away, in the middle of whatever it does."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    async def close(self) -> None:
        """End everything."""
        await self.disconnect()

    # -- the people --------------------------------------------------------------------------

    @abstractmethod
    async def joins(self, name: str) -> Account: ...

    @abstractmethod
    async def leaves(self, who: Account) -> None: ...

    @abstractmethod
    async def comes_back(self, who: Account) -> None: ...

    @abstractmethod
    async def writes(self, who: Account, room: Room, text: str) -> MessageRef: ...

    @abstractmethod
    async def may_write(self, who: Account, room: Room) -> bool: ...

    @abstractmethod
    async def edits(self, who: Account, ref: MessageRef, text: str) -> None: ...

    @abstractmethod
    async def removes(self, who: Account, ref: MessageRef) -> None: ...

    @abstractmethod
    async def pins(self, who: Account, ref: MessageRef) -> None: ...

    @abstractmethod
    async def presses(self, who: Account, ref: MessageRef, label: str) -> None: ...

    @abstractmethod
    async def forges(self, who: Account, ref: MessageRef, token: str) -> None: ...

    @abstractmethod
    async def runs(
        self,
        who: Account,
        room: Room,
        command: str,
        /,
        message: MessageRef | None = None,
        **fields: str,
    ) -> None: ...

    @abstractmethod
    async def fills(self, who: Account, ref: MessageRef, **fields: str) -> None: ...

    @abstractmethod
    async def sees(self, who: Account, text: str) -> Seen:
        """Wait until a message that holds a text is in sight for somebody."""

    @abstractmethod
    async def all_seen(self, who: Account, room: Room | None = None) -> list[Seen]:
        """What somebody sees right now, in the private chat too."""

    # -- the platform ------------------------------------------------------------------------

    @abstractmethod
    async def give_role(self, who: Account, role: Role) -> None: ...

    @abstractmethod
    async def deny(self, room: Room, right: Right) -> None: ...
