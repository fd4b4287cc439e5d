"""The peer: what discord.py itself spends on a message before anybody hears of it."""

from __future__ import annotations

import asyncio
import random
import time
import zlib
from collections.abc import Sequence
from typing import Any

import discord
import orjson
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.utils import _from_json

MEMBERS = 200
ROOMS = 20
AT_ONCE = 100
"""Frames that a busy connection hands over before the event loop does anything else."""
_GUILD = 1_000_000_000_000_000_000
_AT = "2026-01-05T19:30:00.000000+00:00"


class Gateway:
    """discord.py's client behind an open connection, with one guild, its rooms and its members.

    A message takes the way that it has in a running bot: a frame of the compressed stream,
    `DiscordWebSocket.received_message` (JSON, the message object, the cache of messages), and a
    task of the event loop that calls `on_message`, which does nothing here. Reading the socket
    is left out. Belongs to the event loop that runs.
    """

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        intents.members = True
        self._client = _Client(intents=intents)
        self._client.loop = asyncio.get_running_loop()
        state = self._client._connection
        state._add_guild_from_data(_guild())  # type: ignore[arg-type]
        socket: Any = None
        self._ws = DiscordWebSocket(socket, loop=self._client.loop)
        # What `from_client` sets.
        self._ws.shard_id = None
        self._ws._dispatch = self._client.dispatch
        self._ws._discord_parsers = state.parsers
        self._ws._max_heartbeat_timeout = 60.0
        self._ws._keep_alive = KeepAliveHandler(ws=self._ws, interval=41.25)
        self._stream = zlib.compressobj()

    def frames(self, payloads: Sequence[bytes]) -> list[bytes]:
        """Payloads as the gateway sends them. To be received in this order."""
        return [self._stream.compress(p) + self._stream.flush(zlib.Z_SYNC_FLUSH) for p in payloads]

    async def receive(self, frames: Sequence[bytes]) -> float:
        """Until `on_message` has run for each: CPU microseconds of one."""
        heard = self._client.hears(len(frames))
        began = time.process_time()
        for start in range(0, len(frames), AT_ONCE):
            for frame in frames[start : start + AT_ONCE]:
                await self._ws.received_message(frame)
            await asyncio.sleep(0)
        await heard.wait()
        return (time.process_time() - began) / len(frames) * 1e6

    def parse(self, payloads: Sequence[bytes]) -> float:
        """JSON and the message object, nothing else: CPU microseconds of one."""
        state = self._client._connection
        dispatch, state.dispatch = state.dispatch, _to_nobody
        began = time.process_time()
        for payload in payloads:
            state.parse_message_create(_from_json(payload)["d"])
        spent = time.process_time() - began
        state.dispatch = dispatch
        return spent / len(payloads) * 1e6


class _Client(discord.Client):
    def hears(self, count: int) -> asyncio.Event:
        self._left, self._heard = count, asyncio.Event()
        return self._heard

    async def on_message(self, _: discord.Message) -> None:
        self._left -= 1
        if not self._left:
            self._heard.set()


def payloads(texts: list[str], seed: int = 3) -> list[bytes]:
    """MESSAGE_CREATE as the gateway sends it. One in ten is a reply and quotes what it answers."""
    assert _from_json is orjson.loads, "discord.py would decode faster with orjson"
    chance = random.Random(seed)
    made = []
    for number, text in enumerate(texts):
        message = _message(number, text, chance.randrange(MEMBERS), chance.randrange(ROOMS))
        message["guild_id"] = str(_GUILD)
        author = message["author"]
        message["member"] = {k: v for k, v in _member(author).items() if k != "user"}
        if number and chance.random() < 0.1:
            quoted = _message(number - 1, texts[number - 1], chance.randrange(MEMBERS), 0)
            message |= {
                "type": 19,
                "mentions": [quoted["author"]],
                "referenced_message": quoted,
                "message_reference": {
                    "type": 0,
                    "channel_id": quoted["channel_id"],
                    "guild_id": str(_GUILD),
                    "message_id": quoted["id"],
                },
            }
        made.append(orjson.dumps({"t": "MESSAGE_CREATE", "s": number, "op": 0, "d": message}))
    return made


def _to_nobody(*_: Any, **__: Any) -> None:
    pass


def _user(number: int) -> dict[str, Any]:
    return {
        "id": str(_GUILD + 10_000 + number),
        "username": f"member_{number}",
        "global_name": f"Member {number}",
        "discriminator": "0",
        "avatar": f"{number:032x}",
        "avatar_decoration_data": None,
        "banner": None,
        "clan": None,
        "collectibles": None,
        "display_name_styles": None,
        "primary_guild": None,
        "public_flags": 0,
    }


def _member(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": user,
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(_GUILD + 1)],
        "joined_at": _AT,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def _message(number: int, text: str, author: int, room: int) -> dict[str, Any]:
    return {
        "id": str(_GUILD + 1_000_000 + number),
        "channel_id": str(_GUILD + 100 + room),
        "channel_type": 0,
        "type": 0,
        "author": _user(author),
        "content": text,
        "timestamp": _AT,
        "edited_timestamp": None,
        "attachments": [],
        "components": [],
        "embeds": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "flags": 0,
        "nonce": str(_GUILD + 2_000_000 + number),
        "pinned": False,
        "tts": False,
    }


def _guild() -> dict[str, Any]:
    roles = [
        {
            "id": str(_GUILD + offset),
            "name": name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "managed": False,
            "mentionable": False,
            "permissions": "104324673",
            "position": offset,
            "flags": 0,
        }
        for offset, name in enumerate(("@everyone", "member"))
    ]
    channels: list[dict[str, Any]] = [
        {
            "id": str(_GUILD + 100 + room),
            "type": 0,
            "name": f"room-{room}",
            "topic": None,
            "nsfw": False,
            "position": room,
            "parent_id": None,
            "permission_overwrites": [],
            "rate_limit_per_user": 0,
            "last_message_id": None,
            "flags": 0,
        }
        for room in range(ROOMS)
    ]
    return {
        "id": str(_GUILD),
        "name": "A group",
        "owner_id": str(_GUILD + 10_000),
        "member_count": MEMBERS,
        "large": False,
        "unavailable": False,
        "roles": roles,
        "channels": channels,
        "threads": [],
        "members": [_member(_user(number)) for number in range(MEMBERS)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "icon": None,
        "splash": None,
        "banner": None,
        "description": None,
        "verification_level": 2,
        "default_message_notifications": 1,
        "explicit_content_filter": 2,
        "mfa_level": 1,
        "nsfw_level": 0,
        "preferred_locale": "en-US",
        "premium_tier": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
    }
