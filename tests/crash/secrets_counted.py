"""What must be true of anonymous posts and of cards about leaks, whatever was killed when."""

from __future__ import annotations

import json
from collections import Counter

from sqlalchemy import select

from adapters.sandbox import seed
from adapters.sandbox.world import BOT
from bot.services.anonymity.changes import outbox_key
from bot.services.anonymity.receipts import hash_of
from bot.services.anonymity.states import PostState
from bot.store import Store, post_rows
from bot.store.tables import alert_messages, alerts, posts
from tests.crash.crowd import LIFETIMES
from tests.crash.evening import KEYWORD, Evening, Whisper
from tests.crash.scene import Scene


async def wrong_posts(scene: Scene, crowd: Evening, store: Store, group_id: bytes) -> list[str]:
    """Every receipt stands for one post: there once, or taken back, and never both."""
    wrong: list[str] = []
    effects: dict[str, int] = scene.told["effects"]
    async with store.read() as conn:
        for one in crowd.whispers:
            row = await post_rows.by_receipt(conn, store.keys, group_id, hash_of(one.receipt))
            if row is None:
                wrong.append(f"{one.text}: a receipt for no post")
                continue
            times = effects.get(f"post:{outbox_key(row.id)}", 0)
            wrong += [f"{one.text}: {what}" for what in _post(scene, crowd, one, row.state, times)]
        kept = {row.id for row in await conn.execute(select(posts.c.id))}
    sent = [key for key in effects if key.startswith("post:anonymous ")]
    wrong += [f"{key} was posted and no row knows it" for key in sent if _id(key) not in kept]
    if len(kept) != len(crowd.whispers):
        wrong.append(f"{len(kept)} posts for {len(crowd.whispers)} receipts")
    return wrong


def _id(key: str) -> bytes:
    return bytes.fromhex(key.rpartition(" ")[2])


def _post(scene: Scene, crowd: Evening, one: Whisper, state: str, times: int) -> list[str]:
    wrong: list[str] = []
    there = sum(
        one.text in message["text"]
        for room in scene.state["rooms"].values()
        if room["kind"] != "private"
        for message in room["messages"].values()
        if message["author"] == BOT and not message["only"]
    )
    if there > 1 or times > 1:
        wrong.append(f"there {there} times, posted {times} times")
    if one.taken_back and there:
        wrong.append("taken back, and there")
    if one.taken_back and state not in ("taken-back", "gone"):
        wrong.append(f"taken back, and {state}")
    if one.may_go:
        return wrong
    if one.at_latest < scene.world.now() and times != 1:
        wrong.append(f"{state}, and never posted")
    if there and state != PostState.POSTED.value:
        wrong.append(f"there, and {state}")
    if not there and state not in ("waiting", "gone"):
        wrong.append(f"not there, and {state}")
    if state == "gone" and one.at_latest + LIFETIMES[one.room] > scene.world.now():
        # It may have gone out to six minutes sooner.
        early = one.at_latest - scene.world.now() + LIFETIMES[one.room]
        if early.total_seconds() > 6 * 60 + 60:
            wrong.append("gone before its time")
    return wrong


async def wrong_cards(scene: Scene, crowd: Evening, store: Store) -> list[str]:
    """A watched word that is there is in one alert, and an alert has one card that is there."""
    async with store.read() as conn:
        raised = (await conn.execute(select(alerts))).all()
        about = (await conn.execute(select(alert_messages))).all()
    named = Counter(store.keys.open(alert_messages.c.message, row.id, row.message) for row in about)
    slipped = {
        message["id"]
        for room in LIFETIMES
        for message in scene.state["rooms"][room]["messages"].values()
        if message["author"] != BOT and KEYWORD in message["text"]
    }
    wrong = [f"{n} alerts about {message}" for message, n in named.items() if n != 1]
    wrong += [f"no alert about {message}" for message in slipped if message not in named]
    wrong += [f"an alert about {message}, which is gone" for message in named.keys() - slipped]
    cards = [
        json.loads(store.keys.open(alerts.c.card, row.id, row.card))["message"][-1]
        for row in raised
        if row.card is not None
    ]
    wrong += [f"an alert ({row.state}) without a card" for row in raised if row.card is None]
    there = {card["id"] for card in crowd.alert_cards()}
    wrong += [f"card {card} is gone and its alert is not" for card in cards if card not in there]
    wrong += [f"card {card} stands for no alert" for card in there if card not in cards]
    wrong += _notices(scene)
    return wrong


def _notices(scene: Scene) -> list[str]:
    """Nothing else was said to the moderators, and one mark: the platform took everything."""
    room = scene.state["rooms"][seed.MODERATORS]["messages"].values()
    said = [m["text"] for m in room if m["author"] == BOT and not m["only"]]
    fine = ("may be a leak", "asks you to look again", "record of what moderators did ends here")
    wrong = [f"a notice: {text}" for text in said if not any(words in text for words in fine)]
    marks = sum("ends here" in text for text in said)
    return wrong + ([f"{marks} marks of the audit"] if marks > 1 else [])
