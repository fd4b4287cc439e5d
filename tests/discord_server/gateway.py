"""The gateway: sessions, intents, resume and close codes.

https://discord.com/developers/docs/events/gateway
"""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any, Final

from aiohttp import WSMsgType, web

from tests.discord_server import payloads, permissions
from tests.discord_server.state import Channel, Guild, Json, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, INVALID_INTENTS, DISALLOWED_INTENTS = 4005, 4013, 4014

MEMBERS_IN_CHUNK: Final = 1000
MEMBERS_ASKED_BY_ID: Final = 100


class Intent(IntFlag):
    """https://discord.com/developers/docs/events/gateway#list-of-intents"""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_WEBHOOKS = 1 << 5
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


KNOWN_INTENTS: Final = (
    sum(1 << bit for bit in range(17))
    | 1 << 20  # auto moderation, configuration
    | 1 << 21  # auto moderation, execution
    | 1 << 24  # polls in guilds
    | 1 << 25  # polls in direct messages
)

# What is told only with an intent.
NEEDED: Final = {
    "GUILD_ROLE_CREATE": Intent.GUILDS,
    "GUILD_ROLE_UPDATE": Intent.GUILDS,
    "GUILD_ROLE_DELETE": Intent.GUILDS,
    "GUILD_CREATE": Intent.GUILDS,
    "GUILD_DELETE": Intent.GUILDS,
    "CHANNEL_CREATE": Intent.GUILDS,
    "CHANNEL_UPDATE": Intent.GUILDS,
    "CHANNEL_DELETE": Intent.GUILDS,
    "CHANNEL_PINS_UPDATE": Intent.GUILDS,
    "THREAD_CREATE": Intent.GUILDS,
    "THREAD_UPDATE": Intent.GUILDS,
    "THREAD_DELETE": Intent.GUILDS,
    "GUILD_MEMBER_ADD": Intent.GUILD_MEMBERS,
    "GUILD_MEMBER_UPDATE": Intent.GUILD_MEMBERS,
    "GUILD_MEMBER_REMOVE": Intent.GUILD_MEMBERS,
    "THREAD_MEMBERS_UPDATE": Intent.GUILD_MEMBERS,
    "GUILD_BAN_ADD": Intent.GUILD_MODERATION,
    "GUILD_BAN_REMOVE": Intent.GUILD_MODERATION,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": Intent.GUILD_MODERATION,
    "WEBHOOKS_UPDATE": Intent.GUILD_WEBHOOKS,
    "MESSAGE_CREATE": Intent.GUILD_MESSAGES,
    "MESSAGE_UPDATE": Intent.GUILD_MESSAGES,
    "MESSAGE_DELETE": Intent.GUILD_MESSAGES,
    "MESSAGE_DELETE_BULK": Intent.GUILD_MESSAGES,
}

# Everything that the stand-in can tell; the last four need no intent.
EVENTS: Final = {*NEEDED, "READY", "RESUMED", "INTERACTION_CREATE", "GUILD_MEMBERS_CHUNK"}


@dataclass(slots=True, eq=False)
class Session:
    """A session, which outlives its connections. `sent`: every event, for resuming."""

    id: str
    intents: Intent
    sequence: int = 0
    sent: list[tuple[int, Json]] = field(default_factory=list)
    line: asyncio.Queue[Json | int] | None = None


class Gateway:
    """All sessions of the bot, and what was sent to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self.received: list[Json] = []
        self.told: list[Json] = []
        self.url = ""
        self.losing: Callable[[str, Json], bool] = lambda event, data: False
        self.answers_heartbeats = True
        self.heartbeat_ms = 41_250

    @property
    def connected(self) -> bool:
        """Whether the bot is on the line now."""
        return any(each.line is not None for each in self.sessions.values())

    # Telling

    def tell(
        self,
        event: str,
        data: Json,
        *,
        channel: Channel | None = None,
        guild: Guild | None = None,
    ) -> None:
        """Send an event to every session that has the intent and sees the channel."""
        bot = self.world.application.bot.id
        if guild is not None and bot not in guild.members and event != "GUILD_DELETE":
            return
        for session in self.sessions.values():
            if not self._may_have(session, event, data, channel, guild):
                continue
            self.dispatch(session, event, self._for(session, event, data, guild))

    def _may_have(
        self, session: Session, event: str, data: Json, channel: Channel | None, guild: Guild | None
    ) -> bool:
        bot = self.world.application.bot.id
        needed = NEEDED.get(event)
        if needed is Intent.GUILD_MESSAGES and guild is None:
            needed = Intent.DIRECT_MESSAGES
        # https://discord.com/developers/docs/events/gateway-events#guild-member-update
        own = event == "GUILD_MEMBER_UPDATE" and data["user"]["id"] == str(bot)
        if needed is not None and needed not in session.intents and not own:
            return False
        reading = event.startswith("MESSAGE_") or event.startswith("THREAD_")
        if channel is None or not reading:
            return True
        return permissions.sees(guild, bot, channel, self.world.clock.now())

    def _for(self, session: Session, event: str, data: Json, guild: Guild | None) -> Json:
        if event not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return data
        if Intent.MESSAGE_CONTENT in session.intents or self.reads_anyway(data, guild is None):
            return data
        return payloads.without_content(data)

    def reads_anyway(self, message: Json, direct: bool) -> bool:
        """What comes with its text even without the intent: own, direct, and mentions of the bot.

        https://discord.com/developers/docs/events/gateway#message-content-intent
        """
        bot = str(self.world.application.bot.id)
        mentioned = any(each["id"] == bot for each in message["mentions"])
        return direct or mentioned or bool(message["author"]["id"] == bot)

    def dispatch(self, session: Session, event: str, data: Json) -> None:
        """Send an event to one session, now or when it resumes."""
        assert event in EVENTS
        if self.losing(event, data):
            return
        session.sequence += 1
        frame = {"op": DISPATCH, "t": event, "s": session.sequence, "d": data}
        session.sent.append((session.sequence, frame))
        self.told.append(frame)
        if session.line is not None:
            session.line.put_nowait(frame)

    # Faults

    def drop(self, code: int = 4000) -> None:
        """Close every connection. Sessions stay, and can be resumed."""
        for session in self.sessions.values():
            if session.line is not None:
                session.line.put_nowait(code)
                session.line = None

    def ask_to_reconnect(self) -> None:
        """Send opcode 7 to everybody."""
        self._to_all({"op": RECONNECT, "d": None})

    def invalidate(self) -> None:
        """End every session; what happens until the next identify is lost."""
        self._to_all({"op": INVALID_SESSION, "d": False})
        self.sessions.clear()

    def forget_sessions(self) -> None:
        """The connection is cut and a resume will be refused."""
        self.drop()
        self.sessions.clear()

    def _to_all(self, frame: Json) -> None:
        for session in self.sessions.values():
            if session.line is not None:
                session.line.put_nowait(frame)

    # The connection

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to its end."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await _Connection(self, socket, request.query.get("compress") == "zlib-stream").run()
        return socket


class _Connection:
    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse, compressed: bool) -> None:
        self.gateway = gateway
        self.socket = socket
        self.session: Session | None = None
        self.line: asyncio.Queue[Json | int] = asyncio.Queue()
        self._zlib = zlib.compressobj() if compressed else None

    async def run(self) -> None:
        self._queue({"op": HELLO, "d": {"heartbeat_interval": self.gateway.heartbeat_ms}})
        sending = asyncio.create_task(self._send_all())
        try:
            async for frame in self.socket:
                if frame.type is not WSMsgType.TEXT:
                    continue
                code = self._receive(frame.data)
                if code is not None:
                    self.line.put_nowait(code)
                    await sending
                    break
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            self._hang_up()

    def _hang_up(self) -> None:
        if self.session is None or self.session.line is not self.line:
            return
        self.session.line = None
        # https://discord.com/developers/docs/events/gateway#initiating-a-disconnect
        if self.socket.close_code in (1000, 1001):
            self.gateway.sessions.pop(self.session.id, None)

    async def _send_all(self) -> None:
        while True:
            frame = await self.line.get()
            if isinstance(frame, int):
                await self.socket.close(code=frame)
                return
            text = json.dumps(frame)
            try:
                if self._zlib is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._zlib.compress(text.encode())
                    await self.socket.send_bytes(packed + self._zlib.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                # The bot is gone; the session keeps the frame until it resumes.
                return

    def _queue(self, frame: Json) -> None:
        self.line.put_nowait(frame)

    def _receive(self, text: str) -> int | None:
        """Answer a frame. Returns the close code where it is wrong."""
        try:
            frame: Json = json.loads(text)
            op: int = frame["op"]
            data: Any = frame.get("d")
        except (ValueError, TypeError, KeyError):
            return DECODE_ERROR
        self.gateway.received.append(frame)
        if op == HEARTBEAT:
            if self.gateway.answers_heartbeats:
                self._queue({"op": HEARTBEAT_ACK})
            return None
        if op == IDENTIFY:
            return self._identify(data)
        if op == RESUME:
            return self._resume(data)
        if self.session is None:
            return NOT_AUTHENTICATED
        if op == REQUEST_MEMBERS:
            self._members(self.session, data)
            return None
        return None if op == PRESENCE else UNKNOWN_OPCODE

    def _identify(self, data: Json) -> int | None:
        gateway, application = self.gateway, self.gateway.world.application
        if self.session is not None:
            return ALREADY_AUTHENTICATED
        if data["token"] != application.token:
            return AUTHENTICATION_FAILED
        if data["intents"] & ~KNOWN_INTENTS:
            return INVALID_INTENTS
        intents = Intent(data["intents"])
        if (
            (Intent.GUILD_MEMBERS in intents and not application.members_intent)
            or (Intent.MESSAGE_CONTENT in intents and not application.content_intent)
            or Intent.GUILD_PRESENCES in intents
        ):
            return DISALLOWED_INTENTS
        gateway.identified += 1
        self.session = Session(secrets.token_hex(16), intents, line=self.line)
        gateway.sessions[self.session.id] = self.session
        shard, shards = data.get("shard", [0, 1])
        guilds = [
            each
            for each in gateway.world.guilds.values()
            if application.bot.id in each.members and (each.id >> 22) % shards == shard
        ]
        flags = payloads.application_flags(application)
        ready: Json = {
            "v": 10,
            "user": payloads.current_user(application.bot),
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
            "session_id": self.session.id,
            "resume_gateway_url": gateway.url,
            "application": {"id": str(application.id), "flags": flags, "flags_new": str(flags)},
        }
        gateway.dispatch(
            self.session, "READY", ready | ({"shard": data["shard"]} if "shard" in data else {})
        )
        for guild in guilds:
            if Intent.GUILDS in intents:
                created = payloads.guild_create(gateway.world, guild)
                gateway.dispatch(self.session, "GUILD_CREATE", created)
        return None

    def _resume(self, data: Json) -> int | None:
        if self.session is not None:
            return ALREADY_AUTHENTICATED
        if data["token"] != self.gateway.world.application.token:
            return AUTHENTICATION_FAILED
        session = self.gateway.sessions.get(data["session_id"])
        if session is None or data["seq"] > session.sequence:
            self._queue({"op": INVALID_SESSION, "d": False})
            return None
        self.session = session
        for sequence, frame in session.sent:
            if sequence > data["seq"]:
                self._queue(frame)
        session.line = self.line
        self.gateway.resumed += 1
        self.gateway.dispatch(session, "RESUMED", {"_trace": []})
        return None

    def _members(self, session: Session, data: Json) -> None:
        """https://discord.com/developers/docs/events/gateway-events#request-guild-members"""
        world = self.gateway.world
        guild = world.guilds[int(data["guild_id"])]
        asked, missing = data.get("user_ids"), []
        if asked is not None:
            accounts = [int(each) for each in ([asked] if isinstance(asked, str | int) else asked)]
            accounts = accounts[:MEMBERS_ASKED_BY_ID]
            found = [guild.members[each] for each in accounts if each in guild.members]
            missing = [str(each) for each in accounts if each not in guild.members]
        else:
            query, limit = data.get("query", ""), data["limit"]
            if not query and limit == 0 and Intent.GUILD_MEMBERS not in session.intents:
                return
            found = [each for each in guild.members.values() if each.user.name.startswith(query)]
            found = found[: limit or None]
        parts = [
            found[first : first + MEMBERS_IN_CHUNK]
            for first in range(0, max(len(found), 1), MEMBERS_IN_CHUNK)
        ]
        for index, part in enumerate(parts):
            chunk: Json = {
                "guild_id": str(guild.id),
                "members": [payloads.member(each) for each in part],
                "chunk_index": index,
                "chunk_count": len(parts),
                "not_found": missing,
            }
            if "nonce" in data:
                chunk["nonce"] = data["nonce"]
            self.gateway.dispatch(session, "GUILD_MEMBERS_CHUNK", chunk)
