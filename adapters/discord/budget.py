"""Budget: how many requests a second the bot makes, and who goes first.

Discord allows a token 50 requests a second over all routes, answers to interactions apart. What
can wait (removing messages) leaves a share of them free, so that the gate and whoever presses a
button never queue behind it. discord.py itself keeps to the limits of single routes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, Final

import aiohttp

_ALL: Final = (40.0, 10.0)
"""Requests a second, and at once: together no second has more than Discord's 50.
https://docs.discord.com/developers/topics/rate-limits#global-rate-limit"""
_PATIENT: Final = (30.0, 5.0)
"""Of these, what patient work may have."""
_FREE: Final = ("/interactions/", "/webhooks/")
"""Answers to interactions count against no global limit."""

_patient: ContextVar[bool] = ContextVar("patient", default=False)


@contextmanager
def patiently() -> Iterator[None]:
    """What is requested meanwhile leaves a share of the budget to all else."""
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


class _Bucket:
    """Fills at `rate` a second up to `most`."""

    def __init__(self, rate: float, most: float) -> None:
        self._rate = rate
        self._most = self._left = most
        self._counted = monotonic()

    async def take(self) -> None:
        now = monotonic()
        self._left = min(self._most, self._left + (now - self._counted) * self._rate)
        self._counted = now
        # Below nothing: who comes next waits behind this one.
        self._left -= 1
        if self._left < 0:
            await asyncio.sleep(-self._left / self._rate)


class Budget:
    """One bucket for all requests of a token, and what every answer tells besides."""

    def __init__(self, on_refused: Callable[[], None]) -> None:
        self._on_refused = on_refused
        self._all = _Bucket(*_ALL)
        self._patient = _Bucket(*_PATIENT)
        self._time: datetime | None = None
        self._time_at = 0.0

    @property
    def server_time(self) -> datetime | None:
        """Discord's time now, by the last answer's `Date`; None before the first."""
        if self._time is None:
            return None
        return self._time + timedelta(seconds=monotonic() - self._time_at)

    def trace(self) -> aiohttp.TraceConfig:
        """What discord.py has aiohttp call around each request."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._before)
        trace.on_request_end.append(self._after)
        return trace

    async def _before(
        self, _session: object, _context: object, params: aiohttp.TraceRequestStartParams
    ) -> None:
        if not _is_free(params.url.path):
            await self.take()

    async def take(self) -> None:
        """Wait until a request may go."""
        if _patient.get():
            await self._patient.take()
        await self._all.take()

    async def _after(
        self, _session: object, _context: object, params: aiohttp.TraceRequestEndParams
    ) -> None:
        told = params.response.headers.get("Date")
        if told is not None:
            self._time, self._time_at = _moment(told), monotonic()
        if params.response.status == 401 and not _is_free(params.url.path):
            self._on_refused()


def _is_free(path: str) -> bool:
    return any(part in path for part in _FREE)


def _moment(told: str) -> datetime | None:
    try:
        found: Any = parsedate_to_datetime(told)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
