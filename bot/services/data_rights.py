"""What a member may ask of what is stored: to read it, and to be forgotten. For oneself alone.

Who somebody is, the platform says; nobody can ask for anybody else. Anonymous posts are not
among what is read: whoever holds the receipt owns the post, and shows it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from bot.clock import Clock
from bot.model import Account, Group
from bot.services.acknowledgement import Acknowledgement
from bot.services.anonymity.posts import AnonymousPosts
from bot.store import Connection, Store
from bot.store.erasing import erase_member, export_member
from bot.store.sweeping import sweep_old

BeforeForgetting = Callable[[Connection, Group, Account], Awaitable[None]]
OnForgotten = Callable[[Group, Account], Awaitable[None]]

_OF_A_POST: Final = ("pseudonym", "state", "day", "release_at", "why")
"""What of a post's row is shown to who has its receipt."""


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """What is held about somebody: the rows by table, as they may read them."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    post: Mapping[str, Any] | None
    """The post whose receipt they showed."""
    at: datetime

    def as_json(self) -> str:
        """All of it as JSON, times in UTC."""
        held: dict[str, Any] = {"read_at": self.at, "held": self.rows}
        if self.post is not None:
            held["post_of_the_receipt"] = self.post
        return json.dumps(held, indent=2, ensure_ascii=False, default=_plain)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What being forgotten did, by table."""

    gone: Mapping[str, int]
    without_them: Mapping[str, int]
    """Rows that stay and lead to nobody any more."""
    kept: Sequence[str]
    """Text keys: what may stay, why and until when."""
    swept: bool
    """The erased bytes are out of the files. False: a sweep within the hour does it."""


class DataRights:
    """Reads and erases what one group's rows hold of somebody."""

    def __init__(
        self, store: Store, acknowledgement: Acknowledgement, posts: AnonymousPosts, clock: Clock
    ) -> None:
        self._store = store
        self._acknowledgement = acknowledgement
        self._posts = posts
        self._clock = clock
        self.before_forgetting: list[BeforeForgetting] = []
        """Awaited in the transaction that erases somebody, before their rows go: whoever has to
        tell others that they are gone, or to hand over what they had."""
        self.on_forgotten: list[OnForgotten] = []
        """Awaited after somebody was erased: whoever keeps them in memory lets go of them."""

    async def held(self, group: Group, account: Account, receipt: str = "") -> Held:
        """What is held about an account, with the post of a receipt. Raises `Refused`."""
        post = None
        if receipt:
            row = asdict(await self._posts.find(group, account, receipt))
            post = {name: row[name] for name in _OF_A_POST if row[name] is not None}
        rows = await export_member(self._store, group, account)
        return Held(rows, post, self._clock.now())

    async def forget(self, group: Group, account: Account, *, moderates: bool) -> Forgotten:
        """Erase an account, for good, and keep it out of the rooms. Raises `NotDurable`.

        A moderator stays in the rooms: the platform lets them in, not their acknowledgement.
        """

        async def hand_over(conn: Connection) -> None:
            for end in self.before_forgetting:
                await end(conn, group, account)

        async def keep_out(conn: Connection) -> None:
            await self._acknowledgement.holding.put(conn, group, account, inside=moderates)

        with self._acknowledgement.shut_to(group, account):
            erased = await erase_member(self._store, group, account, first=hand_over, also=keep_out)
        for let_go in self.on_forgotten:
            await let_go(group, account)
        return Forgotten(
            {table: count for table, count in erased.deleted.items() if count},
            {table: count for table, count in erased.unlinked.items() if count},
            tuple(keep.reason for keep in erased.kept.values()),
            erased.swept,
        )

    async def sweep(self) -> None:
        """Delete what goes by its day alone: notes, consents taken back, an adapter's memory."""
        now = self._clock.now()
        await self._store.write(lambda conn: sweep_old(conn, now))


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
