"""Keywords that would be found all over: a dry run on ordinary text, and a second moderator.

The ordinary text is 200 lines of support-group talk, written for this project. A phrase that is
in more than 5 of 100 of them is not watched for until another moderator agrees. What waits for
that is in memory alone, for a day; a restart forgets it, and then it is asked again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from bot.clock import Clock
from bot.detection import Keywords
from bot.errors import Refused
from bot.model import Account, Group
from bot.outbox import Lane, Outbox, Post
from bot.reply import Button, Reply
from bot.services.directory import Directory
from bot.services.leaks.keywords import SUSPICIOUS, LeakKeywords
from bot.store import Connection, Store

PURPOSE: Final = "keyword-asked"
WAITS: Final = timedelta(days=1)
MOST_WAITING: Final = 50


@cache
def ordinary() -> tuple[str, ...]:
    """Lines of ordinary talk."""
    text = files("bot.services.leaks").joinpath("ordinary.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


ORDINARY: Final = "\n".join(ordinary())
"""The same as one text."""


def shares(phrases: Iterable[str]) -> dict[str, int]:
    """In how many of 100 ordinary lines each phrase is, rounded up, by its folded form."""
    keywords = Keywords(phrases)
    counts = Counter(found for line in ordinary() for found in keywords.phrases_in(line))
    return {phrase: -(-count * 100 // len(ordinary())) for phrase, count in counts.items()}


@dataclass(frozen=True, slots=True, repr=False)
class Broad:
    """A phrase that waits for a second moderator."""

    id: str
    phrase: str
    share: int
    group: Group
    asked_by: Account
    until: datetime


class BroadKeywords:
    """Asks a second moderator about phrases that would be found too often."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        keywords: LeakKeywords,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._keywords = keywords
        self._clock = clock
        self._waiting: dict[str, Broad] = {}

    async def add(self, group: Group, account: Account, phrase: str) -> tuple[str, int, bool]:
        """Watch for a phrase, or ask a second moderator first. Raises `Refused`.

        Gives the phrase as it is kept, its share of ordinary lines, and whether it is watched for.
        """
        phrase = self._keywords.checked(group, phrase)
        found = await asyncio.to_thread(shares, [phrase])
        share = max(found.values(), default=0)
        if share <= SUSPICIOUS:
            return await self._keywords.add(group, phrase, account), share, True
        await self._ask(group, account, phrase, share)
        return phrase, share, False

    async def too_broad(self, phrases: Sequence[str]) -> set[str]:
        """The folded forms of those phrases that need a second moderator."""
        found = await asyncio.to_thread(shares, phrases)
        return {phrase for phrase, share in found.items() if share > SUSPICIOUS}

    async def _ask(self, group: Group, account: Account, phrase: str, share: int) -> None:
        moderators = self._directory.moderators_room(group)
        if moderators is None:
            raise Refused("keyword-nobody-to-ask", {"share": share})
        self._prune()
        if len(self._waiting) >= MOST_WAITING:
            raise Refused("keyword-many-asked")
        broad = Broad(
            secrets.token_hex(8), phrase, share, group, account, self._clock.now() + WAITS
        )
        look = Button("button-keyword-look", "keyword look", {"asked": broad.id})
        job = Post(moderators, Reply("keyword-asked", {"who": account}, buttons=(look,)))

        async def put(conn: Connection) -> None:
            name = f"{PURPOSE} {broad.id}"
            await self._outbox.put(conn, job, key=name, purpose=PURPOSE, lane=Lane.ALERTS)

        await self._store.write(put)
        self._waiting[broad.id] = broad

    def look(self, group: Group, asked: str) -> Broad:
        """What waits. Raises `Refused` when it is over."""
        self._prune()
        broad = self._waiting.get(asked)
        if broad is None or broad.group != group:
            raise Refused("keyword-asked-over")
        return broad

    async def agree(self, group: Group, account: Account, asked: str) -> str:
        """A second moderator agrees; gives the phrase as it is kept. Raises `Refused`."""
        broad = self.look(group, asked)
        if broad.asked_by == account:
            raise Refused("keyword-asked-yourself")
        kept = await self._keywords.add(group, broad.phrase, account)
        self._waiting.pop(asked, None)
        return kept

    def _prune(self) -> None:
        now = self._clock.now()
        for asked in [asked for asked, broad in self._waiting.items() if broad.until <= now]:
            del self._waiting[asked]
