"""Make every picture of README and docs: `python scripts/pictures.py [--folder to] [name ...]`.

A real sandbox is started in a folder of its own and played in headless Chromium, so the pictures
show what this version does and nothing else. Run it after a change that people see, then look at
each picture before you commit it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.async_api import Browser, Page, async_playwright  # noqa: E402

from tests.end_to_end.player import Pane, Player  # noqa: E402

FOLDER: Final = ROOT / "docs" / "pictures"
WIDE: Final = (1440, 900)
NARROW: Final = (390, 844)
LARGEST: Final = 200_000
"""Bytes a picture may have."""
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")

# What is said in the pictures. Nobody in it is real, and no place either.
SHOP: Final = "I made it to the shop today. First time in two weeks."
ANSWER: Final = "That is a big one. How are you now?"
TIRED: Final = "Tired. A good kind of tired."
DENTIST: Final = "I called the dentist. I have been meaning to since March."
HARDEST: Final = "Making the call is the hardest part. You did it."
TEA: Final = "I had tea ready for after. That helped."
CAR: Final = (
    "Some evenings I sit in the car for a while before I go in. I have not told anyone so far."
)
THANKS: Final = "I know that one. I am glad you said it here."
LEAK: Final = "My aunt on Maple Street lets me sit in her garden when it gets too loud."


class Failed(Exception):
    """A sentence for the person at the keyboard."""


class Stage:
    """The sandbox on one screen: who it belongs to, and where the pictures go."""

    def __init__(self, page: Page, folder: Path, wanted: frozenset[str]) -> None:
        self.page = page
        self.player = Player(page)
        self._folder = folder
        self._wanted = wanted

    async def pane(self, name: str) -> Pane:
        """Somebody's pane."""
        return await self.player.pane(name)

    async def shows_only(self, *names: str) -> None:
        """Put away the panes of everybody else."""
        people = self.page.get_by_role("navigation", name="People")
        for chip in await people.get_by_role("button").all():
            said = (await chip.inner_text()).split("\n")[0]
            pressed = await chip.get_attribute("aria-pressed") == "true"
            if pressed and not said.endswith(names):
                await chip.click()
        for name in names:
            await self.pane(name)

    async def takes(self, name: str, *, height: int = 0) -> None:
        """Take a picture of the whole screen, with nothing focused. `height` makes it taller."""
        if self._wanted and name not in self._wanted:
            return
        size = self.page.viewport_size
        assert size is not None  # noqa: S101  every page here was opened with one
        if height:
            await self.page.set_viewport_size({"width": size["width"], "height": height})
        await self.page.evaluate("document.activeElement?.blur()")
        await self.page.mouse.move(0, 0)
        await asyncio.sleep(0.3)
        path = self._folder / f"{name}.png"
        path.write_bytes(await self.page.screenshot(animations="disabled", caret="hide"))
        squeeze(path)
        await self.page.set_viewport_size(size)
        weight = path.stat().st_size
        if weight > LARGEST:
            raise Failed(
                f"{path.name} has {weight // 1000} kB, and {LARGEST // 1000} is the most. "
                "Show less of the page."
            )
        print(f"  {path.name}: {weight // 1000} kB")


class Screens(NamedTuple):
    """One sandbox, open on a computer and on a phone."""

    wide: Stage
    narrow: Stage


async def hide_answers(pane: Pane) -> None:
    """Put away what only this person can see, to have the room alone in the picture."""
    answers = pane.region.get_by_role("article").filter(has_text="Only you can see this")
    while await answers.count():
        await answers.first.get_by_role("button", name=re.compile("^Hide")).click()
        await asyncio.sleep(0.2)


# -- the scenes, in their order ------------------------------------------------------------------


async def help_before_joining(on: Screens) -> None:
    """The card that everybody meets, and the help that needs no joining."""
    wren = await on.narrow.pane("Wren")
    await wren.sees("Welcome. This is a peer support group.")
    await on.narrow.takes("join-card")
    await wren.presses("Help now")
    await wren.sees_alone("not real")
    await on.narrow.takes("help-now")


async def conversation(on: Screens) -> None:
    """What people say, with the time that is left."""
    juniper, basil = await on.wide.pane("Juniper"), await on.wide.pane("Basil")
    await juniper.opens("Evening circle")
    await basil.opens("Evening circle")
    await juniper.writes(SHOP)
    await on.wide.player.pushes_time(timedelta(minutes=4))
    await basil.does("Answer", at=SHOP)
    await basil.writes(ANSWER)
    await on.wide.player.pushes_time(timedelta(minutes=2))
    await juniper.writes(TIRED)
    await on.wide.player.pushes_time(timedelta(hours=2))
    await basil.opens("Small wins")
    await basil.writes(DENTIST)
    await juniper.opens("Small wins")
    await on.wide.player.pushes_time(timedelta(minutes=3))
    await juniper.does("Answer", at=DENTIST)
    await juniper.writes(HARDEST)
    await basil.writes(TEA)
    await juniper.opens("Evening circle")
    await basil.opens("Evening circle")


async def without_a_name(on: Screens) -> None:
    """From the form to the preview, the receipt and the post."""
    juniper = await on.narrow.pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.runs("Anon", Room="Evening circle", What_to_post=CAR)
    await juniper.sees("Not posted yet.")
    await on.narrow.takes("anonymous-preview", height=1120)
    await juniper.presses("Post soon")
    await juniper.sees("Your receipt:")
    await on.narrow.takes("anonymous-receipt")
    await on.wide.player.pushes_time(timedelta(minutes=6))
    basil = await on.wide.pane("Basil")
    await basil.sees(CAR)
    await basil.does("Answer", at=CAR)
    await basil.writes(THANKS)


async def possible_leak(on: Screens) -> None:
    """A watched word, the card, and what one moderator sees."""
    basil = await on.wide.pane("Basil")
    await basil.writes(LEAK)
    await on.wide.pane("Ana")
    ana = await on.narrow.pane("Ana")
    await ana.opens("Moderators")
    await ana.sees("This may be a leak")
    await on.narrow.takes("alert-card")
    await ana.presses("Show")
    await ana.sees("Only you can see this, and I do not keep it.")
    await on.narrow.takes("alert-show", height=1040)


async def everybody_at_once(on: Screens) -> None:
    """The sandbox as a whole: four people, each in the middle of something."""
    await on.wide.shows_only("Wren", "Juniper", "Basil", "Ana")
    wren, juniper, basil, ana = [
        await on.wide.pane(name) for name in ("Wren", "Juniper", "Basil", "Ana")
    ]
    await wren.opens("Start here")
    await juniper.opens("Evening circle")
    await basil.opens("Small wins")
    await ana.opens("Moderators")
    for pane in (wren, juniper, basil, ana):
        await hide_answers(pane)
    await juniper.sees(LEAK)
    await basil.sees(TEA)
    await on.wide.takes("sandbox")
    await on.wide.page.emulate_media(color_scheme="dark")
    await on.wide.takes("sandbox-dark")
    await on.wide.page.emulate_media(color_scheme="light")
    basil = await on.narrow.pane("Basil")
    await basil.opens("Evening circle")
    await basil.sees(LEAK)
    await on.narrow.takes("time-left")


async def on_the_way_in(on: Screens) -> None:
    """The two cards of joining."""
    wren = await on.narrow.pane("Wren")
    await wren.opens("Start here")
    await wren.presses("Join")
    await wren.sees("The rules to start with")
    await on.narrow.takes("join-rules")
    await wren.presses("I agree")
    await wren.sees("What we cannot promise")
    await on.narrow.takes("join-limits")
    await wren.presses("I understand")
    await wren.sees("You are in.")
    await on.narrow.takes("join-in")


async def how_things_stand(on: Screens) -> None:
    """The answer to status."""
    ana = await on.narrow.pane("Ana")
    await hide_answers(ana)
    await ana.runs("Status")
    await ana.sees("How things stand")
    await on.narrow.takes("status", height=1000)


Scene = Callable[[Screens], Awaitable[None]]
SCENES: Final[tuple[Scene, ...]] = (
    help_before_joining,
    conversation,
    without_a_name,
    possible_leak,
    everybody_at_once,
    on_the_way_in,
    how_things_stand,
)


# -- the sandbox, the browser and the files ------------------------------------------------------


@contextmanager
def sandbox() -> Iterator[str]:
    """A fresh sandbox in a folder of its own. Gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot"],
            cwd=folder,
            env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    said: list[str] = []
    for line in process.stdout or ():
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+/\S+", line):
            return found.group()
    raise Failed("The sandbox did not start:\n" + "".join(said))


async def _screen(browser: Browser, address: str, size: tuple[int, int], sharp: float) -> Page:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=sharp,
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_role("region").first.wait_for()
    return page


def squeeze(path: Path) -> None:
    """Fewer colours in a third of the bytes: a page of text looks the same."""
    command = ["pngquant", "--force", "--strip", "--skip-if-larger", "--quality", "80-98"]
    subprocess.run([*command, "--output", path, "--", path], check=False)  # noqa: S603


async def make(folder: Path, wanted: frozenset[str]) -> None:
    """Play all scenes and keep the pictures that are wanted; none named: all of them."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None or shutil.which("pngquant") is None:
        raise Failed("Needed and not there: sudo apt-get install -y chromium pngquant")
    # Chromium refuses to run its sandbox as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sandbox() as address:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=found, args=arguments)
            wide = Stage(await _screen(browser, address, WIDE, 1), folder, wanted)
            narrow = Stage(await _screen(browser, address, NARROW, 1.5), folder, wanted)
            for scene in SCENES:
                await scene(Screens(wide, narrow))
            await browser.close()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the pictures of README and docs.")
    parser.add_argument("names", nargs="*", help="only these, such as sandbox or join-card")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they go")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(make(given.folder, frozenset(given.names)))
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
