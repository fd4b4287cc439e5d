"""Makes bots to be killed: `python -m tests.crash.nursery folder address news`.

Everything is imported once, one circle ran here once, and each bot is a fork of this process: a
start takes a tenth of a second instead of two, and `kill -9` is as real as ever. Reads commands
from stdin ("start", or "reap" and a number) and answers each with one line. A byte goes to the
file descriptor `news` after each commit, so that a test can wait for rows as it waits for messages.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.remote import RemoteLink
from bot import logs
from bot.clock import Clock
from bot.sandbox_start import furnish
from bot.store import KeyRing, MasterKey, Store
from bot.texts.pack import GroundRules
from bot.wiring import Circle
from tests.features.circle import TEXTS, TestCircle

DATABASE = "circle.sqlite3"
LOG = "bot.log"


def keys_of(folder: Path) -> KeyRing:
    """The ring of the circle in a folder; made there the first time."""
    master, ring = folder / "keys" / "master.key", folder / "keys" / "ring.json"
    if not ring.exists():
        return KeyRing.create(ring, MasterKey.create(master))
    return KeyRing.load(ring, MasterKey.load(master))


def address_of(folder: Path) -> str:
    """The database of the circle in a folder."""
    return f"sqlite:///{folder / DATABASE}"


async def _serve(folder: Path, address: str, key: str, news: int) -> None:
    """The start of the sandbox (`bot.command_line.sandbox`), over a world that is elsewhere."""
    logs.watch(asyncio.get_running_loop())
    store = await Store.open(address_of(folder), keys_of(folder))
    store.on_commit(lambda: _tell(news))
    clock = Clock()
    chat = SandboxChat(RemoteLink(address, key), TEXTS, clock)
    await chat.open()
    circle = Circle(store, [chat], clock, GroundRules.default())
    await furnish(circle, chat, TEXTS, clock)
    await circle.run(lambda line: print(line, file=sys.stderr, flush=True))


def _tell(news: int) -> None:
    # A full pipe holds unread news already.
    with suppress(BlockingIOError):
        os.write(news, b".")


def _bot(folder: Path, address: str, key: str, news: int) -> None:
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logs.set_up("INFO")
    asyncio.run(_serve(folder, address, key, news))


async def _rehearse() -> None:
    """What is made ready at its first use, such as compiled statements, every bot inherits."""
    with tempfile.TemporaryDirectory() as folder:
        circle = await TestCircle.start(Path(folder))
        await circle.member("Cora")
        await circle.stop()


def main(folder: str, address: str, news: str) -> None:
    """Fork bots until stdin ends. The key of the world's door comes in the environment."""
    key = os.environ.pop("DOOR_KEY")
    os.set_blocking(int(news), False)
    asyncio.run(_rehearse())
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        word, _, number = line.partition(" ")
        if word.strip() == "reap":
            print(os.waitstatus_to_exitcode(os.waitpid(int(number), 0)[1]), flush=True)
            continue
        born = os.fork()
        if born == 0:
            status = 1
            try:
                _bot(Path(folder), address, key, int(news))
                status = 0
            except BaseException as error:
                sys.excepthook(type(error), error, error.__traceback__)
            finally:
                os._exit(status)
        print(born, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
