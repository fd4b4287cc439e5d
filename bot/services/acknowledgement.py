"""Ground-rule acknowledgement: who is inside, who is held, and the way in.

Everybody who may read and write stands in memory, because every message asks; it is written
through, and whoever is not in that set is held. The acknowledgement is of one version of one
document: its hash, the language and the time.

The way in, as a table (the step lives in a row for at most 24 hours):
    nothing -> essentials (or page 1..n where the group wants all of it read) -> limits
    -> acknowledged (the row goes).  A new version starts everyone at nothing again.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import Can, Chat
from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.model import Account, Group, Role
from bot.outbox import Hold, Lane, Outbox, Post, Release, Tell
from bot.reply import Button, Reply
from bot.services.group_settings import GroupSettings
from bot.store import Connection, Store, rules_rows
from bot.store.keyring import short_of
from bot.texts.pack import GroundRules

logger = logging.getLogger(__name__)

STEP_KEPT = timedelta(hours=24)
STILL_TALKING = timedelta(minutes=30)
"""Who wrote this recently is in the middle of a conversation and not held at that moment."""
LONGEST_DEFERRAL = timedelta(hours=3)
"""And this is how long the conversation may go on."""

JOBS_AT_ONCE = 100
"""People settled per transaction, so that a large group does not keep other writers waiting."""

HELD = Reply(
    "join-held",
    buttons=(
        Button("button-join", "join", static=True),
        Button("button-help-now", "help now", static=True),
    ),
)

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
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._chats = chats
        self._settings = settings
        self._clock = clock
        self._default = default
        self._inside: dict[Group, set[int]] = {}
        self._current: dict[Group, Current] = {}
        self._grace: dict[Group, datetime] = {}
        self._spoke: dict[Group, dict[int, datetime]] = {}

    def _short(self, group: Group, account: Account) -> int:
        return short_of(self._store.keys.account_blind(self._store.known_group_id(group), account))

    def acknowledged(self, group: Group, account: Account) -> bool:
        """Whether an account may read and write. On the path of every message."""
        inside = self._inside.get(group)
        if inside is None:
            return False
        short = self._short(group, account)
        if short not in inside:
            return False
        if self._grace and group in self._grace:
            self._spoke.setdefault(group, {})[short] = self._clock.now()
        return True

    def up_to_date(self, group: Group, account: Account) -> bool:
        """Whether somebody is inside and need not be asked again (no newer version waits)."""
        return group not in self._grace and self.acknowledged(group, account)

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
        await self._reconcile(group)

    async def _load(self, group: Group) -> None:
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            row = await rules_rows.newest(conn, self._store.keys, group_id)
        if row is None:
            await self._write_version(group, self._default, "en", self._clock.now())
            return
        counted_from = row.version
        if self._clock.now() < row.due_at and row.version > 1:
            counted_from = row.version - 1
            self._grace[group] = row.due_at
        else:
            self._grace.pop(group, None)
            self._spoke.pop(group, None)
        async with self._store.read() as conn:
            inside = await rules_rows.shorts(conn, group_id, counted_from)
        self._current[group] = Current(row, GroundRules.parse(row.text))
        self._inside[group] = inside

    async def _reconcile(self, group: Group) -> None:
        """Hold and release whoever came, went or acknowledged while the bot was away."""
        chat = self._chats[group.platform]
        if Can.HOLD not in chat.can:
            return
        members = await chat.members(group)
        await self.arrived(group, [who for who, role in members.items() if role < Role.MODERATOR])

    async def arrived(self, group: Group, accounts: Sequence[Account]) -> None:
        """People came, or came back: let in who acknowledged, hold everybody else."""
        for start in range(0, len(accounts), JOBS_AT_ONCE):
            some = accounts[start : start + JOBS_AT_ONCE]

            async def work(conn: Connection, some: Sequence[Account] = some) -> None:
                for account in some:
                    inside = self.acknowledged(group, account)
                    await self._settle(conn, group, account, inside=inside)

            await self._store.write(work)

    async def _settle(
        self, conn: Connection, group: Group, account: Account, *, inside: bool
    ) -> None:
        job = Release(group, account) if inside else Hold(group, account)
        # One waiting job per person: whichever was decided last is what is done.
        key = self._store.keys.blind("gate", f"{group.handle} {account.handle}").hex()
        await self._outbox.put(conn, job, key=key, purpose="gate", lane=Lane.GATE, replace=True)

    async def begin(self, group: Group, account: Account) -> tuple[Current, int | None]:
        """Start on the way in, or start again. Returns the rules, and the page to show first.

        The page is None where the essentials are enough. Writes a row that lasts 24 hours.
        """
        current = self.current(group)
        read_all = self._settings.flag(group, "read-all-rules")
        await self._set_step(group, account, current, ESSENTIALS, 0)
        return current, 0 if read_all else None

    async def turn_page(self, group: Group, account: Account, page: int) -> tuple[Current, bool]:
        """Go on to a page while reading all of it; pages cannot be skipped. Raises `Refused`.

        Returns the rules and whether this was the last page.
        """
        current = self.current(group)
        _, reached = await self._step(group, account, current)
        pages = len(current.rules.pages())
        if not 0 <= page < pages or page > reached + 1:
            raise Refused("join-start-again")
        await self._set_step(group, account, current, ESSENTIALS, max(page, reached))
        return current, page == pages - 1

    async def agree(self, group: Group, account: Account) -> Current:
        """The essentials were read; the limits come next. Raises `Refused`."""
        current = self.current(group)
        _, page = await self._step(group, account, current)
        if self._settings.flag(group, "read-all-rules") and page < len(current.rules.pages()) - 1:
            raise Refused("join-read-all")
        await self._set_step(group, account, current, LIMITS, page)
        return current

    async def finish(self, group: Group, account: Account, language: str) -> Current:
        """Acknowledge: durable, in memory, and the release on its way. Raises `Refused`.

        Doing it twice is doing it once.
        """
        current = self.current(group)
        short = self._short(group, account)
        if self.acknowledged(group, account) and group not in self._grace:
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
            await self._settle(conn, group, account, inside=True)

        await self._store.write(work)
        self._inside[group].add(short)
        return current

    async def withdraw(self, group: Group, account: Account) -> None:
        """Take the acknowledgement back: held at once. Raises `Refused` when there was none."""
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> bool:
            keys = self._store.keys
            known = await rules_rows.withdraw(conn, keys, group_id, account)
            await self._settle(conn, group, account, inside=False)
            return known

        # Out of memory first: between the two, closed is the safe side.
        self._inside.get(group, set()).discard(self._short(group, account))
        if not await self._store.write(work):
            raise Refused("rules-not-acknowledged")

    async def acknowledged_version(
        self, group: Group, account: Account
    ) -> rules_rows.Acknowledged | None:
        """What an account acknowledged last; None for a guest."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            return await rules_rows.last_acknowledged(conn, self._store.keys, group_id, account)

    async def publish(
        self, group: Group, text: str, language: str, announce: Callable[[datetime], Sequence[Post]]
    ) -> Current:
        """Put a new version in force. Everyone is asked again and has the grace period for it.

        `announce` makes the posts that say so, given the end of that period. Raises `Refused`
        with what the document lacks, or when it is the one in force already.
        """
        rules = GroundRules.parse(text)
        if rules.hash == self.current(group).row.hash:
            raise Refused("rules-unchanged")
        due_at = self._clock.now() + self._settings.span(group, "grace")
        await self._write_version(group, rules, language, due_at, announce(due_at))
        return self.current(group)

    async def _write_version(
        self,
        group: Group,
        rules: GroundRules,
        language: str,
        due_at: datetime,
        posts: Sequence[Post] = (),
    ) -> None:
        group_id = await self._store.group_id(group)

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
            for post in posts:
                key = f"rules {secrets.token_hex(16)}"
                await self._outbox.put(conn, post, key=key, purpose="rules", lane=Lane.GATE)

        await self._store.write(work)
        await self._load(group)

    async def upkeep(self) -> None:
        """End grace periods that are over and forget joinings that were not finished."""
        now = self._clock.now()
        before = now - STEP_KEPT
        await self._store.write(lambda conn: rules_rows.drop_steps_before(conn, before))
        for group, due_at in list(self._grace.items()):
            if now >= due_at and not self._still_talking(group, now, due_at):
                were_inside = self._inside[group]
                await self._load(group)
                await self._close_for(group, were_inside - self._inside[group])

    def _still_talking(self, group: Group, now: datetime, due_at: datetime) -> bool:
        if now - due_at > LONGEST_DEFERRAL:
            return False
        return any(now - at < STILL_TALKING for at in self._spoke.get(group, {}).values())

    async def _close_for(self, group: Group, lost: set[int]) -> None:
        """Hold who did not acknowledge in time, and tell each of them alone why."""
        try:
            await self._reconcile(group)
            if Can.TELL not in self._chats[group.platform].can:
                return
            members = await self._chats[group.platform].members(group)
        except PlatformError as error:
            # The gate in memory is closed already; GroupReady settles the rest.
            logger.warning("could not settle who is held", extra={"why": error.why})
            return
        held = [who for who, role in members.items() if role < Role.MODERATOR]
        told = [who for who in held if self._short(group, who) in lost]
        for start in range(0, len(told), JOBS_AT_ONCE):
            some = told[start : start + JOBS_AT_ONCE]

            async def work(conn: Connection, some: Sequence[Account] = some) -> None:
                for account in some:
                    key = f"held {secrets.token_hex(16)}"
                    job = Tell(group, account, HELD)
                    await self._outbox.put(conn, job, key=key, purpose="held", lane=Lane.GATE)

            await self._store.write(work)

    async def _step(self, group: Group, account: Account, current: Current) -> tuple[str, int]:
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            keys = self._store.keys
            step = await rules_rows.step(conn, keys, group_id, account, current.row.id)
        if step is None:
            raise Refused("join-start-again")
        return step

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
