"""Who is kept out of the group's rooms and who is let in, as jobs for the platform.

What the platform refuses is noted and tried again when the right is back; meanwhile moderators
are told and `status` says so. Memory is enough for the note: every start settles everybody anew.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.chat import Can, Chat, Right
from bot.errors import Gone, PlatformError, TryLater
from bot.events import Delivered, Undelivered
from bot.model import Account, Group, Role, RoomKind
from bot.outbox import Hold, Lane, Outbox, Release, Tell
from bot.reply import HELP_NOW, JOIN, Reply
from bot.store import Connection, Store

logger = logging.getLogger(__name__)

HOLDING = "gate-hold"
RELEASING = "gate-release"
TELLING = "held"
"""What such jobs are for, as `Delivered` and `Undelivered` say it."""

JOBS_AT_ONCE = 100
"""People settled per transaction, so that a large group does not keep other writers waiting."""

HELD = Reply(
    "join-held",
    buttons=(JOIN, HELP_NOW),
)


class Holding:
    """Holds and releases. `inside` says who has acknowledged; moderators are never held."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        chats: Mapping[str, Chat],
        inside: Callable[[Group, Account], bool],
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._chats = chats
        self._inside = inside
        self._failed: dict[Group, set[str]] = {}

    async def settle_all(self, group: Group) -> None:
        """Hold and release whoever came, went or acknowledged while the bot was away.

        Nobody has a job who is on the platform what they are to be and for whom no job waits.
        """
        chat = self._chats[group.platform]
        if Can.HOLD not in chat.can:
            return
        # First: a job that goes out while the platform answers would change what it answers.
        waiting = await self._outbox.waiting_keys(group, Lane.GATE)
        held = await chat.held(group)
        members = await chat.members(group)

        def agrees(who: Account) -> bool:
            is_held = held.get(who)
            if is_held is None or self._key(group, who) in waiting:
                return False
            return is_held is not self._inside(group, who)

        await self.settle(
            group,
            {
                who: role
                for who, role in members.items()
                if role < Role.MODERATOR and not agrees(who)
            },
        )

    async def settle_one(self, group: Group, account: Account) -> None:
        """Somebody came, or has another role now."""
        try:
            role = await self._chats[group.platform].role_of(group, account)
        except TryLater:
            raise
        except PlatformError:
            # Not known to moderate: their acknowledgement decides.
            role = Role.GUEST
        await self.settle(group, {account: role})

    async def settle(self, group: Group, people: Mapping[Account, Role]) -> None:
        """Let in who acknowledged or moderates, and hold everybody else."""

        async def one(conn: Connection, account: Account) -> None:
            inside = people[account] >= Role.MODERATOR or self._inside(group, account)
            await self.put(conn, group, account, inside=inside)

        await self._for_each(list(people), one)

    async def tell_held(self, group: Group, accounts: Sequence[Account], about: str) -> None:
        """Tell each alone why the rooms closed: once for the same `about`."""
        if Can.TELL not in self._chats[group.platform].can:
            return

        async def one(conn: Connection, account: Account) -> None:
            name = f"{group.handle} {account.handle} {about}"
            key = f"held {self._store.keys.blind('held', name).hex()}"
            job = Tell(group, account, HELD)
            await self._outbox.put(conn, job, key=key, purpose=TELLING, lane=Lane.GATE)

        await self._for_each(accounts, one)

    async def _for_each(
        self, accounts: Sequence[Account], one: Callable[[Connection, Account], Awaitable[None]]
    ) -> None:
        for start in range(0, len(accounts), JOBS_AT_ONCE):
            some = accounts[start : start + JOBS_AT_ONCE]

            async def work(conn: Connection, some: Sequence[Account] = some) -> None:
                for account in some:
                    await one(conn, account)

            await self._store.write(work)

    async def put(self, conn: Connection, group: Group, account: Account, *, inside: bool) -> None:
        """Add the job for one person within the caller's transaction."""
        if Can.HOLD not in self._chats[group.platform].can:
            return
        # One waiting job per person: whichever was decided last is what is done.
        await self._outbox.put(
            conn,
            Release(group, account) if inside else Hold(group, account),
            key=self._key(group, account),
            purpose=RELEASING if inside else HOLDING,
            lane=Lane.GATE,
            replace=True,
        )

    def _key(self, group: Group, account: Account) -> str:
        return self._store.keys.blind("gate", f"{group.handle} {account.handle}").hex()

    def done(self, event: Delivered) -> None:
        """The platform did it."""
        if event.group in self._failed:
            self._failed[event.group].discard(event.job)

    def undone(self, event: Undelivered) -> None:
        """The platform did not do it: to be tried again, unless there is nobody to do it to."""
        if event.why != Gone.why:
            self._failed.setdefault(event.group, set()).add(event.job)

    def failed(self, group: Group) -> int:
        """How many people are inside or outside against the rules, for lack of a right."""
        return len(self._failed.get(group, ()))

    async def try_again(self, group: Group) -> None:
        """Settle those for whom it failed, once the bot may hold people again."""
        if not self._failed.get(group):
            return
        try:
            if not await self._may(group):
                return
            members = await self._chats[group.platform].members(group)
        except PlatformError as error:
            logger.warning("could not settle who is held", extra={"why": error.why})
            return
        failed = self._failed.pop(group, set())
        try:
            await self.settle(
                group, {who: members[who] for who in members if self._key(group, who) in failed}
            )
        except BaseException:
            self._failed.setdefault(group, set()).update(failed)
            raise

    async def _may(self, group: Group) -> bool:
        chat = self._chats[group.platform]
        rooms = [info.room for info in await chat.rooms(group) if info.kind is RoomKind.CIRCLE]
        return any([Right.HOLD in await chat.rights(room) for room in rooms])
