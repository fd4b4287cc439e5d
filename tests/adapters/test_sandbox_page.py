"""Who gets into the sandbox's page, and what its server does with rubbish."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from adapters.sandbox.people import People
from adapters.sandbox.web import Page, running_at
from adapters.sandbox.world import World


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    served = Page(World(), folder=tmp_path, port=0)
    await served.start()
    yield served
    await served.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    # The jar takes cookies of plain addresses, as a browser does.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as made:
        yield made


def at(page: Page, path: str) -> str:
    return f"http://127.0.0.1:{page.port}{path}"


async def test_the_secret_lets_in_and_a_cookie_stands_for_it(
    page: Page, session: aiohttp.ClientSession
) -> None:
    async with session.get(page.address) as answer:
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    for path in ("/", "/page/app.js", "/page/style.css", "/page/mark.svg"):
        async with session.get(at(page, path)) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("path", ["/", "/?key=", "/?key=guess", "/page/app.js", "/live", "/alive"])
async def test_without_the_secret_nothing_is_shown(
    page: Page, session: aiohttp.ClientSession, path: str
) -> None:
    async with session.get(at(page, path)) as answer:
        assert answer.status == 403
        assert "open the whole address" in await answer.text()


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Host", "evil.example", 421),
        ("Host", "127.0.0.1", 421),
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
    ],
)
async def test_another_page_is_refused_with_the_right_secret(
    page: Page, session: aiohttp.ClientSession, header: str, value: str, status: int
) -> None:
    async with session.get(page.address, headers={header: value}) as answer:
        assert answer.status == status


async def test_a_live_connection_needs_an_origin(
    page: Page, session: aiohttp.ClientSession
) -> None:
    await (await session.get(page.address)).read()
    for origin in (None, "http://evil.example"):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(at(page, "/live"), origin=origin)


async def test_files_outside_the_page_are_not_served(
    page: Page, session: aiohttp.ClientSession
) -> None:
    await (await session.get(page.address)).read()
    for path in ("/page/..%2fweb.py", "/page/%2e%2e%2fweb.py", "/page/none.js", "/page/index.html"):
        async with session.get(at(page, path)) as answer:
            assert answer.status == 404


async def test_rubbish_from_the_page_gets_a_sentence(
    page: Page, session: aiohttp.ClientSession
) -> None:
    await (await session.get(page.address)).read()
    async with session.ws_connect(at(page, "/live"), origin=at(page, "")) as live:
        assert (await live.receive_json())["type"] == "state"
        rubbish = [
            "{",
            "[]",
            "null",
            "[" * 100_000,
            '{"what": "shift", "with": {"seconds": "soon"}}',
            '{"what": "shift", "with": {"seconds": -1}}',
            '{"what": "shift", "with": {"seconds": 1e300}}',
            '{"what": "__init__", "with": {}}',
            '{"what": "write", "with": {"account": "wren"}}',
            '{"what": "write", "with": {"account": "ana", "room": "nowhere", "text": "x"}}',
            '{"what": "write", "with": {"account": "ana", "room": "start-here", "text": 7}}',
            '{"what": "press", "with": {"account": ["x"], "room": {}, "message": 1, "button": 2}}',
            '{"what": "give_role", "with": {"account": "wren", "role": "god"}}',
        ]
        for data in rubbish:
            await live.send_str(data)
            answer = await live.receive_json()
            assert answer["type"] == "refused", data
            assert answer["text"].endswith(".")


async def test_a_file_is_offered_under_a_harmless_name(
    page: Page, session: aiohttp.ClientSession
) -> None:
    await (await session.get(page.address)).read()
    files = [{"name": '../../"x"\r\n.md', "content": "The rules\nin full"}]
    message = page.world.post("start-here", {"text": "Here", "files": files}, "one")
    async with session.get(at(page, f"/file/start-here/{message}/0")) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="-x-.md"'
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert await answer.text() == "The rules\nin full"
    for path in (f"{message}/1", f"{message}/x", "m0/0"):
        async with session.get(at(page, f"/file/start-here/{path}")) as answer:
            assert answer.status == 404


async def test_a_taken_port_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        page = Page(World(), port=wanted)
        await page.start()
        try:
            assert page.wanted == wanted
            assert page.port != wanted
        finally:
            await page.stop()


async def test_a_second_start_finds_the_first(page: Page, tmp_path: Path) -> None:
    assert await running_at(tmp_path) == page.address
    file = tmp_path / "sandbox-page.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await page.stop()
    assert await running_at(tmp_path) is None
    file.write_text(json.dumps({"address": page.address}))
    assert await running_at(tmp_path) is None
    file.write_text("{")
    assert await running_at(tmp_path) is None


async def test_every_open_page_hears_of_a_change(
    page: Page, session: aiohttp.ClientSession
) -> None:
    await (await session.get(page.address)).read()
    async with session.ws_connect(at(page, "/live"), origin=at(page, "")) as live:
        await live.receive_json()
        People(page.world).write("juniper", "evening-circle", "Hello")
        told = (await live.receive_json())["state"]
        shown = told["rooms"]["evening-circle"]["messages"]
        assert [message["text"] for message in shown] == ["Hello"]
