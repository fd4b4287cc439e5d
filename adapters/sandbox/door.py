"""Door: a world's own API, for a bot in another process and for tests that direct it.

The world then outlives the bot: what was posted stays posted, a repeated key posts nothing, and
a test counts what really happened after the bot was killed. Loopback and a key, like the page.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from adapters.sandbox.link import OPERATIONS
from adapters.sandbox.people import People
from adapters.sandbox.world import Json, Refusal, World


class Faults:
    """What goes wrong on purpose: a call hangs, dawdles or is refused, before or after its work."""

    def __init__(self) -> None:
        self._planned: list[Json] = []
        self._hanging: list[str] = []
        self._news = asyncio.Condition()

    def plan(
        self,
        operation: str,
        *,
        when: str = "before",
        seconds: float | None = None,
        code: str | None = None,
        times: int = 1,
    ) -> None:
        """Plan a fault for the next calls of an operation.

        With `code` it is refused ("later", "forbidden", "gone"), with `seconds` it takes that
        much longer, with neither it hangs until the bot is gone. `when` is "before" or "after"
        the work.
        """
        self._planned.append(
            {"operation": operation, "when": when, "seconds": seconds, "code": code, "left": times}
        )

    def clear(self) -> None:
        """Forget what is planned and was not met."""
        self._planned.clear()

    async def meet(self, operation: str, when: str) -> None:
        """Suffer what is planned for this moment."""
        for fault in self._planned:
            if fault["operation"] == operation and fault["when"] == when and fault["left"] > 0:
                fault["left"] -= 1
                if fault["code"] is not None:
                    raise Refusal(fault["code"], after=fault["seconds"] or 0.05)
                if fault["seconds"] is not None:
                    await asyncio.sleep(fault["seconds"])
                else:
                    await self._hang(operation)

    async def hanging(self, operation: str) -> None:
        """Return as soon as a call of this operation hangs."""
        async with self._news:
            await self._news.wait_for(lambda: operation in self._hanging)

    async def _hang(self, operation: str) -> None:
        self._hanging.append(operation)
        try:
            async with self._news:
                self._news.notify_all()
            await asyncio.Event().wait()
        finally:
            self._hanging.remove(operation)


class Door:
    """Serves a world to a bot (`/call`, `/events`) and to a test (the rest)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.key = secrets.token_urlsafe(24)
        self.address = ""
        self._people = People(world)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen; gives the address without the key."""
        app = web.Application(middlewares=[self._guard], client_max_size=8 * 1024 * 1024)
        app.router.add_post("/call", self._call)
        app.router.add_get("/events", self._events)
        app.router.add_post("/people", self._do)
        app.router.add_post("/fault", self._fault)
        app.router.add_post("/no-faults", self._no_faults)
        app.router.add_get("/hanging/{operation}", self._hanging)
        app.router.add_get("/state", self._state)
        # When the bot dies in the middle of a call that hangs, the call must die with it.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self.address

    async def stop(self) -> None:
        """Close the door."""
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        # A page in a browser always names its origin here and never knows the key.
        given = request.headers.get("Authorization", "")
        right = secrets.compare_digest(given.encode(), f"Bearer {self.key}".encode())
        if not right or "Origin" in request.headers:
            return web.Response(status=403)
        try:
            return await handler(request)
        except Refusal as refusal:
            return web.json_response(
                {"refused": refusal.code, "after": refusal.after, "text": refusal.sentence}
            )

    async def _call(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        operation, args = asked["operation"], asked["args"]
        if operation not in OPERATIONS:
            raise Refusal("unknown")
        await self.faults.meet(operation, "before")
        done = getattr(self.world, operation)(*args)
        await self.faults.meet(operation, "after")
        return web.json_response({"done": done})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        after = int(request.query["after"])
        live = web.WebSocketResponse(heartbeat=10)
        await live.prepare(request)
        # The bot never speaks here: reading is how its going away is noticed.
        gone = asyncio.ensure_future(live.receive())
        self.world.follow(1)
        try:
            while not gone.done():
                batch = self.world.events(after)
                for event in batch:
                    after = event["seq"]
                    await live.send_json(event)
                if not batch:
                    changed = self.world.next_change()
                    await asyncio.wait((changed, gone), return_when=asyncio.FIRST_COMPLETED)
                    changed.cancel()
        except ConnectionError:
            pass
        finally:
            gone.cancel()
            self.world.follow(-1)
        return live

    async def _do(self, request: web.Request) -> web.StreamResponse:
        asked: Json = await request.json()
        match asked["what"]:
            case "shift":
                self.world.shift(float(asked["with"]["seconds"]))
            case "start_over":
                self.world.start_over()
            case what:
                return web.json_response(self._people.do(what, asked["with"]))
        return web.json_response({"done": None})

    async def _fault(self, request: web.Request) -> web.StreamResponse:
        planned: dict[str, Any] = await request.json()
        self.faults.plan(**planned)
        return web.json_response({"done": None})

    async def _no_faults(self, _request: web.Request) -> web.StreamResponse:
        self.faults.clear()
        return web.json_response({"done": None})

    async def _hanging(self, request: web.Request) -> web.StreamResponse:
        await self.faults.hanging(request.match_info["operation"])
        return web.json_response({"done": None})

    async def _state(self, request: web.Request) -> web.StreamResponse:
        """Everything, as soon as the version is newer than the one a test knows."""
        newer = int(request.query.get("newer", "-1"))
        world = self.world
        while world.version <= newer:
            await world.changed()
        return web.json_response(
            {
                "version": world.version,
                "state": world.state,
                "effects": dict(world.effects),
                "requests": dict(world.requests),
                "followers": world.followers,
            }
        )
