"""Private words: what the bot says to one person alone.

Discord wants nobody to be written to who did not ask for it. So the bot writes in the direct chat
of those who allowed it. For all others the words wait, sealed, until they press "Messages for me"
or their time is over; what was collected is gone from here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from adapters.discord.client import Client
from adapters.discord.errors import as_ours
from adapters.discord.posting import Posting
from adapters.discord.render import Render
from adapters.discord.rooms import Rooms
from bot.chat import Removal, Retry
from bot.clock import Clock
from bot.cog import Command
from bot.errors import CannotReach, Forbidden, Gone, TryLater
from bot.inbox import Inbox
from bot.model import Account, Group, MessageRef, Role, Room
from bot.reply import Answer, Button, Reply, reply_from_json, to_json

logger = logging.getLogger(__name__)

WAIT: Final = timedelta(hours=72)
"""How long words wait to be collected."""
READ: Final = "messages"
ALLOW: Final = "messages allow"
STOP: Final = "messages stop"

_DIRECT: Final = "direct "
_WAITING: Final = "waiting "
_MAY_WRITE: Final = "may-write "


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """Words that wait. `until`: when they go uncollected."""

    id: str
    key: str
    reply: Reply
    until: datetime


class PrivateWords:
    """Writes to a person who allowed it; keeps the words for all others."""

    def __init__(
        self,
        client: Client,
        rooms: Rooms,
        render: Render,
        posting: Posting,
        inbox: Inbox,
        clock: Clock,
    ) -> None:
        self._client = client
        self._rooms = rooms
        self._render = render
        self._posting = posting
        self._memory = inbox.memory
        self._clock = clock
        self._one_by_one: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    # -- telling -----------------------------------------------------------------------------

    async def tell(
        self,
        group: Group,
        account: Account,
        reply: Reply,
        *,
        key: str,
        since: datetime | None = None,
    ) -> MessageRef:
        """Write to one person alone, or keep it for them. Raises `CannotReach`."""
        member = await self._rooms.member(self._rooms.guild(group), account)
        if member is None:
            raise CannotReach
        if await self.allowed(group, account):
            try:
                return await self._write(group, member, reply, key, since)
            except (CannotReach, Forbidden):
                # They shut their direct messages since.
                logger.info("private words wait: the direct chat is shut")
        return await self._keep(group, account, reply, key)

    async def _write(
        self,
        group: Group,
        member: discord.Member,
        reply: Reply,
        key: str,
        since: datetime | None,
    ) -> MessageRef:
        with as_ours():
            channel = await member.create_dm()
        rendered = await self._render.rendered(group, reply, direct=True)
        message = await self._posting.send(channel.id, rendered, key=key, since=since)
        return MessageRef(Room(group, f"{_DIRECT}{channel.id}"), str(message))

    async def _keep(self, group: Group, account: Account, reply: Reply, key: str) -> MessageRef:
        room = Room(group, f"{_WAITING}{account.handle}")
        async with self._one_by_one[_key(group, account)]:
            waiting = await self.waiting(group, account)
            for each in waiting:
                if each.key == key:
                    return MessageRef(room, each.id)
            until = self._clock.now() + WAIT
            one = Waiting(secrets.token_hex(8), key, reply, until)
            await self._put(group, account, [*waiting, one])
        return MessageRef(room, one.id)

    # -- collecting --------------------------------------------------------------------------

    async def waiting(self, group: Group, account: Account) -> list[Waiting]:
        """What waits for somebody, oldest first."""
        kept = await self._memory.get(_key(group, account))
        found = [] if kept is None else [_opened(each) for each in json.loads(kept)]
        return [each for each in found if each.until > self._clock.now()]

    async def collected(self, group: Group, account: Account, ids: Sequence[str]) -> None:
        """Forget what somebody has read."""
        async with self._one_by_one[_key(group, account)]:
            waiting = await self.waiting(group, account)
            await self._put(group, account, [each for each in waiting if each.id not in ids])

    async def uncollected(self, key: str) -> bool:
        """Whether what was told under a key waits, whoever it is for. Opens all that waits."""
        now = self._clock.now()
        kept = await self._memory.find(_WAITING)
        waiting = (_opened(each) for row in kept.values() for each in json.loads(row))
        return any(each.key == key and each.until > now for each in waiting)

    async def count_waiting(self, group: Group) -> int:
        """How many private words wait in a group, for anybody. Opens all that waits."""
        now = self._clock.now()
        kept = await self._memory.find(f"{_WAITING}{group.handle} ")
        waiting = (_opened(each) for row in kept.values() for each in json.loads(row))
        return sum(each.until > now for each in waiting)

    async def _put(self, group: Group, account: Account, waiting: Sequence[Waiting]) -> None:
        if not waiting:
            await self._memory.drop(_key(group, account))
            return
        rows = json.dumps([_sealed(each) for each in waiting])
        await self._memory.put(_key(group, account), rows, WAIT)

    # -- being allowed -----------------------------------------------------------------------

    async def allowed(self, group: Group, account: Account) -> bool:
        """Whether somebody said that the bot may write to them."""
        return await self._memory.get(_may_write(group, account)) is not None

    async def forget(self, group: Group, account: Account) -> None:
        """Somebody left: what waits for them goes, and what they allowed."""
        for key in (_key(group, account), _may_write(group, account)):
            await self._memory.drop(key)

    async def forget_absent(self, guild: discord.Guild) -> None:
        """The same for all who left a server while nothing told of it. Its members are known."""
        for kind in (_WAITING, _MAY_WRITE):
            start = f"{kind}{guild.id} "
            for key in await self._memory.find(start):
                if guild.get_member(int(key.removeprefix(start))) is None:
                    await self._memory.drop(key)

    def commands(self) -> Sequence[Command]:
        """What people can ask of this platform alone."""
        return [
            _command(READ, "Read what I have to say to you alone.", hidden=False),
            _command(ALLOW, "Let me write to you in a chat of our own.", hidden=True),
            _command(STOP, "Have me keep my words here for you instead.", hidden=True),
        ]

    async def answer(self, name: str, group: Group, account: Account) -> Answer:
        """Do one of these commands. What waits follows the answer to `READ`; see `waiting`."""
        if name == ALLOW:
            await self._memory.put(_may_write(group, account), "yes")
            return Reply("discord-may-write", buttons=(Button("discord-button-stop", STOP),))
        if name == STOP:
            await self._memory.drop(_may_write(group, account))
            return Reply("discord-may-not-write")
        count = len(await self.waiting(group, account))
        allowed = await self.allowed(group, account)
        more = ("discord-button-stop", STOP) if allowed else ("button-may-write", ALLOW)
        key = "discord-messages" if count else "discord-no-messages"
        return Reply(key, {"count": count}, buttons=(Button(*more, static=True),))

    # -- taking back -------------------------------------------------------------------------

    def are(self, ref: MessageRef) -> bool:
        """Whether a message is not in a room but one that `tell` gave."""
        return ref.room.handle.startswith((_DIRECT, _WAITING))

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Take back what was told, for refs for which `are` says so."""
        return {ref: await self._take_back(ref) for ref in refs}

    async def _take_back(self, ref: MessageRef) -> Removal | Retry:
        group, handle = ref.room.group, ref.room.handle
        if handle.startswith(_WAITING):
            account = Account(group.platform, handle.removeprefix(_WAITING))
            await self.collected(group, account, [ref.handle])
            return Removal.GONE
        channel = self._client.get_partial_messageable(int(handle.removeprefix(_DIRECT)))
        try:
            with as_ours():
                await channel.get_partial_message(int(ref.handle)).delete()
        except Gone:
            return Removal.GONE
        except Forbidden:
            return Removal.FORBIDDEN
        except TryLater as later:
            return Retry(later.after)
        return Removal.GONE


def _key(group: Group, account: Account) -> str:
    return f"{_WAITING}{group.handle} {account.handle}"


def _may_write(group: Group, account: Account) -> str:
    return f"{_MAY_WRITE}{group.handle} {account.handle}"


def _sealed(waiting: Waiting) -> dict[str, Any]:
    return {
        "id": waiting.id,
        "key": waiting.key,
        "reply": to_json(waiting.reply),
        "until": waiting.until.isoformat(),
    }


def _opened(row: Mapping[str, Any]) -> Waiting:
    until = datetime.fromisoformat(row["until"])
    return Waiting(row["id"], row["key"], reply_from_json(row["reply"]), until)


def _command(name: str, help: str, *, hidden: bool) -> Command:
    async def never(*_: object, **__: object) -> Answer:
        raise NotImplementedError

    return Command(
        name=name,
        help=help,
        needs=Role.GUEST,
        private=True,
        hidden=hidden,
        at_once=False,
        parameters=(),
        run=never,
    )
