"""A proxy in front of the homeserver, on which a test makes the network and the server fail.

    async with FaultProxy(homeserver.url) as proxy:
        with proxy.answers(503, on="/sync", times=3) as fault:
            ...
            await fault.happens(3)

What no fault applies to is handed on unchanged. The most recent fault that matches wins.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

HOP_BY_HOP: Final = {
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}

Answer = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


class Fault:
    """What goes wrong, where, and how often it did."""

    def __init__(self, on: str, method: str | None, times: int | None, answer: Answer) -> None:
        self.met = 0
        """How many requests ran into it."""
        self.answer = answer
        self._on = re.compile(on)
        self._method = method
        self._times = times
        self._news = asyncio.Condition()

    def applies(self, request: web.Request) -> bool:
        """Whether this request runs into it."""
        return (
            (self._times is None or self.met < self._times)
            and self._method in {None, request.method}
            and self._on.search(request.path_qs) is not None
        )

    async def note(self) -> None:
        """Count a request."""
        self.met += 1
        async with self._news:
            self._news.notify_all()

    async def happens(self, times: int = 1, within: float = 60.0) -> None:
        """Wait until so many requests ran into it."""
        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: self.met >= times)
        except TimeoutError as error:
            raise AssertionError(
                f"{self.met} requests for {self._on.pattern!r} after {within:g} s, not {times}"
            ) from error


class FaultProxy:
    """Hands every request on to the homeserver, unless a test made a fault for it."""

    def __init__(self, target: str) -> None:
        self.requests: list[tuple[str, str]] = []
        """Method and path with query of every request, in their order."""
        self._target = target
        self._faults: list[Fault] = []
        self._over = asyncio.Event()
        self._session: ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where clients reach the homeserver through this proxy."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        timeout = ClientTimeout(total=None)
        self._session = ClientSession(
            timeout=timeout, connector=TCPConnector(limit=0), auto_decompress=False
        )
        app = web.Application(client_max_size=100_000_000)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        assert self._runner is not None
        assert self._session is not None
        await self._runner.cleanup()
        await self._session.close()

    @contextmanager
    def answers(
        self,
        status: int,
        *,
        on: str = "",
        method: str | None = None,
        times: int | None = None,
        body: dict[str, Any] | str | None = None,
    ) -> Iterator[Fault]:
        """Answer with this status, without asking the homeserver.

        `on` is searched in path and query, as a regular expression. Without a `body`: what a
        reverse proxy says in front of a homeserver that is down, which is no JSON.
        """

        async def answer(_request: web.Request, _content: bytes) -> web.StreamResponse:
            if isinstance(body, dict):
                return web.json_response(body, status=status)
            return web.Response(status=status, text=body or "<html>Bad gateway</html>")

        with self._fault(Fault(on, method, times, answer)) as fault:
            yield fault

    @contextmanager
    def limits(
        self,
        *,
        on: str = "",
        method: str | None = None,
        times: int | None = None,
        retry_after_ms: int = 200,
    ) -> Iterator[Fault]:
        """Answer 429, with how long to wait in milliseconds."""
        body = {
            "errcode": "M_LIMIT_EXCEEDED",
            "error": "Too Many Requests",
            "retry_after_ms": retry_after_ms,
        }
        with self.answers(429, on=on, method=method, times=times, body=body) as fault:
            yield fault

    @contextmanager
    def hangs(
        self, *, on: str = "", method: str | None = None, times: int | None = None
    ) -> Iterator[Fault]:
        """Never answer, until the end of the block; then the connection is cut."""
        over = asyncio.Event()

        async def answer(request: web.Request, _content: bytes) -> web.StreamResponse:
            await asyncio.wait(
                [asyncio.ensure_future(over.wait()), asyncio.ensure_future(self._over.wait())],
                return_when=asyncio.FIRST_COMPLETED,
            )
            return _cut(request)

        try:
            with self._fault(Fault(on, method, times, answer)) as fault:
                yield fault
        finally:
            over.set()

    @contextmanager
    def drops(
        self,
        *,
        on: str = "",
        method: str | None = None,
        times: int | None = None,
        after: bool = False,
    ) -> Iterator[Fault]:
        """Cut the connection: before the homeserver hears of it, or `after` it did what was asked.

        The second is the fault after which a client cannot know.
        """

        async def answer(request: web.Request, content: bytes) -> web.StreamResponse:
            if after:
                await self._hand_on(request, content)
            return _cut(request)

        with self._fault(Fault(on, method, times, answer)) as fault:
            yield fault

    @contextmanager
    def _fault(self, fault: Fault) -> Iterator[Fault]:
        self._faults.insert(0, fault)
        try:
            yield fault
        finally:
            self._faults.remove(fault)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.path_qs))
        content = await request.read()
        for fault in self._faults:
            if fault.applies(request):
                await fault.note()
                return await fault.answer(request, content)
        return await self._hand_on(request, content)

    async def _hand_on(self, request: web.Request, content: bytes) -> web.StreamResponse:
        assert self._session is not None
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP]
        try:
            async with self._session.request(
                request.method,
                self._target + request.raw_path,
                headers=headers,
                data=content,
                allow_redirects=False,
            ) as answer:
                kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP]
                given = web.Response(status=answer.status, body=await answer.read())
        except ClientError:
            return _cut(request)
        given.headers.clear()
        for name, value in kept:
            given.headers.add(name, value)
        return given


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
