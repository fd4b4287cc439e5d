"""Who hears of a request: everybody with a key, the supervisor, and the moderators' room.

All of it is put into the outbox within the transaction of what it tells. Nothing here says who
wrote a post.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from bot.chat import Can
from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.model import Account, Group, MessageRef, Role
from bot.outbox import Lane, Outbox, Post, Tell
from bot.reply import Button, Reply, Text, Value
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory
from bot.store import Connection, Store
from bot.store.case_rows import CaseRow
from bot.store.memory import StoredMemory

STEP: Final = "break-glass-step"
"""What these jobs are for, as `Delivered` and `Undelivered` say it."""


class Telling:
    """Says what happens to a request, to all who must know."""

    def __init__(
        self, store: Store, outbox: Outbox, directory: Directory, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._audit = audit
        self._clock = clock

    async def supervisor(self, group: Group) -> Account | None:
        """Whom the group's moderators named as supervisor, while they are in the group.

        None where they named nobody. Where the platform cannot tell, they are taken to be there.
        """
        handle = await self._memory(group).get(_supervisor(group))
        if handle is None:
            return None
        account = Account(group.platform, handle)
        with suppress(PlatformError):
            if await self._directory.chat(group).role_of(group, account) is Role.GUEST:
                return None
        return account

    async def name_supervisor(self, group: Group, by: Account, account: Account) -> None:
        """Name a supervisor, in the place of the last. Raises `Refused` for nobody of the group."""
        if await self._directory.chat(group).role_of(group, account) is Role.GUEST:
            raise Refused("bad-account", {"name": Text("arg-supervisor")})
        # Recorded first: what cannot be recorded is not done.
        await self._store.write(
            lambda conn: self._audit.record(
                conn, group, Deed.SUPERVISOR_NAMED, by=by, private={"supervisor": account}
            )
        )
        await self._memory(group).put(_supervisor(group), account.handle)

    def message(self, room_id: bytes, handle: str) -> MessageRef | None:
        """The message of a post, while the platform has its room."""
        known = self._directory.by_id(room_id)
        return None if known is None else MessageRef(known.room, handle)

    def _memory(self, group: Group) -> StoredMemory:
        # Among the platform's own, where erasing somebody finds them.
        return StoredMemory(self._store, group.platform, self._clock)

    async def step(
        self,
        conn: Connection,
        group: Group,
        row: CaseRow,
        step: str,
        to: Iterable[Account],
        *,
        lines: Sequence[Text] = (),
        more: Sequence[Button] = (),
        **args: Value,
    ) -> None:
        """Tell some people of a step, once each."""
        if Can.TELL not in self._directory.chat(group).can:
            return
        reply = Reply(
            f"break-glass-{step}",
            {"case": number(row), **args},
            lines=(*drill_line(row), *lines),
            buttons=(*more, see(row)),
            lock_line="lock-key-holder",
        )
        for account in dict.fromkeys(to):
            who = self._store.keys.blind(f"break-glass {row.id.hex()} {step}", account.handle)
            await self._outbox.put(
                conn,
                Tell(group, account, reply),
                key=f"{STEP} {who.hex()}",
                purpose=STEP,
                lane=Lane.CRISIS,
            )

    async def room(self, conn: Connection, group: Group, row: CaseRow, step: str) -> None:
        """Tell the moderators' room, which hears that something is asked and how it ended."""
        moderators = self._directory.moderators_room(group)
        if moderators is None:
            return
        buttons = (see(row),) if step == "asked" else ()
        reply = Reply(
            f"break-glass-room-{step}",
            {"case": number(row)},
            lines=drill_line(row),
            buttons=buttons,
            lock_line="lock-key-holder",
        )
        await self._outbox.put(
            conn,
            Post(moderators, reply),
            key=f"{STEP} {row.id.hex()} {step}",
            purpose=STEP,
            lane=Lane.CRISIS,
        )


def number(row: CaseRow) -> str:
    """How people call a case: the first six letters of its id."""
    return row.id.hex()[:6]


def see(row: CaseRow) -> Button:
    """The way to a case, for who has a key."""
    return Button("button-see-case", "break-glass case", {"case": row.id.hex()})


def drill_line(row: CaseRow) -> tuple[Text, ...]:
    """That it is for practice, where it is."""
    return (Text("break-glass-is-drill"),) if row.drill else ()


def _supervisor(group: Group) -> str:
    return f"supervisor {group.handle}"
