"""A whole circle on a real homeserver: the real core and store, and people with real clients."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from adapters.matrix import blueprints
from adapters.matrix.chat import MatrixChat
from adapters.matrix.client import Client
from adapters.matrix.cross_signing import Identity
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import Transport, path
from bot.clock import Clock
from bot.errors import StartError
from bot.inbox import Memory
from bot.model import Account, Group, Room, RoomKind
from bot.store import KeyRing, MasterKey, Store
from bot.store.memory import StoredMemory
from bot.texts import default_texts
from bot.texts.pack import GroundRules
from bot.wiring import Circle
from tests.homeserver.server import Credentials, Homeserver
from tests.matrix.human import Human
from tests.store import empty

_T = TypeVar("_T")

PATIENCE = 60.0
GROUP = Group("matrix", "0123456789abcdef")


class Place:
    """The bot's account with a device, an identity and a group's rooms, as set-up leaves them."""

    def __init__(self, homeserver: Homeserver, bot: Credentials, url: str | None = None) -> None:
        self.homeserver = homeserver
        self.url = url or homeserver.url
        """How the bot reaches the homeserver."""
        self.bot = bot
        self.rooms: dict[str, str] = {}

    async def device(self, memory: Memory) -> Client:
        """The bot's device, made in a memory where there is none yet."""
        store = await CryptoStore.create(memory, self.bot.user_id, self.bot.device_id)
        client = Client(self.url, self.bot.access_token, store)
        identity = Identity(client.transport, memory)
        await client.crypto.upkeep()
        await identity.make(
            self.bot.user_id, self.bot.device_id, client.crypto.identity_keys, _no_proof
        )
        return client

    async def furnish(
        self,
        client: Client,
        host: str,
        *,
        version: str,
        knock: bool = False,
        encrypted: bool = True,
    ) -> None:
        """Make the rooms, with `host` invited to all of them as their admin."""
        kinds = {"circle": RoomKind.CIRCLE, "other": RoomKind.CIRCLE}
        kinds["moderators"] = RoomKind.MODERATORS
        if not knock:
            kinds = {"lobby": RoomKind.LOBBY, **kinds}
        for name, kind in kinds.items():
            body = blueprints.room(
                kind,
                group=GROUP.handle,
                name=f"{name} room",
                bot=self.bot.user_id,
                admins=[host],
                version=version,
                knock=knock,
                encrypted=encrypted,
            )
            self.rooms[name] = await client.create_room({**body, "invite": [host]})


async def _no_proof(_asked: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError("the first identity of an account needs no proof")


class MatrixCircle:
    """A circle that can be stopped and started again over the same store."""

    def __init__(self, folder: Path, place: Place) -> None:
        self.folder = folder
        self.place = place
        self.said: list[str] = []
        self.clock = Clock()
        self.core: Circle
        self.chat: MatrixChat
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        folder: Path,
        homeserver: Homeserver,
        host: Human,
        *,
        version: str = "11",
        knock: bool = False,
        encrypted: bool = True,
        url: str | None = None,
    ) -> MatrixCircle:
        """A new circle whose host has accepted every invitation, and is its admin.

        `url`: how the bot reaches the homeserver.
        """
        master = MasterKey.create(folder / "keys" / "master.key")
        KeyRing.create(folder / "keys" / "ring.json", master)
        circle = cls(folder, Place(homeserver, await homeserver.register("bot"), url))
        store = await circle.open()
        client = await circle.place.device(StoredMemory(store, "matrix", circle.clock))
        await circle.place.furnish(
            client, host.user_id, version=version, knock=knock, encrypted=encrypted
        )
        await client.close()
        await store.close()
        for room in circle.place.rooms.values():
            await host.accepts(room)
        await circle.up()
        return circle

    async def open(self) -> Store:
        """The store."""
        master = MasterKey.load(self.folder / "keys" / "master.key")
        ring = KeyRing.load(self.folder / "keys" / "ring.json", master)
        database = self.folder / "circle.sqlite3"
        await empty.lay(database)
        return await Store.open(f"sqlite:///{database}", ring)

    async def up(self) -> None:
        """Start the bot; returns when the group is open."""
        store = await self.open()
        bot = self.place.bot
        self.chat = MatrixChat(
            self.place.url, bot.user_id, bot.access_token, default_texts(), self.clock
        )
        self.core = Circle(store, [self.chat], self.clock, GroundRules.default())
        opened = asyncio.Event()
        listening = self.core.router.on_ready

        def on_ready(group: Group) -> None:
            listening(group)
            opened.set()

        self.core.router.on_ready = on_ready
        self._task = asyncio.create_task(self.core.run(self.said.append))
        waits = asyncio.create_task(opened.wait())
        await asyncio.wait({self._task, waits}, timeout=PATIENCE, return_when="FIRST_COMPLETED")
        waits.cancel()
        if not opened.is_set():
            raise StartError(f"the circle did not open: {self.said}")

    async def stop(self) -> None:
        """Stop the bot, as SIGTERM does."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError, StartError):
                await self._task
            self._task = None
            await self.core.store.close()

    async def restart(self) -> None:
        """Stop it and start it again."""
        await self.stop()
        await self.up()

    def room(self, name: str) -> str:
        """The id of a room: lobby, circle, other, moderators."""
        return self.place.rooms[name]

    def as_room(self, name: str) -> Room:
        """A room as the core knows it."""
        return Room(GROUP, self.room(name))

    @property
    def client(self) -> Client:
        """What the bot knows of the homeserver."""
        return self.chat._now.client

    @staticmethod
    def account(human: Human) -> Account:
        """A person as the core knows them."""
        return Account("matrix", human.user_id)

    async def alone(self, human: Human) -> str:
        """The direct chat of somebody with the bot, once they have accepted it."""
        return await human.has_direct(self.place.bot.user_id)

    async def let_in(self, human: Human) -> None:
        """Somebody comes through the lobby and acknowledges, as everybody does."""
        await human.joins(self.room("lobby"))
        chat = await self.alone(human)
        for words, answer in (
            ("join", "The rules to start with"),
            ("I agree", "What we cannot promise"),
            ("I understand", "You are in"),
        ):
            await human.writes(chat, words)
            await human.sees(answer, chat)
        for name in ("circle", "other"):
            await human.accepts(self.room(name))

    async def asks(self, who: Credentials, method: str, to: str, body: Any = None) -> Any:
        """Any request in somebody's name."""
        transport = Transport(self.place.homeserver.url, who.access_token)
        try:
            return await transport.request(method, to, body)
        finally:
            await transport.close()

    async def upgrades(self, host: Human, room: str, version: str) -> str:
        """The host has a room replaced by one of another version; gives the new one."""
        to = path("rooms", room, "upgrade")
        answer = await self.asks(host.credentials, "POST", to, {"new_version": version})
        return str(answer["replacement_room"])

    async def eventually(self, ask: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something to be so on the homeserver."""
        async with asyncio.timeout(PATIENCE):
            while not await ask():
                await asyncio.sleep(0.05)

    async def until(self, found: Callable[[], _T | None]) -> _T:
        """Wait for something to be so in the bot."""
        async with asyncio.timeout(PATIENCE):
            while (value := found()) is None:
                await asyncio.sleep(0.02)
        return value
