"""Ground-rule acknowledgement: who is inside, who is held, and the way in.

Everybody who may read and write stands in memory, because every message asks; it is written
through, and whoever is not in that set is held. The acknowledgement is of one version of one
document: its hash, the language and the time.

The way in, as a table (the step lives in a row for at most 24 hours):
    nothing -> essentials (or page 1..n where the group wants all of it read) -> limits
    -> acknowledged (the row goes).  A new version starts everyone at nothing again; until its
    grace period is closed (`grace.py`), what counted before it counts too.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from bot.chat import Chat
from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.model import Account, Group, Role
from bot.outbox import Lane, Outbox, Post
from bot.services.audit import Audit, Deed
from bot.services.grace import Grace
from bot.services.group_settings import GroupSettings
from bot.services.holding import Holding
from bot.services.timekeeping import TrustedTime
from bot.store import Connection, Store, rules_rows
from bot.store.keyring import short_of
from bot.texts.pack import GroundRules

logger = logging.getLogger(__name__)

RECENT = 1_000
"""Authors whose keyed hash is not made anew."""
STEP_KEPT = timedelta(hours=24)
ANNOUNCING = "rules"
"""What the announcements are for, as `Undelivered` says it."""

ESSENTIALS = "essentials"
LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Current:
    """The ground rules that a group asks for now. Until `due_at` the version before counts too."""

    row: rules_rows.RulesRow
    rules: GroundRules

    @property
    def version(self) -> int:
        """Counts from 1."""
        return self.row.version


class Acknowledgement:
    """The gate. Fails closed: who is not known to be inside is outside."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        chats: Mapping[str, Chat],
        settings: GroupSettings,
        clock: Clock,
        default: GroundRules,
        audit: Audit,
        time: TrustedTime,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._chats = chats
        self._settings = settings
        self._clock = clock
        self._default = default
        self._audit = audit
        self._inside: dict[Group, set[int]] = {}
        self._current: dict[Group, Current] = {}
        self._grace = Grace(clock, time)
        # Whoever writes writes more than once.
        self._recent = lru_cache(RECENT)(self._new_short)
        self.holding = Holding(store, outbox, chats, self.acknowledged)

    def _short(self, group: Group, account: Account) -> int:
        group_id = self._store.known_group_id(group)
        return self._recent(group_id, account.platform, account.handle)

    def _new_short(self, group_id: bytes, platform: str, handle: str) -> int:
        return short_of(self._store.keys.account_blind(group_id, Account(platform, handle)))

    def acknowledged(self, group: Group, account: Account) -> bool:
        """Whether an account may read and write."""
        inside = self._inside.get(group)
        return inside is not None and self._short(group, account) in inside

    def wrote(self, group: Group, account: Account) -> bool:
        """Whether somebody who just wrote may. On the path of every message."""
        inside = self._inside.get(group)
        if inside is None:
            return False
        short = self._short(group, account)
        if short not in inside:
            return False
        if self._grace.ends and group in self._grace.ends:
            self._grace.spoke(group, short)
        return True

    def up_to_date(self, group: Group, account: Account) -> bool:
        """Whether somebody is inside and need not be asked again (no newer version waits)."""
        return group not in self._grace.ends and self.acknowledged(group, account)

    def count(self, group: Group) -> int:
        """How many are inside."""
        return len(self._inside.get(group, ()))

    def current(self, group: Group) -> Current:
        """The ground rules in force. Raises `Refused` before the group is ready."""
        try:
            return self._current[group]
        except KeyError:
            raise Refused("not-ready") from None

    async def open(self, group: Group) -> None:
        """Load a group, giving it the default rules if it has none, and settle who is held."""
        await self._load(group)
        if self._to_be_closed(group):
            await self._close(group)
        else:
            await self.holding.settle_all(group)

    async def _load(self, group: Group) -> None:
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            row = await rules_rows.newest(conn, self._store.keys, group_id)
        if row is None:
            await self._write_version(group, self._default, "en", self._clock.now())
            return
        known = self._current.get(group)
        if row.counts_from == row.version:
            self._grace.end(group)
        elif known is None or known.row.id != row.id:
            await self._grace.begin(group, row.due_at, starting=known is None)
        counted_from = row.counts_from if group in self._grace.ends else row.version
        inside = await self._shorts(group_id, counted_from)
        self._current[group] = Current(row, GroundRules.parse(row.text))
        self._inside[group] = inside

    async def _shorts(self, group_id: bytes, versions_from: int) -> set[int]:
        # Among the writes, so that nobody who acknowledges meanwhile is missed.
        return await self._store.write(
            lambda conn: rules_rows.shorts(conn, group_id, versions_from)
        )

    async def begin(self, group: Group, account: Account) -> tuple[Current, int | None]:
        """Start on the way in, or start again. Returns the rules, and the page to show first.

        The page is None where the essentials are enough. Writes a row that lasts 24 hours. Who
        came further keeps that: the button may be told a second time, after a restart.
        """
        current = self.current(group)
        read_all = self._settings.flag(group, "read-all-rules")
        step, page = await self._reached(group, account, current) or (ESSENTIALS, 0)
        await self._set_step(group, account, current, step, page)
        return current, 0 if read_all else None

    async def turn_page(self, group: Group, account: Account, page: int) -> Current:
        """Go on to a page while reading all of it; pages cannot be skipped. Raises `Refused`."""
        current = self.current(group)
        _, reached = await self._step(group, account, current)
        pages = len(current.rules.pages())
        if not 0 <= page < pages or page > reached + 1:
            raise Refused("join-start-again")
        await self._set_step(group, account, current, ESSENTIALS, max(page, reached))
        return current

    async def agree(self, group: Group, account: Account) -> None:
        """The essentials were read; the limits come next. Raises `Refused`."""
        current = self.current(group)
        _, page = await self._step(group, account, current)
        if self._settings.flag(group, "read-all-rules") and page < len(current.rules.pages()) - 1:
            raise Refused("join-read-all")
        await self._set_step(group, account, current, LIMITS, page)

    async def finish(self, group: Group, account: Account, language: str) -> Current:
        """Acknowledge: durable, in memory, and the release on its way. Raises `Refused`.

        Doing it twice is doing it once.
        """
        current = self.current(group)
        short = self._short(group, account)
        if self.up_to_date(group, account):
            return current
        step, _ = await self._step(group, account, current)
        if step != LIMITS:
            raise Refused("join-start-again")
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> None:
            member = await self._store.member_id(conn, group, account, create=True)
            now = self._clock.now()
            await rules_rows.acknowledge(conn, member, current.row, language, now)
            await rules_rows.drop_step(conn, self._store.keys, group_id, account)
            await self.holding.put(conn, group, account, inside=True)

        await self._store.write(work)
        self._inside[group].add(short)
        return current

    async def withdraw(self, group: Group, account: Account) -> None:
        """Take the acknowledgement back: held at once. Raises `Refused` when there was none."""
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> bool:
            keys = self._store.keys
            agreed = await rules_rows.withdraw(conn, keys, group_id, account)
            await self.holding.put(conn, group, account, inside=False)
            return agreed

        # Out of memory first: between the two, closed is the safe side.
        with self.shut_to(group, account):
            agreed = await self._store.write(work)
        if not agreed:
            raise Refused("rules-not-acknowledged")

    @contextmanager
    def shut_to(self, group: Group, account: Account) -> Iterator[None]:
        """Nobody inside any more, in memory, from here on; inside again where what follows fails.

        Its rows are the caller's to write, and the job that keeps them out.
        """
        inside, short = self._inside.get(group, set()), self._short(group, account)
        was_inside = short in inside
        inside.discard(short)
        try:
            yield
        except Exception:
            if was_inside:
                inside.add(short)
            raise
        # Their last button may have been on its way to the disk, just before this.
        self._inside.get(group, set()).discard(short)

    async def acknowledged_version(
        self, group: Group, account: Account
    ) -> rules_rows.Acknowledged | None:
        """What an account acknowledged last; None for a guest."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            return await rules_rows.last_acknowledged(conn, self._store.keys, group_id, account)

    async def publish(
        self,
        group: Group,
        by: Account,
        text: str,
        language: str,
        announce: Callable[[datetime], Sequence[Post]],
    ) -> Current:
        """Put a new version in force. Everyone is asked again and has the grace period for it.

        `announce` makes the posts that say so, given the end of that period. Raises `Refused`
        with what the document lacks, or when it is the one in force already.
        """
        rules = GroundRules.parse(text)
        if rules.hash == self.current(group).row.hash:
            raise Refused("rules-unchanged")
        now = self._clock.now()
        # Never before a date that was announced already.
        due_at = max(now + self._settings.span(group, "grace"), self._grace.ends.get(group, now))
        await self._write_version(group, rules, language, due_at, announce(due_at), by)
        return self.current(group)

    async def _write_version(
        self,
        group: Group,
        rules: GroundRules,
        language: str,
        due_at: datetime,
        posts: Sequence[Post] = (),
        by: Account | None = None,
    ) -> None:
        group_id = await self._store.group_id(group)
        announced = secrets.token_hex(16)
        # The key tells in which room it is, should it not get there.
        keyed = [
            (f"{ANNOUNCING} {announced} {(await self._store.room_id(post.room)).hex()}", post)
            for post in posts
        ]

        async def work(conn: Connection) -> None:
            await rules_rows.publish(
                conn,
                self._store.keys,
                group_id,
                hash=rules.hash,
                language=language,
                text=rules.text,
                published_at=self._clock.now(),
                due_at=due_at,
            )
            for key, post in keyed:
                await self._outbox.put(conn, post, key=key, purpose=ANNOUNCING, lane=Lane.GATE)
            if by is not None:
                await self._audit.record(conn, group, Deed.RULES_PUBLISHED, by=by)

        await self._store.write(work)
        await self._load(group)

    async def upkeep(self) -> None:
        """End grace periods that are over and forget joinings that were not finished.

        Who could not be held or let in is tried again here too.
        """
        before = self._clock.now() - STEP_KEPT
        await self._store.write(lambda conn: rules_rows.drop_steps_before(conn, before))
        for group in list(self._current):
            if group in self._grace.ends and await self._grace.over(group):
                self._grace.end(group)
            if self._to_be_closed(group):
                await self._close(group)
            await self.holding.try_again(group)

    def _to_be_closed(self, group: Group) -> bool:
        row = self._current[group].row
        return group not in self._grace.ends and row.counts_from < row.version

    async def _close(self, group: Group) -> None:
        """Hold who did not acknowledge in time, and tell each of them alone why.

        The gate in memory closes at once. What a platform that is away or a crash cuts off is
        done by the next upkeep or start: only the end of it is written down.
        """
        row = self._current[group].row
        group_id = await self._store.group_id(group)
        before = await self._shorts(group_id, row.counts_from)
        self._inside[group] = await self._shorts(group_id, row.version)
        try:
            await self.holding.settle_all(group)
            members = await self._chats[group.platform].members(group)
        except PlatformError as error:
            logger.warning("could not settle who is held", extra={"why": error.why})
            return
        lost = before - self._inside[group]
        held = [who for who, role in members.items() if role < Role.MODERATOR]
        told = [who for who in held if self._short(group, who) in lost]
        await self.holding.tell_held(group, told, about=row.id.hex())
        await self._store.write(lambda conn: rules_rows.close(conn, row.id))
        current = self._current[group]
        if current.row.id == row.id:
            closed = replace(row, counts_from=row.version)
            self._current[group] = Current(closed, current.rules)

    async def _step(self, group: Group, account: Account, current: Current) -> tuple[str, int]:
        reached = await self._reached(group, account, current)
        if reached is None:
            raise Refused("join-start-again")
        return reached

    async def _reached(
        self, group: Group, account: Account, current: Current
    ) -> tuple[str, int] | None:
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            keys = self._store.keys
            return await rules_rows.step(conn, keys, group_id, account, current.row.id)

    async def _set_step(
        self, group: Group, account: Account, current: Current, step: str, page: int
    ) -> None:
        group_id = await self._store.group_id(group)
        await self._store.write(
            lambda conn: rules_rows.set_step(
                conn,
                self._store.keys,
                group_id,
                account,
                current.row.id,
                step=step,
                page=page,
                at=self._clock.now(),
            )
        )
