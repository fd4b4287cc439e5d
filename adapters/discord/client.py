"""Client: the connection to Discord, and who hears what it tells.

No message is kept: what happens to one is heard from the raw events. Members are kept, so that a
role costs no request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import discord

from adapters.discord.budget import Budget

logger = logging.getLogger(__name__)

# It would warn of what voice needs, which nothing here does.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

_LONGEST_WAIT: Final = 30.0
"""Seconds that a request may wait for its turn at a rate limit; longer ones are tried later."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of one process: some of all there are, as every process of the bot counts them."""

    ids: Sequence[int]
    count: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that discord.py waits, which a test need not."""

    guilds: float = 2.0
    """After the last server was told at a connect."""
    identify: float = 5.0
    """Between two log-ins at the gateway: Discord asks for it."""
    heartbeat: float = 60.0
    """After the gateway's last sign of life, until the connection counts as dead."""


class Ear(Protocol):
    """Who hears what the gateway tells. Called in its order; what may wait is no more than that."""

    def connected(self) -> None:
        """A new session: whatever was missed before it stands in history alone."""

    def resumed(self) -> None:
        """The session goes on: all that was missed was told."""

    def disconnected(self) -> None:
        """The line is cut."""

    def guild_came(self, guild: discord.Guild) -> None:
        """The bot is in a server, or sees it again."""

    def guild_left(self, guild: discord.Guild) -> None:
        """The bot was put out of a server."""

    async def wrote(self, message: discord.Message) -> None:
        """Somebody wrote. Waits until nothing is left to do, in the task that every event has."""

    def edited(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message says something else, is pinned, or has the preview of a link now."""

    def deleted(self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]) -> None:
        """Messages are gone."""

    def titled(self, thread: discord.Thread) -> None:
        """A thread has a title, or another one."""

    def joined(self, member: discord.Member) -> None:
        """Somebody came into a server."""

    def left(self, guild_id: int, user: discord.User | discord.Member) -> None:
        """Somebody went."""

    def changed(self, before: discord.Member, after: discord.Member) -> None:
        """Somebody has other roles, or another name."""

    def renamed(self, user: discord.User) -> None:
        """Somebody is called something else, in every server."""

    def rights_changed(self, guild: discord.Guild) -> None:
        """Something that rights depend on changed."""

    def pinned(self, channel: discord.abc.GuildChannel | discord.Thread) -> None:
        """Something was pinned, or a pin taken away."""

    def channel_gone(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""

    def asked(self, interaction: discord.Interaction) -> None:
        """Somebody used a command, pressed a button or sent a form."""


class Client(discord.AutoShardedClient):
    """discord.py's client, which hands on what it hears and does nothing by itself."""

    ear: Ear

    def __init__(self, budget: Budget, waits: Waits, shards: Shards | None = None) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.members = True
        intents.guild_messages = intents.dm_messages = intents.message_content = True
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags(joined=True, voice=False),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=waits.guilds,
            heartbeat_timeout=waits.heartbeat,
            max_ratelimit_timeout=_LONGEST_WAIT,
            http_trace=budget.trace(),
            shard_count=None if shards is None else shards.count,
        )
        self.shard_ids = None if shards is None else list(shards.ids)
        self._waits = waits
        self.live = False
        """Whether the gateway tells what happens now, so that what is kept is of this moment."""

    async def before_identify_hook(
        self,
        shard_id: int | None,  # noqa: ARG002
        *,
        initial: bool = False,
    ) -> None:
        """Wait as long as Discord wants between two log-ins."""
        if not initial:
            await asyncio.sleep(self._waits.identify)

    async def on_error(self, event_method: str, /, *_: object, **__: object) -> None:
        """A fault of ours in an event; discord.py would print what the event says."""
        logger.exception("an event of Discord failed", extra={"event": event_method})

    # -- the connection ----------------------------------------------------------------------

    async def on_ready(self) -> None:
        """All servers are told."""
        self.live = True
        self.ear.connected()

    async def on_resumed(self) -> None:
        """The session goes on."""
        self.live = True
        self.ear.resumed()

    async def on_disconnect(self) -> None:
        """The line is cut."""
        self.live = False
        self.ear.disconnected()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Somebody took the bot into a server."""
        self.ear.guild_came(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there again after an outage."""
        # At a log-in every server becomes available; `on_ready` follows.
        if self.live:
            self.ear.guild_came(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot is in a server no more."""
        self.ear.guild_left(guild)

    # -- messages ----------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        await self.ear.wrote(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message is not as it was."""
        self.ear.edited(payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message is gone."""
        self.ear.deleted(payload.guild_id, payload.channel_id, (payload.message_id,))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages are gone."""
        ids = sorted(payload.message_ids)
        self.ear.deleted(payload.guild_id, payload.channel_id, ids)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody asks."""
        self.ear.asked(interaction)

    # -- members, rights, rooms --------------------------------------------------------------

    async def on_member_join(self, member: discord.Member) -> None:
        """Somebody came."""
        self.ear.joined(member)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Somebody went."""
        self.ear.left(payload.guild_id, payload.user)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Somebody has other roles or another name."""
        self.ear.changed(before, after)

    async def on_user_update(self, _: discord.User, after: discord.User) -> None:
        """Somebody changed their own name or picture, which is told with their membership."""
        self.ear.renamed(after)

    async def on_guild_update(self, _: discord.Guild, after: discord.Guild) -> None:
        """A server has another owner, or another name."""
        self.ear.rights_changed(after)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        """A role may do something else."""
        self.ear.rights_changed(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """A role is gone."""
        self.ear.rights_changed(role.guild)

    async def on_guild_channel_update(
        self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """A channel is called or allows something else."""
        self.ear.rights_changed(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone."""
        self.ear.channel_gone(channel)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Somebody began a thread. A forum's is told with its first message."""
        if not isinstance(thread.parent, discord.ForumChannel):
            self.ear.titled(thread)

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        """A thread has another title, or was closed."""
        if before.name != after.name:
            self.ear.titled(after)

    async def on_guild_channel_pins_update(
        self, channel: discord.abc.GuildChannel | discord.Thread, _: object
    ) -> None:
        """The pins of a channel changed."""
        self.ear.pinned(channel)
