"""A process for `test_sealed_time.py` to kill: seals authors and says which posts are stored."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from bot.model import Account, Group
from bot.store import KeyRing, MasterKey, Store, new_id
from tests.services.sealed_posts import Days, Kept, Noon, posted, sealing


async def main(folder: Path) -> None:
    """Store one sealed post after the other, each of a group of its own, until killed."""
    keys = KeyRing.load(folder / "ring.json", MasterKey.load(folder / "master"))
    store = await Store.open(f"sqlite:///{folder}/circle.db", keys)
    clock, days = Noon(), Days()
    seals = sealing(store, clock, days)
    last = clock.now().date() + timedelta(days=days.days - 1)
    for number in count():
        group = Group("sandbox", new_id().hex())
        author = Account("sandbox", f"author-{number}")
        kept = await posted(store, seals, clock, Kept(group, new_id(), author, last))
        line = f"{group.handle} {kept.id.hex()} {author.handle} {last}\n"
        # One write call, so that a kill never cuts a line.
        os.write(1, line.encode())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
