"""Greeting: the chats that the bot opens with who comes by themselves, one after another.

Homeservers count rooms that are made; Synapse grants ten, and then one a minute. Many who come at
once would use up what somebody who asks for help needs for a chat of their own. So there is a line
of those who only came, and after each refusal it leaves one room in two to those who ask. Whoever
is in it reads in the lobby meanwhile how to go on; what they ask for there opens their chat at
once. The line outlasts a restart.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import Final

from adapters.matrix.again import is_written, pause, until_done
from adapters.matrix.client import Client
from adapters.matrix.direct import Directs
from adapters.matrix.rooms import Place
from adapters.matrix.showing import Showing
from adapters.matrix.translate import PLATFORM
from bot.errors import NotDurable, PlatformError, TryLater
from bot.inbox import Memory
from bot.model import Account, Group
from bot.reply import HELP_NOW, JOIN, Button, Reply

logger = logging.getLogger(__name__)

_MOMENT: Final = 2.0
"""Seconds between somebody's coming into a chat and the first words there. A client that heeds
only signed devices looks up the bot's first; what comes earlier it shows as unreadable for good."""
_IN_LINE: Final = "greet "
_LASTS: Final = timedelta(days=7)
"""How long somebody is kept in the line who cannot be greeted."""

WELCOME: Final = Reply(
    "matrix-welcome",
    buttons=(
        HELP_NOW,
        JOIN,
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

    async def begin(self, memory: Memory) -> None:
        """Go on with those who were in the line when the bot stopped."""
        for key, asked in (await memory.find(_IN_LINE)).items():
            group, _, handle = key.removeprefix(_IN_LINE).partition(" ")
            self._enter(Group(PLATFORM, group), Account(PLATFORM, handle), asked=bool(asked))

    async def greet(self, group: Group, account: Account, *, asked: bool = False) -> None:
        """Open the chat with somebody who came, once; what to do next is said when they join it.

        Returns when it is on disk that they wait. `asked`: they made a chat with the bot
        themselves, and get the bot's instead.
        """
        if not self._is_wanted(group, account, asked=asked):
            return
        row = "asked" if asked else ""
        await self._showing.connected.memory.put(_key(group, account), row, _LASTS)
        self._enter(group, account, asked=asked)

    async def came(self, place: Place) -> None:
        """Somebody came into their direct chat: say how to go on, where nothing was said yet.

        Returns when that is said, so that it comes after a restart too.
        """
        if not self._can_welcome():
            return
        await asyncio.sleep(_MOMENT)
        try:
            await until_done(partial(self._welcome, place))
        except PlatformError as error:
            logger.info("somebody who came could not be greeted", extra={"why": error.why})

    def _enter(self, group: Group, account: Account, *, asked: bool) -> None:
        self._line[group, account] = asked or self._line.get((group, account), False)
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open_all())

    async def stop(self) -> None:
        """Let go of the line, which is on disk."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)

    async def _open_all(self) -> None:
        failed = 0
        while self._line:
            (group, account), asked = next(iter(self._line.items()))
            del self._line[group, account]
            try:
                if self._is_wanted(group, account, asked=asked):
                    await self._directs.open(group, account, asked=asked)
                failed = 0
            except (TryLater, NotDurable) as error:
                # To the end: who cannot be invited holds up nobody.
                self._line.setdefault((group, account), asked)
                await asyncio.sleep(2 * pause(failed, error))
                failed += 1
                continue
            except PlatformError as error:
                logger.info("somebody who came could not be greeted", extra={"why": error.why})
            except Exception:
                logger.exception("somebody who came could not be greeted")
            # Where that cannot be written, they are found to be greeted after the next start.
            await is_written(partial(self._showing.connected.memory.drop, _key(group, account)))

    def _is_wanted(self, group: Group, account: Account, *, asked: bool) -> bool:
        return self._can_welcome() and (asked or self._directs.find(group, account) is None)

    async def _welcome(self, place: Place) -> None:
        page, _ = await self._client.messages(place.room_id, None, forward=False, limit=20)
        mine = [event for event in page if event.get("sender") == self._client.user]
        if any(event["type"] in ("m.room.encrypted", "m.room.message") for event in mine):
            return
        await self._showing.send(place, WELCOME, key=f"welcome {place.room_id}", answering=True)

    def _can_welcome(self) -> bool:
        return all(self._showing.command(button.command) for button in WELCOME.buttons)


def _key(group: Group, account: Account) -> str:
    return f"{_IN_LINE}{group.handle} {account.handle}"
