"""Transport: requests to a homeserver, with what goes wrong in the core's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode

import aiohttp
import orjson
from yarl import URL

from bot.errors import Forbidden, Gone, PlatformError, StartError, TryLater

Json = dict[str, Any]

PATIENCE: Final = timedelta(seconds=5)
"""How long to wait where a homeserver that is away or overloaded names no time itself."""

_WITHIN: Final = 60.0
_LONGEST_WAIT: Final = timedelta(hours=1)
_TOKEN_REFUSED: Final = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"})


class RefusedByServer(PlatformError):
    """The homeserver refused for a reason that no other error names. `code` is its `errcode`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(self.why)
        self.status = status
        self.code = code


class Away(TryLater):
    """The homeserver gave no answer that can be used, and so named no time either."""

    def __init__(self) -> None:
        super().__init__(PATIENCE)


class Transport:
    """One account at one homeserver. `path` is below `/_matrix/client`, already quoted."""

    def __init__(self, homeserver: str, token: str | None = None) -> None:
        self._base = homeserver.rstrip("/")
        self.token = token
        self._session: aiohttp.ClientSession | None = None
        self.server_time: datetime | None = None
        """The `Date` of the last answer."""

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        within: float = _WITHIN,
    ) -> Json:
        """Ask, and get the answer's JSON.

        Raises `TryLater` (429 with the time it asks for, 5xx, no answer `within`
        seconds), `Forbidden` (403), `Gone` (404), `StartError` (the token is not known any
        more), and `RefusedByServer` for the rest.
        """
        status, answer, headers = await self.ask(method, path, body, query=query, within=within)
        if status < 300:
            return answer
        raise translated(status, answer, headers)

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        within: float = _WITHIN,
    ) -> tuple[int, Json, Mapping[str, str]]:
        """Ask, and get status, JSON and headers, whatever they are.

        Raises `TryLater` where no answer came.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession()
        url = self._base + (path if path.startswith("/_") else "/_matrix/client" + path)
        if query:
            url += "?" + urlencode(query)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None
        if body is not None or method != "GET":
            headers["Content-Type"] = "application/json"
            data = orjson.dumps(body or {})
        try:
            async with self._session.request(
                method,
                # Quoted here; yarl would unquote a slash in a room's name.
                URL(url, encoded=True),
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=within),
                allow_redirects=False,
            ) as response:
                raw = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            # Without the cause: it may quote the address asked for.
            raise Away from None
        self._note_time(response.headers)
        answer = _object(raw)
        if answer is None and response.status < 300:
            # Not the homeserver but something in front of it.
            raise Away
        return response.status, answer or {}, response.headers

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _note_time(self, headers: Mapping[str, str]) -> None:
        if date := headers.get("Date"):
            try:
                self.server_time = parsedate_to_datetime(date).astimezone(UTC)
            except ValueError:
                self.server_time = None


def path(*parts: str) -> str:
    """A path of the client API, version 3, from unquoted parts: `path("rooms", room, "state")`."""
    return "/v3/" + "/".join(quote(part, safe="") for part in parts)


def transaction(key: str) -> str:
    """A transaction id from a caller's key: the same key, the same id, and no word of the key."""
    return sha256(key.encode()).hexdigest()[:40]


def translated(status: int, answer: Json, headers: Mapping[str, str]) -> Exception:
    """The error that an answer stands for."""
    code = str(answer.get("errcode", ""))
    if code in _TOKEN_REFUSED:
        return StartError(
            "the homeserver does not accept the bot's token any more: somebody signed the bot "
            "out, or its account was closed. Run `circlekeeper setup matrix` to sign in again."
        )
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return TryLater(_asked_to_wait(answer, headers))
    if status >= 500 or status == 408:
        return Away()
    if status == 403:
        return Forbidden()
    if status == 404:
        return Gone()
    return RefusedByServer(status, code)


def _asked_to_wait(answer: Json, headers: Mapping[str, str]) -> timedelta:
    asked: Any = answer.get("retry_after_ms")
    seconds = asked / 1000 if isinstance(asked, int | float) else None
    if seconds is None and headers.get("Retry-After", "").isdecimal():
        seconds = float(headers["Retry-After"])
    if seconds is None:
        return PATIENCE
    return min(max(timedelta(seconds=seconds), timedelta(milliseconds=50)), _LONGEST_WAIT)


def _object(raw: bytes) -> Json | None:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else {"items": found}
