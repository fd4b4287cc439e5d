"""The sandbox as a host meets it: a whole circle in one folder, with a page to play it on."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import Final

from adapters.sandbox import keeping
from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.link import LocalLink
from adapters.sandbox.seed import LOBBY
from adapters.sandbox.web import Page, running_at
from adapters.sandbox.world import BOT, Refusal
from bot.clock import Clock
from bot.command_line.console import complain, say
from bot.command_line.home import FolderLock, Home, forget, make_folder, open_keys, settled
from bot.errors import StartError
from bot.logs import error_id
from bot.sandbox_start import furnish
from bot.store import Store
from bot.texts import Texts
from bot.texts.pack import GroundRules
from bot.wiring import Circle

logger = logging.getLogger(__name__)

WORLD_NAME: Final = "world.json"
_SKIPPED: Final = 1_000
"""Numbers of messages and events that a crash may have used in the second before it, when the
rooms were not written down yet. They are never given out again."""
_PATIENCE: Final = 10.0
"""Seconds in which another start may still be on its way to having an address."""


_CARD_PATIENCE: Final = 10.0


async def already_at(folder: Path) -> str | None:
    """The address of the sandbox that another process runs in this folder, once it has one."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while True:
                if (address := await running_at(folder)) is not None:
                    return address
                await asyncio.sleep(0.1)
    return None


class Sandbox:
    """A circle over a world of its own, and the page. `run` serves until cancelled."""

    def __init__(self, home: Home, port: int, texts: Texts) -> None:
        self._home = home
        self._port = port
        self._texts = texts
        self._changing = asyncio.Lock()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._store: Store | None = None
        self._running: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Start, print where the page is, and serve. Raises `StartError` with what to do."""
        make_folder(self._home.folder)
        lock = FolderLock(self._home.folder)
        try:
            await self._serve()
        finally:
            lock.release()

    async def _serve(self) -> None:
        path = self._home.folder / WORLD_NAME
        new = not path.exists()
        try:
            self._world = keeping.load(path)
        except StartError as error:
            raise self._may_go(error) from error
        self._world.state["seq"] += _SKIPPED
        keeper = keeping.Keeper(self._world, path)
        page = Page(
            self._world,
            folder=self._home.folder,
            port=self._port,
            start_over=self._start_over,
        )
        try:
            try:
                await self._up()
            except StartError as error:
                raise self._may_go(error) from error
            await self._card_stands()
            _greet(await page.start(), page.wanted, page.port, new=new)
            await self._failed
        finally:
            await page.stop()
            async with self._changing:
                await self._down()
            try:
                keeper.close()
            except OSError as error:
                complain(f"The sandbox's rooms could not be kept: {error.strerror}.")

    def _may_go(self, error: StartError) -> StartError:
        return StartError(
            f"{error}\nThis is the sandbox, and nothing in it is of a real group. To begin it "
            f"afresh, remove the folder {self._home.folder}."
        )

    async def _up(self) -> None:
        keys = await open_keys(self._home)
        self._store = await Store.open(self._home.database, keys)
        settled(self._home)
        # A clock of its own each time: the chat moves it to where the world's time is.
        clock = Clock()
        chat = SandboxChat(LocalLink(self._world), self._texts, clock)
        await chat.open()
        circle = Circle(self._store, [chat], clock, GroundRules.default())
        await furnish(circle, chat, self._texts, clock)
        self._running = asyncio.create_task(circle.run(complain), name="sandbox circle")
        self._running.add_done_callback(self._ended)

    async def _card_stands(self) -> None:
        """Wait a little for the join card, so that whoever opens the page finds it there."""

        def there() -> bool:
            lobby = self._world.state["rooms"][LOBBY]["messages"].values()
            return self._failed.done() or any(message["author"] == BOT for message in lobby)

        with suppress(TimeoutError):
            await self._world.until(lambda: there() or None, _CARD_PATIENCE)

    def _ended(self, running: asyncio.Task[None]) -> None:
        if running.cancelled() or self._failed.done():
            return
        error = running.exception() or StartError("The sandbox stopped by itself.")
        self._fail(self._may_go(error) if isinstance(error, StartError) else error)
        self._world.touch()

    async def _down(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        store, self._store = self._store, None
        if store is not None:
            await store.close()

    async def _start_over(self) -> None:
        """Begin again with a fresh database and fresh rooms, under the page's open connection."""
        # In a task of its own: a page that is closed meanwhile does not leave half of it.
        await asyncio.shield(asyncio.create_task(self._afresh()))

    async def _afresh(self) -> None:
        async with self._changing:
            if self._store is None or self._failed.done():
                raise Refusal("later", "The sandbox is stopping.")
            try:
                await self._down()
                forget(self._home)
                self._world.start_over()
                await self._up()
            except StartError as error:
                self._fail(error)
                raise Refusal("bad", "The sandbox could not begin again. It stops.") from error
            except Exception as error:
                number = error_id()
                logger.exception("starting over failed", extra={"error_id": number})
                self._fail(StartError(f"It could not begin again (error id {number})."))
                raise Refusal("bad", "The sandbox could not begin again. It stops.") from error

    def _fail(self, error: BaseException) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)
            # Heard of already, should the end have begun for another reason.
            self._failed.exception()


def _greet(address: str, wanted: int, port: int, *, new: bool) -> None:
    if port != wanted:
        say(f"Port {wanted} is taken, so the sandbox uses {port}.")
    say()
    say("Circlekeeper's sandbox is running. Nobody in it is real. Open this in a browser:")
    say()
    say(f"  {address}", "bold")
    say()
    if new:
        say("To try first: as Wren, in Start here, press Join, I agree, I understand.")
    else:
        say("You were here before. Start over, at the top of the page, gives you a fresh circle.")
    say('As Juniper, write "maple street" in Evening circle; Ana gets a card in Moderators.')
    say("Messages there go after a day: push the clock and see. Start over resets everything.")
    say()
    say("The address holds a secret: keep it to yourself. To stop: Ctrl-C.")
