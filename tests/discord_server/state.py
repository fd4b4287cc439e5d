"""What the stand-in for Discord remembers: guilds, channels, roles, members, messages.

Here nothing is checked and nothing is told; `actions.py` and its neighbours do both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.discord_server.errors import Refused

Json = dict[str, Any]

# https://discord.com/developers/docs/reference#snowflakes
EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)

TEXT: Final = 0
DIRECT: Final = 1
CATEGORY: Final = 4
FORUM: Final = 15
PUBLIC_THREAD: Final = 11
PRIVATE_THREAD: Final = 12
THREADS: Final = (PUBLIC_THREAD, PRIVATE_THREAD)

EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7


class Clock:
    """The time in the stand-in: the machine's, and ahead of it by what a test let pass."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC) + self._ahead

    def passes(self, **time: float) -> None:
        """Let time pass at once: `clock.passes(days=15)`."""
        self._ahead += timedelta(**time)


@dataclass(slots=True, eq=False)
class User:
    """An account. `direct_open`: whether it takes direct messages from members it knows."""

    id: int
    name: str
    bot: bool = False
    direct_open: bool = True
    shown: str | None = None
    """What the account calls itself everywhere; else its name, with a capital."""


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild; the one with the guild's own id is everybody's."""

    id: int
    name: str
    permissions: int
    position: int
    bot_id: int | None = None


@dataclass(slots=True)
class Overwrite:
    """What a channel allows and denies a role (type 0) or a member (type 1)."""

    id: int
    type: int
    allow: int
    deny: int


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in a guild."""

    user: User
    joined_at: datetime
    roles: set[int] = field(default_factory=set)
    nick: str | None = None
    timeout_until: datetime | None = None


@dataclass(slots=True, eq=False)
class Message:
    """A message. `only_for`: the one account that sees an ephemeral one. `files`: what is in its
    attachments, by their name."""

    id: int
    channel_id: int
    author: User
    content: str
    created: datetime
    type: int = 0
    edited: datetime | None = None
    flags: int = 0
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    reference: Json | None = None
    snapshots: list[Json] = field(default_factory=list)
    nonce: str | int | None = None
    pinned_at: datetime | None = None
    webhook_id: int | None = None
    application_id: int | None = None
    interaction: Json | None = None
    only_for: int | None = None


@dataclass(slots=True)
class ThreadFacts:
    """What a channel has more when it is a thread."""

    owner_id: int
    created: datetime
    archived: bool = False
    archive_changed: datetime | None = None
    locked: bool = False
    members: dict[int, datetime] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Channel:
    """A channel of a guild, a thread, or the direct messages between two accounts."""

    id: int
    type: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    topic: str | None = None
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipients: list[User] = field(default_factory=list)
    thread: ThreadFacts | None = None
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def last_message_id(self) -> int | None:
        """The newest message that all of the channel see."""
        return next((each.id for each in self.shown(newest_first=True)), None)

    def shown(self, *, newest_first: bool = False) -> Iterator[Message]:
        """The channel's history: what is not for one account alone."""
        order = sorted(self.messages, reverse=newest_first)
        return (self.messages[each] for each in order if self.messages[each].only_for is None)


@dataclass(slots=True, eq=False)
class Webhook:
    """An incoming webhook of a channel."""

    id: int
    channel_id: int
    guild_id: int
    name: str
    token: str
    owner: User


@dataclass(slots=True, eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    bans: dict[int, str | None] = field(default_factory=dict)
    audit: list[Json] = field(default_factory=list)
    webhooks: dict[int, Webhook] = field(default_factory=dict)
    commands: dict[int, Json] = field(default_factory=dict)
    automod: list[Json] = field(default_factory=list)

    @property
    def everyone(self) -> Role:
        """The role that everybody has."""
        return self.roles[self.id]

    def member(self, account: int) -> Member:
        """Somebody in the guild."""
        if account not in self.members:
            raise Refused(10007)
        return self.members[account]

    def role(self, role: int) -> Role:
        """A role of the guild."""
        if role not in self.roles:
            raise Refused(10011)
        return self.roles[role]


@dataclass(slots=True, eq=False)
class Application:
    """The bot's application, with the two switches of the developer portal."""

    id: int
    bot: User
    owner: User
    token: str
    members_intent: bool = True
    content_intent: bool = True
    commands: dict[int, Json] = field(default_factory=dict)


class World:
    """Everything there is, and the ids that are new."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._last = 0
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.direct: dict[int, Channel] = {}
        owner = self.new_user("host")
        bot = self.new_user("circlekeeper", bot=True)
        self.application = Application(bot.id, bot, owner, "stand-in.token.of-the-bot")

    def next_id(self) -> int:
        """A snowflake that is larger than all before it and holds the clock's time."""
        since = (self.clock.now() - EPOCH) // timedelta(milliseconds=1)
        self._last = max(self._last + 1, since << 22)
        return self._last

    def new_user(self, name: str, *, bot: bool = False) -> User:
        """An account that is in no guild yet."""
        user = User(self.next_id(), name, bot=bot)
        self.users[user.id] = user
        return user

    def guild(self, guild: int) -> Guild:
        """A guild that the bot is in."""
        found = self.guilds.get(guild)
        if found is None:
            raise Refused(10004)
        if self.application.bot.id not in found.members:
            raise Refused(50001)
        return found

    def channel(self, channel: int) -> Channel:
        """A channel, a thread or a chat of two."""
        for guild in self.guilds.values():
            if channel in guild.channels:
                return guild.channels[channel]
        if channel in self.direct:
            return self.direct[channel]
        raise Refused(10003)

    def guild_of(self, channel: Channel) -> Guild | None:
        """The guild of a channel; None for direct messages."""
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def message(self, channel: Channel, message: int) -> Message:
        """A message of the channel's history."""
        found = channel.messages.get(message)
        if found is None or found.only_for is not None:
            raise Refused(10008)
        return found

    def user(self, account: int) -> User:
        """An account."""
        if account not in self.users:
            raise Refused(10013)
        return self.users[account]
