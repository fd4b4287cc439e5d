"""The page's server: this machine only, behind a secret in the address."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web

from adapters.sandbox.people import People
from adapters.sandbox.view import snapshot
from adapters.sandbox.world import Json, Refusal, World
from bot.errors import StartError

PORT: Final = 8765
_PORTS_TRIED: Final = 50
_PAGE: Final = Path(__file__).parent / "page"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_PAUSE: Final = 0.03
"""Seconds in which changes are gathered before the page hears of them."""

_STRANGER: Final = (
    "This is the Circlekeeper sandbox. To come in, open the whole address that the bot printed "
    "when it started, with the part after the question mark."
)


class Page:
    """Serves the sandbox's page for one world."""

    def __init__(
        self,
        world: World,
        *,
        folder: Path | None = None,
        port: int = PORT,
        start_over: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`folder` keeps the address for a second start. `start_over` is awaited in place of
        `world.start_over` and has to call it, between stopping and starting the core."""
        self.world = world
        self.wanted = port
        """The port that was asked for; `port` is the one that was free."""
        self.port = port
        self._people = People(world)
        self._start_over = start_over
        self._file = folder / _FILE if folder else None
        self._cookie_file = folder / _COOKIE_FILE if folder else None
        self._secret = secrets.token_urlsafe(24)
        self._cookie = secrets.token_urlsafe(24)
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None
        self._telling = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        """Where the page is, with the secret. Whoever has it is in."""
        return f"http://127.0.0.1:{self.port}/?key={self._secret}"

    async def start(self) -> str:
        """Listen, on the next free port where the wanted one is taken. Gives the address."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._index)
        app.router.add_get("/alive", self._alive)
        app.router.add_get("/live", self._live)
        app.router.add_get("/page/{name}", self._asset)
        app.router.add_get("/file/{room}/{message}/{number}", self._download)
        if self._cookie_file is not None:
            self._cookie = _lasting(self._cookie_file, self._cookie)
        # No access log: it would hold the secret.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        listener = _listen(self.wanted)
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener).start()
        self._tasks = [asyncio.create_task(self._push()), asyncio.create_task(self._tick())]
        if self._file is not None:
            _write_privately(self._file, {"address": self.address})
        return self.address

    async def stop(self) -> None:
        """Close the page and everything open on it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._file is not None and self._runner is not None:
            self._file.unlink(missing_ok=True)
        for live in list(self._sockets):
            await live.close(code=aiohttp.WSCloseCode.GOING_AWAY)
        if self._runner is not None:
            await self._runner.cleanup()

    # -- who may come in ---------------------------------------------------------------------

    @web.middleware
    async def _guard(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        origin = request.headers.get("Origin")
        # A page elsewhere could name this machine in its own address (DNS rebinding): the Host
        # shows it. It could also open a WebSocket with the cookie: the Origin shows it.
        if request.headers.get("Host") not in hosts:
            return web.Response(status=421, text="This is not the address of this page.\n")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            return web.Response(status=403, text="Another page asked for this. It was refused.\n")
        if not self._knows(request):
            response: web.StreamResponse = web.Response(status=403, text=_STRANGER + "\n")
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = web.Response(status=error.status, text=f"{error.reason}\n")
        if not response.prepared:
            response.headers.update(self._headers())
        return response

    def _knows(self, request: web.Request) -> bool:
        cookie = request.cookies.get(self._cookie_name, "")
        key = request.query.get("key", "") if request.path in ("/", "/alive") else ""
        return secrets.compare_digest(
            cookie.encode(), self._cookie.encode()
        ) or secrets.compare_digest(key.encode(), self._secret.encode())

    @property
    def _cookie_name(self) -> str:
        # Cookies do not tell ports apart.
        return f"circlekeeper-{self.port}"

    def _headers(self) -> dict[str, str]:
        own = f"ws://127.0.0.1:{self.port} ws://localhost:{self.port}"
        return {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                f"connect-src 'self' {own}; base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }

    # -- what there is -----------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.StreamResponse:
        response = _file("index.html", "text/html")
        if "key" in request.query:
            # The page takes the secret out of the address bar; from here on the cookie counts.
            response.set_cookie(
                self._cookie_name, self._cookie, httponly=True, samesite="Strict", path="/"
            )
        return response

    async def _alive(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"circlekeeper": self.world.state["id"]})

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        kind = _TYPES.get(Path(name).suffix)
        if kind is None or not re.fullmatch(r"[a-z-]+\.[a-z]+", name):
            raise web.HTTPNotFound
        return _file(name, kind)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            message = self.world.message(request.match_info["room"], request.match_info["message"])
            file = message["files"][int(request.match_info["number"])]
        except (Refusal, ValueError, IndexError):
            raise web.HTTPNotFound from None
        name = re.sub(r"[^\w.-]+", "-", Path(file["name"]).name, flags=re.ASCII)[:80] or "file.txt"
        return web.Response(
            text=file["content"],
            content_type="text/plain",
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    # -- the live connection -----------------------------------------------------------------

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if "Origin" not in request.headers:
            raise web.HTTPForbidden
        live = web.WebSocketResponse(heartbeat=30, max_msg_size=256 * 1024)
        await live.prepare(request)
        self._sockets.add(live)
        try:
            await live.send_json({"type": "state", "state": snapshot(self.world)})
            async for message in live:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await live.send_json(await self._asked(message.data))
        except ConnectionError:
            pass  # the page was closed while something was on its way
        finally:
            self._sockets.discard(live)
        return live

    async def _asked(self, data: str) -> Json:
        number: Any = None
        try:
            asked = json.loads(data)
            number = asked.get("number")
            return {"type": "did", "number": number, **await self._do(asked)}
        except Refusal as refusal:
            said = refusal.sentence or "That did not work."
            return {"type": "refused", "number": number, "text": said}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            said = "The page asked for something misshapen."
            return {"type": "refused", "number": number, "text": said}

    async def _do(self, asked: Json) -> Json:
        what, given = asked["what"], asked["with"]
        match what:
            case "shift":
                self.world.shift(float(given["seconds"]))
            case "start_over":
                if self._start_over is not None:
                    await self._start_over()
                else:
                    self.world.start_over()
                # Before the answer: who is told that it is done sees no old circle any more.
                await self._tell()
            case _:
                return self._people.do(what, given)
        return {"done": None}

    async def _push(self) -> None:
        """Tell every open page what changed, in gulps."""
        told = self.world.version
        while True:
            if told == self.world.version:
                await self.world.changed()
            await asyncio.sleep(_PAUSE)
            told = self.world.version
            await self._tell()

    async def _tell(self) -> None:
        """Send every open page what there is now, never after something newer."""
        if not self._sockets:
            return
        async with self._telling:
            news = json.dumps({"type": "state", "state": snapshot(self.world)})
            for live in list(self._sockets):
                with suppress(ConnectionError, asyncio.TimeoutError):
                    await asyncio.wait_for(live.send_str(news), 5)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.world.tick()


_FILE: Final = "sandbox-page.json"
_COOKIE_FILE: Final = "sandbox-cookie.json"


async def running_at(folder: Path) -> str | None:
    """The address of a sandbox that runs with this folder already, asked whether it is true."""
    try:
        address = str(json.loads((folder / _FILE).read_text())["address"])
        timeout = aiohttp.ClientTimeout(total=3)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address.replace("/?key=", "/alive?key=")) as answer,
        ):
            return address if "circlekeeper" in await answer.json() else None
    except (OSError, ValueError, KeyError, TypeError, aiohttp.ClientError, TimeoutError):
        return None


def _listen(wanted: int) -> socket.socket:
    last = wanted + _PORTS_TRIED if wanted else 0
    for port in [*range(wanted, min(last, 65_535) + 1), 0]:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError as error:
            listener.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise StartError(f"The sandbox's page cannot listen: {error.strerror}.") from error
        else:
            return listener
    raise StartError("The sandbox's page found no free port on this machine.")


def _lasting(path: Path, fresh: str) -> str:
    """The secret of the last start: a page that is open comes back by itself after a restart."""
    try:
        kept = str(json.loads(path.read_text())["cookie"])
        if len(kept) >= len(fresh):
            return kept
    except (OSError, ValueError, KeyError, TypeError):
        pass
    _write_privately(path, {"cookie": fresh})
    return fresh


def _write_privately(path: Path, data: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(data, file)


def _file(name: str, kind: str) -> web.Response:
    try:
        body = (_PAGE / name).read_bytes()
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    return web.Response(body=body, content_type=kind, charset="utf-8")
