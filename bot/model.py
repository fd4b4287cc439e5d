"""Who and what the core talks about: accounts, groups, rooms, messages, roles.

A reference holds the platform's own handle, which can identify a person. So none of them
prints it: `repr` gives the kind of thing and nothing else, and a stray f-string or traceback
shows `<account>`.

Every message looks some of them up, so each is hashed by its handle alone: that is all but
unique, and Python keeps a string's hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class Role(IntEnum):
    """What somebody may do in a group. Ordered: a moderator may do what a member may."""

    GUEST = 0
    """Has not acknowledged the ground rules (or is not in the group at all)."""
    MEMBER = 1
    MODERATOR = 2
    ADMIN = 3


class RoomKind(Enum):
    """What a room is for. The platform's set-up says which room is which."""

    LOBBY = "lobby"
    """Where guests arrive and read the join card."""
    CIRCLE = "circle"
    """Where the group talks; closed to guests."""
    MODERATORS = "moderators"
    """Where moderators get their cards."""


class _Unprinted:
    """Keeps handles out of every log line, assertion and traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()}>"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class Account(_Unprinted):
    """An identity on a platform, such as a Discord user or a Matrix id."""

    platform: str
    handle: str

    def __hash__(self) -> int:
        return hash(self.handle)


@dataclass(frozen=True, slots=True, repr=False)
class Group(_Unprinted):
    """One peer-support group on one platform."""

    platform: str
    handle: str

    def __hash__(self) -> int:
        return hash(self.handle)


@dataclass(frozen=True, slots=True, repr=False)
class Room(_Unprinted):
    """A place in a group where people write."""

    group: Group
    handle: str

    def __hash__(self) -> int:
        return hash(self.handle)


@dataclass(frozen=True, slots=True, repr=False)
class MessageRef(_Unprinted):
    """One message in a room. It points to the words and does not hold them."""

    room: Room
    handle: str

    def __hash__(self) -> int:
        return hash(self.handle)


@dataclass(frozen=True, slots=True, repr=False)
class RoomInfo(_Unprinted):
    """A room as the platform describes it now. `name` is for showing, never for storing."""

    room: Room
    kind: RoomKind
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Attachment(_Unprinted):
    """A file that hangs on a message. Only its kind ("image", "file") and name are known."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Content(_Unprinted):
    """What a message says.

    `scannable` holds further text a reader would see (captions, poll options, forwarded text,
    HTML that differs from the plain body), so that a leak cannot hide there.
    """

    text: str
    scannable: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Message(_Unprinted):
    """A message fetched from the platform for one reader at one moment. Never stored."""

    ref: MessageRef
    author: Account
    author_name: str
    content: Content
    pinned: bool = False
    own: bool = False
    """The bot wrote it."""
