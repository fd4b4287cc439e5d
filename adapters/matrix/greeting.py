"""Greeting: the chats that the bot opens with who comes by themselves, one after another.

Homeservers count rooms that are made; Synapse grants ten, and then one a minute. Many who come at
once would use up what somebody who asks for help needs for a chat of their own. So there is a line
of those who only came, and after each refusal it leaves one room in two to those who ask. Whoever
is in it reads in the lobby meanwhile how to go on; what they ask for there opens their chat at
once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

from adapters.matrix.again import pause, until_done
from adapters.matrix.client import Client
from adapters.matrix.direct import Directs
from adapters.matrix.rooms import Place
from adapters.matrix.showing import Showing
from bot.errors import NotDurable, PlatformError, TryLater
from bot.model import Account, Group
from bot.reply import Button, Reply

logger = logging.getLogger(__name__)

_MOMENT: Final = 2.0
"""Seconds between somebody's coming into a chat and the first words there. A client that heeds
only signed devices looks up the bot's first; what comes earlier it shows as unreadable for good."""

WELCOME: Final = Reply(
    "matrix-welcome",
    buttons=(
        Button("button-help-now", "help now", static=True),
        Button("button-join", "join", static=True),
        Button("button-read-first", "rules", static=True),
    ),
)


class Greeting:
    """Opens chats, and says in them how to go on."""

    def __init__(self, client: Client, directs: Directs, showing: Showing) -> None:
        self._client = client
        self._directs = directs
        self._showing = showing
        # A dictionary for its order: who comes twice waits once.
        self._line: dict[tuple[Group, Account], bool] = {}
        self._opening: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def greet(self, group: Group, account: Account, *, asked: bool = False) -> None:
        """Open the chat with somebody who came, once; what to do next is said when they join it.

        `asked`: they made one with the bot themselves, and get the bot's instead.
        """
        self._line[group, account] = asked or self._line.get((group, account), False)
        if self._opening is None or self._opening.done():
            self._opening = self._start(self._open_all())

    def came(self, place: Place) -> None:
        """Somebody came into their direct chat: say how to go on, where nothing was said yet."""
        self._start(self._welcome(place))

    async def stop(self) -> None:
        """Let go of what nothing waits for."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _open_all(self) -> None:
        failed = 0
        while self._line:
            (group, account), asked = next(iter(self._line.items()))
            del self._line[group, account]
            try:
                await self._open(group, account, asked)
                failed = 0
            except (TryLater, NotDurable) as error:
                # To the end: who cannot be invited holds up nobody.
                self._line.setdefault((group, account), asked)
                await asyncio.sleep(2 * pause(failed, error))
                failed += 1
            except PlatformError as error:
                logger.info("somebody who came could not be greeted", extra={"why": error.why})
            except Exception:
                logger.exception("somebody who came could not be greeted")

    async def _open(self, group: Group, account: Account, asked: bool) -> None:
        if self._can_welcome() and (asked or self._directs.find(group, account) is None):
            await self._directs.open(group, account, asked=asked)

    async def _welcome(self, place: Place) -> None:
        if not self._can_welcome():
            return
        await asyncio.sleep(_MOMENT)

        async def welcome() -> None:
            page, _ = await self._client.messages(place.room_id, None, forward=False, limit=20)
            mine = [event for event in page if event.get("sender") == self._client.user]
            if any(event["type"] in ("m.room.encrypted", "m.room.message") for event in mine):
                return
            key = f"welcome {place.room_id}"
            await self._showing.send(place, WELCOME, key=key, answering=True)

        try:
            await until_done(welcome)
        except PlatformError as error:
            logger.info("somebody who came could not be greeted", extra={"why": error.why})

    def _can_welcome(self) -> bool:
        return all(self._showing.command(button.command) for button in WELCOME.buttons)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
