"""The key page, opened from a file with the network off, as a key-holder opens it."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.sealing import OpenedHalf, Place, PrivateKey, PublicKey, SealedAuthor, seal_author
from tests import needs
from tests.end_to_end import axe
from tests.sealing.vectors import vector

FILE = Path(__file__).parents[2] / "bot" / "sealing" / "key_page.html"
PASSPHRASE = "a garden behind the house"
PLACE = Place(b"group", bytes(range(16)), 7)
EPOCH = os.urandom(32)


@pytest_asyncio.fixture(loop_scope="session", params=["wide", "narrow"])
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """The page on a device that is offline. Whatever it asks for or complains of fails the test."""
    wide = request.param == "wide"
    context = await browser.new_context(
        offline=True, viewport={"width": 1280 if wide else 320, "height": 800}
    )
    context.set_default_timeout(30_000)
    opened = await context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: asked.append(str(error)))
    opened.on("console", lambda said: asked.append(said.text))
    await opened.goto(FILE.as_uri())
    yield opened
    await context.close()
    assert [url for url in asked if not url.startswith("blob:")] == [FILE.as_uri()]


async def makes_a_key(page: Page, passphrase: str = PASSPHRASE) -> None:
    await page.get_by_label("New passphrase").fill(passphrase)
    await page.get_by_label("The same again").fill(passphrase)
    await page.get_by_role("button", name="Make my key").click()


async def shown(page: Page, label: str) -> str:
    return await page.get_by_label(label).input_value()


async def opens(page: Page, private: str, sealed: str, passphrase: str = PASSPHRASE) -> None:
    await page.get_by_label("Or paste your private key").fill(private)
    await page.get_by_label("Your passphrase", exact=True).fill(passphrase)
    await page.get_by_label("The text from the bot").fill(sealed)
    await page.get_by_role("button", name="Open it").click()


async def test_a_key_made_on_the_page_opens_its_half_there_and_in_the_terminal(
    page: Page,
) -> None:
    await makes_a_key(page)
    await expect(page.get_by_text(re.compile("^Made. Save the file"))).to_be_visible()
    public = PublicKey.of(await shown(page, "Your public key"))
    assert await shown(page, "Its fingerprint") == public.fingerprint
    private = await shown(page, "Your private key, locked")
    at_the_terminal = PrivateKey.of(private, PASSPHRASE)
    assert at_the_terminal.public == public

    other = PrivateKey.make()
    box = seal_author("@wren:example.org", PLACE, [public, other.public], EPOCH)
    sealed = SealedAuthor(box, PLACE, EPOCH)
    mine, theirs = sealed.halves_for(public.short, other.public.short)
    await opens(page, private, mine.text)
    await expect(page.get_by_text("Opened.", exact=True)).to_be_visible()
    assert await shown(page, "The post") == PLACE.post.hex()
    handed_back = OpenedHalf.of(await shown(page, "Your half, opened"))
    assert handed_back == mine.opened(at_the_terminal)
    assert sealed.opened(handed_back, theirs.opened(other)) == "@wren:example.org"


async def test_the_file_it_saves_is_the_one_it_opens(page: Page, tmp_path: Path) -> None:
    await makes_a_key(page)
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="Save it as a file").click()
    file = tmp_path / "my-key.txt"
    await (await saved.value).save_as(file)
    public = PrivateKey.of(file.read_text(), PASSPHRASE).public

    box = seal_author("@wren:example.org", PLACE, [public, PrivateKey.make().public], EPOCH)
    sealed = SealedAuthor(box, PLACE, EPOCH)
    mine, _ = sealed.halves_for(*sorted(sealed.holders, key=lambda short: short != public.short))
    await page.get_by_label("Your key file").set_input_files(file)
    await opens(page, "", mine.text)
    await expect(page.get_by_label("The post")).to_have_value(PLACE.post.hex())


async def test_what_is_wrong_is_said_and_nothing_is_shown(page: Page) -> None:
    await makes_a_key(page, "eleven lett")
    await expect(page.get_by_text("Your public key")).to_be_hidden()

    key = PrivateKey.make()
    private = key.under(PASSPHRASE)
    box = seal_author(
        "@wren:example.org", PLACE, [PrivateKey.make().public, PrivateKey.make().public], EPOCH
    )
    somebody_elses, _ = SealedAuthor(box, PLACE, EPOCH).halves_for(
        *SealedAuthor(box, PLACE, EPOCH).holders
    )
    for sealed, passphrase, words in (
        (somebody_elses.text[:-9], PASSPHRASE, "a part of it is missing or mistyped"),
        (somebody_elses.text, PASSPHRASE + "s", "The passphrase is not the one"),
        (somebody_elses.text, PASSPHRASE, "This was sealed to another key"),
    ):
        await opens(page, private, sealed, passphrase)
        await expect(page.get_by_text(words)).to_be_visible()
        await expect(page.get_by_text("Your half, opened")).to_be_hidden()


async def test_it_opens_what_the_rfc_sealed(page: Page) -> None:
    known = vector()
    opened = await page.evaluate(
        """async parts => {
          const [secret, sealed, info, additional] = parts.map(part => Uint8Array.from(part));
          return Array.from(await hpkeOpen(secret, sealed, info, additional));
        }""",
        [list(part) for part in (known.private, known.sealed, known.info, known.additional)],
    )
    assert bytes(opened) == known.plain


async def test_it_keeps_the_rules_of_accessibility(page: Page) -> None:
    script = axe.script()
    if script is None:
        pytest.skip(str(needs.NPM))
    assert await axe.violations(page, script) == []
    await makes_a_key(page)
    await expect(page.get_by_label("Your public key")).to_be_visible()
    assert await axe.violations(page, script) == []
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert await page.evaluate(fits)


async def test_it_is_one_file_that_names_no_address() -> None:
    whole = FILE.read_text()
    assert not re.search(r"(src|href|action)=|https?://|import\(|fetch\(|XMLHttp|WebSocket", whole)
    assert "default-src 'none'" in whole
