"""Chat: what the core may ask of a platform. The one port of the house.

Every method may raise `TryLater` (busy, away), `Forbidden` (a right is missing) or `Gone`.
Methods that change something are safe to repeat: with the same `key` a platform does the thing
once and answers the same again. `since` is given when that was tried before, and says from when
on: platforms forget keys after a while, so the adapter looks for what may stand there already, or
raises `Unknown`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, Flag, auto
from typing import TYPE_CHECKING, Protocol

from bot.events import MessagePosted
from bot.model import Account, Group, Message, MessageRef, Role, Room, RoomInfo
from bot.reply import Reply, Text

if TYPE_CHECKING:
    from bot.inbox import Inbox


class Can(Flag):
    """What a platform can do at all. Cogs ask this, never which platform it is."""

    NOTHING = 0
    HOLD = auto()
    """Keep a guest out of the group's rooms."""
    REMOVE = auto()
    """Remove other people's messages."""
    HIDE_INPUT = auto()
    """Take what a member types without the room seeing it."""
    TELL = auto()
    """Write to one person alone without being asked first."""
    TELL_AT_ONCE = auto()
    """What is told reaches everybody at once, and does not wait until they ask for it.

    Without it, the platform has the command "messages allow", which lets the bot write to whoever
    gave it; "messages" shows what waits."""
    SHOW_TIME_LEFT = auto()
    """Show members how long a message still stays."""


class Removal(Enum):
    """What became of one message that was to be removed."""

    GONE = "gone"
    """Removed now, or not there any more."""
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Retry:
    """Not removed: the platform asks to wait."""

    after: timedelta


class Right(Enum):
    """A right that the bot needs in a room."""

    READ = "read"
    POST = "post"
    REMOVE = "remove"
    HOLD = "hold"


class Chat(Protocol):
    """One platform, as the core sees it."""

    platform: str
    can: Can

    async def run(self, inbox: Inbox) -> None:
        """Connect and hand events to `inbox` until cancelled.

        Raises `StartError` where only the host can help (a wrong token, a switch that is off).
        """

    async def groups(self) -> Sequence[Group]:
        """The groups this platform serves."""

    async def rooms(self, group: Group) -> Sequence[RoomInfo]:
        """The rooms of a group that the bot knows, with what each is for."""

    async def now(self) -> datetime | None:
        """The platform's own time, or None where it tells none. Checks the host's clock."""

    async def post(
        self, room: Room, reply: Reply, *, key: str, since: datetime | None = None
    ) -> MessageRef:
        """Post in a room. Notifies nobody by mention, whatever the text holds."""

    async def edit(self, ref: MessageRef, reply: Reply) -> None:
        """Change an own message."""

    async def pin(self, ref: MessageRef) -> None:
        """Pin an own message. Doing it twice is doing it once."""

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Remove messages. Answers for every one of `refs`; never raises for a single one."""

    async def tell(
        self,
        group: Group,
        account: Account,
        reply: Reply,
        *,
        key: str,
        since: datetime | None = None,
    ) -> MessageRef:
        """Write to one person alone. Raises `CannotReach`."""

    async def uncollected(self, key: str) -> bool:
        """Whether what was told under a key still waits until its reader asks for it.

        Never where what is told reaches everybody at once.
        """

    async def hold(self, group: Group, account: Account) -> None:
        """Keep an account out of the group's rooms. Doing it twice is doing it once."""

    async def release(self, group: Group, account: Account) -> None:
        """Let an account into the group's rooms. Doing it twice is doing it once."""

    async def held(self, group: Group) -> Mapping[Account, bool]:
        """Who is kept out of all of the group's rooms now (True) and who is let into all (False).

        Spares a job for everybody at every start. Whoever is something in between is left out,
        and everybody where telling would cost a request each: they are settled anew.
        """

    async def fetch(self, ref: MessageRef) -> Message | None:
        """The message as it is now, or None when it is gone."""

    def history(self, room: Room, after: MessageRef | None) -> AsyncIterator[MessagePosted]:
        """What was written in a room after a message (or all that is there), oldest first."""

    async def members(self, group: Group) -> Mapping[Account, Role]:
        """Everybody in the group, with the roles of `role_of`."""

    async def role_of(self, group: Group, account: Account) -> Role:
        """The role the platform gives right now: MEMBER for everybody who is in the group.

        GUEST for somebody who is not. Whether a member acknowledged, the core knows.
        """

    async def name_of(self, group: Group, account: Account) -> str:
        """The name others see. For showing at once, never for storing."""

    async def show_time_left(self, ref: MessageRef, due: datetime) -> None:
        """Show at a message when it will be removed. Only asked with `Can.SHOW_TIME_LEFT`."""

    async def pins(self, room: Room) -> Sequence[MessageRef]:
        """The pinned messages of a room."""

    async def rights(self, room: Room) -> frozenset[Right]:
        """What the bot may do in a room at this moment."""

    async def drop_older(self, room: Room, age: timedelta | None) -> bool:
        """Have the platform itself drop what is older than `age` (None: no more); whether it does.

        Comes beside the removals, never in their place. Nothing that is older may stand there.
        """

    async def open_doors(self, group: Group) -> Sequence[Text]:
        """Which rooms let in or show more than the group was promised, and what mends it.

        And what else of the platform's own is worth a moderator's look.
        """
