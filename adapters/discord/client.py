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
    """Who hears what the gateway tells. Called in its order; nothing here may wait."""

    def connected(self) -> None: ...
    def resumed(self) -> None: ...
    def disconnected(self) -> None: ...
    def guild_came(self, guild: discord.Guild) -> None: ...
    def guild_left(self, guild: discord.Guild) -> None: ...
    def wrote(self, message: discord.Message) -> None: ...
    def edited(self, payload: discord.RawMessageUpdateEvent) -> None: ...
    def deleted(
        self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]
    ) -> None: ...
    def joined(self, member: discord.Member) -> None: ...
    def left(self, guild_id: int, user: discord.User | discord.Member) -> None: ...
    def changed(self, before: discord.Member, after: discord.Member) -> None: ...
    def rights_changed(self, guild: discord.Guild) -> None: ...
    def pinned(self, channel: discord.abc.GuildChannel | discord.Thread) -> None: ...
    def channel_gone(self, channel: discord.abc.GuildChannel) -> None: ...
    def asked(self, interaction: discord.Interaction) -> None: ...


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
        self.live = True
        self.ear.connected()

    async def on_resumed(self) -> None:
        self.live = True
        self.ear.resumed()

    async def on_disconnect(self) -> None:
        self.live = False
        self.ear.disconnected()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.ear.guild_came(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        # At a log-in every server becomes available; `on_ready` follows.
        if self.live:
            self.ear.guild_came(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.ear.guild_left(guild)

    # -- messages ----------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        self.ear.wrote(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self.ear.edited(payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.ear.deleted(payload.guild_id, payload.channel_id, (payload.message_id,))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        ids = sorted(payload.message_ids)
        self.ear.deleted(payload.guild_id, payload.channel_id, ids)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.ear.asked(interaction)

    # -- members, rights, rooms --------------------------------------------------------------

    async def on_member_join(self, member: discord.Member) -> None:
        self.ear.joined(member)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        self.ear.left(payload.guild_id, payload.user)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        self.ear.changed(before, after)

    async def on_guild_update(self, _: discord.Guild, after: discord.Guild) -> None:
        self.ear.rights_changed(after)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        self.ear.rights_changed(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        self.ear.rights_changed(role.guild)

    async def on_guild_channel_update(
        self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        self.ear.rights_changed(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self.ear.channel_gone(channel)

    async def on_guild_channel_pins_update(
        self, channel: discord.abc.GuildChannel | discord.Thread, _: object
    ) -> None:
        self.ear.pinned(channel)
