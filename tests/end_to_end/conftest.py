"""A headless Chromium on the page of a running bot. Nothing is reached but by role and name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.end_to_end.player import Player

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}

# A shared machine is slow at times; a slow answer is not a wrong one.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Awaitable[Player]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # One browser serves all tests, so all live in one loop.
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.slow)


class running_bot:  # noqa: N801
    """`python -m bot` in a folder, with nothing configured: the sandbox. Gives its address."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder = folder
        self._port = port
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> str:
        root = Path(__file__).parents[2]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        wanted = {"CIRCLEKEEPER_SANDBOX_PORT": str(self._port)} if self._port else {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot"],
            cwd=self._folder,
            env=kept | wanted | {"PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said: list[str] = []
        for line in self._process.stdout or ():
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S+", line):
                return found.group()
        self._process.communicate()
        raise AssertionError("the bot did not start:\n" + "".join(said))

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=60)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: Path) -> AsyncIterator[Browser]:
    """A headless Chromium."""
    # Chromium refuses to run its sandbox as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=str(chromium_path), args=arguments
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page_for(browser: Browser) -> AsyncIterator[OpenPage]:
    """Open the page at an address, wide or narrow, light or dark. Script errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def note(said: str) -> None:
        # A bot that a test has stopped is not the page's fault, in whichever moment it went.
        if "WebSocket connection to" not in said:
            errors.append(said)

    async def open_page(address: str, *, narrow: bool = False, dark: bool = False) -> Player:
        context = await browser.new_context(
            viewport=NARROW if narrow else WIDE,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: note(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:"))
                else errors.append(f"asked {asked.url}")
            ),
        )
        await page.goto(address)
        await page.get_by_role("region").first.wait_for()
        return Player(page)

    yield open_page
    for context in contexts:
        await context.close()
    assert errors == []


@pytest.fixture(scope="session")
def shared_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bot that serves one test after another."""
    with running_bot(tmp_path_factory.mktemp("shared")) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def player(page_for: OpenPage, shared_address: str) -> Player:
    """The page on a wide screen, with an empty circle."""
    player = await page_for(shared_address)
    await player.starts_over()
    return player
