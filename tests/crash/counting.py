"""What must be true once all is quiet, whatever was killed when."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from adapters.sandbox import seed
from bot.model import Account, Group
from bot.store import Store, rules_rows
from bot.store.tables import expiries, rooms
from tests.crash.crowd import LIFETIMES, Crowd
from tests.crash.evening import Evening
from tests.crash.nursery import address_of, keys_of
from tests.crash.scene import Scene
from tests.crash.secrets_counted import wrong_cards, wrong_posts

GROUP = Group("sandbox", seed.GROUP)


async def wrongs(scene: Scene, crowd: Evening) -> list[str]:
    """Every promise that was broken, one line each. The bot is not running."""
    store = await Store.open(address_of(scene.folder), keys_of(scene.folder))
    try:
        group_id = await store.group_id(GROUP)
        return [
            *crowd.unexpected,
            *_posted_twice(scene, crowd),
            *_messages(scene, crowd),
            *await _due_times(scene, store),
            *await _inside(scene, crowd, store),
            *await wrong_posts(scene, crowd, store, group_id),
            *await wrong_cards(scene, crowd, store),
            *_left_over(scene),
            *(f"logged: {line}" for line in scene.log_lines() if " error=" in line),
        ]
    finally:
        await store.close()


def _posted_twice(scene: Scene, crowd: Crowd) -> list[str]:
    effects = scene.told["effects"]
    wrong = [f"{n} times {key}" for key, n in effects.items() if n > 1 and key.startswith("post:")]
    if len(crowd.cards()) != 1:
        wrong.append(f"{len(crowd.cards())} join cards")
    return wrong


def _messages(scene: Scene, crowd: Crowd) -> list[str]:
    """What was due is gone, and what was not is still there."""
    wrong: list[str] = []
    now = scene.world.now()
    for one in crowd.said:
        there = one.id in scene.state["rooms"][one.room]["messages"]
        if there and one.must_go:
            wrong.append(f"{one.id} was let go and is still there")
        elif there and one.due <= now and not one.pinned:
            wrong.append(f"{one.id} was due and is still there")
        elif not there and not one.may_go and (one.due > now or one.pinned):
            wrong.append(f"{one.id} was not due and is gone")
    return wrong


async def _due_times(scene: Scene, store: Store) -> list[str]:
    """A due time for each message that is still there, and for none that is not."""
    async with store.read() as conn:
        rows = (await conn.execute(select(expiries))).all()
        room_ids = {
            row.id: store.keys.open(rooms.c.handle, row.id, row.handle)
            for row in await conn.execute(select(rooms))
        }
    kept = Counter(
        (room_ids[row.room_id], store.keys.open(expiries.c.message, row.id, row.message))
        for row in rows
    )
    there = {
        (room, message["id"])
        for room in LIFETIMES
        for message in scene.state["rooms"][room]["messages"].values()
        if not message["only"]
    }
    wrong = [f"{n} due times for {message}" for message, n in kept.items() if n > 1]
    wrong += [
        f"a due time for {message}, which is gone" for message in kept if message not in there
    ]
    return wrong + [f"no due time for {message}" for message in there if message not in kept]


async def _inside(scene: Scene, crowd: Crowd, store: Store) -> list[str]:
    """Who read that they are in is in, and nobody else is."""
    wrong: list[str] = []
    for account, person in scene.state["people"][seed.GROUP].items():
        if person["role"] != "member" or not person["here"]:
            continue
        group_id = await store.group_id(GROUP)
        async with store.read() as conn:
            row = await rules_rows.last_acknowledged(
                conn, store.keys, group_id, Account("sandbox", account)
            )
        expected = account in crowd.acknowledged and account not in crowd.withdrawn
        if expected and (person["held"] or row is None):
            wrong.append(f"{account} was told they are in, and is not")
        if not person["held"] and (row is None or account not in crowd.may_be_in):
            wrong.append(f"{account} is in and never acknowledged")
        if account in crowd.withdrawn and (not person["held"] or row is not None):
            wrong.append(f"{account} took their yes back, and is in")
    return wrong


def _left_over(scene: Scene) -> list[str]:
    # An anonymous post that goes out later waits, and nothing else.
    jobs = scene.count(
        "SELECT count(*) FROM outbox WHERE purpose != 'anonymous' OR after <= :now", now=scene.now()
    )
    wrong = [f"{jobs} jobs left in the outbox"] if jobs else []
    stuck = scene.count("SELECT count(*) FROM expiries WHERE state = 'failed' AND why != 'pinned'")
    return wrong + ([f"{stuck} removals stuck"] if stuck else [])


def pushed_past_everything() -> timedelta:
    """So far ahead that whatever is not pinned is due."""
    return max(LIFETIMES.values()) + timedelta(minutes=1)
