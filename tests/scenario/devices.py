"""Two key-holders' own devices: the key page in a browser that is offline, and a terminal."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol, Self

from playwright.async_api import Page, async_playwright

from bot.sealing import PrivateKey
from tests.command_line.process import done

KEY_PAGE = Path(__file__).parents[2] / "bot" / "sealing" / "key_page.html"
PASSPHRASE = "a garden behind the house"


class Device(Protocol):
    """Makes a key, and opens halves with it."""

    async def makes_a_key(self) -> str:
        """The public key's text."""

    async def opens(self, sealed: str) -> str:
        """The half that was sealed to it, opened."""

    async def private(self) -> PrivateKey:
        """The private key itself, for who has the device and its passphrase."""


class Terminal:
    """`circlekeeper key` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def makes_a_key(self) -> str:
        return _last_word(await self._runs("new", "my-key.txt"), "Public key")

    async def opens(self, sealed: str) -> str:
        return _last_word(await self._runs("open", "my-key.txt", sealed), "ckopened1")

    async def private(self) -> PrivateKey:
        return PrivateKey.of((self._folder / "my-key.txt").read_text(), PASSPHRASE)

    async def _runs(self, *words: str) -> str:
        code, said = await asyncio.to_thread(
            done, self._folder, "key", *words, key_passphrase=PASSPHRASE
        )
        assert code == 0, said
        return said


class Browser:
    """The key page, opened from its file with the network off. `async with` it."""

    def __init__(self, chromium: Path) -> None:
        self._chromium = chromium
        self._open = AsyncExitStack()
        self._private = ""
        self._page: Page

    async def __aenter__(self) -> Self:
        playwright = await self._open.enter_async_context(async_playwright())
        # Chromium refuses to run its sandbox as root.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=str(self._chromium), args=arguments
        )
        self._open.push_async_callback(browser.close)
        context = await browser.new_context(offline=True)
        context.set_default_timeout(30_000)
        self._page = await context.new_page()
        await self._page.goto(KEY_PAGE.as_uri())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def makes_a_key(self) -> str:
        page = self._page
        await page.get_by_label("New passphrase").fill(PASSPHRASE)
        await page.get_by_label("The same again").fill(PASSPHRASE)
        await page.get_by_role("button", name="Make my key").click()
        await page.get_by_label("Your public key").wait_for()
        self._private = await page.get_by_label("Your private key, locked").input_value()
        return await page.get_by_label("Your public key").input_value()

    async def opens(self, sealed: str) -> str:
        page = self._page
        await page.get_by_label("Or paste your private key").fill(self._private)
        await page.get_by_label("Your passphrase", exact=True).fill(PASSPHRASE)
        await page.get_by_label("The text from the bot").fill(sealed)
        await page.get_by_role("button", name="Open it").click()
        await page.get_by_label("Your half, opened").wait_for()
        return await page.get_by_label("Your half, opened").input_value()

    async def private(self) -> PrivateKey:
        return PrivateKey.of(self._private, PASSPHRASE)


def _last_word(said: str, line: str) -> str:
    [found] = [one for one in said.splitlines() if one.startswith(line)]
    return found.split()[-1]
