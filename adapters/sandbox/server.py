"""A world in a process of its own, which outlives the bot: `python -m adapters.sandbox.server`.

Prints one line of JSON: where the page is, and where a bot finds its door, with the keys.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from adapters.sandbox import keeping
from adapters.sandbox.door import Door
from adapters.sandbox.web import Page
from adapters.sandbox.world import World
from bot.errors import StartError


async def serve(folder: Path | None, page_port: int, door_port: int) -> None:
    """Serve until a signal comes."""
    world = World() if folder is None else keeping.load(folder / "world.json")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    keeper = None if folder is None else keeping.Keeper(world, folder / "world.json")
    door = Door(world)
    page = Page(world, folder=folder, port=page_port)
    try:
        await door.start(door_port)
        line = {"page": await page.start(), "door": door.address, "key": door.key}
        print(json.dumps(line), flush=True)
        await stop.wait()
    finally:
        await page.stop()
        await door.stop()
        if keeper is not None:
            keeper.close()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="The sandbox's platform, without the bot.")
    parser.add_argument("--folder", type=Path, help="keep the rooms in this folder")
    parser.add_argument("--page-port", type=int, default=0, help="the page's port (0: any)")
    parser.add_argument("--door-port", type=int, default=0, help="the bot's port (0: any)")
    given = parser.parse_args()
    if given.folder is not None:
        given.folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(serve(given.folder, given.page_port, given.door_port))
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
