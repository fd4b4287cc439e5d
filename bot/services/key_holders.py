"""Key-holders: who can open a post together with another, and how somebody becomes one.

    proposed    a moderator pasted a public key; 7 days, or a moderator refuses it
    announced   another moderator confirmed it; counts in 72 hours, any moderator can stop it
    effective   posts are sealed to it
    replaced    a newer key of the same person is effective; opens older posts only, 90 days

The first two key-holders of a group are effective at once, since there is nobody yet whom a quiet
enrolment could outvote; that they ever were two is remembered for good. Two moderators are needed
for each key: the one whose key it is, and another. Every step is said in the moderators' room and
to every key-holder.

Limits: eight key-holders a group. Whoever is no key-holder any more opens nothing; posts that are
sealed to the others can still be opened by any two of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.model import Account, Group, Role
from bot.outbox import Lane, Outbox, Post, Tell
from bot.reply import Button, Reply, Text, Value
from bot.sealing import MOST_HOLDERS, NotSuchText, PublicKey
from bot.sealing.texts import Kind
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory
from bot.store import Connection, Store, group_rows, key_rows, new_id

FEWEST: Final = 2
WAIT: Final = timedelta(hours=72)
PROPOSAL_KEPT: Final = timedelta(days=7)
REPLACED_KEPT: Final = timedelta(days=90)
"""As long as the oldest seal may be."""
SET_UP: Final = "key-holders-set-up"
"""The mark, among a group's settings, that it has had two key-holders; nobody can set it."""
PURPOSE: Final = "key-holders"


@dataclass(frozen=True, slots=True, repr=False)
class KeyHolder:
    """Somebody's key, in whatever state."""

    id: str
    account: Account
    key: PublicKey
    effective_at: datetime | None
    stands_back: bool
    """They declared a conflict of interest: they open nothing until they say that it is over."""

    def counts(self, now: datetime) -> bool:
        """Whether posts are sealed to this key, unless a newer one of theirs took its place."""
        return self.effective_at is not None and self.effective_at <= now


class KeyHolders:
    """Each group's key-holders, in the store alone."""

    def __init__(
        self, store: Store, outbox: Outbox, directory: Directory, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._audit = audit
        self._clock = clock

    # Who they are.

    async def holders(self, group: Group) -> list[KeyHolder]:
        """Everybody to whom posts are sealed now, each once, with their newest key."""
        newest = {}
        for holder in await self.keys_of(group):
            newest[holder.account] = holder
        return list(newest.values())

    async def keys_of(self, group: Group) -> list[KeyHolder]:
        """Every key that counts, replaced ones too, the newest of each person last."""
        now = self._clock.now()
        found = [holder for holder in await self.everything(group) if holder.counts(now)]
        return sorted(found, key=lambda holder: holder.effective_at or now)

    async def everything(self, group: Group) -> list[KeyHolder]:
        """Every key, those that are only proposed or announced too."""
        async with self._store.read() as conn:
            return await self._all(conn, group)

    async def _all(self, conn: Connection, group: Group) -> list[KeyHolder]:
        group_id = self._store.known_group_id(group)
        return [
            KeyHolder(
                row.id.hex(),
                Account(group.platform, row.account),
                PublicKey(row.public_key),
                row.effective_at,
                row.stands_back,
            )
            for row in await key_rows.all_of(conn, self._store.keys, group_id)
        ]

    # How somebody becomes one.

    async def propose(self, group: Group, account: Account, typed: str) -> KeyHolder:
        """A moderator offers to hold a key. The others are asked; nothing counts yet.

        Raises `Refused`.
        """
        if typed.strip().startswith(Kind.PRIVATE.value):
            raise Refused("key-is-private")
        try:
            key = PublicKey.of(typed)
        except NotSuchText:
            raise Refused("key-not-a-key") from None

        async def work(conn: Connection) -> KeyHolder:
            every = await self._all(conn, group)
            own = [holder for holder in every if holder.account == account]
            # Somebody else's too: one key for two people would let one person open alone.
            if any(holder.key == key for holder in every):
                raise Refused("key-known")
            others = {each.account for each in every if each.effective_at} - {account}
            if len(others) >= MOST_HOLDERS:
                raise Refused("key-too-many", {"most": MOST_HOLDERS})
            stands_back = any(holder.stands_back for holder in own)
            member_id = await self._store.member_id(conn, group, account, create=True)
            row_id = await key_rows.propose(
                conn,
                group_id=await self._store.group_id(group, conn),
                member_id=member_id,
                public_key=key.raw,
                at=self._clock.now(),
                stands_back=stands_back,
            )
            holder = KeyHolder(row_id.hex(), account, key, None, stands_back)
            await self._record(conn, group, Deed.KEY_PROPOSED, holder, account)
            await self._tell(conn, group, _proposed(holder))
            return holder

        return await self._store.write(work)

    async def confirm(self, group: Group, account: Account, number: str) -> KeyHolder:
        """Another moderator confirms a proposed key. Twice is once. Raises `Refused`."""

        async def work(conn: Connection) -> KeyHolder:
            every = await self._all(conn, group)
            holder = _one(every, number)
            if holder.account == account:
                raise Refused("key-not-your-own")
            if holder.effective_at is not None:
                return holder
            counted = {each.account for each in every if each.effective_at is not None}
            if len(counted | {holder.account}) > MOST_HOLDERS:
                raise Refused("key-too-many", {"most": MOST_HOLDERS})
            at = self._clock.now()
            group_id = await self._store.group_id(group, conn)
            if SET_UP in await group_rows.settings(conn, group_id):
                at += WAIT
            await key_rows.confirm(conn, bytes.fromhex(number), at)
            two = len(counted | {holder.account}) >= FEWEST
            if two:
                await group_rows.set_setting(conn, group_id, SET_UP, "yes")
            await self._record(conn, group, Deed.KEY_CONFIRMED, holder, account)
            confirmed = KeyHolder(number, holder.account, holder.key, at, holder.stands_back)
            await self._tell(conn, group, self._announced(confirmed, account, practise=two))
            return confirmed

        return await self._store.write(work)

    async def stop(self, group: Group, account: Account, number: str) -> KeyHolder:
        """A moderator refuses a key that does not count yet. Raises `Refused`."""

        async def work(conn: Connection) -> KeyHolder:
            holder = _one(await self._all(conn, group), number)
            if holder.counts(self._clock.now()):
                raise Refused("key-counts-already")
            await key_rows.drop(conn, bytes.fromhex(number))
            await self._record(conn, group, Deed.KEY_STOPPED, holder, account)
            said = Reply("key-stopped", {"who": holder.account, "by": account})
            await self._tell(conn, group, said)
            return holder

        return await self._store.write(work)

    # How somebody stops being one.

    async def leave(self, group: Group, account: Account) -> None:
        """A key-holder stops; all their keys go. Raises `Refused` for somebody who is none."""
        await self._end(group, account, account, Reply("key-left", {"who": account}))

    async def remove(self, group: Group, account: Account, whom: Account) -> None:
        """An admin ends somebody's part. Raises `Refused` for somebody who is none."""
        await self._end(group, account, whom, Reply("key-removed", {"who": whom, "by": account}))

    async def gone(self, group: Group, account: Account) -> None:
        """Somebody left the group: if they held a key, they do no more."""
        if any(holder.account == account for holder in await self.everything(group)):
            await self._store.write(lambda conn: self.gone_within(conn, group, account))

    async def gone_within(self, conn: Connection, group: Group, account: Account) -> None:
        """The same within a transaction; so too where somebody is to be erased."""
        if any(holder.account == account for holder in await self._all(conn, group)):
            said = Reply("key-left", {"who": account})
            await self._end_within(conn, group, None, account, said)

    async def settle(self, group: Group) -> None:
        """End the part of everybody who is not in the group any more, as far as it can be told."""
        for account in {holder.account for holder in await self.everything(group)}:
            if await self._role(group, account) is Role.GUEST:
                await self.gone(group, account)

    async def no_moderators(self, group: Group) -> set[Account]:
        """Who holds a key and is no moderator now: posts are sealed to them, they open none."""
        found = set()
        for holder in await self.holders(group):
            role = await self._role(group, holder.account)
            if role is not None and role < Role.MODERATOR:
                found.add(holder.account)
        return found

    async def _role(self, group: Group, account: Account) -> Role | None:
        try:
            return await self._directory.chat(group).role_of(group, account)
        except PlatformError:
            return None

    async def _end(self, group: Group, by: Account, whom: Account, said: Reply) -> None:
        await self._store.write(lambda conn: self._end_within(conn, group, by, whom, said))

    async def _end_within(
        self, conn: Connection, group: Group, by: Account | None, whom: Account, said: Reply
    ) -> None:
        keys = [each for each in await self._all(conn, group) if each.account == whom]
        if not keys:
            raise Refused("key-none-of-yours" if by == whom else "key-not-a-holder")
        await self._record(conn, group, Deed.KEY_ENDED, keys[-1], by)
        member_id = await self._store.member_id(conn, group, whom, create=True)
        # Told while they are still among those who are told.
        await self._tell(conn, group, await self._with_what_ends(conn, group, whom, said))
        await key_rows.drop_of(conn, member_id)

    async def _with_what_ends(
        self, conn: Connection, group: Group, whom: Account, said: Reply
    ) -> Reply:
        now = self._clock.now()
        counting = {each.account for each in await self._all(conn, group) if each.counts(now)}
        if whom in counting and len(counting) == FEWEST:
            return replace(said, lines=(Text("key-below-two"),))
        return said

    async def stand_back(self, group: Group, account: Account, *, back: bool) -> None:
        """Declare a conflict of interest, or that it is over. Raises `Refused`."""

        async def work(conn: Connection) -> None:
            keys = [each for each in await self._all(conn, group) if each.account == account]
            if not keys:
                raise Refused("key-none-of-yours")
            if keys[-1].stands_back == back:
                return
            member_id = await self._store.member_id(conn, group, account, create=True)
            await key_rows.stand_back(conn, member_id, stands_back=back)
            deed = Deed.KEY_STANDS_BACK if back else Deed.KEY_STANDS_AGAIN
            await self._record(conn, group, deed, keys[-1], account)
            key = "key-stands-back" if back else "key-stands-again"
            await self._tell(conn, group, Reply(key, {"who": account}))

        await self._store.write(work)

    async def upkeep(self) -> None:
        """Let go of proposals that nobody confirmed, and of keys that opened their last post."""
        now = self._clock.now()

        async def work(conn: Connection) -> None:
            await key_rows.drop_unconfirmed(conn, now - PROPOSAL_KEPT)
            await key_rows.drop_replaced(conn, now - REPLACED_KEPT)

        await self._store.write(work)

    # Saying so.

    async def _record(
        self, conn: Connection, group: Group, deed: Deed, holder: KeyHolder, by: Account | None
    ) -> None:
        fingerprint = holder.key.short.hex()
        whom = {"whom": holder.account}
        await self._audit.record(
            conn, group, deed, by=by, facts={"fingerprint": fingerprint}, private=whom
        )

    def _announced(self, holder: KeyHolder, by: Account, *, practise: bool) -> Reply:
        args: dict[str, Value] = {**_args(holder), "by": by}
        at = holder.effective_at
        if holder.counts(self._clock.now()) or at is None:
            if not practise:
                return Reply("key-confirmed-now", args)
            drill = Button("button-practise", "break-glass drill", static=True)
            return Reply("key-confirmed-now", args, (Text("key-practise"),), buttons=(drill,))
        stop = Button("button-key-stop", "key stop", {"holder": holder.id}, static=True)
        return Reply("key-confirmed", {**args, "at": at}, buttons=(stop,))

    async def _tell(self, conn: Connection, group: Group, reply: Reply) -> None:
        """In the moderators' room, and to each key-holder alone."""
        number = new_id().hex()
        moderators = self._directory.moderators_room(group)
        if moderators is not None:
            job = Post(moderators, reply)
            name = f"{PURPOSE} {number}"
            await self._outbox.put(conn, job, key=name, purpose=PURPOSE, lane=Lane.ALERTS)
        every = {each.account for each in await self._all(conn, group) if each.effective_at}
        for position, account in enumerate(every):
            alone = Tell(group, account, reply)
            name = f"{PURPOSE} {number} {position}"
            await self._outbox.put(conn, alone, key=name, purpose=PURPOSE, lane=Lane.ALERTS)


def _args(holder: KeyHolder) -> dict[str, Value]:
    return {"who": holder.account, "fingerprint": holder.key.fingerprint}


def _proposed(holder: KeyHolder) -> Reply:
    return Reply(
        "key-proposed",
        _args(holder),
        lines=(Text("key-proposed-check", {"who": holder.account}),),
        buttons=(
            Button("button-key-confirm", "key confirm", {"holder": holder.id}, static=True),
            Button("button-key-stop", "key stop", {"holder": holder.id}, static=True),
        ),
    )


def _one(every: list[KeyHolder], number: str) -> KeyHolder:
    found = next((holder for holder in every if holder.id == number), None)
    if found is None:
        raise Refused("key-gone")
    return found
