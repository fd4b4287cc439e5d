"""Consents: one yes for each purpose, off until it is chosen, and taken back as easily.

Two purposes have a yes of their own here. Guard words have it while there are some; telling the
moderators of dark thoughts has it by itself. The yes to the ground rules is the acknowledgement.
Posting without a name has none that is kept: it would tell who writes (docs/adr has why).

A yes is to one version of the words, `consent-<purpose>-<version>` in `bot/texts/`. Other words
get the next number and are asked anew; the old ones stay there, so that what was agreed to can
be read.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.model import Account, Group
from bot.store import Connection, Store, consent_rows


class Purpose(Enum):
    """What a yes is for."""

    GUARD_WORDS = "guard-words"
    CRISIS_ALERTS = "crisis-alerts"


VERSIONS: Final = {Purpose.GUARD_WORDS: 1, Purpose.CRISIS_ALERTS: 1}
"""The version of the words that are shown now."""


class Consents:
    """Keeps each yes by the day, with the version of the words it was to."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def since(self, group: Group, account: Account, purpose: Purpose) -> date | None:
        """Since when somebody's yes stands; None without one to the words of today."""
        async with self._store.read() as conn:
            member = await self._store.member_id(conn, group, account)
            if member is None:
                return None
            row = await consent_rows.standing(conn, member, purpose.value)
        if row is None or row.version != VERSIONS[purpose]:
            return None
        return row.given_on

    async def give(self, group: Group, account: Account, purpose: Purpose) -> None:
        """Say yes; saying it twice is saying it once."""

        async def work(conn: Connection) -> None:
            member = await self._store.member_id(conn, group, account, create=True)
            await self.note(conn, member, purpose)

        await self._store.write(work)

    async def withdraw(self, group: Group, account: Account, purpose: Purpose) -> bool:
        """Take a yes back; False where there was none."""

        async def work(conn: Connection) -> bool:
            member = await self._store.member_id(conn, group, account)
            return member is not None and await self.end(conn, member, purpose)

        return await self._store.write(work)

    async def note(self, conn: Connection, member: bytes, purpose: Purpose) -> None:
        """`give` within a transaction."""
        today = self._clock.now().date()
        await consent_rows.give(conn, member, purpose.value, VERSIONS[purpose], today)

    async def end(self, conn: Connection, member: bytes, purpose: Purpose) -> bool:
        """`withdraw` within a transaction."""
        return await consent_rows.withdraw(conn, member, purpose.value, self._clock.now().date())
