"""A stand-in for Discord: a real HTTP and WebSocket server on loopback.

The real discord.py logs in to it; nothing of it is replaced but the two addresses.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from typing import Any, Self

import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord_server import guilds, routes_guilds, routes_interactions, routes_messages
from tests.discord_server.call import Call, Created, Exchange, Handler
from tests.discord_server.commands import Commands
from tests.discord_server.errors import Refused
from tests.discord_server.faults import Faults
from tests.discord_server.gateway import Gateway
from tests.discord_server.human import Human
from tests.discord_server.interactions import Interactions
from tests.discord_server.limits import Limits
from tests.discord_server.permissions import EVERYONE, Permission
from tests.discord_server.state import Guild, World

BASE = "/api/v10"
# Proved by a token in the path instead of the bot's.
WITHOUT_LOGIN = ("/interactions/", "/webhooks/{webhook_id}/{webhook_token}")


class DiscordServer:
    """The stand-in. `async with DiscordServer() as discord: ...`

    `exchanges`: every request with its answer. `gateway.told`: every event.
    """

    def __init__(self) -> None:
        self.world = World()
        self.gateway = Gateway(self.world)
        self.interactions = Interactions(self.gateway)
        self.commands = Commands(self.world)
        self.limits = Limits()
        self.faults = Faults()
        self.exchanges: list[Exchange] = []
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/gateway/", self.gateway.handle)
        for method, template, handler in (
            *routes_guilds.ROUTES,
            *routes_messages.ROUTES,
            *routes_interactions.ROUTES,
        ):
            app.router.add_route(method, BASE + template, self._serving(template, handler))
        app.router.add_route("*", "/{rest:.*}", self._unknown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0]
        self.url = f"http://{host}:{port}{BASE}"
        self.gateway.url = f"ws://{host}:{port}/gateway/"
        return self

    async def __aexit__(self, *failed: object) -> None:
        self.gateway.drop(1001)
        assert self._runner is not None
        await self._runner.cleanup()

    @contextmanager
    def addressed(self) -> Iterator[None]:
        """discord.py talks to this server meanwhile."""
        was = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        Route.BASE = self.url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.gateway.url)
        try:
            yield
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = was

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.application.token

    # The host and the people

    def guild(self, name: str = "Wednesday circle", rights: int | None = None) -> Guild:
        """A server with the bot in it. `rights`: what its role allows; by default not much."""
        guild = guilds.new_guild(self.gateway, name, self.world.application.owner)
        allowed = Permission(rights) if rights is not None else EVERYONE
        guilds.install(self.gateway, guild, allowed)
        return guild

    def host(self, guild: Guild) -> Human:
        """Who owns a guild."""
        return Human(self.gateway, self.interactions, self.world.users[guild.owner_id], guild)

    def human(self, name: str, guild: Guild) -> Human:
        """Somebody new, who is not in the guild yet."""
        return Human(self.gateway, self.interactions, self.world.new_user(name), guild)

    # Requests

    async def _unknown(self, request: web.Request) -> web.Response:
        body = {"message": "404: Not Found", "code": 0}
        path = request.path.removeprefix(BASE)
        self.exchanges.append(
            Exchange(request.method, "", path, dict(request.query), None, 404, body, {})
        )
        return _answer(404, body, {})

    def _serving(self, template: str, handler: Handler) -> Any:
        async def serve(request: web.Request) -> web.Response:
            return await self._serve(request, template, handler)

        return serve

    async def _serve(self, request: web.Request, template: str, handler: Handler) -> web.Response:
        ids = dict(request.match_info)
        text, files = await _read(request)
        fault = self.faults.of(request.method, template, ids)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        exempt = template.startswith(WITHOUT_LOGIN)
        major = "/".join(
            ids[each]
            for each in ("channel_id", "guild_id", "webhook_id", "webhook_token")
            if each in ids
        )
        limited, headers = self.limits.take(request.method, template, major, exempt=exempt)
        body: Any = None
        if limited is not None:
            status, told = 429, limited.body() if limited.via else "error code: 1015"
        elif fault is not None and fault.status is not None:
            status, told = fault.status, fault.body() if fault.via else "error code: 1015"
            if not fault.via:
                headers.pop("Via")
        else:
            body, status, told = await self._handled(request, template, handler, ids, text, files)
        self.limits.count_answer(status)
        self.exchanges.append(
            Exchange(
                request.method,
                template,
                request.path.removeprefix(BASE),
                dict(request.query),
                body if body is not None else _json(text),
                status,
                told,
                headers,
                planted=(fault is not None and fault.status is not None) or isinstance(told, str),
            )
        )
        if fault is not None and fault.lost and request.transport is not None:
            request.transport.abort()
        headers = headers | {"Date": format_datetime(self.world.clock.now(), usegmt=True)}
        return _answer(status, told, headers)

    async def _handled(
        self,
        request: web.Request,
        template: str,
        handler: Handler,
        ids: dict[str, str],
        text: str,
        files: dict[int, bytes],
    ) -> tuple[Any, int, Any]:
        body = _json(text)
        try:
            login = request.headers.get("Authorization")
            if login != f"Bot {self.token}" and not template.startswith(WITHOUT_LOGIN):
                raise Refused(0)
            if text and body is None:
                raise Refused(50109)
            told = await handler(
                Call(
                    self.gateway,
                    self.interactions,
                    self.commands,
                    ids,
                    dict(request.query),
                    body,
                    dict(request.headers),
                    files,
                )
            )
        except Refused as refused:
            return body, refused.status, refused.body()
        if isinstance(told, Created):
            return body, 201, told.body
        return body, 204 if told is None else 200, told


async def _read(request: web.Request) -> tuple[str, dict[int, bytes]]:
    """The JSON of a request, and the files that came with it, by their number.

    https://docs.discord.com/developers/reference#uploading-files
    """
    if request.content_type != "multipart/form-data":
        return await request.text(), {}
    text, files = "", {}
    form = await request.post()
    for name, value in form.items():
        if isinstance(value, web.FileField):
            files[int(name.removeprefix("files[").removesuffix("]"))] = value.file.read()
        elif name == "payload_json":
            text = str(value)
    return text, files


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _answer(status: int, told: Any, headers: dict[str, str]) -> web.Response:
    if told is None:
        return web.Response(status=status, headers=headers)
    if isinstance(told, str):
        return web.Response(status=status, text=told, headers=headers)
    # Exactly this type: discord.py takes anything else for text, a charset included.
    return web.Response(
        status=status,
        body=json.dumps(told).encode(),
        headers=headers | {"Content-Type": "application/json"},
    )
