"""Discovery: from what a host types to the address at which the homeserver answers."""

from __future__ import annotations

import json
import re
import socket
import ssl
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.errors import StartError

_WITHIN: Final = aiohttp.ClientTimeout(total=20)
_LARGEST: Final = 1 << 20
_NAME: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


class _NoMatrix(Exception):
    """Something answers there, and it is no homeserver."""


async def find(given: str) -> str:
    """The address of the homeserver, without a slash at its end.

    `given` is a server's name, as after the colon of people's Matrix names, or an address with
    `https://`. Raises `StartError` that says what is wrong with it.
    """
    given = given.strip().rstrip("/")
    scheme, _, name = given.rpartition("://")
    if scheme not in ("", "http", "https") or not _NAME.fullmatch(name):
        raise StartError(
            "That is no address of a homeserver. Write its name, such as example.org, or its "
            "address, such as https://matrix.example.org"
        )
    async with aiohttp.ClientSession(timeout=_WITHIN) as session:
        if not scheme:
            told = await _told(session, name)
            if told is not None:
                return await _checked(session, told, name)
        return await _checked(session, f"{scheme or 'https'}://{name}", name)


async def _told(session: aiohttp.ClientSession, name: str) -> str | None:
    """The address that a server's name stands for, where it says so ("well-known")."""
    url = f"https://{name}/.well-known/matrix/client"
    try:
        answer = await _json(session, url)
    except _NoMatrix:
        return None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise StartError(_why(name, error)) from None
    section = answer.get("m.homeserver")
    told = section.get("base_url") if isinstance(section, dict) else None
    if not isinstance(told, str) or urlsplit(told).scheme not in ("http", "https"):
        raise StartError(
            f"{name} says where its homeserver is, and what it says makes no sense. Ask whoever "
            f"runs it to mend {url}, or write the homeserver's own address here."
        )
    return told.rstrip("/")


async def _checked(session: aiohttp.ClientSession, address: str, name: str) -> str:
    try:
        answer = await _json(session, f"{address}/_matrix/client/versions")
        if not isinstance(answer.get("versions"), list):
            raise _NoMatrix
    except _NoMatrix:
        raise StartError(
            f"{address} answers, and is no Matrix homeserver. The address of the web page where "
            "you read Matrix is another one than the homeserver's: in Element it stands under "
            "All settings, Help & About, Homeserver is."
        ) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise StartError(_why(urlsplit(address).netloc or name, error)) from None
    return address


async def _json(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url) as response:
        if response.status != 200:
            raise _NoMatrix
        try:
            found = json.loads(await response.content.read(_LARGEST))
        except ValueError:
            raise _NoMatrix from None
    if not isinstance(found, dict):
        raise _NoMatrix
    return found


def _why(name: str, error: BaseException) -> str:
    """A sentence for why nothing was heard."""
    inner = getattr(error, "os_error", None) or error.__cause__ or error
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(inner, socket.gaierror):
        return f"There is no server of the name {name}. Look for a slip in it."
    if isinstance(error, aiohttp.ClientSSLError) or isinstance(inner, ssl.SSLError):
        return (
            f"{name} answers, but not with a valid certificate, so nobody can tell who answers. "
            "If the server is yours, mend its certificate."
        )
    if isinstance(error, TimeoutError):
        return f"{name} did not answer within 20 seconds. Look whether the address is right."
    return (
        f"Nothing answers at {name}. Look whether the address is right, with the port if it has "
        "one, and whether the homeserver runs."
    )
