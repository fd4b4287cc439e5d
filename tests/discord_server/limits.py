"""Rate limits: the headers of every answer, and 429 with and without `Via`.

https://discord.com/developers/docs/topics/rate-limits
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from tests.discord_server.state import Json

INVALID_REQUESTS: Final = 10_000
INVALID_WINDOW: Final = 600.0


@dataclass(slots=True)
class Bucket:
    """So many requests in so many seconds."""

    limit: int
    seconds: float
    ends: float = 0.0
    used: int = 0

    def take(self, now: float) -> float:
        """Count a request. Returns 0, or the seconds to wait when there were too many."""
        if now >= self.ends:
            self.used, self.ends = 0, now + self.seconds
        if self.used >= self.limit:
            return self.ends - now
        self.used += 1
        return 0.0


@dataclass(slots=True)
class Limited:
    """An answer of 429. `via`: False is the proxy in front, which sends no JSON."""

    after: float
    everywhere: bool = False
    via: bool = True

    def body(self) -> Json:
        """The JSON of the answer."""
        return {
            "message": "You are being rate limited.",
            "retry_after": round(self.after, 3),
            "global": self.everywhere,
            "code": 0,
        }


@dataclass(slots=True)
class Limits:
    """The limits in force. Tests lower them; Discord's own numbers are told in headers only.

    `routes`: (limit, seconds) by method and path template; others have `other`.
    """

    routes: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    other: tuple[int, float] = (10_000, 1.0)
    # https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
    everywhere: Bucket = field(default_factory=lambda: Bucket(50, 1.0))
    enforce_global: bool = False
    _buckets: dict[tuple[str, str, str], Bucket] = field(default_factory=dict)
    _invalid: deque[float] = field(default_factory=deque)

    def take(
        self, method: str, template: str, major: str, *, exempt: bool = False
    ) -> tuple[Limited | None, dict[str, str]]:
        """Count a request. Returns the refusal, if it is one, and the headers for the answer.

        `major`: the ids that have a bucket each. `exempt`: interactions know no global limit.
        """
        now = time.monotonic()
        if self.is_blocked(now):
            return Limited(INVALID_WINDOW, everywhere=True, via=False), {}
        if self.enforce_global and not exempt and (wait := self.everywhere.take(now)):
            headers = {"Retry-After": str(round(wait, 3)), "X-RateLimit-Global": "true"}
            return Limited(wait, everywhere=True), headers | {
                "X-RateLimit-Scope": "global",
                "Via": "1.1 google",
            }
        key = (method, template, major)
        if key not in self._buckets:
            self._buckets[key] = Bucket(*self.routes.get((method, template), self.other))
        bucket = self._buckets[key]
        wait = bucket.take(now)
        headers = self._headers(bucket, f"{method} {template}", now)
        if wait:
            headers |= {"Retry-After": str(round(wait, 3)), "X-RateLimit-Scope": "user"}
            return Limited(wait), headers
        return None, headers

    def _headers(self, bucket: Bucket, name: str, now: float) -> dict[str, str]:
        left = bucket.ends - now
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
            "Via": "1.1 google",
        }

    def count_answer(self, status: int) -> None:
        """Remember an answer of 401, 403 or 429: 10,000 of them in ten minutes block the address.

        https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        if status in (401, 403, 429):
            self._invalid.append(time.monotonic())

    def is_blocked(self, now: float) -> bool:
        """Whether the address is blocked."""
        while self._invalid and self._invalid[0] < now - INVALID_WINDOW:
            self._invalid.popleft()
        return len(self._invalid) >= INVALID_REQUESTS
