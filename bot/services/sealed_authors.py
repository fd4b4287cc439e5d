"""Sealed authors: what only two key-holders together can open, from posting until its last day.

    keep     when a post is sent: seals its author to every two key-holders; the author is dropped
    halves   the two sealed halves of a post's key, for two key-holders' own devices
    opened   the author, from the two halves that they opened; nothing of it is kept

A seal belongs to one post of one group and to its last day. It lies under the group's key for
that day, which the bot destroys when the day is over: then nobody opens it, in an old copy of the
database neither. With fewer than two key-holders nothing is sealed, and nobody can ever open it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, TypeAlias

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group
from bot.sealing import CannotOpen, OpenedHalf, Place, SealedAuthor, seal_author
from bot.services.group_settings import GroupSettings
from bot.services.key_holders import FEWEST, KeyHolder, KeyHolders
from bot.store import Connection, KeyDestroyed, Store, key_rows

SEALED_DAYS: Final = "sealed-days"
"""The setting: for how many days, the day of posting included."""
Seal: TypeAlias = "tuple[bytes, date]"
"""A sealed author, and the last day on which it opens."""


class SealedAuthors:
    """Seals authors, hands out halves, and opens."""

    def __init__(
        self, store: Store, settings: GroupSettings, holders: KeyHolders, clock: Clock
    ) -> None:
        self._store = store
        self._settings = settings
        self._holders = holders
        self._clock = clock

    async def sealed_days(self, group: Group) -> int | None:
        """For how many days an author who posts now stays sealed; None: not at all."""
        if len(await self._holders.holders(group)) < FEWEST:
            return None
        return self._settings.number(group, SEALED_DAYS)

    async def seal(self, group: Group, post_id: bytes, account: Account) -> Seal | None:
        """The sealed author of a post that is sent now; None with fewer than two key-holders.

        Some milliseconds with eight key-holders. Raises `NotDurable` when the key of its last day
        cannot be kept.
        """
        holders = await self._holders.holders(group)
        if len(holders) < FEWEST:
            return None
        keys, now = self._store.keys, self._clock.now()
        group_id = await self._store.group_id(group)
        ends = now.date() + timedelta(days=self._settings.number(group, SEALED_DAYS) - 1)
        place = Place(group_id, post_id, ends.toordinal())
        box = seal_author(
            f"{account.platform} {account.handle}",
            place,
            [holder.key for holder in holders],
            keys.epoch_key(group_id, place.epoch),
        )
        return box, ends

    async def halves(
        self, group: Group, post_id: bytes, one: Account, other: Account
    ) -> tuple[str, str]:
        """Each one's sealed half of a post's key, as texts for their devices, in this order.

        Raises `Refused`: there is no seal (any more), one of them is no key-holder or declared a
        conflict, both are the same, or the post was not sealed to the two of them.
        """
        sealed = await self._sealed(group, post_id)
        shorts = []
        for account in (one, other):
            keys = [each for each in await self._holders.keys_of(group) if each.account == account]
            if not keys or keys[-1].stands_back:
                raise Refused("seal-not-a-holder", {"who": account})
            fitting = [each.key.short for each in keys if each.key.short in sealed.holders]
            if not fitting:
                raise Refused("seal-came-later", {"who": account})
            shorts.append(fitting[-1])
        try:
            first, second = sealed.halves_for(*shorts)
        except CannotOpen:
            raise Refused("seal-same-person") from None
        return first.text, second.text

    async def holders_of(self, group: Group, post_id: bytes) -> list[KeyHolder]:
        """Who can open a post together with another of these, now. Raises `Refused`."""
        sealed = await self._sealed(group, post_id)
        found = {
            each.account: each
            for each in await self._holders.keys_of(group)
            if each.key.short in sealed.holders and not each.stands_back
        }
        return list(found.values())

    async def open(
        self, group: Group, post_id: bytes, one: OpenedHalf, other: OpenedHalf
    ) -> Account:
        """The author of a post, for two key-holders at this moment. Keep it nowhere.

        Raises `Refused`: no seal any more, or the halves do not belong together.
        """
        sealed = await self._sealed(group, post_id)
        try:
            platform, _, handle = sealed.opened(one, other).partition(" ")
        except CannotOpen:
            raise Refused("seal-other-half") from None
        return Account(platform, handle)

    async def _sealed(self, group: Group, post_id: bytes) -> SealedAuthor:
        group_id = await self._store.group_id(group)
        keys = self._store.keys
        async with self._store.read() as conn:
            today = self._clock.now().date()
            row = await key_rows.seal_of(conn, group_id, post_id, today)
        if row is None:
            raise Refused("seal-none")
        place = Place(group_id, post_id, row.ends.toordinal())
        try:
            epoch_key = keys.kept_epoch_key(group_id, place.epoch)
            return SealedAuthor(row.box, place, epoch_key)
        except (KeyDestroyed, CannotOpen):
            raise Refused("seal-none") from None

    async def upkeep(self) -> None:
        """Let go of seals whose last day is over, and destroy the keys of those days.

        The caller has made sure that the clock is right: keys do not come back.
        """
        today = self._clock.now().date()
        self._store.keys.destroy_epoch_keys(today.toordinal())

        async def work(conn: Connection) -> None:
            await key_rows.drop_seals(conn, today)

        await self._store.write(work)
