"""What happens on a platform, in the core's words. Frozen; adapters make them, cogs hear them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.model import Account, Content, Group, MessageRef, Room
from bot.reply import Args


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event:
    """Something that happened once.

    `id` is unique on its platform and the same on every redelivery. `live` is False for what
    was fetched from history after the bot had been away.
    """

    id: str
    group: Group
    at: datetime
    live: bool = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupReady(Event):
    """The platform can be asked about a group now. Offered at each connect, before all else."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessagePosted(Event):
    """Somebody wrote in a room. `automated`: a bot, a webhook or a bridge wrote it."""

    ref: MessageRef
    author: Account
    content: Content
    reply_to: MessageRef | None = None
    thread: MessageRef | None = None
    automated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageEdited(Event):
    """A message now says something else. `ref` is the message as first posted."""

    ref: MessageRef
    author: Account
    content: Content
    automated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageRemoved(Event):
    """A message is gone, whoever removed it."""

    ref: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageUnreadable(Event):
    """A message that the bot cannot read (not decrypted, malformed) and so cannot scan."""

    ref: MessageRef
    author: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Joined(Event):
    """An account came into the group (its lobby, where it has one)."""

    account: Account


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Left(Event):
    """An account is not in the group any more."""

    account: Account


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MemberChanged(Event):
    """Roles or the shown name of an account changed on the platform."""

    account: Account


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Invoked(Event):
    """A command was typed, pressed or sent as a form.

    `room` is where that happened, None for the private chat. `private` says that only the
    asker will see the answer. `args` may be text as typed; the router converts it.
    """

    command: str
    account: Account
    args: Args
    room: Room | None = None
    private: bool = True
    language: str = "en"


class RoomChange(Enum):
    """What changed about a room."""

    RIGHTS = "rights"
    PINS = "pins"
    GONE = "gone"
    UPGRADED = "upgraded"
    """Another room took its place: what was known of it is that one's now (`into`; None where the
    bot may do nothing there)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RoomChanged(Event):
    """The bot's rights in a room, or its pins, changed, or the room is gone or replaced."""

    room: Room
    change: RoomChange
    into: Room | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Delivered(Event):
    """A job of the outbox was done and the platform said so. `ref` is what was posted."""

    job: str
    purpose: str
    ref: MessageRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Undelivered(Event):
    """A job of the outbox cannot be done and was given up. `why` is a `PlatformError.why`."""

    job: str
    purpose: str
    why: str
