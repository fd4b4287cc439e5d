"""Bots to be killed: `python -m tests.matrix.victim`, with settings as JSON on the first line.

Each further line starts a bot, as a fork of this process, which spares the imports. Its process
is told in a line, and its end in another.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from adapters.matrix.arrivals import Arrival
from adapters.matrix.client import Client
from adapters.matrix.keys import CryptoStore
from adapters.matrix.sync import Sync
from bot.clock import Clock
from bot.store import KeyRing, MasterKey, Store
from bot.store.memory import StoredMemory

HEARD = "heard"
"""The file that stands for the consequences of events: a line for each, on disk at once."""


async def open_store(folder: Path) -> Store:
    """The bot's database in a folder, made there the first time."""
    master, ring = folder / "secret" / "master", folder / "ring" / "keys.json"
    if ring.exists():
        keys = KeyRing.load(ring, MasterKey.load(master))
    else:
        keys = KeyRing.create(ring, MasterKey.create(master))
    return await Store.open(f"sqlite:///{folder}/data/circle.sqlite3", keys)


async def follow(settings: dict[str, Any]) -> None:
    """Follow, and note what arrives: `start` when it is handed over, `done` when it is durable."""
    folder = Path(settings["folder"])
    memory = StoredMemory(await open_store(folder), "matrix", Clock())
    store = await CryptoStore.create(memory, settings["user"], settings["device"])
    client = Client(settings["url"], settings["token"], store)
    out = os.open(folder / HEARD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(what: str, arrival: Arrival) -> None:
        event = arrival.event
        readable = str(not arrival.unreadable)
        fields = (what, arrival.room_id, event["event_id"], event["type"], readable)
        os.write(out, (" ".join(fields) + "\n").encode())

    async def handle(arrival: Arrival) -> None:
        note("start", arrival)
        await asyncio.sleep(random.random() / 4)
        note("done", arrival)
        os.fsync(out)

    async def connected() -> None:
        os.write(out, b"connected - - - -\n")

    async def vouch() -> None:
        pass

    await client.crypto.upkeep()
    await Sync(client, memory, handle, connected, vouch).run()


def main() -> None:
    """Start bots until standard input ends."""
    settings = json.loads(sys.stdin.readline())
    for _ in iter(sys.stdin.readline, ""):
        bot = os.fork()
        if not bot:
            asyncio.run(follow(settings))
            os._exit(1)
        print(bot, flush=True)
        os.waitpid(bot, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
